"""Deciding again, from what was kept, what was decided once: the answer must be the same.

What the buyer's own rules said at the time (a purchase order that was missing, a member's limit) is
taken as it was said, since it rested on what the buyer's house looked like then; the seller's
decision before it is taken anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from usance.flows.buyer_rules import BuyerVerdict, with_verdict
from usance.flows.journal import business_day
from usance.flows.refusals import NotFound
from usance.records.credit import queries
from usance.records.credit.models import Decision as Stored
from usance.records.parties.models import Seller
from usance.rules.credit.application import Application
from usance.rules.credit.decide import Decision, decide
from usance.rules.credit.exposure import Exposure
from usance.rules.credit.facts import FACTS
from usance.rules.credit.policy import BUYER_SAFE, Policy
from usance.rules.terms import Terms, parse_terms


@dataclass(frozen=True, slots=True)
class Answered:
    """What a decision answers; ``terms`` is the code, ``up_to`` minor units."""

    outcome: str
    reasons: tuple[str, ...]
    terms: str
    up_to: int | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """A decision as it was recorded, and as the same policy decides the same facts now."""

    recorded: Answered
    again: Answered

    @property
    def same(self) -> bool:
        """Whether the two agree in everything."""
        return self.recorded == self.again


@dataclass(frozen=True, slots=True)
class Rested:
    """What a decision rested on, in the words of the rules."""

    application: Application
    exposure: Exposure
    policy: Policy
    on: date


def replay(seller: Seller, *, decision_id: UUID) -> Replayed:
    """Decide again what is recorded as ``decision_id``. Writes nothing. Raises NotFound."""
    stored = queries.decision(seller_id=seller.id, decision_id=decision_id)
    if stored is None:
        raise NotFound("There is no such decision.")
    rested = rested_on(seller, stored)
    again = decide(rested.application, rested.exposure, rested.policy, rested.on, explain=False)
    verdict = _verdict(stored, rested.policy)
    if verdict is not None:
        again = with_verdict(again, verdict)
    return Replayed(
        Answered(stored.outcome, tuple(stored.reasons), stored.terms, stored.up_to), _said(again)
    )


def rested_on(seller: Seller, stored: Stored) -> Rested:
    """The facts of a stored decision. What releases before written rules did not keep is read from
    the trace, which always had it."""
    facts: Mapping[str, Any] = stored.facts
    policy = queries.policy(seller_id=seller.id, policy_id=stored.policy_id)
    requested, offered = _terms(stored)
    oldest = facts["oldest_due_on"]
    on = facts.get("on")
    application = Application(
        amount=stored.amount,
        currency=stored.currency,
        line_state=facts["line_state"],
        oldest_due_on=date.fromisoformat(oldest) if oldest else None,
        requested_terms=requested,
        offered=offered,
        largest_line=facts.get("largest_line"),
        rate=Decimal(facts["rate"]) if facts.get("rate") else None,
        facts={name: _value(name, value) for name, value in facts.get("known", {}).items()},
    )
    exposure = Exposure(
        currency=stored.currency,
        limit=facts["limit"],
        tolerance=facts["tolerance"],
        commitments=facts["commitments"],
        receivable=facts["receivable"],
        external=facts["external"],
        unapplied_cash=facts["unapplied_cash"],
        group_available=facts.get("group_available"),
        secured=facts.get("secured", 0),
    )
    day = date.fromisoformat(on) if on else business_day(seller, at=stored.created_at)
    return Rested(application, exposure, policy, day)


def _terms(stored: Stored) -> tuple[Terms | None, tuple[Terms, ...]]:
    """The terms asked for, and those of the buyer's own line."""
    facts = stored.facts
    if "on" in facts:
        asked, offered = facts.get("requested_terms"), facts.get("offered", ())
    else:
        compared = next(
            compared for rule, _held, compared in stored.trace if rule == "terms_not_offered"
        )
        asked, offered = compared["asked"], compared["offered"]
    return (
        parse_terms(asked) if asked else None,
        tuple(parse_terms(code) for code in offered),
    )


def _value(name: str, value: Any) -> Any:
    """A fact as it was before it became JSON: numbers that are not whole are kept as text."""
    if isinstance(value, str) and name in FACTS and FACTS[name].kind == "number":
        return Decimal(value)
    return value


OURS: Final = frozenset(
    {
        "no_credit_line",
        "line_on_hold",
        "line_suspended",
        "line_closed",
        "overdue",
        "over_order_ceiling",
        "limit_exceeded",
        "terms_not_offered",
        "prepayment_required",
        "above_review_amount",
        "unknown_facts",
    }
)
"""The reasons that the seller's decision gives by itself."""
BUYERS: Final = frozenset(BUYER_SAFE) - OURS
"""The reasons that the buyer's own rules give."""


def _verdict(stored: Stored, policy: Policy) -> BuyerVerdict | None:
    """What the buyer's own rules said then."""
    said = tuple(code for code in stored.reasons if code in BUYERS and policy.rule(code) is None)
    if not said:
        return None
    if stored.outcome == "review":
        return BuyerVerdict(needs_approval=True)
    return BuyerVerdict(refusals=said)


def _said(decision: Decision) -> Answered:
    return Answered(decision.outcome, decision.reasons, decision.terms.code, decision.up_to)
