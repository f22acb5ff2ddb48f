"""Bank lines by which a partner pays: advances, and reserves of what buyers paid to it.

Both are in the books since the partner told of them, so the line books nothing: it is recognised, and
never becomes the payment of an unknown buyer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from usance.flows import set_aside
from usance.flows.claimed_lines import claim_of
from usance.flows.journal import business_day
from usance.records.funding import queries
from usance.records.identity import PREFIXES, public_id
from usance.records.parties.models import Seller
from usance.records.payments.models import BankClaim, BankTransaction

LOOK_BACK: Final = timedelta(days=60)
"""So long after an advance has ended its partner may still pay the reserve."""
KIND: Final = "funding"


def claim(seller: Seller, *, at: datetime, by: str) -> int:
    """Claim the lines by which the seller's partners pay; how many. In the caller's transaction."""
    del by
    found = queries.lines_of_partners(
        seller_id=seller.id,
        since=business_day(seller, at=at) - LOOK_BACK,
        prefix=f"{PREFIXES['advance']}_",
    )
    lines = BankTransaction.objects.filter(seller_id=seller.id).in_bulk([one for one, _ in found])
    BankClaim.objects.bulk_create(
        claim_of(
            lines[line_id],
            kind=KIND,
            subject_id=advance_id,
            reference=public_id("advance", advance_id),
            at=at,
        )
        for line_id, advance_id in found
    )
    set_aside.forget(seller.id, lines.values())
    return len(found)
