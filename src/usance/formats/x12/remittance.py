"""X12 820 (payment order / remittance advice) to remittance advices.

Of the set, what says who pays whom, how much, how and for what is read: BPR, TRN, CUR, REF, DTM, N1, ENT,
RMR, ADX, NTE. Source: ANSI ASC X12 820, versions 003040 to 005010, of which these segments are alike;
adjustment reasons are element 426.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

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
from usance.formats.x12.interchange import SETS, Interchange, Segment, TransactionSet, read
from usance.rules.money import EXPONENTS

_KINDS: Final[dict[str, DocumentKind]] = {
    "IV": "invoice",
    "CM": "credit_note",
    "CL": "credit_note",
    "CN": "credit_note",
    "OS": "debit_note",
    "DM": "debit_note",
    "DL": "debit_note",
    "PO": "order",
    "VV": "other",
    "11": "account",
    "12": "account",
    "AJ": "account",
    "AP": "account",
}
"""Element 128 in RMR01: which document the number is of. Any other is taken for an invoice's."""

_METHODS: Final[dict[str, Method]] = {
    "ACH": "ach",
    "BOP": "transfer",
    "FWT": "wire",
    "SWT": "wire",
    "CHK": "cheque",
    "CCC": "card",
}
"""Element 591 in BPR04."""

REASONS: Final = {
    "01": "pricing error",
    "03": "extension error",
    "04": "item not accepted, damaged",
    "05": "item not accepted, quality",
    "06": "quantity contested",
    "07": "incorrect product",
    "11": "returned, damaged",
    "12": "returned, quality",
}
"""Element 426 in ADX02 and RMR07: the commonest reasons for paying less."""

_DATE: Final = re.compile(r"[0-9]{8}|[0-9]{6}")
_PAYMENT_DAYS: Final = ("097", "020", "009", "007")
"""Element 374 in DTM01, the best first: transaction, cheque, process, effective."""
_OF_PAYMENT: Final = ("TN", "CK", "RA", "EF", "2I")
"""Element 128 in REF01: numbers of the payment. Others are of the payer or the payee, and the same in
every payment."""
_NEVER_A_DAY: Final = frozenset({"XXXXXXXX"})


def looks_like(data: bytes) -> bool:
    """Whether ``data`` begins as an X12 interchange."""
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.replace(b"\0", b"")[2:]
    return start.startswith(b"ISA") and len(start) > 3 and not start[3:4].isalnum()


def advices(data: bytes) -> tuple[RemittanceAdvice, ...]:
    """The remittance advices of an interchange, one a transaction set.

    Raises FormatError ``unsupported_message``, naming what it is, if it holds anything but 820; else
    ``invalid_amount``, ``invalid_date``, ``missing_segment``, ``unknown_currency``, and what
    :func:`usance.formats.x12.read` raises.
    """
    interchange = read(data)
    for one in interchange.sets:
        if one.kind != "820":
            name = f" ({SETS[one.kind]})" if one.kind in SETS else ""
            raise FormatError(
                f"This is an X12 {one.kind[:6]}{name}; of X12, remittance advices (820) are read.",
                code="unsupported_message",
                path=f"segment {one.first}",
            )
    if not interchange.sets:
        raise FormatError(
            "The interchange holds no transaction set; ask the sender for it again.",
            code="empty_interchange",
        )
    return tuple(_of_set(one, interchange) for one in interchange.sets)


def _of_set(one: TransactionSet, interchange: Interchange) -> RemittanceAdvice:
    advice = advice_of(one.segments, format_="x12.820")
    if advice.amount is None:
        raise FormatError(
            "The 820 has no BPR segment, so that its payment is not known; ask the sender for it again.",
            code="missing_segment",
            path=f"segment {one.first}",
        )
    found = list(advice.findings)
    if one.stated_count != str(one.count) and one.stated_count.lstrip("0") != str(one.count):
        found.append(
            Finding(
                code="count_differs",
                data={"stated": one.stated_count[:12], "found": one.count},
            )
        )
    if one.control_number.lstrip("0") != one.closing_number.lstrip("0"):
        data = {"stated": one.control_number[:12], "found": one.closing_number[:12]}
        found.append(Finding(code="control_number_differs", data=data))
    if interchange.encoding:
        found.append(Finding(code="encoding_assumed", data={"encoding": interchange.encoding}))
    return replace(advice, findings=tuple(found))


def advice_of(
    segments: Sequence[Segment], *, format_: str, told: RemittanceAdvice | None = None
) -> RemittanceAdvice:
    """The advice that segments of an 820 give; ``told`` is what is known without them.

    Raises FormatError as :func:`advices` does.
    """
    return _Reading(told or RemittanceAdvice(format=format_)).read(segments)


class _Reading:
    """One advice in the making. Segments belong to the document named last, as they come."""

    def __init__(self, told: RemittanceAdvice) -> None:
        self.told = told
        self.currency = told.currency or "USD"
        self.amount = told.amount
        self.method: Method = told.method
        self.days: dict[str, date] = {}
        self.references: dict[str, str] = {}
        self.traces: list[str] = []
        self.parties: dict[str, tuple[str, tuple[str, ...]]] = {}
        self.account = ""
        self.lines: list[AdvisedDocument] = []
        self.adjustments: list[Deduction] = []
        self.in_details = False
        self.in_line = False

    def read(self, segments: Sequence[Segment]) -> RemittanceAdvice:
        for segment in segments:  # amounts before it would otherwise be of another currency
            if segment.tag == "CUR" and segment.get(2):
                self.currency = self._currency(segment)
                break
        for segment in segments:
            reading = _READ.get(segment.tag)
            if reading is not None:
                reading(self, segment)
        return checked(self._advice())

    def _advice(self) -> RemittanceAdvice:
        told = self.told
        payer, payer_ids = self.parties.get("PR", ("", ()))
        payee, payee_ids = self.parties.get("PE", ("", ()))
        cheque = self.references.get("CK", "")
        if self.method == "cheque" and not cheque:
            cheque = self.traces[0] if self.traces else ""
        day = next((self.days[code] for code in _PAYMENT_DAYS if code in self.days), None)
        trace = self.traces[0] if self.traces else self.references.get("TN", "")
        return replace(
            told,
            payer_name=payer or told.payer_name,
            payer_ids=once((*payer_ids, *told.payer_ids)),
            payer_account=self.account or told.payer_account,
            payee_name=payee or told.payee_name,
            payee_ids=once((*payee_ids, *told.payee_ids)),
            reference=told.reference or trace,
            cheque_number=cheque or told.cheque_number,
            further_references=once(
                (*told.further_references, *self.traces, *map(self.references.get, _OF_PAYMENT))
            ),
            paid_on=self.days.get("BPR") or day or told.paid_on,
            amount=self.amount,
            currency=self.currency,
            method=self.method,
            lines=tuple(self.lines),
            adjustments=tuple(self.adjustments),
        )

    def bpr(self, segment: Segment) -> None:
        """Take BPR."""
        amount = self._amount(segment, 2)
        if amount is not None and segment.get(3) == "D":
            raise FormatError(
                "The 820 orders a debit (BPR03 is D): money taken, not paid. It advises no payment.",
                code="unsupported_message",
                path=segment.place(3),
            )
        if self.told.amount is None:
            self.amount = amount
        if self.told.method == "other":
            self.method = _METHODS.get(segment.get(4), "other")
        self.account = kept_text(segment.get(9))
        if segment.get(16):
            self.days["BPR"] = self._day(segment, 16)

    def trn(self, segment: Segment) -> None:
        """Take TRN."""
        self.traces.append(kept_text(segment.get(2)))

    def ref(self, segment: Segment) -> None:
        """Take REF."""
        qualifier, value = segment.get(1), kept_text(segment.get(2))
        if not self.in_details:
            self.references.setdefault(qualifier, value)
        elif self.in_line and qualifier == "PO":
            self.lines[-1] = replace(self.lines[-1], order_number=value)
        elif self.in_line and qualifier == "IV" and self.lines[-1].kind in ("account", "other"):
            self.lines[-1] = replace(self.lines[-1], number=value, kind="invoice")

    def dtm(self, segment: Segment) -> None:
        """Take DTM."""
        if not segment.get(2) or segment.get(2) in _NEVER_A_DAY:
            return
        if not self.in_details:
            self.days.setdefault(segment.get(1), self._day(segment, 2))
        elif self.in_line and self.lines[-1].dated is None:
            self.lines[-1] = replace(self.lines[-1], dated=self._day(segment, 2))

    def n1(self, segment: Segment) -> None:
        """Take N1."""
        if not self.in_details:
            ids = once((kept_text(segment.get(4)),))
            self.parties.setdefault(segment.get(1), (kept_text(segment.get(2)), ids))

    def ent(self, segment: Segment) -> None:
        """Take ENT: the details of one entity begin."""
        del segment
        self.in_details, self.in_line = True, False

    def rmr(self, segment: Segment) -> None:
        """Take RMR."""
        self.in_details = self.in_line = True
        discount = self._amount(segment, 6) or 0
        adjustment = self._amount(segment, 8)
        deductions: tuple[Deduction, ...] = ()
        if adjustment:
            # Senders differ in the sign; what is kept back is meant.
            deductions = (_deduction(segment.get(7), abs(adjustment)),)
        self.lines.append(
            AdvisedDocument(
                number=kept_text(segment.get(2)),
                kind=_KINDS.get(segment.get(1), "invoice"),
                paid=self._amount(segment, 4),
                gross=self._amount(segment, 5),
                discount=abs(discount),
                deductions=deductions,
            )
        )

    def adx(self, segment: Segment) -> None:
        """Take ADX."""
        # Negative: the payment is smaller by it.
        amount = self._amount(segment, 1)
        if not amount:
            return
        deduction = _deduction(segment.get(2), -amount, number=segment.get(4))
        if self.in_line:
            last = self.lines[-1]
            self.lines[-1] = replace(last, deductions=(*last.deductions, deduction))
        else:
            self.in_details = True
            self.adjustments.append(deduction)

    def nte(self, segment: Segment) -> None:
        """Take NTE."""
        if self.in_line and self.lines[-1].deductions:
            last = self.lines[-1]
            reason = kept_text(f"{last.deductions[-1].reason} {segment.get(2)}")
            kept = replace(last.deductions[-1], reason=reason)
            self.lines[-1] = replace(last, deductions=(*last.deductions[:-1], kept))

    def _amount(self, segment: Segment, element: int) -> int | None:
        text = segment.get(element)
        if not text:
            return None
        return minor_units(text, currency=self.currency, path=segment.place(element))

    def _currency(self, segment: Segment) -> str:
        code = segment.get(2).upper()
        if code not in EXPONENTS:
            raise FormatError(
                f"{code[:10]!r} is not an ISO 4217 currency in use; ask the payer for a corrected"
                " advice.",
                code="unknown_currency",
                path=segment.place(2),
            )
        return code

    def _day(self, segment: Segment, element: int) -> date:
        text = segment.get(element)
        if _DATE.fullmatch(text):
            whole = text if len(text) == 8 else f"20{text}"
            try:
                return date(int(whole[:4]), int(whole[4:6]), int(whole[6:]))
            except ValueError:
                pass
        raise FormatError(
            f"{text[:20]!r} is not a date such as 20260430; ask the payer for a corrected advice.",
            code="invalid_date",
            path=segment.place(element),
        )


_READ: Final[Mapping[str, Callable[[_Reading, Segment], None]]] = {
    "BPR": _Reading.bpr,
    "TRN": _Reading.trn,
    "REF": _Reading.ref,
    "DTM": _Reading.dtm,
    "N1": _Reading.n1,
    "ENT": _Reading.ent,
    "RMR": _Reading.rmr,
    "ADX": _Reading.adx,
    "NTE": _Reading.nte,
}


def _deduction(code: str, amount: int, *, number: str = "") -> Deduction:
    reason = kept_text(" ".join(filter(None, (REASONS.get(code, ""), number))))
    return Deduction(amount=amount, code=kept_text(code)[:20], reason=reason)
