"""The buyer's own approval, step by step, and the seller's decision after the last.

The fixture ``trade`` checks the books after each test.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from tests.flows import books
from tests.flows.organised import Company, step
from tests.flows.racing import at_once, unless
from tests.flows.trading import Trade
from usance.flows import calendar, credit_lines, fulfilment, order_reviews, policies
from usance.flows.buyer_approvals import NotYourStep, OwnOrder
from usance.flows.refusals import NotFound, Refused, WrongState
from usance.flows.reviews import AlreadyAnswered
from usance.records.credit.models import Decision, Review
from usance.records.events.models import Event
from usance.records.identity import new_id, public_id
from usance.records.orders import buyer_queries
from usance.records.orders.models import Order, OrderApproval
from usance.records.parties.models import Member
from usance.rules.credit.policy import Policy
from usance.rules.orders import Line
from usance.rules.terms import Terms


@pytest.fixture
def company(trade: Trade) -> Company:
    return Company(trade)


@pytest.fixture
def anna(company: Company) -> Member:
    return company.person("anna")


@pytest.fixture
def boss(company: Company) -> Member:
    return company.person("boss", "approver")


def stage(order: Order) -> Any:
    """The step that waits."""
    [waiting] = [one for one in buyer_queries.chain_of(order) if one.is_next]
    return waiting


def who(order: Order) -> set[str]:
    """Who may take the step that waits."""
    return {member.name for member in stage(order).deciders}


def test_the_last_approval_brings_the_sellers_decision(
    company: Company, anna: Member, boss: Member
) -> None:
    chief = company.person("chief", "admin")
    company.chain(step(), step(50_000, role="admin"))
    line = Line("Bolts", 122_000, 22_000, quantity=None, sku="B-1")
    order = company.ordered(122_000, anna, tax=22_000, lines=[line], terms=Terms(30))
    first_decision = order.decision_id
    later = company.trade.at + timedelta(days=2)

    assert who(order) == {"Boss", "Chief"}
    waiting = company.says(boss, "approved", order, note="fine", at=later)
    assert waiting.state == "pending_approval"
    assert company.trade.counters() == {}
    assert who(waiting) == {"Chief"}

    done = company.says(chief, "approved", order, at=later)
    kept = company.trade.stored(Order, order.id)
    assert (done.state, kept.state) == ("authorized", "authorized")
    assert company.trade.balances() == {"commitments": 122_000}
    assert company.trade.counters() == {"commitments": 122_000}
    # Due and held from the day of the decision, by what was asked for.
    assert (kept.terms, kept.due_on, kept.expires_on) == (
        "net_30",
        (later + timedelta(days=30)).date(),
        (later + timedelta(days=30)).date(),
    )
    decision = company.trade.stored(Decision, kept.decision_id)
    assert (decision.outcome, decision.reasons, decision.amount) == ("approved", [], 122_000)
    assert kept.decision_id != first_decision
    assert company.trade.stored(Decision, first_decision).outcome == "review"
    said = OrderApproval.objects.filter(seller_id=order.seller_id, order_id=order.id)
    assert list(
        said.order_by("position").values_list("position", "member_id", "verdict", "note")
    ) == [
        (1, boss.id, "approved", "fine"),
        (2, chief.id, "approved", ""),
    ]
    assert company.trade.events(order) == [
        ("order.pending_approval", "pending_approval", 0),
        ("order.step_approved", None, 0),
        ("order.approved_by_buyer", None, 0),
        ("order.authorized", "authorized", 0),
    ]
    told = Event.objects.filter(seller_id=order.seller_id, object_id=order.id)
    assert told.get(type="order.step_approved").actor == public_id("member", boss.id)
    # From here on it is an order like any other.
    invoice = fulfilment.invoice_order(company.trade.seller, order_id=order.id, at=later, by="test")
    assert invoice.amount == 122_000


def test_a_decline_ends_it(company: Company, anna: Member, boss: Member) -> None:
    chief = company.person("chief", "admin")
    company.chain(step(), step(role="admin"))
    order = company.ordered(10_000, anna)
    company.says(boss, "approved", order)
    ended = company.says(chief, "declined", order, note="not this year")
    assert ended.state == "declined"
    assert company.trade.events(order)[-1] == ("order.declined", "declined", 0)
    told = Event.objects.get(seller_id=order.seller_id, object_id=order.id, type="order.declined")
    assert told.data["declined_by_buyer"] is True
    with books.refused(company.trade.seller, WrongState):
        company.says(chief, "approved", order)
    # What it would have spent is free again.
    assert company.trade.counters() == {}


def test_nobody_approves_an_order_of_its_own(company: Company, boss: Member) -> None:
    company.chain(step())
    order = company.ordered(10_000, boss)
    assert who(order) == set(), "there is nobody else"
    with books.refused(company.trade.seller, OwnOrder):
        company.says(boss, "approved", order)
    with books.refused(company.trade.seller, OwnOrder):
        company.says(boss, "declined", order)
    other = company.person("other", "approver")
    assert who(order) == {"Other"}
    assert company.says(other, "approved", order).state == "authorized"


def test_an_administrator_orders_and_another_approves(company: Company) -> None:
    first, second = company.person("first", "admin"), company.person("second", "admin")
    company.chain(step())
    order = company.ordered(10_000, first)
    with books.refused(company.trade.seller, OwnOrder):
        company.says(first, "approved", order)
    assert company.says(second, "approved", order).state == "authorized"


def test_nobody_approves_twice(company: Company, boss: Member) -> None:
    company.chain(step(), step())
    order = company.ordered(10_000)
    company.says(boss, "approved", order)
    with books.refused(company.trade.seller, AlreadyAnswered):
        company.says(boss, "approved", order)
    second = company.person("second", "approver")
    assert company.says(second, "approved", order).state == "authorized"


def test_those_whose_step_it_is_not(company: Company, anna: Member, boss: Member) -> None:
    company.chain(step(role="admin"))
    order = company.ordered(10_000)
    chief = company.person("chief", "admin")
    payer = company.person("pia", "payer")
    for member in (anna, boss, payer):
        with books.refused(company.trade.seller, NotYourStep, match="Those are: Chief"):
            company.says(member, "approved", order)
    stranger = Company(company.trade.other_buyer()).person("otto", "admin")
    company.remove(chief)
    for member in (stranger, chief):
        with books.refused(company.trade.seller, NotFound, match="no such member"):
            company.says(member, "approved", order)
    with books.refused(company.trade.seller, NotFound, match="no such order"):
        company.says(boss, "approved", Order(id=new_id()))


def test_a_named_approver_and_who_stands_in(company: Company, boss: Member) -> None:
    other = company.person("other", "approver")
    company.person("chief", "admin")
    company.chain(step(approver=boss.id))
    order = company.ordered(10_000)
    assert who(order) == {"Boss", "Chief"}
    with books.refused(company.trade.seller, NotYourStep):
        company.says(other, "approved", order)
    # Its own order is somebody else's to approve.
    assert who(company.ordered(10_000, boss)) == {"Other", "Chief"}
    company.remove(boss)
    assert who(order) == {"Other", "Chief"}
    assert company.says(other, "approved", order).state == "authorized"


def test_the_chain_of_an_order_is_that_of_its_day(company: Company, boss: Member) -> None:
    company.chain(step())
    order = company.ordered(10_000)
    company.chain(step(role="admin"), step(role="admin"))
    assert len(buyer_queries.chain_of(order)) == 1
    assert company.says(boss, "approved", order).state == "authorized"
    company.chain()
    assert company.ordered(10_000).state == "authorized"


def test_the_decision_rests_on_the_facts_of_the_moment(company: Company, boss: Member) -> None:
    company.chain(step(500_000))
    order = company.ordered(800_000)
    # Meanwhile others used the credit.
    company.ordered(300_000)
    done = company.says(boss, "approved", order)
    assert done.state == "declined"
    decision = company.trade.stored(Decision, done.decision_id)
    assert (decision.reasons, decision.up_to) == (["limit_exceeded"], 700_000)
    assert decision.facts["commitments"] == 300_000
    assert {"kind": "up_to", "amount": 700_000} in [
        {name: way[name] for name in ("kind", "amount")} for way in decision.alternatives
    ]
    assert company.trade.counters() == {"commitments": 300_000}
    assert [event[0] for event in company.trade.events(order)][-2:] == [
        "order.approved_by_buyer",
        "order.declined",
    ]


def test_a_line_on_hold_by_then(company: Company, boss: Member) -> None:
    company.chain(step())
    order = company.ordered(10_000)
    credit_lines.change_line_state(
        company.trade.seller,
        buyer_id=company.trade.buyer.id,
        currency="EUR",
        state="on_hold",
        **company.trade.act,
    )
    assert company.says(boss, "approved", order).state == "declined"


def test_what_the_policy_gives_to_a_person_goes_there_after_the_buyer(
    company: Company, boss: Member
) -> None:
    policies.set_policy(
        company.trade.seller, Policy(review_above={"EUR": 5_000}), **company.trade.act
    )
    company.chain(step())
    order = company.ordered(10_000)
    assert order.state == "pending_approval"
    reviews = Review.objects.filter(seller_id=order.seller_id, subject_id=order.id)
    assert not reviews.exists()
    done = company.says(boss, "approved", order)
    assert done.state == "pending_review"
    assert company.trade.stored(Decision, done.decision_id).reasons == ["above_review_amount"]
    review = reviews.get()
    assert (review.kind, review.state, review.amount) == ("order", "open", 10_000)
    assert review.roles == ["credit_manager", "admin"]
    assert review.reasons == ["above_review_amount"]
    assert company.trade.counters() == {}
    confirmed = order_reviews.confirm_order(
        company.trade.seller, order_id=order.id, **company.trade.act
    )
    assert confirmed.state == "authorized"
    assert company.trade.counters() == {"commitments": 10_000}


def test_an_order_nobody_answers_expires(company: Company, boss: Member) -> None:
    company.chain(step())
    order = company.ordered(10_000)
    seller = company.trade.seller
    later = company.trade.at + timedelta(days=31)
    assert calendar.expire_orders(seller_id=seller.id, at=later, by="calendar") == 1
    assert company.trade.stored(Order, order.id).state == "expired"
    with books.refused(seller, WrongState):
        company.says(boss, "approved", order)


def test_the_seller_may_decline_or_cancel_what_waits(company: Company) -> None:
    company.chain(step())
    act = company.trade.act
    first, second = company.ordered(10_000), company.ordered(10_000)
    order_reviews.decline_order(company.trade.seller, order_id=first.id, **act)
    fulfilment.cancel_order(company.trade.seller, order_id=second.id, **act)
    with books.refused(company.trade.seller, WrongState):
        order_reviews.confirm_order(company.trade.seller, order_id=first.id, **act)


def test_an_exception_to_a_limit_is_approved_and_counted(company: Company, boss: Member) -> None:
    anna = company.person("anna", period_limit=20_000)
    company.chain(step(1_000_000_00))
    order = company.ordered(30_000, anna)
    assert company.says(boss, "approved", order).state == "authorized"
    assert company.ordered(1, anna).state == "pending_approval"


# Many at once


def test_eight_approve_one_step_at_once(company: Company) -> None:
    people = [company.person(f"boss{n}", "approver") for n in range(8)]
    company.chain(step())
    order = company.ordered(10_000)
    outcomes = at_once(
        [unless(Refused, partial(company.says, member, "approved", order)) for member in people]
    )
    assert sum(isinstance(one, Order) for one in outcomes) == 1
    assert {type(one) for one in outcomes if not isinstance(one, Order)} == {WrongState}
    assert company.trade.counters() == {"commitments": 10_000}
    assert books.entries(company.trade.seller) == {"order_authorized": 1}


def test_approvals_and_checkouts_race_for_the_last_credit(company: Company, boss: Member) -> None:
    company.chain(step(99_999))
    waiting = [company.ordered(100_000) for _ in range(12)]
    trade = company.trade
    acts: list[Any] = [partial(company.says, boss, "approved", order) for order in waiting]
    acts += [partial(trade.authorize, trade.request(90_000)) for _ in range(6)]
    at_once(acts)
    held = trade.counters()["commitments"]
    assert held <= 1_000_000
    states = Order.objects.filter(seller_id=trade.seller.id).values_list("state", "amount")
    assert sum(amount for state, amount in states if state == "authorized") == held
    # Nobody was turned away for whom there was room in the end.
    assert all(amount > 1_000_000 - held for state, amount in states if state == "declined")


def test_an_order_is_approved_or_declined_but_not_both(company: Company) -> None:
    yes, no = company.person("yes", "approver"), company.person("no", "approver")
    company.chain(step())
    for _ in range(4):
        order = company.ordered(10_000)
        outcomes = at_once(
            [
                unless(Refused, partial(company.says, yes, "approved", order)),
                unless(Refused, partial(company.says, no, "declined", order)),
                unless(
                    Refused,
                    partial(
                        fulfilment.cancel_order,
                        company.trade.seller,
                        order_id=order.id,
                        **company.trade.act,
                    ),
                ),
            ]
        )
        # An order that was authorized may still be canceled afterwards.
        done = [one for one in outcomes if isinstance(one, Order)]
        states = {one.state for one in done}
        assert len(done) == 1 or states == {"authorized", "canceled"}
