"""Bank lines that book what is in the books already are recognised before others are matched.

What a debit scheme or a provider of card payments owes the seller stands on the account CLEARING until
the bank books it. Such a line is no payment of a buyer's: who collected the money claims it here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import transaction

from usance.flows.cards import payouts as card_payouts
from usance.flows.debits import bookings
from usance.flows.funding import payouts
from usance.records.parties.models import Seller
from usance.records.statements import execute

CLAIMERS: Final[tuple[Callable[..., int], ...]] = (
    bookings.claim,
    payouts.claim,
    card_payouts.claim,
)
"""Each looks through the seller's lines that nobody has settled or claimed, keeps a BankClaim of those
that are its own, posts what the bank booked, and says how many there were. It is called with the
seller and ``at`` and ``by``, within a transaction that holds the lock on settling."""


def claim_lines(seller: Seller, *, at: datetime, by: str) -> int:
    """Let whoever collected money claim the lines that book it; how many lines were claimed.

    Each in a transaction of its own: it locks the credit lines of all its buyers together, in the order of
    all flows, which those of another that are locked still would break.
    """
    claimed = 0
    for claim in CLAIMERS:
        with transaction.atomic():
            # The lock of those who settle lines: none is claimed and settled at the same time.
            execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [str(seller.id)])
            claimed += claim(seller, at=at, by=by)
    return claimed
