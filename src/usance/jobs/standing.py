"""When what is kept ready about buyers is renewed: seconds after something happens, and every night."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from procrastinate.contrib.django import app

from config.clock import CLOCK
from usance.flows import standing
from usance.jobs.retry import AgainWhenAsked, TryAgain
from usance.jobs.tasks import CALENDAR, for_each_seller, stopping

_log = logging.getLogger(__name__)

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


@app.periodic(cron="11 2 * * *")
@app.task(name="renew_standings", queue=CALENDAR, queueing_lock="renew_standings")
def renew_standings(timestamp: int) -> None:
    """Renew every buyer: the days since an order and until a due date change by themselves."""
    del timestamp
    started, began, renewed = CLOCK.now(), time.monotonic(), 0

    def tell(count: int) -> None:
        nonlocal renewed
        renewed += count
        _log.info("standings renewed: %d in %.0f s", renewed, time.monotonic() - began)

    for_each_seller(lambda one: standing.renew_overnight(seller_id=one, at=started, tell=tell))
