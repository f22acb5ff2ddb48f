"""(e) Aging as of past days over many invoices, most of them paid since, and equal to the truth.

``make bench ARGS=past-aging``. The invoices are of three years, 5,000 buyers, and end in every way:
paid whole or in two parts, paid and released, credited in part, written off, written off and taken
back, open. The truth is what is left of each when all its documents up to the day are added up.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from django.db import connection

from benchmarks import trade
from benchmarks.measure import server_time
from usance.flows import checkout, fulfilment, settlement
from usance.records.invoices import receivables

_INVOICES = """
INSERT INTO invoices_invoice (id, seller_id, created_at, order_id, buyer_id, series_id, sequence,
       number, reference, state, currency, amount, tax_amount, terms, issued_on, due_on, closed_on,
       lines, credited, credited_tax, allocated, written_off, metadata)
SELECT uuidv7(), i.seller_id, i.created_at, i.order_id, b.id, i.series_id,
       i.sequence + c.n, 'P-' || lpad(c.n::text, 8, '0'), 'P' || lpad(c.n::text, 8, '0'),
       CASE WHEN d.closed THEN CASE WHEN d.how = 96 THEN 'written_off' ELSE 'paid' END ELSE 'open' END,
       i.currency, d.amount, 0, i.terms, d.issued_on, d.issued_on + 30,
       CASE WHEN d.closed THEN d.closing END,
       i.lines, CASE WHEN d.how IN (94, 95) THEN d.amount / 3 ELSE 0 END, 0,
       CASE WHEN d.how = 96 THEN 0
            WHEN d.closed THEN d.amount - CASE WHEN d.how IN (94, 95) THEN d.amount / 3 ELSE 0 END
            WHEN d.how BETWEEN 84 AND 93 AND d.paying <= %(today)s THEN d.amount / 2 ELSE 0 END,
       CASE WHEN d.how = 96 AND d.closed THEN d.amount ELSE 0 END,
       jsonb_build_object('how', d.how, 'paying', d.paying, 'note', repeat('net terms ', 40))
  FROM invoices_invoice AS i
 CROSS JOIN generate_series(1, %(count)s) AS c(n)
 CROSS JOIN LATERAL (
       SELECT c.n %% 100 AS how, 1000 + (c.n * 7919::bigint) %% 90000 AS amount,
              (%(today)s::date - (c.n * 104729::bigint %% 1095)::integer) AS issued_on) AS e
 CROSS JOIN LATERAL (
       SELECT e.*, e.issued_on + 20 + (c.n * 31::bigint %% 60)::integer AS paying) AS f
 CROSS JOIN LATERAL (
       SELECT f.*, CASE WHEN f.how = 96 THEN f.issued_on + 150 WHEN f.how BETWEEN 84 AND 93
                        THEN f.paying + 40 ELSE f.paying END AS closing) AS g
 CROSS JOIN LATERAL (SELECT g.*, g.closing <= %(today)s AND g.how < 97 AS closed) AS d
  JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place
          FROM parties_buyer WHERE seller_id = %(seller)s) AS b ON b.place = c.n %% %(buyers)s
 WHERE i.seller_id = %(seller)s
"""

# (how) 0 to 83 whole, 84 to 93 in two halves, 94 and 95 less a credit note, 96 written off; the rest
# open, of which 97 was paid and released, and 98 written off and taken back.
_ALLOCATIONS = """
INSERT INTO payments_allocation (id, seller_id, created_at, payment_id, invoice_id, amount, deduction,
       deduction_kind, rate_difference, rule, explanation, reverses_id)
SELECT uuidv7(), i.seller_id, (a.day + time '10:00') AT TIME ZONE 'Europe/Rome',
       %(payment)s, i.id, a.amount, 0, '', 0, 'reference', 'Invoice ' || i.number, a.reverses
  FROM invoices_invoice AS i
 CROSS JOIN LATERAL (SELECT (i.metadata ->> 'how')::integer AS how,
                            (i.metadata ->> 'paying')::date AS paying) AS m
 CROSS JOIN LATERAL (VALUES
       (m.how < 84, m.paying, i.amount, NULL::uuid),
       (m.how BETWEEN 84 AND 93, m.paying, i.amount / 2, NULL),
       (m.how BETWEEN 84 AND 93, m.paying + 40, i.amount - i.amount / 2, NULL),
       (m.how IN (94, 95), m.paying, i.amount - i.amount / 3, NULL),
       (m.how = 97, m.paying, i.amount, NULL),
       (m.how = 97 AND m.paying + 9 <= %(today)s, m.paying + 9, -i.amount, %(any)s)
       ) AS a(is_so, day, amount, reverses)
 WHERE i.seller_id = %(seller)s AND i.metadata ? 'how' AND a.is_so AND a.day <= %(today)s
"""

_RELEASED = """
UPDATE invoices_invoice SET allocated = amount, state = 'paid', closed_on = (metadata ->> 'paying')::date
 WHERE seller_id = %(seller)s AND (metadata ->> 'how') = '97'
   AND (metadata ->> 'paying')::date BETWEEN %(today)s::date - 8 AND %(today)s
"""

_CREDITS = """
INSERT INTO invoices_creditnote (id, seller_id, created_at, invoice_id, series_id, sequence, number,
       currency, amount, tax_amount, reason, issued_on, metadata)
SELECT gen_random_uuid(), seller_id, (issued_on + 12 + time '10:00') AT TIME ZONE 'Europe/Rome', id,
       series_id, sequence, 'C' || number, currency, amount / 3, 0, '', issued_on + 12, '{}'
  FROM invoices_invoice
 WHERE seller_id = %(seller)s AND (metadata ->> 'how') IN ('94', '95') AND issued_on + 12 <= %(today)s
"""

_WRITE_OFFS = """
WITH moved AS (
    SELECT gen_random_uuid() AS entry_id, i.id, i.buyer_id, i.currency, i.seller_id, w.day, w.amount
      FROM invoices_invoice AS i CROSS JOIN LATERAL (VALUES
           (i.issued_on + 150, i.amount), (i.issued_on + 190, -i.amount)) AS w(day, amount)
     WHERE i.seller_id = %(seller)s AND (i.metadata ->> 'how') IN ('96', '98')
       AND i.issued_on + CASE WHEN (i.metadata ->> 'how') = '98' THEN 190 ELSE 150 END <= %(today)s
       AND ((i.metadata ->> 'how') = '98' OR w.amount > 0)
), entries AS (
    INSERT INTO ledger_entry (id, seller_id, created_at, kind, subject_id, buyer_id, currency, at, "on")
    SELECT entry_id, seller_id, day, 'write_off', id, buyer_id, currency, day, day FROM moved
     ORDER BY day
)
INSERT INTO ledger_posting (id, seller_id, entry_id, buyer_id, account, currency, amount)
SELECT gen_random_uuid(), m.seller_id, m.entry_id, m.buyer_id, s.account, m.currency, s.sign * m.amount
  FROM moved AS m CROSS JOIN (VALUES ('bad_debt', 1), ('receivable', -1)) AS s(account, sign)
"""

_CREDITED_LATER = """
UPDATE invoices_invoice SET credited = 0, allocated = least(allocated, amount)
 WHERE seller_id = %(seller)s AND credited > 0 AND issued_on + 12 > %(today)s
"""

_TRUTH = """
SELECT count(*) FILTER (WHERE t.amount > 0), coalesce(sum(t.amount), 0)::bigint,
       coalesce(sum(t.amount) FILTER (WHERE %(on)s::date - t.due_on BETWEEN 31 AND 60), 0)::bigint
  FROM (SELECT i.due_on, i.amount - coalesce(a.amount, 0) - coalesce(n.amount, 0)
               - coalesce(w.amount, 0) AS amount
          FROM invoices_invoice AS i
          LEFT JOIN (SELECT invoice_id, sum(amount) AS amount FROM payments_allocation
                      WHERE seller_id = %(seller)s
                        AND (created_at AT TIME ZONE 'Europe/Rome')::date <= %(on)s
                      GROUP BY 1) AS a ON a.invoice_id = i.id
          LEFT JOIN (SELECT invoice_id, sum(amount) AS amount FROM invoices_creditnote
                      WHERE seller_id = %(seller)s AND issued_on <= %(on)s GROUP BY 1) AS n
               ON n.invoice_id = i.id
          LEFT JOIN (SELECT e.subject_id, sum(p.amount) AS amount FROM ledger_entry AS e
                       JOIN ledger_posting AS p ON p.entry_id = e.id AND p.seller_id = e.seller_id
                      WHERE e.seller_id = %(seller)s AND e.kind = 'write_off' AND e."on" <= %(on)s
                        AND p.account = 'bad_debt' GROUP BY 1) AS w ON w.subject_id = i.id
         WHERE i.seller_id = %(seller)s AND i.issued_on <= %(on)s) AS t
"""

_INDEXES = """
UPDATE pg_index SET indisready = {0}, indisvalid = {0}
 WHERE indrelid IN ('invoices_invoice'::regclass, 'payments_allocation'::regclass)
"""


@dataclass(frozen=True)
class Report:
    """What the measure prints."""

    text: list[str]

    def lines(self) -> list[str]:
        """The result as text."""
        return self.text


def lay_out(*, invoices: int) -> tuple[trade.Trade, date]:
    """Three years of ``invoices`` and what became of them by today."""
    made, today = trade.lay_out(buyers=5000), trade.AT.date()
    order = checkout.authorize_orders(
        [
            checkout.OrderRequest(
                seller=made.seller, buyer_id=made.buyers[0], amount=100, currency="EUR"
            )
        ],
        at=trade.AT,
    )[0]
    assert isinstance(order, checkout.Authorization)
    first = fulfilment.invoice_order(made.seller, order_id=order.order_id, at=trade.AT, by="bench")
    payment = settlement.record_payment(
        made.seller,
        amount=100,
        currency="EUR",
        received_on=today,
        buyer_id=made.buyers[0],
        at=trade.AT,
        by="bench",
    )
    paid = settlement.allocate(
        made.seller, payment_id=payment.id, invoice_id=first.id, at=trade.AT, by="bench"
    )
    given = {
        "seller": made.seller.id,
        "count": invoices,
        "buyers": len(made.buyers),
        "today": today,
        "payment": payment.id,
        "any": paid.id,
    }
    with connection.cursor() as cursor:
        for statement in (
            # What is copied refers to what is there: it need not be looked up a million times. The
            # indexes are built once, at the end.
            "SET session_replication_role = replica",
            _INDEXES.format("false"),
            _INVOICES,
            _CREDITED_LATER,
            _ALLOCATIONS,
            _RELEASED,
            _CREDITS,
            _WRITE_OFFS,
            _INDEXES.format("true"),
            "REINDEX TABLE invoices_invoice",
            "REINDEX TABLE payments_allocation",
            "RESET session_replication_role",
            "VACUUM ANALYZE invoices_invoice",
            "VACUUM ANALYZE payments_allocation",
            "VACUUM ANALYZE invoices_creditnote",
            "ANALYZE ledger_entry",
            "ANALYZE ledger_posting",
        ):
            cursor.execute(statement, given)
    return made, today


def run(*, rounds: int, invoices: int) -> Report:
    """Milliseconds of a report as of today and of past days, and whether each is the truth."""
    made, today = lay_out(invoices=invoices)
    with connection.cursor() as cursor:
        # In one process, so that its processor time is all there is, however busy the machine.
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    text = [f"(e) aging as of past days over {invoices:,} invoices of three years, ms a report"]
    for back in (0, 7, 30, 90, 182, 365, 730, 1000):
        on = today - timedelta(days=back)
        asked = {"seller": made.seller.id, "on": on}
        with connection.cursor() as cursor:
            cursor.execute(_TRUTH, asked)
            truth = cursor.fetchone()
        took, by_buyer, processor = [], [], []
        for _ in range(rounds):
            begun, used = time.perf_counter(), server_time()
            rows = receivables.aging(seller_id=made.seller.id, on=on)
            took.append(1000 * (time.perf_counter() - begun))
            processor.append(1000 * (server_time() - used))
            begun = time.perf_counter()
            receivables.aging(seller_id=made.seller.id, on=on, by="buyer")
            by_buyer.append(1000 * (time.perf_counter() - begun))
        found = [(row.invoices, row.total, row.days_31_60) for row in rows] or [(0, 0, 0)]
        verdict = "equal to the truth" if found == [truth] else f"WRONG: {found} is not {truth}"
        text.append(
            f"  {back:4} days ago: {truth[0]:7,} open  in all {median(took):4.0f}"
            f" (max {max(took):.0f}, processor {median(processor):.0f})"
            f"  by buyer {median(by_buyer):4.0f} (max {max(by_buyer):.0f})"
            f"  {verdict}"
        )
    return Report(text)
