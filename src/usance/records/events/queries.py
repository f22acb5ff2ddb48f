"""Reading events in their order, and what is on its way to webhook endpoints.

The order is (transaction, sequence). A reader stops before the oldest transaction still running:
what that one will commit belongs before everything later, and would be passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from usance.records.events.models import Event, WebhookDelivery, WebhookEndpoint
from usance.records.statements import execute

# Computed once a statement, on the snapshot of that very statement.
SETTLED_BEFORE: Final = "(SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint)"
"""The transaction number below which every event is committed and visible to all."""


class Position(NamedTuple):
    """A place in the order of events."""

    transaction: int
    sequence: int


BEGINNING: Final = Position(0, 0)


def events_after(
    position: Position, *, seller_id: UUID, limit: int, types: Sequence[str] = ()
) -> Sequence[Event]:
    """The seller's next ``limit`` events after ``position``, of ``types`` (none: every type)."""
    return list(
        Event.objects.raw(
            "SELECT e.* FROM events_event AS e WHERE e.seller_id = %s"
            f" AND (e.transaction, e.sequence) > (%s, %s) AND e.transaction < {SETTLED_BEFORE}"
            " AND (%s::text[] = '{}' OR e.type = ANY(%s))"
            " ORDER BY e.transaction, e.sequence LIMIT %s",
            [seller_id, position.transaction, position.sequence, list(types), list(types), limit],
        )
    )


def events_page(
    position: Position,
    *,
    seller_id: UUID,
    limit: int,
    types: Sequence[str] = (),
    object_id: UUID | None = None,
    buyer_id: UUID | None = None,
) -> Sequence[Event]:
    """Like events_after, of one object or buyer if it is given."""
    return list(
        Event.objects.raw(
            "SELECT e.* FROM events_event AS e WHERE e.seller_id = %s"
            f" AND (e.transaction, e.sequence) > (%s, %s) AND e.transaction < {SETTLED_BEFORE}"
            " AND (%s::text[] = '{}' OR e.type = ANY(%s))"
            " AND (%s::uuid IS NULL OR e.object_id = %s)"
            " AND (%s::uuid IS NULL OR e.buyer_id = %s)"
            " ORDER BY e.transaction, e.sequence LIMIT %s",
            [
                seller_id,
                *position,
                *(list(types), list(types)),
                *(object_id, object_id),
                *(buyer_id, buyer_id),
                limit,
            ],
        )
    )


def event(*, seller_id: UUID, event_id: UUID) -> Event | None:
    """One event of the seller's."""
    return Event.objects.filter(seller_id=seller_id, id=event_id).first()


def end_of_events() -> Position:
    """The place after which everything comes that is not settled yet."""
    rows = execute(f"SELECT {SETTLED_BEFORE}", [])
    return Position(int(rows[0][0]), 0)


def position_before(at: datetime, *, seller_id: UUID) -> Position | None:
    """The place just before the seller's first event at ``at`` or later; None without one."""
    rows = execute(
        "SELECT transaction, sequence FROM events_event WHERE seller_id = %s AND created_at >= %s"
        " ORDER BY transaction, sequence LIMIT 1",
        [seller_id, at],
    )
    return Position(rows[0][0], rows[0][1] - 1) if rows else None


def count_between(after: Position, until: Position, *, seller_id: UUID) -> int:
    """How many events of the seller's lie after ``after``, up to and with ``until``."""
    return int(
        execute(
            "SELECT count(*) FROM events_event WHERE seller_id = %s"
            " AND (transaction, sequence) > (%s, %s) AND (transaction, sequence) <= (%s, %s)",
            [seller_id, *after, *until],
        )[0][0]
    )


def endpoints(*, seller_id: UUID) -> Sequence[WebhookEndpoint]:
    """The seller's webhook endpoints, the newest first."""
    return list(WebhookEndpoint.objects.filter(seller_id=seller_id).order_by("-id"))


def endpoint(*, seller_id: UUID, endpoint_id: UUID) -> WebhookEndpoint | None:
    """One webhook endpoint of the seller's."""
    return WebhookEndpoint.objects.filter(seller_id=seller_id, id=endpoint_id).first()


def endpoints_behind() -> list[tuple[UUID, UUID]]:
    """(seller, endpoint) of every active endpoint that has events to be queued, of all sellers."""
    return [
        (seller_id, endpoint_id)
        for seller_id, endpoint_id in execute(
            "SELECT w.seller_id, w.id FROM events_webhookendpoint AS w"
            " WHERE w.state = 'active' AND EXISTS (SELECT 1 FROM events_event AS e"
            " WHERE e.seller_id = w.seller_id"
            " AND (e.transaction, e.sequence) > (w.transaction, w.sequence)"
            f" AND e.transaction < {SETTLED_BEFORE}) ORDER BY w.id",
            [],
        )
    ]


def pending_deliveries(*, seller_id: UUID, endpoint_id: UUID) -> int:
    """How many deliveries to the endpoint are neither delivered nor given up."""
    return WebhookDelivery.objects.filter(
        seller_id=seller_id, endpoint_id=endpoint_id, state="pending"
    ).count()


def deliveries(*, seller_id: UUID, endpoint_id: UUID, limit: int) -> Sequence[WebhookDelivery]:
    """The latest ``limit`` deliveries to the endpoint, the newest first."""
    return list(
        WebhookDelivery.objects.filter(seller_id=seller_id, endpoint_id=endpoint_id).order_by(
            "-id"
        )[:limit]
    )


def delivery(*, seller_id: UUID, delivery_id: UUID) -> WebhookDelivery | None:
    """One delivery with its event and its endpoint."""
    return (
        WebhookDelivery.objects.select_related("event", "endpoint")
        .filter(
            seller_id=seller_id,
            id=delivery_id,
            event__seller_id=seller_id,
            endpoint__seller_id=seller_id,
        )
        .first()
    )


def first_pending(*, seller_id: UUID, endpoint_id: UUID, object_id: UUID) -> UUID | None:
    """The delivery to the endpoint that is next for the object: that of its earliest event."""
    # Materialized: the few that wait are put in order, not every event of the seller's walked through.
    rows = execute(
        "WITH waiting AS MATERIALIZED (SELECT id, event_id FROM events_webhookdelivery"
        " WHERE seller_id = %s AND endpoint_id = %s AND object_id = %s AND state = 'pending')"
        " SELECT w.id FROM waiting AS w JOIN events_event AS e"
        " ON e.seller_id = %s AND e.id = w.event_id ORDER BY e.transaction, e.sequence LIMIT 1",
        [seller_id, endpoint_id, object_id, seller_id],
    )
    return rows[0][0] if rows else None


def delivered_since(at: datetime, *, seller_id: UUID, endpoint_id: UUID) -> bool:
    """Whether the endpoint has taken anything since ``at``."""
    return WebhookDelivery.objects.filter(
        seller_id=seller_id, endpoint_id=endpoint_id, state="delivered", delivered_at__gte=at
    ).exists()


def history(*, seller_id: UUID, object_ids: Sequence[UUID], limit: int) -> Sequence[Event]:
    """The latest ``limit`` events of some objects, the newest first."""
    return list(
        Event.objects.filter(seller_id=seller_id, object_id__in=list(object_ids)).order_by(
            "-transaction", "-sequence"
        )[:limit]
    )


def latest(*, seller_id: UUID, limit: int) -> Sequence[Event]:
    """The latest ``limit`` events of the seller's, the newest first."""
    return list(
        Event.objects.filter(seller_id=seller_id).order_by("-transaction", "-sequence")[:limit]
    )


def states_of_deliveries(*, seller_id: UUID, object_id: UUID, type_: str) -> set[str]:
    """The states of the deliveries of an object's latest event of a type, to every endpoint."""
    event = (
        Event.objects.filter(seller_id=seller_id, object_id=object_id, type=type_)
        .order_by("-transaction", "-sequence")
        .first()
    )
    if event is None:
        return set()
    found = WebhookDelivery.objects.filter(
        seller_id=seller_id, object_id=object_id, event_id=event.id
    )
    return set(found.values_list("state", flat=True))
