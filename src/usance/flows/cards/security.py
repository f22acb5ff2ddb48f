"""What a card holds for an order stands for that order, beside the buyer's credit line.

An order that a card secures needs no credit: what it uses of the line is borne by the card, as far as
that holds, and no other order gains by it. How much is held is kept on the authorization; the line says
only that there is any, so that a checkout without cards asks for nothing more (``credit_secured`` in
``records/credit/sql/secured.sql`` counts). A buyer without credit gets a line with a limit of nothing.
"""

from __future__ import annotations

from datetime import datetime

from usance.flows.journal import Journal
from usance.records.cards import actions, queries, shipment_queries
from usance.records.cards.models import CardAuthorization
from usance.records.credit.models import CreditLine


def secured_by(authorization: CardAuthorization, *, at: datetime) -> int:
    """How much of it secures an order now, minor units.

    Nothing once its time is over, whether or not the provider could be asked, nothing once another
    holds in its place, and nothing where it names no order, or one that is released from its card.
    """
    is_held = authorization.purpose == "order" and authorization.state == "authorized"
    is_over = authorization.expires_at is not None and authorization.expires_at <= at
    is_named = authorization.order_id is not None or bool(authorization.order_reference)
    if not is_held or is_over or not is_named or queries.is_renewed(authorization):
        return 0
    order_id = authorization.order_id
    if order_id and shipment_queries.is_let_go(
        seller_id=authorization.seller_id, order_id=order_id
    ):
        return 0
    return authorization.capturable


def follow(journal: Journal, line: CreditLine, *, authorization: CardAuthorization) -> None:
    """Let the locked ``line`` follow what the locked ``authorization`` holds."""
    wanted = secured_by(authorization, at=journal.at)
    change = wanted - authorization.secured
    if not change:
        return
    line.secured += change
    journal.tell(
        "credit_line.secured",
        object_type="credit_line",
        object_id=line.id,
        buyer_id=line.buyer_id,
        currency=line.currency,
        data={"secured": line.secured, "change": change},
    )
    CreditLine.objects.filter(seller_id=line.seller_id, id=line.id).update(secured=line.secured)
    actions.change(authorization, secured=wanted)
