"""Reading when statements of account are sent, and which were."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from usance.records.collections.models import SentStatement, StatementRule


def rule_of(*, seller_id: UUID, buyer_id: UUID | None = None) -> StatementRule | None:
    """The rule of the buyer, or (None) that of the seller itself; None where nobody has set any."""
    found = StatementRule.objects.filter(seller_id=seller_id)
    if buyer_id is None:
        return found.filter(buyer_id__isnull=True).first()
    return found.filter(buyer_id=buyer_id).first()


def rules(*, seller_id: UUID) -> dict[UUID | None, StatementRule]:
    """Every rule by its buyer, and (None) the seller's own."""
    return {row.buyer_id: row for row in StatementRule.objects.filter(seller_id=seller_id)}


def sent_of(*, seller_id: UUID, periods: Collection[str]) -> set[tuple[UUID, str]]:
    """(buyer, period) of each statement of one of ``periods`` that was sent."""
    found = SentStatement.objects.filter(seller_id=seller_id, period__in=list(periods))
    return {(buyer_id, str(period)) for buyer_id, period in found.values_list("buyer_id", "period")}


def sent_statements(*, seller_id: UUID, buyer_id: UUID | None = None) -> QuerySet[SentStatement]:
    """The statements that were sent, with their buyers."""
    found = SentStatement.objects.select_related("buyer").filter(seller_id=seller_id)
    return found if buyer_id is None else found.filter(buyer_id=buyer_id)
