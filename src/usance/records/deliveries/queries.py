"""Reading kept documents, and what became of deliveries."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Case, Q, QuerySet, When

from usance.records.deliveries.models import Delivery, KeptDocument, Receipt, Registration
from usance.records.events.models import Event
from usance.records.events.queries import SETTLED_BEFORE
from usance.records.statements import execute

LARGEST_DOCUMENT: Final = 50 * 2**20
"""Bytes of a kept document; more than any that we write."""


def kept_document(
    *, seller_id: UUID, subject_id: UUID, format_: str, language: str, revision: int | None = None
) -> KeptDocument | None:
    """The document in a format and language; the latest revision, or the one asked for."""
    found = KeptDocument.objects.filter(
        seller_id=seller_id, subject_id=subject_id, format=format_, language=language
    )
    if revision is not None:
        found = found.filter(revision=revision)
    return found.order_by("-revision").first()


def kept_documents(*, seller_id: UUID, subject_id: UUID) -> Sequence[KeptDocument]:
    """Every document kept of an invoice or credit note, without its content, the oldest first."""
    found = KeptDocument.objects.filter(seller_id=seller_id, subject_id=subject_id)
    return list(found.defer("content").order_by("id"))


def kept_formats(*, seller_id: UUID, subject_ids: Collection[UUID]) -> set[tuple[UUID, str, str]]:
    """(subject, format, language) of what is kept of some invoices and credit notes."""
    found = KeptDocument.objects.filter(seller_id=seller_id, subject_id__in=list(subject_ids))
    return set(found.values_list("subject_id", "format", "language"))


def content_of(document: KeptDocument) -> bytes:
    """What the reader of the document gets."""
    content = bytes(document.content)
    if not document.compressed:
        return content
    return zlib.decompressobj().decompress(content, LARGEST_DOCUMENT)


def deliveries(
    *,
    seller_id: UUID,
    buyer_id: UUID | None = None,
    subject_id: UUID | None = None,
    state: str | None = None,
    states: Collection[str] = (),
    channel: str | None = None,
) -> QuerySet[Delivery]:
    """The seller's deliveries, narrowed by what is given."""
    found = Delivery.objects.filter(seller_id=seller_id)
    if buyer_id is not None:
        found = found.filter(buyer_id=buyer_id)
    if subject_id is not None:
        found = found.filter(subject_id=subject_id)
    if state is not None:
        found = found.filter(state=state)
    if states:
        found = found.filter(state__in=list(states))
    if channel is not None:
        found = found.filter(channel=channel)
    return found


def delivery(*, seller_id: UUID, delivery_id: UUID) -> Delivery | None:
    """One delivery."""
    return Delivery.objects.filter(seller_id=seller_id, id=delivery_id).first()


def latest_by_way(*, seller_id: UUID, subject_id: UUID) -> dict[tuple[str, str], Delivery]:
    """The latest delivery of a document over each way: the channel, and by e-mail the address."""
    rows = Delivery.objects.filter(seller_id=seller_id, subject_id=subject_id).order_by("id")
    return {way_of(row.channel, row.recipient): row for row in rows}


def way_of(channel: str, recipient: str) -> tuple[str, str]:
    """What counts as the same way: a network has a document, whatever address it was given for."""
    return channel, recipient if channel == "email" else ""


def by_reference(*, seller_id: UUID, channel: str, reference: str) -> Delivery | None:
    """The delivery that a network knows by ``reference``.

    Of several it is the first that the network has: what came after under the same name is the
    same to it.
    """
    if not reference:
        return None
    found = Delivery.objects.filter(seller_id=seller_id, channel=channel, reference=reference)
    ended = Q(state__in=("failed", "rejected"))
    return found.order_by(Case(When(ended, then=1), default=0), "id").first()


@dataclass(frozen=True, slots=True)
class DeliveryStory:
    """A delivery and everything that happened to it, the oldest first."""

    delivery: Delivery
    events: tuple[Event, ...]


def stories(*, seller_id: UUID, subject_id: UUID) -> list[DeliveryStory]:
    """The deliveries of an invoice or credit note with their histories, the newest first. Two
    queries, however many there are."""
    rows = list(deliveries(seller_id=seller_id, subject_id=subject_id).order_by("-id"))
    told: dict[UUID, list[Event]] = {row.id: [] for row in rows}
    events = Event.objects.filter(seller_id=seller_id, object_id__in=list(told))
    for event in events.order_by("transaction", "sequence"):
        told[event.object_id].append(event)
    return [DeliveryStory(row, tuple(told[row.id])) for row in rows]


_LATEST: Final = """
SELECT DISTINCT ON (d.subject_id, d.channel) d.subject_id, d.channel, d.state
  FROM deliveries_delivery AS d
 WHERE d.seller_id = %(seller)s AND d.subject_id = ANY(%(subjects)s)
 ORDER BY d.subject_id, d.channel, d.id DESC
"""


def latest_states(
    *, seller_id: UUID, subject_ids: Collection[UUID]
) -> dict[UUID, list[tuple[str, str]]]:
    """(channel, state) of the latest delivery on each channel, of each of ``subject_ids`` that has
    any: what a list of invoices shows."""
    found: dict[UUID, list[tuple[str, str]]] = {}
    for subject, channel, state in execute(
        _LATEST, {"seller": seller_id, "subjects": list(subject_ids)}
    ):
        found.setdefault(subject, []).append((channel, state))
    return found


_DUE: Final = """
SELECT seller_id, id
  FROM (SELECT d.seller_id, d.id, d.due_at,
               row_number() OVER (PARTITION BY d.seller_id, d.channel ORDER BY d.due_at, d.id) AS turn
          FROM deliveries_delivery AS d
         WHERE d.due_at <= %(at)s) AS waiting
 ORDER BY turn, due_at
 LIMIT %(limit)s
"""


def due_deliveries(*, at: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """(seller, delivery) of those something is to be done about now: the longest due of every
    seller's channels, then the second of each, so that nobody waits for another's thousands."""
    return [(row[0], row[1]) for row in execute(_DUE, {"at": at, "limit": limit})]


def registration_of(*, seller_id: UUID, subject_id: UUID) -> Registration | None:
    """The registration of an invoice or credit note with India's portal, without the whole answer."""
    found = Registration.objects.filter(seller_id=seller_id, subject_id=subject_id)
    return found.defer("content").first()


def registration_by_irn(*, seller_id: UUID, irn: str) -> Registration | None:
    """The registration that the portal has numbered ``irn``."""
    return Registration.objects.filter(seller_id=seller_id, irn=irn).defer("content").first()


def receipts_of(*, seller_id: UUID, delivery_id: UUID) -> Sequence[Receipt]:
    """What came back about a delivery, the oldest first."""
    return list(Receipt.objects.filter(seller_id=seller_id, delivery_id=delivery_id).order_by("id"))


_BEHIND: Final = f"""
SELECT s.id
  FROM parties_seller AS s
  LEFT JOIN monitoring_position AS p ON p.seller_id = s.id AND p.reader = %(reader)s
 WHERE EXISTS (SELECT 1 FROM events_event AS e
                WHERE e.seller_id = s.id
                  AND (e.transaction, e.sequence)
                    > (coalesce(p.transaction, 0), coalesce(p.sequence, 0))
                  AND e.transaction < {SETTLED_BEFORE})
 ORDER BY s.id
"""


def sellers_behind(reader: str) -> list[UUID]:
    """Sellers to whom something has happened that ``reader`` has not read."""
    return [row[0] for row in execute(_BEHIND, {"reader": reader})]


def sellers_connected(kinds: Collection[str]) -> list[UUID]:
    """Sellers with an active connection of one of ``kinds``."""
    return [
        row[0]
        for row in execute(
            "SELECT DISTINCT seller_id FROM connections_connection"
            " WHERE is_active AND kind = ANY(%s) ORDER BY seller_id",
            [list(kinds)],
        )
    ]
