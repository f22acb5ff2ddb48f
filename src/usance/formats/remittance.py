"""The remittance advice that every format is read into: what a payer says its payment is for.

Amounts are whole minor units of the advice's currency, seen from the payee: what is paid is positive,
a credit note taken off is negative. A reader never corrects what the payer wrote: what does not hold
together is a finding, and a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal, get_args

from usance.formats.errors import FormatError
from usance.rules.money import Money, MoneyError

DocumentKind = Literal["invoice", "credit_note", "debit_note", "order", "account", "other"]
"""What a line pays or takes off. ``account``: only the payee's number of the payer, as utilities use."""
DOCUMENT_KINDS: Final[tuple[str, ...]] = get_args(DocumentKind)

Method = Literal["transfer", "ach", "wire", "cheque", "card", "other"]

FindingCode = Literal[
    "no_amount",
    "no_currency",
    "no_lines",
    "amounts_missing",
    "lines_differ",
    "line_differs",
    "guessed",
    "count_differs",
    "control_number_differs",
    "encoding_assumed",
    "not_read",
]
"""What is noticed and can be read past.

``no_amount``, ``no_currency``: the advice does not tell what was paid, or in what. ``no_lines``: it
names no document. ``amounts_missing``: ``count`` lines have none. ``lines_differ``: the payment is
``stated`` and the lines with the adjustments give ``found``. ``line_differs``: of document ``number``,
the gross amount less what was kept back (``stated``) is not what was paid (``found``). ``guessed``: the
lines were picked out of text whose layout says nothing. ``count_differs``,
``control_number_differs``: an envelope is ``stated`` and ``found``. ``encoding_assumed``: the text is
read as ``encoding``. ``not_read``: ``what`` came along and was left out.
"""

MOST_LINES: Final = 100_000
"""Documents of one advice; more are refused."""
LONGEST_TEXT: Final = 200
"""Characters that are kept of a number, name or reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about an advice that a person should know."""

    code: FindingCode
    data: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduction:
    """What was kept back, and why. Negative: paid on top."""

    amount: int
    code: str = ""
    """The format's own code of the reason, such as 06 of X12's element 426."""
    reason: str = ""
    """What it means, or what the payer wrote."""

    @property
    def why(self) -> str:
        """Code and reason on one line."""
        return " ".join(filter(None, (self.code, self.reason)))


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvisedDocument:
    """One line: a document, and what is paid of it."""

    number: str
    """As the payer wrote it."""
    kind: DocumentKind = "invoice"
    dated: date | None = None
    order_number: str = ""
    gross: int | None = None
    """What the document is made out for."""
    discount: int = 0
    deductions: tuple[Deduction, ...] = ()
    paid: int | None = None

    @property
    def deducted(self) -> int:
        """The sum of the deductions, without the discount."""
        return sum(each.amount for each in self.deductions)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemittanceAdvice:
    """What one payment is for."""

    format: str
    """x12.820, nacha, edifact.remadv, cxml, csv, lockbox, pdf, text."""
    number: str = ""
    """What the payer calls the advice."""
    payer_name: str = ""
    payer_ids: tuple[str, ...] = ()
    payer_account: str = ""
    payee_name: str = ""
    payee_ids: tuple[str, ...] = ()
    reference: str = ""
    """The payment's trace or reference, as the bank line should carry it."""
    cheque_number: str = ""
    end_to_end_id: str = ""
    further_references: tuple[str, ...] = ()
    paid_on: date | None = None
    amount: int | None = None
    """Of the payment; None where only the lines tell."""
    currency: str = ""
    method: Method = "other"
    lines: tuple[AdvisedDocument, ...] = ()
    adjustments: tuple[Deduction, ...] = ()
    """Kept back from the payment as a whole."""
    findings: tuple[Finding, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything by which the payment may be known to the bank, each once."""
        told = (self.end_to_end_id, self.reference, self.cheque_number, *self.further_references)
        return tuple(dict.fromkeys(filter(None, told)))

    @property
    def lines_amount(self) -> int | None:
        """What the lines and adjustments add up to; None unless every line has an amount."""
        if not self.lines or any(line.paid is None for line in self.lines):
            return None
        adjusted = sum(each.amount for each in self.adjustments)
        return sum(line.paid or 0 for line in self.lines) - adjusted

    @property
    def money(self) -> int | None:
        """The payment's amount: as stated, else what the lines add up to."""
        return self.lines_amount if self.amount is None else self.amount


def checked(advice: RemittanceAdvice) -> RemittanceAdvice:
    """``advice`` with the signs of its credit notes settled and what does not add up as findings.

    Some payers write a credit note taken off as a positive amount: it becomes negative where that, and
    only that, makes the lines give the amount of the payment. Raises FormatError ``too_many_lines`` or
    ``invalid_amount`` (a sum beyond what is kept).
    """
    if len(advice.lines) > MOST_LINES:
        raise FormatError(
            f"The advice has {len(advice.lines)} lines; up to {MOST_LINES} are read. Ask the payer to"
            " split it.",
            code="too_many_lines",
        )
    advice = _with_signs(advice)
    found = list(advice.findings)
    if not advice.currency:
        found.append(Finding(code="no_currency"))
    if not advice.lines:
        found.append(Finding(code="no_lines"))
    missing = sum(1 for line in advice.lines if line.paid is None)
    if missing:
        found.append(Finding(code="amounts_missing", data={"count": missing}))
    if advice.money is None:
        found.append(Finding(code="no_amount"))
    total = advice.lines_amount
    if total is not None and advice.amount is not None and total != advice.amount:
        found.append(Finding(code="lines_differ", data={"stated": advice.amount, "found": total}))
    for line in advice.lines:
        if line.gross is None or line.paid is None:
            continue
        expected = abs(line.gross) - line.discount - line.deducted
        if expected != abs(line.paid):
            data: dict[str, str | int] = {
                "number": line.number,
                "stated": expected,
                "found": abs(line.paid),
            }
            found.append(Finding(code="line_differs", data=data))
    if advice.currency:
        _refuse_beyond(advice)
    return replace(advice, findings=tuple(found))


def _with_signs(advice: RemittanceAdvice) -> RemittanceAdvice:
    total = advice.lines_amount
    if total is None or total == advice.amount or advice.amount is None:
        return advice
    turned = tuple(
        replace(line, paid=-line.paid)
        if line.kind == "credit_note" and line.paid is not None and line.paid > 0
        else line
        for line in advice.lines
    )
    other = replace(advice, lines=turned)
    return other if other.lines_amount == advice.amount else advice


def _refuse_beyond(advice: RemittanceAdvice) -> None:
    amounts = [advice.amount or 0, advice.lines_amount or 0]
    try:
        for amount in amounts:
            Money(amount, advice.currency)
    except MoneyError as error:
        raise FormatError(str(error), code="invalid_amount") from None


def minor_units(
    text: str,
    *,
    currency: str,
    line: int | None = None,
    column: int | None = None,
    path: str | None = None,
) -> int:
    """A plain decimal such as ``-1234.5`` in minor units of ``currency``.

    Raises FormatError ``invalid_amount`` or ``unknown_currency`` with the place.
    """
    place = {"line": line, "column": column}
    shown = text if len(text) <= 40 else f"{text[:40]}..."
    if len(text) > 40 or not text.isascii() or "_" in text:
        raise FormatError(
            f"{shown!r} is not an amount; ask the payer for a corrected advice.",
            code="invalid_amount",
            path=path,
            **place,
        )
    try:
        return Money.parse(text, currency=currency).amount
    except MoneyError as error:
        raise FormatError(str(error), code=error.code, path=path, **place) from None


def kept_text(text: str) -> str:
    """``text`` on one line and no longer than is kept, without characters that cannot be."""
    line = " ".join(text.split())
    return "".join(c for c in line if c.isprintable())[:LONGEST_TEXT]


def once(texts: Iterable[str | None]) -> tuple[str, ...]:
    """The non-empty ``texts``, each once, in order."""
    return tuple(dict.fromkeys(filter(None, texts)))
