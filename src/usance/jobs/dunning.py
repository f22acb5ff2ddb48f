"""Dunning by the clock: one run a day for each seller, and messages sent in the hours of their buyers."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from config.clock import CLOCK
from usance.flows import calendar, dispute_talk
from usance.flows.dunning import handovers, runs, sending
from usance.jobs import tasks
from usance.jobs.retry import AgainLaterAndLater, AgainWhenAsked, TryAgain
from usance.records.dunning import queries

DUNNING: Final = "dunning"
"""The queue of runs and messages: neither holds up the calendar."""
FROM_HOUR: Final = 5
"""The hour of the seller's day from which its run is made; what the night brought is booked by then."""
SEND_SECONDS: Final = 55.0
POLL_SECONDS: Final = 2.0
BY: Final = "calendar"
MOST_ATTEMPTS: Final = 8
"""Times that a run which breaks down is tried again, two hours in all; the next day has its own."""


@app.periodic(cron="13 * * * *")
@app.task(name="begin_dunning", queue=tasks.CALENDAR, queueing_lock="begin_dunning")
def begin_dunning(timestamp: int) -> None:
    """Begin the day's run of each seller that has a policy switched on, once its morning has come."""
    del timestamp
    tasks.for_each_seller(
        lambda one: runs.open_scheduled_run(
            seller_id=one, at=CLOCK.now(), by=BY, from_hour=FROM_HOUR
        )
    )


@app.periodic(cron="43 * * * *")
@app.task(name="warn_of_disputes", queue=tasks.CALENDAR, queueing_lock="warn_of_disputes")
def warn_of_disputes(timestamp: int) -> None:
    """Remind of each dispute whose day to decide is near."""
    del timestamp
    tasks.for_each_seller(lambda one: dispute_talk.warn_of_deadlines(seller_id=one, at=CLOCK.now()))


@app.periodic(cron="* * * * * */3")
@app.task(name="start_dunning_runs", queue=tasks.CALENDAR, queueing_lock="start_dunning_runs")
def start_dunning_runs(timestamp: int) -> None:
    """Make a job of each run that is not finished and that nobody works at."""
    del timestamp
    for seller_id, run_id in queries.unfinished_runs():
        try:
            run_dunning.configure(
                lock=f"dunning:{seller_id}", queueing_lock=f"dunning:{run_id}"
            ).defer(seller_id=str(seller_id), run_id=str(run_id))
        except AlreadyEnqueued:
            continue


@app.task(name="run_dunning", queue=DUNNING, retry=AgainLaterAndLater(MOST_ATTEMPTS))
def run_dunning(*, seller_id: str, run_id: str) -> None:
    """Work at a run; when the worker stops, another goes on. Bank lines that nobody has settled are
    settled first, so that who has paid counts as having paid."""
    calendar.settle_bank_lines(seller_id=UUID(seller_id), at=CLOCK.now(), by=BY)
    finished = runs.work_for(
        seller_id=UUID(seller_id),
        run_id=UUID(run_id),
        clock=CLOCK.now,
        by=BY,
        stopping=tasks.stopping.is_set,
    )
    if not finished:
        raise TryAgain(CLOCK.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="tell_of_handed_over", queue=tasks.CALENDAR, queueing_lock="tell_of_handed_over")
def tell_of_handed_over(timestamp: int) -> None:
    """Say what has been paid of claims that are with a collection agency."""
    del timestamp
    tasks.for_each_seller(lambda one: handovers.tell_money(seller_id=one, at=CLOCK.now()))


@app.periodic(cron="* * * * *")
@app.task(name="send_dunning", queue=DUNNING, lock="send_dunning", retry=AgainWhenAsked())
def send_dunning(timestamp: int) -> None:
    """Send the messages that are due for about a minute, some of each seller's in turn; the next job
    takes over."""
    del timestamp
    end = CLOCK.now() + timedelta(seconds=SEND_SECONDS)
    while not tasks.stopping.is_set() and CLOCK.now() < end:
        looked = sum(
            sending.send_due(seller_id=seller_id, clock=CLOCK.now, stopping=tasks.stopping.is_set)
            for seller_id in queries.sellers_with_messages(at=CLOCK.now())
        )
        if not looked:
            tasks.stopping.wait(POLL_SECONDS)
    if tasks.stopping.is_set():
        raise TryAgain(CLOCK.now())
