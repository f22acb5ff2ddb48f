"""The fast lane of ``POST /v1/orders``: HTTP in, one transaction for everything that waits, HTTP out.

While one transaction runs, the requests that arrive line up; the next transaction takes them all.
So under load one commit, one query for facts and one lock of a busy credit line serve many orders,
each of which is still decided, refused and answered by itself. A single shopper is never made to wait
for company; where there was company a moment ago, the next transaction waits for as many again, for
a millisecond at most.

The event loop only reads and writes HTTP. Keys, parsing, decisions and SQL happen on the lane's own
thread, through the same flow as everywhere else.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import InterfaceError, OperationalError, connection
from pydantic_core import to_json

from config.clock import CLOCK
from usance.flows import checkout
from usance.flows.checkout import Authorization, OrderRequest, Replay
from usance.web.api import keys, measures, objects, problems
from usance.web.api.schemas import parse_order

PATH: Final = "/v1/orders"
MOST_WAITING: Final = 4000
"""Requests that may line up in one process before it answers that it is overloaded."""
MOST_BYTES_WAITING: Final = 64 * 1024 * 1024
"""Bytes of bodies that may line up: nobody has shown a key yet."""
LARGEST_BATCH: Final = 500
"""Orders in one transaction."""
LONGEST_GATHERING: Final = 0.001
"""Seconds to wait for as many requests as the transaction before had."""

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(slots=True)
class _Waiting:
    """A request in line: what arrived, and where the answer goes."""

    authorization: str | None
    idempotency_key: str | None
    body: bytes
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[_Answer]


class CheckoutLane:
    """Serves ``POST /v1/orders`` in one process. The thread starts with the first request."""

    def __init__(self) -> None:
        self._line: list[_Waiting] = []
        self._arrived = threading.Condition()
        self._thread: threading.Thread | None = None
        self._bytes = 0
        self._wanted = 1  # how many in line are worth waking the thread for

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        begun = time.perf_counter()
        headers = dict(scope["headers"])
        try:
            body = await _read(receive)
        except _Gone:
            return
        if body is None:
            answer = _problem(problems.TooLarge(settings.DATA_UPLOAD_MAX_MEMORY_SIZE))
        elif not headers.get(b"content-type", b"").startswith(b"application/json"):
            answer = _problem(problems.WrongMediaType())
        else:
            answer = await self._enqueue(headers, body)
        await send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": [
                    (b"content-type", _content_type(answer.status)),
                    (b"content-length", str(len(answer.body)).encode()),
                    (b"cache-control", b"no-store"),
                    (b"x-content-type-options", b"nosniff"),
                    *answer.headers,
                ],
            }
        )
        await send({"type": "http.response.body", "body": answer.body})
        measures.count_request(
            route="orders",
            method="POST",
            status=answer.status,
            seconds=time.perf_counter() - begun,
        )

    def _enqueue(self, headers: dict[bytes, bytes], body: bytes) -> asyncio.Future[_Answer]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_Answer] = loop.create_future()
        waiting = _Waiting(
            authorization=_text(headers.get(b"authorization")),
            idempotency_key=_text(headers.get(b"idempotency-key")),
            body=body,
            loop=loop,
            future=future,
        )
        with self._arrived:
            full = len(self._line) >= MOST_WAITING
            if full or self._bytes + len(body) > MOST_BYTES_WAITING:
                future.set_result(_problem(problems.Overloaded()))
                return future
            self._line.append(waiting)
            self._bytes += len(body)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="checkout", daemon=True)
                self._thread.start()
            if len(self._line) >= self._wanted:
                self._arrived.notify()
        return future

    def _work(self) -> None:
        company = 1
        while True:
            batch = self._next_batch(company)
            company = len(batch)
            try:
                answers = _answer_all(batch)
            except Exception as error:  # noqa: BLE001 - the lane must outlive whatever it meets
                _log.exception("the checkout lane")
                answers = [_problem(error)] * len(batch)
            with contextlib.suppress(RuntimeError):  # the loop has closed: nobody waits any more
                # One wake-up of the loop for all answers.
                batch[0].loop.call_soon_threadsafe(_deliver, batch, answers)

    def _next_batch(self, company: int) -> list[_Waiting]:
        """Wait for the first request, and for ``company`` of them as long as that is worth it."""
        with self._arrived:
            self._wanted = 1
            while not self._line:
                self._arrived.wait()
            if len(self._line) < company:
                self._wanted = company
                self._arrived.wait(LONGEST_GATHERING)
            batch, self._line = self._line[:LARGEST_BATCH], self._line[LARGEST_BATCH:]
            self._bytes -= sum(len(waiting.body) for waiting in batch)
            return batch


def _deliver(batch: Sequence[_Waiting], answers: Sequence[_Answer]) -> None:
    for waiting, answer in zip(batch, answers, strict=True):
        if not waiting.future.done():  # the client may have gone
            waiting.future.set_result(answer)


def _answer_all(batch: Sequence[_Waiting]) -> list[_Answer]:
    """Answer every request; whatever befalls one of them befalls it alone."""
    if connection.errors_occurred:
        connection.close()  # no request cycle of Django's looks after this thread's connection
    answers: dict[int, _Answer] = {}
    requests: dict[int, OrderRequest] = {}
    for n, waiting in enumerate(batch):
        try:
            principal = keys.authenticate(waiting.authorization, scope="orders:write")
            requests[n] = parse_order(
                waiting.body, principal=principal, idempotency_key=waiting.idempotency_key
            )
            checkout.check_request(requests[n])
        except Exception as error:  # noqa: BLE001 - the edge: every error becomes its problem
            if isinstance(error, DatabaseFailure):
                connection.close()
            answers[n] = _problem(error)
    if requests:
        answers |= _authorize(requests)
    return [answers[n] for n in range(len(batch))]


def _authorize(requests: dict[int, OrderRequest]) -> dict[int, _Answer]:
    written: dict[UUID, str] = {}

    def answer(made: Authorization) -> str:
        written[made.order_id] = text = answer_text(made)
        return text

    try:
        outcomes = checkout.authorize_orders(list(requests.values()), at=CLOCK.now(), answer=answer)
    except (OperationalError, InterfaceError) as error:
        # The connection is gone. Whether the orders were recorded is unknown; their keys will tell.
        _log.error("the database does not answer", exc_info=error)
        connection.close()
        return dict.fromkeys(requests, _problem(problems.DatabaseUnavailable()))
    except Exception as error:  # noqa: BLE001 - the edge: every error becomes its problem
        if isinstance(error, DatabaseFailure):
            connection.close()
        if len(requests) > 1:
            # Nothing was written; one of them is at fault and must not take the others along.
            return {n: _authorize({n: request})[n] for n, request in requests.items()}
        return dict.fromkeys(requests, _problem(error))
    return {n: _outcome(outcome, written) for n, outcome in zip(requests, outcomes, strict=True)}


def answer_text(made: Authorization) -> str:
    """The body of the answer to a recorded order."""
    return to_json(objects.order_answer(made)).decode()


def _outcome(outcome: checkout.Outcome, written: dict[UUID, str]) -> _Answer:
    """The answer to one outcome; ``written`` holds the bodies that were remembered."""
    if isinstance(outcome, Authorization):
        body = written.get(outcome.order_id) or answer_text(outcome)
        return _Answer(201, body.encode())
    if isinstance(outcome, Replay):
        replayed = ((b"idempotency-replayed", b"true"),)
        return _Answer(outcome.status, outcome.body.encode(), replayed)
    return _problem(outcome)


def _problem(error: Exception) -> _Answer:
    status, body = problems.render(error)
    headers = problems.headers(status).items()
    return _Answer(status, body, tuple((n.lower().encode(), v.encode()) for n, v in headers))


def _content_type(status: int) -> bytes:
    return b"application/json" if status < 400 else problems.CONTENT_TYPE.encode()


def _text(header: bytes | None) -> str | None:
    return None if header is None else header.decode("latin-1")


class _Gone(Exception):
    """The client went away before its request was here."""


async def _read(receive: Receive) -> bytes | None:
    """The whole body, or None as soon as it is larger than allowed."""
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)
