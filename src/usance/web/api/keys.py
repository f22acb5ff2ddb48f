"""Who is calling: a Bearer key to the seller it belongs to and what it allows."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from usance.flows.onboarding import key_digest
from usance.records.identity import public_id
from usance.records.parties import queries
from usance.records.parties.models import Seller
from usance.web.api import problems

KEPT_FOR: Final = 1.0
"""Seconds for which a looked-up key is believed; a revoked key works no longer than this."""
_MOST_KEPT: Final = 10_000
_LONGEST_KEY: Final = 200


@dataclass(frozen=True, slots=True)
class Principal:
    """A program that acts for ``seller``. ``by`` names it wherever it leaves a trace."""

    seller: Seller
    key_id: UUID
    by: str
    scopes: frozenset[str]


_kept: dict[bytes, tuple[float, Principal | None]] = {}


def authenticate(authorization_header: str | None, *, scope: str) -> Principal:
    """The holder of the key in an ``Authorization`` header.

    Unknown and revoked keys take the same way and get the same answer. Raises problems.NotSignedIn
    (401), or problems.NotAllowed (403) if the key lacks ``scope``.
    """
    scheme, _, text = (authorization_header or "").partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(text) <= _LONGEST_KEY:
        raise problems.NotSignedIn
    principal = _holder(key_digest(text))
    if principal is None:
        raise problems.NotSignedIn
    if scope not in principal.scopes:
        raise problems.NotAllowed(scope)
    return principal


def _holder(digest: bytes) -> Principal | None:
    now = time.monotonic()
    kept = _kept.get(digest)
    if kept is not None and now < kept[0]:
        return kept[1]
    found = queries.key_holder(digest)
    principal = None
    if found is not None:
        by = public_id("api_key", found.key_id)
        principal = Principal(found.seller, found.key_id, by, found.scopes)
    if len(_kept) >= _MOST_KEPT:
        # Somebody is guessing; what is dropped here is looked up again.
        _kept.clear()
    _kept[digest] = now + KEPT_FOR, principal
    return principal
