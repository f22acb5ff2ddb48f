"""BAI2 records to statements, one for each account and day."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from usance.formats.bai2.records import Record, funds_fields, records_of
from usance.formats.bai2.transactions import amount_of, day_of, transaction_of
from usance.formats.bank_text import decode
from usance.formats.errors import FormatError, refuse_too_large
from usance.formats.statement import Notice, Statement, StatementKind, Transaction
from usance.rules.money import MoneyError, exponent

_BEGINNING: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,200}01,[^\n]{0,200}?,")
_OPENING, _CLOSING = "010", "015"
_DEFAULT_CURRENCY: Final = "USD"
_DELETION, _TEST = "2", "4"
_INTERIM: Final = frozenset({"3"})
"""As-of-date modifier of the current day's interim reports."""


def looks_like(data: bytes) -> bool:
    """Whether ``data`` begins as a BAI2 file does."""
    return _BEGINNING.match(data) is not None


def parse(data: bytes) -> tuple[Statement, ...]:
    """Read a BAI2 file, one statement for each account record.

    A file without its trailer (99) is refused: it has been cut off. Counts and control totals that
    do not agree become notices (``count_differs``, ``total_differs``).

    Raises FormatError with the line: ``too_large``, ``not_text``, ``wrong_encoding``,
    ``no_statement``, ``invalid_record``, ``invalid_amount``, ``invalid_date``,
    ``unknown_currency``, ``unsupported_message``, ``cut_off``.
    """
    refuse_too_large(data)
    decoded = decode(data)
    file = _File()
    last: Record | None = None
    for record in records_of(decoded.text):
        if last is not None and last.code == "99":
            # Banks put several files into one.
            if record.code != "01":
                raise _misplaced(record)
        elif last is None and record.code != "01":
            raise _misplaced(record)
        file.take(record)
        last = record
    if last is None:
        raise FormatError(
            "There is no BAI2 record in the file; download it again.", code="no_statement"
        )
    if last.code != "99":
        raise FormatError(
            "The trailer (99) is missing, so the file has been cut off; download it again.",
            code="cut_off",
            line=last.line,
        )
    return tuple(replace(s, notices=(*decoded.notices, *s.notices)) for s in file.statements)


@dataclass(slots=True)
class _Group:
    """Whose day the accounts that follow are reported for."""

    on: date
    currency: str
    kind: StatementKind
    test: bool


@dataclass(slots=True)
class _Account:
    """An account whose transactions are still coming."""

    number: str
    currency: str
    line: int
    opening: int | None
    closing: int | None
    total: int
    records: int
    transactions: list[Transaction] = field(default_factory=list)
    not_booked: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _File:
    """What has been read of a file so far."""

    statements: list[Statement] = field(default_factory=list)
    group: _Group | None = None
    account: _Account | None = None

    def take(self, record: Record) -> None:
        if self.account is not None and record.code not in ("16", "49"):
            self._close(None)  # its trailer is missing
        match record.code:
            case "01":
                self.group = None
            case "02":
                self.group = _group(record)
            case "03":
                if self.group is None:
                    raise _misplaced(record)
                self.account = _account(record, group=self.group)
            case "16":
                if self.account is None or self.group is None:
                    raise _misplaced(record)
                self._transaction(record, self.account, self.group)
            case "49":
                if self.account is None:
                    raise _misplaced(record)
                self.account.records += record.physical
                self._close(record)

    def _transaction(self, record: Record, account: _Account, group: _Group) -> None:
        account.records += record.physical
        amount = record.fields[1] if len(record.fields) > 1 else ""
        account.total += amount_of(amount, line=record.line) or 0
        made = transaction_of(
            record,
            currency=account.currency,
            booked_on=group.on,
            ordinal=len(account.transactions) + 1,
        )
        if group.test:
            account.not_booked["TEST"] += 1
        elif made is None:
            account.not_booked["INFO"] += 1
        else:
            account.transactions.append(made)

    def _close(self, trailer: Record | None) -> None:
        account, group = self.account, self.group
        assert account is not None
        assert group is not None
        self.account = None
        self.statements.append(
            Statement(
                kind=group.kind,
                account=account.number,
                currency=account.currency,
                opening=account.opening,
                closing=account.closing,
                period_from=group.on,
                period_to=group.on,
                transactions=tuple(account.transactions),
                not_booked=tuple(sorted(account.not_booked.items())),
                notices=tuple(_noticed(account, trailer)),
            )
        )


def _group(record: Record) -> _Group:
    fields = record.fields + [""] * (8 - len(record.fields))
    status, modifier = fields[2], fields[6]
    if status == _DELETION:
        raise FormatError(
            "The file takes back what another one reported; ask the bank for a corrected file.",
            code="unsupported_message",
            line=record.line,
        )
    return _Group(
        on=day_of(fields[3], line=record.line),
        currency=_currency(fields[5] or _DEFAULT_CURRENCY, line=record.line),
        kind="report" if modifier in _INTERIM else "statement",
        test=status == _TEST,
    )


def _currency(code: str, *, line: int) -> str:
    try:
        exponent(code.upper())
    except MoneyError as error:
        raise FormatError(str(error), code=error.code, line=line) from None
    return code.upper()


def _account(record: Record, *, group: _Group) -> _Account:
    fields = record.fields
    if not fields[0]:
        raise FormatError(
            "The account record (03) has no account number; ask the bank for a corrected file.",
            code="invalid_record",
            line=record.line,
        )
    balances, total = _summary(fields[2:], line=record.line)
    currency = fields[1] if len(fields) > 1 and fields[1] else group.currency
    return _Account(
        number=fields[0],
        currency=_currency(currency, line=record.line),
        line=record.line,
        opening=balances.get(_OPENING),
        closing=balances.get(_CLOSING),
        total=total,
        records=record.physical,
    )


def _summary(fields: list[str], *, line: int) -> tuple[dict[str, int], int]:
    """Balances and totals by type code, and the sum of all their amounts.

    Each is a type, an amount, a count and a type of funds with what belongs to it.
    """
    amounts: dict[str, int] = {}
    total, at = 0, 0
    while at < len(fields):
        code = fields[at]
        amount = amount_of(fields[at + 1], line=line) if at + 1 < len(fields) else None
        if code and amount is not None:
            amounts.setdefault(code, amount)
        total += amount or 0
        funds = fields[at + 3].upper() if at + 3 < len(fields) else ""
        at += 4 + funds_fields(funds, fields[at + 4 : at + 5], line=line)
    return amounts, total


def _noticed(account: _Account, trailer: Record | None) -> list[Notice]:
    if trailer is None:
        return [Notice(code="count_differs", data={"stated": 0, "found": account.records})]
    notices = []
    stated = amount_of(trailer.fields[0], line=trailer.line)
    if stated is not None and stated != account.total:
        notices.append(
            Notice(code="total_differs", data={"stated": stated, "found": account.total})
        )
    count = trailer.fields[1] if len(trailer.fields) > 1 else ""
    if re.fullmatch(r"[0-9]{1,9}", count) and int(count) != account.records:
        notices.append(
            Notice(code="count_differs", data={"stated": int(count), "found": account.records})
        )
    return notices


def _misplaced(record: Record) -> FormatError:
    return FormatError(
        f"A record {record.code} cannot stand here; ask the bank for a complete file.",
        code="invalid_record",
        line=record.line,
    )
