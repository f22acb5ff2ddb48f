"""The calendar of questions about buyers: who is due is asked about again, politely and bit by bit.

A run that is stopped or killed loses nothing: each answer is kept as it comes, and the next run finds
who is still due.
"""

from __future__ import annotations

import logging
import time
from typing import Final
from uuid import UUID

from django.conf import settings
from procrastinate.contrib.django import app

from config.clock import CLOCK
from usance.flows import rescreening
from usance.flows.check_calendar import Run, check_due_buyers
from usance.jobs.tasks import for_each_seller, stopping

_log = logging.getLogger(__name__)

CHECKS: Final = "checks"
"""The queue of questions to counterparts, which may keep one waiting."""
MOST_ASKED: Final = 200
"""Questions of one run for one seller, so that each of them has its turn."""
MOST_SCREENED: Final = 20_000
"""Buyers that one run searches for in a new list of one seller."""
PAUSE: Final = 0.5
"""Seconds between two buyers: a register of the state is not asked as fast as it would answer."""
BY: Final = "calendar"


@app.periodic(cron="*/10 * * * *")
@app.task(name="check_buyers", queue=CHECKS, lock="check_buyers", queueing_lock="check_buyers")
def check_buyers(timestamp: int) -> None:
    """Ask about buyers whose answers are too old, and about those of whom nobody could say anything."""
    del timestamp
    run = Run(left=0, pause=lambda: stopping.wait(PAUSE), stopped=stopping.is_set)

    def check(seller_id: UUID) -> None:
        run.left = MOST_ASKED
        check_due_buyers(
            seller_id=seller_id, at=CLOCK.now(), by=BY, days=settings.CHECK_DAYS, run=run
        )

    for_each_seller(check)
    if run.answered or run.unanswered:
        _log.info("asked about buyers: %d answers, %d without", run.answered, run.unanswered)


@app.periodic(cron="*/5 * * * *")
@app.task(
    name="rescreen_buyers", queue=CHECKS, lock="rescreen_buyers", queueing_lock="rescreen_buyers"
)
def rescreen_buyers(timestamp: int) -> None:
    """Search for every buyer in sanctions lists that were loaded since; how far it is, the log tells."""
    del timestamp
    for_each_seller(_rescreen)


def _rescreen(seller_id: UUID) -> None:
    began = told = time.monotonic()

    def progress(done: int, total: int) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told > 5 or done == total:
            told = now
            _log.info("screened: %d of %d in %.0f s", done, total, now - began)

    rescreening.rescreen_seller(
        seller_id=seller_id,
        at=CLOCK.now(),
        by=BY,
        most=MOST_SCREENED,
        stopped=stopping.is_set,
        progress=progress,
    )
