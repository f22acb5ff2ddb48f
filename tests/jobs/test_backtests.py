"""Backtests as jobs: found, played once, given back, and begun anew after a worker was lost."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from config.clock import CLOCK
from tests.jobs.test_worker import working
from usance.flows import backtests
from usance.jobs import backtests as jobs
from usance.jobs import tasks
from usance.jobs.retry import TryAgain
from usance.records.credit.backtests import Backtest
from usance.records.parties.models import Seller
from usance.rules.credit.policy import Policy

pytestmark = pytest.mark.usefixtures("own_database")


@pytest.fixture
def asked(seller: Seller, at: datetime) -> Backtest:
    """A backtest that nobody has begun."""
    day = date(2026, 3, 2)
    return backtests.request_backtest(
        seller, policy=Policy(), from_on=day, until_on=day, at=at, by="test"
    )


def waiting(backtest: Backtest) -> list[tuple[Any, ...]]:
    """The jobs of one backtest: name, queue and what is locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, queue_name, lock FROM procrastinate_jobs"
            " WHERE queueing_lock = %s AND status = 'todo'",
            [f"backtest:{backtest.id}"],
        )
        return list(cursor.fetchall())


def run(backtest: Backtest) -> None:
    jobs.run_backtest(seller_id=str(backtest.seller_id), backtest_id=str(backtest.id))


def test_what_waits_becomes_one_job(asked: Backtest) -> None:
    jobs.start_backtests(0)
    jobs.start_backtests(0)
    assert waiting(asked) == [("run_backtest", "backtests", f"backtest:{asked.seller_id}")]


def test_a_job_plays_it_to_the_end(asked: Backtest) -> None:
    run(asked)
    asked.refresh_from_db()
    assert (asked.state, asked.attempt) == ("done", 1)
    assert asked.result is not None
    assert asked.result["orders"] == 0
    run(asked)
    asked.refresh_from_db()
    assert asked.attempt == 1


def test_what_a_lost_worker_left_is_begun_anew(asked: Backtest) -> None:
    Backtest.objects.filter(id=asked.id).update(state="running", attempt=1, beat_at=CLOCK.now())
    jobs.start_backtests(0)
    assert waiting(asked) == []
    silent = CLOCK.now() - timedelta(seconds=jobs.SILENT_SECONDS + 1)
    Backtest.objects.filter(id=asked.id).update(beat_at=silent)
    jobs.start_backtests(0)
    assert len(waiting(asked)) == 1
    run(asked)
    asked.refresh_from_db()
    assert (asked.state, asked.attempt) == ("done", 2)


def test_a_worker_that_stops_gives_it_back(
    asked: Backtest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtests, "run_backtest", lambda **_: False)
    with pytest.raises(TryAgain):
        run(asked)


def test_its_queue_has_a_slot_in_every_worker() -> None:
    assert jobs.run_backtest.queue == jobs.BACKTESTS
    assert jobs.start_backtests.queue == tasks.CALENDAR


@pytest.mark.slow
def test_a_real_worker_plays_it(asked: Backtest) -> None:
    """Killed at once, it is followed by another that finds the backtest again."""
    with working() as first:
        first.kill()
        first.wait()
    with working():
        end = time.monotonic() + 200
        while asked.state != "done" and time.monotonic() < end:
            time.sleep(0.2)
            asked.refresh_from_db()
    assert asked.state == "done"
