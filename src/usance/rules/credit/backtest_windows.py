"""Sums and maxima of the last days, kept as time goes on: each entry comes once and goes once."""

from __future__ import annotations

from collections import deque
from datetime import date, timedelta


class Window:
    """How many entries the last ``days`` days have, today included, and what they sum to."""

    __slots__ = ("_days", "_entries", "count", "total")

    def __init__(self, days: int) -> None:
        self._days = timedelta(days=days)
        self._entries: deque[tuple[date, int]] = deque()
        self.count = self.total = 0

    def add(self, on: date, *, amount: int = 0) -> None:
        """An entry of the day ``on``, which is not before the last one's."""
        self._entries.append((on, amount))
        self.count += 1
        self.total += amount

    def move_to(self, on: date) -> Window:
        """Forget what is too long ago on the day ``on``."""
        entries, end = self._entries, on - self._days
        while entries and entries[0][0] <= end:
            self.total -= entries.popleft()[1]
            self.count -= 1
        return self


class Highest:
    """The largest entry of the last ``days`` days, today included; 0 if there is none.

    An entry that a later one is at least as large as can never be the largest again.
    """

    __slots__ = ("_days", "_entries")

    def __init__(self, days: int) -> None:
        self._days = timedelta(days=days)
        self._entries: deque[tuple[date, int]] = deque()

    def add(self, on: date, *, amount: int) -> None:
        """An entry of the day ``on``, which is not before the last one's."""
        while self._entries and self._entries[-1][1] <= amount:
            self._entries.pop()
        self._entries.append((on, amount))

    def at(self, on: date) -> int:
        """The largest on the day ``on``."""
        while self._entries and self._entries[0][0] <= on - self._days:
            self._entries.popleft()
        return self._entries[0][1] if self._entries else 0
