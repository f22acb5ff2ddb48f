"""Reading and locking what was handed over to collection agencies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.models import F, QuerySet

from usance.records.dunning.handover_models import (
    DunningClaim,
    DunningClaimFile,
    DunningHandover,
)


def handovers(
    *, seller_id: UUID, case_id: UUID | None = None, buyer_id: UUID | None = None
) -> QuerySet[DunningHandover]:
    """The seller's hand-overs with their buyers."""
    wanted = {"case_id": case_id, "buyer_id": buyer_id}
    return DunningHandover.objects.select_related("buyer").filter(
        seller_id=seller_id, **{key: value for key, value in wanted.items() if value is not None}
    )


def handover(*, seller_id: UUID, handover_id: UUID) -> DunningHandover | None:
    """One hand-over with its buyer."""
    return handovers(seller_id=seller_id).filter(id=handover_id).first()


def lock_handover(*, seller_id: UUID, handover_id: UUID) -> DunningHandover | None:
    """The hand-over, locked until the transaction ends."""
    found = DunningHandover.objects.select_for_update(no_key=True)
    return found.filter(seller_id=seller_id, id=handover_id).first()


def claims_of(handover_ids: Collection[UUID], *, seller_id: UUID) -> dict[UUID, list[DunningClaim]]:
    """The claims of these hand-overs with their invoices, the first due first."""
    rows: defaultdict[UUID, list[DunningClaim]] = defaultdict(list)
    found = DunningClaim.objects.select_related("invoice").filter(
        seller_id=seller_id, handover_id__in=list(handover_ids)
    )
    found = found.defer("invoice__document", "invoice__lines")
    for one in found.order_by("invoice__due_on", "invoice__number"):
        rows[one.handover_id].append(one)
    return dict(rows)


def file_of(*, seller_id: UUID, handover_id: UUID) -> DunningClaimFile | None:
    """The archive of a hand-over."""
    found = DunningClaimFile.objects.filter(seller_id=seller_id, handover_id=handover_id)
    return found.first()


def with_an_agency(
    invoice_ids: Collection[UUID], *, seller_id: UUID, besides: UUID | None = None
) -> set[UUID]:
    """Which of these invoices a hand-over that holds has a claim of, other than the one ``besides``."""
    found = DunningClaim.objects.filter(
        seller_id=seller_id,
        invoice_id__in=list(invoice_ids),
        handover__taken_back_at__isnull=True,
    )
    if besides is not None:
        found = found.exclude(handover_id=besides)
    return set(found.values_list("invoice_id", flat=True))


def with_money(*, seller_id: UUID) -> list[UUID]:
    """The hand-overs that hold, on whose invoices more or less is outstanding than was said last."""
    found = DunningClaim.objects.filter(
        seller_id=seller_id, handover__taken_back_at__isnull=True
    ).exclude(invoice__outstanding=F("told"))
    return list(found.order_by("handover_id").values_list("handover_id", flat=True).distinct())
