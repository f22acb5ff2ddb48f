"""Which addresses a webhook may go to.

A seller names the URL, the server makes the call: without a check, a URL could reach what only the
server can reach, such as a cloud's metadata service or a database (OWASP: server-side request
forgery). The check is made on the resolved address at the moment of sending, and the connection
goes to that address, so that a name cannot point elsewhere in between.
"""

from __future__ import annotations

import ipaddress
import os
from typing import Final
from urllib.parse import urlsplit

ALLOW_PRIVATE = "USANCE_WEBHOOKS_ALLOW_PRIVATE"

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefused(ValueError):
    """The URL may not be called; the text says why and what would do."""

    code = "webhook_address_refused"


def private_allowed() -> bool:
    """Whether the operator lets webhooks go to this machine and its networks, and over http."""
    return os.environ.get(ALLOW_PRIVATE) == "1"


def check_url(url: str) -> None:
    """Raise AddressRefused unless ``url`` is one that may be tried. Resolves nothing."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise AddressRefused(f"{url!r} is not a URL.") from None
    if parts.scheme not in ("http", "https") or not host:
        raise AddressRefused(f"{url!r} is not a URL; write https://host/path.")
    if parts.username or parts.password:
        raise AddressRefused("The URL carries a user or password; the signature authenticates.")
    if parts.fragment:
        raise AddressRefused("The URL has a fragment (#...), which no server receives.")
    if parts.scheme == "http" and not private_allowed():
        raise AddressRefused(
            f"The URL must be https; http is for tests, with {ALLOW_PRIVATE}=1 on the server."
        )
    literal = _literal(host)
    if literal is not None:
        check_address(literal)


_HIDDEN: Final = tuple(
    ipaddress.ip_network(network)
    for network in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "fec0::/10")
)
"""IPv6 forms that carry an IPv4 address (RFC 6052, RFC 8215, RFC 4291) or were site-local."""


def is_public(address: IpAddress) -> bool:
    """Whether ``address`` is on the public internet, whatever form it hides in."""
    mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    plain: IpAddress = mapped or address
    hidden = any(plain in network for network in _HIDDEN if network.version == plain.version)
    return plain.is_global and not plain.is_multicast and not hidden


def check_address(address: IpAddress) -> None:
    """Raise AddressRefused for an address that is not on the public internet."""
    if not private_allowed() and not is_public(address):
        raise AddressRefused(
            f"{address} is not on the public internet; set {ALLOW_PRIVATE}=1 on the server"
            " if webhooks may go there."
        )


def _literal(host: str) -> IpAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
