"""Sellers with many lines and many invoices, laid out quickly.

Parties and lines come from the records' own models; invoices in great numbers are copied by SQL from
one that the flows made, with the counters and balances that belong to them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection

from usance.flows import checkout, fulfilment, onboarding
from usance.records.credit.models import CreditLine
from usance.records.identity import new_id
from usance.records.parties.models import Buyer, Seller

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Trade:
    """A seller, its buyers and a key that may do everything."""

    seller: Seller
    buyers: list[UUID]
    key: str


def lay_out(*, buyers: int, limit: int = 10**12) -> Trade:
    """A seller with ``buyers`` buyers, each with a credit line of ``limit`` minor units."""
    seller = onboarding.create_seller(
        name="Benchmark Trading",
        handle=f"bench-{secrets.token_hex(6)}",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=AT,
    )
    rows = [
        Buyer(id=new_id(), seller=seller, created_at=AT, name=f"Buyer {n}", country="IT")
        for n in range(buyers)
    ]
    Buyer.objects.bulk_create(rows, batch_size=5000)
    CreditLine.objects.bulk_create(
        [
            CreditLine(seller=seller, created_at=AT, buyer=row, currency="EUR", limit=limit)
            for row in rows
        ],
        batch_size=5000,
    )
    _, key = onboarding.create_api_key(seller, name="bench", scopes=onboarding.SCOPES, at=AT)
    _execute("ANALYZE parties_buyer, credit_creditline")
    return Trade(seller, [row.id for row in rows], key)


_COPY = """
INSERT INTO invoices_invoice (id, seller_id, created_at, order_id, buyer_id, series_id, sequence,
       number, reference, state, currency, amount, tax_amount, terms, issued_on, due_on, lines,
       credited, credited_tax, allocated, written_off, metadata)
SELECT gen_random_uuid(), i.seller_id, i.created_at, i.order_id, b.id, i.series_id,
       i.sequence + c.n, 'B-' || lpad((i.sequence + c.n)::text, 8, '0'),
       'B' || lpad((i.sequence + c.n)::text, 8, '0'), 'open', i.currency, 1000 + c.n %% 90000, 0,
       i.terms, i.issued_on - (c.n %% 200), i.due_on - (c.n %% 200), '[]', 0, 0, 0, 0, '{}'
  FROM invoices_invoice AS i
 CROSS JOIN generate_series(1, %(count)s) AS c(n)
  JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place
          FROM parties_buyer WHERE seller_id = %(seller)s) AS b ON b.place = c.n %% %(buyers)s
 WHERE i.seller_id = %(seller)s
"""


def open_invoices(trade: Trade, *, count: int) -> None:
    """Give the buyers ``count`` open invoices, due on the last 200 days, numbered B-00000001 on."""
    made = checkout.authorize_orders(
        [
            checkout.OrderRequest(
                seller=trade.seller, buyer_id=trade.buyers[0], amount=100, currency="EUR"
            )
        ],
        at=AT,
    )[0]
    assert isinstance(made, checkout.Authorization)
    fulfilment.invoice_order(trade.seller, order_id=made.order_id, at=AT, by="bench")
    _execute(_COPY, {"seller": trade.seller.id, "count": count, "buyers": len(trade.buyers)})
    _execute(
        "UPDATE credit_creditline AS l SET receivable = s.owed FROM (SELECT buyer_id,"
        " sum(outstanding) AS owed FROM invoices_invoice WHERE seller_id = %(seller)s"
        " GROUP BY buyer_id) AS s WHERE l.seller_id = %(seller)s AND l.buyer_id = s.buyer_id",
        {"seller": trade.seller.id},
    )
    _execute("VACUUM ANALYZE invoices_invoice")
    _execute("VACUUM ANALYZE credit_creditline")


def _execute(query: str, parameters: dict[str, object] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
