"""A policy tried on what the seller has traded, from the request to the result."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from tests.flows.trading import Trade
from usance.flows import backtests, billing, exchange_rates, fulfilment, onboarding, policies
from usance.flows.refusals import NotFound
from usance.records.credit import backtest_queries, history_queries
from usance.records.credit.backtests import Backtest, BacktestChange
from usance.records.credit.history_queries import TradeWindow
from usance.records.credit.models import Report
from usance.records.parties.models import Seller
from usance.rules.credit.backtest_history import PastInvoice, PastOrder
from usance.rules.credit.policy import Policy, policy_from_document


def written(*rules: dict[str, Any], **settings: Any) -> Policy:
    return policy_from_document({"currency": "EUR", "rules": list(rules)} | settings)


LARGE = {"kind": "hold", "name": "large", "when": "order.amount > 500"}


@pytest.fixture
def traded(trade: Trade) -> Trade:
    """A small order paid in time, a large one given up, one that was declined. Half a year later."""
    small = trade.invoice(100_00)
    trade.days_later(20).pay(small)
    large = trade.days_later(30).invoice(600_00)
    later = trade.days_later(120)
    billing.write_off_invoice(trade.seller, invoice_id=large.id, reason="Insolvent", **later.act)
    later.authorize(later.request(20_000_00))
    return trade.days_later(180)


def window(trade: Trade, days: int = 181) -> TradeWindow:
    on = trade.at.date()
    return TradeWindow(trade.seller.id, "EUR", "Europe/Rome", on - timedelta(days=days), on)


def ask(trade: Trade, policy: Policy, *, days: int = 181, **more: Any) -> Backtest:
    on = trade.at.date()
    return backtests.request_backtest(
        trade.seller,
        policy=policy,
        from_on=on - timedelta(days=days),
        until_on=on,
        **trade.act,
        **more,
    )


def run(trade: Trade, backtest: Backtest, **more: Any) -> Backtest:
    backtests.run_backtest(
        seller_id=trade.seller.id, backtest_id=backtest.id, clock=lambda: trade.at, **more
    )
    found = backtest_queries.backtest(seller_id=trade.seller.id, backtest_id=backtest.id)
    assert found is not None
    return found


def test_the_history_is_what_was_traded(traded: Trade) -> None:
    small, large, declined = list(history_queries.past_orders(window(traded)))
    day = traded.at.date() - timedelta(days=180)
    assert (small.amount, small.currency, small.limit) == (100_00, "EUR", 1_000_000)
    assert small.invoices == (
        PastInvoice(100_00, day, day + timedelta(days=30), day + timedelta(days=20)),
    )
    assert large.invoices is not None
    assert large.invoices[0].lost_on == day + timedelta(days=120)
    assert large.invoices[0].settled_on is None
    assert (declined.invoices, declined.line_state) == (None, "active")
    assert small.buyer_name == "Nordwind Handels GmbH"
    assert small.facts["buyer.country"] == "DE"
    assert history_queries.count_orders(window(traded)) == 3
    assert list(history_queries.past_orders(window(traded, days=100))) == [declined]


def test_a_credited_part_was_never_sold(trade: Trade) -> None:
    invoice = trade.invoice(100_00)
    billing.credit_invoice(
        trade.seller, invoice_id=invoice.id, amount=30_00, reason="Broken", **trade.act
    )
    [order] = history_queries.past_orders(window(trade))
    assert order.invoices is not None
    assert [one.amount for one in order.invoices] == [70_00]
    assert order.withdrawn_on == trade.at.date()


def test_an_order_that_was_canceled_was_let_go_of_on_that_day(trade: Trade) -> None:
    order = trade.order(100_00)
    later = trade.days_later(4)
    fulfilment.cancel_order(trade.seller, order_id=order.id, **later.act)
    [past] = history_queries.past_orders(window(later))
    assert (past.invoices, past.withdrawn_on) == ((), later.at.date())


def test_what_registers_had_said_by_then_is_known(trade: Trade) -> None:
    def say(outcome: str, days: int) -> None:
        Report.objects.create(
            seller=trade.seller, buyer=trade.buyer, kind="tax_number", source="vies",
            outcome=outcome, asked_at=trade.days_later(days).at, created_at=trade.at,
        )  # fmt: skip

    say("valid", 1)
    say("unavailable", 3)
    say("invalid", 5)
    for days in (0, 2, 4, 6):
        trade.days_later(days).order(10_00)
    said = [
        order.facts.get("buyer.vat_verified")
        for order in history_queries.past_orders(window(trade.days_later(10)))
    ]
    assert said == [None, True, True, False]


def test_other_currencies_have_the_rate_of_their_day(trade: Trade) -> None:
    from usance.flows import credit_lines

    credit_lines.set_credit_line(
        trade.seller, buyer_id=trade.buyer.id, currency="USD", limit=1_000_00, **trade.act
    )
    trade.authorize(trade.request(10_00, currency="USD"))
    [order] = history_queries.past_orders(window(trade))
    assert order.rate is None
    exchange_rates.set_rate(
        trade.seller, source="USD", target="EUR", rate=Decimal("0.9"), on=trade.at.date(),
        **trade.act,
    )  # fmt: skip
    [order] = history_queries.past_orders(window(trade))
    assert order.rate == Decimal("0.9")


def test_a_policy_tried_on_the_past(traded: Trade) -> None:
    asked = ask(traded, written(LARGE))
    assert (asked.state, asked.done, asked.result) == ("queued", 0, None)
    done = run(traded, asked)
    assert (done.state, done.total, done.done, done.changed) == ("done", 3, 3, 1)
    assert done.result["difference"]["losses_avoided"] == {"count": 1, "amount": 600_00}
    assert done.result["live"]["approved"]["count"] == 2
    [change] = backtest_queries.changes(seller_id=traded.seller.id, backtest_id=done.id)
    assert (change.amount, change.live, change.draft, change.rules, change.effect, change.bad) == (
        600_00, "approved", "declined", ["large"], "loss_avoided", 600_00,
    )  # fmt: skip
    assert change.buyer == traded.buyer
    assert not backtest_queries.changes(
        seller_id=traded.seller.id, backtest_id=done.id, rule="other"
    )


def test_a_version_tried_against_another(traded: Trade) -> None:
    stored = policies.draft_policy(traded.seller, written(LARGE), **traded.act)
    other = policies.draft_policy(
        traded.seller, written(LARGE | {"name": "all", "when": "true"}), **traded.act
    )
    on = traded.at.date()
    asked = backtests.request_backtest(
        traded.seller, policy_id=stored.id, against_id=other.id,
        from_on=on - timedelta(days=181), until_on=on, **traded.act,
    )  # fmt: skip
    done = run(traded, asked)
    assert (done.policy, done.against) == (stored, other)
    assert done.result["difference"]["sales_gained"]["amount"] == 100_00


def test_buyers_are_known_when_the_window_begins(traded: Trade) -> None:
    """What was written off before the window is remembered in it."""
    tried = written({"kind": "hold", "name": "lost", "when": "history.written_off > 0",
                     "then": "review"}, order_ceiling={"EUR": 100_000_00})  # fmt: skip
    done = run(traded, ask(traded, tried, days=70, reviews="decline"))
    assert done.result["orders"] == 1
    assert {"code": "remembered", "value": "2"}.items() <= next(
        one for one in done.result["assumptions"] if one["code"] == "remembered"
    ).items()


def test_it_can_be_stopped_and_begun_anew(traded: Trade) -> None:
    asked = ask(traded, written(LARGE))
    stopped = run(traded, asked, stopping=lambda: True)
    assert (stopped.state, stopped.attempt, stopped.result) == ("queued", 1, None)
    done = run(traded, asked)
    assert (done.state, done.attempt, done.changed) == ("done", 2, 1)
    assert BacktestChange.objects.filter(backtest_id=asked.id).count() == 1
    again = run(traded, asked)
    assert (again.attempt, again.finished_at) == (2, done.finished_at)


def test_a_worker_that_was_given_up_on_writes_nothing(
    traded: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask(traded, written(LARGE))
    orders = history_queries.past_orders

    def overtaken(of: TradeWindow) -> Iterator[PastOrder]:
        monkeypatch.setattr(history_queries, "past_orders", orders)
        assert run(traded, asked).state == "done"
        yield from orders(of)

    monkeypatch.setattr(history_queries, "past_orders", overtaken)
    found = run(traded, asked)
    assert (found.state, found.attempt) == ("done", 2)
    assert BacktestChange.objects.filter(backtest_id=asked.id).count() == 1


def test_a_run_that_breaks_down_says_so(traded: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: TradeWindow) -> int:
        raise RuntimeError("a fault of ours")

    asked = ask(traded, written(LARGE))
    monkeypatch.setattr(history_queries, "count_orders", broken)
    with pytest.raises(RuntimeError):
        run(traded, asked)
    found = Backtest.objects.get(id=asked.id)
    assert (found.state, "logged" in found.error, found.finished_at) == ("failed", True, traded.at)


def test_who_waits_is_who_nobody_works_at(traded: Trade) -> None:
    queued, begun = ask(traded, written(LARGE)), ask(traded, written(LARGE))
    Backtest.objects.filter(id=begun.id).update(state="running", beat_at=traded.at)

    def waiting(silent_since: datetime) -> set[Any]:
        mine = backtest_queries.waiting(silent_since=silent_since)
        return {one for seller_id, one in mine if seller_id == traded.seller.id}

    assert waiting(traded.at) == {queued.id}
    assert waiting(traded.at + timedelta(seconds=1)) == {queued.id, begun.id}
    run(traded, queued)
    assert waiting(traded.at) == set()


def test_no_more_changes_are_kept_than_can_be_looked_at(
    traded: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtests, "MOST_CHANGES", 1)
    done = run(traded, ask(traded, written(LARGE | {"when": "true"})))
    assert done.changed == 2
    assert BacktestChange.objects.filter(backtest_id=done.id).count() == 1


def test_a_refused_request_writes_nothing(traded: Trade, seller: Seller, at: datetime) -> None:
    on, tried = date(2026, 3, 2), written(LARGE)
    other = onboarding.create_seller(
        name="Other", handle=f"other-{uuid4().hex[:8]}", country="IT", currency="EUR",
        time_zone="Europe/Rome", at=at,
    )  # fmt: skip
    foreign = policies.draft_policy(other, tried, at=at, by="test")
    given: dict[str, Any] = {"from_on": on, "until_on": on, "at": at, "by": "test"}
    for refused, more in (
        (NotFound, {"policy_id": foreign.id}),
        (NotFound, {"policy": tried, "against_id": foreign.id}),
        (NotFound, {}),
        (backtests.EmptyWindow, {"policy": tried, "until_on": on - timedelta(days=1)}),
        (
            backtests.NothingToCompareWith,
            {"policy": tried, "at": datetime(1969, 12, 31, tzinfo=UTC)},
        ),
    ):
        with pytest.raises(refused):
            backtests.request_backtest(seller, **given | more)
    assert not backtest_queries.backtests(seller_id=seller.id).exists()
