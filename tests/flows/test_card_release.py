"""An order is released from its card: it stands on its buyer's credit then, or stays where it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.flows import books
from tests.flows.paying import Till, invoice_of, secured
from usance.flows import credit_lines, order_releases
from usance.flows.cards import authorizing, notices, pages, releasing
from usance.flows.cards.pages import About
from usance.flows.cards.releasing import CardBusy, NotSecured
from usance.flows.refusals import LimitExceeded, WrongFields, WrongState
from usance.records.cards.models import SecuredOrder
from usance.records.events.models import Event
from usance.records.orders.models import Order


def release(till: Till, order: Order, reason: str = "We know them by now.") -> Order:
    return releasing.release_from_card(
        till.trade.seller, order_id=order.id, reason=reason, **till.trade.act
    )


def limit(till: Till, amount: int) -> None:
    credit_lines.set_credit_line(
        till.trade.seller, buyer_id=till.trade.buyer.id, currency="EUR", limit=amount,
        **till.trade.act,
    )  # fmt: skip


def test_the_order_counts_against_the_limit_and_the_card_is_let_go(till: Till) -> None:
    order, held = secured(till)
    limit(till, 20_000)
    with pytest.raises(WrongFields), books.nothing_written(till.trade.seller):
        release(till, order, "  ")
    release(till, order)
    assert (till.now(held).state, till.line().secured) == ("authorized", 0)
    # A notice that comes before the provider is told gives the card nothing to bear again.
    notices.refresh(till.trade.seller, till.now(held), at=till.at, provider=till.provider)
    assert till.line().secured == 0
    till.work()
    assert till.now(held).state == till.provider.held[held.reference].state == "voided"
    [told] = Event.objects.filter(seller_id=till.trade.seller.id, type="order.card_released")
    assert told.data == {"amount": 20_000, "reason": "We know them by now.", "external_id": None}
    with pytest.raises(NotSecured), books.nothing_written(till.trade.seller):
        release(till, order)
    order = till.order(order)
    assert order_releases.releases_of(till.trade.seller, [order], at=till.at)[order.id].may_ship
    invoice = invoice_of(till, order)
    assert (invoice.state, invoice.outstanding, len(till.all())) == ("open", 20_000, 1)


def test_a_line_that_does_not_bear_it_keeps_the_card(till: Till) -> None:
    order, held = secured(till)
    other, _ = secured(till, 5_000)
    # What another card holds bears its own order and nothing of this one.
    limit(till, 19_999)
    with (
        pytest.raises(LimitExceeded, match="1 minor units"),
        books.nothing_written(till.trade.seller),
    ):
        release(till, order)
    limit(till, 20_000)
    line: dict[str, Any] = {"buyer_id": till.trade.buyer.id, "currency": "EUR"} | till.trade.act
    credit_lines.change_line_state(till.trade.seller, state="on_hold", **line)
    with pytest.raises(LimitExceeded, match="on_hold"), books.nothing_written(till.trade.seller):
        release(till, order)
    credit_lines.change_line_state(till.trade.seller, state="active", **line)
    release(till, order)
    till.work()
    assert till.now(held).state == "voided"
    assert till.line().secured == 5_000
    assert SecuredOrder.objects.get(seller_id=other.seller_id, order_id=other.id).is_open
    with pytest.raises(LimitExceeded):
        release(till, other)


def test_nothing_is_let_go_while_the_provider_is_being_told(till: Till) -> None:
    order = till.trade.order(20_000)
    card = till.card()
    authorizing.request_authorization(
        till.trade.seller, card_id=card.id, order_id=order.id, **till.trade.act
    )
    with pytest.raises(CardBusy), books.nothing_written(till.trade.seller):
        release(till, order)
    till.work()
    release(till, order)
    # Given again, the card secures it again.
    till.work()
    again = till.authorize(card, order_id=order.id)
    assert (again.state, till.line().secured) == ("authorized", 20_000)
    assert invoice_of(till, order).outstanding == 0
    with pytest.raises(WrongState):
        release(till, order)


def test_what_is_held_under_the_name_of_the_order_is_let_go_too(till: Till) -> None:
    held = till.authorize(till.card(), amount=20_000, currency="EUR", order_reference="S-1")
    order = till.trade.order(20_000, external_id="S-1")
    release(till, order)
    till.work()
    assert (till.now(held).state, till.now(held).order_id) == ("voided", order.id)
    assert till.line().secured == 0


def test_an_invoice_that_the_card_did_not_pay_is_left_to_the_buyer(till: Till) -> None:
    order, held = secured(till)
    till.provider.declines[held.card.token] = "lost_or_stolen"
    till.provider.expire(held.reference)
    invoice = invoice_of(till, order)
    assert SecuredOrder.objects.get(seller_id=order.seller_id).short == 20_000
    release(till, order)
    till.later(days=40).work()
    now = SecuredOrder.objects.get(seller_id=order.seller_id)
    assert (now.is_open, now.short) == (False, 0)
    assert {row.state for row in till.all()} <= {"voided", "expired", "declined"}
    invoice.refresh_from_db()
    assert invoice.outstanding == 20_000


def test_a_card_that_is_given_meanwhile_waits_for_the_order(till: Till) -> None:
    order, _ = secured(till)
    page = pages.want_page(
        till.trade.seller, buyer_id=till.trade.buyer.id, kind="authorize",
        about=About(order_id=order.id, amount=6_000), return_url="https://x.example",
        **till.trade.act,
    )  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        till.visit(page.id)
    # Whoever releases or tends the order locks it, with its credit line, before what secures it.
    locked = [
        table
        for one in asked.captured_queries
        for table in ("orders_order", "cards_securedorder")
        if f'FROM "{table}"' in one["sql"] and one["sql"].endswith("FOR NO KEY UPDATE")
    ]
    assert locked == ["orders_order", "cards_securedorder"]
