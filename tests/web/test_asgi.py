"""What the entry point refuses before Django keeps a body on disk."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from config import asgi


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
    assert json.loads(body["body"])["code"] == "too_large"


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
