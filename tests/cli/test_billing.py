"""``usance bill`` as a person and a program run it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.child_processes import usance
from tests.flows import books
from tests.flows.billing import invoices, scheduled, sell
from tests.flows.trading import Trade


@pytest.fixture
def trade(account: Any, at: datetime) -> Trade:
    """A buyer that is billed at the end of the month, and something shipped in March."""
    trade = Trade(account.seller, account.buyer, account.line, at)
    sell(scheduled(trade, "monthly:last"), 12_200, 2_200)
    sell(trade, 6_100, 1_100)
    return trade


def test_a_month_is_previewed_and_billed_once(trade: Trade) -> None:
    handle = trade.seller.handle
    arguments = ("bill", "--seller", handle, "--cut-off", "2026-03-31")
    seen = usance(*arguments, "--preview", "--json")
    assert seen.returncode == 0, seen.stderr
    [draft] = json.loads(seen.stdout)
    assert (draft["amount"], draft["tax"], draft["shipments"]) == ("183.00", "33.00", 2)
    assert draft["document"]["number"] == "draft"
    assert invoices(trade) == []
    told = usance(*arguments, "--preview")
    assert "Nordwind" in told.stdout

    done = usance(*arguments)
    assert done.returncode == 0, done.stderr
    assert "1 invoices of 183.00 EUR to 1 buyers for 2026-03-31." in done.stdout
    assert [one.amount for one in invoices(trade)] == [18_300]
    again = usance(*arguments, "--json")
    assert json.loads(again.stdout)["invoices"] == 0
    assert books.broken(trade.seller) == []


def test_a_day_to_come_is_refused(trade: Trade) -> None:
    day = date(datetime.now(UTC).year + 2, 1, 1)
    refused = usance("bill", "--seller", trade.seller.handle, "--cut-off", str(day))
    assert refused.returncode == 1
    assert "still to come" in refused.stderr
