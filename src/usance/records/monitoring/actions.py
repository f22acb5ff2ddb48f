"""Writing alarms, and how far those that follow the events have read."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from usance.records.events.queries import Position
from usance.records.identity import new_id
from usance.records.monitoring.models import WatchPosition
from usance.records.statements import execute, jsonb


def place(*, seller_id: UUID, reader: str) -> Position | None:
    """How far ``reader`` has read; None if it has not begun."""
    found = (
        WatchPosition.objects.filter(seller_id=seller_id, reader=reader)
        .values_list("transaction", "sequence")
        .first()
    )
    return Position(*found) if found else None


def lock_place(*, seller_id: UUID, reader: str) -> Position | None:
    """Like ``place``, locked until the transaction ends."""
    found = (
        WatchPosition.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, reader=reader)
        .values_list("transaction", "sequence")
        .first()
    )
    return Position(*found) if found else None


def move_place(*, seller_id: UUID, reader: str, to: Position, at: datetime) -> None:
    """``reader`` has read as far as ``to``."""
    WatchPosition.objects.bulk_create(
        [
            WatchPosition(
                seller_id=seller_id,
                reader=reader,
                created_at=at,
                transaction=to.transaction,
                sequence=to.sequence,
            )
        ],
        update_conflicts=True,
        unique_fields=["seller", "reader"],
        update_fields=["transaction", "sequence"],
    )


def forget_place(*, seller_id: UUID, reader: str) -> None:
    """``reader`` reads no more, and begins anew when it does again."""
    WatchPosition.objects.filter(seller_id=seller_id, reader=reader).delete()


_RAISE: Final = """
INSERT INTO monitoring_alarm (id, seller_id, created_at, watch_id, buyer_id, state, trigger,
                              event_id, facts, actions, acknowledged_by, note)
VALUES (%(id)s, %(seller)s, %(at)s, %(watch)s, %(buyer)s, 'open', %(trigger)s, %(event)s, %(facts)s,
        '[]', '', '')
    ON CONFLICT (seller_id, watch_id, event_id) WHERE event_id IS NOT NULL DO NOTHING
RETURNING id
"""


def raise_alarm(
    *,
    seller_id: UUID,
    watch_id: UUID,
    buyer_id: UUID,
    trigger: str,
    event_id: UUID,
    facts: dict[str, Any],
    at: datetime,
) -> UUID | None:
    """A new alarm; None if the watch has raised one about that event before."""
    rows = execute(
        _RAISE,
        {
            "id": new_id(),
            "seller": seller_id,
            "at": at,
            "watch": watch_id,
            "buyer": buyer_id,
            "trigger": trigger,
            "event": event_id,
            "facts": jsonb(facts),
        },
    )
    return rows[0][0] if rows else None
