"""Invoices that nothing collects by itself, as a part of a statement that names them ``i``."""

from __future__ import annotations

from typing import Final

NOT_HELD: Final = """
   AND NOT EXISTS (
       SELECT 1 FROM collections_dispute AS x
        WHERE x.seller_id = i.seller_id AND x.invoice_id = i.id AND x.state = 'open')
   AND NOT EXISTS (
       SELECT 1 FROM collections_promise AS o
        WHERE o.seller_id = i.seller_id AND o.buyer_id = i.buyer_id AND o.state = 'accepted'
          AND o.invoices @> jsonb_build_array(jsonb_build_object('invoice', i.id::text)))
   AND NOT EXISTS (
       SELECT 1 FROM dunning_claim AS c
         JOIN dunning_handover AS h ON h.seller_id = c.seller_id AND h.id = c.handover_id
        WHERE c.seller_id = i.seller_id AND c.invoice_id = i.id AND h.taken_back_at IS NULL)
"""
"""The invoice is not in dispute, not promised in instalments that still hold, and no collection agency
has a claim of it."""
