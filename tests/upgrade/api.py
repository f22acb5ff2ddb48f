"""Asking a running release what it knows, by its HTTP interface, at a moment of our choosing.

Nothing here may use more of the product than the interface it keeps stable: the same program speaks
to the release that made a fixture and to today's code.
"""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any


def set_up() -> None:
    """Django on the database that USANCE_DATABASE_URL names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()


def set_clock(moment: datetime) -> None:
    """Let every view and command believe that it is ``moment``."""
    from config.clock import CLOCK

    setattr(CLOCK, "now", lambda: moment)  # noqa: B010 - the clock's class is not ours to change


@dataclass(frozen=True)
class Api:
    """One seller's interface, opened with a key."""

    key: str

    def read(self, address: str) -> Any:
        """The document at ``address``; every page of it, if it has several."""
        document = self._ask("GET", address)
        rows, last = document.get("data"), document
        while last.get("has_more"):
            mark = "&" if "?" in address else "?"
            last = self._ask("GET", f"{address}{mark}after={last['next']}")
            rows += last["data"]
        return {name: value for name, value in document.items() if name not in ("has_more", "next")}

    def write(self, method: str, address: str, body: Any = None, *, once: str | None = None) -> Any:
        """Send ``body``; ``once`` is the idempotency key."""
        return self._ask(method, address, body, once=once)

    def _ask(self, method: str, address: str, body: Any = None, *, once: str | None = None) -> Any:
        from django.test import Client

        headers = {"Authorization": f"Bearer {self.key}"}
        if once:
            headers["Idempotency-Key"] = once
        data = b"" if body is None else json.dumps(body).encode()
        answer = Client(SERVER_NAME="localhost").generic(
            method, address, data, content_type="application/json", headers=headers
        )
        assert answer.status_code < 300, (method, address, answer.status_code, answer.content[:500])
        return json.loads(answer.content)

    def check_out(self, body: Any, *, once: str) -> tuple[dict[str, Any], bool]:
        """An order through the entry point of the web process: the answer, and whether it had been
        given before."""
        from config.asgi import application

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/v1/orders",
            "headers": [
                (b"authorization", f"Bearer {self.key}".encode()),
                (b"idempotency-key", once.encode()),
                (b"content-type", b"application/json"),
            ],
        }
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": json.dumps(body).encode()}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        asyncio.run(application(scope, receive, send))
        start, content = sent
        assert start["status"] == 201, content["body"]
        return json.loads(content["body"]), dict(start["headers"]).get(
            b"idempotency-replayed"
        ) == b"true"
