"""Billing by the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from procrastinate.jobs import Job

from tests.flows.billing import invoices, scheduled, sell
from tests.flows.trading import Trade
from usance.flows import billing_runs
from usance.jobs import billing, tasks
from usance.jobs.retry import AgainLaterAndLater, TryAgain
from usance.records.invoices.models import BillingRun


@pytest.fixture
def trade(account: Any, at: datetime) -> Trade:
    return Trade(account.seller, account.buyer, account.line, at)


def run_of(trade: Trade) -> list[BillingRun]:
    return list(BillingRun.objects.filter(seller_id=trade.seller.id))


def work_at(opened: BillingRun, *, attempts: int = 0) -> None:
    """As a worker does that takes the job up after so many attempts."""
    context = SimpleNamespace(job=SimpleNamespace(attempts=attempts))
    billing.run_billing(context, seller_id=str(opened.seller_id), run_id=str(opened.id))  # type: ignore[arg-type]


def hour(monkeypatch: pytest.MonkeyPatch, *moment: int) -> None:
    now = datetime(*moment, tzinfo=UTC)  # type: ignore[misc]
    monkeypatch.setattr(billing.CLOCK, "now", lambda: now)


def test_a_day_is_billed_when_it_is_over_where_the_seller_is(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell(scheduled(trade, "daily"), 1_000)
    hour(monkeypatch, 2026, 3, 2, 22, 59)
    billing_runs.open_due_run(seller_id=trade.seller.id, at=billing.CLOCK.now(), by="calendar")
    assert run_of(trade) == [], "it is one minute to midnight in Rome"
    hour(monkeypatch, 2026, 3, 2, 23, 11)
    for _ in range(2):
        billing_runs.open_due_run(seller_id=trade.seller.id, at=billing.CLOCK.now(), by="calendar")
    [opened] = run_of(trade)
    assert (opened.cut_off_on, opened.scheduled) == (date(2026, 3, 2), True)
    work_at(opened)
    assert [one.amount for one in invoices(trade)] == [1_000]
    assert run_of(trade)[0].finished_at is not None


def test_no_run_is_begun_where_nothing_is_due(trade: Trade) -> None:
    sell(scheduled(trade, "monthly:last"), 1_000)
    night = datetime(2026, 3, 15, 1, 0, tzinfo=UTC)
    assert billing_runs.open_due_run(seller_id=trade.seller.id, at=night, by="calendar") is None
    assert run_of(trade) == []


def test_a_worker_that_stops_gives_the_run_back(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell(scheduled(trade, "daily"), 1_000)
    hour(monkeypatch, 2026, 3, 3, 1, 0)
    opened = billing_runs.open_due_run(
        seller_id=trade.seller.id, at=billing.CLOCK.now(), by="calendar"
    )
    assert opened is not None
    monkeypatch.setattr(tasks.stopping, "is_set", lambda: True)
    with pytest.raises(TryAgain):
        work_at(opened)
    assert invoices(trade) == []
    monkeypatch.undo()
    hour(monkeypatch, 2026, 3, 3, 2, 0)
    work_at(opened)
    assert len(invoices(trade)) == 1


def test_a_run_that_breaks_down_is_tried_later_and_later_and_then_given_up(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell(scheduled(trade, "daily"), 1_000)
    hour(monkeypatch, 2026, 3, 3, 1, 0)
    opened = billing_runs.open_due_run(
        seller_id=trade.seller.id, at=billing.CLOCK.now(), by="calendar"
    )
    assert opened is not None

    def broken(*_: Any, **__: Any) -> Any:
        raise KeyError("broken outside any buyer")

    monkeypatch.setattr(billing_runs, "_due_profiles", broken)
    for attempts in range(billing.MOST_ATTEMPTS):
        with pytest.raises(KeyError):
            work_at(opened, attempts=attempts)
    assert run_of(trade)[0].finished_at is None
    work_at(opened, attempts=billing.MOST_ATTEMPTS)
    [given_up] = run_of(trade)
    assert given_up.finished_at is not None
    assert given_up.failures == [
        {
            "buyer": None,
            "code": "internal_error",
            "detail": "'broken outside any buyer'",
        }
    ]
    # What it has not billed comes with the next night's.
    monkeypatch.undo()
    hour(monkeypatch, 2026, 3, 4, 1, 0)
    again = billing_runs.open_due_run(
        seller_id=trade.seller.id, at=billing.CLOCK.now(), by="calendar"
    )
    assert again is not None
    work_at(again)
    assert [one.amount for one in invoices(trade)] == [1_000]


def test_a_job_that_breaks_down_waits_twice_as_long_each_time() -> None:
    strategy = AgainLaterAndLater(3)

    def waits(attempts: int, error: BaseException) -> Any:
        job = Job(id=1, queue="q", lock="", queueing_lock="", task_name="t", attempts=attempts)
        decision = strategy.get_retry_decision(exception=error, job=job)
        return decision and decision.retry_at

    now = datetime.now(UTC)
    seconds = [(waits(n, KeyError("x")) - now).total_seconds() for n in range(3)]
    assert [round(one, -1) for one in seconds] == [30, 60, 120]
    assert waits(3, KeyError("x")) is None
    assert waits(9, TryAgain(now)) == now, "a run that asks to go on always may"
