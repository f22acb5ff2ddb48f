"""Statements of account by the calendar: looked for once an hour, sent in the morning of the seller."""

from __future__ import annotations

from typing import Final

from procrastinate.contrib.django import app

from config.clock import CLOCK
from usance.flows import statement_mails
from usance.jobs import tasks
from usance.jobs.retry import AgainWhenAsked, TryAgain

STATEMENTS: Final = "statements"
"""The queue. Those of a month's first day take minutes, and must hold up nothing else."""


@app.periodic(cron="37 * * * *")
@app.task(
    name="send_statements",
    queue=STATEMENTS,
    lock="send_statements",
    queueing_lock="send_statements",
    retry=AgainWhenAsked(),
)
def send_statements(timestamp: int) -> None:
    """Send each seller's statements that are due. A worker that stops leaves the rest to the next."""
    del timestamp
    tasks.for_each_seller(
        lambda one: statement_mails.send_due(
            seller_id=one, clock=CLOCK.now, by="calendar", stopping=tasks.stopping.is_set
        )
    )
    if tasks.stopping.is_set():
        raise TryAgain(CLOCK.now())
