"""When the watch looks: seconds after something has happened, and at everybody every night."""

from __future__ import annotations

import logging
import time
from uuid import UUID

from procrastinate.contrib.django import app

from config.clock import CLOCK
from usance.flows import limit_reviews, monitoring, standing
from usance.jobs.retry import AgainWhenAsked
from usance.jobs.standing import FOLLOW, follow
from usance.jobs.tasks import CALENDAR, for_each_seller

_log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="watch_portfolio", queue=FOLLOW, lock="watch_portfolio", retry=AgainWhenAsked())
def watch_portfolio(timestamp: int) -> None:
    """Look at what happens for about a minute; the next job takes over."""
    del timestamp
    follow(lambda now: monitoring.watch_all(at=now))


@app.periodic(cron="11 2 * * *")
@app.task(
    name="look_overnight", queue=CALENDAR, queueing_lock="look_overnight", retry=AgainWhenAsked()
)
def look_overnight(timestamp: int) -> None:
    """Renew what is kept of every buyer, since days go by for all; look at everybody; open the
    reviews whose day has come."""
    del timestamp
    for_each_seller(_one_night)


def _one_night(seller_id: UUID) -> None:
    started, began, renewed = CLOCK.now(), time.monotonic(), 0

    def tell(count: int) -> None:
        nonlocal renewed
        renewed += count
        _log.info("seller %s: %d in %.0f s", seller_id, renewed, time.monotonic() - began)

    standing.renew_overnight(seller_id=seller_id, at=started, tell=tell)
    monitoring.watch_overnight(seller_id=seller_id, at=CLOCK.now())
    limit_reviews.fall_due(seller_id=seller_id, at=CLOCK.now(), by="calendar")
