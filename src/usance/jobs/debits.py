"""Debits by the clock: settled, booked and good; scheduled when invoices fall due; files each morning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from procrastinate.contrib.django import app

from config.clock import CLOCK
from usance.flows.debits import calendar
from usance.jobs import tasks
from usance.records.debits import queries

_LOCK: Final = "debits"


def _each(work: Callable[[UUID], object]) -> None:
    """Only sellers that collect, so that the others cost nothing."""
    collecting = set(queries.sellers_that_collect())

    def one(seller_id: UUID) -> None:
        if seller_id in collecting:
            work(seller_id)

    tasks.for_each_seller(one)


@app.periodic(cron="27 * * * *")
@app.task(name="tend_debits", queue=tasks.CALENDAR, lock=_LOCK, queueing_lock="tend_debits")
def tend_debits(timestamp: int) -> None:
    """Settle what is due, take what the bank booked, tell which money is good, schedule what falls due."""
    del timestamp
    _each(lambda one: calendar.tend(seller_id=one, at=CLOCK.now()))


@app.periodic(cron="33 3 * * *")
@app.task(
    name="write_debit_files",
    queue=tasks.CALENDAR,
    lock=_LOCK,
    queueing_lock="write_debit_files",
)
def write_debit_files(timestamp: int) -> None:
    """Write the files that are due today, and lay them into the outboxes."""
    del timestamp
    _each(lambda one: calendar.write_files(seller_id=one, at=CLOCK.now()))
