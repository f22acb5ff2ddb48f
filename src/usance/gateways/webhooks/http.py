"""Posting webhooks over HTTP."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import Final

import httpx

from usance.gateways.webhooks.addresses import AddressRefused, check_address, check_url
from usance.gateways.webhooks.sender import Message, Reply

TIMEOUT: Final = 15.0
"""Seconds for everything: the name, the connection, the request and the answer."""
KEPT: Final = 500
"""Characters of a receiver's answer that are kept."""


class HttpSender:
    """Posts over HTTP/1.1, each message on a connection of its own.

    A connection is bound to the address that was checked, so none is kept for another message,
    whose name may stand for another certificate at the same address.
    """

    def __init__(self, *, timeout: float = TIMEOUT) -> None:
        self._timeout = timeout
        self._client = httpx.AsyncClient(
            timeout=timeout,
            follow_redirects=False,
            trust_env=False,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            headers={"user-agent": "Usance-Webhooks/1"},
        )

    async def send(self, message: Message) -> Reply:
        """Post ``message`` once."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._post(message)
        except TimeoutError:
            return Reply(error=f"no answer within {self._timeout:g} seconds")
        except (AddressRefused, httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return Reply(error=f"{type(error).__name__}: {error}"[:KEPT])

    async def close(self) -> None:
        """Let go of what is open."""
        await self._client.aclose()

    async def _post(self, message: Message) -> Reply:
        check_url(message.url)
        url = httpx.URL(message.url)
        address = await _resolve(url.host, url.port or (443 if url.scheme == "https" else 80))
        request = self._client.build_request(
            "POST",
            url.copy_with(host=address),
            content=message.body,
            headers={**message.headers, "host": url.netloc.decode("ascii")},
            extensions={"sni_hostname": url.host},
        )
        response = await self._client.send(request, stream=True)
        try:
            start = b""
            async for part in response.aiter_raw():
                start += part
                if len(start) >= KEPT * 4:
                    break
            return Reply(status=response.status_code, body=start.decode("utf-8", "replace")[:KEPT])
        finally:
            await response.aclose()


async def _resolve(host: str, port: int) -> str:
    """The address to connect to. Every address of the name must be allowed, not just one."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    for address in addresses:
        check_address(ipaddress.ip_address(address))
    return addresses[0]
