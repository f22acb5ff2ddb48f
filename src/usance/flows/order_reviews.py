"""What a person, or a program in its place, says to an order in review."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from usance.flows.journal import Journal, business_day
from usance.flows.order_books import PENDING, hold, locked, tell_state
from usance.flows.order_totals import require_room
from usance.flows.refusals import LimitExceeded, WrongState
from usance.flows.reviews import NotYours, Person, answer_review, close_review
from usance.records.credit import actions as credit
from usance.records.credit import group_queries, review_queries
from usance.records.credit.models import CreditLine
from usance.records.orders import actions as orders
from usance.records.orders.models import Order
from usance.records.parties.models import Seller


@transaction.atomic
def confirm_order(
    seller: Seller,
    *,
    order_id: UUID,
    at: datetime,
    by: str,
    person: Person | None = None,
    override: bool = False,
    note: str = "",
) -> Order:
    """Let an order in review pass; its amount is held now, once everybody who must has approved.

    With ``override`` the named ``person`` lets it pass though it exceeds the limit. A program
    (``person`` None) decides only what the policy gives to no particular route. Raises NotFound,
    WrongState, LimitExceeded if the line does not bear it, or what answer_review raises.
    """
    order = locked(seller, order_id=order_id, states=("pending_review",))
    on = business_day(seller, at=at)
    if order.expires_on < on:
        raise WrongState(f"The request ran out on {order.expires_on}; order anew.")
    if override and person is None:
        raise NotYours("Only a person may let an order exceed the limit; do it in the back office.")
    exceeds = not _has_room(order, on=on)
    if not override:
        require_room(order, amount=order.amount, on=on)
    elif not _line_is_active(order):
        raise LimitExceeded(
            "The credit line, or the limit it shares, is not active; release it first."
        )
    if not _answered(seller, order, "approved", person=person, at=at, note=note, override=override):
        return order
    if exceeds:
        _require_overrides(order)
    journal = Journal(seller, at=at, by=by)
    hold(journal, order=order, kind="order_authorized", amount=order.amount)
    named = {"override": person.email} if exceeds and person else {}
    tell_state(journal, order=order, state="authorized", **named)
    orders.change(order, state="authorized")
    journal.close()
    return order


@transaction.atomic
def decline_order(
    seller: Seller,
    *,
    order_id: UUID,
    at: datetime,
    by: str,
    person: Person | None = None,
    note: str = "",
) -> Order:
    """A person refuses an order in review. Raises NotFound, WrongState, or as answer_review."""
    order = locked(seller, order_id=order_id, states=PENDING)
    if order.state == "pending_review":
        _answered(seller, order, "declined", person=person, at=at, note=note)
    journal = Journal(seller, at=at, by=by)
    tell_state(journal, order=order, state="declined")
    orders.change(order, state="declined")
    journal.close()
    return order


def _answered(
    seller: Seller,
    order: Order,
    verdict: str,
    *,
    person: Person | None,
    at: datetime,
    note: str,
    override: bool = False,
) -> bool:
    """Whether the order's review has come to its end with this verdict."""
    review = review_queries.open_review_of(seller_id=seller.id, subject_id=order.id)
    if review is None:
        return True
    if person is None:
        if verdict == "approved" and "limit_exceeded" in review.reasons:
            raise NotYours("The order exceeds a limit; only a person may let it pass.")
        if review.route and verdict == "approved":
            raise NotYours(
                f"The policy gives this order to {review.people} of {', '.join(review.roles)}"
                f" (route {review.route}); decide it in the back office."
            )
        close_review(review, state=verdict, at=at)
        return True
    return answer_review(
        seller,
        review_id=review.id,
        person=person,
        verdict=verdict,
        at=at,
        note=note,
        override=override,
    ).is_final


def _require_overrides(order: Order) -> None:
    """Everybody who approved must have known that the order exceeds the limit."""
    if not review_queries.all_overrode(seller_id=order.seller_id, subject_id=order.id):
        raise LimitExceeded(
            "Somebody approved the order while it was within the limit, which it exceeds now;"
            " decline it, and order anew."
        )


def _line_is_active(order: Order) -> bool:
    """Whether neither the order's line, locked before, nor the limit it shares is on hold."""
    if order.line_id is None:
        return False
    line = CreditLine.objects.get(seller_id=order.seller_id, id=order.line_id)
    if line.state != "active" or line.group_id is None:
        return line.state == "active"
    shared = group_queries.lock_group(seller_id=order.seller_id, group_id=line.group_id)
    return shared is not None and shared.state == "active"


def _has_room(order: Order, *, on: date) -> bool:
    """Whether the order's line, locked before, bears all of it."""
    if order.line_id is None:
        return False
    line = CreditLine.objects.get(seller_id=order.seller_id, id=order.line_id)
    return line.state == "active" and order.amount <= credit.room(line, on=on, order_id=order.id)
