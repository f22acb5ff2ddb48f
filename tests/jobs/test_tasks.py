"""Jobs against the real queue: what they defer, what the calendar brings, what a dead worker left."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from tests.conftest import Account
from tests.jobs.conftest import jobs_of
from usance.flows import calendar, fulfilment, webhook_deliveries, webhooks
from usance.flows.checkout import Authorization, OrderRequest, authorize_orders
from usance.flows.onboarding import update_buyer
from usance.gateways.webhooks import Message, Reply
from usance.gateways.webhooks.memory import MemorySender
from usance.jobs import bulkhead, tasks
from usance.jobs.retry import AgainWhenAsked, TryAgain
from usance.records.events.models import Event, IdempotencyRecord
from usance.records.orders.models import Order
from usance.records.parties.models import Buyer, Seller


def _order(
    account: Account, at: datetime, *, amount: int = 100_00, key: str | None = None
) -> Order:
    (made,) = authorize_orders(
        [
            OrderRequest(
                seller=account.seller,
                amount=amount,
                currency="EUR",
                buyer_id=account.buyer.id,
                idempotency_key=key,
            )
        ],
        at=at,
    )
    assert isinstance(made, Authorization)
    return Order.objects.get(seller_id=account.seller.id, id=made.order_id)


def test_the_relay_makes_one_job_an_object_with_the_deliveries(
    seller: Seller, buyer: Buyer, now: datetime
) -> None:
    endpoint, _ = webhooks.create_endpoint(
        seller, url="http://127.0.0.1:9/", types=["buyer.updated"], at=now, by="test"
    )
    for name in ("A", "B", "C"):
        update_buyer(seller, buyer_id=buyer.id, at=now, by="test", name=name)
    made = webhook_deliveries.queue_page(
        seller_id=seller.id, endpoint_id=endpoint.id, at=now, enqueue=tasks.enqueue_deliveries
    )
    assert made == 3
    (job,) = jobs_of(seller)
    assert job["status"] == "todo"
    assert job["lock"] == f"{endpoint.id}:{buyer.id}:0"
    _finish(job["id"])


def test_when_the_jobs_cannot_be_made_nothing_is_queued(
    seller: Seller, buyer: Buyer, now: datetime
) -> None:
    endpoint, _ = webhooks.create_endpoint(seller, url="http://127.0.0.1:9/", at=now, by="test")
    update_buyer(seller, buyer_id=buyer.id, at=now, by="test", name="A")

    def fail(queued: Any) -> None:
        tasks.enqueue_deliveries(queued)
        raise RuntimeError("the queue is full")

    with pytest.raises(RuntimeError):
        webhook_deliveries.queue_page(
            seller_id=seller.id, endpoint_id=endpoint.id, at=now, enqueue=fail
        )
    assert jobs_of(seller) == []
    endpoint.refresh_from_db()
    assert (
        webhook_deliveries.queue_page(
            seller_id=seller.id, endpoint_id=endpoint.id, at=now, enqueue=lambda _: None
        )
        == 1
    ), "the endpoint kept its place"


def test_authorizations_end_the_day_after_their_last(account: Account, at: datetime) -> None:
    order = _order(account, at)
    used = _order(account, at)
    fulfilment.invoice_order(account.seller, order_id=used.id, at=at, by="test")
    part = _order(account, at)
    fulfilment.invoice_order(account.seller, order_id=part.id, at=at, by="test", amount=40_00)
    last_day = at + (order.expires_on - at.date())
    assert calendar.expire_orders(seller_id=account.seller.id, at=last_day, by="test") == 0
    after = last_day + timedelta(days=1)
    assert calendar.expire_orders(seller_id=account.seller.id, at=after, by="test") == 2
    states = dict(Order.objects.filter(seller_id=account.seller.id).values_list("id", "state"))
    assert states == {order.id: "expired", used.id: "invoiced", part.id: "invoiced"}
    account.line.refresh_from_db()
    assert account.line.commitments == 0
    assert calendar.expire_orders(seller_id=account.seller.id, at=after, by="test") == 0


def test_expiring_goes_through_all_pages(
    account: Account, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar, "PAGE", 2)
    orders = [_order(account, at) for _ in range(5)]
    later = at + (orders[0].expires_on - at.date()) + timedelta(days=1)
    assert calendar.expire_orders(seller_id=account.seller.id, at=later, by="test") == 5
    ended = Event.objects.filter(seller_id=account.seller.id, type="order.expired").count()
    assert ended == 5


def test_bank_lines_that_nobody_settled_are_settled(account: Account, at: datetime) -> None:
    from usance.flows import bank_statements

    order = _order(account, at)
    invoice = fulfilment.invoice_order(account.seller, order_id=order.id, at=at, by="test")
    table = f"Date,Amount,Currency,Description\n2026-03-10,100.00,EUR,{invoice.number}\n"
    bank_statements.take_statement(
        account.seller, table.encode(), at=at, by="test", account="IT60X0542811101000000123456"
    )
    assert calendar.settle_bank_lines(seller_id=account.seller.id, at=at, by="test") == 1
    invoice.refresh_from_db()
    assert invoice.state == "paid"
    assert calendar.settle_bank_lines(seller_id=account.seller.id, at=at, by="test") == 0


def test_old_answers_are_forgotten_and_young_ones_kept(account: Account, at: datetime) -> None:
    _order(account, at, key="old")
    _order(account, at + timedelta(days=20), key="young")
    before = at + timedelta(days=10)
    assert calendar.forget_answers(seller_id=account.seller.id, before=before) == 1
    kept = IdempotencyRecord.objects.filter(seller_id=account.seller.id)
    assert [record.key for record in kept] == ["young"]


def test_an_endpoint_in_trouble_gets_few_slots_until_it_recovers(now: datetime) -> None:
    async def play() -> None:
        status = 500
        sender = MemorySender(lambda _: Reply(status=status))
        message = Message("http://127.0.0.1:9/", {}, b"")
        with bulkhead.passing("whe-1") as passage:
            await passage.send(sender, message)
        held = [bulkhead.passing("whe-1") for _ in range(bulkhead.SLOTS_IN_TROUBLE)]
        passages = [one.__enter__() for one in held]
        with pytest.raises(TryAgain), bulkhead.passing("whe-1"):
            pass
        with bulkhead.passing("whe-2"):
            pass  # another endpoint is not held up
        status = 200
        await passages[0].send(sender, message)
        with bulkhead.passing("whe-1"):
            pass
        for one in held:
            one.__exit__(None, None, None)

    asyncio.run(play())


def test_a_job_comes_back_when_it_asks_and_soon_after_the_unforeseen(now: datetime) -> None:
    strategy = AgainWhenAsked()
    job: Any = None
    asked = strategy.get_retry_decision(exception=TryAgain(now), job=job)
    assert asked.retry_at == now
    unforeseen = strategy.get_retry_decision(exception=KeyError("x"), job=job)
    assert unforeseen.retry_at is not None
    assert timedelta(0) < unforeseen.retry_at - now < timedelta(minutes=2)
    stopped = strategy.get_retry_decision(exception=asyncio.CancelledError(), job=job)
    assert stopped.retry_at is None, "at once"


def test_a_dead_workers_job_goes_back_to_its_place_or_makes_way_for_its_successor(
    seller: Seller,
) -> None:
    """Two jobs were running when their worker died; the successor of one waits already."""
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    name = seller.handle
    args = {"seller_id": str(seller.id)}
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '1 hour') RETURNING id"
        )
        worker_id = cursor.fetchone()[0]
        rows = [
            (f"{name}-lonely", "doing", worker_id),
            (f"{name}-followed", "doing", worker_id),
            (f"{name}-followed", "todo", None),
        ]
        for lock, status, worker in rows:
            cursor.execute(
                "INSERT INTO procrastinate_jobs"
                " (queue_name, task_name, lock, queueing_lock, args, status, worker_id)"
                " VALUES ('none', 'none', %s, %s, %s, %s, %s)",
                [lock, lock, json.dumps(args), status, worker],
            )
    connector = app.connector
    assert isinstance(connector, DjangoConnector)

    async def recover() -> None:
        with app.replace_connector(connector.get_worker_connector()) as working:
            async with working.open_async():
                context: Any = type("Context", (), {"app": working})
                await tasks.retry_stalled_jobs.func(context, timestamp=0)

    asyncio.run(recover())
    left = jobs_of(seller)
    assert [(job["lock"], job["status"]) for job in left] == [
        (f"{name}-lonely", "todo"),
        (f"{name}-followed", "todo"),
    ]
    for job in left:
        _finish(job["id"])


def _finish(job_id: int) -> None:
    """Take the job out of the queue, so that no worker of another test finds it."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job_id])


def test_one_seller_in_trouble_does_not_keep_the_others_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    served: list[int] = []

    def work(seller_id: int) -> None:
        if seller_id == 1:
            raise RuntimeError("a line that cannot be booked")
        served.append(seller_id)

    monkeypatch.setattr(tasks, "seller_ids", lambda: [1, 2, 3])
    with pytest.raises(RuntimeError, match="cannot be booked"):
        tasks.for_each_seller(work)  # type: ignore[arg-type]
    assert served == [2, 3]
