"""OFX to statements."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from usance.formats.bank_text import decode
from usance.formats.errors import FormatError, refuse_too_large
from usance.formats.ofx.tree import Node, tree_of
from usance.formats.ofx.values import read_amount, read_day, read_short_day
from usance.formats.statement import (
    Notice,
    Statement,
    Transaction,
    compact,
    is_iban,
    reference_or_none,
)
from usance.rules.money import MoneyError, exponent

_BEGINNING: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s{0,200}(?:OFXHEADER\s{0,20}:|<OFX>|(?:<\?xml[^>]{0,200}\?>\s{0,200})?<\?OFX\b)",
    re.IGNORECASE,
)
_STATEMENTS: Final = ("STMTRS", "CCSTMTRS", "INVSTMTRS")
_DECLARED: Final = re.compile(rb"encoding\s{0,5}=\s{0,5}[\"']([A-Za-z0-9._-]{1,40})[\"']")
_HEADER_LINE: Final = re.compile(
    rb"^[ \t]{0,20}([A-Z]{1,20})[ \t]{0,20}:([^\r\n:]{0,60})", re.MULTILINE
)
_CODE_PAGES: Final = {"1252": "cp1252", "8859-1": "latin-1", "ISO-8859-1": "latin-1"}


def looks_like(data: bytes) -> bool:
    """Whether ``data`` begins as an OFX file does."""
    return _BEGINNING.match(data) is not None


def parse(data: bytes) -> tuple[Statement, ...]:
    """Read an OFX file: one statement for each account in it.

    OFX is what a person downloads for the days that were asked for, so the statements are of kind
    ``export``; only the closing balance is known. What is not needed to book and cannot be read (the
    day of a balance, a balance) becomes a notice.

    Raises FormatError with the line: ``too_large``, ``not_text``, ``wrong_encoding``,
    ``doctype_refused``, ``malformed_ofx``, ``too_deep``, ``cut_off``, ``no_statement``,
    ``missing_element``, ``invalid_amount``, ``invalid_date``, ``unknown_currency``.
    """
    refuse_too_large(data)
    decoded = decode(data, declared=_declared(data))
    start = decoded.text.upper().find("<OFX>")
    if start < 0:
        raise FormatError("<OFX> is missing; download the file again.", code="no_statement")
    if "<!DOCTYPE" in decoded.text[: start + 2000].upper():
        raise FormatError(
            "The file declares a document type, which OFX never does; download it again.",
            code="doctype_refused",
        )
    root = tree_of(decoded.text[start:], first_line=decoded.text.count("\n", 0, start) + 1)
    found = list(root.all(*_STATEMENTS))
    if not found:
        raise FormatError(_why_nothing(root), code="no_statement")
    return tuple(_statement(node, notices=decoded.notices) for node in found)


def _declared(data: bytes) -> str | None:
    """The encoding that the header declares, where Python knows it."""
    head = data[:2000]
    start = head.upper().find(b"<OFX>")
    head = head[:start] if start >= 0 else head
    if match := _DECLARED.search(head):
        name = match[1].decode("ascii")
    else:
        header = {key.upper(): value.strip() for key, value in _HEADER_LINE.findall(head)}
        page = header.get(b"CHARSET", b"").decode("ascii", "replace").upper()
        name = _CODE_PAGES.get(page, "")
    try:
        return codecs.lookup(name).name if name else None
    except LookupError:
        return None


def _why_nothing(root: Node) -> str:
    message = next((text for node in root.all("STATUS") if (text := node.value("MESSAGE"))), None)
    said = f" The bank says: {message[:100]}." if message else ""
    return f"The file holds no statement of an account.{said} Download bookings of an account."


@dataclass(slots=True)
class _Noticed:
    """What is noticed while a statement is read."""

    notices: list[Notice] = field(default_factory=list)

    def day(self, node: Node, *path: str) -> date | None:
        """A day that no booking depends on; what cannot be read is unknown, and noticed."""
        text = node.value(*path)
        try:
            return read_day(text)
        except ValueError:
            self.notices.append(Notice(code="date_unreadable", data={"field": "/".join(path)}))
            return read_short_day(text or "")


def _statement(node: Node, *, notices: tuple[Notice, ...]) -> Statement:
    currency = _currency(node)
    account = next(
        (a for n in ("BANKACCTFROM", "CCACCTFROM", "INVACCTFROM") if (a := node.child(n))), None
    )
    number = account.value("ACCTID") if account is not None else None
    if number is None:
        raise FormatError(
            "ACCTID (the account) is missing; download the file again.",
            code="missing_element",
            line=node.line,
        )
    noticed = _Noticed(list(notices))
    not_booked: Counter[str] = Counter()
    for pending in node.all("STMTTRNP"):
        not_booked["PENDING"] += 1 if pending.children else 0
    transactions: list[Transaction] = []
    for booking in node.all("STMTTRN"):
        if booking.children:
            transactions.append(
                _transaction(
                    booking, currency=currency, ordinal=len(transactions) + 1, noticed=noticed
                )
            )
    ledger = node.child("LEDGERBAL") or Node("LEDGERBAL", node.line)
    try:
        closing = read_amount(ledger, "BALAMT", currency=currency)
    except FormatError:
        closing = None
        noticed.notices.append(Notice(code="balance_unreadable"))
    days = next(
        (d for n in ("BANKTRANLIST", "INVTRANLIST") if (d := node.child(n))), Node("", node.line)
    )
    noticed.day(ledger, "DTASOF")
    return Statement(
        kind="export",
        account=compact(number) if is_iban(compact(number)) else number,
        currency=currency,
        closing=closing.amount if closing is not None else None,
        period_from=noticed.day(days, "DTSTART"),
        period_to=noticed.day(days, "DTEND"),
        transactions=tuple(transactions),
        not_booked=tuple(sorted(not_booked.items())),
        notices=tuple(noticed.notices),
    )


def _currency(node: Node) -> str:
    code = (node.value("CURDEF") or "").upper()
    try:
        exponent(code)
    except MoneyError as error:
        raise FormatError(str(error), code=error.code, line=node.line) from None
    return code


def _transaction(node: Node, *, currency: str, ordinal: int, noticed: _Noticed) -> Transaction:
    # Only an amount in another currency than the account's names its own.
    stated = (node.value("CURRENCY", "CURSYM") or currency).upper()
    amount = read_amount(node, "TRNAMT", currency=stated)
    if amount is None:
        raise FormatError(
            "TRNAMT (the amount) is missing; ask the bank for a corrected file.",
            code="missing_element",
            line=node.line,
        )
    if node.child("CORRECTFITID") is not None:
        noticed.notices.append(Notice(code="marked_as_correction", data={"ordinal": ordinal}))
    name = node.value("NAME") or node.value("PAYEE", "NAME") or node.value("EXTDNAME")
    account = node.value("BANKACCTTO", "ACCTID") or node.value("CCACCTTO", "ACCTID")
    return Transaction(
        ordinal=ordinal,
        amount=amount.amount,
        currency=amount.currency,
        booked_on=_booked_on(node),
        value_on=noticed.day(node, "DTAVAIL"),
        bank_reference=reference_or_none(node.value("FITID")),
        further_references=(reference,) if (reference := _reference(node)) else (),
        remittance_text=node.value("MEMO") or "",
        counterparty_name=name,
        counterparty_account=compact(account) if account else None,
        bank_transaction_code=(node.value("TRNTYPE") or "").upper() or None,
    )


def _reference(node: Node) -> str | None:
    number = reference_or_none(node.value("REFNUM"))
    return number if number and number.strip("0") else None


def _booked_on(node: Node) -> date:
    text = node.value("DTPOSTED")
    try:
        day = read_day(text) or read_day(node.value("DTUSER"))
    except ValueError:
        day = None
    if day is None:
        raise FormatError(
            f"DTPOSTED {(text or '')[:40]!r} is not a date such as 20260430; ask the bank for a"
            " corrected file.",
            code="invalid_date",
            line=node.line,
        )
    return day
