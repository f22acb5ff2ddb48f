"""Billing by the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.flows.billing import invoices, scheduled, sell
from tests.flows.trading import Trade
from usance.flows import billing_runs
from usance.jobs import billing, tasks
from usance.records.invoices.models import BillingRun


@pytest.fixture
def trade(account: Any, at: datetime) -> Trade:
    return Trade(account.seller, account.buyer, account.line, at)


def run_of(trade: Trade) -> list[BillingRun]:
    return list(BillingRun.objects.filter(seller_id=trade.seller.id))


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
    billing.run_billing(seller_id=str(trade.seller.id), run_id=str(opened.id))
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
    from usance.jobs.retry import TryAgain

    sell(scheduled(trade, "daily"), 1_000)
    hour(monkeypatch, 2026, 3, 3, 1, 0)
    opened = billing_runs.open_due_run(
        seller_id=trade.seller.id, at=billing.CLOCK.now(), by="calendar"
    )
    assert opened is not None
    monkeypatch.setattr(tasks.stopping, "is_set", lambda: True)
    with pytest.raises(TryAgain):
        billing.run_billing(seller_id=str(trade.seller.id), run_id=str(opened.id))
    assert invoices(trade) == []
    monkeypatch.undo()
    hour(monkeypatch, 2026, 3, 3, 2, 0)
    billing.run_billing(seller_id=str(trade.seller.id), run_id=str(opened.id))
    assert len(invoices(trade)) == 1
