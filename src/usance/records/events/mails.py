"""The messages that go out: queued in the transaction that has something to say, sent afterwards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from usance.records.events.models import OutgoingMail
from usance.records.statements import execute, jsonb

# As one document: written out value by value, each of these long texts would be searched for quotes.
_ADD: Final = """
INSERT INTO events_outgoingmail (id, seller_id, created_at, kind, object_type, object_id, recipient,
                                 content, due_at, expires_at, attempts, message_id, last_error)
SELECT m.id, m.seller_id, m.created_at, m.kind, m.object_type, m.object_id, m.recipient, m.content,
       m.due_at, m.expires_at, 0, m.message_id, m.last_error
  FROM jsonb_to_recordset(%s) AS m(
       id uuid, seller_id uuid, created_at timestamptz, kind text, object_type text, object_id uuid,
       recipient text, content text, due_at timestamptz, expires_at timestamptz, message_id text,
       last_error text)
"""
_ADDED: Final = (
    *("id", "seller_id", "created_at", "kind", "object_type", "object_id", "recipient", "content"),
    *("due_at", "expires_at", "message_id", "last_error"),
)


def add_mails(rows: Sequence[OutgoingMail]) -> None:
    """Keep messages that nobody has tried to send yet, in one statement."""
    if rows:
        execute(_ADD, [jsonb([{name: getattr(row, name) for name in _ADDED} for row in rows])])


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
