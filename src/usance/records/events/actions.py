"""Appending to the list of events; queueing them for webhook endpoints; forgetting old answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from usance.records.events.models import Event, WebhookDelivery, WebhookEndpoint
from usance.records.events.queries import Position
from usance.records.identity import new_id
from usance.records.row_changes import change_row
from usance.records.statements import execute, jsonb


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Something that happened to one object.

    ``state`` is the object's new state if this changed it; ``owed_change`` what it added to the
    buyer's receivable, in minor units of ``currency``.
    """

    type: str
    object_type: str
    object_id: UUID
    buyer_id: UUID | None = None
    state: str | None = None
    currency: str | None = None
    owed_change: int = 0
    data: dict[str, Any] = field(default_factory=dict)


_APPEND = """
INSERT INTO events_event (id, seller_id, created_at, type, object_type, object_id, buyer_id, state,
                          currency, owed_change, actor, data)
SELECT e.id, %(seller_id)s, %(at)s, e.type, e.object_type, e.object_id, e.buyer_id, e.state,
       e.currency, e.owed_change, %(actor)s, e.data
  FROM jsonb_to_recordset(%(events)s) AS e(
       n integer, id uuid, type text, object_type text, object_id uuid, buyer_id uuid, state text,
       currency text, owed_change bigint, data jsonb)
 ORDER BY e.n
"""


def append(events: Sequence[NewEvent], *, seller_id: UUID, at: datetime, actor: str) -> None:
    """Append ``events`` in this order, in the caller's transaction."""
    if not events:
        return
    rows = [
        {
            "n": n,
            "id": new_id(),
            "type": event.type,
            "object_type": event.object_type,
            "object_id": event.object_id,
            "buyer_id": event.buyer_id,
            "state": event.state,
            "currency": event.currency,
            "owed_change": event.owed_change,
            "data": event.data,
        }
        for n, event in enumerate(events)
    ]
    execute(_APPEND, {"seller_id": seller_id, "at": at, "actor": actor, "events": jsonb(rows)})


def lock_endpoint(
    *, seller_id: UUID, endpoint_id: UUID, wait: bool = True
) -> WebhookEndpoint | None:
    """The endpoint, locked until the transaction ends. Without ``wait``, None if it is taken."""
    return (
        WebhookEndpoint.objects.select_for_update(no_key=True, skip_locked=not wait)
        .filter(seller_id=seller_id, id=endpoint_id)
        .first()
    )


def lock_delivery(*, seller_id: UUID, delivery_id: UUID) -> WebhookDelivery | None:
    """The delivery, locked until the transaction ends."""
    return (
        WebhookDelivery.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=delivery_id)
        .first()
    )


def change(row: WebhookEndpoint | WebhookDelivery, **fields: Any) -> None:
    """Set ``fields`` on the locked endpoint or delivery, here and in the database."""
    change_row(row, fields)


_QUEUE = """
INSERT INTO events_webhookdelivery (id, seller_id, created_at, endpoint_id, event_id, object_id,
                                    state, attempts, last_error, replay)
SELECT d.id, %(seller_id)s, %(at)s, %(endpoint_id)s, d.event_id, d.object_id, 'pending', 0, '',
       %(generation)s
  FROM jsonb_to_recordset(%(rows)s) AS d(n integer, id uuid, event_id uuid, object_id uuid)
 ORDER BY d.n
"""


def queue_deliveries(
    events: Sequence[Event], *, endpoint: WebhookEndpoint, at: datetime
) -> list[tuple[UUID, UUID]]:
    """A delivery of each event to the locked endpoint: (delivery, object), in the events' order."""
    made = [(new_id(), event) for event in events]
    rows = [
        {"n": n, "id": delivery_id, "event_id": event.id, "object_id": event.object_id}
        for n, (delivery_id, event) in enumerate(made)
    ]
    if rows:
        execute(
            _QUEUE,
            {
                "seller_id": endpoint.seller_id,
                "endpoint_id": endpoint.id,
                "generation": endpoint.generation,
                "at": at,
                "rows": jsonb(rows),
            },
        )
    return [(delivery_id, event.object_id) for delivery_id, event in made]


_GIVE_UP = """
WITH given_up AS (
    UPDATE events_webhookdelivery
       SET state = 'failed',
           last_error = CASE WHEN last_error = '' THEN %(reason)s ELSE last_error END
     WHERE seller_id = %(seller_id)s AND endpoint_id = %(endpoint_id)s AND state = 'pending'
    RETURNING event_id
)
SELECT e.transaction, e.sequence FROM given_up
  JOIN events_event AS e ON e.seller_id = %(seller_id)s AND e.id = given_up.event_id
 ORDER BY e.transaction, e.sequence LIMIT 1
"""


def rewind(endpoint: WebhookEndpoint, *, to: Position | None, reason: str) -> None:
    """Take the locked endpoint back to ``to``, or to the first event still on its way if that is
    earlier; without ``to``, to the latter. Everything on its way is given up for ``reason``."""
    rows = execute(
        _GIVE_UP,
        {"seller_id": endpoint.seller_id, "endpoint_id": endpoint.id, "reason": reason},
    )
    reached = Position(endpoint.transaction, endpoint.sequence)
    undelivered = Position(rows[0][0], rows[0][1] - 1) if rows else reached
    start = min(reached, undelivered, to or reached)
    change(
        endpoint,
        transaction=start.transaction,
        sequence=start.sequence,
        generation=endpoint.generation + 1,
    )


_FORGET = """
DELETE FROM events_idempotencyrecord WHERE seller_id = %(seller_id)s AND id IN (
    SELECT id FROM events_idempotencyrecord
     WHERE seller_id = %(seller_id)s AND created_at < %(before)s LIMIT %(limit)s)
RETURNING id
"""


def forget_answers(*, seller_id: UUID, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` remembered answers from before ``before``; how many those were."""
    return len(execute(_FORGET, {"seller_id": seller_id, "before": before, "limit": limit}))
