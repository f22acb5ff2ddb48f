"""How a credit limit is reviewed: when its day comes, on what proposal, and what an answer does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows import credit_lines
from usance.flows.found import seller_of
from usance.flows.journal import Journal, business_day
from usance.flows.refusals import Conflict, NotFound, Refused
from usance.flows.reviews import Person, Verdict, answer_review, open_review
from usance.flows.watch_facts import facts_about
from usance.records.credit import actions as credit
from usance.records.credit import queries as credit_queries
from usance.records.credit import review_queries
from usance.records.credit.models import CreditLine, Review
from usance.records.monitoring import fact_queries, line_queries
from usance.records.monitoring import queries as monitoring
from usance.records.monitoring.models import ReviewCycle
from usance.records.parties.models import Seller
from usance.rules.credit.admit import suggested_limit
from usance.rules.credit.application import Application
from usance.rules.credit.policy_rules import Route
from usance.rules.credit.routing import choose_route
from usance.rules.credit.standing import stored_value
from usance.rules.money import LARGEST_AMOUNT, MoneyError, exponent, round_half_up
from usance.rules.terms import parse_terms

DUE: Final = "review_due"
LONGEST_CYCLE: Final = 3650


class InvalidCycle(Refused):
    """Lines are reviewed every 1 to 3650 days. Leave the days out to review them no more."""

    code = "invalid_cycle"


class FigureApproved(Conflict):
    """Somebody has approved the proposed limit already. Decline it, and have the limit reviewed anew."""

    code = "figure_approved"


@dataclass(frozen=True, slots=True)
class Proposal:
    """The limit that the policy suggests for a line, in its minor units; None where no rule does.

    ``rule`` suggests it, on ``facts``, whose amounts are in the seller's own currency.
    """

    limit: int | None
    rule: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def propose(seller: Seller, line: CreditLine, *, at: datetime) -> Proposal:
    """What the deciding policy suggests for ``line`` on what is known of its buyer."""
    policy = credit_queries.deciding_policy(seller_id=seller.id, at=at)
    if policy is None or not policy.rules or line.follows_group:
        return Proposal(None)
    known = _known(seller, line, at=at)
    facts, factor = known.facts, known.factor
    amount, rule = suggested_limit(policy, facts)
    if amount is None or not factor:
        return Proposal(None)
    reads = policy.compiled.suggesting.program.reads_of(rule)
    reads |= policy.compiled.suggesting.program.reads_of(f"{rule}.amount")
    read = {name: stored_value(facts[name]) for name in sorted(reads) if name in facts}
    return Proposal(min(round_half_up(Decimal(amount) / factor), LARGEST_AMOUNT), rule, read)


@transaction.atomic
def open_limit_review(
    seller: Seller,
    *,
    buyer_id: UUID,
    currency: str,
    at: datetime,
    by: str,
    reasons: Sequence[str] = (),
) -> Review:
    """Put a line's limit before a person, with what the policy suggests; one that is before a person
    already stays there as it is. Raises NotFound."""
    line = credit.lock_line(seller_id=seller.id, buyer_id=buyer_id, currency=currency)
    if line is None:
        raise NotFound(f"The buyer has no credit line in {currency}.")
    waiting = review_queries.open_review_of(seller_id=seller.id, subject_id=line.id)
    if waiting is not None:
        return waiting
    proposal = propose(seller, line, at=at)
    limit = line.limit if proposal.limit is None else proposal.limit
    return open_review(
        seller,
        kind="limit",
        subject_id=line.id,
        buyer_id=buyer_id,
        reasons=reasons,
        amount=limit,
        currency=currency,
        proposal={
            "limit": proposal.limit,
            "before": line.limit,
            "rule": proposal.rule,
            "facts": proposal.facts,
        },
        route=_route(seller, line, limit=limit, reasons=reasons, at=at),
        at=at,
        by=by,
    )


@transaction.atomic
def answer_limit_review(
    seller: Seller,
    *,
    review_id: UUID,
    person: Person,
    verdict: str,
    at: datetime,
    note: str = "",
    limit: int | None = None,
) -> Verdict:
    """Approve or decline what is proposed, or approve another ``limit`` in minor units.

    The last approval that is needed sets the limit; where none is proposed or given it stays. However
    it ends, the line's next review is one cycle of its tier away. Raises MoneyError and as
    answer_review.
    """
    if limit is not None and not 0 <= limit <= LARGEST_AMOUNT:
        raise MoneyError(f"A limit must be from 0 to {LARGEST_AMOUNT} minor units.")
    by = person.by or person.email
    review = review_queries.review(seller_id=seller.id, review_id=review_id)
    if review is None or review.kind != "limit":
        raise NotFound("There is no such review of a limit.")
    line = _locked(seller, review.subject_id)
    if limit is not None and verdict == "approved" and limit != review.proposal.get("limit"):
        _change_figure(review, limit=limit, by=by)
    told = answer_review(
        seller, review_id=review_id, person=person, verdict=verdict, at=at, note=note
    )
    if told.is_final:
        if verdict == "approved":
            _apply(seller, line, told.review, at=at, by=by)
        _schedule_next(seller, line, at=at)
    return told


def fall_due(*, seller_id: UUID, at: datetime, by: str) -> int:
    """Open the reviews of lines whose day has come, each by itself; how many."""
    seller = seller_of(seller_id)
    on = business_day(seller, at=at)
    line_queries.schedule_reviews(seller_id=seller_id, on=on)
    due = line_queries.due_lines(seller_id=seller_id, on=on)
    for buyer_id, currency in due:
        open_limit_review(
            seller, buyer_id=buyer_id, currency=currency, at=at, by=by, reasons=(DUE,)
        )
    return len(due)


@transaction.atomic
def set_cycle(
    seller: Seller, *, tier: str, days: int | None, at: datetime, by: str
) -> ReviewCycle | None:
    """Review the lines of ``tier`` (empty: of none) every ``days``; None: no more.

    Lines that have no day of review yet get one. Raises InvalidCycle.
    """
    if days is not None and not 1 <= days <= LONGEST_CYCLE:
        raise InvalidCycle(" ".join((InvalidCycle.__doc__ or "").split()))
    kept = ReviewCycle.objects.filter(seller_id=seller.id, tier=tier).first()
    if days is None:
        if kept is None:
            raise NotFound("There is no such cycle.")
        ReviewCycle.objects.filter(seller_id=seller.id, id=kept.id).delete()
    elif kept is None:
        kept = ReviewCycle.objects.create(seller=seller, created_at=at, tier=tier, days=days)
    else:
        kept.days = days
        ReviewCycle.objects.filter(seller_id=seller.id, id=kept.id).update(days=days)
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "review_cycle.changed",
        object_type="review_cycle",
        object_id=kept.id,
        data={"tier": tier, "days": days},
    )
    journal.close()
    line_queries.schedule_reviews(seller_id=seller.id, on=business_day(seller, at=at))
    return kept if days is not None else None


def _change_figure(review: Review, *, limit: int, by: str) -> None:
    """Put another figure before those who have yet to approve."""
    if review_queries.approvals(seller_id=review.seller_id, review_id=review.id):
        raise FigureApproved(" ".join((FigureApproved.__doc__ or "").split()))
    proposal = review.proposal | {"limit": limit, "rule": "", "by": by}
    Review.objects.filter(seller_id=review.seller_id, id=review.id, state="open").update(
        proposal=proposal, amount=limit
    )


def _apply(seller: Seller, line: CreditLine, review: Review, *, at: datetime, by: str) -> None:
    limit = review.proposal.get("limit")
    # A line that shares its group's limit is reviewed with the group.
    if limit is None or limit == line.limit or line.follows_group:
        return
    credit_lines.set_credit_line(
        seller,
        buyer_id=line.buyer_id,
        currency=line.currency,
        limit=limit,
        tolerance=line.tolerance,
        terms=[parse_terms(code) for code in line.terms],
        at=at,
        by=by,
    )


def _schedule_next(seller: Seller, line: CreditLine, *, at: datetime) -> None:
    days = monitoring.cycle_days(seller_id=seller.id, tier=line.tier)
    on = business_day(seller, at=at) + timedelta(days=days) if days else None
    CreditLine.objects.filter(seller_id=seller.id, id=line.id).update(review_on=on)


@dataclass(frozen=True, slots=True)
class _KnownLine:
    """What is known of a line's buyer, and what a minor unit of the line is worth."""

    facts: dict[str, Any]
    factor: Decimal | None
    oldest_due_on: date | None


def _known(seller: Seller, line: CreditLine, *, at: datetime) -> _KnownLine:
    on = business_day(seller, at=at)
    buyer = fact_queries.watched_buyers(
        [line.buyer_id], seller_id=seller.id, base=seller.currency, on=on
    )[line.buyer_id]
    return _KnownLine(
        facts_about(buyer, base=seller.currency, on=on, currency=line.currency),
        next(one.factor for one in buyer.lines if one.id == line.id),
        buyer.oldest_due_on,
    )


def _route(
    seller: Seller, line: CreditLine, *, limit: int, reasons: Sequence[str], at: datetime
) -> Route | None:
    policy = credit_queries.deciding_policy(seller_id=seller.id, at=at)
    if policy is None:
        return None
    known = _known(seller, line, at=at)
    shift = exponent(line.currency) - exponent(seller.currency)
    application = Application(
        amount=limit,
        currency=line.currency,
        line_state=line.state,
        oldest_due_on=known.oldest_due_on,
        rate=None if known.factor is None else known.factor.scaleb(shift),
        facts=known.facts,
    )
    return choose_route(
        policy,
        application,
        credit_queries.exposure_of(line),
        kind="limit",
        reasons=reasons,
        on=business_day(seller, at=at),
    )


def _locked(seller: Seller, line_id: UUID) -> CreditLine:
    line = (
        CreditLine.objects.select_for_update(no_key=True)
        .filter(seller_id=seller.id, id=line_id)
        .first()
    )
    if line is None:
        raise NotFound("There is no such credit line.")
    return line
