"""REMADV (remittance advice) to the model.

Source: UN/EDIFACT directory D.96A, message REMADV and its code lists 1001 (documents), 1153 (references),
2005 (dates), 3035 (parties), 4465 (adjustment reasons), 5025 (amounts). Later directories differ from it in
nothing that is read here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from usance.formats.edifact.interchange import Message, Segment, read
from usance.formats.errors import FormatError
from usance.formats.remittance import (
    AdvisedDocument,
    Deduction,
    DocumentKind,
    Finding,
    Method,
    RemittanceAdvice,
    checked,
    kept_text,
    minor_units,
    once,
)
from usance.rules.money import EXPONENTS

_KINDS: Final[Mapping[str, DocumentKind]] = {
    "380": "invoice",
    "389": "invoice",
    "381": "credit_note",
    "396": "credit_note",
    "383": "debit_note",
    "220": "order",
}
REASONS: Final[Mapping[str, str]] = {
    "1": "agreed settlement",
    "2": "below specification",
    "3": "damaged goods",
    "4": "short delivery",
    "5": "price query",
    "6": "proof of delivery required",
    "7": "payment on account",
    "8": "returnable container charge",
    "9": "invoice error",
    "10": "costs for draft",
    "11": "bank charges",
}
"""Code list 4465, as far as payers use it."""
_TOTALS: Final = ("12", "11", "9", "128", "86", "138")
_PAID: Final = ("12", "11", "9", "138")
_GROSS: Final = ("77", "39", "86", "128", "9")
_DISCOUNT: Final = "52"
_ADJUSTMENT: Final = ("165", "403")
_PAID_ON: Final = ("138", "203", "209", "140", "137")
_OF_PAYMENT: Final = ("PQ", "CK", "RA", "AEK", "TN")
"""Code list 1153: numbers of the payment. Others are the same in every payment."""
_CHEQUE, _TRANSFER = (
    frozenset({"20", "21", "22", "23", "24", "25", "26"}),
    frozenset({"30", "31", "42"}),
)


def advices(data: bytes) -> tuple[RemittanceAdvice, ...]:
    """The advices of an interchange, one a message.

    Raises FormatError ``unsupported_message``, naming it, if there is a message of another kind; else
    ``missing_currency``, ``unknown_currency``, ``invalid_amount``, ``invalid_date``, and what
    :func:`usance.formats.edifact.read` raises.
    """
    messages = read(data)
    for message in messages:
        if message.kind != "REMADV":
            raise FormatError(
                f"This is an EDIFACT {message.kind[:10]}; of EDIFACT, remittance advices (REMADV) are"
                " read.",
                code="unsupported_message",
                path=f"segment {message.first}",
            )
    if not messages:
        raise FormatError(
            "The interchange holds no message; ask the sender for it again.",
            code="empty_interchange",
        )
    return tuple(_Reading(message).advice() for message in messages)


class _Reading:
    """One message in the making. Amounts and references belong to the DOC named last."""

    def __init__(self, message: Message) -> None:
        self.message = message
        self.currency = self._currency()
        self.number = ""
        self.account = ""
        self.method: Method = "other"
        self.days: dict[str, date] = {}
        self.references: dict[str, str] = {}
        self.parties: dict[str, tuple[str, tuple[str, ...]]] = {}
        self.totals: dict[str, int] = {}
        self.lines: list[AdvisedDocument] = []
        self.amounts: dict[str, int] = {}
        self.adjustment: tuple[str, str] | None = None
        self.in_line = False

    def advice(self) -> RemittanceAdvice:
        for segment in self.message.segments:
            reading = _READ.get(segment.tag)
            if reading is not None:
                reading(self, segment)
        self._close()
        payer, payer_ids = self._party("PR", "BY", "II")
        payee, payee_ids = self._party("PE", "SU", "SE")
        cheque = self.references.get("CK", "")
        return checked(
            RemittanceAdvice(
                format="edifact.remadv",
                number=self.number,
                payer_name=payer,
                payer_ids=payer_ids,
                payer_account=self.account,
                payee_name=payee,
                payee_ids=payee_ids,
                reference=self.references.get("PQ", "") or self.references.get("RA", ""),
                cheque_number=cheque,
                end_to_end_id=self.references.get("AEK", ""),
                further_references=once(
                    (self.number, *(self.references.get(code, "") for code in _OF_PAYMENT))
                ),
                paid_on=next((self.days[c] for c in _PAID_ON if c in self.days), None),
                amount=next((self.totals[c] for c in _TOTALS if c in self.totals), None),
                currency=self.currency,
                method="cheque" if cheque and self.method == "other" else self.method,
                lines=tuple(self.lines),
                findings=self._findings(),
            )
        )

    def _findings(self) -> tuple[Finding, ...]:
        message = self.message
        found = []
        if message.stated_count.lstrip("0") != str(message.count):
            data: dict[str, str | int] = {
                "stated": message.stated_count[:12],
                "found": message.count,
            }
            found.append(Finding(code="count_differs", data=data))
        if message.number != message.closing_number:
            data = {"stated": message.number[:14], "found": message.closing_number[:14]}
            found.append(Finding(code="control_number_differs", data=data))
        return tuple(found)

    def _party(self, *roles: str) -> tuple[str, tuple[str, ...]]:
        return next((self.parties[r] for r in roles if r in self.parties), ("", ()))

    def bgm(self, segment: Segment) -> None:
        """Take BGM: the number of the advice."""
        self.number = kept_text(segment.get(2))

    def pai(self, segment: Segment) -> None:
        """Take PAI: how it is paid."""
        code = segment.get(1, 3)
        if code in _CHEQUE:
            self.method = "cheque"
        elif code in _TRANSFER:
            self.method = "transfer"

    def dtm(self, segment: Segment) -> None:
        """Take DTM."""
        text, form = segment.get(1, 2), segment.get(1, 3)
        if not text or form not in ("", "102", "203", "101"):
            return
        day = self._day(segment, text, short=form == "101")
        if not self.in_line:
            self.days.setdefault(segment.get(1), day)
        elif self.lines[-1].dated is None:
            self.lines[-1] = replace(self.lines[-1], dated=day)

    def rff(self, segment: Segment) -> None:
        """Take RFF."""
        qualifier, value = segment.get(1), kept_text(segment.get(1, 2))
        if not self.in_line:
            self.references.setdefault(qualifier, value)
        elif qualifier in ("ON", "CO"):
            self.lines[-1] = replace(self.lines[-1], order_number=value)

    def nad(self, segment: Segment) -> None:
        """Take NAD, unless it is of a document."""
        if self.in_line:
            return
        name = " ".join(filter(None, (segment.get(4, 1), segment.get(4, 2)))) or segment.get(3, 1)
        ids = once((kept_text(segment.get(2)),))
        self.parties.setdefault(segment.get(1), (kept_text(name), ids))

    def fii(self, segment: Segment) -> None:
        """Take FII: the account that it is paid from."""
        if segment.get(1) in ("OR", "PB") and not self.account:
            self.account = kept_text(segment.get(2))

    def doc(self, segment: Segment) -> None:
        """Take DOC: a document begins."""
        self._close()
        self.in_line = True
        kind = _KINDS.get(segment.get(1), "other")
        self.lines.append(AdvisedDocument(number=kept_text(segment.get(2)), kind=kind))

    def moa(self, segment: Segment) -> None:
        """Take MOA, of the adjustment, the document or the whole."""
        qualifier = segment.get(1)
        amount = self._amount(segment)
        if amount is None:
            return
        if self.in_line and self.adjustment and qualifier in _ADJUSTMENT:
            code, _ = self.adjustment
            last = self.lines[-1]
            kept = Deduction(amount=abs(amount), code=code, reason=REASONS.get(code, ""))
            self.lines[-1] = replace(last, deductions=(*last.deductions, kept))
        elif self.in_line:
            self.amounts.setdefault(qualifier, amount)
        else:
            self.totals.setdefault(qualifier, amount)

    def ajt(self, segment: Segment) -> None:
        """Take AJT: why less is paid."""
        self.adjustment = (kept_text(segment.get(1))[:20], "")

    def ftx(self, segment: Segment) -> None:
        """Take FTX after an adjustment: the payer's own words."""
        if self.in_line and self.adjustment and self.lines[-1].deductions:
            last = self.lines[-1]
            words = " ".join(segment.get(4, at) for at in range(1, 6))
            reason = kept_text(f"{last.deductions[-1].reason} {words}")
            kept = replace(last.deductions[-1], reason=reason)
            self.lines[-1] = replace(last, deductions=(*last.deductions[:-1], kept))

    def uns(self, segment: Segment) -> None:
        """Take UNS: the sums follow."""
        del segment
        self._close()

    def _close(self) -> None:
        """The document named last is complete."""
        if self.in_line:
            amounts = self.amounts
            paid = next((code for code in _PAID if code in amounts), None)
            gross = next((code for code in _GROSS if code in amounts and code != paid), None)
            last = self.lines[-1]
            if last.kind == "credit_note" and paid and amounts[paid] > 0:
                amounts[paid] = -amounts[paid]  # the directory knows amounts without sign only
            self.lines[-1] = replace(
                last,
                paid=amounts[paid] if paid else None,
                gross=amounts[gross] if gross else None,
                discount=abs(amounts.get(_DISCOUNT, 0)),
            )
        self.in_line, self.adjustment, self.amounts = False, None, {}

    def _currency(self) -> str:
        for segment in self.message.segments:
            code = segment.get(1, 2) if segment.tag == "CUX" else ""
            if segment.tag == "MOA":
                code = segment.get(1, 3)
            if code:
                if code not in EXPONENTS:
                    raise FormatError(
                        f"{code[:10]!r} is not an ISO 4217 currency in use; ask the payer for a"
                        " corrected advice.",
                        code="unknown_currency",
                        path=segment.place(1, 2),
                    )
                return code
        raise FormatError(
            "The advice does not tell its currency (CUX); ask the payer for a corrected one.",
            code="missing_currency",
            path=f"segment {self.message.first}",
        )

    def _amount(self, segment: Segment) -> int | None:
        text = segment.get(1, 2)
        other = segment.get(1, 3)
        if other and other != self.currency:
            return None  # the same amount in another currency
        if not text:
            return None
        if self.message.decimal_mark == "," or "," in text:
            text = text.replace(",", ".")
        if text.endswith("-"):
            text = f"-{text[:-1]}"
        return minor_units(text, currency=self.currency, path=segment.place(1, 2))

    def _day(self, segment: Segment, text: str, *, short: bool) -> date:
        whole = f"20{text}" if short else text
        if whole[:8].isdigit() and whole.isascii() and len(whole) in (8, 12):
            try:
                return date(int(whole[:4]), int(whole[4:6]), int(whole[6:8]))
            except ValueError:
                pass
        raise FormatError(
            f"{text[:20]!r} is not a date such as 20260430; ask the payer for a corrected advice.",
            code="invalid_date",
            path=segment.place(1, 2),
        )


_READ: Final[Mapping[str, Callable[[_Reading, Segment], None]]] = {
    "BGM": _Reading.bgm,
    "PAI": _Reading.pai,
    "DTM": _Reading.dtm,
    "RFF": _Reading.rff,
    "NAD": _Reading.nad,
    "FII": _Reading.fii,
    "DOC": _Reading.doc,
    "MOA": _Reading.moa,
    "AJT": _Reading.ajt,
    "FTX": _Reading.ftx,
    "UNS": _Reading.uns,
}
