"""Who decides what waits for a person: roles, four eyes, deputies, time that runs out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from tests.flows import books
from tests.flows.deciding import decide_by, in_review, person
from tests.flows.racing import at_once, unless
from tests.flows.trading import Trade
from usance.flows import (
    calendar,
    delegations,
    fulfilment,
    group_limits,
    order_reviews,
    policies,
    review_answers,
)
from usance.flows.group_limits import MemberLine
from usance.flows.refusals import LimitExceeded, NotFound, WrongState
from usance.flows.reviews import AlreadyAnswered, NotYours, OwnRequest, Person
from usance.records.credit.models import Approval, CreditPolicy, Delegation, Review
from usance.records.credit.queries import deciding_policy
from usance.records.identity import new_id
from usance.records.orders.models import Order

ANY = {"kind": "hold", "name": "any", "when": "true", "then": "review"}
FOUR_EYES = {
    "kind": "route",
    "name": "four_eyes",
    "roles": ["credit_manager", "admin"],
    "people": 2,
    "hours": 24,
    "escalate_to": "admin",
}


def answer(
    trade: Trade, review: Review, who: Person, verdict: str = "approved", **more: object
) -> review_answers.Verdict:
    return review_answers.answer(
        trade.seller,
        review_id=review.id,
        person=who,
        verdict=verdict,
        at=trade.at,
        **more,  # type: ignore[arg-type]
    )


def state(trade: Trade, row: Review | object) -> str:
    assert isinstance(row, Review)
    return str(trade.stored(Review, row.id).state)


def test_one_person_of_the_usual_roles_decides(trade: Trade) -> None:
    decide_by(trade, ANY)
    made, review = in_review(trade)
    assert (review.roles, review.people) == (["credit_manager", "admin"], 1)
    assert answer(trade, review, person(trade), note="Known for years").is_final
    assert trade.stored(Order, made.order_id).state == "authorized"
    assert trade.balances() == {"commitments": 100_000}
    [kept] = Approval.objects.filter(seller_id=trade.seller.id, review=review.id)
    assert (kept.verdict, kept.note, kept.on_behalf_of) == ("approved", "Known for years", "")


@pytest.mark.parametrize("role", ["viewer", "accountant"])
def test_other_roles_do_not(trade: Trade, role: str) -> None:
    decide_by(trade, ANY)
    _, review = in_review(trade)
    who = person(trade, role)
    for verdict in review_answers.VERDICTS:
        with books.nothing_written(trade.seller), pytest.raises(NotYours):
            answer(trade, review, who, verdict)


def test_four_eyes_are_those_of_two(trade: Trade) -> None:
    decide_by(trade, ANY, FOUR_EYES)
    made, review = in_review(trade)
    first, second = person(trade), person(trade, "admin")
    assert not answer(trade, review, first).is_final
    assert trade.stored(Order, made.order_id).state == "pending_review"
    with books.nothing_written(trade.seller), pytest.raises(AlreadyAnswered):
        answer(trade, review, first)
    assert answer(trade, review, second).is_final
    assert trade.stored(Order, made.order_id).state == "authorized"
    with pytest.raises(WrongState):
        answer(trade, review, person(trade))


def test_one_no_is_enough(trade: Trade) -> None:
    decide_by(trade, ANY, FOUR_EYES)
    made, review = in_review(trade)
    answer(trade, review, person(trade))
    assert answer(trade, review, person(trade), "declined").is_final
    assert trade.stored(Order, made.order_id).state == "declined"
    assert state(trade, review) == "declined"
    assert trade.balances() == {}


def test_a_deputy_decides_in_anothers_right_and_only_in_its_time(trade: Trade) -> None:
    decide_by(trade, ANY, FOUR_EYES)
    _, review = in_review(trade)
    boss, deputy = person(trade), person(trade, "viewer")
    on = trade.at.date()
    delegation = delegations.name_deputy(
        trade.seller,
        principal=boss.email.upper(),
        deputy=deputy.email,
        from_on=on + timedelta(days=1),
        until_on=on + timedelta(days=2),
        **trade.act,
    )
    with pytest.raises(NotYours):
        answer(trade, review, deputy)
    tomorrow = trade.days_later(1)
    answer(tomorrow, review, deputy)
    [kept] = Approval.objects.filter(seller_id=trade.seller.id, review=review.id)
    assert (kept.person, kept.on_behalf_of) == (deputy.email, boss.email)
    # Whoever was stood in for has spoken.
    with pytest.raises(AlreadyAnswered):
        answer(tomorrow, review, boss)
    delegations.end_delegation(trade.seller, delegation_id=delegation.id, at=tomorrow.at, by="test")
    _, other = in_review(trade)
    with pytest.raises(NotYours):
        answer(tomorrow, other, deputy)
    with pytest.raises(WrongState):
        delegations.end_delegation(trade.seller, delegation_id=delegation.id, **trade.act)


def test_a_deputy_of_several_speaks_for_one_who_has_not_spoken(trade: Trade) -> None:
    decide_by(trade, ANY, FOUR_EYES)
    _, review = in_review(trade)
    bosses = [person(trade), person(trade)]
    deputy = person(trade, "viewer")
    for boss in bosses:
        _delegate(trade, boss, deputy)
    first = min(bosses, key=lambda boss: boss.email)
    answer(trade, review, first)
    assert answer(trade, review, deputy).is_final


def test_a_deputys_deputy_has_no_right(trade: Trade) -> None:
    decide_by(trade, ANY)
    _, review = in_review(trade)
    boss, deputy, third = person(trade), person(trade, "viewer"), person(trade, "viewer")
    _delegate(trade, boss, deputy)
    _delegate(trade, deputy, third)
    with pytest.raises(NotYours):
        answer(trade, review, third)


def _delegate(trade: Trade, principal: Person, deputy: Person) -> Delegation:
    on = trade.at.date()
    return delegations.name_deputy(
        trade.seller,
        principal=principal.email,
        deputy=deputy.email,
        from_on=on,
        until_on=on + timedelta(days=7),
        **trade.act,
    )


def test_impossible_delegations_are_refused(trade: Trade) -> None:
    boss, on = person(trade), trade.at.date()
    for deputy, first, last, error in (
        (boss.email, 0, 1, delegations.OwnDeputy),
        ("stranger@elsewhere.example", 0, 1, delegations.NotStaff),
        (person(trade).email, 2, 1, delegations.ImpossiblePeriod),
        (person(trade).email, -9, -1, delegations.ImpossiblePeriod),
        (person(trade).email, 0, 400, delegations.ImpossiblePeriod),
    ):
        with books.nothing_written(trade.seller), pytest.raises(error):
            delegations.name_deputy(
                trade.seller,
                principal=boss.email,
                deputy=deputy,
                from_on=on + timedelta(days=first),
                until_on=on + timedelta(days=last),
                **trade.act,
            )


def test_what_nobody_answers_in_time_is_passed_on_once(trade: Trade) -> None:
    decide_by(trade, ANY, FOUR_EYES | {"roles": ["credit_manager"], "people": 1})
    _, review = in_review(trade)
    admin = person(trade, "admin")
    with pytest.raises(NotYours):
        answer(trade, review, admin)

    def escalate(hours: int) -> int:
        at = trade.at + timedelta(hours=hours)
        return calendar.escalate_reviews(seller_id=trade.seller.id, at=at, by="calendar")

    assert escalate(23) == 0
    assert escalate(24) == 1
    assert escalate(48) == 0
    assert trade.events(review) == [("review.escalated", None, 0)]
    assert answer(trade, trade.stored(Review, review.id), admin).is_final


def test_an_order_beyond_the_limit_needs_a_named_person_to_override(trade: Trade) -> None:
    decide_by(trade, over_limit="review")
    made, review = in_review(trade, 1_500_000)
    assert review.reasons == ["limit_exceeded"]
    who = person(trade)
    with books.nothing_written(trade.seller), pytest.raises(LimitExceeded):
        answer(trade, review, who)
    answer(trade, review, who, override=True)
    order = trade.stored(Order, made.order_id)
    assert order.state == "authorized"
    assert trade.counters()["commitments"] == 1_500_000
    with pytest.raises(NotYours):
        made, _ = in_review(trade, 2_000_000)
        order_reviews.confirm_order(
            trade.seller, order_id=made.order_id, override=True, **trade.act
        )


def test_override_is_for_orders(trade: Trade) -> None:
    review = _waiting_policy(trade, person(trade))
    with pytest.raises(review_answers.NothingToOverride):
        answer(trade, review, person(trade), override=True)


def _waiting_policy(trade: Trade, author: Person, **more: object) -> Review:
    """A version that its author wants to decide, where a second person must agree."""
    decide_by(trade, second_person=True)
    policy = policies.read_policy(trade.seller, {"overdue_days": 7})
    stored = policies.set_policy(
        trade.seller,
        policy,
        at=trade.at,
        by=author.by,
        **more,  # type: ignore[arg-type]
    )
    return Review.objects.get(seller_id=trade.seller.id, subject_id=stored.id, state="open")


def test_nobody_approves_its_own_policy_nor_does_its_deputy(trade: Trade) -> None:
    author, deputy, second = person(trade), person(trade, "viewer"), person(trade)
    _delegate(trade, author, deputy)
    review = _waiting_policy(trade, author)
    assert review.asked_by == author.by
    for who in (author, deputy, replace(author, by="")):
        with books.nothing_written(trade.seller), pytest.raises(OwnRequest):
            answer(trade, review, who)
    answer(trade, review, second)
    deciding = deciding_policy(seller_id=trade.seller.id, at=trade.at)
    assert deciding is not None
    assert deciding.overdue_days == 7


def test_the_author_may_take_its_own_policy_back(trade: Trade) -> None:
    author = person(trade)
    review = _waiting_policy(trade, author)
    assert answer(trade, review, author, "declined").is_final
    deciding = deciding_policy(seller_id=trade.seller.id, at=trade.at)
    assert deciding is not None
    assert deciding.overdue_days == 30


def test_two_answers_at_once_count_once_each(trade: Trade) -> None:
    decide_by(trade, ANY, FOUR_EYES)
    made, review = in_review(trade)
    people = [person(trade) for _ in range(4)]
    results = at_once(
        [unless(WrongState, lambda who=who: answer(trade, review, who)) for who in people]  # type: ignore[misc]
    )
    assert sum(isinstance(one, review_answers.Verdict) for one in results) == 2
    assert sum(one.is_final for one in results if isinstance(one, review_answers.Verdict)) == 1
    assert trade.balances() == {"commitments": 100_000}
    assert trade.stored(Order, made.order_id).state == "authorized"


def test_the_same_person_twice_at_once_is_one_person(trade: Trade) -> None:
    decide_by(trade, ANY, FOUR_EYES)
    _, review = in_review(trade)
    who = person(trade)
    results = at_once([unless(AlreadyAnswered, lambda: answer(trade, review, who))] * 2)
    assert sum(isinstance(one, AlreadyAnswered) for one in results) == 1
    assert state(trade, review) == "open"


def test_yes_and_no_at_once_end_in_one_of_them(trade: Trade) -> None:
    decide_by(trade, ANY)
    made, review = in_review(trade)
    yes, no = person(trade), person(trade)
    results = at_once(
        [
            unless(WrongState, lambda: answer(trade, review, yes)),
            unless(WrongState, lambda: answer(trade, review, no, "declined")),
        ]
    )
    assert sum(isinstance(one, WrongState) for one in results) == 1
    order, ended = trade.stored(Order, made.order_id), state(trade, review)
    assert (ended, order.state) in [("approved", "authorized"), ("declined", "declined")]


def test_what_is_settled_otherwise_is_withdrawn(trade: Trade) -> None:
    decide_by(trade, ANY)
    made, review = in_review(trade)
    fulfilment.cancel_order(trade.seller, order_id=made.order_id, **trade.act)
    assert state(trade, review) == "withdrawn"


def test_a_program_decides_only_what_no_route_gives_to_people(trade: Trade) -> None:
    decide_by(trade, ANY)
    made, _ = in_review(trade)
    order_reviews.confirm_order(trade.seller, order_id=made.order_id, **trade.act)
    decide_by(trade, ANY, FOUR_EYES)
    made, _ = in_review(trade)
    with books.nothing_written(trade.seller), pytest.raises(NotYours):
        order_reviews.confirm_order(trade.seller, order_id=made.order_id, **trade.act)


def test_what_is_not_there_is_not_found(trade: Trade) -> None:
    with pytest.raises(NotFound):
        review_answers.answer(
            trade.seller, review_id=new_id(), person=person(trade), verdict="approved", at=trade.at
        )
    with pytest.raises(NotFound):
        delegations.end_delegation(trade.seller, delegation_id=new_id(), **trade.act)
    assert CreditPolicy.objects.filter(seller_id=trade.seller.id).exists()


def test_what_ran_out_is_not_approved(trade: Trade) -> None:
    """Before the calendar has come to it: its credit would be held for a day that is past."""
    decide_by(trade, ANY, authorization_days=3)
    made, review = in_review(trade)
    who, late = person(trade), trade.days_later(4)
    with books.nothing_written(trade.seller), pytest.raises(WrongState, match="ran out"):
        answer(late, review, who)
    answer(trade.days_later(3), review, who)
    assert trade.stored(Order, made.order_id).state == "authorized"


def test_no_override_while_the_shared_limit_is_on_hold(trade: Trade) -> None:
    common = group_limits.create_group(
        trade.seller,
        name="Acme",
        currency="EUR",
        limit=50_000,
        lines=[MemberLine(trade.buyer.id, "EUR")],
        **trade.act,
    )
    decide_by(trade, over_limit="review")
    made, review = in_review(trade, 60_000)
    who = person(trade)
    change = partial(group_limits.change_group, trade.seller, group_id=common.id, **trade.act)
    change(state="on_hold")
    with books.nothing_written(trade.seller), pytest.raises(LimitExceeded, match="not active"):
        answer(trade, review, who, override=True)
    change(state="active")
    answer(trade, review, who, override=True)
    assert trade.stored(Order, made.order_id).state == "authorized"
