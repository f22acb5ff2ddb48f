"""A person releases an order from its card: the seller trusts the buyer, or is paid in another way.

The order stands on the buyer's credit alone from then on, as if no card had ever secured it. What its
cards hold is let go of at the provider, by the job that tells it everything else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from usance.flows.cards import security, tending
from usance.flows.cards.instructing import instruct
from usance.flows.journal import Journal
from usance.flows.order_books import HELD, locked
from usance.flows.refusals import Conflict, LimitExceeded, WrongFields, WrongState
from usance.records.cards import actions, queries
from usance.records.cards.models import CardAuthorization
from usance.records.credit import actions as credit
from usance.records.orders.models import Order
from usance.records.parties.models import Seller
from usance.rules.invoicing.faults import FieldFault

ON_CREDIT: Final = (*HELD, "invoiced")
"""States in which an order uses its buyer's credit: by what is held for it, or by its invoices."""
LONGEST_REASON: Final = 500


class NotSecured(WrongState):
    """No card secures the order, or none any more; there is nothing to release it from."""

    code = "not_secured"


class CardBusy(Conflict):
    """The provider is being told something about the order's card; look again in a moment."""

    code = "card_busy"


@transaction.atomic
def release_from_card(
    seller: Seller, *, order_id: UUID, reason: str, at: datetime, by: str
) -> Order:
    """Let the order stand on its buyer's credit, and have the provider let go of what its cards hold.

    A card that the buyer gives for it afterwards secures it again. Raises NotFound, WrongState (it uses
    no credit: it waits for a person, or is over), NotSecured, CardBusy, LimitExceeded (the line does not
    bear it, or is not active) or WrongFields (no reason).
    """
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        detail = f"say why, in at most {LONGEST_REASON} characters."
        raise WrongFields([FieldFault("reason", "required", detail)])
    order = locked(seller, order_id=order_id, states=ON_CREDIT)
    tending.take_over(order, at=at)
    secured = actions.lock_secured(seller_id=seller.id, order_id=order.id)
    if secured is None or not secured.is_open:
        raise NotSecured("No card secures the order; it stands on its buyer's credit already.")
    live = _locked_live(order)
    if queries.is_waiting(seller_id=seller.id, order_id=order.id):
        raise CardBusy(
            "The provider is being told something about the order's card; release it once that has an"
            " answer, usually within a minute."
        )
    actions.change(secured, is_open=False, short=0, declines=0, again_at=None, asked_at=None)
    journal = Journal(seller, at=at, by=by)
    _leave_to_credit(journal, order, live)
    for row in live:
        if row.reference:
            instruct(row, "void", at=at, by=by)
    billed = sum(one.amount for one in queries.billed(seller_id=seller.id, order_id=order.id))
    journal.tell(
        "order.card_released",
        object_type="order",
        object_id=order.id,
        buyer_id=order.buyer_id,
        currency=order.currency,
        data={
            "amount": order.held + billed,
            "reason": reason.strip(),
            "external_id": order.external_id,
        },
    )
    journal.close()
    return order


def _locked_live(order: Order) -> list[CardAuthorization]:
    """What is held for the locked order, or is being asked for, locked too: nobody tells the provider
    more about it meanwhile."""
    found = queries.authorizations(seller_id=order.seller_id, order_id=order.id)
    ids = found.filter(state__in=tending.LIVE).order_by("id").values_list("id", flat=True)
    rows = [
        actions.lock_authorization(seller_id=order.seller_id, authorization_id=one)
        for one in list(ids)
    ]
    return [row for row in rows if row is not None and row.state in tending.LIVE]


def _leave_to_credit(journal: Journal, order: Order, live: list[CardAuthorization]) -> None:
    """What cards hold for the order bears none of it any more. Raises LimitExceeded where the line,
    locked before, does not bear it then."""
    line = credit.lock_line(
        seller_id=order.seller_id, buyer_id=order.buyer_id, currency=order.currency
    )
    if line is None:
        raise LimitExceeded("The buyer has no credit line in this currency; set one first.")
    for row in live:
        security.follow(journal, line, authorization=row)
    room = credit.room(line, on=journal.on)
    if line.state == "active" and room >= 0:
        return
    why = f"is {-room} minor units short of it" if line.state == "active" else f"is {line.state}"
    raise LimitExceeded(
        f"Without its card the order needs its buyer's credit line, which {why}. Raise the limit or"
        " release the line first, or keep the card."
    )
