"""The jobs that keep the standings and the watch: they do what the flows do, for every seller."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from config.clock import CLOCK
from tests.flows.trading import Trade
from tests.flows.watching import alarms
from tests.horizon import wait_for_events
from usance.flows import credit_lines, monitoring, standing, watches
from usance.jobs import monitoring as jobs
from usance.jobs import standing as standing_jobs
from usance.jobs.retry import TryAgain
from usance.jobs.tasks import stopping
from usance.records.credit.models import CreditLine, Review
from usance.rules.monitoring import watch_from_document


@pytest.fixture
def trade(account: Any) -> Trade:
    return Trade(account.seller, account.buyer, account.line, datetime.now(UTC))


def watch(trade: Trade, **fields: Any) -> None:
    document = {"name": "w", "actions": [{"do": "hold"}]} | fields
    rule = watch_from_document(document, currency="EUR")
    watches.set_watch(trade.seller, rule, **trade.act)


def test_a_minute_of_following_and_watching(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both jobs of a minute, each until there is nothing to read."""
    monkeypatch.setattr(standing_jobs, "FOLLOW_SECONDS", 1.5)
    monkeypatch.setattr(standing_jobs, "POLL_SECONDS", 0.05)
    # Other tests' sellers share the database.
    one = trade.seller.id
    monkeypatch.setattr(
        standing, "follow_all", lambda at: standing.follow_events(seller_id=one, at=at)
    )
    monkeypatch.setattr(monitoring, "watch_all", lambda at: monitoring.watch(seller_id=one, at=at))
    watch(trade, triggers=["order.authorized"])
    standing_jobs.follow_standings(timestamp=0)
    jobs.watch_portfolio(timestamp=0)
    trade.order(100)
    wait_for_events(one)
    standing_jobs.follow_standings(timestamp=0)
    jobs.watch_portfolio(timestamp=0)
    assert trade.stored(CreditLine, trade.line.id).state == "on_hold"


def test_those_that_are_behind_are_found(trade: Trade) -> None:
    from usance.records.monitoring.queries import sellers_to_follow

    one = trade.seller.id
    assert one not in sellers_to_follow("standing")
    watch(trade, triggers=["order.authorized"])
    assert one in sellers_to_follow("standing")
    while one in sellers_to_follow("standing"):
        wait_for_events(one)
        standing.follow_events(seller_id=one, at=CLOCK.now())
    trade.order(100)
    wait_for_events(one)
    assert one in sellers_to_follow("standing")


def test_a_stopping_worker_hands_on(monkeypatch: pytest.MonkeyPatch) -> None:
    stopping.set()
    try:
        with pytest.raises(TryAgain):
            standing_jobs.follow(lambda _: 0)
    finally:
        stopping.clear()


def test_a_night_renews_looks_and_opens_what_is_due(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "for_each_seller", lambda work: work(trade.seller.id))
    watch(trade, triggers=["nightly"], when="history.orders >= 1")
    trade.order(100)
    credit_lines.set_line_details(
        trade.seller,
        buyer_id=trade.buyer.id,
        currency="EUR",
        review_on=trade.at.date(),
        **trade.act,
    )
    jobs.look_overnight(timestamp=0)
    assert len(alarms(trade)) == 1
    assert Review.objects.filter(seller_id=trade.seller.id, kind="limit").count() == 1
    jobs.look_overnight(timestamp=0)
    assert len(alarms(trade)) == 1
