"""Reading reference rates, terms of late interest, late charges, and what moved a principal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from usance.records.collections.models import (
    Dispute,
    LateCharge,
    LateChargeWaiver,
    LateInterestTerms,
    ReferenceRate,
)
from usance.records.statements import execute


def reference_rates(*, seller_id: UUID, table: str | None = None) -> QuerySet[ReferenceRate]:
    """The reference rates that the seller has loaded."""
    found = ReferenceRate.objects.filter(seller_id=seller_id)
    return found.filter(table=table) if table else found


def terms_of(*, seller_id: UUID, buyer_id: UUID | None = None) -> LateInterestTerms | None:
    """The terms of the buyer, or (None) those of the seller itself; None where nobody has set any."""
    found = LateInterestTerms.objects.filter(seller_id=seller_id)
    if buyer_id is None:
        return found.filter(buyer_id__isnull=True).first()
    return found.filter(buyer_id=buyer_id).first()


def terms_for_buyers(
    *, seller_id: UUID, buyer_ids: Collection[UUID]
) -> dict[UUID | None, LateInterestTerms]:
    """The terms set for each buyer, and (None) the seller's own, where any are set."""
    found = LateInterestTerms.objects.filter(seller_id=seller_id).filter(
        Q(buyer_id__isnull=True) | Q(buyer_id__in=buyer_ids)
    )
    return {row.buyer_id: row for row in found}


def any_charged_at_notice(*, seller_id: UUID) -> bool:
    """Whether with anybody's dunning notices late charges are claimed."""
    return LateInterestTerms.objects.filter(seller_id=seller_id, charging="at_notice").exists()


def late_charges(
    *,
    seller_id: UUID,
    buyer_id: UUID | None = None,
    invoice_ids: Collection[UUID] | None = None,
) -> QuerySet[LateCharge]:
    """The seller's late charges with invoice, claim and buyer."""
    found = LateCharge.objects.select_related("invoice", "claim", "buyer").filter(
        seller_id=seller_id
    )
    if buyer_id is not None:
        found = found.filter(buyer_id=buyer_id)
    return found if invoice_ids is None else found.filter(invoice_id__in=invoice_ids)


def late_charge(*, seller_id: UUID, charge_id: UUID) -> LateCharge | None:
    """One late charge with invoice, claim and buyer."""
    return late_charges(seller_id=seller_id).filter(id=charge_id).first()


def charge_of_claim(*, seller_id: UUID, claim_id: UUID) -> LateCharge | None:
    """What the invoice of kind ``late_charge`` claims."""
    return late_charges(seller_id=seller_id).filter(claim_id=claim_id).first()


def waivers(
    *, seller_id: UUID, invoice_ids: Collection[UUID] | None = None
) -> QuerySet[LateChargeWaiver]:
    """What was waived of late charges, with invoice and buyer."""
    found = LateChargeWaiver.objects.select_related("invoice", "buyer").filter(seller_id=seller_id)
    return found if invoice_ids is None else found.filter(invoice_id__in=invoice_ids)


# What a credit note has freed of a payment had paid the invoice until then.
_MOVED: Final = """
SELECT a.invoice_id, x."on", sum(a.amount)::bigint, x.kind
  FROM payments_allocation AS a
  JOIN payments_payment AS p ON p.seller_id = a.seller_id AND p.id = a.payment_id
  JOIN parties_seller AS s ON s.id = a.seller_id
 CROSS JOIN LATERAL (
       SELECT CASE WHEN f.freed THEN (a.created_at AT TIME ZONE s.time_zone)::date
                   ELSE p.received_on END AS "on",
              CASE WHEN f.freed THEN 'credit_note' ELSE 'payment' END AS kind
         FROM (SELECT a.amount < 0 AND a.rule = 'credit_note' AS freed) AS f) AS x
 WHERE a.seller_id = %(seller_id)s AND a.invoice_id = ANY(%(ids)s)
 GROUP BY 1, 2, 4 HAVING sum(a.amount) <> 0
 UNION ALL
SELECT n.invoice_id, n.issued_on, sum(n.amount)::bigint, 'credit_note'
  FROM invoices_creditnote AS n
 WHERE n.seller_id = %(seller_id)s AND n.invoice_id = ANY(%(ids)s)
 GROUP BY 1, 2
 UNION ALL
SELECT e.subject_id, e."on", -sum(p.amount)::bigint, 'write_off'
  FROM ledger_entry AS e
  JOIN ledger_posting AS p ON p.seller_id = e.seller_id AND p.entry_id = e.id
 WHERE e.seller_id = %(seller_id)s AND e.subject_id = ANY(%(ids)s) AND e.kind = 'write_off'
   AND p.account = 'receivable'
 GROUP BY 1, 2
 ORDER BY 1, 2, 4
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """So much less (minor units) is owed since the day ``on``: ``kind`` is payment, credit_note or
    write_off. A payment counts from the day it came in; one that was taken back never did."""

    on: date
    amount: int
    kind: str


def moved(*, seller_id: UUID, invoice_ids: Collection[UUID]) -> dict[UUID, list[Moved]]:
    """What took something off each invoice, in its order."""
    found: defaultdict[UUID, list[Moved]] = defaultdict(list)
    for invoice_id, *rest in execute(_MOVED, {"seller_id": seller_id, "ids": list(invoice_ids)}):
        found[invoice_id].append(Moved(*rest))
    return found


def disputes_of(*, seller_id: UUID, invoice_ids: Collection[UUID]) -> dict[UUID, list[Dispute]]:
    """The disputes of each invoice with their credit notes."""
    found: defaultdict[UUID, list[Dispute]] = defaultdict(list)
    rows = Dispute.objects.select_related("credit_note").filter(
        seller_id=seller_id, invoice_id__in=invoice_ids
    )
    for row in rows.order_by("id"):
        found[row.invoice_id].append(row)
    return found
