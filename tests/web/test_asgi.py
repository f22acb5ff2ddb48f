"""What the entry point refuses before Django keeps a body on disk."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from django.urls import reverse

from config import asgi

_ID = "xyz_01a229bb"


def ask(path: str, *, declared: int | None, chunks: list[bytes]) -> list[dict[str, Any]]:
    """Send ``chunks`` to ``path``; the messages that come back."""
    headers = [(b"content-length", str(declared).encode())] if declared is not None else []
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
    waiting = [{"type": "http.request", "body": c, "more_body": True} for c in chunks]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(asgi.application(scope, receive, send))
    return sent


def test_a_body_declared_too_large_is_refused_unread() -> None:
    start, body = ask("/v1/buyers", declared=3 * 1024 * 1024, chunks=[])
    assert start["status"] == 413
    problem = json.loads(body["body"])
    assert problem["code"] == "too_large"
    assert str(2 * 1024 * 1024 + 65_536) in problem["detail"], "the limit of this very address"


def test_an_endless_body_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    async def django(_: Any, receive: Any, __: Any) -> None:
        while (message := await receive())["type"] == "http.request":
            read.append(message["type"])

    monkeypatch.setattr(asgi, "_django", django)
    ask("/v1/buyers", declared=None, chunks=[b"x" * 1024 * 1024] * 10)
    assert len(read) == 2, "two MiB are read, then the client is taken for gone"
    read.clear()
    ask("/v1/bank-statements", declared=None, chunks=[b"x" * 1024 * 1024] * 101)
    assert len(read) == 100


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/v1/buyers", 2),
        (f"/v1/orders/{_ID}/attachments", 6),
        (f"/v1/disputes/{_ID}/files", 25),
        (reverse("office_order_act", args=[_ID, "attach"]), 6),
        (reverse("office_invoice_act", args=[_ID, "dispute"]), 25),
        (reverse("office_dispute_act", args=[_ID, "say"]), 25),
        (reverse("account_invoice_act", args=[_ID, "dispute"]), 25),
        (reverse("account_dispute_act", args=[_ID, "say"]), 25),
    ],
)
def test_where_files_are_handed_in_larger_bodies_are_read(
    monkeypatch: pytest.MonkeyPatch, address: str, most: int
) -> None:
    passed: list[str] = []

    async def django(scope: Any, _: Any, __: Any) -> None:
        passed.append(scope["path"])

    monkeypatch.setattr(asgi, "_django", django)
    ask(address, declared=most * 1024 * 1024, chunks=[])
    assert passed == [address]
    assert ask(address, declared=(most + 2) * 1024 * 1024, chunks=[])[0]["status"] == 413
