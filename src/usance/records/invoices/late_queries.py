"""Reading which of a buyer's invoices were paid late, or are."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import F, Q, QuerySet

from usance.records.invoices.models import Invoice


def paid_late(*, seller_id: UUID, buyer_id: UUID, on: date) -> QuerySet[Invoice]:
    """The buyer's invoices of sales that were or are late at the end of the day ``on``, and some with
    instalments that may have been."""
    return (
        Invoice.objects.select_related("buyer")
        .filter(seller_id=seller_id, buyer_id=buyer_id, kind="sale")
        .filter(
            Q(state="open", due_on__lt=on)
            | Q(state="open", instalment_due_on__lt=on)
            | Q(closed_on__gt=F("due_on"), state__in=("paid", "written_off"))
            | Q(schedule__1__isnull=False, state__in=("open", "paid", "written_off"))
        )
    )
