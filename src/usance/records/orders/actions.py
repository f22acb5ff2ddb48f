"""Writing orders after checkout, and what ships of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from usance.records.orders.models import Order, OrderApproval, Shipment
from usance.records.row_changes import change_row
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
    change_row(order, fields)


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


def lock_orders(*, seller_id: UUID, order_ids: Collection[UUID]) -> list[Order]:
    """Orders of one buyer, locked in primary-key order. Their credit line is locked already."""
    return list(
        Order.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id__in=order_ids)
        .order_by("id")
    )


def lock_shipment(*, seller_id: UUID, shipment_id: UUID) -> Shipment | None:
    """One shipment, locked until the transaction ends."""
    return (
        Shipment.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=shipment_id)
        .first()
    )


def lock_unbilled(*, seller_id: UUID, shipment_ids: Collection[UUID]) -> list[Shipment]:
    """Those of the shipments that are still to be billed, locked in primary-key order after their
    orders. What another transaction has billed or taken back meanwhile is not among them."""
    return list(
        Shipment.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id__in=shipment_ids, billed=False, canceled_at__isnull=True)
        .order_by("id")
    )


def unbilled_of(*, seller_id: UUID, order_id: UUID) -> list[Shipment]:
    """What of a locked order waits to be billed, locked too."""
    return list(
        Shipment.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, order_id=order_id, billed=False, canceled_at__isnull=True)
        .order_by("id")
    )


def change_shipment(shipment: Shipment, **fields: Any) -> None:
    """Set ``fields`` on the locked shipment, here and in the database."""
    change_row(shipment, fields)


def mark_billed(shipments: Sequence[Shipment]) -> None:
    """These locked shipments are billed now."""
    if shipments:
        ids = [shipment.id for shipment in shipments]
        Shipment.objects.filter(seller_id=shipments[0].seller_id, id__in=ids).update(billed=True)
        for shipment in shipments:
            shipment.billed = True


@dataclass(frozen=True, slots=True)
class Invoiced:
    """What of a locked order has been invoiced now, minor units; ``shipped`` of it had shipped
    before. ``state`` is the order's afterwards."""

    order: Order
    amount: int
    tax: int
    shipped: int
    shipped_tax: int
    state: str


_INVOICED: Final = """
UPDATE orders_order AS o
   SET invoiced_amount = o.invoiced_amount + c.amount, invoiced_tax = o.invoiced_tax + c.tax,
       shipped_amount = o.shipped_amount - c.shipped, shipped_tax = o.shipped_tax - c.shipped_tax,
       state = c.state
  FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[])
       AS c(id, amount, tax, shipped, shipped_tax, state)
 WHERE o.seller_id = %s AND o.id = c.id
"""


def invoice_orders(changes: Sequence[Invoiced]) -> None:
    """Count ``changes`` on their orders, here and in the database: one statement for all."""
    execute(
        _INVOICED,
        [
            [change.order.id for change in changes],
            [change.amount for change in changes],
            [change.tax for change in changes],
            [change.shipped for change in changes],
            [change.shipped_tax for change in changes],
            [change.state for change in changes],
            changes[0].order.seller_id,
        ],
    )
    for change in changes:
        order = change.order
        order.invoiced_amount += change.amount
        order.invoiced_tax += change.tax
        order.shipped_amount -= change.shipped
        order.shipped_tax -= change.shipped_tax
        order.state = change.state
