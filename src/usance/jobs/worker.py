"""A worker: takes jobs from the queues until it is asked to stop (SIGTERM, SIGINT).

``python -m usance.jobs.worker`` runs one; run as many as you like, on as many machines.
"""

from __future__ import annotations

import asyncio
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import django

WEBHOOK_SLOTS: Final = 48
APPLICATION_SLOTS: Final = 8
DELIVERY_SLOTS: Final = 6
"""One is the watch's; to write a document takes a core, to send it a server's patience."""
CARD_SLOTS: Final = 4
"""One is the watch's."""
FUNDING_SLOTS: Final = 3
"""One is the watch's."""
POLL_SECONDS: Final = 0.5
"""How soon a job is found that became free when another with its lock ended."""
HEARTBEAT_SECONDS: Final = 3.0
GRACE_SECONDS: Final = 5.0
"""How long a stopping worker lets its jobs finish; the rest go back to the queue."""


def main() -> None:
    """Run until asked to stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    asyncio.run(run())


async def run() -> None:
    """Take jobs from every queue, each with slots of its own."""
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    from usance.jobs import (
        applications,
        backtests,
        billing,
        cards,
        checks,
        deliveries,
        dunning,
        funding,
        standing,
        statements,
        tasks,
    )

    slots = {
        (tasks.RELAY,): 2,  # the relay of events, and the watch over applications and letters
        (applications.APPLICATIONS,): APPLICATION_SLOTS,
        (tasks.WEBHOOKS,): WEBHOOK_SLOTS,
        (deliveries.DELIVERIES,): DELIVERY_SLOTS,
        (tasks.CALENDAR,): 3,
        (standing.FOLLOW,): 2,
        (checks.CHECKS,): 2,
        (backtests.BACKTESTS,): 1,
        (billing.BILLING,): 1,
        (cards.CARDS,): CARD_SLOTS,
        (funding.FUNDING,): FUNDING_SLOTS,
        (dunning.DUNNING,): 2,  # a run, and the messages that go out
        (statements.STATEMENTS,): 1,
        (tasks.UPKEEP,): 1,
    }
    # Watches hold their thread for a minute each: the few threads that a loop has by itself would all
    # be theirs, and nothing else done. Webhooks are sent from the loop.
    threads = sum(slots.values()) - WEBHOOK_SLOTS
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(threads, "job"))
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()) as working:
        async with working.open_async():
            workers = [
                asyncio.create_task(
                    working.run_worker_async(
                        queues=list(queues),
                        name=queues[0],
                        concurrency=concurrency,
                        delete_jobs="successful",
                        install_signal_handlers=False,
                        fetch_job_polling_interval=POLL_SECONDS,
                        update_heartbeat_interval=HEARTBEAT_SECONDS,
                        stalled_worker_timeout=tasks.STALLED_AFTER,
                        shutdown_graceful_timeout=GRACE_SECONDS,
                    )
                )
                for queues, concurrency in slots.items()
            ]
            await _until_stopped(workers)


async def _until_stopped(workers: list[asyncio.Task[None]]) -> None:
    """Wait for a signal, or for a worker that broke down; then let all of them end."""
    from usance.jobs import tasks

    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    waiting = asyncio.create_task(_wait(asked))
    await asyncio.wait([waiting, *workers], return_when=asyncio.FIRST_COMPLETED)
    tasks.stopping.set()
    waiting.cancel()
    for worker in workers:
        worker.cancel()
    results = await asyncio.gather(*workers, return_exceptions=True)
    broken = [r for r in results if r is not None and not isinstance(r, asyncio.CancelledError)]
    if broken:
        raise broken[0]


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


if __name__ == "__main__":
    main()
