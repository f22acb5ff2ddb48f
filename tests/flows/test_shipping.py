"""What ships is billed at once, with its order, or at the cut-off; and is nobody's to void any more.

The fixture ``trade`` checks the books after each test. Amounts are cents.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest

from tests.flows import books
from tests.flows.billing import days_after, document, invoices, parts, run, scheduled, sell, ship
from tests.flows.racing import at_once, unless
from tests.flows.trading import Trade
from usance.flows import calendar, fulfilment, shipping
from usance.flows.refusals import AmountTooLarge, Duplicate, NotFound, Refused, WrongState
from usance.records.identity import new_id
from usance.records.invoices.models import Invoice, InvoicePart
from usance.records.orders.models import Order, Shipment
from usance.rules.orders import InvalidOrder, Line, LinesDoNotAddUp


def test_a_shipment_is_invoiced_at_once_where_nothing_else_was_agreed(trade: Trade) -> None:
    order = trade.order(122_000, 22_000, lines=[Line("Bolts", 122_000, 22_000)])
    shipped = ship(trade, order, tracking="1Z999", external_id="W-1")
    assert shipped.invoice is not None
    assert (shipped.invoice.number, shipped.invoice.amount) == ("INV-2026-000001", 122_000)
    assert shipped.invoice.order_id == order.id
    assert trade.stored(Shipment, shipped.shipment.id).billed
    [part] = parts(shipped.invoice)
    assert (part.shipment_id, part.amount, part.tax_amount) == (
        shipped.shipment.id,
        122_000,
        22_000,
    )
    assert trade.stored(Order, order.id).state == "invoiced"
    assert trade.balances() == {"receivable": 122_000, "revenue": -100_000, "tax": -22_000}
    assert trade.events(shipped.shipment) == [("shipment.created", None, 0)]


def test_what_waits_for_the_cut_off_stays_held(trade: Trade) -> None:
    order = scheduled(trade, "monthly:last").order(10_000, 2_000)
    shipped = ship(trade, order, 4_000)
    assert shipped.invoice is None
    kept = trade.stored(Order, order.id)
    assert (kept.state, kept.shipped_amount, kept.shipped_tax) == ("authorized", 4_000, 800)
    assert (kept.remaining, kept.held) == (6_000, 10_000)
    assert trade.counters() == {"commitments": 10_000}
    assert trade.balances() == {"commitments": 10_000}
    assert trade.events(order)[1:] == []


def test_an_order_is_billed_when_it_is_complete(trade: Trade) -> None:
    order = scheduled(trade, "per_order").order(10_000, 1_000)
    assert ship(trade, order, 3_000).invoice is None
    assert ship(trade, order, 3_000).invoice is None
    last = ship(trade, order)
    assert last.invoice is not None
    assert (last.invoice.amount, last.invoice.tax_amount) == (10_000, 1_000)
    assert [part.amount for part in parts(last.invoice)] == [3_000, 3_000, 4_000]
    assert trade.stored(Order, order.id).state == "invoiced"


def test_an_order_is_billed_when_its_rest_will_not_ship(trade: Trade) -> None:
    order = scheduled(trade, "per_order").order(10_000)
    ship(trade, order, 3_000)
    fulfilment.void_remaining(trade.seller, order_id=order.id, **trade.act)
    [invoice] = invoices(trade)
    assert invoice.amount == 3_000
    kept = trade.stored(Order, order.id)
    assert (kept.state, kept.voided_amount, kept.shipped_amount) == ("invoiced", 7_000, 0)
    assert trade.counters() == {"receivable": 3_000}
    assert [name for name, *_ in trade.events(order)[1:]] == ["order.voided", "order.invoiced"]


def test_what_has_shipped_cannot_be_let_go(trade: Trade) -> None:
    order = scheduled(trade, "monthly:last").order(10_000)
    ship(trade, order, 4_000)
    with books.refused(trade.seller, WrongState):
        fulfilment.cancel_order(trade.seller, order_id=order.id, **trade.act)
    with books.refused(trade.seller, AmountTooLarge):
        fulfilment.adjust_order(trade.seller, order_id=order.id, amount=4_000, **trade.act)
    with books.refused(trade.seller, AmountTooLarge):
        ship(trade, order, 6_001)
    with books.refused(trade.seller, AmountTooLarge):
        fulfilment.invoice_order(trade.seller, order_id=order.id, amount=6_001, **trade.act)
    fulfilment.void_remaining(trade.seller, order_id=order.id, **trade.act)
    kept = trade.stored(Order, order.id)
    assert (kept.state, kept.held, kept.remaining) == ("authorized", 4_000, 0)
    assert trade.counters() == {"commitments": 4_000}
    for act in (fulfilment.void_remaining, fulfilment.cancel_order, fulfilment.invoice_order):
        with books.refused(trade.seller, WrongState):
            act(trade.seller, order_id=order.id, **trade.act)
    assert run(trade, date(2026, 3, 2)).buyers_total == 0, "the month is not over"
    month_later = days_after(trade, 29)
    run(month_later)
    assert trade.stored(Order, order.id).state == "invoiced"
    assert trade.counters() == {"receivable": 4_000}


def test_an_order_that_has_shipped_does_not_run_out(trade: Trade) -> None:
    waits = scheduled(trade, "monthly:last")
    whole, half = waits.order(10_000), waits.order(8_000)
    ship(trade, whole)
    ship(trade, half, 3_000)
    later = days_after(trade, 200)
    with books.refused(trade.seller, WrongState):
        fulfilment.expire_order(trade.seller, order_id=whole.id, **later.act)
    assert calendar.expire_orders(seller_id=trade.seller.id, at=later.at, by="calendar") == 1
    assert calendar.expire_orders(seller_id=trade.seller.id, at=later.at, by="calendar") == 0
    assert trade.stored(Order, whole.id).held == 10_000
    kept = trade.stored(Order, half.id)
    assert (kept.state, kept.voided_amount, kept.held) == ("authorized", 5_000, 3_000)
    run(later)
    assert {trade.stored(Order, one.id).state for one in (whole, half)} == {"invoiced"}
    assert trade.counters() == {"receivable": 13_000}


def test_an_order_may_ship_in_part_and_be_invoiced_in_part(trade: Trade) -> None:
    order = scheduled(trade, "monthly:last").order(10_000, 2_000)
    ship(trade, order, 4_000)
    now = fulfilment.invoice_order(trade.seller, order_id=order.id, amount=3_000, **trade.act)
    assert (now.amount, now.tax_amount) == (3_000, 600)
    assert trade.stored(Order, order.id).state == "partially_invoiced"
    ship(trade, order)
    run(days_after(trade, 29))
    assert [(one.amount, one.tax_amount) for one in invoices(trade)] == [
        (3_000, 600),
        (7_000, 1_400),
    ]
    assert trade.stored(Order, order.id).state == "invoiced"


def test_a_larger_order_counts_what_it_holds_already(trade: Trade) -> None:
    """What has shipped and what remains are both the order's own."""
    order = scheduled(trade, "monthly:last").order(600_000)
    ship(trade, order, 500_000)
    fulfilment.adjust_order(trade.seller, order_id=order.id, amount=1_000_000, **trade.act)
    assert trade.counters() == {"commitments": 1_000_000}


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"amount": 10_001}, AmountTooLarge),
        ({"amount": 0}, InvalidOrder),
        ({"amount": -1}, InvalidOrder),
        ({"amount": 5_000, "tax_amount": 2_001}, InvalidOrder),
        ({"amount": 9_000, "tax_amount": 0}, InvalidOrder),
        ({"amount": 5_000, "lines": [Line("Bolts", 4_999)]}, LinesDoNotAddUp),
        ({"shipped_on": date(2026, 3, 3)}, InvalidOrder),
        ({"delivered_on": date(2026, 3, 3)}, InvalidOrder),
        ({"shipped_on": date(2026, 3, 1), "delivered_on": date(2026, 2, 28)}, InvalidOrder),
    ],
)
@pytest.mark.parametrize("schedule", ["per_shipment", "monthly:last"])
def test_what_cannot_ship(
    trade: Trade, schedule: str, fields: dict[str, Any], error: type[Exception]
) -> None:
    order = scheduled(trade, schedule).order(10_000, 2_000)
    with books.refused(trade.seller, error):
        ship(trade, order, **fields)


def test_nothing_ships_of_what_is_not_there_or_not_authorized(trade: Trade) -> None:
    canceled = trade.order(1_000)
    fulfilment.cancel_order(trade.seller, order_id=canceled.id, **trade.act)
    with books.refused(trade.seller, WrongState):
        ship(trade, canceled)
    with books.refused(trade.seller, NotFound):
        shipping.ship_order(trade.seller, order_id=new_id(), **trade.act)
    with books.refused(trade.seller, NotFound):
        shipping.deliver_shipment(
            trade.seller, shipment_id=new_id(), delivered_on=date(2026, 3, 2), **trade.act
        )


@pytest.mark.parametrize("schedule", ["per_shipment", "per_order", "weekly:fri"])
def test_the_same_shipment_is_taken_once(trade: Trade, schedule: str) -> None:
    order = scheduled(trade, schedule).order(10_000)
    ship(trade, order, 4_000, external_id="W-1")
    with books.refused(trade.seller, Duplicate):
        ship(trade, order, 4_000, external_id="W-1")
    assert trade.stored(Order, order.id).remaining == 6_000


@pytest.mark.parametrize("schedule", ["per_shipment", "per_order", "weekly:fri"])
def test_shipments_that_race_take_no_more_than_the_order(trade: Trade, schedule: str) -> None:
    order = scheduled(trade, schedule).order(10_000, 1_000)
    act = unless(Refused, partial(ship, trade, order, 3_000))
    made = at_once([act] * 8)
    assert sum(not isinstance(one, Refused) for one in made) == 3
    kept = trade.stored(Order, order.id)
    assert kept.invoiced_amount + kept.shipped_amount == 9_000
    assert [one.sequence for one in invoices(trade)] == list(range(1, len(invoices(trade)) + 1))


def test_the_day_of_delivery_is_said_once(trade: Trade) -> None:
    shipment = sell(trade, 1_000).shipment
    later = days_after(trade, 3)

    def deliver(day: int) -> Shipment:
        return shipping.deliver_shipment(
            trade.seller,
            shipment_id=shipment.id,
            delivered_on=date(2026, 3, day),
            **later.act,
        )

    with books.refused(trade.seller, InvalidOrder):
        deliver(1)
    with books.refused(trade.seller, InvalidOrder):
        deliver(6)
    assert deliver(4).delivered_on == date(2026, 3, 4)
    with books.nothing_written(trade.seller):
        deliver(4)
    with books.refused(trade.seller, WrongState):
        deliver(5)
    assert trade.events(shipment)[-1][0] == "shipment.delivered"


def test_a_shipment_cannot_be_billed_twice_whatever_the_code_does(trade: Trade) -> None:
    """The database itself refuses a second part for a shipment."""
    from django.db import IntegrityError, transaction

    shipped = sell(trade, 1_000)
    assert shipped.invoice is not None
    with pytest.raises(IntegrityError, match="shipment_once"), transaction.atomic():
        InvoicePart.objects.create(
            seller_id=trade.seller.id,
            created_at=trade.at,
            invoice_id=shipped.invoice.id,
            order_id=shipped.shipment.order_id,
            shipment_id=shipped.shipment.id,
            amount=1_000,
            tax_amount=0,
        )


@pytest.mark.parametrize(
    ("base", "due"),
    [
        ("invoice", date(2026, 4, 1)),
        ("shipment", date(2026, 3, 26)),
        ("delivery", date(2026, 3, 29)),
        ("month_end", date(2026, 4, 30)),
    ],
)
def test_terms_run_from_the_day_that_was_agreed(trade: Trade, base: str, due: date) -> None:
    shipped = sell(
        scheduled(trade, "per_shipment", terms_base=base),
        1_000,
        shipped_on=date(2026, 2, 24),
        delivered_on=date(2026, 2, 27),
    )
    assert shipped.invoice is not None
    assert shipped.invoice.due_on == due
    assert document(shipped.invoice).due_on == due
    assert trade.stored(Invoice, shipped.invoice.id).schedule == [
        {"amount": 1_000, "due_on": str(due)}
    ]


def test_a_due_date_is_moved_to_a_working_day_of_the_buyer(trade: Trade) -> None:
    # Net 30 from 4 March is Good Friday's day after; Germany works again on Tuesday.
    later = days_after(trade, 2)
    scheduled(later, "per_shipment", calendar="buyer", move="next")
    shipped = sell(later, 1_000)
    assert shipped.invoice is not None
    assert shipped.invoice.due_on == date(2026, 4, 7)


@pytest.mark.parametrize("ending", ["ships", "voided"])
def test_an_order_that_went_to_two_countries_is_two_invoices(trade: Trade, ending: str) -> None:
    """Goods that stay and goods that leave are not of one category of tax."""
    scheduled(trade, "per_order", vat_id="DE136695976", country="DE")
    order = trade.order(20_000)
    ship(trade, order, 10_000, ship_to={"country": "DE", "city": "Hamburg"})
    made = ship(
        trade,
        order,
        10_000 if ending == "ships" else 4_000,
        ship_to={"country": "FR", "city": "Lyon"},
    )
    if ending == "voided":
        fulfilment.void_remaining(trade.seller, order_id=order.id, **trade.act)
    issued = invoices(trade)
    assert len(issued) == 2
    places = {
        document(one).delivery.address.country  # type: ignore[union-attr]
        for one in issued
    }
    assert places == {"DE", "FR"}
    if ending == "ships":
        assert made.invoice is not None
        assert document(made.invoice).delivery.address.city == "Lyon"  # type: ignore[union-attr]
    assert trade.stored(Order, order.id).state == "invoiced"
