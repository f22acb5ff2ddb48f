"""Reading what waits for a person, and who may stand in for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from usance.records.credit.models import Approval, Delegation, Review
from usance.records.parties.models import Staff


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody whose right to decide another has for a while."""

    email: str
    role: str


def principals_of(*, seller_id: UUID, deputy: str, on: date) -> list[Principal]:
    """Those for whom ``deputy`` may decide on the day ``on``, with the role they have now."""
    emails = Delegation.objects.filter(
        seller_id=seller_id,
        deputy=deputy,
        from_on__lte=on,
        until_on__gte=on,
        ended_at__isnull=True,
    ).values_list("principal", flat=True)
    staff = Staff.objects.filter(seller_id=seller_id, user__email__in=list(emails))
    return [
        Principal(email, role)
        for email, role in staff.order_by("user__email").values_list("user__email", "role")
    ]


def reviews(
    *, seller_id: UUID, state: str | None = "open", kind: str | None = None
) -> QuerySet[Review]:
    """The seller's reviews, by default those that wait."""
    found = Review.objects.filter(seller_id=seller_id)
    if state:
        found = found.filter(state=state)
    return found.filter(kind=kind) if kind else found


def review(*, seller_id: UUID, review_id: UUID) -> Review | None:
    """One review."""
    return Review.objects.filter(seller_id=seller_id, id=review_id).first()


def open_review_of(*, seller_id: UUID, subject_id: UUID) -> Review | None:
    """The review that waits about one thing."""
    return Review.objects.filter(seller_id=seller_id, subject_id=subject_id, state="open").first()


def approvals(*, seller_id: UUID, review_id: UUID) -> Sequence[Approval]:
    """What was said in a review, in order."""
    return list(
        Approval.objects.filter(seller_id=seller_id, review_id=review_id).order_by(
            "created_at", "id"
        )
    )


def overdue_reviews(*, seller_id: UUID, at: datetime) -> Sequence[Review]:
    """Reviews whose time has run out and that have not been passed on yet."""
    return list(
        Review.objects.filter(
            seller_id=seller_id, state="open", due_at__lte=at, escalated_at__isnull=True
        ).order_by("due_at", "id")
    )
