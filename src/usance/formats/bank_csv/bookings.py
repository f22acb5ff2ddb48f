"""Rows of a bank's table to bookings, once the file as a whole has told how to read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from usance.formats.bank_csv.amounts import Written, decide_mark, read_cell, to_money
from usance.formats.bank_csv.dates import Cell, decide_order, to_date
from usance.formats.bank_csv.mapping import ColumnMapping
from usance.formats.bank_csv.place import Place
from usance.formats.bank_csv.table import Row, Table
from usance.formats.bank_csv.vocabulary import CREDIT_WORDS, DEBIT_WORDS, Field, plain
from usance.formats.errors import FormatError
from usance.formats.statement import Transaction, compact, is_iban, one_line, reference_or_none
from usance.rules.money import Money

_AMOUNT_FIELDS: Final[tuple[Field, ...]] = ("amount", "debit", "credit", "balance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One row: what it books, and the balance after it if the table has one."""

    row: Row
    amount: Money
    balance: Money | None
    booked_on: date
    value_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """One row before the file's decimal mark and order of dates are known."""

    row: Row
    amounts: dict[Field, Written]
    booked_on: Cell
    value_on: Cell | None


def read_bookings(
    rows: Sequence[tuple[Row, str]], *, table: Table, mapping: ColumnMapping
) -> list[Booking]:
    """The bookings of ``rows``, each given with its currency.

    Decimal mark and order of day and month are decided over all of them together. Raises
    FormatError.
    """
    drafts = [_draft(row, currency=currency, table=table) for row, currency in rows]
    mark = mapping.decimal_mark or decide_mark(
        written for draft in drafts for written in draft.amounts.values()
    )
    order = mapping.date_order or decide_order(
        cell for draft in drafts for cell in (draft.booked_on, draft.value_on) if cell is not None
    )
    figures = [
        {field: to_money(written, mark=mark) for field, written in draft.amounts.items()}
        for draft in drafts
    ]
    debits = [money["debit"] for money in figures if money.get("debit")]
    # Some banks write debits with a minus, some leave it to the column to say so.
    debits_carry_sign = bool(debits) and all(debit.amount < 0 for debit in debits)
    direction = _direction_field(drafts, table=table)
    return [
        Booking(
            row=draft.row,
            amount=_amount(
                draft.row,
                money,
                table=table,
                direction=direction,
                debits_carry_sign=debits_carry_sign,
            ),
            balance=money.get("balance"),
            booked_on=to_date(draft.booked_on, order=order),
            value_on=to_date(draft.value_on, order=order) if draft.value_on else None,
        )
        for draft, money in zip(drafts, figures, strict=True)
    ]


def _draft(row: Row, *, currency: str, table: Table) -> _Draft:
    amounts = {}
    for field in _AMOUNT_FIELDS:
        if cell := table.cell(row, field):
            amounts[field] = read_cell(cell, place=table.place(row, field), currency=currency)
    dates: dict[Field, Cell] = {}
    for field in ("booked_on", "value_on"):
        if cell := table.cell(row, field):
            dates[field] = (cell, table.place(row, field))
    booked_on = dates.get("booked_on") or dates.get("value_on")
    if booked_on is None:
        field = "booked_on" if table.has("booked_on") else "value_on"
        raise table.place(row, field).error(
            "the booking has no date; correct the row, or leave rows below the bookings out by "
            "footer_rows in the column mapping.",
            code="missing_date",
        )
    return _Draft(row=row, amounts=amounts, booked_on=booked_on, value_on=dates.get("value_on"))


def _direction_field(drafts: Sequence[_Draft], *, table: Table) -> Field | None:
    if table.has("direction"):
        return "direction"
    # A column of types that says nothing but debit and credit tells the sign.
    types = {plain(table.cell(draft.row, "bank_transaction_code")) for draft in drafts}
    if types and types <= CREDIT_WORDS | DEBIT_WORDS:
        return "bank_transaction_code"
    return None


def _amount(
    row: Row,
    money: dict[Field, Money],
    *,
    table: Table,
    direction: Field | None,
    debits_carry_sign: bool,
) -> Money:
    if table.has("amount"):
        amount = money.get("amount")
        if amount is None:
            raise _without_amount(table.place(row, "amount"))
        return amount if direction is None else _directed(row, amount, table, direction)
    debit, credit = money.get("debit"), money.get("credit")
    if debit and credit:
        raise table.place(row, "debit").error(
            "the row has both a debit and a credit; split it into two.", code="invalid_amount"
        )
    if debit:
        return debit if debits_carry_sign else -debit
    if credit:
        return credit
    # A stated zero is an amount; two empty cells are not.
    zero = debit if debit is not None else credit
    if zero is None:
        raise _without_amount(table.place(row, "credit" if table.has("credit") else "debit"))
    return zero


def _directed(row: Row, amount: Money, table: Table, direction: Field) -> Money:
    word = plain(table.cell(row, direction))
    sign = table.cell(row, direction)
    if word in CREDIT_WORDS or sign == "+":
        if amount.amount >= 0:
            return amount
    elif word in DEBIT_WORDS or sign == "-":
        return amount if amount.amount < 0 else -amount
    raise table.place(row, direction).error(
        f"{sign!r} does not tell whether {amount} is a debit or a credit; correct it or choose "
        "another column.",
        code="invalid_direction",
    )


def _without_amount(place: Place) -> FormatError:
    return place.error(
        "the booking has no amount; correct the row, or leave rows below the bookings out by "
        "footer_rows in the column mapping.",
        code="missing_amount",
    )


def _told_apart_by(row: Row, *, table: Table) -> str:
    if table.told_apart is None:
        return ""
    return reference_or_none(one_line(row.cells[table.told_apart])) or ""


def transaction_of(booking: Booking, *, table: Table, ordinal: int) -> Transaction:
    """The transaction of ``booking``, with the texts of its row."""
    row = booking.row
    said = reference_or_none(table.cell(row, "payer_reference"))
    return Transaction(
        ordinal=ordinal,
        amount=booking.amount.amount,
        currency=booking.amount.currency,
        booked_on=booking.booked_on,
        value_on=booking.value_on,
        bank_reference=reference_or_none(table.cell(row, "bank_reference")),
        end_to_end_id=reference_or_none(table.cell(row, "end_to_end_id")),
        structured_reference=reference_or_none(table.cell(row, "structured_reference")),
        further_references=(said,) if said else (),
        told_apart_by=_told_apart_by(row, table=table),
        remittance_text=table.cell(row, "remittance_text"),
        counterparty_name=_counterparty_name(booking, table=table),
        counterparty_account=account_number(table.cell(row, "counterparty_account")),
        bank_transaction_code=table.cell(row, "bank_transaction_code") or None,
    )


def _counterparty_name(booking: Booking, *, table: Table) -> str | None:
    row = booking.row
    if table.has("payer_name") and table.has("payee_name"):
        # With both sides in the table, the other one depends on which way the money went.
        side: Field = "payer_name" if booking.amount.amount >= 0 else "payee_name"
        return table.cell(row, side) or table.cell(row, "counterparty_name") or None
    sides: tuple[Field, ...] = ("counterparty_name", "payer_name", "payee_name")
    return next((name for side in sides if (name := table.cell(row, side))), None)


def account_number(cell: str) -> str | None:
    """An account number as it is kept: an IBAN without spaces, anything else as written."""
    return compact(cell) if is_iban(compact(cell)) else cell or None
