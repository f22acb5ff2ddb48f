"""Bytes of a camt message to its statements, one entry at a time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, cast

from lxml import etree

from usance.formats.camt.document import (
    CONTAINERS,
    STATEMENT_KINDS,
    STATEMENT_TAGS,
    Document,
    Kind,
)
from usance.formats.camt.elements import (
    day,
    instant,
    invalid,
    is_credit,
    is_true,
    money,
    path_of,
    required,
    text,
)
from usance.formats.camt.entries import BOOKED, status_of, transactions_of
from usance.formats.camt.parties import account_number
from usance.formats.errors import FormatError, refuse_too_large
from usance.formats.statement import CopyDuplicate, Statement, Transaction
from usance.formats.xml_elements import child, children, line_of, local_name
from usance.rules.money import MoneyError, exponent

_CHUNK: Final = 64 * 1024
_VERSION: Final = re.compile(r"camt\.(05[234])\.001\.([0-9]{2})")
_SUPPORTED: Final = "camt.052, camt.053 and camt.054 are read"

_CONTAINER_TAGS: Final = {
    name + suffix: kind for name, kind in CONTAINERS.items() for suffix in ("", "V01")
}
_WATCHED: Final = tuple(
    "{*}" + name
    for name in ("Document", *_CONTAINER_TAGS, *STATEMENT_TAGS.values(), "Ntry", "GrpHdr")
)

# Balances that count as the first of a statement, best first: opening booked, and the previous
# statement's closing booked, which German and Dutch banks give instead.
_OPENING: Final = ("OPBD", "PRCD")
_CLOSING: Final = ("CLBD",)


def parse(data: bytes) -> Document:
    """Read a camt.052, camt.053 or camt.054 message of any version.

    Booked entries become transactions; entries of any other status are counted in
    ``Statement.not_booked``. The file is read as a stream, so that memory grows with the number
    of transactions rather than with the XML. External entities, document type declarations and
    the network are never touched.

    Raises FormatError: ``too_large``, ``malformed_xml``, ``doctype_refused``,
    ``unsupported_message``, ``missing_element``, ``invalid_amount``, ``unknown_currency``,
    ``invalid_date``, ``invalid_indicator``, ``invalid_number``.
    """
    refuse_too_large(data)
    message = _Message()
    try:
        for event, element in _events(data):
            message.take(event, element)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        reason = str(error.msg).partition(", line ")[0]
        raise FormatError(
            f"This is not well-formed XML ({reason}); the file may have been cut off or edited. "
            "Download it from the bank again.",
            code="malformed_xml",
            line=line or None,
            column=column or None,
        ) from None
    return message.document()


def _events(data: bytes) -> Iterator[tuple[str, etree._Element]]:
    parser = etree.XMLPullParser(
        events=("start", "end"),
        tag=_WATCHED,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    for start in range(0, len(data), _CHUNK):
        parser.feed(data[start : start + _CHUNK])
        yield from cast("Iterator[tuple[str, etree._Element]]", parser.read_events())
    root = parser.close()
    _refuse_doctype(root)


def _refuse_doctype(element: etree._Element) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise FormatError(
            "The file declares a document type, which bank statements never do; "
            "download it from the bank again.",
            code="doctype_refused",
        )


@dataclass(slots=True)
class _Open:
    """A statement whose entries are still coming."""

    tag: str
    own_account: str | None = None
    last_day: date | None = None
    prepared: bool = False
    transactions: list[Transaction] = field(default_factory=list)
    not_booked: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Message:
    """What has been read of a message so far."""

    kind: Kind | None = None
    version: str = ""
    line: int | None = None
    root: str = ""
    message_id: str | None = None
    created_at: datetime | None = None
    several_pages: bool = False
    statements: list[Statement] = field(default_factory=list)
    current: _Open | None = None

    def take(self, event: str, element: etree._Element) -> None:
        """Read what ``element`` brings at its start or its end."""
        name = local_name(element)
        if event == "start":
            self._start(name, element)
        elif name == "GrpHdr" and self.kind is not None:
            self._header(element)
        elif self.current is None:
            return
        elif name == "Ntry":
            self._entry(element, self.current)
        elif name == self.current.tag:
            self.statements.append(self._statement(element, self.current))
            self.current = None
            element.clear()

    def _start(self, name: str, element: etree._Element) -> None:
        _refuse_doctype(element)
        if name in _CONTAINER_TAGS:
            if self.kind is not None:
                raise FormatError(
                    "The file holds two messages; send each as a file of its own.",
                    code="unsupported_message",
                    line=line_of(element),
                )
            self.kind = _CONTAINER_TAGS[name]
            self.line = line_of(element)
            self.root = path_of(element)
            match = _VERSION.search(str(element.tag))
            self.version = match[2] if match else ""
        elif self.kind is not None and self.current is None and name == STATEMENT_TAGS[self.kind]:
            self.current = _Open(tag=name)

    def _header(self, header: etree._Element) -> None:
        self.message_id = text(required(header, "MsgId"))
        self.created_at = instant(child(header, "CreDtTm"))
        self.several_pages = _is_one_of_several(child(header, "MsgPgntn"))

    def _entry(self, entry: etree._Element, current: _Open) -> None:
        if not current.prepared:
            statement = entry.getparent()
            current.own_account = account_number(child(statement, "Acct"))
            current.last_day = (
                day(child(statement, "FrToDt", "ToDtTm"))
                or day(child(statement, "CreDtTm"))
                or (self.created_at.date() if self.created_at else None)
            )
            current.prepared = True
        # Whatever camt.053 holds is booked, so a bank that leaves the status out means BOOK.
        status = status_of(entry, default=BOOKED if self.kind == "camt.053" else None)
        if status == BOOKED:
            current.transactions.extend(
                transactions_of(
                    entry,
                    own_account=current.own_account,
                    otherwise_on=current.last_day,
                    ordinal=len(current.transactions) + 1,
                )
            )
        else:
            current.not_booked[status] += 1
        # The empty element stays, so that paths in errors still count entries right.
        entry.clear()

    def _statement(self, element: etree._Element, current: _Open) -> Statement:
        assert self.kind is not None
        account = required(element, "Acct")
        number = account_number(account)
        if number is None:
            raise invalid(required(account, "Id"), "an account number", code="missing_element")
        currency = _currency(account, element=element, transactions=current.transactions)
        pages = child(element, f"{current.tag}Pgntn")
        return Statement(
            kind=STATEMENT_KINDS[self.kind],
            id=text(required(element, "Id")),
            sequence=_sequence(element),
            account=number,
            currency=currency,
            opening=_balance(element, _OPENING, currency=currency),
            closing=_balance(element, _CLOSING, currency=currency),
            period_from=day(child(element, "FrToDt", "FrDtTm")),
            period_to=day(child(element, "FrToDt", "ToDtTm")),
            transactions=tuple(current.transactions),
            copy_duplicate=_copy_duplicate(child(element, "CpyDplctInd")),
            partial=self.several_pages or _is_one_of_several(pages),
            not_booked=tuple(sorted(current.not_booked.items())),
        )

    def document(self) -> Document:
        """The whole message. Raises FormatError if something it needs did not come."""
        if self.kind is None:
            raise FormatError(
                f"This XML is no account statement; {_SUPPORTED}.", code="unsupported_message"
            )
        missing = "GrpHdr/MsgId" if self.message_id is None else STATEMENT_TAGS[self.kind]
        if self.message_id is None or not self.statements:
            raise FormatError(
                f"{missing} is missing; ask the bank for a complete file.",
                code="missing_element",
                line=self.line,
                path=self.root,
            )
        return Document(
            message_id=self.message_id,
            created_at=self.created_at,
            kind=self.kind,
            version=self.version,
            statements=tuple(self.statements),
        )


def _is_one_of_several(pagination: etree._Element | None) -> bool:
    if pagination is None:
        return False
    first = (text(pagination, "PgNb") or "1").lstrip("0") == "1"
    return not (first and is_true(child(pagination, "LastPgInd")))


def _sequence(element: etree._Element) -> int | None:
    number = child(element, "ElctrncSeqNb")
    if number is None:
        number = child(element, "LglSeqNb")
    if number is None:
        return None
    figures = (number.text or "").strip()
    if not re.fullmatch(r"[0-9]{1,18}", figures):
        raise invalid(number, "a whole number", code="invalid_number")
    return int(figures)


def _currency(
    account: etree._Element, *, element: etree._Element, transactions: list[Transaction]
) -> str | None:
    """The account's currency; it is optional there, so a booked balance or an entry may tell."""
    stated = child(account, "Ccy")
    if stated is not None:
        try:
            exponent(text(stated) or "")
        except MoneyError as error:
            raise FormatError(
                str(error), code=error.code, line=line_of(stated), path=path_of(stated)
            ) from None
        return text(stated)
    for balance in children(element, "Bal"):
        if _balance_type(balance) in (*_OPENING, *_CLOSING):
            return money(required(balance, "Amt")).currency
    if transactions:
        return transactions[0].currency
    for balance in children(element, "Bal"):
        return money(required(balance, "Amt")).currency
    return None


def _balance_type(balance: etree._Element) -> str | None:
    # Version 01 has the code directly in Tp.
    return text(balance, "Tp", "CdOrPrtry", "Cd") or text(balance, "Tp", "Cd")


def _balance(
    element: etree._Element, types: tuple[str, ...], *, currency: str | None
) -> int | None:
    """The signed balance of the first of ``types`` that the statement gives.

    A balance in another currency is not one of this account's books and stays unknown.
    """
    for wanted in types:
        for balance in children(element, "Bal"):
            if _balance_type(balance) != wanted:
                continue
            amount = money(required(balance, "Amt"))
            if amount.currency == currency:
                return amount.amount if is_credit(balance) else -amount.amount
    return None


def _copy_duplicate(element: etree._Element | None) -> CopyDuplicate | None:
    match text(element):
        case None:
            return None
        case "COPY" | "DUPL" | "CODU" as indicator:
            return indicator
    assert element is not None
    raise invalid(element, "COPY, DUPL or CODU", code="invalid_indicator")
