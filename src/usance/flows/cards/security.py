"""What a card holds for an order widens the buyer's credit line, as long as it is held.

An order that a card secures needs no credit: the tolerance of the line grows by what the card holds,
so that checkout lets the order pass by the same statement as any other, and shrinks when it is
captured, let go or runs out. A buyer without credit gets a line with a limit of nothing.
"""

from __future__ import annotations

from datetime import datetime

from usance.flows.journal import Journal
from usance.records.cards import actions, queries
from usance.records.cards.models import CardAuthorization
from usance.records.credit.models import CreditLine


def secured_by(authorization: CardAuthorization, *, at: datetime) -> int:
    """How much of it secures orders now, minor units.

    Nothing once its time is over, whether or not the provider could be asked, and nothing once another
    holds in its place.
    """
    is_held = authorization.purpose == "order" and authorization.state == "authorized"
    is_over = authorization.expires_at is not None and authorization.expires_at <= at
    if not is_held or is_over or queries.is_renewed(authorization):
        return 0
    return authorization.capturable


def follow(journal: Journal, line: CreditLine, *, authorization: CardAuthorization) -> None:
    """Let the locked ``line`` follow what the locked ``authorization`` holds.

    Where somebody has set the tolerance anew meanwhile, it does not fall below nothing.
    """
    wanted = secured_by(authorization, at=journal.at)
    change = wanted - authorization.secured
    if not change:
        return
    tolerance = max(line.tolerance + change, 0)
    journal.tell(
        "credit_line.changed",
        object_type="credit_line",
        object_id=line.id,
        buyer_id=line.buyer_id,
        currency=line.currency,
        data={
            "limit": line.limit,
            "tolerance": tolerance,
            "before": line.limit,
            "secured_by_card": change,
        },
    )
    line.tolerance = tolerance
    CreditLine.objects.filter(seller_id=line.seller_id, id=line.id).update(tolerance=tolerance)
    actions.change(authorization, secured=wanted)
