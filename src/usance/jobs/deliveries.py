"""Documents go to buyers by themselves, within a second or two of being issued.

A watch queues what was issued and makes a job of each delivery that is due; a mail server or network
that keeps one waiting holds up no other. Anything may be killed and run again.
"""

from __future__ import annotations

import logging
import random
from datetime import timedelta
from typing import Final
from uuid import UUID

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from config.clock import CLOCK
from usance.flows.deliveries import fetching, queueing, sending
from usance.jobs import tasks
from usance.jobs.retry import AgainWhenAsked, TryAgain

DELIVERIES: Final = "deliveries"
"""The queue of what is written and sent."""
WATCH_SECONDS: Final = 55.0
POLL_SECONDS: Final = 0.5

_log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="watch_deliveries", queue=DELIVERIES, lock="deliveries", retry=AgainWhenAsked())
def watch_deliveries(timestamp: int) -> None:
    """Queue what was issued and make jobs of what is due, for about a minute; the next job takes
    over."""
    del timestamp
    end = CLOCK.now() + timedelta(seconds=WATCH_SECONDS)
    while not tasks.stopping.is_set() and CLOCK.now() < end:
        try:
            read = queueing.follow_all(at=CLOCK.now())
        except Exception:  # noqa: BLE001 - logged; what is queued already goes out all the same
            _log.exception("what was issued is not queued")
            read = 0
        if not read + enqueue_due():
            tasks.stopping.wait(POLL_SECONDS)
    if tasks.stopping.is_set():
        raise TryAgain(CLOCK.now())


def enqueue_due() -> int:
    """A job for each delivery that is due and has none yet; how many were made."""
    made = 0
    for seller_id, delivery_id in sending.due(at=CLOCK.now()):
        try:
            attend.configure(
                lock=str(delivery_id), queueing_lock=f"{attend.name}:{delivery_id}"
            ).defer(seller_id=str(seller_id), object_id=str(delivery_id))
        except AlreadyEnqueued:
            continue
        made += 1
    return made


@app.task(name="attend_delivery", queue=DELIVERIES)
def attend(*, seller_id: str, object_id: str) -> None:
    """Send one document, or ask what became of it; what does not work is due again later."""
    sending.attend(
        seller_id=UUID(seller_id),
        delivery_id=UUID(object_id),
        at=CLOCK.now(),
        chance=random.random(),  # noqa: S311 - spreads retries, guards nothing
    )


@app.periodic(cron="* * * * *")
@app.task(name="fetch_receipts", queue=DELIVERIES, lock="receipts", queueing_lock="receipts")
def fetch_receipts(timestamp: int) -> None:
    """Fetch what waits at the networks, a seller at a time; one that fails keeps no other from it."""
    del timestamp
    for seller_id in fetching.to_fetch():
        if tasks.stopping.is_set():
            return
        try:
            fetching.fetch(seller_id=seller_id, at=CLOCK.now())
        except Exception:  # noqa: BLE001 - logged; the others have their turn
            # Asked again in a minute; meanwhile the connection's page says how a try goes.
            _log.exception("receipts of seller %s", seller_id)
