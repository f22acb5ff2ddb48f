"""A card follows its order: what is held grows and shrinks with it, is captured at its invoice, and is
renewed before it runs out.

Nothing in the life of an order knows of cards. A job looks for orders whose cards hold something else
than they should and tends each, which does what is missing and nothing where nothing is.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from usance.flows.cards import asking
from usance.flows.cards.authorizing import begin
from usance.flows.cards.instructing import instruct
from usance.flows.journal import Journal
from usance.flows.order_books import HELD, PENDING, hold, tell_state
from usance.flows.order_totals import require_room
from usance.flows.refusals import LimitExceeded
from usance.flows.reviews import close_review
from usance.records.cards import actions, queries
from usance.records.cards.models import CardAuthorization, SecuredOrder, StoredCard
from usance.records.credit import review_queries
from usance.records.identity import new_id
from usance.records.orders import actions as orders
from usance.records.orders.models import Order
from usance.records.parties.models import Seller
from usance.rules import cards
from usance.rules.cards import RENEW_BEFORE, Held, follow, shares_of_capture

BY: Final = "cards"
LIVE: Final = ("pending", "action_required", "authorized")
"""States in which an authorization holds something, or may come to."""
CAPTURE_AGAIN: Final = timedelta(hours=6)
"""When a capture that the provider would not take is asked for again: an amount that it cannot say, for
one, stays such."""
_SECURED_BY_CARD: Final = frozenset({"limit_exceeded"})
"""What a person would have been asked about an order, and a card answers."""


def to_claim(*, at: datetime, limit: int = 200) -> list[tuple[UUID, UUID]]:
    """(seller, order) of orders that have come and for whose name a card holds something."""
    return queries.orders_to_claim(at=at, limit=limit)


def to_tend(*, at: datetime, limit: int = 200) -> list[tuple[UUID, UUID]]:
    """(seller, order) of orders whose cards are to be looked at."""
    return queries.orders_to_tend(at=at, renew=at + RENEW_BEFORE, limit=limit)


@transaction.atomic
def claim(*, seller_id: UUID, order_id: UUID, at: datetime) -> None:
    """Let what is held for the shop's name of an order be held for the order."""
    order = orders.lock_order(seller_id=seller_id, order_id=order_id)
    if order is not None:
        take_over(order, at=at)


def take_over(order: Order, *, at: datetime) -> None:
    """What is held for the shop's name of the locked ``order`` is held for the order from now on."""
    if not order.external_id:
        return
    found = queries.unclaimed(
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        order_reference=order.external_id,
        currency=order.currency,
    )
    for row in found:
        actions.change(row, order_id=order.id)
    if not any(row.state in LIVE for row in found):
        return
    card_id = next((row.card_id for row in found if row.card_id), None)
    actions.secure(
        seller_id=order.seller_id,
        order_id=order.id,
        buyer_id=order.buyer_id,
        card_id=card_id,
        at=at,
    )


@transaction.atomic
def tend(*, seller_id: UUID, order_id: UUID, at: datetime) -> None:
    """Do what the cards of an order need now. Safe to call at any time and as often as one likes."""
    seller = Seller.objects.get(id=seller_id)
    order = orders.lock_order(seller_id=seller_id, order_id=order_id)
    secured = actions.lock_secured(seller_id=seller_id, order_id=order_id)
    if order is None or secured is None or not secured.is_open:
        return
    if queries.is_waiting(seller_id=seller_id, order_id=order_id):
        return
    live = _live(order)
    if order.state == "pending_review":
        _let_pass(seller, order, live, at=at)
    if _capture(order, live, at=at):
        return  # what is held then is seen once it is captured
    billed = sum(one.amount for one in queries.billed(seller_id=seller_id, order_id=order_id))
    needed = _remaining(order) + billed
    if not needed and not live:
        actions.change(secured, is_open=False, short=0)
        return
    _follow(seller, order, secured, live, needed=needed, at=at)


def _live(order: Order) -> list[CardAuthorization]:
    """What is held for the order, the one that runs out first before the others."""
    held = queries.authorizations(seller_id=order.seller_id, order_id=order.id, state="authorized")
    return sorted(held, key=lambda it: (_until(it), it.id))


def _until(row: CardAuthorization) -> datetime:
    return cards.expires_at(authorized_at=row.created_at, told=row.expires_at)


def _held(live: list[CardAuthorization]) -> tuple[Held, ...]:
    return tuple(Held(row.capturable, row.can_increase, _until(row)) for row in live)


def _remaining(order: Order) -> int:
    if order.state in HELD:
        return order.held
    return order.amount if order.state in PENDING else 0


def _capture(order: Order, live: list[CardAuthorization], *, at: datetime) -> bool:
    """Take what open invoices of the order ask for, as far as it is held; whether anything is."""
    told = False
    left = list(_held(live))
    refused = queries.refused_captures(
        seller_id=order.seller_id, order_id=order.id, after=at - CAPTURE_AGAIN
    )
    for one in queries.billed(seller_id=order.seller_id, order_id=order.id):
        shares = shares_of_capture(one.amount, held=tuple(left))
        for place, share in enumerate(shares):
            if share and (live[place].id, one.invoice_id, share) not in refused:
                instruct(
                    live[place],
                    "capture",
                    at=at,
                    by=BY,
                    amount=share,
                    invoice_id=one.invoice_id,
                )
                # Most providers let go of the rest with the first capture.
                left[place] = Held(0, False, left[place].expires_at)
                told = True
    return told


def _follow(
    seller: Seller,
    order: Order,
    secured: SecuredOrder,
    live: list[CardAuthorization],
    *,
    needed: int,
    at: datetime,
) -> None:
    steps = follow(needed, held=_held(live), at=at)
    short = max(needed - sum(row.capturable for row in live), 0)
    for step in steps:
        if step.kind == "void":
            instruct(live[step.place], "void", at=at, by=BY)
        elif step.kind == "increase":
            row = live[step.place]
            instruct(row, "increase", at=at, by=BY, amount=row.capturable + step.amount)
        elif step.kind == "renew":
            _renew(seller, live[step.place], at=at)
        elif not _beside(seller, order, secured, amount=step.amount, at=at):
            asking.ask_for_cover(seller, order, secured=secured, short=short, at=at)
            return
    if secured.short and not short:
        actions.change(secured, short=0, declines=0, again_at=None, asked_at=None)


def _beside(
    seller: Seller, order: Order, secured: SecuredOrder, *, amount: int, at: datetime
) -> bool:
    """Authorize the difference with the stored card; False where that helps no more for now."""
    card = secured.card
    if card is None or card.state != "active":
        return False
    last = (
        queries.authorizations(seller_id=seller.id, order_id=order.id)
        .filter(card_id=card.id)
        .order_by("-id")
        .first()
    )
    if last is not None and last.state == "declined":
        if secured.again_at is None:
            return _after_decline(seller, secured, last, at=at)
        if secured.again_at > at:
            return False
    row = _new(card, currency=order.currency, order_id=order.id, amount=amount, at=at)
    begin(seller, row, at=at, by=BY)
    actions.change(secured, again_at=None)
    return True


def _after_decline(
    seller: Seller, secured: SecuredOrder, last: CardAuthorization, *, at: datetime
) -> bool:
    """Count a refusal, and say when the card is tried again, if that may help."""
    declines = secured.declines + 1
    on = Journal(seller, at=at, by=BY).on
    again_on = cards.charge_again_on(
        cards.reason_named(last.decline_reason), attempts=declines, on=on
    )
    again_at = None if again_on is None else at + timedelta(days=(again_on - on).days)
    # Without another try ahead the date lies where no job comes: a new card sets it back.
    far = at + timedelta(days=3650)
    actions.change(secured, declines=declines, again_at=again_at or far)
    return False


def _renew(seller: Seller, row: CardAuthorization, *, at: datetime) -> None:
    """Authorize the same anew; the old one is let go of once the new one holds."""
    again = queries.authorizations(seller_id=seller.id, order_id=row.order_id).filter(renews=row)
    if again.exists() or row.card is None or row.card.state != "active":
        return
    made = _new(
        row.card, currency=row.currency, order_id=row.order_id, amount=row.capturable, at=at
    )
    made.renews_id = row.id
    begin(seller, made, at=at, by=BY)


def _new(
    card: StoredCard, *, currency: str, order_id: UUID | None, amount: int, at: datetime
) -> CardAuthorization:
    return CardAuthorization(
        id=new_id(),
        seller_id=card.seller_id,
        created_at=at,
        buyer_id=card.buyer_id,
        connection_id=card.connection_id,
        card_id=card.id,
        payer=card.payer,
        order_id=order_id,
        purpose="order",
        currency=currency,
        amount=amount,
    )


def _let_pass(seller: Seller, order: Order, live: list[CardAuthorization], *, at: datetime) -> None:
    """Let an order in review pass that exceeded the limit only, now that a card holds all of it."""
    if sum(row.capturable for row in live) < order.amount:
        return
    review = review_queries.open_review_of(seller_id=seller.id, subject_id=order.id)
    if review is not None and (review.route or not set(review.reasons) <= _SECURED_BY_CARD):
        return
    journal = Journal(seller, at=at, by=BY)
    if order.expires_on < journal.on:
        return
    try:
        require_room(order, amount=order.amount, on=journal.on)
    except LimitExceeded:
        return  # the line is on hold, or a limit that it shares leaves nothing
    if review is not None:
        close_review(review, state="approved", at=at)
    hold(journal, order=order, kind="order_authorized", amount=order.amount)
    tell_state(journal, order=order, state="authorized", secured_by="card")
    orders.change(order, state="authorized")
    journal.close()
