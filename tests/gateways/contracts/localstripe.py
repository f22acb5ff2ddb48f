"""localstripe: somebody else's Stripe, run as a process beside the tests. It keeps what it is told and
refuses what it does not know; it has no Checkout, raises no authorization and ignores idempotency
keys."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

KEY = "sk_test_12345"


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Its address while it runs, empty at the start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"],
        cwd=folder,
        env={**os.environ, "HOME": str(folder), "TMPDIR": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                httpx.get(f"{address}/v1/balance", auth=(KEY, ""))
                break
            except httpx.HTTPError:
                assert process.poll() is None, "localstripe ended"
                time.sleep(0.1)
        else:
            raise AssertionError("localstripe does not answer")
        yield address
    finally:
        process.terminate()
        process.wait(10)


def card(address: str, customer: str, number: str) -> str:
    """A payment method of the customer's, as it is once a card was typed on the provider's page."""
    given = {
        "type": "card",
        "card[number]": number,
        "card[exp_month]": "11",
        "card[exp_year]": "2029",
        "card[cvc]": "123",
    }
    made = httpx.post(f"{address}/v1/payment_methods", data=given, auth=(KEY, ""))
    method = str(made.raise_for_status().json()["id"])
    where = f"{address}/v1/payment_methods/{method}/attach"
    httpx.post(where, data={"customer": customer}, auth=(KEY, "")).raise_for_status()
    return method


def confirm(address: str, setup_intent: str, method: str) -> None:
    """What Stripe's own fields do with a setup intent."""
    where = f"{address}/v1/setup_intents/{setup_intent}/confirm"
    httpx.post(where, data={"payment_method": method}, auth=(KEY, "")).raise_for_status()
