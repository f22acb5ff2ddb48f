"""Whether an e-mail address belongs to the company that applies."""

from __future__ import annotations

import re
from typing import Final

FREE_MAIL: Final = frozenset(
    (
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com",
        "yahoo.com", "ymail.com", "icloud.com", "me.com", "aol.com", "proton.me", "protonmail.com",
        "gmx.de", "gmx.net", "gmx.com", "web.de", "t-online.de", "freenet.de", "mail.com",
        "libero.it", "virgilio.it", "tiscali.it", "alice.it", "tin.it", "hotmail.it", "yahoo.it",
        "outlook.it", "orange.fr", "laposte.net", "free.fr", "wanadoo.fr", "sfr.fr", "yahoo.fr",
        "hotmail.fr", "yahoo.ro", "rediffmail.com", "yahoo.co.in", "yahoo.in", "yahoo.co.uk",
        "hotmail.co.uk", "btinternet.com", "wp.pl", "o2.pl", "onet.pl", "interia.pl", "seznam.cz",
        "mail.ru", "yandex.ru", "yandex.com", "qq.com", "163.com", "126.com", "zoho.com",
        "fastmail.com", "tutanota.com", "hey.com",
    )
)  # fmt: skip
"""Providers with which anybody has an address, as of July 2025. One that is missing makes an address
look like a company's only if the company names it as its website."""

_SECOND_LEVEL: Final = frozenset(
    ("co", "com", "net", "org", "ac", "gov", "edu", "ltd", "plc", "or", "ne", "gen")
)
"""Labels under which countries register names: example.co.uk, example.com.br."""
_HOST: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}", re.ASCII)


def domain_of(address: str) -> str:
    """The registered domain of an e-mail address, a host or a URL; empty if it has none.

    ``maria@mail.example.co.uk`` and ``https://www.example.co.uk/shop`` both give ``example.co.uk``.
    """
    host = address.strip().lower().rpartition("@")[2]
    host = re.sub(r"^[a-z][a-z0-9+.-]*://", "", host)
    host = re.split(r"[/?#:\s]", host, maxsplit=1)[0].rstrip(".")
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    if not _HOST.fullmatch(host):
        return ""
    labels = host.split(".")
    kept = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-kept:])


def is_free_mail(address: str) -> bool:
    """Whether ``address`` is with a provider with which anybody has one."""
    return domain_of(address) in FREE_MAIL


def at_company(address: str, *, website: str) -> bool | None:
    """Whether ``address`` is at the domain of the company's ``website``; None where that is not known.

    An address with a free provider is never the company's.
    """
    domain = domain_of(address)
    if not domain or domain in FREE_MAIL:
        return False
    own = domain_of(website)
    return domain == own if own else None
