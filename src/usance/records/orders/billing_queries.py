"""Reading what has shipped and waits for its buyer's cut-off day, as the billing desk looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from usance.records.statements import execute


@dataclass(frozen=True, slots=True)
class Unbilled:
    """What of one buyer and currency waits to be billed; ``amount`` in minor units, with tax."""

    buyer_id: UUID
    buyer_name: str
    currency: str
    shipments: int
    orders: int
    amount: int
    earliest: date
    latest: date


def unbilled(
    *, seller_id: UUID, after: tuple[str, UUID] | None = None, limit: int = 200
) -> list[Unbilled]:
    """The buyers of whom something waits, by their names; ``after`` names the last one seen."""
    name, buyer_id = after or ("", UUID(int=0))
    rows = execute(
        "SELECT w.buyer_id, b.name, w.currency, w.shipments, w.orders, w.amount, w.earliest, w.latest"
        " FROM (SELECT s.buyer_id, o.currency, count(*) AS shipments,"
        "              count(DISTINCT s.order_id) AS orders, sum(s.amount)::bigint AS amount,"
        "              min(s.shipped_on) AS earliest, max(s.shipped_on) AS latest"
        "         FROM orders_shipment AS s"
        "         JOIN orders_order AS o ON o.seller_id = s.seller_id AND o.id = s.order_id"
        "        WHERE s.seller_id = %s AND NOT s.billed AND s.canceled_at IS NULL"
        "        GROUP BY s.buyer_id, o.currency) AS w"
        " JOIN parties_buyer AS b ON b.seller_id = %s AND b.id = w.buyer_id"
        " WHERE (b.name, b.id) > (%s, %s)"
        " ORDER BY b.name, b.id, w.currency LIMIT %s",
        [seller_id, seller_id, name, buyer_id, limit],
    )
    return [Unbilled(*row) for row in rows]
