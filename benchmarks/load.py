"""A small HTTP load generator: so many connections kept busy from one process, one request each.

It writes prepared requests and reads to the end of each answer, nothing more, so that it takes as
little as possible of the two cores that it shares with what it measures.
"""

from __future__ import annotations

import itertools
import os
import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID


@dataclass
class Load:
    """What came back: answers by status, and latencies in seconds."""

    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    client_cpu: float = 0.0

    @property
    def rate(self) -> float:
        """Orders recorded a second."""
        return self.statuses[201] / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds within which ``share`` of the answers came."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def orders(key: str, buyers: list[UUID]) -> Iterator[bytes]:
    """Requests for orders of the buyers in turn, each with an idempotency key of its own."""
    run = os.urandom(6).hex()
    for n, buyer in zip(itertools.count(), itertools.cycle(buyers)):
        body = (
            b'{"buyer":"buy_%s","amount":{"amount":%d,"currency":"EUR"},"tax_amount":%d,'
            b'"po_number":"PO-%d","lines":[{"description":"Hex bolts M8, zinc plated","quantity":"100",'
            b'"unit_price":"0.12","amount":%d,"tax_amount":%d}]}'
        ) % (buyer.hex.encode(), 1220 + n % 7, 220, n, 1220 + n % 7, 220)
        yield (
            b"POST /v1/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
            b"Content-Type: application/json\r\nIdempotency-Key: %s-%d\r\nContent-Length: %d\r\n\r\n%s"
        ) % (key.encode(), run.encode(), n, len(body), body)


class _Connection:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.begun = 0.0
        self.received = b""

    def send(self, request: bytes) -> None:
        self.begun = time.perf_counter()
        self.socket.sendall(request)

    def status(self) -> int | None:
        """The status once the whole answer is here."""
        self.received += self.socket.recv(65536)
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return None
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(body) < length:
            return None
        self.received = b""
        return int(head[9:12])


def run(requests: Iterator[bytes], *, port: int, connections: int, seconds: float) -> Load:
    """Keep ``connections`` busy for ``seconds``."""
    load = Load()
    selector = selectors.DefaultSelector()
    for connection in [_Connection(port) for _ in range(connections)]:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(next(requests))
    begun, cpu = time.perf_counter(), time.process_time()
    running = connections
    while running:
        for key, _ in selector.select():
            connection = key.data
            status = connection.status()
            if status is None:
                continue
            now = time.perf_counter()
            load.statuses[status] += 1
            load.latencies.append(now - connection.begun)
            if now - begun < seconds:
                connection.send(next(requests))
            else:
                selector.unregister(connection.socket)
                connection.socket.close()
                running -= 1
    load.seconds = time.perf_counter() - begun
    load.client_cpu = time.process_time() - cpu
    return load
