"""Keeps one endpoint in trouble from taking every slot of a worker.

A receiver that does not answer holds a slot until the timeout; in every slot it would silence the others.
An endpoint that failed or was slow the last time gets a few slots; the rest of its jobs step back.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from config.clock import CLOCK
from usance.gateways.webhooks import Message, Reply, WebhookSender
from usance.jobs.retry import TryAgain

SLOTS_IN_TROUBLE: Final = 4
SLOW_SECONDS: Final = 3.0
STEP_BACK: Final = timedelta(seconds=5)

_open: Counter[str] = Counter()
_in_trouble: set[str] = set()


class Passage:
    """The way of one job to its endpoint."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    async def send(self, sender: WebhookSender, message: Message) -> Reply:
        """Send ``message`` and note how the endpoint does."""
        started = time.monotonic()
        reply = await sender.send(message)
        if reply.accepted and time.monotonic() - started < SLOW_SECONDS:
            _in_trouble.discard(self._endpoint)
        else:
            _in_trouble.add(self._endpoint)
        return reply


@contextmanager
def passing(endpoint: str) -> Iterator[Passage]:
    """Take a slot for ``endpoint``. Raises TryAgain if it is in trouble and has enough of them."""
    if endpoint in _in_trouble and _open[endpoint] >= SLOTS_IN_TROUBLE:
        raise TryAgain(CLOCK.now() + STEP_BACK)
    _open[endpoint] += 1
    try:
        yield Passage(endpoint)
    finally:
        _open[endpoint] -= 1
        if not _open[endpoint]:
            del _open[endpoint]
