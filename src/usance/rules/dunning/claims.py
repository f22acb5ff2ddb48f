"""What is still owed of a claim that was handed over, of an invoice that may fall due in instalments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any


def left_of(
    overdue: int, *, on: date, schedule: Iterable[Mapping[str, Any]], outstanding: int
) -> int:
    """What is owed of ``overdue``, claimed on the day ``on``, where ``outstanding`` is owed of the whole
    invoice; minor units. What falls due from that day on (its kept ``schedule``) was not claimed, and is
    paid last: what was paid counts against the instalment that falls due first."""
    later = sum(
        int(part["amount"]) for part in schedule if date.fromisoformat(str(part["due_on"])) >= on
    )
    return max(0, min(overdue, outstanding - later))
