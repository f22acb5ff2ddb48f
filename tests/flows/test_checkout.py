"""Checkout: an order is approved, declined or sent to a person, and its credit is held."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any

import pytest

from tests.flows import books
from tests.flows.trading import Trade
from usance.flows import checkout, credit_lines, fulfilment, onboarding, order_reviews, policies
from usance.flows.checkout import (
    Authorization,
    ExternalIdTaken,
    KeyInFlight,
    KeyReused,
    NoPolicy,
    Replay,
    UnknownBuyer,
)
from usance.flows.refusals import LimitExceeded, NotFound, WrongState
from usance.records.credit.models import Decision
from usance.records.identity import new_id
from usance.records.orders.models import Order
from usance.records.parties.models import Seller
from usance.rules.credit.policy import Policy
from usance.rules.money import UnknownCurrency
from usance.rules.orders import InvalidOrder, Line, LinesDoNotAddUp
from usance.rules.terms import Terms

REVIEW_ABOVE_5000 = Policy(
    review_above={"EUR": 500_000},
    order_ceiling={"EUR": 800_000},
    terms=(Terms(30), Terms(60)),
    authorization_days=14,
)


def test_an_approved_order_holds_its_amount(trade: Trade) -> None:
    before = books.rows(trade.seller)
    [made] = trade.authorize(trade.request(122_000, 22_000, po_number="PO-7", external_id="S-1"))
    assert isinstance(made, Authorization)
    assert (made.state, made.decision.outcome) == ("authorized", "approved")
    order = trade.stored(Order, made.order_id)
    assert (order.amount, order.tax_amount, order.po_number) == (122_000, 22_000, "PO-7")
    assert (order.terms, order.due_on) == ("net_30", date(2026, 4, 1))
    assert order.expires_on == date(2026, 4, 1)
    assert trade.balances() == {"commitments": 122_000}
    assert trade.counters() == {"commitments": 122_000}
    assert trade.events(order) == [("order.authorized", "authorized", 0)]
    # one decision, one order, one entry of two postings, one event
    after = books.rows(trade.seller)
    assert {
        table: n - before.get(table, 0) for table, n in after.items() if n != before.get(table)
    } == {
        "credit_decision": 1,
        "orders_order": 1,
        "ledger_entry": 1,
        "ledger_posting": 2,
        "ledger_balance": 2,
        "events_event": 1,
    }


def test_the_decision_keeps_the_facts_it_rested_on(trade: Trade) -> None:
    trade.order(400_000)
    [made] = trade.authorize(trade.request(600_001))
    assert isinstance(made, Authorization)
    kept = trade.stored(Decision, made.decision_id)
    assert (kept.outcome, kept.reasons, kept.up_to) == ("declined", ["limit_exceeded"], 600_000)
    assert kept.facts["commitments"] == 400_000
    assert ["limit_exceeded", False, {"amount": 600_001, "available": 600_000}] in kept.trace


def test_the_last_cent_fits_and_one_more_does_not(trade: Trade) -> None:
    trade.order(1_000_000)
    [made] = trade.authorize(trade.request(1))
    assert isinstance(made, Authorization)
    assert made.decision.reasons == ("limit_exceeded",)
    assert trade.counters() == {"commitments": 1_000_000}


def test_tolerance_lets_a_little_more_pass(trade: Trade) -> None:
    credit_lines.set_credit_line(
        trade.seller,
        buyer_id=trade.buyer.id,
        currency="EUR",
        limit=1_000_000,
        tolerance=50_000,
        **trade.act,
    )
    trade.order(1_050_000)
    [made] = trade.authorize(trade.request(1))
    assert isinstance(made, Authorization)
    assert made.state == "declined"


def test_money_paid_in_advance_is_credit(trade: Trade) -> None:
    trade.payment(200_000)
    assert trade.order(1_200_000).state == "authorized"
    assert trade.counters() == {"commitments": 1_200_000, "unapplied_cash": 200_000}


def _hold(trade: Trade, state: str) -> None:
    credit_lines.change_line_state(
        trade.seller, buyer_id=trade.buyer.id, currency="EUR", state=state, **trade.act
    )


DECLINES: list[tuple[str, Any, dict[str, Any]]] = [
    ("line_on_hold", lambda trade: _hold(trade, "on_hold"), {}),
    ("line_suspended", lambda trade: _hold(trade, "suspended"), {}),
    ("line_closed", lambda trade: _hold(trade, "closed"), {}),
    ("terms_not_offered", None, {"terms": Terms(90)}),
    ("limit_exceeded", lambda trade: trade.order(950_000), {}),
    (
        "over_order_ceiling",
        lambda trade: policies.set_policy(
            trade.seller, Policy(order_ceiling={"EUR": 99_999}), **trade.act
        ),
        {},
    ),
]


@pytest.mark.parametrize(("reason", "beforehand", "fields"), DECLINES, ids=[d[0] for d in DECLINES])
def test_a_declined_order_holds_nothing(
    trade: Trade, reason: str, beforehand: Any, fields: dict[str, Any]
) -> None:
    if beforehand:
        beforehand(trade)
    held, posted = trade.counters(), books.entries(trade.seller)
    [made] = trade.authorize(trade.request(100_000, **fields))
    assert isinstance(made, Authorization)
    assert (made.state, made.decision.reasons) == ("declined", (reason,))
    assert trade.stored(Order, made.order_id).state == "declined"
    assert trade.counters() == held
    assert books.entries(trade.seller) == posted, "a declined order has no ledger entry"
    assert books.events(trade.seller, made.order_id) == [("order.declined", "declined", 0)]


def test_a_currency_in_which_the_buyer_has_no_line(trade: Trade) -> None:
    [made] = trade.authorize(trade.request(1, currency="USD"))
    assert isinstance(made, Authorization)
    assert made.decision.reasons == ("no_credit_line", "limit_exceeded")
    assert trade.stored(Order, made.order_id).line_id is None
    assert trade.balances() == {}


def test_an_old_overdue_invoice_declines_and_paying_it_lifts_that(trade: Trade) -> None:
    invoice = trade.invoice(100_000)  # due on 1 April
    assert trade.days_later(60).order(1).state == "authorized"  # 1 May: 30 days late
    late = trade.days_later(61)
    [made] = late.authorize(late.request(1))
    assert isinstance(made, Authorization)
    assert made.decision.reasons == ("overdue",)
    late.pay(invoice)
    assert late.order(1).state == "authorized"


def test_a_review_holds_nothing_until_a_person_lets_it_pass(trade: Trade) -> None:
    policies.set_policy(trade.seller, REVIEW_ABOVE_5000, **trade.act)
    [made] = trade.authorize(trade.request(500_001))
    assert isinstance(made, Authorization)
    assert (made.state, made.decision.reasons) == ("pending_review", ("above_review_amount",))
    assert trade.counters() == {}
    order = order_reviews.confirm_order(trade.seller, order_id=made.order_id, **trade.act)
    assert order.state == "authorized"
    assert trade.counters() == {"commitments": 500_001}
    assert trade.events(order) == [
        ("order.pending_review", "pending_review", 0),
        ("order.authorized", "authorized", 0),
    ]
    with books.refused(trade.seller, WrongState):
        order_reviews.confirm_order(trade.seller, order_id=made.order_id, **trade.act)


def test_a_person_refuses_a_review(trade: Trade) -> None:
    policies.set_policy(trade.seller, REVIEW_ABOVE_5000, **trade.act)
    [made] = trade.authorize(trade.request(600_000))
    assert isinstance(made, Authorization)
    order = order_reviews.decline_order(trade.seller, order_id=made.order_id, **trade.act)
    assert (order.state, trade.counters()) == ("declined", {})
    for act in (order_reviews.confirm_order, order_reviews.decline_order):
        with books.refused(trade.seller, WrongState):
            act(trade.seller, order_id=made.order_id, **trade.act)


def test_a_review_cannot_pass_when_the_credit_is_gone(trade: Trade) -> None:
    policies.set_policy(trade.seller, REVIEW_ABOVE_5000, **trade.act)
    [made] = trade.authorize(trade.request(600_000))
    assert isinstance(made, Authorization)
    trade.order(400_001)
    with books.refused(trade.seller, LimitExceeded, match="599999 are available"):
        order_reviews.confirm_order(trade.seller, order_id=made.order_id, **trade.act)


def test_a_review_cannot_pass_on_a_line_that_is_held(trade: Trade) -> None:
    policies.set_policy(trade.seller, REVIEW_ABOVE_5000, **trade.act)
    [made] = trade.authorize(trade.request(600_000))
    assert isinstance(made, Authorization)
    _hold(trade, "on_hold")
    with books.refused(trade.seller, LimitExceeded, match="on_hold"):
        order_reviews.confirm_order(trade.seller, order_id=made.order_id, **trade.act)


def test_each_order_of_a_batch_stands_by_itself(trade: Trade) -> None:
    other = trade.other_buyer(limit=50_000)
    outcomes = trade.authorize(
        trade.request(600_000, external_id="A"),
        trade.request(600_000, external_id="B"),  # does not fit beside A
        other.request(50_000, external_id="C"),
        trade.request(1, buyer_id=new_id()),
        trade.request(1, external_id="A"),  # taken within the batch
        trade.request(400_000, external_id="D"),  # fits beside A
        other.request(1, external_id="E"),
    )
    assert [
        outcome.state if isinstance(outcome, Authorization) else type(outcome)
        for outcome in outcomes
    ] == [
        "authorized",
        "declined",
        "authorized",
        UnknownBuyer,
        ExternalIdTaken,
        "authorized",
        "declined",
    ]
    assert trade.counters() == {"commitments": 1_000_000}
    assert other.counters() == {"commitments": 50_000}


def test_one_key_twice_in_a_batch_is_decided_once(trade: Trade) -> None:
    first, second = trade.authorize(
        trade.request(100, idempotency_key="k", request_hash=b"a"),
        trade.request(100, idempotency_key="k", request_hash=b"a"),
    )
    assert isinstance(first, Authorization)
    assert isinstance(second, KeyInFlight)
    assert trade.counters() == {"commitments": 100}


def test_the_same_request_again_gets_the_first_answer(trade: Trade) -> None:
    request = trade.request(100_000, idempotency_key="key-1", request_hash=b"body")
    answers = iter(["first", "second"])
    [made] = checkout.authorize_orders([request], at=trade.at, answer=lambda _: next(answers))
    assert isinstance(made, Authorization)
    with books.nothing_written(trade.seller):
        again = trade.days_later(3).authorize(request)
    assert again == [Replay(201, "first")]


def test_a_declined_answer_is_remembered_too(trade: Trade) -> None:
    request = trade.request(1_000_001, idempotency_key="key-1", request_hash=b"body")
    checkout.authorize_orders([request], at=trade.at, answer=lambda made: made.state)
    with books.nothing_written(trade.seller):
        assert trade.authorize(request) == [Replay(201, "declined")]


def test_a_key_with_another_request_is_refused(trade: Trade) -> None:
    trade.order(100, idempotency_key="key-1", request_hash=b"one")
    with books.nothing_written(trade.seller):
        [outcome] = trade.authorize(
            trade.request(200, idempotency_key="key-1", request_hash=b"two")
        )
    assert isinstance(outcome, KeyReused)


def test_an_external_id_is_taken_once(trade: Trade) -> None:
    trade.order(100, external_id="S-1")
    with books.nothing_written(trade.seller):
        [outcome] = trade.authorize(trade.request(100, external_id="S-1"))
    assert isinstance(outcome, ExternalIdTaken)


def test_keys_and_external_ids_are_each_sellers_own(trade: Trade, at: Any) -> None:
    trade.order(100, external_id="S-1", idempotency_key="k", request_hash=b"a")
    stranger = onboarding.create_seller(
        name="Altra S.p.A.",
        handle=f"altra-{secrets.token_hex(6)}",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=at,
    )
    buyer = onboarding.create_buyer(stranger, name="Nordwind", country="DE", at=at, by="test")
    credit_lines.set_credit_line(
        stranger, buyer_id=buyer.id, currency="EUR", limit=100, at=at, by="test"
    )
    [made] = trade.authorize(
        trade.request(
            100,
            seller=stranger,
            buyer_id=buyer.id,
            external_id="S-1",
            idempotency_key="k",
            request_hash=b"b",
        )
    )
    assert isinstance(made, Authorization)
    with books.nothing_written(stranger), books.nothing_written(trade.seller):
        [outcome] = trade.authorize(trade.request(1, buyer_id=buyer.id))
        assert isinstance(outcome, UnknownBuyer), "another seller's buyer is nobody's"
        with pytest.raises(NotFound):
            fulfilment.cancel_order(trade.seller, order_id=made.order_id, **trade.act)


@pytest.mark.parametrize(
    "named",
    [{"buyer_id": new_id()}, {"buyer_id": None, "buyer_external_id": "C-9"}, {"buyer_id": None}],
)
def test_an_unknown_buyer(trade: Trade, named: dict[str, Any]) -> None:
    with books.nothing_written(trade.seller):
        [outcome] = trade.authorize(trade.request(100, **named))
        assert isinstance(outcome, UnknownBuyer)
        with pytest.raises(UnknownBuyer):
            checkout.quote(trade.request(100, **named), at=trade.at)


def test_a_buyer_by_the_sellers_own_number(trade: Trade) -> None:
    assert trade.order(100, buyer_id=None, buyer_external_id="C-1001").buyer_id == trade.buyer.id


def test_a_seller_without_a_policy(trade: Trade, at: Any) -> None:
    bare = Seller.objects.create(
        name="Bare", handle=f"bare-{secrets.token_hex(6)}", country="IT", currency="EUR",
        time_zone="Europe/Rome", created_at=at,
    )  # fmt: skip
    buyer = onboarding.create_buyer(bare, name="Nordwind", country="DE", at=at, by="test")
    with books.nothing_written(bare):
        [outcome] = trade.authorize(trade.request(1, seller=bare, buyer_id=buyer.id))
    assert isinstance(outcome, NoPolicy)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"amount": 0}, InvalidOrder),
        ({"amount": -100}, InvalidOrder),
        ({"amount": 100, "tax": 101}, InvalidOrder),
        ({"amount": 100, "currency": "EUX"}, UnknownCurrency),
        ({"amount": 100, "lines": [Line("Bolts", 99)]}, LinesDoNotAddUp),
    ],
)
def test_one_impossible_request_stops_the_batch_before_anything(
    trade: Trade, fields: dict[str, Any], error: type[Exception]
) -> None:
    with books.refused(trade.seller, error):
        trade.authorize(trade.request(100), trade.request(**fields))


def test_a_quote_writes_nothing(trade: Trade) -> None:
    with books.nothing_written(trade.seller):
        decision = checkout.quote(trade.request(1_000_001), at=trade.at).decision
    assert (decision.outcome, decision.up_to) == ("declined", 1_000_000)


def test_the_newest_policy_decides(trade: Trade) -> None:
    trade.order(600_000)
    policies.set_policy(trade.seller, REVIEW_ABOVE_5000, **trade.act)
    fulfilled = trade.authorize(trade.request(10, terms=Terms(60)))[0]
    assert isinstance(fulfilled, Authorization)
    assert fulfilled.decision.expires_on == trade.at.date() + timedelta(days=14)
    assert fulfilled.decision.due_on == date(2026, 5, 1)
