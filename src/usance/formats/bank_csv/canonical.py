"""The project's own table of bookings: every field of a statement, nothing to find out.

Comma-separated UTF-8 with points as decimal marks and ISO 8601 dates. What belongs to the
statement is repeated on each of its rows; a statement without transactions is one row whose
booking columns are empty. References and counts that a cell holds several of stand on lines of
their own within it. The payments of a batch stand as bookings of their own.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final, NoReturn, cast, get_args

from usance.formats.bank_csv.place import Place
from usance.formats.errors import FormatError
from usance.formats.statement import CopyDuplicate, Statement, StatementKind, Transaction
from usance.rules.money import Money, MoneyError

_STATEMENT: Final = (
    "statement",
    "kind",
    "statement_id",
    "sequence",
    "account",
    "currency",
    "opening",
    "closing",
    "period_from",
    "period_to",
    "copy_duplicate",
    "partial",
    "not_booked",
)
_TRANSACTION: Final = (
    "booked_on",
    "value_on",
    "amount",
    "transaction_currency",
    "bank_reference",
    "end_to_end_id",
    "structured_reference",
    "further_references",
    "remittance_text",
    "counterparty_name",
    "counterparty_account",
    "ultimate_counterparty_name",
    "instructed",
    "returned",
    "return_reason",
    "bank_transaction_code",
    "additional_info",
)
COLUMNS: Final = (*_STATEMENT, *_TRANSACTION)
_INDEX: Final = {name: index for index, name in enumerate(COLUMNS)}
_HEADINGS: Final = ",".join(COLUMNS)
_AMOUNT: Final = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,3})?")


def render(statements: Iterable[Statement]) -> bytes:
    """Write ``statements`` as one table. Raises FormatError ``invalid_amount``."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for number, statement in enumerate(statements, 1):
        shared = _statement_cells(statement, number=number)
        if not statement.transactions:
            writer.writerow((*shared, *("" for _ in _TRANSACTION)))
        for transaction in statement.transactions:
            writer.writerow((*shared, *_transaction_cells(transaction)))
    return text.getvalue().encode()


def _statement_cells(statement: Statement, *, number: int) -> tuple[str, ...]:
    s = statement
    return (
        str(number),
        s.kind,
        s.id or "",
        "" if s.sequence is None else str(s.sequence),
        s.account or "",
        s.currency or "",
        _written(s.opening, s.currency),
        _written(s.closing, s.currency),
        _day(s.period_from),
        _day(s.period_to),
        s.copy_duplicate or "",
        "true" if s.partial else "",
        "\n".join(f"{status} {count}" for status, count in s.not_booked),
    )


def _transaction_cells(transaction: Transaction) -> tuple[str, ...]:
    t = transaction
    ordered = t.instructed
    return (
        _day(t.booked_on),
        _day(t.value_on),
        _written(t.amount, t.currency),
        t.currency,
        t.bank_reference or "",
        t.end_to_end_id or "",
        t.structured_reference or "",
        "\n".join(t.further_references),
        t.remittance_text,
        t.counterparty_name or "",
        t.counterparty_account or "",
        t.ultimate_counterparty_name or "",
        f"{ordered.currency} {ordered.decimal()}" if ordered is not None else "",
        "true" if t.returned else "",
        t.return_reason or "",
        t.bank_transaction_code or "",
        t.additional_info,
    )


def _written(minor_units: int | None, currency: str | None) -> str:
    if minor_units is None:
        return ""
    try:
        return str(Money(minor_units, currency or "").decimal())
    except MoneyError as error:
        raise FormatError(str(error), code="invalid_amount") from None


def _day(on: date | None) -> str:
    return on.isoformat() if on is not None else ""


def is_canonical(text: str) -> bool:
    """Whether ``text`` begins with the headings that :func:`render` writes."""
    return text.startswith(_HEADINGS) and text[len(_HEADINGS) :].startswith(("\r\n", "\n"))


def parse(text: str) -> tuple[Statement, ...]:
    """Read what :func:`render` wrote, identically.

    Raises FormatError ``malformed_csv``, ``too_few_columns``, ``too_many_columns``,
    ``invalid_amount``, ``unknown_currency``, ``invalid_date`` or ``invalid_value``.
    """
    return tuple(
        _statement(list(rows))
        for _, rows in groupby(_rows(text), lambda row: row.cell("statement"))
    )


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: list[str]

    def cell(self, name: str) -> str:
        return self.cells[_INDEX[name]]

    def refuse(self, name: str, expected: str, *, code: str = "invalid_value") -> NoReturn:
        place = Place(line=self.line, column=_INDEX[name] + 1, heading=name)
        raise place.error(f"{self.cell(name)[:40]!r} is not {expected}; correct it.", code=code)

    def number(self, name: str) -> int | None:
        if not self.cell(name):
            return None
        if not re.fullmatch(r"[0-9]{1,18}", self.cell(name)):
            self.refuse(name, "a whole number")
        return int(self.cell(name))

    def day(self, name: str) -> date | None:
        if not self.cell(name):
            return None
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", self.cell(name)):
            try:
                return date.fromisoformat(self.cell(name))
            except ValueError:
                pass
        self.refuse(name, "a date such as 2026-04-30", code="invalid_date")

    def flag(self, name: str) -> bool:
        if self.cell(name) not in ("", "true"):
            self.refuse(name, "true or empty")
        return bool(self.cell(name))

    def money(self, name: str, figures: str, currency: str) -> Money:
        if not _AMOUNT.fullmatch(figures):
            self.refuse(name, "an amount such as 1234.50", code="invalid_amount")
        try:
            return Money.parse(figures, currency=currency)
        except MoneyError as error:
            place = Place(line=self.line, column=_INDEX[name] + 1, heading=name)
            raise place.error(str(error), code=error.code) from None

    def balance(self, name: str) -> int | None:
        figures = self.cell(name)
        return self.money(name, figures, self.cell("currency")).amount if figures else None


def _rows(text: str) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    next(reader)
    line = reader.line_num + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FormatError(
                f"The row cannot be taken apart ({error}); check its quotation marks.",
                code="malformed_csv",
                line=line,
            ) from None
        if len(cells) != len(COLUMNS):
            raise FormatError(
                f"The row has {len(cells)} columns, the table {len(COLUMNS)}; the file may have "
                "been cut off or edited.",
                code="too_few_columns" if len(cells) < len(COLUMNS) else "too_many_columns",
                line=line,
            )
        yield _Row(line, cells)
        line = reader.line_num + 1


def _statement(rows: list[_Row]) -> Statement:
    first = rows[0]
    for row in rows:
        for name, mine, its in zip(_STATEMENT, row.cells, first.cells, strict=False):
            if mine != its:
                row.refuse(name, f"{its!r} as on the statement's first row")
    booked = [row for row in rows if any(row.cells[len(_STATEMENT) :])]
    if len(rows) > 1 and len(booked) < len(rows):
        next(row for row in rows if row not in booked).refuse("booked_on", "a date")
    if first.cell("kind") not in get_args(StatementKind):
        first.refuse("kind", f"one of {', '.join(get_args(StatementKind))}")
    if first.cell("copy_duplicate") not in ("", *get_args(CopyDuplicate)):
        first.refuse("copy_duplicate", f"one of {', '.join(get_args(CopyDuplicate))}")
    return Statement(
        kind=cast("StatementKind", first.cell("kind")),
        id=first.cell("statement_id") or None,
        sequence=first.number("sequence"),
        account=first.cell("account") or None,
        currency=first.cell("currency") or None,
        opening=first.balance("opening"),
        closing=first.balance("closing"),
        period_from=first.day("period_from"),
        period_to=first.day("period_to"),
        transactions=tuple(_transaction(row, ordinal=n) for n, row in enumerate(booked, 1)),
        copy_duplicate=cast("CopyDuplicate | None", first.cell("copy_duplicate") or None),
        partial=first.flag("partial"),
        not_booked=tuple(_counts(first)),
    )


def _counts(row: _Row) -> Iterator[tuple[str, int]]:
    for line in filter(None, row.cell("not_booked").split("\n")):
        status, _, count = line.rpartition(" ")
        if not re.fullmatch(r"[0-9]{1,9}", count):
            row.refuse("not_booked", "a status and a count on each line")
        yield status, int(count)


def _transaction(row: _Row, *, ordinal: int) -> Transaction:
    booked_on = row.day("booked_on")
    if booked_on is None:
        row.refuse("booked_on", "a date such as 2026-04-30", code="invalid_date")
    amount = row.money("amount", row.cell("amount"), row.cell("transaction_currency"))
    currency, _, figures = row.cell("instructed").partition(" ")
    return Transaction(
        ordinal=ordinal,
        amount=amount.amount,
        currency=amount.currency,
        booked_on=booked_on,
        value_on=row.day("value_on"),
        bank_reference=row.cell("bank_reference") or None,
        end_to_end_id=row.cell("end_to_end_id") or None,
        structured_reference=row.cell("structured_reference") or None,
        further_references=tuple(filter(None, row.cell("further_references").split("\n"))),
        remittance_text=row.cell("remittance_text"),
        counterparty_name=row.cell("counterparty_name") or None,
        counterparty_account=row.cell("counterparty_account") or None,
        ultimate_counterparty_name=row.cell("ultimate_counterparty_name") or None,
        instructed=row.money("instructed", figures, currency) if currency else None,
        returned=row.flag("returned"),
        return_reason=row.cell("return_reason") or None,
        bank_transaction_code=row.cell("bank_transaction_code") or None,
        additional_info=row.cell("additional_info"),
    )
