"""Historic orders through the real flows: exact against a recount, and stoppable anywhere."""

from __future__ import annotations

import csv
import os
import secrets
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Sum

from tests.worlds.books import books
from tests.worlds.recount import COUNTER, recount, rows_of, sample, two_months
from usance.flows import onboarding
from usance.records.invoices.models import CreditNote, Invoice
from usance.records.ledger.invariants import verify
from usance.records.orders.models import Order
from usance.records.parties.models import Buyer, Seller
from usance.records.payments.models import BankStatement
from usance.worlds import replay
from usance.worlds.replay_summary import ReplaySummary

SEED = 4


class Stopped(Exception):
    """Somebody pressed Ctrl-C."""


@pytest.fixture
def path(shared: Path, tmp_path: Path) -> Path:
    """A few customers' documents over the whole period."""
    return sample(shared / "data" / "online_retail_lines.csv.gz", tmp_path / "orders.csv")


def wholesaler() -> Seller:
    return onboarding.create_seller(
        name="Wholesale Ltd",
        handle=f"wholesale-{secrets.token_hex(6)}",
        country="GB",
        currency="GBP",
        time_zone="Europe/London",
        at=datetime(2010, 12, 1, tzinfo=UTC),
    )


def test_the_books_equal_a_recount_of_the_file(db_committed: None, path: Path) -> None:
    seller = wholesaler()
    summary = replay.run(seller, path, seed=SEED)
    assert_equals_recount(seller, summary, path)
    assert summary.trading.declined.count > 0
    assert summary.credit_refused.count > 0
    assert summary.trading.received.count > 100
    assert {"reference", "amount_and_payer", "manual"} <= summary.trading.matched_by.keys()
    assert verify(seller_id=seller.id) == []


def assert_equals_recount(seller: Seller, summary: ReplaySummary, path: Path) -> None:
    with path.open(newline="", encoding="utf-8") as file:
        _, *rows = csv.reader(file)
    orders = Order.objects.filter(seller_id=seller.id)
    declined = set(orders.filter(state="declined").values_list("external_id", flat=True))
    expected = recount(rows, declined=declined)

    assert summary.documents == expected.documents
    assert summary.skipped == expected.skipped
    assert dict(orders.values_list("external_id", "amount")) == expected.orders
    assert (summary.orders.count, summary.orders.amount) == (
        len(expected.orders),
        sum(expected.orders.values()),
    )
    approved = orders.exclude(state="declined").values_list("buyer__external_id")
    assert dict(approved.annotate(Sum("amount"))) == {
        customer: amount for customer, amount in expected.approved.items() if amount
    }
    shipped = {number for number in expected.orders if number not in declined} - set(
        orders.filter(state="authorized").values_list("external_id", flat=True)
    )
    invoices = Invoice.objects.filter(seller_id=seller.id)
    assert dict(invoices.values_list("external_id", "amount")) == {
        number: expected.orders[number] for number in shipped
    }
    notes = CreditNote.objects.filter(seller_id=seller.id).values_list(
        "invoice__buyer__external_id"
    )
    assert dict(notes.annotate(Sum("amount"))) == {
        customer: amount for customer, amount in expected.credited.items() if amount
    }
    assert summary.credit_refused.amount == expected.refused
    assert summary.credit_refused.count == expected.refused_returns
    trading = summary.trading
    assert trading.invoiced.amount == sum(expected.orders[number] for number in shipped)
    assert trading.credited.amount == sum(expected.credited.values())
    assert trading.received.amount == trading.allocated + trading.unapplied
    assert (
        trading.outstanding.amount
        == trading.invoiced.amount - trading.credited.amount - trading.allocated
    )
    assert sum(aging.total for aging in summary.aging) == trading.outstanding.amount


def test_whoever_stops_it_anywhere_gets_the_same_in_the_end(db_committed: None, path: Path) -> None:
    whole, stopped = wholesaler(), wholesaler()
    expected = replay.run(whole, path, seed=SEED)

    for moment in (1, 2, 57, 58, 130, 350):

        def stop(progress: replay.Progress, moment: int = moment) -> None:
            if progress.documents >= moment:
                raise Stopped

        before = books(stopped)
        with pytest.raises(Stopped):
            replay.run(stopped, path, seed=SEED, progress=stop)
        # What was done of the day on which it stopped is gone: only whole days are kept.
        after = books(stopped)
        assert len(after["statements"]) >= len(before["statements"])
        assert verify(seller_id=stopped.id) == []

    assert replay.run(stopped, path, seed=SEED) == expected
    assert books(stopped) == books(whole)


def test_doing_it_again_changes_nothing(db_committed: None, path: Path) -> None:
    seller = wholesaler()
    first = replay.run(seller, path, seed=SEED, documents=120)
    kept = books(seller)
    assert 120 <= first.documents < 200
    assert replay.run(seller, path, seed=SEED, documents=120) == first
    assert books(seller) == kept


def test_another_file_or_seed_is_refused_and_nothing_is_written(
    db_committed: None, path: Path
) -> None:
    seller = wholesaler()
    replay.run(seller, path, seed=SEED, documents=20)
    kept = books(seller)
    with pytest.raises(replay.AnotherReplay):
        replay.run(seller, path, seed=SEED + 1)
    path.write_text(path.read_text() + "9,A,a,1,6/30/11 9:00,1.00,1,Italy\n")
    with pytest.raises(replay.AnotherReplay):
        replay.run(seller, path, seed=SEED)
    assert books(seller) == kept


def test_a_day_that_another_process_played_meanwhile_is_not_played_twice(
    db_committed: None, path: Path
) -> None:
    seller = wholesaler()
    overtaken = False

    def overtake(progress: replay.Progress) -> None:
        nonlocal overtaken
        # Between two days, while no transaction is open.
        if not overtaken and progress.documents >= 20 and not connection.in_atomic_block:
            overtaken = True
            replay.run(seller, path, seed=SEED, documents=40)

    with pytest.raises(replay.ReplayRunning):
        replay.run(seller, path, seed=SEED, progress=overtake)
    kept = books(seller)
    other = wholesaler()
    replay.run(other, path, seed=SEED, documents=40)
    assert kept == books(other)


def test_a_broken_file_writes_nothing(db_committed: None, path: Path) -> None:
    seller = wholesaler()
    path.write_text(path.read_text() + "9,A,a,1,6/30/11 9:00\n")
    with pytest.raises(replay.order_history.FormatError):
        replay.run(seller, path, seed=SEED)
    assert not Buyer.objects.filter(seller_id=seller.id).exists()
    assert not BankStatement.objects.filter(seller_id=seller.id).exists()


_PLAY = """
import sys, uuid
import django
django.setup()
from usance.records.parties.models import Seller
from usance.worlds import replay
replay.run(Seller.objects.get(id=uuid.UUID(sys.argv[1])), sys.argv[2], seed=int(sys.argv[3]))
"""


@pytest.mark.slow
def test_killed_without_warning_and_started_again(db_committed: None, path: Path) -> None:
    whole, killed = wholesaler(), wholesaler()
    expected = replay.run(whole, path, seed=SEED)
    connection.ensure_connection()
    info = connection.connection.info
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": os.pathsep.join(("src", ".")),
        "USANCE_DATABASE_URL": info.dsn,
    }
    root = Path(__file__).resolve().parents[2]
    for days in (3, 20, 21, 60):
        process = subprocess.Popen(
            [sys.executable, "-c", _PLAY, str(killed.id), str(path), str(SEED)],
            env=environment,
            cwd=root,
        )
        deadline = time.monotonic() + 120
        while BankStatement.objects.filter(seller_id=killed.id).count() < days:
            assert process.poll() is None, "the replay ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert verify(seller_id=killed.id) == []
    assert replay.run(killed, path, seed=SEED) == expected
    assert books(killed) == books(whole)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_months_of_everybody(db_committed: None, shared: Path, tmp_path: Path) -> None:
    plain = two_months(shared / "data" / "online_retail_lines.csv.gz", tmp_path / "plain.csv")
    seller = wholesaler()
    summary = replay.run(seller, plain)
    assert_equals_recount(seller, summary, plain)
    assert summary.documents > 3_000
    assert_the_till_is_never_refused(seller)
    assert verify(seller_id=seller.id) == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.skipif(
    "USANCE_WHOLE_FILE" not in os.environ,
    reason="the whole file takes six minutes; set USANCE_WHOLE_FILE=1 to replay it",
)
def test_the_whole_file(db_committed: None, shared: Path, tmp_path: Path) -> None:
    packed = shared / "data" / "online_retail_lines.csv.gz"
    seller = wholesaler()
    summary = replay.run(seller, packed)
    with (tmp_path / "plain.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows_of(packed))
    assert_equals_recount(seller, summary, tmp_path / "plain.csv")
    assert (summary.documents, summary.orders.count, summary.skipped) == (12_468, 9_422, 1_100)
    assert_the_till_is_never_refused(seller)
    assert verify(seller_id=seller.id) == []


def assert_the_till_is_never_refused(seller: Seller) -> None:
    counter = Buyer.objects.get(seller_id=seller.id, external_id=COUNTER)
    refused = Order.objects.filter(seller_id=seller.id, buyer_id=counter.id, state="declined")
    assert not refused.exists()
