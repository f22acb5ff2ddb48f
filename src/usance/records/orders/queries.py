"""Reading orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from pydantic_core import from_json

from usance.records.orders.models import Order, Shipment
from usance.records.statements import execute


def expired(*, seller_id: UUID, on: date, after: UUID | None, limit: int) -> Sequence[UUID]:
    """The next ``limit`` orders, by id after ``after``, whose authorization ended before ``on``."""
    rows = execute(
        "SELECT id FROM orders_order WHERE seller_id = %s AND expires_on < %s"
        " AND state IN ('authorized', 'partially_invoiced', 'pending_review', 'pending_approval')"
        # What has shipped whole is not let go; it waits to be billed.
        " AND amount > invoiced_amount + shipped_amount + voided_amount"
        " AND (%s::uuid IS NULL OR id > %s::uuid) ORDER BY id LIMIT %s",
        [seller_id, on, after, after, limit],
    )
    return [row[0] for row in rows]


def orders(
    *,
    seller_id: UUID,
    buyer_id: UUID | None = None,
    state: str | None = None,
    external_id: str | None = None,
) -> QuerySet[Order]:
    """The seller's orders that fit, each with its decision."""
    wanted = {"buyer_id": buyer_id, "state": state, "external_id": external_id}
    return Order.objects.select_related("decision").filter(
        seller_id=seller_id, **{name: value for name, value in wanted.items() if value is not None}
    )


def order(*, seller_id: UUID, order_id: UUID) -> Order | None:
    """One order of the seller's with its decision."""
    return orders(seller_id=seller_id).filter(id=order_id).first()


def find_orders(
    *, seller_id: UUID, text: str = "", state: str = "", buyer_id: UUID | None = None
) -> QuerySet[Order]:
    """The seller's orders with their buyers, those that ``text`` names: by the seller's own number,
    the purchase order's, or a part of the buyer's name."""
    found = Order.objects.select_related("buyer").filter(
        seller_id=seller_id, buyer__seller_id=seller_id
    )
    if state:
        found = found.filter(state=state)
    if buyer_id:
        found = found.filter(buyer_id=buyer_id)
    if text:
        found = found.filter(
            Q(external_id__istartswith=text)
            | Q(po_number__istartswith=text)
            | Q(buyer__name__icontains=text)
        )
    return found


def order_with_decision(*, seller_id: UUID, order_id: UUID) -> Order | None:
    """One order with its buyer, and the decision it rests on with its policy."""
    return (
        Order.objects.select_related("buyer", "decision", "decision__policy", "line")
        .filter(seller_id=seller_id, id=order_id, buyer__seller_id=seller_id)
        .first()
    )


def count_pending(*, seller_id: UUID) -> int:
    """How many orders wait for a person of the seller's."""
    return Order.objects.filter(seller_id=seller_id, state="pending_review").count()


def order_of_decision(
    *, seller_id: UUID, buyer_id: UUID, decision_id: UUID, at: datetime
) -> Order | None:
    """The order that was decided so. Both are written at the same moment, by which it is found."""
    return Order.objects.filter(
        seller_id=seller_id, buyer_id=buyer_id, created_at=at, decision_id=decision_id
    ).first()


def shipments(
    *,
    seller_id: UUID,
    order_id: UUID | None = None,
    buyer_id: UUID | None = None,
    billed: bool | None = None,
    external_id: str | None = None,
) -> QuerySet[Shipment]:
    """The seller's shipments that fit, each with its order. ``billed=False``: what waits to be billed,
    hence nothing that was taken back."""
    wanted = {
        "order_id": order_id,
        "buyer_id": buyer_id,
        "billed": billed,
        "external_id": external_id,
    }
    found = Shipment.objects.select_related("order").filter(
        seller_id=seller_id, **{name: value for name, value in wanted.items() if value is not None}
    )
    return found.filter(canceled_at__isnull=True) if billed is False else found


def shipment(*, seller_id: UUID, shipment_id: UUID) -> Shipment | None:
    """One shipment of the seller's with its order."""
    return shipments(seller_id=seller_id).filter(id=shipment_id).first()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A shipment that waits to be billed, and what of it decides with which others it can be.

    ``complete`` says that nothing of its order is still to ship.
    """

    id: UUID
    order_id: UUID
    buyer_id: UUID
    currency: str
    terms: str
    shipped_on: date
    complete: bool
    ship_to: dict[str, str] | None

    @classmethod
    def of(cls, shipment: Shipment, order: Order, *, complete: bool) -> Waiting:
        """``shipment``, which is of ``order``."""
        return cls(
            id=shipment.id,
            order_id=order.id,
            buyer_id=order.buyer_id,
            currency=order.currency,
            terms=order.terms,
            shipped_on=shipment.shipped_on,
            complete=complete,
            ship_to=shipment.ship_to or order.ship_to,
        )


def buyers_to_bill(*, seller_id: UUID, on: date) -> dict[UUID, date]:
    """The buyers of whom something waits to be billed that shipped on or before ``on``, in the order
    of their ids, each with the day of the earliest."""
    rows = execute(
        "SELECT buyer_id, min(shipped_on) FROM orders_shipment"
        " WHERE seller_id = %s AND NOT billed AND canceled_at IS NULL AND shipped_on <= %s"
        " GROUP BY buyer_id ORDER BY buyer_id",
        [seller_id, on],
    )
    return dict(rows)


def waiting_to_be_billed(*, seller_id: UUID, buyer_id: UUID, on: date) -> list[Waiting]:
    """What of the buyer's shipped on or before ``on`` and is not billed, the earliest first."""
    rows = execute(
        "SELECT s.id, s.order_id, s.buyer_id, o.currency, o.terms, s.shipped_on,"
        " o.amount = o.invoiced_amount + o.shipped_amount + o.voided_amount,"
        " coalesce(s.ship_to, o.ship_to)"
        " FROM orders_shipment AS s"
        " JOIN orders_order AS o ON o.seller_id = s.seller_id AND o.id = s.order_id"
        " WHERE s.seller_id = %s AND s.buyer_id = %s AND NOT s.billed AND s.canceled_at IS NULL"
        " AND s.shipped_on <= %s"
        " ORDER BY s.shipped_on, s.id",
        [seller_id, buyer_id, on],
    )
    return [
        Waiting(
            id=row[0],
            order_id=row[1],
            buyer_id=row[2],
            currency=row[3],
            terms=row[4],
            shipped_on=row[5],
            complete=row[6],
            ship_to=from_json(row[7]) if row[7] else None,
        )
        for row in rows
    ]
