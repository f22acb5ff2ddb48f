"""Doing once what is asked twice: a request's key, its first answer, and the replay of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from usance.flows.refusals import Conflict, Refused
from usance.records.events import answers
from usance.records.parties.models import Seller


class KeyReused(Refused):
    """The idempotency key was used with another request. Send a new key."""

    code = "idempotency_key_reused"


class KeyInFlight(Conflict):
    """A request with this idempotency key is running. Try again in a moment."""

    code = "idempotency_key_in_flight"


@dataclass(frozen=True, slots=True)
class Answered:
    """The status and body of an answer, and whether it was given before."""

    status: int
    body: str
    replayed: bool


@transaction.atomic
def answer_once(
    seller: Seller,
    *,
    key: str,
    request_hash: bytes,
    at: datetime,
    act: Callable[[], tuple[int, str]],
) -> Answered:
    """Let ``act`` do what the request asks and keep its answer, all in one transaction.

    The same key and request are given the first answer again. An ``act`` that raises leaves neither
    itself nor the key behind. The lock is the one that checkouts take. Raises KeyReused or
    KeyInFlight.
    """
    if not answers.try_lock_key(seller_id=seller.id, key=key):
        raise KeyInFlight(" ".join((KeyInFlight.__doc__ or "").split()))
    known = answers.answer_to(seller_id=seller.id, key=key)
    if known is not None:
        first_hash, status, body = known
        if first_hash != request_hash:
            raise KeyReused(" ".join((KeyReused.__doc__ or "").split()))
        return Answered(status, body, replayed=True)
    status, body = act()
    answers.keep_answer(
        seller_id=seller.id, key=key, request_hash=request_hash, status=status, body=body, at=at
    )
    return Answered(status, body, replayed=False)
