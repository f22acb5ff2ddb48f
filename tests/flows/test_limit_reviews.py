"""Limits are reviewed when their day comes, on the policy's proposal, and an answer applies it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.flows import books
from tests.flows.trading import Trade
from usance.flows import (
    credit_lines,
    exchange_rates,
    limit_reviews,
    policies,
    review_answers,
    standing,
)
from usance.flows.limit_reviews import FigureApproved, InvalidCycle
from usance.flows.refusals import NotFound
from usance.flows.reviews import OwnRequest, Person
from usance.records.credit.models import CreditLine, Review
from usance.rules.credit.policy import policy_from_document
from usance.rules.money import MoneyError

ADA = Person("ada@example.com", "credit_manager")
BEN = Person("ben@example.com", "admin")


def line(trade: Trade) -> CreditLine:
    found: CreditLine = trade.stored(CreditLine, trade.line.id)
    return found


def open_reviews(trade: Trade) -> list[Review]:
    found = Review.objects.filter(seller_id=trade.seller.id, kind="limit", state="open")
    return list(found.order_by("id"))


def details(trade: Trade, **fields: Any) -> CreditLine:
    return credit_lines.set_line_details(
        trade.seller, buyer_id=trade.buyer.id, currency="EUR", **trade.act, **fields
    )


def fall_due(trade: Trade) -> int:
    return limit_reviews.fall_due(seller_id=trade.seller.id, at=trade.at, by="calendar")


def answer(trade: Trade, review: Review, person: Person = ADA, **fields: Any) -> Any:
    given: dict[str, Any] = {"verdict": "approved", "at": trade.at} | fields
    return limit_reviews.answer_limit_review(
        trade.seller, review_id=review.id, person=person, **given
    )


def suggesting(trade: Trade, amount: str, *more: dict[str, Any]) -> None:
    rule = {"kind": "limit", "use": "suggest", "name": "three_months", "amount": amount}
    document = {"currency": "EUR", "rules": [rule, *more]}
    policies.set_policy(trade.seller, policy_from_document(document), **trade.act)


def test_a_review_falls_due_on_its_day_and_once(trade: Trade, on: date) -> None:
    details(trade, review_on=on + timedelta(days=2))
    assert fall_due(trade) == 0
    later = trade.days_later(2)
    assert fall_due(later) == 1
    [review] = open_reviews(trade)
    assert (review.subject_id, review.reasons) == (trade.line.id, ["review_due"])
    assert fall_due(later.days_later(5)) == 0, "it waits already"


def test_a_tiers_cycle_gives_every_line_its_day_and_the_next_one(trade: Trade, on: date) -> None:
    details(trade, tier="gold")
    other = trade.other_buyer()
    limit_reviews.set_cycle(trade.seller, tier="gold", days=180, **trade.act)
    assert line(trade).review_on == on + timedelta(days=180)
    assert line(other).review_on is None, "of no tier"
    due = trade.days_later(180)
    assert fall_due(due) == 1
    [review] = open_reviews(trade)
    answer(due, review)
    assert line(trade).review_on == on + timedelta(days=360)
    assert fall_due(due) == 0


def test_the_policy_proposes_and_its_approval_counts_at_the_next_checkout(trade: Trade) -> None:
    suggesting(trade, "history.turnover_90d * 3")
    trade.invoice(700_000)
    standing.renew_standings(trade.seller, buyer_ids=[trade.buyer.id], at=trade.at)
    review = limit_reviews.open_limit_review(
        trade.seller, buyer_id=trade.buyer.id, currency="EUR", **trade.act
    )
    assert review.amount == 2_100_000
    assert review.proposal == {
        "limit": 2_100_000,
        "before": 1_000_000,
        "rule": "three_months",
        "facts": {"history.turnover_90d": 700_000},
    }
    [made] = trade.authorize(trade.request(400_000))
    assert made.decision.outcome == "declined"  # type: ignore[union-attr]
    told = review_answers.answer(
        trade.seller, review_id=review.id, person=ADA, verdict="approved", at=trade.at
    )
    assert told.is_final
    assert line(trade).limit == 2_100_000
    trade.order(400_000)


def test_declining_leaves_the_limit_and_sets_the_next_day(trade: Trade, on: date) -> None:
    suggesting(trade, "500000")
    limit_reviews.set_cycle(trade.seller, tier="", days=30, **trade.act)
    review = limit_reviews.open_limit_review(
        trade.seller, buyer_id=trade.buyer.id, currency="EUR", **trade.act
    )
    answer(trade, review, verdict="declined")
    assert line(trade).limit == 1_000_000
    assert line(trade).review_on == on + timedelta(days=30)
    assert open_reviews(trade) == []


def test_a_person_may_approve_another_figure_unless_somebody_approved_the_first(
    trade: Trade,
) -> None:
    route = {"kind": "route", "name": "two", "roles": ["credit_manager", "admin"], "people": 2}
    suggesting(trade, "20000", route | {"when": "review.kind == 'limit'"})
    review = limit_reviews.open_limit_review(
        trade.seller, buyer_id=trade.buyer.id, currency="EUR", **trade.act
    )
    assert (review.people, review.route) == (2, "two")
    with books.refused(trade.seller, MoneyError):
        answer(trade, review, limit=-1)
    answer(trade, review, limit=1_500_000)
    assert line(trade).limit == 1_000_000, "one of two"
    with books.refused(trade.seller, FigureApproved):
        answer(trade, review, BEN, limit=1_600_000)
    answer(trade, review, BEN)
    assert line(trade).limit == 1_500_000


def test_nobody_approves_what_it_asked_for(trade: Trade) -> None:
    review = limit_reviews.open_limit_review(
        trade.seller, buyer_id=trade.buyer.id, currency="EUR", at=trade.at, by=ADA.email
    )
    with books.refused(trade.seller, OwnRequest):
        answer(trade, review)
    answer(trade, review, BEN)
    assert line(trade).limit == 1_000_000, "nothing was proposed"


def test_a_proposal_is_in_the_lines_own_currency(trade: Trade) -> None:
    suggesting(trade, "6100")
    credit_lines.set_credit_line(
        trade.seller, buyer_id=trade.buyer.id, currency="JPY", limit=10, **trade.act
    )
    exchange_rates.set_rate(
        trade.seller,
        source="JPY",
        target="EUR",
        rate=Decimal("0.0061"),
        on=trade.at.date(),
        **trade.act,
    )
    review = limit_reviews.open_limit_review(
        trade.seller, buyer_id=trade.buyer.id, currency="JPY", **trade.act
    )
    assert review.proposal["limit"] == 1_000_000, "EUR 6,100.00 at 0.0061 are JPY 1,000,000"


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_cycles_are_of_one_day_to_ten_years(trade: Trade, days: int) -> None:
    with books.refused(trade.seller, InvalidCycle):
        limit_reviews.set_cycle(trade.seller, tier="", days=days, **trade.act)


def test_a_cycle_can_be_ended(trade: Trade) -> None:
    limit_reviews.set_cycle(trade.seller, tier="x", days=10, **trade.act)
    assert limit_reviews.set_cycle(trade.seller, tier="x", days=20, **trade.act)
    assert limit_reviews.set_cycle(trade.seller, tier="x", days=None, **trade.act) is None
    with books.refused(trade.seller, NotFound):
        limit_reviews.set_cycle(trade.seller, tier="x", days=None, **trade.act)


def test_details_of_a_line_change_one_by_one(trade: Trade, on: date) -> None:
    details(trade, tier="  gold  ", insured_limit=500, insured_until=on)
    kept = line(trade)
    assert (kept.tier, kept.insured_limit, kept.insured_until, kept.review_on) == (
        "gold",
        500,
        on,
        None,
    )
    details(trade, insured_limit=None)
    kept = line(trade)
    assert (kept.tier, kept.insured_limit, kept.insured_until) == ("gold", None, on)
    with books.nothing_written(trade.seller):
        details(trade, tier="gold")
    with books.refused(trade.seller, MoneyError):
        details(trade, insured_limit=-1)
    with books.refused(trade.seller, NotFound):
        credit_lines.set_line_details(
            trade.seller, buyer_id=trade.buyer.id, currency="USD", tier="x", **trade.act
        )


def test_a_limit_is_lowered_only(trade: Trade) -> None:
    given = {"buyer_id": trade.buyer.id, "currency": "EUR"} | trade.act
    with books.nothing_written(trade.seller):
        assert credit_lines.lower_limit(trade.seller, to=2_000_000, **given) is None
        assert credit_lines.lower_limit(trade.seller, to=1_000_000, **given) is None
    assert credit_lines.lower_limit(trade.seller, to=-5, **given) == 1_000_000
    assert line(trade).limit == 0
