"""Invariants 1 and 2: the ledger balances, and credit lines equal it and were never overdrawn."""

from __future__ import annotations

from typing import Final

from usance.records.ledger.checks.check import Check

ENTRY_UNBALANCED: Final = Check(
    1,
    "entry_unbalanced",
    "The postings of the entry sum to {total}, not to zero.",
    """
SELECT p.seller_id, 'entry' AS kind, p.entry_id AS id, p.currency, sum(p.amount)::bigint AS total
  FROM ledger_posting AS p
 WHERE @p
 GROUP BY p.seller_id, p.entry_id, p.currency
HAVING sum(p.amount) <> 0
""",
    money=("total",),
)

ENTRY_INCOMPLETE: Final = Check(
    1,
    "entry_incomplete",
    "The entry is in {currency}: {postings} of its postings are, {others} are not.",
    """
SELECT e.seller_id, 'entry' AS kind, e.id, e.currency,
       count(*) FILTER (WHERE p.currency = e.currency) AS postings,
       count(*) FILTER (WHERE p.currency <> e.currency) AS others
  FROM ledger_entry AS e
  LEFT JOIN ledger_posting AS p ON p.seller_id = e.seller_id AND p.entry_id = e.id
 WHERE @e
 GROUP BY e.seller_id, e.id, e.currency
HAVING bool_or(p.id IS NULL OR p.currency <> e.currency)
""",
)

BALANCE_DIFFERS: Final = Check(
    1,
    "balance_differs",
    "The balance of {account} is {kept}, its postings sum to {posted}.",
    """
SELECT seller_id, CASE WHEN buyer_id IS NULL THEN 'seller' ELSE 'buyer' END AS kind,
       coalesce(buyer_id, seller_id) AS id, currency, account,
       sum(kept)::bigint AS kept, sum(posted)::bigint AS posted
  FROM (SELECT p.seller_id, p.buyer_id, p.account, p.currency, 0 AS kept, p.amount AS posted
          FROM ledger_posting AS p WHERE @p
         UNION ALL
        SELECT b.seller_id, b.buyer_id, b.account, b.currency, b.amount, 0
          FROM ledger_balance AS b WHERE @b) AS both_sides
 GROUP BY seller_id, buyer_id, account, currency
HAVING sum(kept) <> sum(posted)
""",
    money=("kept", "posted"),
)

LINE_DIFFERS: Final = Check(
    2,
    "line_differs",
    "The credit line counts {kept} of {counter}, the ledger {posted}.",
    """
SELECT seller_id, 'buyer' AS kind, buyer_id AS id, currency, counter,
       sum(kept)::bigint AS kept, sum(posted)::bigint AS posted
  FROM (SELECT l.seller_id, l.buyer_id, l.currency, c.counter, c.amount AS kept, 0 AS posted
          FROM credit_creditline AS l
         CROSS JOIN LATERAL (VALUES ('commitments', l.commitments), ('receivable', l.receivable),
                                    ('unapplied_cash', l.unapplied_cash)) AS c(counter, amount)
         WHERE @l
         UNION ALL
        -- Unapplied cash is a credit balance in the ledger, and counted positive on the line.
        SELECT b.seller_id, b.buyer_id, b.currency, b.account, 0,
               CASE WHEN b.account = 'unapplied_cash' THEN -b.amount ELSE b.amount END
          FROM ledger_balance AS b
         WHERE @b AND b.buyer_id IS NOT NULL
           AND b.account IN ('commitments', 'receivable', 'unapplied_cash')) AS both_sides
 GROUP BY seller_id, buyer_id, currency, counter
HAVING sum(kept) <> sum(posted)
""",
    money=("kept", "posted"),
)

ORDER_HOLD_DIFFERS: Final = Check(
    2,
    "order_hold_differs",
    "The ledger holds {held} for the order, {remaining} of it remain to be invoiced.",
    # An invoice lets go of what it bills, part by part of its orders; what was corrected and issued
    # again lets go of nothing.
    """
SELECT o.seller_id, 'order' AS kind, o.id, o.currency, coalesce(h.held, 0)::bigint AS held,
       o.remaining
  FROM (SELECT o.seller_id, o.id, o.currency,
               CASE WHEN o.state IN ('authorized', 'partially_invoiced')
                    THEN o.amount - o.invoiced_amount - o.voided_amount ELSE 0 END AS remaining
          FROM orders_order AS o WHERE @o) AS o
  LEFT JOIN (SELECT m.seller_id, m.order_id, sum(m.amount) AS held
               FROM (SELECT p.seller_id, e.subject_id AS order_id, p.amount
                       FROM ledger_posting AS p
                       JOIN ledger_entry AS e ON e.seller_id = p.seller_id AND e.id = p.entry_id
                      WHERE @p AND p.account = 'commitments' AND e.kind <> 'invoice_opened'
                      UNION ALL
                     SELECT b.seller_id, b.order_id, -b.amount
                       FROM invoices_invoicepart AS b WHERE @b AND b.captured) AS m
              GROUP BY 1, 2) AS h ON h.seller_id = o.seller_id AND h.order_id = o.id
 WHERE coalesce(h.held, 0) <> o.remaining
""",
    money=("held", "remaining"),
)

INVOICE_RELEASE_DIFFERS: Final = Check(
    2,
    "invoice_release_differs",
    "The ledger let go of {released} of held credit for the invoice, its parts took {captured}.",
    """
SELECT i.seller_id, 'invoice' AS kind, i.id, i.currency,
       coalesce(l.released, 0)::bigint AS released, coalesce(p.captured, 0)::bigint AS captured
  FROM invoices_invoice AS i
  LEFT JOIN (SELECT g.seller_id, e.subject_id, -sum(g.amount) AS released
               FROM ledger_posting AS g
               JOIN ledger_entry AS e ON e.seller_id = g.seller_id AND e.id = g.entry_id
              WHERE @g AND g.account = 'commitments' AND e.kind = 'invoice_opened'
              GROUP BY 1, 2) AS l ON l.seller_id = i.seller_id AND l.subject_id = i.id
  LEFT JOIN (SELECT b.seller_id, b.invoice_id, sum(b.amount) AS captured
               FROM invoices_invoicepart AS b WHERE @b AND b.captured GROUP BY 1, 2) AS p
       ON p.seller_id = i.seller_id AND p.invoice_id = i.id
 WHERE @i AND i.state <> 'draft' AND coalesce(l.released, 0) <> coalesce(p.captured, 0)
""",
    money=("released", "captured"),
)

# How each event moved the exposure of its buyer's line. Whoever moves a line's money holds its lock,
# so the events' sequence is the order in which it really happened, whatever the clocks said.
# A commitment ends with what was voided, if the order had been authorized at all.
_STEPS: Final = """
WITH moves AS (
    SELECT e.seller_id, e.buyer_id, e.currency, e.sequence, e.id, e.type, e.object_id, e.data,
           e.owed_change + CASE
               WHEN e.type = 'order.authorized' THEN (e.data->>'amount')::bigint
               WHEN e.type = 'order.adjusted'
               THEN (e.data->>'amount')::bigint - (e.data->>'before')::bigint
               WHEN e.type IN ('order.invoiced', 'order.voided')
               THEN -coalesce((e.data->>'voided')::bigint, 0)
               WHEN e.type IN ('order.canceled', 'order.expired') AND EXISTS (
                    SELECT 1 FROM events_event AS a
                     WHERE a.seller_id = e.seller_id AND a.object_id = e.object_id
                       AND a.type = 'order.authorized')
               THEN -coalesce((e.data->>'voided')::bigint, 0)
               -- What takes the place of a corrected invoice was not held before. Under split
               -- payment more was held than is owed.
               WHEN e.type = 'invoice.opened' AND NOT e.data ? 'replaces'
               THEN -coalesce((e.data->>'released')::bigint, (e.data->>'amount')::bigint)
               WHEN e.type IN ('payment.received', 'payment.identified')
               THEN -(e.data->>'amount')::bigint
               WHEN e.type IN ('payment.allocated', 'payment.released', 'payment.refunded',
                               'payment.returned', 'payment.unidentified')
               THEN (e.data->>'amount')::bigint
               ELSE 0 END AS change,
           CASE WHEN e.type = 'credit_line.external_changed'
                THEN (e.data->>'external')::bigint - (e.data->>'before')::bigint
                ELSE 0 END AS external_change,
           CASE WHEN e.type = 'credit_line.changed'
                THEN (e.data->>'limit')::bigint + (e.data->>'tolerance')::bigint END AS room,
           CASE WHEN e.type = 'credit_line.secured'
                THEN (e.data->>'secured')::bigint END AS secured
      FROM events_event AS e
     WHERE @e AND e.buyer_id IS NOT NULL AND e.currency IS NOT NULL
       AND (e.owed_change <> 0 OR e.object_type IN ('order', 'payment', 'credit_line'))
), steps AS (
    SELECT m.*, sum(m.change) OVER line AS exposure,
           sum(m.external_change) OVER line AS external, count(m.room) OVER line AS version,
           count(m.secured) OVER line AS secured_version
      FROM moves AS m
    WINDOW line AS (PARTITION BY m.seller_id, m.buyer_id, m.currency ORDER BY m.sequence)
)
"""

LIMIT_EXCEEDED: Final = Check(
    2,
    "limit_exceeded",
    "Event {event} took the exposure to {exposure}, past the limit and tolerance of {room}.",
    # The limit in force is the one last set before, or the one the decision was taken on: a limit
    # that was raised between decision and lock binds as the higher of both.
    _STEPS
    + """
SELECT s.seller_id, 'order' AS kind, s.object_id AS id, s.currency,
       'evt_' || replace(s.id::text, '-', '') AS event,
       (s.exposure + s.external)::bigint AS exposure,
       greatest(s.in_force, (d.facts->>'limit')::bigint + (d.facts->>'tolerance')::bigint
                   + coalesce((d.facts->>'secured')::bigint, 0), 0) AS room
  FROM (SELECT s.*, max(s.room) OVER (
                    PARTITION BY s.seller_id, s.buyer_id, s.currency, s.version)
               + coalesce(max(s.secured) OVER (
                    PARTITION BY s.seller_id, s.buyer_id, s.currency, s.secured_version), 0)
               AS in_force
          FROM steps AS s) AS s
  JOIN orders_order AS o ON o.seller_id = s.seller_id AND o.id = s.object_id
  JOIN credit_decision AS d ON d.seller_id = o.seller_id AND d.id = o.decision_id
 WHERE s.type IN ('order.authorized', 'order.adjusted') AND s.change > 0
   -- A named person may let an order pass beyond the limit.
   AND NOT coalesce(s.data ? 'override', false)
   AND s.exposure + s.external
       > greatest(s.in_force, (d.facts->>'limit')::bigint + (d.facts->>'tolerance')::bigint
                   + coalesce((d.facts->>'secured')::bigint, 0), 0)
""",
    money=("exposure", "room"),
)

EXPOSURE_NOT_TOLD: Final = Check(
    5,
    "exposure_not_told",
    "The events of the buyer sum to an exposure of {told}, the ledger to {posted}.",
    _STEPS
    + """
SELECT seller_id, 'buyer' AS kind, buyer_id AS id, currency,
       sum(told)::bigint AS told, sum(posted)::bigint AS posted
  FROM (SELECT m.seller_id, m.buyer_id, m.currency, m.change AS told, 0 AS posted FROM moves AS m
         UNION ALL
        SELECT b.seller_id, b.buyer_id, b.currency, 0, b.amount
          FROM ledger_balance AS b
         WHERE @b AND b.buyer_id IS NOT NULL
           AND b.account IN ('commitments', 'receivable', 'unapplied_cash')) AS both_sides
 GROUP BY seller_id, buyer_id, currency
HAVING sum(told) <> sum(posted)
""",
    money=("told", "posted"),
)

APPROVED_BEYOND_FACTS: Final = Check(
    2,
    "approved_beyond_facts",
    "Approved for {amount}, though the facts of the decision left {available}.",
    """
SELECT seller_id, 'decision' AS kind, id, currency, amount, available
  FROM (SELECT d.seller_id, d.id, d.currency, d.amount,
               least((d.facts->>'group_available')::bigint,
                     (d.facts->>'limit')::bigint + (d.facts->>'tolerance')::bigint
                   + coalesce((d.facts->>'secured')::bigint, 0)
               - (d.facts->>'commitments')::bigint - (d.facts->>'receivable')::bigint
               - (d.facts->>'external')::bigint + (d.facts->>'unapplied_cash')::bigint) AS available
          FROM credit_decision AS d
         WHERE @d AND d.outcome = 'approved') AS approved
 WHERE amount > available
""",
    money=("amount", "available"),
)

OVERRIDE_UNNAMED: Final = Check(
    2,
    "override_unnamed",
    "Order let past its limit by {person}, who is not known to have approved that.",
    """
SELECT e.seller_id, 'order' AS kind, e.object_id AS id, e.data->>'override' AS person
  FROM events_event AS e
 WHERE @e AND e.type = 'order.authorized' AND e.data ? 'override'
   AND NOT EXISTS (
       SELECT 1 FROM credit_review AS r
         JOIN credit_approval AS a ON a.seller_id = r.seller_id AND a.review_id = r.id
        WHERE r.seller_id = e.seller_id AND r.subject_id = e.object_id AND r.state = 'approved'
          AND a.verdict = 'approved' AND a.override AND a.person = e.data->>'override')
""",
)

FUNDING_DIFFERS: Final = Check(
    2,
    "funding_differs",
    "FUNDING of the buyer stands at {booked}, its advances that are out sum to {out}.",
    """
SELECT seller_id, 'buyer' AS kind, buyer_id AS id, currency,
       (-sum(booked))::bigint AS booked, sum(out)::bigint AS out
  FROM (SELECT b.seller_id, b.buyer_id, b.currency, b.amount AS booked, 0 AS out
          FROM ledger_balance AS b WHERE @b AND b.account = 'funding'
         UNION ALL
        SELECT a.seller_id, a.buyer_id, a.currency, 0, a.still_out
          FROM funding_advance AS a WHERE @a) AS both_sides
 GROUP BY seller_id, buyer_id, currency
HAVING -sum(booked) <> sum(out)
""",
    money=("booked", "out"),
)

CHECKS: Final = (
    OVERRIDE_UNNAMED,
    ENTRY_UNBALANCED,
    ENTRY_INCOMPLETE,
    BALANCE_DIFFERS,
    LINE_DIFFERS,
    FUNDING_DIFFERS,
    ORDER_HOLD_DIFFERS,
    INVOICE_RELEASE_DIFFERS,
    LIMIT_EXCEEDED,
    APPROVED_BEYOND_FACTS,
)
