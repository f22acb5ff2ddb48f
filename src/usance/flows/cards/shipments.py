"""Goods of an order that a card secures leave as far as the card bears them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from usance.flows.order_books import HELD
from usance.flows.refusals import Conflict
from usance.records.cards import shipment_queries
from usance.records.orders.models import Order
from usance.records.parties.models import Seller


class CardShort(Conflict):
    """The cards of the order hold less than is to be shipped; the text says how much, and what to do."""

    code = "card_short"


def require_covered(seller: Seller, *, order: Order, amount: int) -> None:
    """Raise CardShort where cards secure the locked ``order``, do not do, and hold less than ``amount``
    more minor units, beside what has shipped and is not taken yet."""
    found = shipment_queries.covers(seller_id=seller.id, order_ids=[order.id])
    if not found or found[0].bears(amount):
        return
    [cover] = found
    free = max(cover.held - cover.shipped, 0)
    raise CardShort(
        f"The cards of the order hold {free} minor units for what is still to ship, and {amount} are to"
        " ship now. Ship what they hold, have the difference authorized (`POST"
        " /v1/card-authorizations`), send the buyer a pay link for another card, or adjust the order."
    )


def short_orders(seller: Seller, orders: Sequence[Order]) -> set[UUID]:
    """Which of the orders wait for a card to hold what is still to ship of them. One query for all."""
    open_ = {order.id: order for order in orders if order.state in HELD}
    return {
        cover.order_id
        for cover in shipment_queries.covers(seller_id=seller.id, order_ids=list(open_))
        if not cover.bears(open_[cover.order_id].remaining)
    }
