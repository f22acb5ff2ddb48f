"""What of an invoice in instalments is still to pay, and when.

What was paid, credited or written off counts against the instalment that falls due first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Instalment:
    """What falls due on a day, and what of it is ``open``; minor units. ``place`` counts from 1."""

    place: int
    due_on: date
    amount: int
    open: int


def instalments(schedule: Iterable[Mapping[str, Any]], *, settled: int) -> tuple[Instalment, ...]:
    """The instalments of a kept ``schedule`` once ``settled`` (minor units) counts against the first."""
    found: list[Instalment] = []
    for place, part in enumerate(schedule, 1):
        amount = int(part["amount"])
        paid = min(settled, amount)
        settled -= paid
        found.append(
            Instalment(place, date.fromisoformat(str(part["due_on"])), amount, amount - paid)
        )
    return tuple(found)


def next_due_on(schedule: Sequence[Mapping[str, Any]], *, settled: int, last: date) -> date:
    """The day of the first instalment that is not settled in full; ``last`` where all are, or none is."""
    left = (part.due_on for part in instalments(schedule, settled=settled) if part.open)
    return next(left, last)
