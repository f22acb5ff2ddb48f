"""Reading what waits for a person, and who may stand in for whom."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from usance.records.credit.models import Approval, Delegation, Review
from usance.records.parties.models import Staff
from usance.records.statements import execute


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody whose right to decide another has for a while."""

    email: str
    role: str
    staff_id: UUID


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
        Principal(email, role, staff_id)
        for email, role, staff_id in staff.order_by("user__email").values_list(
            "user__email", "role", "id"
        )
    ]


def staff_id(*, seller_id: UUID, email: str) -> UUID | None:
    """The seller's person with this address."""
    return (
        Staff.objects.filter(seller_id=seller_id, user__email=email)
        .values_list("id", flat=True)
        .first()
    )


def reviews(
    *, seller_id: UUID, state: str | None = "open", kind: str | None = None
) -> QuerySet[Review]:
    """The seller's reviews, by default those that wait."""
    found = Review.objects.filter(seller_id=seller_id)
    if state:
        found = found.filter(state=state)
    return found.filter(kind=kind) if kind else found


def waiting_for(
    *, seller_id: UUID, roles: Collection[str], names: Collection[str], email: str
) -> QuerySet[Review]:
    """The open reviews that somebody with ``roles`` may answer and has not: none that was asked for
    under one of its ``names``."""
    spoken = Approval.objects.filter(seller_id=seller_id).filter(
        Q(person=email) | Q(on_behalf_of=email)
    )
    return (
        Review.objects.filter(seller_id=seller_id, state="open")
        .filter(
            Q(roles__overlap=list(roles))
            | Q(escalated_at__isnull=False, escalate_to__in=list(roles))
        )
        .exclude(asked_by__in=list(names))
        .exclude(id__in=spoken.values("review_id"))
    )


def room_now(
    *, seller_id: UUID, line_id: UUID | None, on: date, order_id: UUID | None = None
) -> int | None:
    """What a line bears at the moment, its shared limit included, in its minor units; below zero
    when it is overdrawn. What cards hold for the order ``order_id`` counts for it. Nothing is locked.
    None: there is no such line, or it is not active."""
    rows = execute(
        'SELECT least(l."limit" + l.tolerance - (l.commitments + l.receivable + l.external'
        " - l.unapplied_cash) + CASE WHEN l.secured > 0 THEN credit_secured(l.seller_id, l.buyer_id,"
        " l.currency, NULL, %(order)s) ELSE 0 END, CASE WHEN l.group_id IS NOT NULL THEN coalesce(floor("
        "credit_converted(g.seller_id, credit_group_room(g.seller_id, g.id, %(on)s), g.currency,"
        " l.currency, %(on)s)), -1)::bigint END)"
        " FROM credit_creditline AS l LEFT JOIN credit_grouplimit AS g"
        " ON g.id = l.group_id AND g.seller_id = l.seller_id"
        " WHERE l.seller_id = %(seller)s AND l.id = %(line)s AND l.state = 'active'",
        {"seller": seller_id, "line": line_id, "on": on, "order": order_id},
    )
    return int(rows[0][0]) if rows else None


def delegations(*, seller_id: UUID) -> QuerySet[Delegation]:
    """Who stands in for whom, and did."""
    return Delegation.objects.filter(seller_id=seller_id)


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


def approvals_of(*, seller_id: UUID, review_ids: Collection[UUID]) -> dict[UUID, list[Approval]]:
    """What was said in each of some reviews, in order."""
    found: dict[UUID, list[Approval]] = {}
    for one in Approval.objects.filter(
        seller_id=seller_id, review_id__in=list(review_ids)
    ).order_by("created_at", "id"):
        found.setdefault(one.review_id, []).append(one)
    return found


def all_overrode(*, seller_id: UUID, subject_id: UUID) -> bool:
    """Whether everybody who approved the latest approved review of a subject knew that it exceeds a
    limit; False where nobody did."""
    latest = (
        Review.objects.filter(seller_id=seller_id, subject_id=subject_id, state="approved")
        .order_by("-closed_at", "-id")
        .first()
    )
    if latest is None:
        return False
    said = Approval.objects.filter(
        seller_id=seller_id, review_id=latest.id, verdict="approved"
    ).values_list("override", flat=True)
    return bool(said) and all(said)


def overdue_reviews(*, seller_id: UUID, at: datetime) -> Sequence[Review]:
    """Reviews whose time has run out and that have not been passed on yet."""
    return list(
        Review.objects.filter(
            seller_id=seller_id, state="open", due_at__lte=at, escalated_at__isnull=True
        ).order_by("due_at", "id")
    )
