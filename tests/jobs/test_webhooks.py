"""Webhook endpoints and the deliveries to them, one attempt at a time."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from standardwebhooks.webhooks import WebhookVerificationError

from tests.jobs.conftest import Queue
from tests.jobs.receiver import Receiver
from usance.flows import onboarding, webhooks
from usance.flows.refusals import NotFound, WrongState
from usance.flows.webhook_deliveries import message_for, record_attempt
from usance.gateways.webhooks import Message, Reply
from usance.gateways.webhooks.memory import MemorySender
from usance.records.events import queries
from usance.records.events.models import Event, WebhookDelivery, WebhookEndpoint
from usance.records.identity import public_id
from usance.records.parties.models import Buyer, Seller
from usance.rules.retries import RETRY_AFTER

URL = "http://127.0.0.1:9/hooks"


def _touch(seller: Seller, buyer: Buyer, at: datetime, times: int = 1) -> None:
    """Something happens to the buyer."""
    for n in range(times):
        onboarding.update_buyer(seller, buyer_id=buyer.id, at=at, by="test", name=f"Name {n}")


def _attempt(
    queue: Queue, delivery_id: UUID, at: datetime, reply: Reply | None = None, chance: float = 0.0
) -> tuple[Message | None, datetime | None]:
    message = message_for(seller_id=queue.seller.id, delivery_id=delivery_id, at=at)
    if message is None:
        return None, None
    again = record_attempt(
        seller_id=queue.seller.id,
        delivery_id=delivery_id,
        reply=reply or Reply(status=200),
        at=at,
        chance=chance,
    )
    return message, again


def _ids(queue: Queue) -> list[UUID]:
    """The events of the queued deliveries."""
    events = dict(
        WebhookDelivery.objects.filter(seller_id=queue.seller.id).values_list("id", "event_id")
    )
    return [events[job.delivery_id] for job in queue.jobs]


def _disabled(endpoint: WebhookEndpoint) -> bool:
    return WebhookEndpoint.objects.get(id=endpoint.id).state == "disabled"


def test_an_endpoint_hears_what_happens_after_it_was_made(
    seller: Seller, buyer: Buyer, queue: Queue, now: datetime
) -> None:
    endpoint, secret = webhooks.create_endpoint(seller, url=URL, at=now, by="test")
    _touch(seller, buyer, now, times=3)
    assert queue.relay(now) == 3
    updates = Event.objects.filter(seller_id=seller.id, type="buyer.updated").order_by("sequence")
    assert _ids(queue) == [event.id for event in updates]
    assert queue.relay(now) == 0, "an event is queued once"
    assert secret.startswith("whsec_")
    assert secret not in endpoint.secret, "the secret is kept encrypted"


def test_an_endpoint_is_not_told_about_itself_but_another_is(
    seller: Seller, queue: Queue, now: datetime
) -> None:
    webhooks.create_endpoint(seller, url=URL, at=now, by="test")
    assert queue.relay(now) == 0
    webhooks.create_endpoint(seller, url=URL + "/second", at=now, by="test")
    assert queue.relay(now) == 1


def test_types_choose(seller: Seller, buyer: Buyer, queue: Queue, now: datetime) -> None:
    webhooks.create_endpoint(seller, url=URL, types=["buyer.created"], at=now, by="test")
    _touch(seller, buyer, now, times=2)
    made = onboarding.create_buyer(seller, name="Neu GmbH", country="DE", at=now, by="test")
    assert queue.relay(now) == 1
    (delivery,) = WebhookDelivery.objects.filter(seller_id=seller.id)
    assert delivery.object_id == made.id


def test_what_is_sent_is_signed_and_carries_public_ids(
    seller: Seller, buyer: Buyer, queue: Queue, now: datetime
) -> None:
    _, secret = webhooks.create_endpoint(seller, url=URL, at=now, by="test")
    _touch(seller, buyer, now)
    queue.relay(now)
    message, again = _attempt(queue, queue.jobs[0].delivery_id, now)
    assert message is not None and again is None
    from standardwebhooks import Webhook

    document = Webhook(secret).verify(message.body, dict(message.headers))
    event = Event.objects.get(seller_id=seller.id, type="buyer.updated")
    made = event.created_at.isoformat().replace("+00:00", "Z")
    assert document == {
        "type": "buyer.updated",
        "timestamp": made,
        "data": {
            "id": public_id("event", event.id),
            "object": "event",
            "created_at": made,
            "external_id": None,
            "metadata": {},
            "type": "buyer.updated",
            "object_type": "buyer",
            "object_id": public_id("buyer", buyer.id),
            "buyer": public_id("buyer", buyer.id),
            "state": None,
            "currency": None,
            "owed_change": 0,
            "actor": "test",
            "data": {"changed": ["name"]},
        },
    }
    assert message.headers["webhook-id"] == document["data"]["id"]
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(message.body + b" ", dict(message.headers))
    delivered = WebhookDelivery.objects.get(seller_id=seller.id)
    assert (delivered.state, delivered.attempts, delivered.last_status) == ("delivered", 1, 200)
    assert _attempt(queue, queue.jobs[0].delivery_id, now) == (None, None), "it is not sent again"


def test_both_secrets_sign_for_a_day_after_a_rotation(
    seller: Seller, buyer: Buyer, queue: Queue, now: datetime
) -> None:
    from standardwebhooks import Webhook

    endpoint, old = webhooks.create_endpoint(seller, url=URL, at=now, by="test")
    _, new = webhooks.rotate_secret(seller, endpoint_id=endpoint.id, at=now, by="test")
    assert old != new
    _touch(seller, buyer, now)
    queue.relay(now)
    delivery_id = queue.jobs[0].delivery_id
    message = message_for(seller_id=seller.id, delivery_id=delivery_id, at=now)
    assert message is not None
    for secret in (old, new):
        Webhook(secret).verify(message.body, dict(message.headers))
    later = now + timedelta(hours=24)
    message = message_for(seller_id=seller.id, delivery_id=delivery_id, at=later)
    assert message is not None
    signatures = message.headers["webhook-signature"].split(" ")
    expected = Webhook(new).sign(message.headers["webhook-id"], later, message.body.decode())
    assert signatures == [expected], "the old secret signs no longer than a day"


def test_failures_are_retried_for_three_days_and_then_the_message_is_given_up(
    seller: Seller, buyer: Buyer, queue: Queue, now: datetime
) -> None:
    endpoint, _ = webhooks.create_endpoint(seller, url=URL, at=now, by="test")
    _touch(seller, buyer, now)
    other = onboarding.create_buyer(seller, name="Neu GmbH", country="DE", at=now, by="test")
    queue.relay(now)
    failing, taken = (job.delivery_id for job in queue.jobs)
    moment = now
    for wait in RETRY_AFTER:
        _, again = _attempt(queue, failing, moment, Reply(status=500, body="no"))
        assert again == moment + wait
        moment = again
    _attempt(queue, taken, moment)
    assert moment - now > timedelta(days=3)
    assert _attempt(queue, failing, moment, Reply(error="ConnectError"))[1] is None
    delivery = WebhookDelivery.objects.get(seller_id=seller.id, id=failing)
    assert (delivery.state, delivery.attempts, delivery.last_error) == (
        "failed",
        len(RETRY_AFTER) + 1,
        "ConnectError",
    )
    told = Event.objects.get(seller_id=seller.id, type="webhook_endpoint.delivery_failed")
    assert told.object_id == endpoint.id
    assert not _disabled(endpoint), f"it took the message about {other.name}"


def test_an_endpoint_that_took_nothing_for_three_days_is_disabled_and_catches_up_when_enabled(
    seller: Seller, buyer: Buyer, queue: Queue, now: datetime
) -> None:
    endpoint, _ = webhooks.create_endpoint(seller, url=URL, at=now, by="test")
    _touch(seller, buyer, now, times=2)
    queue.relay(now)
    first = _ids(queue)
    moment: datetime | None = now
    while moment is not None:
        last = moment
        _, moment = _attempt(queue, queue.jobs[0].delivery_id, moment, Reply(status=503))
    assert _disabled(endpoint)
    assert _attempt(queue, queue.jobs[1].delivery_id, last) == (None, None)
    _touch(seller, buyer, last)
    assert queue.relay(last) == 0
    webhooks.enable_endpoint(seller, endpoint_id=endpoint.id, at=last, by="test")
    queue.jobs.clear()
    assert queue.relay(last) == 3
    assert _ids(queue)[:2] == first, "what was on its way comes first, with the same ids"


def test_a_receiver_that_is_gone_is_disabled(
    seller: Seller, buyer: Buyer, queue: Queue, now: datetime
) -> None:
    endpoint, _ = webhooks.create_endpoint(seller, url=URL, at=now, by="test")
    _touch(seller, buyer, now, times=2)
    queue.relay(now)
    assert _attempt(queue, queue.jobs[0].delivery_id, now, Reply(status=410))[1] is None
    assert _disabled(endpoint)
    assert _attempt(queue, queue.jobs[1].delivery_id, now) == (None, None)
    (told,) = Event.objects.filter(seller_id=seller.id, type="webhook_endpoint.disabled")
    assert told.state == "disabled"


def test_retries_are_spread(seller: Seller, buyer: Buyer, queue: Queue, now: datetime) -> None:
    webhooks.create_endpoint(seller, url=URL, at=now, by="test")
    _touch(seller, buyer, now)
    queue.relay(now)
    _, again = _attempt(queue, queue.jobs[0].delivery_id, now, Reply(status=500), chance=1.0)
    assert again == now + RETRY_AFTER[0] * 1.1


def test_a_replay_sends_the_same_ids_again_in_the_same_order(
    seller: Seller, buyer: Buyer, queue: Queue, now: datetime
) -> None:
    endpoint, _ = webhooks.create_endpoint(seller, url=URL, at=now, by="test")
    _touch(seller, buyer, now, times=4)
    queue.relay(now)
    events = _ids(queue)
    for job in queue.jobs:
        _attempt(queue, job.delivery_id, now)
    old_lock = queue.jobs[0].lock
    queue.jobs.clear()
    count = webhooks.replay(seller, endpoint_id=endpoint.id, since=events[1], at=now, by="test")
    assert count == 3
    assert queue.relay(now) == 3
    assert _ids(queue) == events[1:]
    assert queue.jobs[0].lock != old_lock, "what waits for a retry does not hold up a replay"


def test_a_replay_begins_with_what_is_still_on_its_way(
    seller: Seller, buyer: Buyer, queue: Queue, now: datetime
) -> None:
    endpoint, _ = webhooks.create_endpoint(seller, url=URL, at=now, by="test")
    _touch(seller, buyer, now, times=3)
    queue.relay(now)
    events = _ids(queue)
    _attempt(queue, queue.jobs[0].delivery_id, now)
    _attempt(queue, queue.jobs[1].delivery_id, now, Reply(status=500))
    stale = queue.jobs[1].delivery_id
    queue.jobs.clear()
    assert webhooks.replay(seller, endpoint_id=endpoint.id, since=events[2], at=now, by="test") == 2
    queue.relay(now)
    assert _ids(queue) == events[1:]
    assert _attempt(queue, stale, now) == (None, None), "the old delivery is not sent twice"


def test_a_replay_by_time(seller: Seller, buyer: Buyer, queue: Queue, now: datetime) -> None:
    endpoint, _ = webhooks.create_endpoint(seller, url=URL, at=now, by="test")
    _touch(seller, buyer, now)
    later = now + timedelta(hours=1)
    _touch(seller, buyer, later)
    queue.relay(now)
    events = _ids(queue)
    queue.jobs.clear()
    for job in WebhookDelivery.objects.filter(seller_id=seller.id):
        _attempt(queue, job.id, now)
    since = now + timedelta(minutes=1)
    assert webhooks.replay(seller, endpoint_id=endpoint.id, since=since, at=later, by="test") == 1
    queue.relay(later)
    assert _ids(queue) == events[1:]
    tomorrow = now + timedelta(days=1)
    assert webhooks.replay(seller, endpoint_id=endpoint.id, since=tomorrow, at=now, by="t") == 0


def test_an_endpoint_that_is_down_does_not_fill_the_queue(
    seller: Seller, buyer: Buyer, queue: Queue, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from usance.flows import webhook_deliveries

    monkeypatch.setattr(webhook_deliveries, "MOST_PENDING", 3)
    webhooks.create_endpoint(seller, url=URL, at=now, by="test")
    _touch(seller, buyer, now, times=5)
    assert queue.relay(now) == 3
    _attempt(queue, queue.jobs[0].delivery_id, now)
    assert queue.relay(now) == 1
    events = Event.objects.filter(seller_id=seller.id, type="buyer.updated").order_by("sequence")
    assert _ids(queue) == [event.id for event in events][:4]


def test_an_event_that_commits_late_is_not_passed_over(
    seller: Seller, buyer: Buyer, queue: Queue, now: datetime
) -> None:
    """A transaction takes its sequence number, another commits first."""
    import threading

    from django.db import connections, transaction

    webhooks.create_endpoint(seller, url=URL, at=now, by="test")
    slow = onboarding.create_buyer(seller, name="Slow", country="DE", at=now, by="test")
    queue.relay(now)
    queue.jobs.clear()
    written, commit = threading.Event(), threading.Event()

    def write_slowly() -> None:
        try:
            with transaction.atomic():
                _touch(seller, slow, now)
                written.set()
                assert commit.wait(10)
        finally:
            connections.close_all()

    thread = threading.Thread(target=write_slowly)
    thread.start()
    assert written.wait(10)
    _touch(seller, buyer, now)
    assert queue.relay(now) == 0, "the relay stops before the oldest running transaction"
    commit.set()
    thread.join()
    assert queue.relay(now) == 2
    objects = {job.delivery_id for job in queue.jobs}
    first, second = (
        WebhookDelivery.objects.get(seller_id=seller.id, id=job.delivery_id).object_id
        for job in queue.jobs
    )
    assert len(objects) == 2 and (first, second) == (slow.id, buyer.id)


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/hooks",
        "https://127.0.0.1/hooks",
        "https://10.0.0.7/hooks",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/hooks",
        "https://[::ffff:10.0.0.1]/",
        "https://[fe80::1]/",
        "https://0.0.0.0/",
        "https://user:secret@shop.example/",
        "https://shop.example/#part",
        "ftp://shop.example/",
        "shop.example/hooks",
        "https:///hooks",
        "https://shop.example:99999/",
        "https://[half/",
        "https://shop.example/" + "x" * 2000,
    ],
)
def test_urls_that_are_refused(
    seller: Seller, now: datetime, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.delenv("USANCE_WEBHOOKS_ALLOW_PRIVATE")
    with pytest.raises(webhooks.InvalidEndpoint):
        webhooks.create_endpoint(seller, url=url, at=now, by="test")
    assert not queries.endpoints(seller_id=seller.id)
    assert not Event.objects.filter(seller_id=seller.id, object_type="webhook_endpoint").exists()


@pytest.mark.parametrize("name", ["order", ".authorized", "order.", "x" * 30 + "." + "y" * 30])
def test_event_types_that_are_refused(seller: Seller, now: datetime, name: str) -> None:
    with pytest.raises(webhooks.InvalidEndpoint):
        webhooks.create_endpoint(seller, url=URL, types=[name], at=now, by="test")
    assert not queries.endpoints(seller_id=seller.id)


def test_another_sellers_endpoint_is_not_found(seller: Seller, now: datetime) -> None:
    endpoint, _ = webhooks.create_endpoint(seller, url=URL, at=now, by="test")
    stranger = onboarding.create_seller(
        name="Other",
        handle=f"other-{endpoint.id.hex[-12:]}",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=now,
    )
    for act in (webhooks.disable_endpoint, webhooks.rotate_secret, webhooks.enable_endpoint):
        with pytest.raises(NotFound):
            act(stranger, endpoint_id=endpoint.id, at=now, by="test")
    with pytest.raises(NotFound):
        webhooks.replay(stranger, endpoint_id=endpoint.id, since=now, at=now, by="test")
    own, _ = webhooks.create_endpoint(stranger, url=URL, at=now, by="test")
    foreign = Event.objects.filter(seller_id=seller.id).first()
    assert foreign is not None
    with pytest.raises(NotFound):
        webhooks.replay(stranger, endpoint_id=own.id, since=foreign.id, at=now, by="test")
    kept = WebhookEndpoint.objects.get(id=endpoint.id)
    assert (kept.state, kept.generation, kept.secret) == ("active", 0, endpoint.secret)


def test_disabling_twice_is_refused(seller: Seller, now: datetime) -> None:
    endpoint, _ = webhooks.create_endpoint(seller, url=URL, at=now, by="test")
    webhooks.disable_endpoint(seller, endpoint_id=endpoint.id, at=now, by="test")
    count = Event.objects.filter(seller_id=seller.id).count()
    with pytest.raises(WrongState):
        webhooks.disable_endpoint(seller, endpoint_id=endpoint.id, at=now, by="test")
    with pytest.raises(WrongState):
        webhooks.replay(seller, endpoint_id=endpoint.id, since=now, at=now, by="test")
    assert Event.objects.filter(seller_id=seller.id).count() == count


def test_the_memory_sender_keeps_what_it_is_given(receiver: Receiver) -> None:
    sender = MemorySender(lambda _: Reply(status=202))
    reply = asyncio.run(sender.send(Message(receiver.url, {"webhook-id": "evt_1"}, b"{}")))
    assert reply.accepted
    assert [message.body for message in sender.sent] == [b"{}"]
