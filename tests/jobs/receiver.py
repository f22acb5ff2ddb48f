"""A real receiver of webhooks on this machine, and the means to make events for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook


@dataclass
class Got:
    """One request as it arrived."""

    headers: dict[str, str]
    body: bytes
    status: int

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> Any:
        """The document; raises if no signature fits ``secret``."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """Answers with what ``answer`` says: a status for the n-th request and its body."""

    answer: Callable[[int, dict[str, str], bytes], int] = lambda n, headers, body: 204
    got: list[Got] = field(default_factory=list)
    url: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, headers: dict[str, str], body: bytes) -> int:
        with self._lock:
            status = self.answer(len(self.got), headers, body)
            self.got.append(Got(headers, body, status))
            return status

    @property
    def accepted(self) -> list[Got]:
        with self._lock:
            return [one for one in self.got if one.status < 300]

    def wait_for(self, enough: Callable[[Receiver], bool], *, seconds: float = 120.0) -> None:
        """Wait until ``enough`` holds; fail after ``seconds``."""
        end = time.monotonic() + seconds
        while not enough(self):
            assert time.monotonic() < end, f"only {len(self.got)} requests arrived"
            time.sleep(0.02)


@contextmanager
def receiving(receiver: Receiver) -> Iterator[Receiver]:
    """Serve ``receiver`` on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = receiver.take(headers, body)
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("location", receiver.url)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hooks"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
