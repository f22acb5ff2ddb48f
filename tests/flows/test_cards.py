"""Cards kept by their tokens, and cards instead of credit."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.flows import books
from tests.flows.deciding import decide_by
from tests.flows.paying import Till, invoice_of, payments
from tests.flows.trading import Trade
from usance.flows import checkout, credit_lines, fulfilment, onboarding
from usance.flows.cards import authorizing, charging, pages
from usance.flows.cards.pages import NoConsent
from usance.flows.refusals import NotFound, WrongState
from usance.records.cards.models import SecuredOrder, StoredCard
from usance.records.events.models import Event
from usance.records.orders.models import Order
from usance.records.statements import execute


@pytest.fixture
def poor(trade: Trade) -> Trade:
    """The same buyer without any credit."""
    line = credit_lines.set_credit_line(
        trade.seller, buyer_id=trade.buyer.id, currency="EUR", limit=0, **trade.act
    )
    return Trade(trade.seller, trade.buyer, line, trade.at)


def test_a_card_is_kept_by_its_token_and_four_digits(till: Till) -> None:
    card = till.card()
    assert (card.brand, card.last4, card.state) == ("visa", "4242", "active")
    assert not card.charge_at_due
    assert card.token.startswith("card_")


def test_more_than_four_digits_cannot_be_stored(till: Till) -> None:
    card = till.card()
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredCard.objects.filter(id=card.id).update(last4="42x4")
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredCard.objects.filter(id=card.id).update(charge_at_due=True)


def test_consent_is_kept_with_its_words(till: Till) -> None:
    with pytest.raises(NoConsent), books.nothing_written(till.trade.seller):
        pages.want_page(
            till.trade.seller, buyer_id=till.trade.buyer.id, kind="store", charge_at_due=True,
            **till.trade.act,
        )  # fmt: skip
    card = till.card(consent="Charge my invoices when they are due.")
    assert (card.charge_at_due, card.consent_at) == (True, till.at)
    charging.set_consent(till.trade.seller, card_id=card.id, words="", **till.trade.act)
    card.refresh_from_db()
    assert not card.charge_at_due
    assert card.consent_words == "Charge my invoices when they are due."


def test_a_card_is_forgotten_here_and_there_unless_something_is_held(till: Till) -> None:
    card = till.card()
    held = till.authorize(card, amount=10_000, currency="EUR")
    with pytest.raises(WrongState):
        charging.forget_card(
            till.trade.seller, card_id=card.id, provider=till.provider, **till.trade.act
        )
    authorizing.request_void(till.trade.seller, authorization_id=held.id, **till.trade.act)
    till.work()
    for _ in range(2):
        charging.forget_card(
            till.trade.seller, card_id=card.id, provider=till.provider, **till.trade.act
        )
    assert card.token not in till.provider.cards
    with pytest.raises(NotFound):
        till.authorize(card, amount=1, currency="EUR")


def test_a_buyer_without_credit_orders_once_its_card_holds_the_amount(poor: Trade) -> None:
    till = Till.of(poor)
    [refused] = poor.authorize(poor.request(50_000))
    assert isinstance(refused, checkout.Authorization)
    assert refused.state == "declined"
    held = till.authorize(till.card(), amount=50_000, currency="EUR", order_reference="S-1")
    assert (held.state, held.secured) == ("authorized", 50_000)
    order = poor.order(50_000, external_id="S-1")
    till.work()
    assert till.now(held).order_id == order.id
    [second] = poor.authorize(poor.request(1))
    assert isinstance(second, checkout.Authorization)
    assert second.state == "declined"
    invoice = invoice_of(till, order)
    assert (invoice.state, invoice.outstanding) == ("paid", 0)
    [payment] = payments(till)
    assert (payment.method, payment.amount, payment.state) == ("card", 50_000, "allocated")
    line = till.line()
    assert (line.secured, line.exposure) == (0, 0)
    done = till.now(held)
    assert (done.state, done.captured, done.secured) == ("captured", 50_000, 0)
    assert not SecuredOrder.objects.get(seller_id=poor.seller.id).is_open


def test_an_unknown_buyer_gets_a_line_of_nothing(trade: Trade) -> None:
    buyer = onboarding.create_buyer(trade.seller, name="Neu AG", country="DE", **trade.act)
    new = Trade(trade.seller, buyer, trade.line, trade.at)
    till = Till.of(new)
    till.authorize(till.card(), amount=7_000, currency="EUR", order_reference="S-9")
    assert (till.line().limit, till.line().secured) == (0, 7_000)
    assert new.order(7_000, external_id="S-9").state == "authorized"


def state_of(trade: Trade, amount: int, **fields: Any) -> str:
    [made] = trade.authorize(trade.request(amount, **fields))
    assert isinstance(made, checkout.Authorization)
    return made.state


def test_what_a_card_holds_for_one_order_lets_no_other_pass(poor: Trade) -> None:
    till = Till.of(poor)
    till.authorize(till.card(), amount=50_000, currency="EUR", order_reference="S-1")
    assert state_of(poor, 1) == "declined"
    assert state_of(poor, 1, external_id="S-2") == "declined"
    together = poor.authorize(
        poor.request(50_001, external_id="S-3"), poor.request(40_000, external_id="S-1"),
        poor.request(10_000, external_id="S-4"),
    )  # fmt: skip
    assert [made.state for made in together if isinstance(made, checkout.Authorization)] == [
        "declined", "authorized", "declined",
    ]  # fmt: skip
    # What the order does not need is nobody's: neither before the card is written down for it ...
    assert state_of(poor, 1) == "declined"
    till.work()
    assert state_of(poor, 1) == "declined"
    # ... nor once it is canceled, before its card is let go of.
    [order] = Order.objects.filter(seller_id=poor.seller.id, external_id="S-1")
    fulfilment.cancel_order(poor.seller, order_id=order.id, **poor.act)
    assert (till.line().secured, till.line().exposure) == (50_000, 0)
    assert state_of(poor, 1) == "declined"
    till.work()
    assert till.line().secured == 0


def test_an_order_that_a_card_secures_takes_nothing_from_the_limit(trade: Trade) -> None:
    till = Till.of(trade)
    order = trade.order(300_000)
    assert state_of(trade, 800_000) == "declined"
    till.authorize(till.card(), order_id=order.id)
    credit_lines.set_credit_line(
        trade.seller, buyer_id=trade.buyer.id, currency="EUR", limit=1_000_000, tolerance=5_000,
        **trade.act,
    )  # fmt: skip
    assert state_of(trade, 1_005_001) == "declined"
    assert state_of(trade, 1_005_000) == "authorized"
    invoice = invoice_of(till, order)
    assert (invoice.state, till.line().tolerance, till.line().secured) == ("paid", 5_000, 0)


def test_an_order_in_review_over_its_limit_passes_with_a_card(trade: Trade) -> None:
    decide_by(trade, over_limit="review")
    [made] = trade.authorize(trade.request(1_500_000))
    assert isinstance(made, checkout.Authorization)
    assert made.state == "pending_review"
    till = Till.of(trade)
    till.authorize(till.card(), order_id=made.order_id)
    order = trade.stored(Order, made.order_id)
    assert order.state == "authorized"


def test_a_declined_card_secures_nothing_and_says_why(till: Till) -> None:
    card = till.card()
    till.provider.declines[card.token] = "expired_card"
    order = till.trade.order(20_000)
    declined = till.authorize(card, order_id=order.id)
    assert (declined.state, declined.decline_reason) == ("declined", "expired_card")
    assert (declined.secured, till.line().secured) == (0, 0)
    assert Event.objects.filter(
        seller_id=till.trade.seller.id, type="card_authorization.declined"
    ).exists()


def test_nothing_of_a_card_number_is_in_any_table(till: Till) -> None:
    """The provider in memory knows tokens only; the columns of ours could not hold a number."""
    columns = execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_name LIKE 'cards_%%' AND column_name ~ '(pan|number|cvc|cvv|track)'",
        [],
    )
    assert columns == []
    till.card()
    for row in StoredCard.objects.filter(seller_id=till.trade.seller.id).values():
        assert not [one for one in row.values() if str(one).isdigit() and len(str(one)) > 4]
