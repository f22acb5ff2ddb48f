"""Invariants 3 and 7 where paying late costs: claims are what was owed for, and no day is claimed twice."""

from __future__ import annotations

from typing import Final

from usance.records.ledger.checks.check import Check

LATE_CHARGE_DIFFERS: Final = Check(
    3,
    "late_charge_differs",
    "{charged} of interest and compensation are claimed, the debit note asks for {asked}.",
    """
SELECT i.seller_id, 'invoice' AS kind, i.id, i.currency, coalesce(c.amount, 0) AS charged,
       i.amount AS asked
  FROM invoices_invoice AS i
  LEFT JOIN collections_latecharge AS c ON c.seller_id = i.seller_id AND c.claim_id = i.id
 WHERE @i AND i.kind = 'late_charge'
   AND (i.amount, i.currency, i.buyer_id) IS DISTINCT FROM (c.amount, c.currency, c.buyer_id)
""",
    money=("charged", "asked"),
)

LATE_STEPS_DIFFER: Final = Check(
    3,
    "late_steps_differ",
    "Interest of {interest} is claimed, its steps sum to {found}.",
    """
SELECT c.seller_id, 'late_charge' AS kind, c.id, c.currency, c.interest,
       coalesce(s.amount, 0)::bigint AS found
  FROM collections_latecharge AS c
 CROSS JOIN LATERAL (SELECT sum((e->>'amount')::bigint) AS amount
                       FROM jsonb_array_elements(c.steps) AS e) AS s
 WHERE @c AND c.interest <> coalesce(s.amount, 0)
""",
    money=("interest", "found"),
)

INTEREST_LEDGER_DIFFERS: Final = Check(
    3,
    "interest_ledger_differs",
    "Claims of {claimed} stand against the buyer after credit notes, the ledger has {posted}.",
    """
SELECT seller_id, 'buyer' AS kind, buyer_id AS id, currency, sum(claimed)::bigint AS claimed,
       sum(posted)::bigint AS posted
  FROM (SELECT i.seller_id, i.buyer_id, i.currency, i.amount - i.credited AS claimed, 0 AS posted
          FROM invoices_invoice AS i WHERE @i AND i.kind = 'late_charge'
         UNION ALL
        SELECT b.seller_id, b.buyer_id, b.currency, 0, -b.amount
          FROM ledger_balance AS b WHERE @b AND b.account = 'interest') AS both_sides
 GROUP BY seller_id, buyer_id, currency
HAVING sum(claimed) <> sum(posted)
""",
    money=("claimed", "posted"),
)

LATE_DAYS_TWICE: Final = Check(
    7,
    "late_days_twice",
    "Days of the invoice are claimed twice: until {until_on}, and again from {since_on}.",
    """
SELECT c.seller_id, 'invoice' AS kind, c.invoice_id AS id, NULL::text AS currency, c.since_on,
       c.until_on
  FROM (SELECT c.seller_id, c.invoice_id, c.since_on,
               lag(c.until_on) OVER (PARTITION BY c.seller_id, c.invoice_id ORDER BY c.since_on)
               AS until_on
          FROM collections_latecharge AS c WHERE @c) AS c
 WHERE c.since_on <= c.until_on
""",
)

CHECKS: Final = (
    LATE_CHARGE_DIFFERS,
    LATE_STEPS_DIFFER,
    INTEREST_LEDGER_DIFFERS,
    LATE_DAYS_TWICE,
)
