"""Following a seller's events in a test as the jobs would: first the standings, then the watch."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.flows.trading import Trade
from tests.horizon import wait_for_events
from usance.flows import monitoring, standing, watches
from usance.records.monitoring.models import Alarm, Watch
from usance.rules.monitoring import watch_from_document


def set_watch(trade: Trade, **fields: Any) -> Watch:
    """A watch from the moment of the call on: both readers have begun when this returns."""
    document = {"name": "w", "triggers": ["order.authorized"], "actions": []} | fields
    rule = watch_from_document(document, currency=trade.seller.currency)
    made = watches.set_watch(trade.seller, rule, **trade.act)
    follow(trade)
    return made


def follow(trade: Trade, at: datetime | None = None) -> None:
    """Read on until nothing is left to read."""
    now = at or trade.at
    for _ in range(50):
        wait_for_events(trade.seller.id)
        counted = standing.follow_events(seller_id=trade.seller.id, at=now)
        if not counted + monitoring.watch(seller_id=trade.seller.id, at=now):
            return
    raise AssertionError("the watch goes round in circles")


def alarms(trade: Trade) -> list[Alarm]:
    """The seller's alarms, the oldest first."""
    return list(
        Alarm.objects.filter(seller_id=trade.seller.id).select_related("watch").order_by("id")
    )
