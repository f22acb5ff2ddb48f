"""Invariants 5, 6 and 7: events tell every change once, numbers run on, nothing is done twice."""

from __future__ import annotations

from typing import Final

from usance.records.ledger.checks.books import EXPOSURE_NOT_TOLD
from usance.records.ledger.checks.check import Check

# The legal pairs arrive as three arrays: kind, before (null: the first event), after.
ILLEGAL_CHANGE: Final = Check(
    5,
    "illegal_change",
    "Event {event} takes it from {before} to {after}, which is not allowed.",
    """
SELECT c.seller_id, c.object_type AS kind, c.object_id AS id, NULL::text AS currency,
       'evt_' || replace(c.id::text, '-', '') AS event, coalesce(c.before, 'nothing') AS before,
       c.state AS after
  FROM (SELECT e.seller_id, e.object_type, e.object_id, e.id, e.state,
               lag(e.state) OVER (PARTITION BY e.seller_id, e.object_type, e.object_id
                                  ORDER BY e.sequence) AS before
          FROM events_event AS e
         WHERE @e AND e.state IS NOT NULL AND e.object_type = ANY(%(kinds)s::text[])) AS c
  LEFT JOIN unnest(%(kinds)s::text[], %(befores)s::text[], %(afters)s::text[])
       AS legal(kind, before, after)
       ON legal.kind = c.object_type AND legal.after = c.state
      AND coalesce(legal.before, '') = coalesce(c.before, '')
 WHERE legal.kind IS NULL
""",
)

STATE_DIFFERS: Final = Check(
    5,
    "state_differs",
    "It is {state}, by its events it is {told}.",
    """
SELECT o.seller_id, o.kind, o.id, NULL::text AS currency, o.state,
       coalesce(t.state, 'nothing') AS told
  FROM (SELECT o.seller_id, 'order' AS kind, o.id, o.state FROM orders_order AS o WHERE @o
         UNION ALL
        SELECT i.seller_id, 'invoice', i.id, i.state FROM invoices_invoice AS i WHERE @i
         UNION ALL
        SELECT p.seller_id, 'payment', p.id, p.state FROM payments_payment AS p WHERE @p
         UNION ALL
        SELECT l.seller_id, 'credit_line', l.id, l.state FROM credit_creditline AS l WHERE @l) AS o
  LEFT JOIN (SELECT DISTINCT ON (e.seller_id, e.object_type, e.object_id)
                    e.seller_id, e.object_type, e.object_id, e.state
               FROM events_event AS e
              WHERE @e AND e.state IS NOT NULL
              ORDER BY e.seller_id, e.object_type, e.object_id, e.sequence DESC) AS t
       ON t.seller_id = o.seller_id AND t.object_type = o.kind AND t.object_id = o.id
 WHERE o.state <> coalesce(t.state, CASE o.kind WHEN 'credit_line' THEN 'active' ELSE '' END)
""",
)

OWED_DIFFERS: Final = Check(
    5,
    "owed_differs",
    "The events of the buyer sum to {told} owed, the ledger to {posted}.",
    """
SELECT seller_id, 'buyer' AS kind, buyer_id AS id, currency,
       sum(told)::bigint AS told, sum(posted)::bigint AS posted
  FROM (SELECT e.seller_id, e.buyer_id, e.currency, e.owed_change AS told, 0 AS posted
          FROM events_event AS e WHERE @e AND e.owed_change <> 0
         UNION ALL
        SELECT b.seller_id, b.buyer_id, b.currency, 0, b.amount
          FROM ledger_balance AS b WHERE @b AND b.account = 'receivable') AS both_sides
 GROUP BY seller_id, buyer_id, currency
HAVING sum(told) <> sum(posted)
""",
    money=("told", "posted"),
)

_NUMBERED: Final = """
WITH numbered AS (
    SELECT i.seller_id, 'invoice' AS kind, i.id, i.series_id, i.sequence, i.number
      FROM invoices_invoice AS i WHERE @i AND i.state <> 'draft'
     UNION ALL
    SELECT n.seller_id, 'credit_note', n.id, n.series_id, n.sequence, n.number
      FROM invoices_creditnote AS n WHERE @n
)
"""

NUMBER_MISSING: Final = Check(
    6,
    "number_missing",
    "{missing} numbers of its series are missing before {number}.",
    _NUMBERED
    + """
SELECT seller_id, kind, id, NULL::text AS currency, number, sequence - before - 1 AS missing
  FROM (SELECT d.*, coalesce(lag(d.sequence) OVER (
                        PARTITION BY d.seller_id, d.series_id ORDER BY d.sequence), 0) AS before
          FROM numbered AS d) AS d
 WHERE sequence > before + 1
""",
)

NUMBER_TWICE: Final = Check(
    6,
    "number_twice",
    "{number} or its place {sequence} in the series was given out more than once.",
    _NUMBERED
    + """
SELECT seller_id, kind, id, NULL::text AS currency, number, sequence
  FROM (SELECT d.*, count(*) OVER (PARTITION BY d.seller_id, d.series_id, d.sequence) AS places,
               count(*) OVER (PARTITION BY d.seller_id, d.number) AS numbers
          FROM numbered AS d) AS d
 WHERE places > 1 OR numbers > 1
""",
)

SERIES_DIFFERS: Final = Check(
    6,
    "series_differs",
    "Series {series} says its last number is {kept}, its documents end at {found}.",
    _NUMBERED
    + """
SELECT s.seller_id, 'seller' AS kind, s.seller_id AS id, NULL::text AS currency,
       s.prefix || '-' || s.year AS series, s.last_number AS kept, coalesce(d.found, 0) AS found
  FROM invoices_numberseries AS s
  LEFT JOIN (SELECT seller_id, series_id, max(sequence) AS found FROM numbered GROUP BY 1, 2) AS d
       ON d.seller_id = s.seller_id AND d.series_id = s.id
 WHERE @s AND s.last_number <> coalesce(d.found, 0)
""",
)

BANK_TRANSACTION_TWICE: Final = Check(
    7,
    "bank_transaction_twice",
    "{times} payments were made of this one bank transaction.",
    """
SELECT p.seller_id, 'bank_transaction' AS kind, p.bank_transaction_id AS id,
       NULL::text AS currency, count(*) AS times
  FROM payments_payment AS p
 WHERE @p AND p.bank_transaction_id IS NOT NULL
 GROUP BY p.seller_id, p.bank_transaction_id
HAVING count(*) > 1
""",
)

BOOKING_TWICE: Final = Check(
    7,
    "booking_twice",
    "{times} bank transactions have its fingerprint.",
    """
SELECT seller_id, 'bank_transaction' AS kind, id, NULL::text AS currency, times
  FROM (SELECT t.seller_id, t.id,
               count(*) OVER (PARTITION BY t.seller_id, t.fingerprint) AS times
          FROM payments_banktransaction AS t WHERE @t) AS t
 WHERE times > 1
""",
)

FILE_TWICE: Final = Check(
    7,
    "file_twice",
    "{times} bank statements were kept of the same bytes.",
    """
SELECT seller_id, 'bank_statement' AS kind, id, NULL::text AS currency, times
  FROM (SELECT s.seller_id, s.id, count(*) OVER (PARTITION BY s.seller_id, s.digest) AS times
          FROM payments_bankstatement AS s WHERE @s) AS s
 WHERE times > 1
""",
)

SHIPMENT_BILLED_WRONG: Final = Check(
    7,
    "shipment_billed_wrong",
    "The shipment of {amount} says that it is {said}; it stands on {times} invoices with {found}.",
    """
SELECT s.seller_id, 'shipment' AS kind, s.id, o.currency, s.amount,
       CASE WHEN s.billed THEN 'billed' ELSE 'not billed' END AS said,
       coalesce(p.times, 0) AS times, coalesce(p.amount, 0)::bigint AS found
  FROM orders_shipment AS s
  JOIN orders_order AS o ON o.seller_id = s.seller_id AND o.id = s.order_id
  LEFT JOIN (SELECT p.seller_id, p.shipment_id, count(*) AS times, sum(p.amount) AS amount,
                    sum(p.tax_amount) AS tax, (array_agg(p.order_id))[1] AS order_id
               FROM invoices_invoicepart AS p
              WHERE @p AND p.shipment_id IS NOT NULL GROUP BY 1, 2) AS p
       ON p.seller_id = s.seller_id AND p.shipment_id = s.id
 WHERE @s AND (coalesce(p.times, 0) <> CASE WHEN s.billed THEN 1 ELSE 0 END
               OR (p.times = 1 AND (p.amount, p.tax, p.order_id)
                   IS DISTINCT FROM (s.amount, s.tax_amount, s.order_id)))
""",
    money=("amount", "found"),
)

AUTHORIZED_TWICE: Final = Check(
    7,
    "authorized_twice",
    "The order was authorized {times} times.",
    """
SELECT e.seller_id, 'order' AS kind, e.subject_id AS id, NULL::text AS currency, count(*) AS times
  FROM ledger_entry AS e
 WHERE @e AND e.kind = 'order_authorized'
 GROUP BY e.seller_id, e.subject_id
HAVING count(*) > 1
""",
)

EXTERNAL_ID_TWICE: Final = Check(
    7,
    "external_id_twice",
    "{times} of its kind have the external_id {external_id}.",
    """
SELECT seller_id, kind, id, NULL::text AS currency, external_id, times
  FROM (SELECT x.*, count(*) OVER (PARTITION BY x.seller_id, x.kind, x.external_id) AS times
          FROM (SELECT o.seller_id, 'order' AS kind, o.id, o.external_id
                  FROM orders_order AS o WHERE @o
                 UNION ALL
                SELECT s.seller_id, 'shipment', s.id, s.external_id
                  FROM orders_shipment AS s WHERE @s
                 UNION ALL
                SELECT i.seller_id, 'invoice', i.id, i.external_id
                  FROM invoices_invoice AS i WHERE @i
                 UNION ALL
                SELECT p.seller_id, 'payment', p.id, p.external_id
                  FROM payments_payment AS p WHERE @p
                 UNION ALL
                SELECT b.seller_id, 'buyer', b.id, b.external_id
                  FROM parties_buyer AS b WHERE @b) AS x
         WHERE x.external_id IS NOT NULL) AS x
 WHERE times > 1
""",
)

CHECKS: Final = (
    ILLEGAL_CHANGE,
    STATE_DIFFERS,
    OWED_DIFFERS,
    EXPOSURE_NOT_TOLD,
    NUMBER_MISSING,
    NUMBER_TWICE,
    SERIES_DIFFERS,
    BANK_TRANSACTION_TWICE,
    BOOKING_TWICE,
    FILE_TWICE,
    SHIPMENT_BILLED_WRONG,
    AUTHORIZED_TWICE,
    EXTERNAL_ID_TWICE,
)
