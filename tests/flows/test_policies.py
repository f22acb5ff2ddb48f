"""How a policy comes to decide: at once, later, after a second person, or in the shadow only."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from tests.flows import books
from tests.flows.deciding import decide_by, person
from tests.flows.racing import at_once
from tests.flows.trading import Trade
from usance.flows import policies, review_answers
from usance.flows.checkout import Authorization
from usance.flows.refusals import NotFound
from usance.records.credit.models import CreditPolicy, Decision, Review
from usance.records.credit.policy_queries import PolicyStanding, standing, standings, trial
from usance.records.credit.queries import deciding_policy
from usance.records.identity import new_id
from usance.rules.credit.policy import InvalidPolicy
from usance.rules.orders import Line

STRICT = {"kind": "hold", "name": "large", "when": "order.amount > 500", "then": "decline"}


def stands(trade: Trade, stored: CreditPolicy) -> PolicyStanding:
    return standing(seller_id=trade.seller.id, at=trade.at, policy_id=stored.id)


def read(trade: Trade, **document: Any) -> Any:
    return policies.read_policy(trade.seller, document)


def outcome(trade: Trade, amount: int = 100_000) -> str:
    [made] = trade.authorize(trade.request(amount))
    assert isinstance(made, Authorization)
    return made.decision.outcome


def test_a_draft_decides_nothing(trade: Trade) -> None:
    draft = policies.draft_policy(trade.seller, read(trade, rules=[STRICT]), **trade.act)
    assert stands(trade, draft) == PolicyStanding("draft")
    assert outcome(trade) == "approved"
    policies.release_policy(trade.seller, policy_id=draft.id, **trade.act)
    assert stands(trade, draft).state == "deciding"
    assert outcome(trade) == "declined"


def test_a_version_decides_from_its_day_on(trade: Trade) -> None:
    first = CreditPolicy.objects.get(seller_id=trade.seller.id)
    begins = trade.at + timedelta(days=10)
    later = policies.set_policy(
        trade.seller, read(trade, rules=[STRICT]), effective_at=begins, **trade.act
    )
    assert stands(trade, later) == PolicyStanding("scheduled", begins, released_by="test")
    assert stands(trade, first).until == begins
    assert outcome(trade.days_later(9)) == "approved"
    assert outcome(trade.days_later(10)) == "declined"
    then = trade.days_later(10)
    assert stands(then, later).state == "deciding"
    assert stands(then, first).state == "former"


def test_a_former_version_may_decide_again(trade: Trade) -> None:
    first = CreditPolicy.objects.get(seller_id=trade.seller.id)
    decide_by(trade, STRICT)
    later = trade.days_later(1)
    policies.release_policy(later.seller, policy_id=first.id, **later.act)
    assert stands(later, first).state == "deciding"
    assert outcome(later) == "approved"


def test_the_past_is_refused(trade: Trade) -> None:
    with books.nothing_written(trade.seller), pytest.raises(policies.EffectiveInThePast):
        policies.set_policy(
            trade.seller,
            read(trade),
            effective_at=trade.at - timedelta(seconds=1),
            **trade.act,
        )


def test_a_trial_says_what_it_would_have_decided(trade: Trade) -> None:
    draft = policies.draft_policy(trade.seller, read(trade, rules=[STRICT]), **trade.act)
    policies.try_policy(trade.seller, policy_id=draft.id, **trade.act)
    assert stands(trade, draft).state == "shadow"
    assert [outcome(trade, amount) for amount in (40_000, 60_000, 70_000)] == ["approved"] * 3
    found = trial(seller_id=trade.seller.id, policy_id=draft.id, last=100)
    assert (found.decisions, found.differ) == (3, 2)
    assert found.turned == {("approved", "declined"): 2}
    assert [one.amount for one in found.differing] == [70_000, 60_000]
    policies.end_trial(trade.seller, **trade.days_later(1).act)
    after = trade.days_later(2)
    assert stands(after, draft).state == "draft"
    outcome(after)
    newest = Decision.objects.filter(seller_id=trade.seller.id).order_by("-id")[0]
    assert newest.shadow is None
    with pytest.raises(NotFound):
        policies.end_trial(trade.seller, **after.act)


def test_a_second_person_lets_it_decide_from_the_day_it_was_meant_to(trade: Trade) -> None:
    decide_by(trade, second_person=True)
    author, second = person(trade), person(trade)
    begins = trade.at + timedelta(days=3)
    stored = policies.set_policy(
        trade.seller,
        read(trade, rules=[STRICT]),
        at=trade.at,
        by=author.by,
        effective_at=begins,
    )
    review = Review.objects.get(seller_id=trade.seller.id, subject_id=stored.id)
    assert stands(trade, stored).state == "waiting_for_second_person"
    assert stands(trade, stored).review_id == review.id
    review_answers.answer(
        trade.seller, review_id=review.id, person=second, verdict="approved", at=trade.at
    )
    now = stands(trade, stored)
    assert (now.state, now.effective_at, now.approved_by) == ("scheduled", begins, second.email)


def test_approved_late_it_decides_from_then(trade: Trade) -> None:
    decide_by(trade, second_person=True)
    author, second = person(trade), person(trade)
    stored = policies.set_policy(
        trade.seller,
        read(trade),
        at=trade.at,
        by=author.by,
        effective_at=trade.at + timedelta(days=3),
    )
    review = Review.objects.get(seller_id=trade.seller.id, subject_id=stored.id)
    late = trade.days_later(5)
    review_answers.answer(
        trade.seller, review_id=review.id, person=second, verdict="approved", at=late.at
    )
    assert stands(late, stored).effective_at == late.at


def test_another_sellers_currency_and_unknown_versions_are_refused(trade: Trade) -> None:
    with pytest.raises(InvalidPolicy, match="EUR"):
        read(trade, currency="USD")
    for act in (policies.release_policy, policies.try_policy):
        with books.nothing_written(trade.seller), pytest.raises(NotFound):
            act(trade.seller, policy_id=new_id(), **trade.act)


def test_states_of_all_versions_at_once(trade: Trade) -> None:
    first = CreditPolicy.objects.get(seller_id=trade.seller.id)
    later = trade.days_later(1)
    second = decide_by(later, STRICT)
    draft = policies.draft_policy(trade.seller, read(trade), **later.act)
    found = standings(
        seller_id=trade.seller.id, at=later.at, policy_ids=[first.id, second.id, draft.id]
    )
    assert [found[one.id].state for one in (first, second, draft)] == [
        "former",
        "deciding",
        "draft",
    ]


def test_a_rule_about_what_is_used_sees_the_orders_before_it_in_a_batch(trade: Trade) -> None:
    """5,000 EUR by rule, though the limit bears 10,000; one refused does not count for the next."""
    five = {
        "kind": "eligibility",
        "name": "five",
        "when": "line.exposure + order.amount <= 5000",
    }
    decide_by(trade, five)
    amounts = [300_000, 300_000, 150_000, *[5_000] * 12]
    made = trade.authorize(*(trade.request(amount) for amount in amounts))
    held = [
        each.request.amount
        for each in made
        if isinstance(each, Authorization) and each.state == "authorized"
    ]
    assert held == [300_000, 150_000, *[5_000] * 10]
    assert trade.counters() == {"commitments": 500_000}


def test_a_rule_about_what_is_used_holds_for_orders_at_once(trade: Trade) -> None:
    decide_by(
        trade,
        {"kind": "eligibility", "name": "half", "when": "line.available - order.amount >= 5000"},
    )
    acts = [partial(trade.authorize, trade.request(100_000)) for _ in range(6)]
    acts.append(partial(trade.authorize, *(trade.request(100_000) for _ in range(10))))
    made = [each for outcomes in at_once(acts) for each in outcomes]
    states = Counter(each.state for each in made if isinstance(each, Authorization))
    assert states == {"authorized": 5, "declined": 11}


def test_who_comes_before_a_second_person_is_asked_for_is_asked_too(trade: Trade) -> None:
    """Released today, to take over at the moment from which two are needed."""
    begins = trade.at + timedelta(days=1)
    policies.set_policy(
        trade.seller, read(trade, second_person=True), effective_at=begins, **trade.act
    )
    evading = policies.set_policy(trade.seller, read(trade), effective_at=begins, **trade.act)
    assert stands(trade, evading).state == "waiting_for_second_person"
    decides = deciding_policy(seller_id=trade.seller.id, at=begins)
    assert decides is not None
    assert decides.second_person


def test_what_an_order_without_its_lines_holds_is_not_known(trade: Trade) -> None:
    gifts = {"kind": "hold", "name": "gifts", "when": "'GIFT' in order.skus"}
    decide_by(trade, gifts)

    def reasons(*lines: Line) -> tuple[str, ...]:
        [made] = trade.authorize(trade.request(10_000, lines=lines))
        assert isinstance(made, Authorization)
        return made.decision.reasons

    assert reasons(Line("Vase", 10_000, sku="VASE")) == ()
    assert reasons(Line("Card", 10_000, sku="GIFT")) == ("gifts",)
    assert reasons() == ("unknown_facts",)
