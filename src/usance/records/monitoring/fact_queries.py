"""What a watch must know about buyers and the orders that pulled its triggers, for many at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from pydantic_core import from_json

from usance.records.statements import execute

_BUYERS: Final = """
SELECT b.id, b.name, b.country, b."group", b.created_at, b.domain, s.facts,
       (SELECT min(coalesce(i.instalment_due_on, i.due_on)) FROM invoices_invoice AS i
         WHERE i.seller_id = b.seller_id AND i.buyer_id = b.id AND i.state = 'open')
  FROM parties_buyer AS b
  LEFT JOIN credit_standing AS s ON s.seller_id = b.seller_id AND s.buyer_id = b.id
 WHERE b.seller_id = %(seller)s AND b.id = ANY(%(buyers)s)
"""

_LINES: Final = """
SELECT l.buyer_id, l.id, l.currency, l.state, l."limit", l.tolerance,
       l.commitments + l.receivable + l.external - l.unapplied_cash, l.tier,
       CASE WHEN l.insured_until IS NULL OR l.insured_until >= %(on)s THEN l.insured_limit END,
       credit_converted(l.seller_id, 1, l.currency, %(base)s, %(on)s),
       CASE WHEN l.secured > 0
            THEN credit_secured(l.seller_id, l.buyer_id, l.currency, NULL, NULL) ELSE 0 END
  FROM credit_creditline AS l
 WHERE l.seller_id = %(seller)s AND l.buyer_id = ANY(%(buyers)s) ORDER BY l.currency
"""

# Earlier orders are those that had been authorized before it; their addresses are compared outside.
_ORDERS: Final = """
SELECT o.id, o.amount, o.currency, o.terms, o.lines, o.po_number, o.ship_to, m.email, e.addresses,
       e.count
  FROM orders_order AS o
  LEFT JOIN parties_member AS m ON m.seller_id = o.seller_id AND m.id = o.member_id
 CROSS JOIN LATERAL (
       SELECT count(*) AS count,
              coalesce(jsonb_agg(DISTINCT x.ship_to) FILTER (WHERE x.ship_to IS NOT NULL), '[]')
              AS addresses
         FROM orders_order AS x
        WHERE x.seller_id = o.seller_id AND x.buyer_id = o.buyer_id
          AND (x.created_at, x.id) < (o.created_at, o.id)
          AND x.state IN ('authorized', 'partially_invoiced', 'invoiced')) AS e
 WHERE o.seller_id = %(seller)s AND o.id = ANY(%(orders)s)
"""


@dataclass(frozen=True, slots=True)
class WatchedLine:
    """A credit line in its minor units. ``factor`` is what one of them is worth in the seller's own."""

    id: UUID
    currency: str
    state: str
    limit: int
    tolerance: int
    exposure: int
    tier: str
    insured_limit: int | None
    factor: Decimal | None
    secured: int = 0


@dataclass(frozen=True, slots=True)
class WatchedBuyer:
    """A buyer with its lines, and what is kept ready of it as it is stored."""

    id: UUID
    name: str
    country: str
    group: str
    known_since: datetime
    domain: str
    standing: Mapping[str, Any] | None
    oldest_due_on: date | None
    lines: Sequence[WatchedLine]


@dataclass(frozen=True, slots=True)
class WatchedOrder:
    """An order that pulled a trigger, with what was ordered before it."""

    amount: int
    currency: str
    terms: str
    lines: Sequence[Mapping[str, Any]]
    po_number: str
    ship_to: Mapping[str, str] | None
    email: str | None
    earlier_addresses: Sequence[Mapping[str, str]]
    earlier_orders: int


def watched_buyers(
    buyer_ids: Collection[UUID], *, seller_id: UUID, base: str, on: date
) -> dict[UUID, WatchedBuyer]:
    """The buyers, in which ``base`` is the seller's own currency."""
    question = {"seller": seller_id, "buyers": list(buyer_ids), "base": base, "on": on}
    lines: dict[UUID, list[WatchedLine]] = {}
    for buyer_id, *line in execute(_LINES, question):
        lines.setdefault(buyer_id, []).append(WatchedLine(*line))
    return {
        row[0]: WatchedBuyer(
            id=row[0],
            name=row[1],
            country=row[2],
            group=row[3],
            known_since=row[4],
            domain=row[5],
            standing=from_json(row[6]) if row[6] else None,
            oldest_due_on=row[7],
            lines=tuple(lines.get(row[0], ())),
        )
        for row in execute(_BUYERS, question)
    }


def watched_orders(order_ids: Collection[UUID], *, seller_id: UUID) -> dict[UUID, WatchedOrder]:
    """The orders."""
    if not order_ids:
        return {}
    return {
        row[0]: WatchedOrder(
            amount=row[1],
            currency=row[2],
            terms=row[3],
            lines=from_json(row[4]),
            po_number=row[5],
            ship_to=from_json(row[6]) if row[6] else None,
            email=row[7],
            earlier_addresses=from_json(row[8]),
            earlier_orders=row[9],
        )
        for row in execute(_ORDERS, {"seller": seller_id, "orders": list(order_ids)})
    }
