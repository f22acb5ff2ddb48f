"""Reading a buyer's account as a statement shows it: what it owed before a day, and what moved since.

Written against the ledger: what a buyer owes is its receivable less its unapplied cash. Entries are
found by what they are about, so the whole ledger of the seller is never read.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from usance.records.invoices.models import Invoice
from usance.records.statements import execute

_MOVED: Final = """
WITH subject AS (
    SELECT i.id, i.number, i.due_on FROM invoices_invoice AS i
     WHERE i.seller_id = %(seller)s AND i.buyer_id = %(buyer)s AND i.currency = %(currency)s
     UNION ALL
    SELECT p.id, p.reference, NULL FROM payments_payment AS p
     WHERE p.seller_id = %(seller)s AND p.buyer_id = %(buyer)s AND p.currency = %(currency)s
     UNION ALL
    -- An allocation moves what is owed only where it gives something up or converts.
    SELECT a.id, i.number, NULL FROM payments_allocation AS a
      JOIN invoices_invoice AS i ON i.seller_id = a.seller_id AND i.id = a.invoice_id
     WHERE a.seller_id = %(seller)s AND i.buyer_id = %(buyer)s
       AND (a.deduction <> 0 OR a.converted IS NOT NULL)
), moved AS (
    SELECT e.id, e."on", e.kind, e.at, s.id AS subject_id, s.number, s.due_on,
           sum(p.amount)::bigint AS amount
      FROM subject AS s
      JOIN ledger_entry AS e ON e.seller_id = %(seller)s AND e.subject_id = s.id
      JOIN ledger_posting AS p ON p.seller_id = e.seller_id AND p.entry_id = e.id
     WHERE p.buyer_id = %(buyer)s AND p.account IN ('receivable', 'unapplied_cash')
       AND e."on" <= %(until)s AND e.currency = %(currency)s
     GROUP BY e.id, e."on", e.kind, e.at, s.id, s.number, s.due_on
    HAVING sum(p.amount) <> 0
)
"""


@dataclass(frozen=True, slots=True)
class Movement:
    """An entry that changed what the buyer owes: ``amount`` in minor units, positive where it owes more.

    ``number`` is the invoice's or credit note's, or what the payer wrote.
    """

    on: date
    kind: str
    number: str
    due_on: date | None
    amount: int


def owed_before(*, seller_id: UUID, buyer_id: UUID, currency: str, on: date) -> int:
    """What the buyer owed at the beginning of the day ``on``, less what it had paid in advance."""
    rows = execute(
        _MOVED + 'SELECT coalesce(sum(amount), 0)::bigint FROM moved WHERE "on" < %(since)s',
        _question(seller_id, buyer_id, currency, since=on, until=on),
    )
    return int(rows[0][0])


def movements(
    *, seller_id: UUID, buyer_id: UUID, currency: str, since: date, until: date
) -> Sequence[Movement]:
    """What changed from the day ``since`` to the day ``until``, both included, in its order."""
    rows = execute(
        _MOVED
        + """
SELECT m."on", m.kind, coalesce(n.number, m.number),
       CASE WHEN m.kind = 'invoice_opened' THEN m.due_on END, m.amount
  FROM moved AS m
  LEFT JOIN invoices_creditnote AS n
         ON m.kind = 'credit_note' AND n.seller_id = %(seller)s
        AND n.invoice_id = m.subject_id AND n.created_at = m.at
 WHERE m."on" >= %(since)s
 ORDER BY m."on", m.id
""",
        _question(seller_id, buyer_id, currency, since=since, until=until),
    )
    return [Movement(*row) for row in rows]


def _question(
    seller_id: UUID, buyer_id: UUID, currency: str, *, since: date, until: date
) -> dict[str, object]:
    return {
        "seller": seller_id,
        "buyer": buyer_id,
        "currency": currency,
        "since": since,
        "until": until,
    }


def buyers_who_owe(*, seller_id: UUID, buyer_ids: Collection[UUID] | None = None) -> list[UUID]:
    """The buyers with an open invoice, of all or of ``buyer_ids``, in the order of their ids."""
    found = Invoice.objects.filter(seller_id=seller_id, state="open", outstanding__gt=0)
    if buyer_ids is not None:
        found = found.filter(buyer_id__in=list(buyer_ids))
    return list(found.order_by("buyer_id").values_list("buyer_id", flat=True).distinct())
