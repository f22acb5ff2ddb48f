"""Invariants 3 and 4: invoices and payments equal what became of them, to the cent."""

from __future__ import annotations

from typing import Final

from usance.records.ledger.checks.check import Check
from usance.rules.money import EXPONENTS

INVOICE_DIFFERS: Final = Check(
    3,
    "invoice_differs",
    "The invoice counts {kept} as {counter}, its documents sum to {found}.",
    """
SELECT i.seller_id, 'invoice' AS kind, i.id, i.currency, f.counter, f.kept, f.found::bigint
  FROM invoices_invoice AS i
  LEFT JOIN (SELECT n.seller_id, n.invoice_id, sum(n.amount) AS amount, sum(n.tax_amount) AS tax
               FROM invoices_creditnote AS n WHERE @n GROUP BY 1, 2) AS c
       ON c.seller_id = i.seller_id AND c.invoice_id = i.id
  LEFT JOIN (SELECT a.seller_id, a.invoice_id, sum(a.amount) AS amount
               FROM payments_allocation AS a WHERE @a GROUP BY 1, 2) AS a
       ON a.seller_id = i.seller_id AND a.invoice_id = i.id
  LEFT JOIN (SELECT e.seller_id, e.subject_id, -sum(p.amount) AS amount
               FROM ledger_entry AS e
               JOIN ledger_posting AS p ON p.seller_id = e.seller_id AND p.entry_id = e.id
              WHERE @e AND e.kind = 'write_off' AND p.account = 'receivable' GROUP BY 1, 2) AS w
       ON w.seller_id = i.seller_id AND w.subject_id = i.id
 CROSS JOIN LATERAL (VALUES ('credited', i.credited, coalesce(c.amount, 0)),
                            ('credited tax', i.credited_tax, coalesce(c.tax, 0)),
                            ('allocated', i.allocated, coalesce(a.amount, 0)),
                            ('written off', i.written_off, coalesce(w.amount, 0)))
            AS f(counter, kept, found)
 WHERE @i AND f.kept <> f.found
""",
    money=("kept", "found"),
)

INVOICE_LEDGER_DIFFERS: Final = Check(
    3,
    "invoice_ledger_differs",
    "{outstanding} are outstanding on the invoice, {posted} by the ledger.",
    """
SELECT i.seller_id, 'invoice' AS kind, i.id, i.currency, i.outstanding,
       coalesce(r.amount, 0)::bigint AS posted
  FROM invoices_invoice AS i
  LEFT JOIN (SELECT p.seller_id, coalesce(a.invoice_id, e.subject_id) AS invoice_id,
                    sum(p.amount) AS amount
               FROM ledger_posting AS p
               JOIN ledger_entry AS e ON e.seller_id = p.seller_id AND e.id = p.entry_id
               LEFT JOIN payments_allocation AS a
                    ON a.seller_id = e.seller_id AND a.id = e.subject_id
              WHERE @p AND p.account = 'receivable' GROUP BY 1, 2) AS r
       ON r.seller_id = i.seller_id AND r.invoice_id = i.id
 WHERE @i AND i.state <> 'draft' AND i.outstanding <> coalesce(r.amount, 0)
""",
    money=("outstanding", "posted"),
)

INVOICE_STATE_WRONG: Final = Check(
    3,
    "invoice_state_wrong",
    "The invoice is {state} with {outstanding} of {amount} outstanding; it should be {expected}.",
    """
SELECT seller_id, 'invoice' AS kind, id, currency, state, outstanding, amount, expected
  FROM (SELECT i.*, CASE
               WHEN i.outstanding < 0 THEN 'paid back'
               WHEN i.outstanding > 0 THEN 'open'
               WHEN i.credited = i.amount THEN 'void'
               WHEN i.written_off > 0 THEN 'written_off'
               ELSE 'paid' END AS expected
          FROM invoices_invoice AS i WHERE @i AND i.state <> 'draft') AS i
 WHERE state <> expected OR (closed_on IS NULL) <> (state = 'open')
""",
    money=("outstanding", "amount"),
)

ORDER_INVOICED_DIFFERS: Final = Check(
    3,
    "order_invoiced_differs",
    "The order counts {kept} as invoiced with {kept_tax} tax, its invoices sum to {found} with"
    " {found_tax}.",
    """
SELECT o.seller_id, 'order' AS kind, o.id, o.currency, o.invoiced_amount AS kept,
       o.invoiced_tax AS kept_tax, coalesce(i.amount, 0)::bigint AS found,
       coalesce(i.tax, 0)::bigint AS found_tax
  FROM orders_order AS o
  LEFT JOIN (SELECT p.seller_id, p.order_id, sum(p.amount) AS amount, sum(p.tax_amount) AS tax
               FROM invoices_invoicepart AS p WHERE @p AND p.captured GROUP BY 1, 2) AS i
       ON i.seller_id = o.seller_id AND i.order_id = o.id
 WHERE @o AND (o.invoiced_amount, o.invoiced_tax)
              IS DISTINCT FROM (coalesce(i.amount, 0), coalesce(i.tax, 0))
""",
    money=("kept", "kept_tax", "found", "found_tax"),
)

PAYMENT_DIFFERS: Final = Check(
    4,
    "payment_differs",
    "The bank booked {booked}, the payment made of it is of {amount}.",
    """
SELECT p.seller_id, 'payment' AS kind, p.id, p.currency, t.amount AS booked, p.amount
  FROM payments_payment AS p
  JOIN payments_banktransaction AS t
       ON t.seller_id = p.seller_id AND t.id = p.bank_transaction_id
 WHERE @p AND (t.amount, t.currency) IS DISTINCT FROM (p.amount, p.currency)
""",
    money=("booked", "amount"),
)

LINE_NOT_WAITING: Final = Check(
    4,
    "line_not_waiting",
    "Money that came in {waits} where bank lines wait to be settled, and {settled}.",
    """
SELECT t.seller_id, 'bank_transaction' AS kind, t.id, t.currency,
       CASE WHEN t.waits THEN 'stands' ELSE 'does not stand' END AS waits,
       CASE WHEN t.settled THEN 'is settled' ELSE 'is not settled' END AS settled
  FROM (SELECT t.seller_id, t.id, t.currency, w.id IS NOT NULL AS waits,
               EXISTS (SELECT 1 FROM payments_payment AS p
                        WHERE p.seller_id = t.seller_id AND p.bank_transaction_id = t.id)
               OR EXISTS (SELECT 1 FROM payments_bankclaim AS c
                           WHERE c.seller_id = t.seller_id AND c.bank_transaction_id = t.id)
               OR EXISTS (SELECT 1 FROM payments_banktransaction AS b
                           WHERE b.seller_id = t.seller_id AND b.batch_id = t.id) AS settled
          FROM payments_banktransaction AS t
          LEFT JOIN payments_waitingline AS w
               ON w.seller_id = t.seller_id AND w.bank_transaction_id = t.id
         WHERE @t AND t.amount > 0) AS t
 WHERE t.waits = t.settled
""",
)

PAYMENT_NOT_EXPLAINED: Final = Check(
    4,
    "payment_not_explained",
    "Of {amount} received, {allocated} are allocated, {gone} refunded or returned and {unapplied}"
    " unapplied in the ledger; the payment itself counts {kept} as allocated and {kept_gone} as gone.",
    """
SELECT seller_id, 'payment' AS kind, id, currency, amount, allocated, gone, unapplied, kept,
       kept_gone
  FROM (SELECT p.seller_id, p.id, p.currency, p.amount, p.allocated AS kept,
               p.refunded + p.returned AS kept_gone, coalesce(r.amount, 0)::bigint AS gone,
               coalesce(a.amount, 0)::bigint AS allocated,
               coalesce(u.amount, 0)::bigint AS unapplied
          FROM payments_payment AS p
          LEFT JOIN (SELECT a.seller_id, a.payment_id, sum(coalesce(a.converted, a.amount - a.deduction))
                            AS amount
                       FROM payments_allocation AS a WHERE @a GROUP BY 1, 2) AS a
               ON a.seller_id = p.seller_id AND a.payment_id = p.id
          LEFT JOIN (SELECT g.seller_id, coalesce(a.payment_id, e.subject_id) AS payment_id,
                            -sum(g.amount) AS amount
                       FROM ledger_posting AS g
                       JOIN ledger_entry AS e ON e.seller_id = g.seller_id AND e.id = g.entry_id
                       LEFT JOIN payments_allocation AS a
                            ON a.seller_id = e.seller_id AND a.id = e.subject_id
                      WHERE @g AND g.account = 'unapplied_cash' GROUP BY 1, 2) AS u
               ON u.seller_id = p.seller_id AND u.payment_id = p.id
          LEFT JOIN (SELECT r.seller_id, r.payment_id, sum(r.amount) AS amount
                       FROM payments_repayment AS r WHERE @r GROUP BY 1, 2) AS r
               ON r.seller_id = p.seller_id AND r.payment_id = p.id
         WHERE @p) AS p
 WHERE amount <> allocated + gone + unapplied OR kept <> allocated OR kept_gone <> gone
""",
    money=("amount", "allocated", "gone", "unapplied", "kept", "kept_gone"),
)

PAYMENT_STATE_WRONG: Final = Check(
    4,
    "payment_state_wrong",
    "The payment is {state} with {allocated} of {amount} allocated, {refunded} refunded and"
    " {returned} returned; it should be {expected}.",
    """
SELECT seller_id, 'payment' AS kind, id, currency, state, allocated, amount, refunded, returned,
       expected
  FROM (SELECT p.*, CASE
               WHEN p.refunded + p.returned = p.amount AND p.returned > 0 THEN 'returned'
               WHEN p.refunded = p.amount THEN 'refunded'
               WHEN p.allocated = 0 THEN 'unapplied'
               WHEN p.allocated + p.refunded + p.returned = p.amount THEN 'allocated'
               ELSE 'partially_allocated' END AS expected
          FROM payments_payment AS p WHERE @p AND p.state <> 'received') AS p
 WHERE state <> expected
""",
    money=("allocated", "amount", "refunded", "returned"),
)

# The parts keep the shop's tax; where the document rounds (BT-114), it states another. Under split
# payment they hold the tax that the buyer does not pay to the seller. A late charge bills no order.
INVOICE_PARTS_DIFFER: Final = Check(
    3,
    "invoice_parts_differ",
    "The invoice is of {kept} with {kept_tax} tax, its parts sum to {found} with {found_tax}.",
    """
SELECT i.seller_id, 'invoice' AS kind, i.id, i.currency, i.amount AS kept,
       i.tax_amount AS kept_tax, coalesce(p.amount, 0)::bigint AS found,
       coalesce(p.tax, 0)::bigint AS found_tax
  FROM invoices_invoice AS i
  LEFT JOIN (SELECT p.seller_id, p.invoice_id, sum(p.amount) AS amount, sum(p.tax_amount) AS tax
               FROM invoices_invoicepart AS p WHERE @p GROUP BY 1, 2) AS p
       ON p.seller_id = i.seller_id AND p.invoice_id = i.id
 WHERE @i AND i.state <> 'draft' AND i.kind <> 'late_charge' AND CASE WHEN i.split_tax > 0
       THEN i.amount <> coalesce(p.amount - p.tax, 0) OR i.tax_amount <> 0
       ELSE i.amount <> coalesce(p.amount, 0)
            OR i.document#>>'{totals,rounding}' IS NULL AND i.tax_amount <> coalesce(p.tax, 0) END
""",
    money=("kept", "kept_tax", "found", "found_tax"),
)

ORDER_SHIPPED_DIFFERS: Final = Check(
    3,
    "order_shipped_differs",
    "The order counts {kept} as to be billed with {kept_tax} tax, its shipments that are not billed"
    " sum to {found} with {found_tax}.",
    """
SELECT o.seller_id, 'order' AS kind, o.id, o.currency, o.shipped_amount AS kept,
       o.shipped_tax AS kept_tax, coalesce(s.amount, 0)::bigint AS found,
       coalesce(s.tax, 0)::bigint AS found_tax
  FROM orders_order AS o
  LEFT JOIN (SELECT s.seller_id, s.order_id, sum(s.amount) AS amount, sum(s.tax_amount) AS tax
               FROM orders_shipment AS s
              WHERE @s AND NOT s.billed AND s.canceled_at IS NULL GROUP BY 1, 2) AS s
       ON s.seller_id = o.seller_id AND s.order_id = o.id
 WHERE @o AND (o.shipped_amount, o.shipped_tax)
              IS DISTINCT FROM (coalesce(s.amount, 0), coalesce(s.tax, 0))
""",
    money=("kept", "kept_tax", "found", "found_tax"),
)

_NO_DECIMALS: Final = ", ".join(f"'{code}'" for code, n in EXPONENTS.items() if n == 0)
_THREE_DECIMALS: Final = ", ".join(f"'{code}'" for code, n in EXPONENTS.items() if n == 3)

# A document carries two decimals at most (EN 16931-1, BR-DEC-*). The tax of an invoice is what its
# document states, whatever the shop charged: who writes it on an invoice owes it, or its buyer does
# (split payment).
DOCUMENT_DIFFERS: Final = Check(
    3,
    "document_differs",
    "{number} is of {amount} with {tax} tax; its document is {document} of {payable} with"
    " {document_tax} tax.",
    f"""
SELECT seller_id, kind, id, currency, number, amount, tax, document, payable, document_tax
  FROM (SELECT d.seller_id, d.kind, d.id, d.currency, d.number, d.amount, d.tax,
               coalesce(d.document->>'number', 'without a number') AS document,
               coalesce(d.document#>>'{{totals,payable}}', 'nothing') AS payable,
               coalesce(d.document#>>'{{totals,vat}}', 'no') AS document_tax,
               CASE WHEN d.currency IN ({_NO_DECIMALS}) THEN 1
                    WHEN d.currency IN ({_THREE_DECIMALS}) THEN 1000 ELSE 100 END::numeric AS units,
               d.document->>'currency' AS document_currency
          FROM (SELECT i.seller_id, 'invoice' AS kind, i.id, i.currency, i.number, i.amount,
                       i.tax_amount + i.split_tax AS tax, i.document
                  FROM invoices_invoice AS i WHERE @i AND i.document IS NOT NULL
                 UNION ALL
                SELECT n.seller_id, 'credit_note', n.id, n.currency, n.number, n.amount,
                       n.tax_amount + n.split_tax, n.document
                  FROM invoices_creditnote AS n WHERE @n AND n.document IS NOT NULL) AS d) AS d
 WHERE document <> number OR document_currency IS DISTINCT FROM currency
    OR payable <> round(amount / units, 2)::text AND (payable = 'nothing'
       OR payable::numeric <> round(amount / units, 2))
    OR document_tax = 'no' OR document_tax::numeric <> round(tax / units, 2)
""",
    money=("amount", "tax"),
)

SCHEDULE_DIFFERS: Final = Check(
    3,
    "schedule_differs",
    "The invoice is of {amount} due on {due_on}; its instalments sum to {found} and end on {last}.",
    """
SELECT seller_id, 'invoice' AS kind, id, currency, amount, due_on, found, last
  FROM (SELECT i.seller_id, i.id, i.currency, i.amount, i.due_on,
               sum((e->>'amount')::bigint)::bigint AS found, max((e->>'due_on')::date) AS last
          FROM invoices_invoice AS i, jsonb_array_elements(i.schedule) AS e
         WHERE @i GROUP BY 1, 2, 3, 4, 5) AS s
 WHERE amount <> found OR due_on <> last
""",
    money=("amount", "found"),
)

CHECKS: Final = (
    INVOICE_DIFFERS,
    INVOICE_LEDGER_DIFFERS,
    INVOICE_STATE_WRONG,
    ORDER_INVOICED_DIFFERS,
    INVOICE_PARTS_DIFFER,
    ORDER_SHIPPED_DIFFERS,
    DOCUMENT_DIFFERS,
    SCHEDULE_DIFFERS,
    PAYMENT_DIFFERS,
    LINE_NOT_WAITING,
    PAYMENT_NOT_EXPLAINED,
    PAYMENT_STATE_WRONG,
)
