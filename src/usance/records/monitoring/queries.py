"""Reading the watches of a seller, the alarms they raised, and how often lines are reviewed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from usance.records.events.queries import SETTLED_BEFORE
from usance.records.monitoring.models import Alarm, ReviewCycle, Watch
from usance.records.statements import execute

CHANGE: Final = "change:"
"""Before the name of a fact, a trigger: that fact has changed."""


def watches(*, seller_id: UUID, active_only: bool = False) -> QuerySet[Watch]:
    """The seller's watches."""
    found = Watch.objects.filter(seller_id=seller_id)
    return found.filter(is_active=True) if active_only else found


def watch(*, seller_id: UUID, watch_id: UUID) -> Watch | None:
    """One watch."""
    return Watch.objects.filter(seller_id=seller_id, id=watch_id).first()


def has_watches(*, seller_id: UUID) -> bool:
    """Whether any watch is switched on."""
    return watches(seller_id=seller_id, active_only=True).exists()


def watched_facts(*, seller_id: UUID) -> frozenset[str]:
    """Facts whose change is a trigger of a watch that is switched on."""
    active = watches(seller_id=seller_id, active_only=True)
    return frozenset(
        trigger.removeprefix(CHANGE)
        for triggers in active.values_list("triggers", flat=True)
        for trigger in triggers
        if trigger.startswith(CHANGE)
    )


def alarms(
    *,
    seller_id: UUID,
    state: str | None = None,
    buyer_id: UUID | None = None,
    watch_id: UUID | None = None,
    severity: str | None = None,
) -> QuerySet[Alarm]:
    """The seller's alarms with their watch and buyer."""
    found = Alarm.objects.select_related("watch", "buyer").filter(
        seller_id=seller_id, watch__seller_id=seller_id, buyer__seller_id=seller_id
    )
    wanted = {
        "state": state,
        "buyer_id": buyer_id,
        "watch_id": watch_id,
        "watch__severity": severity,
    }
    return found.filter(**{name: value for name, value in wanted.items() if value})


def alarm(*, seller_id: UUID, alarm_id: UUID) -> Alarm | None:
    """One alarm with its watch and buyer."""
    return alarms(seller_id=seller_id).filter(id=alarm_id).first()


def raised_since(
    at: datetime, *, seller_id: UUID, watch_ids: Collection[UUID], buyer_ids: Collection[UUID]
) -> set[tuple[UUID, UUID, datetime]]:
    """(watch, buyer, when) of the alarms after ``at``, by those watches about those buyers."""
    return set(
        Alarm.objects.filter(
            seller_id=seller_id,
            created_at__gt=at,
            watch_id__in=list(watch_ids),
            buyer_id__in=list(buyer_ids),
        ).values_list("watch_id", "buyer_id", "created_at")
    )


def cycles(*, seller_id: UUID) -> Sequence[ReviewCycle]:
    """How often lines of each tier are reviewed, by tier."""
    return list(ReviewCycle.objects.filter(seller_id=seller_id).order_by("tier"))


def cycle_days(*, seller_id: UUID, tier: str) -> int | None:
    """Days between reviews of lines of ``tier``; None where none are set."""
    return (
        ReviewCycle.objects.filter(seller_id=seller_id, tier=tier)
        .values_list("days", flat=True)
        .first()
    )


_TO_FOLLOW: Final = f"""
SELECT w.seller_id
  FROM (SELECT seller_id FROM monitoring_watch WHERE is_active
         UNION
        SELECT seller_id FROM credit_policyrelease WHERE needs_standing AND %(reader)s = 'standing'
         UNION
        SELECT seller_id FROM monitoring_position WHERE reader = %(reader)s) AS w
  LEFT JOIN monitoring_position AS p ON p.seller_id = w.seller_id AND p.reader = %(reader)s
 WHERE p.id IS NULL
    OR EXISTS (SELECT 1 FROM events_event AS e
                WHERE e.seller_id = w.seller_id
                  AND (e.transaction, e.sequence) > (p.transaction, p.sequence)
                  AND e.transaction < {SETTLED_BEFORE})
 ORDER BY w.seller_id
"""


def sellers_to_follow(reader: str) -> list[UUID]:
    """Sellers of whom ``reader`` (``standing`` or ``watch``) has events to read, or may have to begin."""
    return [row[0] for row in execute(_TO_FOLLOW, {"reader": reader})]


def find_alarms(
    *,
    seller_id: UUID,
    text: str = "",
    state: str = "",
    severity: str = "",
    buyer_id: UUID | None = None,
    watch_id: UUID | None = None,
) -> QuerySet[Alarm]:
    """The seller's alarms about buyers or of watches whose name contains ``text``."""
    found = alarms(
        seller_id=seller_id,
        state=state or None,
        severity=severity or None,
        buyer_id=buyer_id,
        watch_id=watch_id,
    )
    if text:
        found = found.filter(Q(buyer__name__icontains=text) | Q(watch__name__icontains=text))
    return found


def count_open_alarms(*, seller_id: UUID) -> int:
    """How many alarms nobody has seen to."""
    return Alarm.objects.filter(seller_id=seller_id, state="open").count()
