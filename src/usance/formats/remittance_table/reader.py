"""A table of paid documents to remittance advices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from usance.formats.bank_csv.amounts import Written, decide_mark, read_cell, to_money
from usance.formats.bank_csv.dates import decide_order, to_date
from usance.formats.bank_csv.mapping import DELIMITERS, DateOrder, DecimalMark
from usance.formats.bank_csv.place import Place
from usance.formats.bank_csv.table import Row, decode
from usance.formats.bank_csv.vocabulary import currency_of_heading, plain
from usance.formats.errors import FormatError, refuse_too_large
from usance.formats.remittance import (
    MOST_LINES,
    AdvisedDocument,
    Deduction,
    RemittanceAdvice,
    checked,
    kept_text,
)
from usance.formats.remittance_table.columns import (
    CREDIT_WORDS,
    TOTAL_WORDS,
    Field,
)
from usance.formats.remittance_table.rows import (
    ROWS_BEFORE_HEADINGS,
    facts_of,
    headings_of,
    rows_of,
    unknown_table,
)
from usance.rules.money import EXPONENTS

_AMOUNTS: Final[tuple[Field, ...]] = ("gross", "discount", "deduction", "paid", "payment_amount")


def parse(
    data: bytes,
    *,
    currency: str | None = None,
    columns: Mapping[str, str | int | None] | None = None,
    date_order: DateOrder | None = None,
    decimal_mark: DecimalMark | None = None,
) -> tuple[RemittanceAdvice, ...]:
    """The advices in a table of documents: one, or one for each payment that a column names.

    ``currency`` stands in where the table tells none; ``columns`` leads from a field to the heading or
    number of its column, where that is not found out. Raises FormatError with line and column:
    ``unknown_table``, ``malformed_csv``, ``too_few_columns``, ``missing_currency``,
    ``invalid_amount``, ``ambiguous_amounts``, ``mixed_decimal_marks``, ``mixed_currencies``,
    ``too_many_lines``, and what decoding raises.
    """
    refuse_too_large(data)
    text = decode(data)
    best: tuple[int, list[Row]] | None = None
    for delimiter in DELIMITERS:
        if delimiter not in text:
            continue
        rows = rows_of(text, delimiter, most=ROWS_BEFORE_HEADINGS)
        found = headings_of(rows, columns)
        if found is not None and (best is None or len(found[1]) > best[0]):
            best = len(found[1]), rows_of(text, delimiter, most=MOST_LINES + 200)
    if best is None:
        raise unknown_table()
    return advices_of_rows(
        best[1],
        format_="csv",
        currency=currency,
        columns=columns,
        date_order=date_order,
        decimal_mark=decimal_mark,
    )


def advices_of_rows(
    rows: Sequence[Row],
    *,
    format_: str,
    currency: str | None = None,
    columns: Mapping[str, str | int | None] | None = None,
    date_order: DateOrder | None = None,
    decimal_mark: DecimalMark | None = None,
) -> tuple[RemittanceAdvice, ...]:
    """As :func:`parse`, of rows that are cells already. Pairs of a name and a value above the headings
    tell of the payment."""
    found = headings_of(rows, columns)
    if found is None:
        raise unknown_table()
    if len(rows) > MOST_LINES:
        raise FormatError(
            f"The table has more than {MOST_LINES} rows; ask the payer to split it.",
            code="too_many_lines",
        )
    index, where = found
    above = facts_of(rows[:index])
    table = _Table(
        columns=where,
        headings=[cell.strip() for cell in rows[index].cells],
        rows=[row for row in rows[index + 1 :] if any(cell.strip() for cell in row.cells)],
        above=above,
    )
    return _Reading(table, format_, currency, date_order, decimal_mark).advices()


@dataclass(slots=True)
class _Table:
    columns: dict[Field, int]
    headings: list[str]
    rows: list[Row]
    above: dict[Field, tuple[str, Place]]

    def cell(self, row: Row, name: Field) -> str:
        index = self.columns.get(name)
        if index is None or index >= len(row.cells):
            return ""
        return " ".join(row.cells[index].split())

    def place(self, row: Row, name: Field) -> Place:
        index = self.columns[name]
        heading = self.headings[index] if index < len(self.headings) else str(index + 1)
        return Place(line=row.line, column=index + 1, heading=heading)


@dataclass(slots=True)
class _Group:
    """The rows of one payment."""

    rows: list[Row] = field(default_factory=list)
    total: int | None = None


class _Reading:
    def __init__(
        self,
        table: _Table,
        format_: str,
        currency: str | None,
        order: DateOrder | None,
        mark: DecimalMark | None,
    ) -> None:
        self.table = table
        self.format = format_
        self.currency = self._currency(currency)
        self.mark = mark or decide_mark(self._written())
        self.order = order or self._order()

    def advices(self) -> tuple[RemittanceAdvice, ...]:
        groups: dict[tuple[str, str], _Group] = {}
        last: tuple[str, str] | None = None
        for row in self.table.rows:
            named = (
                self.table.cell(row, "payment_reference"),
                self.table.cell(row, "cheque"),
            )
            key = named if any(named) or last is None else last
            if self._is_total(row):
                total = self._amount(row, "paid")
                if len(groups) == 1 and total is not None:
                    next(iter(groups.values())).total = total
                continue
            last = key
            groups.setdefault(key, _Group()).rows.append(row)
        if not groups:
            raise FormatError(
                "The table has headings but no document; ask the payer for the whole advice.",
                code="no_lines",
            )
        return tuple(self._advice(key, group) for key, group in groups.items())

    def _advice(self, key: tuple[str, str], group: _Group) -> RemittanceAdvice:
        lines, adjustments = [], []
        for row in group.rows:
            number = kept_text(self.table.cell(row, "document"))
            if number:
                lines.append(self._line(row, number))
            elif (paid := self._amount(row, "paid")) is not None:
                text = self.table.cell(row, "reason") or next(
                    (c.strip() for c in row.cells if c.strip()), ""
                )
                adjustments.append(Deduction(amount=-paid, reason=kept_text(text)))
        first = group.rows[0]
        cheque = key[1] or self._above("cheque")
        return checked(
            RemittanceAdvice(
                format=self.format,
                payer_name=kept_text(self.table.cell(first, "payer") or self._above("payer")),
                reference=kept_text(key[0] or self._above("payment_reference")),
                cheque_number=kept_text(cheque),
                paid_on=self._day(first, "payment_date") or self._day_above(),
                amount=self._total(group),
                currency=self.currency,
                method="cheque" if cheque else "transfer",
                lines=tuple(lines),
                adjustments=tuple(adjustments),
            )
        )

    def _line(self, row: Row, number: str) -> AdvisedDocument:
        gross, paid = self._amount(row, "gross"), self._amount(row, "paid")
        discount = abs(self._amount(row, "discount") or 0)
        kept_back = abs(self._amount(row, "deduction") or 0)
        reason = kept_text(self.table.cell(row, "reason"))
        if paid is None and gross is not None:
            less = discount + kept_back
            paid = gross - less if gross >= 0 else gross + less
        if not kept_back and reason and gross is not None and paid is not None and gross > 0:
            kept_back = max(0, gross - discount - paid)
        credit = (
            plain(self.table.cell(row, "kind")) in CREDIT_WORDS
            or (paid is not None and paid < 0)
            or plain(number).partition(" ")[0] in ("gutschrift", "avoir", "credit")
        )
        return AdvisedDocument(
            number=number,
            kind="credit_note" if credit else "invoice",
            dated=self._day(row, "dated"),
            order_number=kept_text(self.table.cell(row, "order")),
            gross=gross,
            discount=discount,
            deductions=(Deduction(amount=kept_back, reason=reason),) if kept_back else (),
            paid=paid,
        )

    def _total(self, group: _Group) -> int | None:
        stated = self._amount(group.rows[0], "payment_amount")
        if stated is None and "payment_amount" in self.table.above:
            text, place = self.table.above["payment_amount"]
            written = read_cell(text, place=place, currency=self.currency)
            stated = to_money(written, mark=self.mark).amount
        return group.total if stated is None else stated

    def _is_total(self, row: Row) -> bool:
        first = next((cell for cell in row.cells if cell.strip()), "")
        word = plain(first).partition(" ")[0]
        return word in TOTAL_WORDS or (
            not self.table.cell(row, "document")
            and sum(1 for cell in row.cells if cell.strip()) == 1
        )

    def _amount(self, row: Row, name: Field) -> int | None:
        text = self.table.cell(row, name)
        if name not in self.table.columns or text.strip("-– ") == "":
            return None
        written = read_cell(text, place=self.table.place(row, name), currency=self.currency)
        return to_money(written, mark=self.mark).amount

    def _written(self) -> list[Written]:
        found = []
        for row in self.table.rows:
            for name in _AMOUNTS:
                text = self.table.cell(row, name)
                if name in self.table.columns and text.strip("-– "):
                    place = self.table.place(row, name)
                    found.append(read_cell(text, place=place, currency=self.currency))
        if "payment_amount" in self.table.above:
            text, place = self.table.above["payment_amount"]
            found.append(read_cell(text, place=place, currency=self.currency))
        return found

    def _currency(self, fallback: str | None) -> str:
        table = self.table
        told = {table.cell(row, "currency").upper() for row in table.rows} - {""}
        if len(told) > 1:
            raise FormatError(
                "The table has documents in several currencies; ask the payer for one advice a"
                " payment.",
                code="mixed_currencies",
            )
        code = told.pop() if told else ""
        if not code:
            headed = (
                currency_of_heading(table.headings[table.columns[name]])
                for name in ("paid", "gross")
                if name in table.columns
            )
            code = next(filter(None, headed), "") or self._above("currency").upper()
        code = code or self._currency_in_cells() or fallback or ""
        if not code:
            raise FormatError(
                "The table does not tell its currency; give it along with the file.",
                code="missing_currency",
            )
        if code not in EXPONENTS:
            raise FormatError(
                f"{code[:10]!r} is not an ISO 4217 currency in use; correct the table.",
                code="unknown_currency",
            )
        return code

    def _currency_in_cells(self) -> str:
        """The currency written beside the first amounts."""
        texts = (
            [self.table.above["payment_amount"][0]] if "payment_amount" in self.table.above else []
        )
        texts += [self.table.cell(row, name) for row in self.table.rows[:5] for name in _AMOUNTS]
        for text in texts:
            for word in text.replace("\u00a0", " ").split():
                if word.upper() in EXPONENTS:
                    return word.upper()
            if "€" in text:
                return "EUR"
            if "£" in text:
                return "GBP"
        return ""

    def _above(self, name: Field) -> str:
        return self.table.above[name][0] if name in self.table.above else ""

    def _order(self) -> DateOrder | None:
        """The order of day and month; None where nothing decides, and dates are left out then."""
        cells = [
            (self.table.cell(row, name), self.table.place(row, name))
            for row in self.table.rows
            for name in ("dated", "payment_date")
            if name in self.table.columns and len(self.table.cell(row, name)) <= 40
        ]
        if "payment_date" in self.table.above:
            cells.append(self.table.above["payment_date"])
        try:
            return decide_order(cells)
        except FormatError:
            return None

    def _day(self, row: Row, name: Field) -> date | None:
        text = self.table.cell(row, name)
        if not text or self.order is None:
            return None
        return _day((text, self.table.place(row, name)), self.order)

    def _day_above(self) -> date | None:
        cell = self.table.above.get("payment_date")
        return None if cell is None or self.order is None else _day(cell, self.order)


def _day(cell: tuple[str, Place], order: DateOrder) -> date | None:
    """A day that cannot be read is left out: no money depends on it."""
    try:
        return to_date(cell, order=order) if len(cell[0]) <= 40 else None
    except FormatError:
        return None
