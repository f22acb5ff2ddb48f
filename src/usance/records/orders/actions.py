"""Writing orders after checkout."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from usance.records.orders.models import Order
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
