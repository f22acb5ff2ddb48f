"""The calendar of what waits for a person: what nobody has answered in time is passed on."""

from __future__ import annotations

from procrastinate.contrib.django import app

from config.clock import CLOCK
from usance.flows import calendar
from usance.jobs.tasks import CALENDAR, for_each_seller


@app.periodic(cron="*/5 * * * *")
@app.task(name="escalate_reviews", queue=CALENDAR, queueing_lock="escalate_reviews")
def escalate_reviews(timestamp: int) -> None:
    """Pass on the reviews whose time has run out, a seller at a time."""
    del timestamp
    for_each_seller(
        lambda one: calendar.escalate_reviews(seller_id=one, at=CLOCK.now(), by="calendar")
    )
