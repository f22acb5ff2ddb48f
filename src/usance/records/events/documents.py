"""An event as the world sees it, in the list of events and in webhooks alike."""

from __future__ import annotations

from typing import Any

from usance.records.events.models import Event
from usance.records.identity import PREFIXES, public_id


def event_document(event: Event) -> dict[str, Any]:
    """The event with public ids. Amounts in ``data`` are minor units of its ``currency``."""
    kind = event.object_type
    return {
        "id": public_id("event", event.id),
        "object": "event",
        "created_at": event.created_at,
        "external_id": None,
        "metadata": {},
        "type": event.type,
        "object_type": kind,
        "object_id": f"{PREFIXES.get(kind, kind)}_{event.object_id.hex}",
        "buyer": None if event.buyer_id is None else public_id("buyer", event.buyer_id),
        "state": event.state,
        "currency": event.currency,
        "owed_change": event.owed_change,
        "actor": event.actor,
        "data": event.data,
    }
