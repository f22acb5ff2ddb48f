"""Webhook receivers, and running jobs by hand in the order in which a worker would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from tests.horizon import wait_for_events
from tests.jobs.receiver import Receiver, receiving
from usance.flows import webhook_deliveries
from usance.flows.webhook_deliveries import Queued
from usance.records.parties.models import Seller


@pytest.fixture(autouse=True)
def private_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The receivers are on this machine."""
    monkeypatch.setenv("USANCE_WEBHOOKS_ALLOW_PRIVATE", "1")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that takes everything."""
    with receiving(Receiver()) as running:
        yield running


@pytest.fixture
def now() -> datetime:
    """This moment: signatures are checked against the receiver's own clock."""
    return datetime.now(UTC)


class Queue:
    """What the relay queued for one seller, in order."""

    def __init__(self, seller: Seller) -> None:
        self.seller = seller
        self.jobs: list[Queued] = []

    def relay(self, at: datetime) -> int:
        """Queue everything there is for this seller's endpoints."""
        wait_for_events(self.seller.id)
        total = 0
        while made := self._page(at):
            total += made
        return total

    def _page(self, at: datetime) -> int:
        from usance.records.events import queries

        return sum(
            webhook_deliveries.queue_page(
                seller_id=self.seller.id, endpoint_id=one.id, at=at, enqueue=self.jobs.extend
            )
            for one in queries.endpoints(seller_id=self.seller.id)
        )


@pytest.fixture
def queue(seller: Seller) -> Queue:
    """The relay's jobs, caught before they reach the queue."""
    return Queue(seller)


def jobs_of(seller: Seller) -> list[dict[str, Any]]:
    """The seller's delivery jobs that are in the real queue."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, lock, status::text, args FROM procrastinate_jobs"
            " WHERE args ->> 'seller_id' = %s ORDER BY id",
            [str(seller.id)],
        )
        return [
            {"id": i, "lock": lock, "status": status, "args": json.loads(args)}
            for i, lock, status, args in cursor.fetchall()
        ]
