"""(a) POST /v1/orders end to end over HTTP, and (b) POST /v1/orders/batch, beside pgbench."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from benchmarks import load, server, trade
from benchmarks.measure import Rates, alternate


@contextlib.contextmanager
def web(*, processes: int) -> Iterator[int]:
    """The real web server on a free port, as ``usance up`` starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "usance.cli.children", "web", "127.0.0.1", str(port)],
            env=os.environ | {"USANCE_WEB_POOL": "8"},
        )
        for _ in range(processes)
    ]
    try:
        _wait(port)
        yield port
    finally:
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            process.wait(15)


def _wait(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            connection.getresponse()
            return
        time.sleep(0.1)
    raise RuntimeError("the web server did not come up")


def over_http(*, lines: int, processes: int, rounds: int, seconds: int, name: str) -> Rates:
    """Orders a second at 8 connections over ``lines`` credit lines."""
    made = trade.lay_out(buyers=lines)
    loads: list[load.Load] = []

    with web(processes=processes) as port:
        load.run(load.orders(made.key, made.buyers), port=port, connections=8, seconds=2)

        def ours() -> float:
            done = load.run(
                load.orders(made.key, made.buyers), port=port, connections=8, seconds=seconds
            )
            assert set(done.statuses) == {201}, done.statuses
            loads.append(done)
            return done.rate

        figures, yardstick = alternate(
            ours, lambda: server.simple_update(seconds=seconds), rounds=rounds
        )
    last = loads[-1]
    note = (
        f"latency p50 {last.percentile(0.5):.1f} ms, p99 {last.percentile(0.99):.1f} ms;"
        f" the load generator took {100 * last.client_cpu / last.seconds:.0f} % of one core"
    )
    return Rates(name, "orders/s", figures, yardstick, "pgbench simple-update, 8 clients", note)


CALLERS = 4
"""Connections that send batches at the same time; pgbench has eight clients."""


def batch(*, rounds: int, seconds: int) -> Rates:
    """Orders a second through POST /v1/orders/batch, a thousand in a request."""
    made = trade.lay_out(buyers=10_000)
    bodies = [_thousand(made, start) for start in range(0, len(made.buyers), 1000)]
    with web(processes=2) as port:

        def ours() -> float:
            begun = time.perf_counter()
            with ThreadPoolExecutor(CALLERS) as callers:
                sent = sum(
                    callers.map(
                        lambda n: _send_batches(
                            port, made.key, bodies[n:] + bodies[:n], until=begun + seconds
                        ),
                        range(CALLERS),
                    )
                )
            return sent / (time.perf_counter() - begun)

        ours()
        figures, yardstick = alternate(
            ours, lambda: server.simple_update(seconds=seconds), rounds=rounds
        )
    return Rates(
        "(b) POST /v1/orders/batch, 1,000 orders a request, 4 connections",
        "orders/s",
        figures,
        yardstick,
        "pgbench simple-update, 8 clients",
    )


def _thousand(made: trade.Trade, start: int) -> bytes:
    orders = [
        {
            "buyer": f"buy_{buyer.hex}",
            "amount": {"amount": 1220, "currency": "EUR"},
            "tax_amount": 220,
        }
        for buyer in made.buyers[start : start + 1000]
    ]
    return json.dumps({"orders": orders}).encode()


def _send_batches(port: int, key: str, bodies: list[bytes], *, until: float) -> int:
    """Send batches until the time is over; the number of orders recorded."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    sent = 0
    for body in itertools.cycle(bodies):
        headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            "Idempotency-Key": os.urandom(8).hex(),
        }
        connection.request("POST", "/v1/orders/batch", body, headers)
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status in (200, 201), text[:500]
        assert b'"recorded":1000' in text[:100], text[:500]
        sent += 1000
        if time.perf_counter() > until:
            return sent
    return sent
