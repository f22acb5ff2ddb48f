"""One question and one answer over HTTP, with every way it can fail made a typed error.

What an adapter gets back is whole and bounded: a body that is longer than allowed, cut off or
compressed unasked never reaches it. Redirects are not followed, proxies and credentials of the
environment are not used, and each connection goes to the address that was checked: a base URL may be
written by a seller, and must not reach what only this server can reach (OWASP: server-side request
forgery).
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx

from usance.gateways.errors import (
    CounterpartError,
    CredentialsRefused,
    Malformed,
    RateLimited,
    Refused,
    Unavailable,
)
from usance.gateways.webhooks.addresses import is_public

LARGEST_ANSWER: Final = 2 * 1024 * 1024
"""Bytes of an answer that are read. No report or profile comes near."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait: for the connection, for each piece of the answer, and for it all."""

    connect: float = 5.0
    read: float = 10.0
    total: float = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: status, headers in lower case, and the whole body."""

    counterpart: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def raise_for_failure(self) -> None:
        """Raise what a status other than 2xx means, unless the adapter knows better before.

        Raises RateLimited (429), Unavailable (408, 425, 5xx), CredentialsRefused (401, 403), Refused
        (other 4xx), Malformed (a redirect, or a status that no answer should have).
        """
        if 200 <= self.status < 300:
            return
        kind: type[CounterpartError] = Malformed
        text = f"answered with status {self.status}; check its address."
        if self.status == 429:
            kind, text = RateLimited, "is asked too often; wait."
        elif self.status in (408, 425) or self.status >= 500:
            kind, text = Unavailable, "cannot answer now; ask again later."
        elif self.status in (401, 403):
            kind = CredentialsRefused
            text = "does not accept the credentials; check them and what the subscription covers."
        elif self.status >= 400:
            kind, text = Refused, "does not take the question."
        raise kind(
            f"{self.counterpart} {text}",
            counterpart=self.counterpart,
            detail=f"HTTP {self.status}",
            retry_after=self.retry_after,
        )

    @property
    def retry_after(self) -> int | None:
        """Seconds of patience that the answer asks for (RFC 9110, 10.2.3); None if it does not."""
        value = self.headers.get("retry-after", "").strip()
        if value.isascii() and value.isdigit():
            return int(value[:9])
        try:
            # A date counts from the moment that the same answer gives as its own.
            wait = parsedate_to_datetime(value) - parsedate_to_datetime(self.headers["date"])
        except (KeyError, ValueError, TypeError):
            return None
        return max(0, int(wait.total_seconds()))


class Exchange:
    """Asks one counterpart. ``private_network`` lets it live on this machine or its networks,
    and be spoken to over http: for what the seller runs itself, and for tests."""

    def __init__(
        self,
        *,
        counterpart: str,
        base_url: str,
        headers: Mapping[str, str] | None = None,
        patience: Patience | None = None,
        private_network: bool = False,
        largest_answer: int = LARGEST_ANSWER,
    ) -> None:
        self.counterpart = counterpart
        self.base_url = base_url.rstrip("/")
        self._patience = patience or Patience()
        self._private = private_network
        self._largest = largest_answer
        self._headers = {"accept-encoding": "identity", "user-agent": "Usance/1", **(headers or {})}

    def ask(
        self,
        method: str,
        path: str = "",
        *,
        params: Mapping[str, str | int] | None = None,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send one request and read its answer, whatever its status.

        Raises Unavailable if no whole answer comes in time, Malformed if it is too long or
        compressed unasked, Refused if the base URL may not be called.
        """
        deadline = _Deadline(self._patience.total)
        try:
            url = httpx.URL(self.base_url + path, params=dict(params) if params else None)
            return self._ask(
                method, url, deadline, json=json, content=content, headers=headers or {}
            )
        except httpx.InvalidURL:
            raise self._misplaced("is not a URL") from None
        except httpx.ConnectTimeout:
            raise self._silent("cannot be reached", "ConnectTimeout") from None
        except httpx.TimeoutException:
            raise self._silent("did not answer in time", "timeout") from None
        except (httpx.HTTPError, OSError) as error:
            if deadline.passed:
                raise self._silent("did not answer in time", "timeout") from None
            raise self._silent("cannot be reached", type(error).__name__) from None
        finally:
            deadline.cancel()

    def _ask(
        self,
        method: str,
        url: httpx.URL,
        deadline: _Deadline,
        *,
        json: Any,
        content: bytes | None,
        headers: Mapping[str, str],
    ) -> Reply:
        address = self._resolve(url)
        waits = self._patience
        timeout = httpx.Timeout(waits.read, connect=waits.connect)
        # A connection is bound to the address that was checked, so none is kept for another.
        with httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False) as client:
            request = client.build_request(
                method,
                url.copy_with(host=address),
                json=json,
                content=content,
                headers={**self._headers, **headers, "host": url.netloc.decode("ascii")},
                extensions={"sni_hostname": url.host, "trace": deadline.watch},
            )
            response = client.send(request, stream=True)
            try:
                return Reply(
                    self.counterpart,
                    response.status_code,
                    {name.lower(): value for name, value in response.headers.items()},
                    self._body(response),
                )
            finally:
                response.close()

    def _body(self, response: httpx.Response) -> bytes:
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            # A small body can unpack to a very large one.
            raise self._strange("compressed its answer without being asked", "content-encoding")
        body = bytearray()
        for part in response.iter_raw():
            body += part
            if len(body) > self._largest:
                raise self._strange(f"answered with more than {self._largest} bytes", "too_large")
        return bytes(body)

    def _resolve(self, url: httpx.URL) -> str:
        """The address to connect to. Every address of the name must be allowed, not just one."""
        if url.scheme not in ("http", "https") or not url.host:
            raise self._misplaced("is not a URL; write https://host/path")
        if url.userinfo:
            raise self._misplaced("carries a user or password; give them as credentials")
        if url.scheme == "http" and not self._private:
            raise self._misplaced("must be https")
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            found = socket.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
        except UnicodeError:
            raise self._misplaced("is not a URL; write https://host/path") from None
        addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
        if not self._private and not all(is_public(ipaddress.ip_address(a)) for a in addresses):
            raise self._misplaced("is not on the public internet")
        return addresses[0]

    def _misplaced(self, what: str) -> Refused:
        return Refused(
            f"The address of {self.counterpart} {what}.",
            counterpart=self.counterpart,
            detail="address",
        )

    def _silent(self, what: str, detail: str) -> Unavailable:
        return Unavailable(
            f"{self.counterpart} {what}; ask again later.",
            counterpart=self.counterpart,
            detail=detail,
        )

    def _strange(self, what: str, detail: str) -> Malformed:
        return Malformed(f"{self.counterpart} {what}.", counterpart=self.counterpart, detail=detail)


class _Deadline:
    """Cuts the connection when the time for everything is over.

    A time-out of each read alone lets a counterpart that sends a byte now and then hold a job for
    ever. Looking up the name is the one part that cannot be cut.
    """

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Called by the HTTP client at each step; keeps the socket once there is one."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            with self._lock:
                self._socket = info["return_value"].get_extra_info("socket")
            if self.passed:
                self._cut()

    def cancel(self) -> None:
        """The exchange is over."""
        self._timer.cancel()
        with self._lock:
            self._socket = None

    def _cut(self) -> None:
        self.passed = True
        with self._lock:
            if self._socket is not None:
                try:
                    self._socket.shutdown(socket.SHUT_RDWR)
                except OSError:
                    return  # already closed by the other side


def aware(at: datetime) -> datetime:
    """``at``, which must say its zone: answers are kept as evidence of a moment."""
    if at.tzinfo is None:
        raise ValueError("at= must carry a time zone.")
    return at
