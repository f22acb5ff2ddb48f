"""The messages that go out: queued in the transaction that has something to say, sent afterwards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from usance.records.events.models import OutgoingMail


def due_mails(*, at: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """(seller, message) of those to be sent now, of every seller, the longest due first."""
    rows = (
        OutgoingMail.objects.filter(due_at__lte=at)
        .order_by("due_at")
        .values_list("seller_id", "id")
    )
    return list(rows[:limit])


def mail(*, seller_id: UUID, mail_id: UUID) -> OutgoingMail | None:
    """One message."""
    return OutgoingMail.objects.filter(seller_id=seller_id, id=mail_id).first()


def mails_about(*, seller_id: UUID, object_id: UUID) -> Sequence[OutgoingMail]:
    """The messages about one object, the newest first."""
    return list(
        OutgoingMail.objects.filter(seller_id=seller_id, object_id=object_id).order_by("-id")[:50]
    )


def given_up_about(*, seller_id: UUID, object_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """The addresses to which a message about each of these objects did not go and will not any more."""
    found = OutgoingMail.objects.filter(
        seller_id=seller_id, object_id__in=object_ids, due_at__isnull=True, sent_at__isnull=True
    )
    given_up: dict[UUID, list[str]] = {}
    for object_id, recipient in found.order_by("id").values_list("object_id", "recipient"):
        given_up.setdefault(object_id, []).append(recipient)
    return given_up


def take_mail(row: OutgoingMail, *, at: datetime, until: datetime) -> bool:
    """Whether the message is due and now the caller's; others leave it alone ``until`` then."""
    taken = OutgoingMail.objects.filter(seller_id=row.seller_id, id=row.id, due_at__lte=at).update(
        due_at=until
    )
    return bool(taken)


def change_mail(row: OutgoingMail, **fields: Any) -> None:
    """Set ``fields``, unless somebody has finished with the message meanwhile."""
    for name, value in fields.items():
        setattr(row, name, value)
    OutgoingMail.objects.filter(seller_id=row.seller_id, id=row.id, due_at__isnull=False).update(
        **fields
    )
