"""What a seller, or a program of its, asks to be done with cards: hold, raise, take, let go, give back.

Each writes what is wanted and an instruction for the provider; what came of it is told by events and
seen on the authorization.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.cards.instructing import instruct, tell
from usance.flows.journal import Journal
from usance.flows.order_books import HELD, PENDING, locked
from usance.flows.refusals import (
    AmountTooLarge,
    Mismatch,
    NotFound,
    WrongState,
    external_id_once,
)
from usance.records.cards import actions, queries
from usance.records.cards.models import CardAuthorization, StoredCard
from usance.records.identity import new_id
from usance.records.orders.models import Order
from usance.records.parties.models import Seller
from usance.rules.money import LARGEST_AMOUNT, exponent
from usance.rules.orders import InvalidOrder

_UNLOCKED: Final = (*PENDING, *HELD)


@transaction.atomic
def request_authorization(
    seller: Seller,
    *,
    card_id: UUID,
    at: datetime,
    by: str,
    amount: int | None = None,
    currency: str | None = None,
    order_id: UUID | None = None,
    order_reference: str = "",
    external_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> CardAuthorization:
    """Hold ``amount`` minor units on a stored card, its holder not being there.

    For an order that has come (``order_id``; None for the amount: what no card of it covers yet), or
    for one that is to come under the shop's name ``order_reference``: what is held widens the buyer's
    line, so that the order passes. Raises NotFound, WrongState, Mismatch, InvalidOrder,
    UnknownCurrency or Duplicate.
    """
    card = _card(seller, card_id)
    order = None
    if order_id is not None:
        order = locked(seller, order_id=order_id, states=_UNLOCKED)
        if order.buyer_id != card.buyer_id:
            raise Mismatch("The card is of another buyer than the order.")
        if currency not in (None, order.currency):
            raise Mismatch(f"The order is in {order.currency}.")
        currency = order.currency
        amount = uncovered(order) if amount is None else amount
    if amount is None or currency is None:
        raise InvalidOrder("Say the amount, or the order that the card is to secure.")
    exponent(currency)
    if not 0 < amount <= LARGEST_AMOUNT:
        raise InvalidOrder(f"amount must be from 1 to {LARGEST_AMOUNT} minor units, not {amount}.")
    row = CardAuthorization(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        buyer_id=card.buyer_id,
        connection_id=card.connection_id,
        card_id=card.id,
        payer=card.payer,
        order_id=order.id if order else None,
        order_reference=order_reference,
        purpose="order",
        currency=currency,
        amount=amount,
        external_id=external_id,
        metadata=metadata or {},
    )
    if order is not None:
        actions.secure(
            seller_id=seller.id, order_id=order.id, buyer_id=order.buyer_id, card_id=card.id, at=at
        )
    with external_id_once("card authorization", external_id):
        begin(seller, row, at=at, by=by)
    return row


def begin(seller: Seller, row: CardAuthorization, *, at: datetime, by: str) -> None:
    """Store a new authorization and have the provider told, in the caller's transaction."""
    row.save(force_insert=True)
    instruct(row, "authorize", at=at, by=by, amount=row.amount)
    journal = Journal(seller, at=at, by=by)
    tell(journal, row, what="requested", state="pending")
    journal.close()


def uncovered(order: Order) -> int:
    """What of the locked ``order`` no authorization covers yet, minor units."""
    held = queries.authorizations(seller_id=order.seller_id, order_id=order.id)
    live = held.filter(state__in=("pending", "action_required", "authorized"))
    covered = sum(
        max(one.capturable, one.amount if one.state != "authorized" else 0) for one in live
    )
    remaining = order.held if order.state in HELD else order.amount
    return max(remaining - covered, 0)


@transaction.atomic
def request_capture(
    seller: Seller,
    *,
    authorization_id: UUID,
    at: datetime,
    by: str,
    amount: int | None = None,
    invoice_id: UUID | None = None,
) -> CardAuthorization:
    """Take ``amount`` of what is held (None: all), for an invoice where one is named.

    Raises NotFound, WrongState or AmountTooLarge.
    """
    row = _locked(seller, authorization_id, state="authorized")
    left = row.capturable - _queued(row, "capture")
    amount = _within(left if amount is None else amount, most=left, what="held")
    instruct(row, "capture", at=at, by=by, amount=amount, invoice_id=invoice_id)
    return row


@transaction.atomic
def request_increase(
    seller: Seller, *, authorization_id: UUID, amount: int, at: datetime, by: str
) -> CardAuthorization:
    """Raise what is held to ``amount`` in all, where the network does that; where not, the order's
    cards are looked at again and the difference is authorized beside. Raises NotFound, WrongState or
    AmountTooLarge (not more than is held)."""
    row = _locked(seller, authorization_id, state="authorized")
    if not row.capturable < amount <= LARGEST_AMOUNT:
        raise AmountTooLarge(f"{row.capturable} minor units are held; ask for more than that.")
    if row.can_increase is False:
        raise WrongState(
            "The network does not raise this authorization; authorize the difference beside it."
        )
    if _queued(row, "increase"):
        raise WrongState("It is being raised already; wait for the answer.")
    instruct(row, "increase", at=at, by=by, amount=amount)
    return row


@transaction.atomic
def request_void(
    seller: Seller, *, authorization_id: UUID, at: datetime, by: str
) -> CardAuthorization:
    """Let go of what is held. Raises NotFound or WrongState."""
    row = _locked(seller, authorization_id, state="authorized")
    told = queries.instructions_of(seller_id=seller.id, authorization_id=row.id)
    if told.filter(state="queued").exists():
        raise WrongState("Something else is being done with it; wait for the answer.")
    instruct(row, "void", at=at, by=by)
    return row


@transaction.atomic
def request_refund(
    seller: Seller,
    *,
    authorization_id: UUID,
    at: datetime,
    by: str,
    amount: int | None = None,
    reason: str = "",
) -> CardAuthorization:
    """Give back ``amount`` of what was captured (None: all that is left of it).

    Once the provider has done it, unapplied cash is used first; what paid invoices leaves them open
    again. Credit the invoice before where it is not to be paid any more. Raises NotFound, WrongState
    or AmountTooLarge.
    """
    row = _locked(seller, authorization_id, state="captured")
    left = row.captured - row.refunded + row.refund_failed - _queued(row, "refund")
    amount = _within(
        left if amount is None else amount, most=left, what="captured and not refunded"
    )
    instruct(row, "refund", at=at, by=by, amount=amount, note=reason)
    return row


def _within(amount: int, *, most: int, what: str) -> int:
    if not 0 < amount <= most:
        raise AmountTooLarge(f"{max(most, 0)} minor units are {what}; ask for 1 to that.")
    return amount


def _queued(row: CardAuthorization, kind: str) -> int:
    return queries.queued_amount(seller_id=row.seller_id, authorization_id=row.id, kind=kind)


def _locked(seller: Seller, authorization_id: UUID, *, state: str) -> CardAuthorization:
    row = actions.lock_authorization(seller_id=seller.id, authorization_id=authorization_id)
    if row is None:
        raise NotFound("There is no such card authorization.")
    if row.state != state:
        raise WrongState(f"The authorization is {row.state}; this can be done while it is {state}.")
    return row


def _card(seller: Seller, card_id: UUID) -> StoredCard:
    card = queries.card(seller_id=seller.id, card_id=card_id)
    if card is None or card.state != "active":
        raise NotFound("There is no such card.")
    return card
