"""The buyer's own rules for its orders: who may order how much, with which papers, and who approves.

Asked only about orders that name a member or a cost centre, or whose buyer has such rules; every other
order is spared the question. A member beyond its own limit whose buyer has an approval chain is not
refused: the order waits for the chain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from usance.flows.checkout_requests import OrderRequest
from usance.flows.journal import business_day
from usance.records.credit.queries import CheckoutFacts
from usance.records.orders.buyer_queries import OrderingFacts, OrderingQuestion, ordering_facts
from usance.rules.credit.decide import Decision
from usance.rules.ordering import PERIODS, ChainStep, period_start, rule


@dataclass(frozen=True, slots=True)
class BuyerVerdict:
    """What the buyer's own rules say to one order.

    ``refusals`` are reasons to decline; ``needs_approval`` whether its own chain comes first, and
    ``steps`` which steps of it. ``since`` and ``spent`` are what the member was found to have ordered
    in its period, ``adds`` what this order adds to it, both in ``currency``, and ``unique_po`` a
    purchase-order number that may be used once: the database looks at them again, one order of the
    buyer's after another.
    """

    refusals: tuple[str, ...] = ()
    needs_approval: bool = False
    member_id: UUID | None = None
    since: datetime | None = None
    spent: int | None = None
    unique_po: str | None = None
    adds: int | None = None
    currency: str = ""
    steps: tuple[ChainStep, ...] = ()

    def claim(self) -> dict[str, Any]:
        """What the database's gate looks at again."""
        document: dict[str, Any] = {}
        if self.since is not None:
            document |= {
                "member_since": self.since,
                "member_spent": self.spent,
                "member_currency": self.currency,
            }
        if self.adds is not None:
            document |= {"member_id": self.member_id, "member_adds": self.adds}
        if self.unique_po is not None:
            document["unique_po"] = self.unique_po
        return document

    def kept(self) -> dict[str, Any]:
        """What is written with the order: the steps it must go through, as they stand now."""
        if not self.steps:
            return {}
        return {"approval_chain": [step.to_document() for step in self.steps]}


def with_verdict(decision: Decision, verdict: BuyerVerdict) -> Decision:
    """The seller's decision with what the buyer's own rules say before it."""
    if verdict.refusals:
        reasons = (
            *verdict.refusals,
            *(decision.reasons if decision.outcome == "declined" else ()),
        )
        return replace(decision, outcome="declined", reasons=reasons, up_to=None)
    if verdict.needs_approval and decision.outcome != "declined":
        return replace(decision, outcome="review", reasons=("buyer_approval_needed",))
    return decision


def verdicts(
    asked: Mapping[int, tuple[OrderRequest, CheckoutFacts]], *, at: datetime
) -> dict[int, BuyerVerdict]:
    """What the buyers' own rules say to those of ``asked`` that they concern, in one query.

    Orders of one member that come together are counted one after another, in the order in which the
    database takes them.
    """
    concerned = {
        n: (request, facts)
        for n, (request, facts) in asked.items()
        if request.member is not None or request.cost_centre or facts.ordering_rules
    }
    if not concerned:
        return {}
    found = ordering_facts(
        [_question(request, facts, at=at) for request, facts in concerned.values()]
    )
    known = dict(zip(concerned, found, strict=True))
    before: defaultdict[UUID, int] = defaultdict(int)
    said: dict[int, BuyerVerdict] = {}
    for n in sorted(concerned, key=lambda n: _place(concerned[n][1], n)):
        request, _ = concerned[n]
        said[n] = verdict = _verdict(request, known[n], before)
        if verdict.adds is not None and verdict.member_id and not verdict.refusals:
            before[verdict.member_id] += verdict.adds
    return said


def _place(facts: CheckoutFacts, n: int) -> tuple[bool, UUID | int, int]:
    """Where the gate comes to an order: by line, those without one last."""
    return (True, 0, n) if facts.line_id is None else (False, facts.line_id, n)


def _verdict(
    request: OrderRequest, facts: OrderingFacts, before: Mapping[UUID, int]
) -> BuyerVerdict:
    ordering, spender, member_id = facts.ordering, facts.ordering.spender, facts.member_id
    spent = adds = None
    if spender is not None and member_id is not None and facts.since is not None:
        adds = spender.amount
        if spender.spent is not None:
            spent = spender.spent + before.get(member_id, 0)
        ordering = ordering.after(spent)
    ruling = rule(ordering)
    # What needs the chain's word anyway rests on no count; what is refused for other reasons neither.
    counts = not ruling.steps and set(ruling.refusals) <= {"over_member_period_limit"}
    return BuyerVerdict(
        refusals=ruling.refusals,
        needs_approval=bool(ruling.steps),
        member_id=member_id,
        since=facts.since if counts else None,
        spent=spent,
        unique_po=request.po_number
        if facts.po_unique and ordering.has_po and not ruling.refusals
        else None,
        adds=adds,
        currency=facts.currency,
        steps=ruling.steps,
    )


def _question(request: OrderRequest, facts: CheckoutFacts, *, at: datetime) -> OrderingQuestion:
    assert facts.buyer_id is not None
    on = business_day(request.seller, at=at)
    return OrderingQuestion(
        seller_id=request.seller.id,
        buyer_id=facts.buyer_id,
        member=request.member,
        amount=request.amount,
        currency=request.currency,
        base=request.seller.currency,
        po_number=request.po_number,
        cost_centre=request.cost_centre,
        on=on,
        since=_starts(request.seller.time_zone, on),
    )


@lru_cache(maxsize=64)
def _starts(time_zone: str, on: date) -> tuple[datetime, datetime, datetime]:
    """The first instant of the day, week and month of ``on`` in a time zone."""
    zone = ZoneInfo(time_zone)
    day, week, month = (
        datetime.combine(period_start(period, on), time.min, tzinfo=zone) for period in PERIODS
    )
    return day, week, month
