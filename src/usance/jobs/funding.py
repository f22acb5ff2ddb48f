"""Early money moves by itself: events are followed, partners are told, their notices are worked on,
and what is not paid is taken back.

A watch finds what is due and makes a job of each; anything may be killed and run again.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Final
from uuid import UUID

from procrastinate.contrib.django import app

from config.clock import CLOCK
from usance.flows.funding import following, notices, sending
from usance.jobs import tasks
from usance.jobs.once import enqueue_once
from usance.jobs.retry import AgainWhenAsked, TryAgain

FUNDING: Final = "funding"
"""The queue of what funding partners are told and asked."""
WATCH_SECONDS: Final = 55.0
POLL_SECONDS: Final = 2.0


@app.periodic(cron="* * * * *")
@app.task(name="watch_funding", queue=FUNDING, lock="funding", retry=AgainWhenAsked())
def watch_funding(timestamp: int) -> None:
    """Follow events and make jobs of what is due for about a minute; the next job takes over."""
    del timestamp
    end = CLOCK.now() + timedelta(seconds=WATCH_SECONDS)
    while not tasks.stopping.is_set() and CLOCK.now() < end:
        following.follow_all(at=CLOCK.now())
        enqueue_due()
        tasks.stopping.wait(POLL_SECONDS)
    if tasks.stopping.is_set():
        raise TryAgain(CLOCK.now())


def enqueue_due() -> int:
    """A job for each instruction and each notice that is due and has none yet; how many were made."""
    at = CLOCK.now()
    made = 0
    for seller_id, instruction_id in sending.due(at=at):
        made += enqueue_once(tell_funding_partner, seller_id, instruction_id)
    for seller_id, event_id in notices.due(at=at):
        made += enqueue_once(take_funding_event, seller_id, event_id)
    return made


@app.task(name="tell_funding_partner", queue=FUNDING)
def tell_funding_partner(*, seller_id: str, object_id: str) -> None:
    """Tell a partner one thing; what does not work is due again."""
    sending.attend(
        seller_id=UUID(seller_id),
        instruction_id=UUID(object_id),
        at=CLOCK.now(),
        chance=random.random(),  # noqa: S311 - spreads retries, guards nothing
    )


@app.task(name="take_funding_event", queue=FUNDING)
def take_funding_event(*, seller_id: str, object_id: str) -> None:
    """Do what one notice of a partner asks for."""
    notices.work_on(
        seller_id=UUID(seller_id),
        event_id=UUID(object_id),
        at=CLOCK.now(),
        chance=random.random(),  # noqa: S311 - spreads retries, guards nothing
    )


@app.periodic(cron="*/10 * * * *")
@app.task(name="look_at_advances", queue=FUNDING, queueing_lock="look_at_advances")
def look_at_advances(timestamp: int) -> None:
    """Ask about advances of which the partner has told nothing for long."""
    del timestamp
    notices.look_at_silent(at=CLOCK.now())


@app.periodic(cron="27 * * * *")
@app.task(name="take_recourse", queue=tasks.CALENDAR, queueing_lock="take_recourse")
def take_recourse(timestamp: int) -> None:
    """Take back, or claim from an insurer, what was not paid in time, a seller at a time."""
    del timestamp
    tasks.for_each_seller(lambda one: following.take_recourse(seller_id=one, at=CLOCK.now()))
