"""A counterpart on this machine: answers by its vendor's contract, and notes every breach of it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answered:
    """What the counterpart says."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(document: Any, status: int = 200, **headers: str) -> Answered:
        return Answered(
            status,
            json.dumps(document).encode(),
            {"content-type": "application/json"}
            | {k.replace("_", "-"): v for k, v in headers.items()},
        )


C = TypeVar("C", bound="Counterpart")
Raw = Callable[[BaseHTTPRequestHandler], None]


class Counterpart:
    """Subclasses answer; ``breach`` notes what we, or they, did against the contract.

    ``instead`` are answers, or things done to the bare connection, that come before those of the
    contract, one a request: a counterpart on a bad day.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.breaches: list[str] = []
        self.instead: list[Answered | Raw] = []
        self.url = ""

    def answer(self, asked: Asked) -> Answered:
        raise NotImplementedError

    def breach(self, what: str) -> None:
        self.breaches.append(what)

    def down(self) -> None:
        """From now on, every connection is closed without a word."""
        self.instead = [hang_up] * 100


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    """Half of what was promised."""
    handler.wfile.write(b'HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\n{"valid": tr')
    handler.close_connection = True


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A byte of a header now and then, for ten seconds."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
    for _ in range(200):
        try:
            handler.wfile.write(b"a")
        except OSError:
            break
        time.sleep(0.05)
    handler.close_connection = True


def flood(handler: BaseHTTPRequestHandler) -> None:
    """More than anybody should read."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{")
    try:
        for _ in range(64):
            handler.wfile.write(b" " * 65536)
    except OSError:
        pass
    handler.close_connection = True


def silence(handler: BaseHTTPRequestHandler) -> None:
    """Nothing at all, for a while."""
    time.sleep(1.5)
    handler.close_connection = True


@contextmanager
def serving(counterpart: C) -> Iterator[C]:
    """Run ``counterpart`` and fail at the end if its contract was broken."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            parts = urlsplit(self.path)
            asked = Asked(
                self.command,
                parts.path,
                parse_qs(parts.query, keep_blank_values=True),
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(length),
            )
            counterpart.asked.append(asked)
            try:
                answer = counterpart.answer(asked)
            except Exception as error:
                counterpart.breach(f"our mock: {error!r}")
                raise
            if counterpart.instead:
                other = counterpart.instead.pop(0)
                if not isinstance(other, Answered):
                    other(self)
                    return
                answer = other
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_DELETE = _serve  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    counterpart.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield counterpart
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert not counterpart.breaches, counterpart.breaches
