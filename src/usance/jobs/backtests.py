"""Backtests that were asked for are played by a worker, one after the other for each seller."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from config.clock import CLOCK
from usance.flows import backtests
from usance.jobs import tasks
from usance.jobs.retry import AgainWhenAsked, TryAgain
from usance.records.credit.backtest_queries import waiting

BACKTESTS: Final = "backtests"
"""The queue. They take minutes of a processor, and must hold up nothing else."""
SILENT_SECONDS: Final = 60.0
"""A run whose worker gave no sign of life for so long is begun anew."""


@app.periodic(cron="* * * * * */3")
@app.task(name="start_backtests", queue=tasks.CALENDAR, queueing_lock="start_backtests")
def start_backtests(timestamp: int) -> None:
    """Make a job of each backtest that nobody works at."""
    del timestamp
    for seller_id, backtest_id in waiting(
        silent_since=CLOCK.now() - timedelta(seconds=SILENT_SECONDS)
    ):
        try:
            run_backtest.configure(
                lock=f"backtest:{seller_id}", queueing_lock=f"backtest:{backtest_id}"
            ).defer(seller_id=str(seller_id), backtest_id=str(backtest_id))
        except AlreadyEnqueued:
            continue


@app.task(name="run_backtest", queue=BACKTESTS, retry=AgainWhenAsked())
def run_backtest(*, seller_id: str, backtest_id: str) -> None:
    """Play one backtest. A worker that stops gives it back, and another begins it anew."""
    finished = backtests.run_backtest(
        seller_id=UUID(seller_id),
        backtest_id=UUID(backtest_id),
        clock=CLOCK.now,
        stopping=tasks.stopping.is_set,
    )
    if not finished:
        raise TryAgain(CLOCK.now())
