"""Reading orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from usance.records.orders.models import Order
from usance.records.statements import execute


def expired(*, seller_id: UUID, on: date, after: UUID | None, limit: int) -> Sequence[UUID]:
    """The next ``limit`` orders, by id after ``after``, whose authorization ended before ``on``."""
    rows = execute(
        "SELECT id FROM orders_order WHERE seller_id = %s AND expires_on < %s"
        " AND state IN ('authorized', 'partially_invoiced', 'pending_review', 'pending_approval')"
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
