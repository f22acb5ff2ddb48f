"""When what is kept ready about buyers is renewed: seconds after something has happened to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from procrastinate.contrib.django import app

from config.clock import CLOCK
from usance.flows import standing
from usance.jobs.retry import AgainWhenAsked, TryAgain
from usance.jobs.tasks import stopping

FOLLOW: Final = "follow"
"""The queue of the jobs that read the list of events as it grows."""
FOLLOW_SECONDS: Final = 55.0
POLL_SECONDS: Final = 2.0


@app.periodic(cron="* * * * *")
@app.task(name="follow_standings", queue=FOLLOW, lock="follow_standings", retry=AgainWhenAsked())
def follow_standings(timestamp: int) -> None:
    """Renew the buyers to whom something happens, for about a minute; the next job takes over."""
    del timestamp
    follow(lambda now: standing.follow_all(at=now))


def follow(work: Callable[[datetime], int]) -> None:
    """Do ``work`` until a minute is over, with a pause whenever there was nothing to do.

    Raises TryAgain when the worker stops, so that another goes on at once.
    """
    end = CLOCK.now() + timedelta(seconds=FOLLOW_SECONDS)
    while not stopping.is_set() and (now := CLOCK.now()) < end:
        if not work(now):
            stopping.wait(POLL_SECONDS)
    if stopping.is_set():
        raise TryAgain(CLOCK.now())
