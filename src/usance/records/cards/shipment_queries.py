"""What cards hold for orders, beside what of these has shipped and is not taken yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from usance.records.cards.models import SecuredOrder
from usance.records.statements import execute


@dataclass(frozen=True, slots=True)
class Cover:
    """Minor units: ``held`` on cards for the order, ``shipped`` and to be taken of that; ``short`` is what
    the buyer was asked for, since its card does not do."""

    order_id: UUID
    held: int
    shipped: int
    short: int

    def bears(self, amount: int) -> bool:
        """Whether ``amount`` more may leave. What an order grows by as it ships is raised on its card
        afterwards, unless the card is known not to bear it, or holds nothing at all."""
        return (self.held > 0 and not self.short) or self.held >= self.shipped + amount


_COVERS: Final = """
SELECT s.order_id,
       coalesce((SELECT sum(a.capturable) FROM cards_authorization AS a
                  WHERE a.seller_id = s.seller_id AND a.order_id = s.order_id
                    AND a.state = 'authorized'), 0)::bigint,
       o.shipped_amount + coalesce((
          SELECT sum(least(p.amount, i.outstanding))
            FROM invoices_invoicepart AS p
            JOIN invoices_invoice AS i ON i.seller_id = p.seller_id AND i.id = p.invoice_id
           WHERE p.seller_id = s.seller_id AND p.order_id = s.order_id AND p.captured
             AND i.state = 'open' AND i.outstanding > 0), 0)::bigint,
       s.short
  FROM cards_securedorder AS s
  JOIN orders_order AS o ON o.seller_id = s.seller_id AND o.id = s.order_id
 WHERE s.seller_id = %s AND s.order_id = ANY(%s) AND s.is_open
"""


def covers(*, seller_id: UUID, order_ids: Sequence[UUID]) -> list[Cover]:
    """What cards hold for those of the orders that they secure."""
    if not order_ids:
        return []
    return [Cover(*row) for row in execute(_COVERS, [seller_id, list(order_ids)])]


def is_let_go(*, seller_id: UUID, order_id: UUID) -> bool:
    """Whether an order that a card secured is secured no more: it is over, or a person released it."""
    found = SecuredOrder.objects.filter(seller_id=seller_id, order_id=order_id)
    return found.filter(is_open=False).exists()
