"""Billing runs that are stopped, killed, repeated and raced: each shipment is billed once."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from tests.child_processes import environment
from tests.flows import books
from tests.flows.billing import invoices, parts, run, scheduled, sell, ship, work
from tests.flows.racing import at_once
from tests.flows.trading import Trade
from usance.flows import billing_runs
from usance.records.events.models import Event
from usance.records.invoices import queries
from usance.records.invoices.models import BillingRun
from usance.records.orders.models import Shipment


def test_a_run_that_is_asked_to_stop_goes_on_where_it_was(trade: Trade, april: Trade) -> None:
    for one in (trade, *(trade.other_buyer() for _ in range(3))):
        sell(scheduled(one, "monthly:last"), 1_000)
    opened = billing_runs.open_run(trade.seller, cut_off_on=date(2026, 3, 31), **april.act)
    asked: list[bool] = []

    def stopping() -> bool:
        asked.append(True)
        return len(asked) > 2

    half = work(april, opened, stopping=stopping)
    assert (half.finished_at, half.buyers_done, half.buyers_total) == (None, 2, 4)
    assert len(invoices(trade)) == 2
    whole = work(april, opened)
    assert (whole.buyers_done, whole.buyers_total) == (4, 4)
    assert [one.sequence for one in invoices(trade)] == [1, 2, 3, 4]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_run_that_is_killed_and_run_again_bills_each_shipment_once(
    trade: Trade, april: Trade, moment: str
) -> None:
    """Killed by the kernel, in the middle of the third invoice's transaction or right after it."""
    traders = [trade, *(trade.other_buyer() for _ in range(5))]
    shipped = [
        sell(scheduled(one, "monthly:last"), 1_000 + n).shipment
        for n, one in enumerate(traders)
        for _ in range(2)
    ]
    opened = billing_runs.open_run(trade.seller, cut_off_on=date(2026, 3, 31), **april.act)
    root = Path(__file__).parents[2]
    killed = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.flows.billing_process",
            str(trade.seller.id),
            str(opened.id),
            "3",
            moment,
        ],
        env=environment(
            PYTHONPATH=f"{root / 'src'}{os.pathsep}{root}", DJANGO_SETTINGS_MODULE="config.settings"
        ),
        cwd=root,
        timeout=120,
        check=False,
        capture_output=True,
        text=True,
    )
    assert killed.returncode == -9, killed.stderr
    before = len(invoices(trade))
    assert before == (2 if moment == "before" else 3)
    assert books.broken(trade.seller) == [], "half a run leaves sound books"
    finished = work(april, opened)
    assert finished.finished_at is not None
    assert (finished.buyers_done, finished.failures) == (6, [])
    made = invoices(trade)
    assert [one.sequence for one in made] == [1, 2, 3, 4, 5, 6]
    billed = [part.shipment_id for invoice in made for part in parts(invoice)]
    assert sorted(map(str, billed)) == sorted(str(one.id) for one in shipped)
    assert sum(one.amount for one in made) == sum(one.amount for one in shipped)
    assert all(trade.stored(Shipment, one.id).billed for one in shipped)


def test_runs_that_race_bill_each_shipment_once(trade: Trade, april: Trade) -> None:
    traders = [trade, *(trade.other_buyer() for _ in range(7))]
    for n, one in enumerate(traders):
        scheduled(one, "monthly:last")
        for _ in range(3):
            sell(one, 1_000 + n)
    opened = [
        billing_runs.open_run(trade.seller, cut_off_on=date(2026, 3, 31), **april.act)
        for _ in range(4)
    ]
    done = at_once([partial(work, april, one) for one in opened])
    assert [one.failures for one in done] == [[]] * 4
    made = invoices(trade)
    assert [one.sequence for one in made] == list(range(1, 9))
    assert sum(one.amount for one in made) == sum(3 * (1_000 + n) for n in range(8))
    assert not Shipment.objects.filter(seller_id=trade.seller.id, billed=False).exists()


def test_runs_race_with_warehouse_and_desk(trade: Trade, april: Trade) -> None:
    """While a run bills, more ships and rests are let go: nothing is lost and nothing waits for ever."""
    from usance.flows import fulfilment

    scheduled(trade, "daily")
    orders = [trade.order(10_000) for _ in range(6)]
    for order in orders:
        ship(trade, order, 2_000)
    acts = [partial(run, april) for _ in range(2)]
    acts += [partial(ship, trade, order, 1_000) for order in orders]  # type: ignore[list-item]
    acts += [
        partial(fulfilment.renew_order, trade.seller, order_id=order.id, days=9, **trade.act)  # type: ignore[list-item]
        for order in orders
    ]
    at_once(acts)
    run(april)
    assert sum(one.amount for one in invoices(trade)) == 6 * 3_000
    assert trade.counters() == {"commitments": 6 * 7_000, "receivable": 6 * 3_000}


def test_the_calendar_makes_one_run_of_a_day(trade: Trade, april: Trade) -> None:
    act = partial(
        billing_runs.open_scheduled_run, trade.seller, cut_off_on=date(2026, 3, 31), **april.act
    )
    assert len({one.id for one in at_once([act] * 6)}) == 1


def test_two_workers_tell_the_end_of_a_run_once(trade: Trade, april: Trade) -> None:
    sell(scheduled(trade, "monthly:last"), 1_000)
    opened = billing_runs.open_run(trade.seller, cut_off_on=date(2026, 3, 31), **april.act)
    slow = queries.billing_run(seller_id=trade.seller.id, run_id=opened.id)
    assert slow is not None
    work(april, opened)
    billing_runs._finish(trade.seller, slow, at=april.at, by="test")  # the slower of the two
    told = Event.objects.filter(seller_id=trade.seller.id, type="billing_run.finished")
    assert told.count() == 1
    kept = BillingRun.objects.get(seller_id=trade.seller.id, id=opened.id)
    assert (slow.finished_at, kept.buyers_done) == (kept.finished_at, 1)
