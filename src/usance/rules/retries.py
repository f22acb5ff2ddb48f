"""When a message that was not taken is sent again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

RETRY_AFTER: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""The waits between attempts that Standard Webhooks suggests; three days in all."""

SPREAD: Final = 0.1
"""Up to this share is added to a wait, so that what failed together does not return together."""


Chance = float
"""A random number from 0 to 1."""


def next_attempt(attempts: int, *, at: datetime, chance: float) -> datetime | None:
    """When to try again after ``attempts`` (1 or more) failed, the last at ``at``; None: never.

    ``chance`` is a random number from 0 to 1 that the caller draws.
    """
    if attempts > len(RETRY_AFTER):
        return None
    return at + RETRY_AFTER[attempts - 1] * (1 + SPREAD * chance)
