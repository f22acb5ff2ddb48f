"""Billing by the calendar: when a seller's day is over, what is due at it is billed.

A run is begun by the calendar, or by a person who asks for one; a worker works at it, and another
takes it up where one stopped.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from config.clock import CLOCK
from usance.flows import billing_runs
from usance.jobs import tasks
from usance.jobs.retry import AgainWhenAsked, TryAgain
from usance.records.invoices.queries import unfinished_runs

BILLING: Final = "billing"
"""The queue. A month's end takes minutes, and must hold up nothing else."""


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


@app.task(name="run_billing", queue=BILLING, retry=AgainWhenAsked())
def run_billing(*, seller_id: str, run_id: str) -> None:
    """Work at one run. A worker that stops gives it back, and another takes it up."""
    finished = billing_runs.work_for(
        seller_id=UUID(seller_id),
        run_id=UUID(run_id),
        clock=CLOCK.now,
        by="calendar",
        stopping=tasks.stopping.is_set,
    )
    if not finished:
        raise TryAgain(CLOCK.now())
