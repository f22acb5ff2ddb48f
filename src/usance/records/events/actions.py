"""Appending to the list of events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from usance.records.identity import new_id
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
