"""What runs in the background, and when. Each job reads the clock and calls one flow.

Everything here may be killed at any moment and run again: the flows keep what is done.
"""

from __future__ import annotations

import asyncio
import logging
import random
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from config.clock import CLOCK
from usance.flows import calendar, webhook_deliveries
from usance.flows.webhook_deliveries import Queued
from usance.gateways.webhooks.http import HttpSender
from usance.jobs import bulkhead
from usance.jobs.retry import AgainWhenAsked, TryAgain
from usance.records.parties.queries import seller_ids

_log = logging.getLogger(__name__)

RELAY: Final = "relay"
WEBHOOKS: Final = "webhooks"
CALENDAR: Final = "calendar"
UPKEEP: Final = "upkeep"
"""The queues. Each has slots of its own in a worker, so that none holds up another."""

RELAY_SECONDS: Final = 55.0
POLL_SECONDS: Final = 0.25
STALLED_AFTER: Final = 12.0
"""Seconds without a sign of life after which a worker's jobs are given to others."""

stopping = threading.Event()
"""Set when this worker is asked to stop; long jobs look at it."""


@app.periodic(cron="* * * * *")
@app.task(name="relay_events", queue=RELAY, lock="relay", retry=AgainWhenAsked())
def relay_events(timestamp: int) -> None:
    """Queue new events for webhook endpoints for about a minute; the next job takes over.

    The lock lets one run at a time; its successor waits in the queue. A relay whose worker stops
    goes back to the queue, so that the next worker need not wait for the minute to pass.
    """
    del timestamp
    end = CLOCK.now() + timedelta(seconds=RELAY_SECONDS)
    while not stopping.is_set() and (now := CLOCK.now()) < end:
        if not webhook_deliveries.queue_all(at=now, enqueue=enqueue_deliveries):
            stopping.wait(POLL_SECONDS)
    if stopping.is_set():
        raise TryAgain(CLOCK.now())


def enqueue_deliveries(queued: Sequence[Queued]) -> None:
    """A job for each object that has deliveries waiting, in Django's open transaction."""
    jobs = [
        Job(
            id=None,
            queue=WEBHOOKS,
            task_name=deliver_webhooks.name,
            lock=lock,
            queueing_lock=None,
            task_kwargs={
                "seller_id": str(one.seller_id),
                "endpoint_id": str(one.endpoint_id),
                "object_id": str(one.object_id),
            },
        )
        for lock, one in {one.lock: one for one in queued}.items()
    ]
    if jobs:
        JobManager(DjangoConnector()).batch_defer_jobs(jobs)


@app.task(name="deliver_webhooks", queue=WEBHOOKS, retry=AgainWhenAsked())
async def deliver_webhooks(*, seller_id: str, endpoint_id: str, object_id: str) -> None:
    """Tell an endpoint all it is to hear of an object, in order, until an attempt fails.

    Raises TryAgain with the time of the next attempt. The job then waits in its place, and what
    comes later for the object waits behind it.
    """
    with bulkhead.passing(endpoint_id) as passage:
        while not stopping.is_set():
            waiting = await sync_to_async(webhook_deliveries.next_message)(
                seller_id=UUID(seller_id),
                endpoint_id=UUID(endpoint_id),
                object_id=UUID(object_id),
                at=CLOCK.now(),
            )
            if waiting is None:
                return
            delivery_id, message = waiting
            reply = await passage.send(_sender(), message)
            again = await sync_to_async(webhook_deliveries.record_attempt)(
                seller_id=UUID(seller_id),
                delivery_id=delivery_id,
                reply=reply,
                at=CLOCK.now(),
                chance=random.random(),  # noqa: S311 - spreads retries, guards nothing
            )
            if again is not None:
                raise TryAgain(again)
    raise TryAgain(CLOCK.now())


def _sender() -> HttpSender:
    """One for each event loop, which owns its connections."""
    loop = asyncio.get_running_loop()
    if loop not in _senders:
        _senders[loop] = HttpSender()
    return _senders[loop]


_senders: dict[asyncio.AbstractEventLoop, HttpSender] = {}


def for_each_seller(work: Callable[[UUID], object]) -> None:
    """Do ``work`` for every seller; one whose work fails does not keep it from the others."""
    failed = None
    for seller_id in seller_ids():
        try:
            work(seller_id)
        except Exception as error:  # noqa: BLE001 - raised again below, when all had their turn
            _log.exception("seller %s", seller_id)
            failed = error
    if failed is not None:
        raise failed


@app.periodic(cron="7 * * * *")
@app.task(name="expire_orders", queue=CALENDAR, queueing_lock="expire_orders")
def expire_orders(timestamp: int) -> None:
    """End the authorizations whose time has run out, a seller at a time."""
    del timestamp
    for_each_seller(
        lambda one: calendar.expire_orders(seller_id=one, at=CLOCK.now(), by="calendar")
    )


@app.periodic(cron="* * * * *")
@app.task(name="settle_bank_lines", queue=CALENDAR, lock="settle", queueing_lock="settle")
def settle_bank_lines(timestamp: int) -> None:
    """Settle what bank files brought and nobody has settled yet."""
    del timestamp
    for_each_seller(
        lambda one: calendar.settle_bank_lines(seller_id=one, at=CLOCK.now(), by="calendar")
    )


@app.periodic(cron="23 3 * * *")
@app.task(name="forget_answers", queue=CALENDAR, queueing_lock="forget_answers")
def forget_answers(timestamp: int) -> None:
    """Forget the answers to requests that nobody will repeat any more."""
    del timestamp
    before = CLOCK.now() - timedelta(days=settings.IDEMPOTENCY_DAYS)
    for_each_seller(lambda one: calendar.forget_answers(seller_id=one, before=before))


@app.periodic(cron="* * * * * */5")
@app.task(name="retry_stalled_jobs", queue=UPKEEP, pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Give the jobs of workers that were killed to others. They keep their place in the order."""
    del timestamp
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        assert job.id is not None
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            # Its successor waits in the queue already and will do the same work.
            await manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=True)


@app.periodic(cron="41 3 * * *")
@app.task(name="forget_jobs", queue=UPKEEP, queueing_lock="forget_jobs", pass_context=True)
async def forget_jobs(context: JobContext, timestamp: int) -> None:
    """Forget jobs that ended, failed ones included, after a month."""
    del timestamp
    await context.app.job_manager.delete_old_jobs(
        nb_hours=24 * 30, include_failed=True, include_cancelled=True, include_aborted=True
    )
