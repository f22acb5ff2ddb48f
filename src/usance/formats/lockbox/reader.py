"""A lockbox file to bank lines, one a cheque, and to advices of what each cheque pays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from usance.formats.bank_text import decode
from usance.formats.errors import FormatError, refuse_too_large
from usance.formats.lockbox.layout import BAI, Layout
from usance.formats.remittance import (
    AdvisedDocument,
    RemittanceAdvice,
    checked,
    kept_text,
)
from usance.formats.statement import Notice, Statement, Transaction

_BEGINNING: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?1[0-9 ]{2}[ -~]{20}[0-9]{6}[0-9 ]{0,4} *\r?\n[25]"
)
_MOST_ITEMS: Final = 200_000
_SEVERAL: Final = re.compile(r"[,;/ ]+")
_CURRENCY: Final = "USD"


@dataclass(frozen=True, slots=True, kw_only=True)
class LockboxFile:
    """What a lockbox file says: the cheques as bank lines, and what they pay."""

    statements: tuple[Statement, ...]
    """One a lockbox and day."""
    advices: tuple[RemittanceAdvice, ...]
    """One a cheque with documents keyed in; its first further reference is the bank line's."""


def looks_like(data: bytes) -> bool:
    """Whether ``data`` begins as a BAI lockbox file does."""
    return _BEGINNING.match(data) is not None


@dataclass(slots=True)
class _Item:
    line: int
    batch: str
    ordinal: str
    amount: int
    cheque: str
    dated: str
    payer_account: str
    remitter: str
    payee: str
    documents: list[AdvisedDocument] = field(default_factory=list)


@dataclass(slots=True)
class _Box:
    number: str
    day: date
    items: list[_Item] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


def parse(data: bytes, *, layout: Layout = BAI, account: str | None = None) -> LockboxFile:
    """Read a BAI lockbox file.

    ``account`` is the account that the cheques are deposited to, which the file does not name; without
    it the lockbox stands in. A file without its trailer (9) is refused: it has been cut off. Counts and
    totals that do not agree become notices. Amounts are US dollars.

    Raises FormatError with the line: ``too_large``, ``not_text``, ``no_statement``,
    ``invalid_record``, ``invalid_amount``, ``invalid_date``, ``cut_off``, ``too_many_lines``.
    """
    refuse_too_large(data)
    decoded = decode(data)
    reading = _Reading(layout)
    reading.take(decoded.text)
    if not reading.boxes:
        raise FormatError(
            "The file names no lockbox (record 5); ask the bank for it again.", code="no_statement"
        )
    statements, advices = [], []
    for box in reading.boxes:
        owner = account or f"LOCKBOX {box.number}"
        notices = (*decoded.notices, *reading.notices, *box.notices)
        lines = tuple(_transaction(box, item, n) for n, item in enumerate(box.items, 1))
        statements.append(
            Statement(
                kind="notification",
                id=f"{box.number}/{box.day:%Y%m%d}",
                account=owner,
                currency=_CURRENCY,
                period_from=box.day,
                period_to=box.day,
                transactions=lines,
                notices=tuple(notices),
            )
        )
        advices += [_advice(box, item) for item in box.items if item.documents]
    return LockboxFile(statements=tuple(statements), advices=tuple(advices))


class _Reading:
    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.boxes: list[_Box] = []
        self.notices: list[Notice] = []
        self.count = 0
        self.items = 0
        self.day: date | None = None

    def take(self, text: str) -> None:
        ended = False
        for number, line in _lines(text):
            if ended:
                raise _invalid(number, "a record stands after the trailer (9)")
            self.count += 1
            kind = line[0]
            if kind == "1":
                self.day = self._day(line, "header.date", number)
            elif kind == "5":
                day = self._day(line, "lockbox.date", number)
                self.boxes.append(_Box(self.layout.cut(line, "lockbox.number"), day))
            elif kind == "6":
                self._item(line, number)
            elif kind == "4":
                self._overflow(line, number)
            elif kind == "7":
                self._control(line, number, "batch")
            elif kind == "8":
                self._control(line, number, "box")
            elif kind == "9":
                ended = True
                self._trailer(line)
            elif kind not in "23":
                raise _invalid(number, f"{kind!r} is no kind of record")
        if not ended:
            raise FormatError(
                "The file ends before its trailer (record 9); it has been cut off. Ask the bank for it"
                " again.",
                code="cut_off",
                line=self.count + 1,
            )

    def _box(self, number: int) -> _Box:
        if not self.boxes:
            raise _invalid(number, "it stands before any lockbox (record 5)")
        return self.boxes[-1]

    def _item(self, line: str, number: int) -> None:
        box, cut = self._box(number), self.layout.cut
        self.items += 1
        if self.items > _MOST_ITEMS:
            raise FormatError(
                f"The file has more than {_MOST_ITEMS} cheques; ask the bank to split it.",
                code="too_many_lines",
                line=number,
            )
        routing, account = cut(line, "detail.routing"), cut(line, "detail.account")
        box.items.append(
            _Item(
                line=number,
                batch=cut(line, "detail.batch"),
                ordinal=cut(line, "detail.item"),
                amount=_cents(cut(line, "detail.amount"), number),
                cheque=kept_text(cut(line, "detail.cheque")).lstrip("0"),
                dated=cut(line, "detail.dated"),
                payer_account=kept_text(f"{routing}/{account}") if account else "",
                remitter=kept_text(cut(line, "detail.remitter")),
                payee=kept_text(cut(line, "detail.payee")),
            )
        )

    def _overflow(self, line: str, number: int) -> None:
        box, layout = self._box(number), self.layout
        key = layout.cut(line, "overflow.batch"), layout.cut(line, "overflow.item")
        item = next((i for i in reversed(box.items) if (i.batch, i.ordinal) == key), None)
        if item is None:
            raise _invalid(number, "no cheque (record 6) before it has its batch and item")
        text = kept_text(layout.cut(line, "overflow.document"))
        if not text:
            return
        if not layout.has("overflow.amount"):
            numbers = [text] if not _SEVERAL.search(text) else _SEVERAL.split(text)
            item.documents += [AdvisedDocument(number=n) for n in numbers if n]
            return
        stated = layout.cut(line, "overflow.amount")
        discount = layout.cut(line, "overflow.discount") if layout.has("overflow.discount") else ""
        item.documents.append(
            AdvisedDocument(
                number=text,
                paid=_cents(stated, number) if stated else None,
                discount=_cents(discount, number) if discount else 0,
            )
        )

    def _control(self, line: str, number: int, what: str) -> None:
        box, cut = self._box(number), self.layout.cut
        items = box.items
        if what == "batch":
            items = [i for i in items if i.batch == cut(line, "batch.batch")]
        stated = cut(line, f"{what}.count")
        if stated.isdigit() and stated.isascii() and int(stated) != len(items):
            data: dict[str, str | int] = {"stated": int(stated), "found": len(items)}
            box.notices.append(Notice(code="count_differs", data=data))
        total, found = cut(line, f"{what}.amount"), sum(i.amount for i in items)
        if total and _cents(total, number) != found:
            data = {"stated": _cents(total, number), "found": found}
            box.notices.append(Notice(code="total_differs", data=data))

    def _trailer(self, line: str) -> None:
        stated = self.layout.cut(line, "trailer.records")
        if stated.isdigit() and stated.isascii() and int(stated) != self.count:
            data: dict[str, str | int] = {"stated": int(stated), "found": self.count}
            self.notices.append(Notice(code="count_differs", data=data))

    def _day(self, line: str, name: str, number: int) -> date:
        text = self.layout.cut(line, name)
        found = _day(text)
        if found is None:
            raise FormatError(
                f"{text[:12]!r} is not a date such as 260430; ask the bank for the file again, or give"
                " the layout of its files.",
                code="invalid_date",
                line=number,
            )
        return found


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield number, line


def _transaction(box: _Box, item: _Item, ordinal: int) -> Transaction:
    numbers = tuple(document.number for document in item.documents)
    return Transaction(
        ordinal=ordinal,
        amount=item.amount,
        currency=_CURRENCY,
        booked_on=box.day,
        bank_reference=_reference(box, item),
        further_references=numbers,
        remittance_text=f"CHEQUE {item.cheque}" if item.cheque else "",
        counterparty_name=item.remitter or None,
        counterparty_account=item.payer_account or None,
        entry=int(item.batch) if item.batch.isdigit() and item.batch.isascii() else None,
        entry_reference=f"{box.number}/{box.day:%Y%m%d}/{item.batch}",
    )


def _reference(box: _Box, item: _Item) -> str:
    return f"{box.number}/{box.day:%Y%m%d}/{item.batch}/{item.ordinal}"


def _advice(box: _Box, item: _Item) -> RemittanceAdvice:
    documents = item.documents
    if len(documents) == 1 and documents[0].paid is None:
        documents = [replace(documents[0], paid=item.amount)]
    return checked(
        RemittanceAdvice(
            format="lockbox",
            payer_name=item.remitter,
            payer_account=item.payer_account,
            payee_name=item.payee,
            cheque_number=item.cheque,
            further_references=(_reference(box, item),),
            paid_on=box.day,
            amount=item.amount,
            currency=_CURRENCY,
            method="cheque",
            lines=tuple(documents),
        )
    )


def _cents(text: str, number: int) -> int:
    if not text.isdigit() or not text.isascii() or len(text) > 15:
        raise FormatError(
            f"{text[:20]!r} is not an amount in cents; ask the bank for the file again, or give the"
            " layout of its files.",
            code="invalid_amount",
            line=number,
        )
    return int(text)


def _day(text: str) -> date | None:
    """Year, month, day of two digits each."""
    if len(text) != 6 or not text.isdigit() or not text.isascii():
        return None
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        return None


def _invalid(number: int, what: str) -> FormatError:
    return FormatError(
        f"Not a lockbox record: {what}. The file may have been cut off or edited; ask the bank for it"
        " again, or give the layout of its files.",
        code="invalid_record",
        line=number,
    )
