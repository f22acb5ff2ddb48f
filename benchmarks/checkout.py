"""(a) POST /v1/orders end to end over HTTP, and (b) POST /v1/orders/batch, beside pgbench."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks import load, server, trade
from benchmarks.measure import Rates, alternate, rate

PROCESSES = 2


@contextlib.contextmanager
def web(*, processes: int = PROCESSES) -> Iterator[int]:
    """The real web server on a free port, as ``usance up`` starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ["--interface", "asgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    arguments += ["--workers", str(processes), "--log-level", "error", "config.asgi:application"]
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", *arguments],
        env=os.environ | {"USANCE_WEB_POOL": "8"},
    )
    try:
        _wait(port)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def _wait(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            connection.getresponse()
            return
        time.sleep(0.1)
    raise RuntimeError("the web server did not come up")


def over_http(*, lines: int, rounds: int, seconds: int, name: str) -> Rates:
    """Orders a second at 8 connections over ``lines`` credit lines."""
    made = trade.lay_out(buyers=lines)
    loads: list[load.Load] = []

    with web() as port:
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


def batch(*, rounds: int, seconds: int) -> Rates:
    """Orders a second through POST /v1/orders/batch, a thousand in a request, one connection."""
    made = trade.lay_out(buyers=10_000)
    with web(processes=1) as port:

        def send() -> int:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            sent, begun = 0, time.perf_counter()
            while time.perf_counter() - begun < seconds:
                orders = [
                    {
                        "buyer": f"buy_{made.buyers[(sent + n) % len(made.buyers)].hex}",
                        "amount": {"amount": 1220, "currency": "EUR"},
                        "tax_amount": 220,
                    }
                    for n in range(1000)
                ]
                connection.request(
                    "POST",
                    "/v1/orders/batch",
                    json.dumps({"orders": orders}),
                    {
                        "Authorization": f"Bearer {made.key}",
                        "Content-Type": "application/json",
                        "Idempotency-Key": os.urandom(8).hex(),
                    },
                )
                answer = connection.getresponse()
                body = answer.read()
                assert answer.status in (200, 201), body[:500]
                sent += 1000
            return sent

        send()
        figures, yardstick = alternate(
            lambda: rate(send), lambda: server.simple_update(seconds=seconds), rounds=rounds
        )
    return Rates(
        "(b) POST /v1/orders/batch, 1,000 orders a request",
        "orders/s",
        figures,
        yardstick,
        "pgbench simple-update, 8 clients",
    )
