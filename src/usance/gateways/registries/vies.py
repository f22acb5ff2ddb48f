"""What both doors of VIES have in common: the states it covers, its numbers and its faults.

VIES (VAT Information Exchange System) is the European Commission's. It asks the member state's own
register at once, which may be closed while VIES is open; each of its faults means that the number
could not be checked, and never that it is wrong.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from usance.gateways.errors import (
    CounterpartError,
    Malformed,
    NotCovered,
    RateLimited,
    Refused,
    Unavailable,
)
from usance.gateways.registries.registry import TaxNumberAnswer

_LISTED: Final = (
    "AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI"
)
STATES: Final = frozenset(_LISTED.split())
"""Prefixes that VIES knows: the member states, Greece as EL, and Northern Ireland as XI."""

_SEPARATORS: Final = re.compile(r"[\s.\-/_]")
_NUMBER: Final = re.compile(r"[0-9A-Z+*]{2,12}", re.ASCII)
"""The pattern of the WSDL, without the point: points are separators in every state's writing."""


def prefix_of(country: str) -> str:
    """The prefix that VIES uses for ``country`` (ISO 3166-1). Raises NotCovered."""
    code = country.strip().upper()
    prefix = "EL" if code == "GR" else code
    if prefix not in STATES:
        raise NotCovered(
            f"VIES has no VAT numbers of {code[:10]!r}; it covers the member states of the European"
            " Union and Northern Ireland (XI).",
            counterpart="VIES",
            detail=code[:10],
        )
    return prefix


def national_part(number: str, *, prefix: str) -> str:
    """``number`` without separators and without the ``prefix`` of its country."""
    compact = _SEPARATORS.sub("", number).upper()
    bare = compact.removeprefix(prefix)
    if prefix == "EL" and bare == compact:
        bare = compact.removeprefix("GR")
    # FR and IT and so on may stand before a number that is too short without them.
    return bare if len(bare) >= 2 else compact


def split_requester(requester: str) -> tuple[str, str]:
    """Prefix and national part of the asker's own number. Raises Refused."""
    compact = _SEPARATORS.sub("", requester).upper()
    prefix = "EL" if compact.startswith("GR") else compact[:2]
    if prefix not in STATES or not _NUMBER.fullmatch(compact[2:]):
        raise Refused(
            "The seller's own VAT number must be one that VIES knows, with its prefix, such as"
            " IT00743110157; correct it or ask without it.",
            counterpart="VIES",
            detail="INVALID_REQUESTER_INFO",
        )
    return prefix, compact[2:]


def malformed(source: str, *, country: str, number: str, at: datetime) -> TaxNumberAnswer | None:
    """The answer to a ``number`` that no state could have given; None if it must be asked."""
    if _NUMBER.fullmatch(number):
        return None
    return TaxNumberAnswer(
        source=source,
        asked_at=at,
        outcome="invalid",
        country=country,
        number=number[:40],
        reason="malformed_number",
    )


def require_same(asked: tuple[str, str], *, answered: tuple[str, str]) -> None:
    """Raise Malformed if VIES answers about another number than it was asked."""
    if answered[0].upper() != asked[0] or _SEPARATORS.sub("", answered[1]).upper() != asked[1]:
        raise Malformed(
            "VIES answered about another number than it was asked; the answer is not used.",
            counterpart="VIES",
            detail="another_number",
        )


def undisclosed(text: str | None) -> str | None:
    """``text``, or None for the dashes by which VIES says that a state keeps it to itself."""
    stripped = (text or "").strip()
    return stripped if stripped.strip("- ") else None


_BUSY: Final = {
    "SERVER_BUSY",
    "MS_MAX_CONCURRENT_REQ",
    "MS_MAX_CONCURRENT_REQ_TIME",
    "GLOBAL_MAX_CONCURRENT_REQ",
    "GLOBAL_MAX_CONCURRENT_REQ_TIME",
}
_REFUSALS: Final = {"INVALID_INPUT", "INVALID_REQUESTER_INFO", "IP_BLOCKED", "VAT_BLOCKED"}


def fault(code: str, *, retry_after: int | None = None) -> CounterpartError:
    """The error for a fault ``code`` of VIES. One that nobody has documented is taken for a
    failure of the service, since it is no answer about the number."""
    shown = code.strip()[:60] or "unknown"
    kind: type[CounterpartError]
    if shown in _BUSY:
        kind, text = RateLimited, f"VIES is asked too often ({shown}); ask again later."
    elif shown in _REFUSALS:
        kind = Refused
        text = f"VIES does not take the question ({shown}); check the seller's own VAT number."
    else:
        kind, text = Unavailable, f"VIES or the member state cannot answer now ({shown})."
    return kind(text, counterpart="VIES", detail=shown, retry_after=retry_after)
