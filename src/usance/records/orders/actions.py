"""Writing orders after checkout."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from usance.records.orders.models import Order, OrderApproval
from usance.records.statements import execute


def lock_order(*, seller_id: UUID, order_id: UUID) -> Order | None:
    """The order, locked until the transaction ends, after the credit line it uses."""
    execute(
        "SELECT 1 FROM credit_creditline WHERE seller_id = %s AND id ="
        " (SELECT line_id FROM orders_order WHERE seller_id = %s AND id = %s)"
        " FOR NO KEY UPDATE",
        [seller_id, seller_id, order_id],
    )
    return (
        Order.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=order_id)
        .first()
    )


def change(order: Order, **fields: Any) -> None:
    """Set ``fields`` on the locked order, here and in the database."""
    for name, value in fields.items():
        setattr(order, name, value)
    Order.objects.filter(seller_id=order.seller_id, id=order.id).update(**fields)


def add_approval(
    order: Order, *, position: int, member_id: UUID, verdict: str, note: str, at: datetime
) -> OrderApproval:
    """Keep what a member of the buyer's said about a step of the locked order's chain."""
    return OrderApproval.objects.create(
        seller_id=order.seller_id,
        created_at=at,
        order_id=order.id,
        position=position,
        member_id=member_id,
        verdict=verdict,
        note=note,
    )
