"""Which programme funds an invoice: the first in the seller's order whose condition holds and whose
limits bear it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

from usance.rules.credit.expressions import Kind, Program, Source, compile_program
from usance.rules.funding.terms import BASIS
from usance.rules.money import exponent

FundingKind = Literal["own_book", "with_recourse", "without_recourse", "insured"]
KINDS: Final = ("own_book", "with_recourse", "without_recourse", "insured")
OWN_BOOK: Final = "own_book"
BORNE_BY_PARTNER: Final = "without_recourse"

FACTS: Final[Mapping[str, Kind]] = {
    "invoice.amount": "amount",
    "invoice.terms_days": "number",
    "buyer.country": "text",
    "buyer.group": "text",
    "buyer.overdue": "amount",
    "score.late_probability": "number",
    "score.days_late": "number",
    "score.band": "text",
    "bureau.score": "number",
}
"""What a condition may ask: what is outstanding on the invoice, the days from issue to due date, the
buyer's country and group, what it owes that is overdue, and the scores known when the order was
decided."""

Reason = Literal[
    "wrong_currency",
    "nothing_outstanding",
    "not_open",
    "disputed",
    "overdue",
    "too_small",
    "too_old",
    "due_too_late",
    "already_funded",
    "program_limit",
    "buyer_limit",
    "concentration",
    "fee_too_high",
    "condition",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of a programme, minor units and days; None: no bound.

    ``total`` and ``per_buyer`` bound what is advanced and not repaid. ``concentration`` is the most
    that one buyer may be of ``total``, in basis points. ``oldest_days`` counts from the issue of the
    invoice, ``longest_days`` from the day of the advance to the due date.
    """

    total: int | None = None
    per_buyer: int | None = None
    concentration: int | None = None
    smallest: int | None = None
    oldest_days: int | None = None
    longest_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An invoice that might be funded. Amounts are minor units, days count to today."""

    currency: str
    outstanding: int
    is_open: bool
    is_disputed: bool
    is_funded: bool
    days_old: int
    days_to_due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InUse:
    """What is advanced and not repaid: by the programme in all, and for the buyer."""

    total: int
    buyer: int


def reasons_against(
    invoice: Candidate, *, currency: str, limits: Limits, rate: int, in_use: InUse
) -> tuple[Reason, ...]:
    """Why a programme in ``currency`` cannot fund the invoice; empty where it can."""
    advance = invoice.outstanding * rate // BASIS
    found: dict[Reason, bool] = {
        "not_open": not invoice.is_open,
        "nothing_outstanding": invoice.outstanding <= 0 or (advance <= 0 and rate > 0),
        "already_funded": invoice.is_funded,
        "wrong_currency": invoice.currency != currency,
        "disputed": invoice.is_disputed,
        "overdue": invoice.days_to_due < 0,
        "too_small": _below(invoice.outstanding, limits.smallest),
        "too_old": _above(invoice.days_old, limits.oldest_days),
        "due_too_late": _above(invoice.days_to_due, limits.longest_days),
        "program_limit": _above(in_use.total + advance, limits.total),
        "buyer_limit": _above(in_use.buyer + advance, limits.per_buyer),
        "concentration": _above(in_use.buyer + advance, _share(limits)),
    }
    return tuple(reason for reason, applies in found.items() if applies)


def _share(limits: Limits) -> int | None:
    if limits.concentration is None or limits.total is None:
        return None
    return limits.total * limits.concentration // BASIS


def _above(value: int, most: int | None) -> bool:
    return most is not None and value > most


def _below(value: int, least: int | None) -> bool:
    return least is not None and value < least


@lru_cache(maxsize=256)
def condition_program(text: str, *, currency: str) -> Program:
    """A condition in the language of credit policies, checked. Raises InvalidExpression."""
    return compile_program(
        values={},
        rules={"condition": Source(text, "boolean")},
        facts=FACTS,
        exponent=exponent(currency),
    )


def holds(text: str, *, currency: str, facts: Mapping[str, Any]) -> bool:
    """Whether a condition holds; one that asks for what is not known does not."""
    if not text.strip():
        return True
    return condition_program(text, currency=currency).evaluate(facts) == [True]
