"""A seller, a buyer and a credit line for any test that wants them, fresh for each test."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import translation

from usance.flows import credit_lines, onboarding
from usance.records.credit.models import CreditLine
from usance.records.parties.models import Buyer, Seller

pytest_plugins = ["tests.once_more"]

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
"""The moment at which most tests happen: a Monday morning."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files begin first, so that no process of tests waits for another at the end."""
    items.sort(key=lambda item: "worlds" not in item.path.parts)


@pytest.fixture(scope="session")
def django_db_setup(migrated: None) -> None:
    """Tests that are rolled back (``django_db``) use the same database as those that commit."""


@pytest.fixture(autouse=True)
def english() -> None:
    """Each test begins in English, whichever language the one before it ended in."""
    translation.activate("en")


@pytest.fixture
def at() -> datetime:
    """The moment of the test."""
    return AT


@pytest.fixture
def seller(db_committed: Any) -> Seller:
    """A seller in Milan that trades in EUR."""
    return onboarding.create_seller(
        name="Officine Brera S.r.l.",
        handle=f"brera-{secrets.token_hex(6)}",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=AT,
    )


@pytest.fixture
def buyer(seller: Seller) -> Buyer:
    """A buyer of the seller's, without credit."""
    return onboarding.create_buyer(
        seller, name="Nordwind Handels GmbH", country="DE", at=AT, by="test", external_id="C-1001"
    )


@pytest.fixture
def line(seller: Seller, buyer: Buyer) -> CreditLine:
    """A credit line of EUR 10,000.00."""
    return credit_lines.set_credit_line(
        seller, buyer_id=buyer.id, currency="EUR", limit=1_000_000, at=AT, by="test"
    )


@dataclass(frozen=True)
class Account:
    """A buyer with a credit line, and its seller."""

    seller: Seller
    buyer: Buyer
    line: CreditLine


@pytest.fixture
def account(seller: Seller, buyer: Buyer, line: CreditLine) -> Account:
    """A trade account that may buy for EUR 10,000.00."""
    return Account(seller, buyer, line)
