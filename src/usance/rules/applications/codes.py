"""How often a one-time code may be asked for and tried.

A code has six digits: five tries in ten minutes leave a guesser one chance in 200,000 (NIST SP
800-63B, 5.2.2 asks for a bound on tries; 5.1.3.2 for ten minutes at most).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

DIGITS: Final = 6
LASTS: Final = timedelta(minutes=10)
MOST_TRIES: Final = 5
PAUSE: Final = timedelta(seconds=60)
"""Between two codes to the same application."""
MOST_IN_AN_HOUR: Final = 5
MOST_IN_A_DAY: Final = 12


def wait_until(sent: Sequence[datetime], *, at: datetime) -> datetime | None:
    """When the next code may be sent, after those ``sent`` (any order); None: now."""
    latest = sorted(sent, reverse=True)
    bounds: list[datetime] = []
    if latest:
        bounds.append(latest[0] + PAUSE)
    for most, within in ((MOST_IN_AN_HOUR, timedelta(hours=1)), (MOST_IN_A_DAY, timedelta(days=1))):
        if len(latest) >= most:
            bounds.append(latest[most - 1] + within)
    until = max(bounds, default=at)
    return until if until > at else None
