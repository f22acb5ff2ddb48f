"""Billing by the calendar: when a seller's day is over, what is due at it is billed.

A run is begun by the calendar, or by a person who asks for one; a worker works at it, and another
takes it up where one stopped.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from config.clock import CLOCK
from usance.flows import billing_runs
from usance.jobs import tasks
from usance.jobs.retry import AgainLaterAndLater, TryAgain
from usance.records.invoices.queries import unfinished_runs

BILLING: Final = "billing"
"""The queue. A month's end takes minutes, and must hold up nothing else."""
MOST_ATTEMPTS: Final = 8
"""Times that a run which breaks down is tried again: half a minute after the first, an hour before the
last, two hours in all. A worker that stops counts as one too."""


@app.periodic(cron="11 * * * *")
@app.task(name="bill_yesterday", queue=tasks.CALENDAR, queueing_lock="bill_yesterday")
def bill_yesterday(timestamp: int) -> None:
    """Begin a run for each seller whose yesterday, in its own zone, has left something to bill."""
    del timestamp
    tasks.for_each_seller(
        lambda one: billing_runs.open_due_run(seller_id=one, at=CLOCK.now(), by="calendar")
    )


@app.periodic(cron="* * * * * */3")
@app.task(name="start_billing_runs", queue=tasks.CALENDAR, queueing_lock="start_billing_runs")
def start_billing_runs(timestamp: int) -> None:
    """Make a job of each run that is not finished and that nobody works at."""
    del timestamp
    for seller_id, run_id in unfinished_runs():
        try:
            run_billing.configure(
                lock=f"billing:{seller_id}", queueing_lock=f"billing:{run_id}"
            ).defer(seller_id=str(seller_id), run_id=str(run_id))
        except AlreadyEnqueued:
            continue


@app.task(
    name="run_billing", queue=BILLING, pass_context=True, retry=AgainLaterAndLater(MOST_ATTEMPTS)
)
def run_billing(context: JobContext, *, seller_id: str, run_id: str) -> None:
    """Work at one run. A worker that stops gives it back, and another takes it up. One that breaks down
    is tried again later and later, and is given up in the end, which its page then says."""
    ids = {"seller_id": UUID(seller_id), "run_id": UUID(run_id)}
    try:
        finished = billing_runs.work_for(
            **ids, clock=CLOCK.now, by="calendar", stopping=tasks.stopping.is_set
        )
    except Exception as error:
        if context.job.attempts < MOST_ATTEMPTS:
            raise
        billing_runs.give_up(**ids, error=error, at=CLOCK.now(), by="calendar")
        return
    if not finished:
        raise TryAgain(CLOCK.now())
