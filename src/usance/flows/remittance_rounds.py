"""Advices are looked at again: the money may have come since, or an invoice that they name.

What comes by a bank line meets the advices that wait when it is settled. What comes otherwise, is told
apart only later, or is invoiced only later, is found here: a few at a time, the longest waiting first.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from usance.flows.remittance_matching import look_for_payment, match_again
from usance.flows.set_aside import is_passing
from usance.records.parties.models import Seller
from usance.records.payments import remittance_queries
from usance.records.payments.models import Remittance

LOOK_BACK: Final = timedelta(days=90)
"""Advices that came longer ago are looked at by a person only."""
APART: Final = timedelta(hours=1)
"""Between two looks for the money of one advice."""
MOST: Final = 200
"""Advices of one seller that are looked at in one round."""
_MOST_MATCHED: Final = 20  # each reads all that is open

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did: counts."""

    looked: int = 0
    joined: int = 0
    matched: int = 0


def sellers() -> list[UUID]:
    """Sellers that have an advice to look at again."""
    return remittance_queries.sellers_with_open_advices()


def look_again(*, seller_id: UUID, at: datetime, by: str) -> Round:
    """Look for the money of advices that wait, and match payments again of which nothing is placed and
    whose advice names an invoice that is new. Each in a transaction of its own."""
    seller = Seller.objects.get(id=seller_id)
    since = at - LOOK_BACK
    waiting = remittance_queries.to_look_for_again(
        seller_id=seller_id, since=since, before=at - APART, limit=MOST
    )
    unplaced = remittance_queries.to_match_again(
        seller_id=seller_id, since=since, limit=_MOST_MATCHED
    )
    joined = matched = 0
    for remittance_id in waiting:
        joined += _one(seller, remittance_id, at=at, by=by, is_joined=False)
    for remittance_id in unplaced:
        matched += _one(seller, remittance_id, at=at, by=by, is_joined=True)
    return Round(looked=len(waiting) + len(unplaced), joined=joined, matched=matched)


def _one(seller: Seller, remittance_id: UUID, *, at: datetime, by: str, is_joined: bool) -> bool:
    """One advice; what fails comes last the next time, and keeps none of the others from its turn."""
    look = match_again if is_joined else look_for_payment
    found = False
    try:
        found = look(seller, remittance_id=remittance_id, at=at, by=by) is not None
    except Exception as error:
        if is_passing(error):
            raise
        _log.exception("remittance advice %s of seller %s", remittance_id, seller.id)
    Remittance.objects.filter(seller_id=seller.id, id=remittance_id).update(looked_at=at)
    return found
