"""The wall clock, read here and nowhere below the edge.

Commands, jobs and views ask :data:`CLOCK`; everything beneath them is told the time as ``at=`` or
``on=``, which is why a year of trading can be played in seconds.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final


class Clock:
    """Tells what time it is."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        return datetime.now(UTC)


CLOCK: Final = Clock()
