"""When a statement of account is due by the calendar, and what period it is of."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

NEVER: Final = "never"
WEEKLY: Final = "weekly"
MONTHLY: Final = "monthly"
EVERY: Final = (NEVER, WEEKLY, MONTHLY)
LATEST_DAYS: Final = 6
"""Days after its own on which a statement is still sent, where nothing ran on the day. Later it waits
for the next one: it would come in between two."""


class InvalidSchedule(ValueError):
    """A schedule of statements that cannot be; the text says what to change."""


@dataclass(frozen=True, slots=True)
class StatementSchedule:
    """``every`` week on ``day`` (1 is Monday, 7 Sunday), every month on ``day`` (1 to 31; the last day of
    a shorter month), or never. Raises InvalidSchedule."""

    every: str = NEVER
    day: int = 1

    def __post_init__(self) -> None:
        if self.every not in EVERY:
            raise InvalidSchedule(f"Choose one of {', '.join(EVERY)}, not {self.every!r}.")
        most = 7 if self.every == WEEKLY else 31
        if not 1 <= self.day <= most:
            raise InvalidSchedule(f"The day is 1 to {most}, not {self.day}.")

    def latest(self, on: date) -> date | None:
        """The last day up to and with ``on`` for which a statement is due; None: never."""
        if self.every == NEVER:
            return None
        if self.every == WEEKLY:
            return on - timedelta(days=(on.isoweekday() - self.day) % 7)
        found = self._in_month(on)
        return found if found <= on else self._in_month(on.replace(day=1) - timedelta(days=1))

    def due(self, on: date, *, since: date) -> date | None:
        """The day whose statement is to be sent on the day ``on``, where the schedule stands ``since``
        that day; None where none is, or it is too late for it (:data:`LATEST_DAYS`)."""
        found = self.latest(on)
        if found is None or found < since or (on - found).days > LATEST_DAYS:
            return None
        return found

    def period(self, due_on: date) -> str:
        """The name of the period whose statement is due on ``due_on``: ``2026-11``, or ``2026-W48`` (ISO
        8601). There is one statement of a period, whatever day its schedule is moved to."""
        if self.every == WEEKLY:
            year, week, _ = due_on.isocalendar()
            return f"{year}-W{week:02}"
        return f"{due_on:%Y-%m}"

    def begins(self, due_on: date) -> date:
        """The first day of what the statement due on ``due_on`` shows: that of the one before."""
        found = self.latest(due_on - timedelta(days=1))
        return due_on if found is None else found

    def _in_month(self, on: date) -> date:
        return on.replace(day=min(self.day, monthrange(on.year, on.month)[1]))
