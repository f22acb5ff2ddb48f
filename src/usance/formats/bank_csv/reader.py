"""A bank's table to statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from usance.formats.bank_csv import canonical
from usance.formats.bank_csv.bookings import (
    Booking,
    account_number,
    read_bookings,
    transaction_of,
)
from usance.formats.bank_csv.mapping import ColumnMapping
from usance.formats.bank_csv.table import Row, Table, decode, read_table
from usance.formats.bank_csv.vocabulary import BOOKED, NOT_BOOKED, Field, plain
from usance.formats.errors import FormatError, refuse_too_large
from usance.formats.statement import Statement
from usance.rules.money import MoneyError, exponent

_AMOUNT_FIELDS: Final[tuple[Field, ...]] = ("amount", "debit", "credit", "balance")


def parse(
    data: bytes,
    *,
    mapping: ColumnMapping | None = None,
    currency: str | None = None,
    account: str | None = None,
) -> tuple[Statement, ...]:
    """Read a table of bookings: one statement for each account and currency in it.

    ``currency`` and ``account`` stand in where neither a column nor a heading tells; ``mapping``
    overrides what would be found out from the file. Where every row has a balance after it, the
    opening and closing balances follow. Pending and refused rows are only counted. A file is read
    whole or not at all; a table without rows gives no statement.

    Raises FormatError with the line and the column: ``too_large``, ``not_text``,
    ``wrong_encoding``, ``no_table``, ``unknown_table``, ``malformed_csv``, ``too_few_columns``,
    ``too_many_columns``, ``missing_currency``, ``unknown_currency``, ``missing_date``,
    ``invalid_date``, ``ambiguous_dates``, ``mixed_date_orders``, ``missing_amount``,
    ``invalid_amount``, ``ambiguous_amounts``, ``mixed_decimal_marks``, ``invalid_direction``,
    ``unknown_status``, ``invalid_value``.
    """
    refuse_too_large(data)
    mapping = mapping or ColumnMapping()
    text = decode(data, encoding=mapping.encoding)
    if canonical.is_canonical(text):
        return canonical.parse(text)
    table = read_table(text, mapping=mapping)
    headed = (table.currency(f) for f in _AMOUNT_FIELDS if table.has(f))
    fallback = next(filter(None, headed), None) or currency
    groups: dict[_Key, _Group] = {}
    booked: list[tuple[Row, str]] = []
    for row in table.rows:
        key = _Key(
            statement_id=table.cell(row, "statement_id") or None,
            account=account_number(table.cell(row, "account")) or table.account or account,
            currency=_currency(table, row, otherwise=fallback),
        )
        group = groups.setdefault(key, _Group())
        status = _unbooked_status(table, row)
        if status is None:
            group.members.append(len(booked))
            booked.append((row, key.currency))
        else:
            group.not_booked[status] += 1
    bookings = read_bookings(booked, table=table, mapping=mapping)
    return tuple(
        _statement(key, group, [bookings[i] for i in group.members], table=table)
        for key, group in groups.items()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Key:
    """What the rows of one statement share."""

    statement_id: str | None
    account: str | None
    currency: str


@dataclass(frozen=True, slots=True)
class _Group:
    """The rows of one statement: which of the bookings, and how many that book nothing."""

    members: list[int] = field(default_factory=list)
    not_booked: Counter[str] = field(default_factory=Counter)


def _currency(table: Table, row: Row, *, otherwise: str | None) -> str:
    stated = table.cell(row, "currency").upper()
    code = stated or otherwise
    if code is None:
        raise FormatError(
            "The table does not tell the currency of its amounts; say it when sending the file.",
            code="missing_currency",
            line=row.line,
        )
    try:
        exponent(code)
    except MoneyError as error:
        if stated:
            raise table.place(row, "currency").error(str(error), code=error.code) from None
        raise FormatError(str(error), code=error.code) from None
    return code


def _unbooked_status(table: Table, row: Row) -> str | None:
    """The status of a row that books nothing; None for a booking."""
    status = table.cell(row, "status")
    if plain(status) in BOOKED:
        return None
    if plain(status) in NOT_BOOKED:
        return status
    raise table.place(row, "status").error(
        f"{status!r} does not tell whether the row is booked; map the field status to its column, "
        "or to none if no column means it.",
        code="unknown_status",
    )


def _statement(key: _Key, group: _Group, bookings: Sequence[Booking], *, table: Table) -> Statement:
    opening, closing = _balances(bookings)
    return Statement(
        kind="export",
        id=key.statement_id,
        account=key.account,
        currency=key.currency,
        opening=opening,
        closing=closing,
        transactions=tuple(
            transaction_of(booking, table=table, ordinal=ordinal)
            for ordinal, booking in enumerate(bookings, 1)
        ),
        not_booked=tuple(sorted(group.not_booked.items())),
    )


def _balances(bookings: Sequence[Booking]) -> tuple[int | None, int | None]:
    """Opening and closing balance from the balances after each booking.

    Banks list the oldest booking first or last. The balances themselves tell which; where they
    do not add up either way the dates do, so that the mistake shows against the bookings.
    """
    steps = [(b.balance.amount, b.amount.amount) for b in bookings if b.balance is not None]
    if not steps or len(steps) < len(bookings):
        return None, None
    pairs = list(pairwise(steps))
    first_on, last_on = bookings[0].booked_on, bookings[-1].booked_on
    if all(before[0] + after[1] == after[0] for before, after in pairs):
        oldest_first = True
    elif all(after[0] + before[1] == before[0] for before, after in pairs):
        oldest_first = False
    elif first_on != last_on:
        oldest_first = first_on < last_on
    else:
        return None, None
    oldest, newest = (steps[0], steps[-1]) if oldest_first else (steps[-1], steps[0])
    return oldest[0] - oldest[1], newest[0]
