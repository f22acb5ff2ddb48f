"""A card follows its order: as it grows, ships in parts, ends, and as time passes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.flows import books
from tests.flows.paying import Till, invoice_of, payments, secured
from usance.flows import fulfilment, order_releases, shipping
from usance.flows.cards import authorizing, notices, pages, sending, tending
from usance.flows.cards.pages import About
from usance.flows.cards.shipments import CardShort
from usance.flows.debits.shipments import Release
from usance.gateways.errors import Malformed, NotCovered
from usance.gateways.psp import Authorization
from usance.records.cards.models import CardInstruction, SecuredOrder
from usance.records.events.models import Event
from usance.records.orders.models import Order
from usance.rules.allowances import allowance_or_charge


def test_what_grows_is_raised_where_the_network_allows(till: Till) -> None:
    order, held = secured(till)
    fulfilment.adjust_order(till.trade.seller, order_id=order.id, amount=26_000, **till.trade.act)
    till.work()
    assert [(a.state, a.authorized) for a in till.all()] == [("authorized", 26_000)]
    assert invoice_of(till, order).outstanding == 0
    assert till.now(held).captured == 26_000


def test_else_the_difference_is_authorized_beside(till: Till) -> None:
    card = till.card()
    till.provider.no_increase.add(card.token)
    order = till.trade.order(20_000)
    till.authorize(card, order_id=order.id)
    fulfilment.adjust_order(till.trade.seller, order_id=order.id, amount=26_000, **till.trade.act)
    till.work()
    assert [(a.state, a.authorized) for a in till.all()] == [
        ("authorized", 20_000),
        ("authorized", 6_000),
    ]
    invoice = invoice_of(till, order)
    assert invoice.outstanding == 0
    assert sorted(payment.amount for payment in payments(till)) == [6_000, 20_000]


def test_a_network_that_only_says_so_when_asked(till: Till) -> None:
    card = till.card()
    order = till.trade.order(20_000)
    held = till.authorize(card, order_id=order.id)
    known = till.provider.held[held.reference]
    till.provider.held[held.reference] = replace(known, can_increase=False)
    fulfilment.adjust_order(till.trade.seller, order_id=order.id, amount=21_000, **till.trade.act)
    till.work()
    assert ("increase", "refused") in till.instructions()
    assert [a.authorized for a in till.all()] == [20_000, 1_000]


def test_else_the_buyer_is_asked_once_and_pays_by_another_card(till: Till) -> None:
    card = till.card()
    till.provider.no_increase.add(card.token)
    order = till.trade.order(20_000)
    till.authorize(card, order_id=order.id)
    till.provider.declines[card.token] = "lost_or_stolen"
    fulfilment.adjust_order(till.trade.seller, order_id=order.id, amount=26_000, **till.trade.act)
    till.work()
    short = SecuredOrder.objects.get(seller_id=till.trade.seller.id)
    assert (short.short, short.asked_at) == (6_000, till.at)
    told = Event.objects.filter(seller_id=till.trade.seller.id, type="order.card_short")
    assert told.count() == 1
    ship: dict[str, Any] = {"order_id": order.id} | till.trade.act
    assert not releases(till, order).may_ship
    for act in (fulfilment.invoice_order, shipping.ship_order):
        with (
            pytest.raises(CardShort, match="20000 minor units"),
            books.nothing_written(till.trade.seller),
        ):
            act(till.trade.seller, **ship)
    till.later(hours=1).work()
    assert told.count() == 1
    page = pages.want_page(
        till.trade.seller, buyer_id=till.trade.buyer.id, kind="authorize",
        about=About(order_id=order.id, amount=6_000), return_url="https://x.example",
        **till.trade.act,
    )  # fmt: skip
    till.visit(page.id)
    till.work()
    short.refresh_from_db()
    assert short.short == 0
    assert invoice_of(till, order).outstanding == 0


def releases(till: Till, order: Order) -> Release:
    order = till.order(order)
    return order_releases.releases_of(till.trade.seller, [order], at=till.at)[order.id]


def test_goods_leave_as_far_as_the_card_bears_them(till: Till) -> None:
    order = till.trade.order(20_000)
    made = authorizing.request_authorization(
        till.trade.seller, card_id=till.card().id, order_id=order.id, **till.trade.act
    )
    with pytest.raises(CardShort):  # the card has not been asked yet
        fulfilment.invoice_order(till.trade.seller, order_id=order.id, **till.trade.act)
    assert releases(till, order).waits_for == "card"
    till.work()
    assert releases(till, order).may_ship
    freight = allowance_or_charge(kind="charge", net=1_000, reason="Freight", tax_amount=0)
    fulfilment.invoice_order(
        till.trade.seller, order_id=order.id, charges=[freight], **till.trade.act
    )
    till.work()
    assert till.now(made).captured == 20_000
    till.work()
    assert sum(row.captured for row in till.all()) == 21_000
    assert releases(till, order) == Release(may_ship=False, waits_for="order")


def test_a_refusal_that_may_pass_is_tried_again(till: Till) -> None:
    card = till.card()
    till.provider.no_increase.add(card.token)
    order = till.trade.order(20_000)
    till.authorize(card, order_id=order.id)
    till.provider.declines[card.token] = "insufficient_funds"
    fulfilment.adjust_order(till.trade.seller, order_id=order.id, amount=26_000, **till.trade.act)
    till.work()
    assert SecuredOrder.objects.get(seller_id=till.trade.seller.id).short == 6_000
    del till.provider.declines[card.token]
    till.later(days=1).work()
    assert [a.state for a in till.all()] == ["authorized", "declined"]
    till.later(days=3).work()
    assert [a.state for a in till.all()] == ["authorized", "declined", "authorized"]
    assert SecuredOrder.objects.get(seller_id=till.trade.seller.id).short == 0


def test_a_part_is_captured_and_the_rest_held_anew(till: Till) -> None:
    order, held = secured(till)
    first = invoice_of(till, order, 8_000)
    assert first.outstanding == 0
    assert [(a.state, a.captured, a.capturable) for a in till.all()] == [
        ("captured", 8_000, 0),
        ("authorized", 0, 12_000),
    ]
    assert till.line().secured == 12_000
    fulfilment.void_remaining(till.trade.seller, order_id=order.id, **till.trade.act)
    till.work()
    assert [a.state for a in till.all()] == ["captured", "voided"]
    assert till.line().secured == 0
    assert till.now(held).refunded == 0


def test_an_order_that_is_canceled_lets_go_of_the_card(till: Till) -> None:
    order, _ = secured(till)
    fulfilment.cancel_order(till.trade.seller, order_id=order.id, **till.trade.act)
    till.work()
    assert [a.state for a in till.all()] == ["voided"]
    assert not SecuredOrder.objects.get(seller_id=till.trade.seller.id).is_open
    assert till.provider.held[till.all()[0].reference].state == "voided"


def test_what_runs_out_is_renewed_before_and_the_old_let_go(till: Till) -> None:
    _, held = secured(till)
    late = till.later(days=6.5)
    late.work()
    states = [(a.state, a.capturable) for a in till.all()]
    assert states == [("voided", 0), ("authorized", 20_000)]
    assert till.all()[1].renews_id == held.id
    assert till.line().secured == 20_000
    late.work()
    assert len(till.all()) == 2


def test_what_is_renewed_widens_the_line_once(till: Till) -> None:
    _, held = secured(till)
    late = till.later(days=6.5)
    tending.tend(seller_id=held.seller_id, order_id=held.order_id, at=late.at)
    [instruction] = CardInstruction.objects.filter(seller_id=held.seller_id, state="queued")
    told: dict[str, Any] = {
        "seller_id": held.seller_id,
        "at": late.at,
        "chance": 0.0,
        "provider": till.provider,
    }
    sending.attend(instruction_id=instruction.id, **told)
    assert [a.state for a in till.all()] == ["authorized", "authorized"]
    assert [a.secured for a in till.all()] == [0, 20_000]
    assert till.line().secured == 20_000
    late.work()
    assert till.line().secured == 20_000


def test_what_has_run_out_secures_nothing_where_the_provider_cannot_be_asked(till: Till) -> None:
    held = till.authorize(till.card(), amount=20_000, currency="EUR", order_reference="S-1")
    late = till.later(days=7.5)
    notices.refresh_run_out(at=late.at)  # at Stripe, with a key that is none
    assert (till.now(held).state, till.now(held).secured, till.line().secured) == (
        "authorized", 0, 0,
    )  # fmt: skip
    notices.refresh(till.trade.seller, till.now(held), at=late.at, provider=till.provider)
    assert till.line().secured == 20_000  # it holds longer than it was said to


def test_a_capture_that_the_provider_does_not_take_is_not_asked_for_without_end(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, _ = secured(till)

    def refuse(reference: str, **said: Any) -> Authorization:
        raise NotCovered("Round it.", counterpart="Memory", detail="KWD")

    monkeypatch.setattr(till.provider, "capture", refuse)
    assert invoice_of(till, order).outstanding == 20_000
    till.later(minutes=5).work()
    assert till.instructions() == [("authorize", "done"), ("capture", "refused")]
    monkeypatch.undo()
    till.later(hours=7).work()
    assert till.instructions()[2:] == [("capture", "done")]


def test_money_of_another_currency_is_not_booked_as_if_it_were_ours(till: Till) -> None:
    held = till.authorize(till.card(), amount=20_000, currency="EUR")
    told = till.provider.held[held.reference]
    till.provider.held[held.reference] = replace(told, currency="JPY", captured=33_000)
    with pytest.raises(Malformed):
        notices.refresh(till.trade.seller, held, at=till.at, provider=till.provider)
    assert payments(till) == []


def test_what_the_network_let_go_of_secures_nothing_and_is_held_anew(till: Till) -> None:
    _, held = secured(till)
    till.provider.expire(held.reference)
    late = till.later(days=8)
    late.notice("evt_1", "authorization", held.reference)
    late.work()
    assert [a.state for a in till.all()] == ["expired", "authorized"]
    assert till.line().secured == 20_000
