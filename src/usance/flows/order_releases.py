"""Whether goods of orders may leave: their state, their debits, and what their cards hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from usance.flows.cards.shipments import short_orders
from usance.flows.debits import shipments
from usance.flows.debits.shipments import Release
from usance.flows.order_books import HELD
from usance.records.orders.models import Order
from usance.records.parties.models import Seller


def releases_of(seller: Seller, orders: Sequence[Order], *, at: datetime) -> dict[UUID, Release]:
    """What each of the orders waits for, if for anything, by id; what a shipment of all that remains
    would be refused for. As many queries for a page of them as for one."""
    open_ = [order for order in orders if order.state in HELD]
    found = {
        order.id: Release(may_ship=False, waits_for="order")
        for order in orders
        if order.state not in HELD
    }
    if not open_:
        return found
    found |= shipments.releases_of(seller, open_, at=at)
    for order_id in short_orders(seller, open_):
        if found[order_id].may_ship:
            after = found[order_id].ship_after
            found[order_id] = Release(may_ship=False, ship_after=after, waits_for="card")
    return found
