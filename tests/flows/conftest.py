"""A trade account at work, whose books must be sound when the test is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from tests.flows import billing, books
from tests.flows.applying import open_form
from tests.flows.paying import Till
from tests.flows.trading import Trade
from usance.records.parties.models import Seller


@pytest.fixture
def trade(account: Any, at: datetime) -> Iterator[Trade]:
    """A trade account that may buy for EUR 10,000.00. Afterwards the books must be sound."""
    yield Trade(account.seller, account.buyer, account.line, at)
    assert books.broken(account.seller) == []


@pytest.fixture
def on(at: datetime) -> date:
    """The day of the test."""
    return at.date()


@pytest.fixture
def april(trade: Trade) -> Trade:
    """The same trade on the first of April."""
    return billing.on(trade, date(2026, 4, 1))


@pytest.fixture
def open_seller(seller: Seller, at: datetime) -> Seller:
    """A seller that takes applications."""
    open_form(seller, at=at)
    return seller


@pytest.fixture
def till(trade: Trade) -> Till:
    return Till.of(trade)
