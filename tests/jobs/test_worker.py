"""Real workers, in processes of their own, and a real receiver: order, failures and sudden death."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.child_processes import environment
from tests.jobs.receiver import Receiver, receiving
from usance.flows import onboarding, webhooks
from usance.records.events.models import Event, WebhookDelivery
from usance.records.identity import public_id
from usance.records.parties.models import Buyer, Seller

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_database")]


@contextlib.contextmanager
def working() -> Iterator[subprocess.Popen[bytes]]:
    """A worker until the block ends."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "usance.jobs.worker"],
        env=environment(USANCE_WEBHOOKS_ALLOW_PRIVATE="1"),
    )
    try:
        yield worker
    finally:
        if worker.poll() is None:
            worker.terminate()
            assert worker.wait(60) == 0, "a worker that is asked to stop ends cleanly"


def _events(seller: Seller, buyers: list[Buyer], at: datetime, *, each: int) -> list[str]:
    """``each`` events of every buyer's, in turn; their public ids in order."""
    for n in range(each):
        for buyer in buyers:
            onboarding.update_buyer(seller, buyer_id=buyer.id, at=at, by="test", name=f"N {n}")
    made = Event.objects.filter(seller_id=seller.id, type="buyer.updated").order_by("sequence")
    return [public_id("event", event.id) for event in made]


def _buyers(seller: Seller, at: datetime, count: int) -> list[Buyer]:
    return [
        onboarding.create_buyer(seller, name=f"Buyer {n}", country="DE", at=at, by="test")
        for n in range(count)
    ]


def _by_object(receiver: Receiver) -> dict[str, list[str]]:
    """The accepted ids of each object; one that came again at once counts once."""
    objects: defaultdict[str, list[str]] = defaultdict(list)
    for one in receiver.accepted:
        ids = objects[json.loads(one.body)["data"]["object_id"]]
        if not ids or ids[-1] != one.id:
            ids.append(one.id)
    return objects


def _expected(seller: Seller, buyers: list[Buyer]) -> dict[str, list[str]]:
    return {
        public_id("buyer", buyer.id): [
            public_id("event", event.id)
            for event in Event.objects.filter(
                seller_id=seller.id, object_id=buyer.id, type="buyer.updated"
            ).order_by("sequence")
        ]
        for buyer in buyers
    }


def test_deliveries_of_one_object_keep_their_order_while_it_fails(
    seller: Seller, now: datetime
) -> None:
    first, second = buyers = _buyers(seller, now, 2)
    troubled = public_id("buyer", first.id)

    def answer(n: int, headers: dict[str, str], body: bytes) -> int:
        about = json.loads(body)["data"]["object_id"]
        failures = sum(1 for one in receiver.got if one.status >= 300)
        return 302 if about == troubled and failures < 1 else 200

    with receiving(Receiver(answer)) as receiver, working():
        _, secret = webhooks.create_endpoint(
            seller, url=receiver.url, types=["buyer.updated"], at=now, by="test"
        )
        _events(seller, buyers, now, each=5)
        receiver.wait_for(lambda r: len(r.accepted) == 10, seconds=200)
        got = list(receiver.got)
    assert _by_object(receiver) == _expected(seller, buyers)
    assert len(got) == 11, "one failed, none was sent twice"
    failed = next(n for n, one in enumerate(got) if one.status == 302)
    retried = next(n for n, one in enumerate(got) if n > failed and one.id == got[failed].id)
    between = {json.loads(one.body)["data"]["object_id"] for one in got[failed + 1 : retried]}
    assert between == {public_id("buyer", second.id)}, "others do not wait, its own do"
    for one in got:
        assert one.verified(secret)["data"]["id"] == one.id
    states = WebhookDelivery.objects.filter(seller_id=seller.id).values_list("state", flat=True)
    assert set(states) == {"delivered"}


def test_a_worker_that_is_killed_loses_nothing_and_changes_no_order(
    seller: Seller, now: datetime
) -> None:
    buyers = _buyers(seller, now, 3)

    def answer(n: int, headers: dict[str, str], body: bytes) -> int:
        time.sleep(0.03)
        return 200

    with receiving(Receiver(answer)) as receiver:
        webhooks.create_endpoint(
            seller, url=receiver.url, types=["buyer.updated"], at=now, by="test"
        )
        ids = _events(seller, buyers, now, each=25)
        with working() as worker:
            receiver.wait_for(lambda r: len(r.accepted) >= 20)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        taken = len({one.id for one in receiver.accepted})
        assert taken < len(ids), "it was killed in the middle"
        with working():
            receiver.wait_for(
                lambda r: len({one.id for one in r.accepted}) == len(ids), seconds=200
            )
            _wait_until_recorded(seller)
    assert _by_object(receiver) == _expected(seller, buyers)


def _wait_until_recorded(seller: Seller) -> None:
    end = time.monotonic() + 120
    while WebhookDelivery.objects.filter(seller_id=seller.id, state="pending").exists():
        assert time.monotonic() < end
        time.sleep(0.1)
