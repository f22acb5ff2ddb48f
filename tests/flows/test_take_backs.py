"""What was recorded as shipped is taken back before it is billed; once it is billed it is credited.

The fixture ``trade`` checks the books after each test. Amounts are cents.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.flows.billing import days_after, invoices, run, scheduled, sell, ship, work
from tests.flows.racing import at_once, unless
from tests.flows.trading import Trade
from usance.flows import billing_runs, fulfilment, onboarding, shipping, take_backs
from usance.flows.refusals import NotFound, WrongState
from usance.flows.take_backs import ShipmentBilled
from usance.records.identity import new_id
from usance.records.orders import billing_queries, queries
from usance.records.orders.models import Order, Shipment
from usance.rules.allowances import allowance_or_charge
from usance.rules.orders import Line


def take_back(trade: Trade, shipment: Shipment) -> Shipment:
    return take_backs.take_back_shipment(trade.seller, shipment_id=shipment.id, **trade.act)


def test_the_order_is_as_it_was_before(trade: Trade) -> None:
    scheduled(trade, "monthly:last")
    order = trade.order(122_000, 22_000, lines=[Line("Bolts", 122_000, 22_000)])
    before = vars(trade.stored(Order, order.id))
    held = (trade.counters(), trade.balances())
    shipment = ship(trade, order, external_id="DN-1").shipment
    back = take_back(trade, shipment)
    assert back.canceled_at == trade.at
    after = vars(trade.stored(Order, order.id))
    assert {k: v for k, v in after.items() if k != "_state"} == {
        k: v for k, v in before.items() if k != "_state"
    }
    assert (trade.counters(), trade.balances()) == held
    assert trade.events(shipment) == [
        ("shipment.created", None, 0),
        ("shipment.canceled", None, 0),
    ]
    assert billing_queries.unbilled(seller_id=trade.seller.id) == []
    assert not queries.shipments(seller_id=trade.seller.id, billed=False)
    # The same goods ship once more, and only that is billed.
    again = ship(trade, order).shipment
    run(days_after(trade, 60), (trade.at.date().replace(day=31)))
    [invoice] = invoices(trade)
    assert (invoice.amount, invoice.tax_amount) == (122_000, 22_000)
    assert trade.stored(Shipment, again.id).billed
    assert not trade.stored(Shipment, shipment.id).billed


def test_freight_of_the_order_is_open_again_and_that_of_the_shipment_is_gone(trade: Trade) -> None:
    scheduled(trade, "monthly:last")
    freight = allowance_or_charge(
        kind="charge", net=1_000, reason="Freight", reason_code="FC", tax_rate=Decimal(22)
    )
    goods = Line("Bolts", 122_000, 22_000)
    order = trade.order(123_220, 22_220, lines=[goods, freight])
    before = trade.stored(Order, order.id)
    held = trade.counters()
    pallet = allowance_or_charge(kind="charge", net=500, reason="Pallet", tax_rate=Decimal(22))
    shipment = ship(trade, order, charges=[pallet]).shipment
    assert trade.counters() == {"commitments": 123_830}
    take_back(trade, shipment)
    kept = trade.stored(Order, order.id)
    assert (kept.amount, kept.tax_amount, kept.lines) == (
        before.amount,
        before.tax_amount,
        before.lines,
    )
    assert (trade.counters(), kept.remaining) == (held, 123_220)
    again = ship(trade, order).shipment
    assert (again.amount, [line["description"] for line in again.lines]) == (
        123_220,
        ["Bolts", "Freight"],
    )


def test_one_of_several_is_taken_back(trade: Trade) -> None:
    order = scheduled(trade, "per_order").order(10_000, 1_000)
    first = ship(trade, order, 3_000).shipment
    second = ship(trade, order, 3_000).shipment
    take_back(trade, first)
    kept = trade.stored(Order, order.id)
    assert (kept.shipped_amount, kept.shipped_tax, kept.remaining) == (3_000, 300, 7_000)
    last = ship(trade, order)
    assert last.invoice is not None, "the order is complete once the rest has shipped"
    assert last.invoice.amount == 10_000
    assert trade.stored(Shipment, second.id).billed


def test_an_order_whose_rest_was_let_go_may_be_let_go_whole(trade: Trade) -> None:
    order = scheduled(trade, "monthly:last").order(10_000)
    shipment = ship(trade, order, 4_000).shipment
    fulfilment.void_remaining(trade.seller, order_id=order.id, **trade.act)
    take_back(trade, shipment)
    kept = trade.stored(Order, order.id)
    assert (kept.state, kept.remaining, kept.voided_amount) == ("authorized", 4_000, 6_000)
    fulfilment.cancel_order(trade.seller, order_id=order.id, **trade.act)
    assert trade.counters() == {}


def test_twice_is_once(trade: Trade) -> None:
    order = scheduled(trade, "monthly:last").order(10_000)
    shipment = ship(trade, order, 4_000).shipment
    take_back(trade, shipment)
    take_back(days_after(trade, 1), shipment)
    assert trade.stored(Order, order.id).remaining == 10_000
    assert trade.stored(Shipment, shipment.id).canceled_at == trade.at
    fulfilment.cancel_order(trade.seller, order_id=order.id, **trade.act)
    take_back(trade, shipment)
    assert [name for name, *_ in trade.events(shipment)].count("shipment.canceled") == 1


def test_what_is_billed_is_credited_instead(trade: Trade) -> None:
    shipped = sell(trade, 1_000)
    assert shipped.invoice is not None
    with pytest.raises(ShipmentBilled, match=f"{shipped.invoice.number}; credit that") as refused:
        take_back(trade, shipped.shipment)
    assert refused.value.code == "shipment_billed"
    assert trade.stored(Shipment, shipped.shipment.id).canceled_at is None
    with pytest.raises(IntegrityError, match="billed_or_taken_back"), transaction.atomic():
        Shipment.objects.filter(seller_id=trade.seller.id, id=shipped.shipment.id).update(
            canceled_at=trade.at
        )


def test_what_is_taken_back_does_not_arrive(trade: Trade) -> None:
    order = scheduled(trade, "monthly:last").order(10_000)
    shipment = ship(trade, order).shipment
    take_back(trade, shipment)
    with pytest.raises(WrongState, match="taken back"):
        shipping.deliver_shipment(
            trade.seller, shipment_id=shipment.id, delivered_on=trade.at.date(), **trade.act
        )


def test_only_the_sellers_own(trade: Trade) -> None:
    order = scheduled(trade, "monthly:last").order(10_000)
    shipment = ship(trade, order).shipment
    stranger = onboarding.create_seller(
        name="Stranger",
        handle=f"stranger-{new_id().hex[-12:]}",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=trade.at,
    )
    with pytest.raises(NotFound):
        take_backs.take_back_shipment(stranger, shipment_id=shipment.id, **trade.act)
    assert trade.stored(Shipment, shipment.id).canceled_at is None


def test_a_billing_run_bills_it_or_it_is_taken_back(trade: Trade) -> None:
    """At the same moment, some of each: never both, and never neither."""
    scheduled(trade, "daily")
    outcomes: set[str] = set()
    for _ in range(6):
        shipments = [ship(trade, trade.order(1_000, 100)).shipment for _ in range(4)]
        opened = billing_runs.open_run(trade.seller, cut_off_on=trade.at.date(), **trade.act)
        acts: list[Any] = [partial(work, trade, opened)]
        acts += [unless(ShipmentBilled, partial(take_back, trade, one)) for one in shipments]
        acts += [unless(ShipmentBilled, partial(take_back, trade, shipments[0]))]
        _, *answers = at_once(acts)
        # What was locked away from the run is left to the next one.
        run(trade)
        for shipment, answer in zip(shipments, answers[:4], strict=True):
            kept = trade.stored(Shipment, shipment.id)
            refused = isinstance(answer, ShipmentBilled)
            assert (kept.billed, kept.canceled_at is None) == (refused, refused)
            outcomes.add("billed" if kept.billed else "taken back")
        if outcomes == {"billed", "taken back"}:
            break
    taken = Shipment.objects.filter(seller_id=trade.seller.id, canceled_at__isnull=False).count()
    billed = Shipment.objects.filter(seller_id=trade.seller.id, billed=True).count()
    assert sum(invoice.amount for invoice in invoices(trade)) == billed * 1_000
    assert trade.counters().get("commitments", 0) == taken * 1_000
