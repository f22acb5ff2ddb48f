"""What happens to an authorized order: it ships, changes, or comes to nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.deciding_again import decide_again
from usance.flows.invoice_documents import Issuer, Piece
from usance.flows.issuing import Wanted, issue
from usance.flows.journal import Journal, business_day
from usance.flows.order_books import HELD, PENDING, hold, locked, tell_state
from usance.flows.refusals import AmountTooLarge, LimitExceeded, NotApproved, WrongState
from usance.flows.reviews import withdraw_reviews
from usance.flows.shipping import bill_what_shipped, part_of
from usance.records.credit import actions as credit
from usance.records.credit.models import CreditLine
from usance.records.invoices.models import Invoice
from usance.records.orders import actions as orders
from usance.records.orders.models import Order
from usance.records.parties.models import Seller
from usance.rules.money import proportion
from usance.rules.orders import InvalidOrder, Line, check_order

__all__ = [
    "HELD",
    "PENDING",
    "adjust_order",
    "cancel_order",
    "expire_order",
    "invoice_order",
    "renew_order",
    "require_room",
    "void_remaining",
]


@transaction.atomic
def invoice_order(
    seller: Seller,
    *,
    order_id: UUID,
    at: datetime,
    by: str,
    amount: int | None = None,
    tax_amount: int | None = None,
    lines: Sequence[Line] = (),
    external_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Invoice:
    """Ship and capture: open an invoice for ``amount`` (minor units; None: all that remains).

    What was held for it becomes owed, due by the order's terms. Raises NotFound, WrongState,
    AmountTooLarge, Duplicate (the external_id is taken), or InvalidOrder if ``lines`` do not sum to
    the amount.
    """
    order = locked(seller, order_id=order_id, states=HELD)
    part = part_of(order, amount=amount, tax_amount=tax_amount, lines=lines)
    journal = Journal(seller, at=at, by=by)
    issuer, profile = Issuer.with_profile(seller, buyer_id=order.buyer_id)
    invoice = issue(
        journal,
        [Piece(order, part.amount, part.tax_amount, journal.on, part.lines)],
        issuer=issuer,
        profile=profile,
        wanted=Wanted(external_id=external_id, metadata=metadata),
    )
    journal.close()
    return invoice


@transaction.atomic
def adjust_order(
    seller: Seller,
    *,
    order_id: UUID,
    amount: int,
    at: datetime,
    by: str,
    tax_amount: int | None = None,
    lines: Sequence[Line] = (),
) -> Order:
    """Change the total of an order that is not shipped in full.

    A larger amount is decided and held against the credit line like a new order. Raises NotFound,
    WrongState, AmountTooLarge (below what is shipped or invoiced already), LimitExceeded, NotApproved or
    InvalidOrder.
    """
    order = locked(seller, order_id=order_id, states=HELD)
    if tax_amount is None:
        tax_amount = proportion(order.tax_amount, part=amount, whole=order.amount)
    check_order(amount=amount, tax_amount=tax_amount, currency=order.currency, lines=lines)
    used = order.invoiced_amount + order.shipped_amount
    used_tax = order.invoiced_tax + order.shipped_tax
    if amount <= used or tax_amount < used_tax:
        raise AmountTooLarge(
            f"{used} minor units, {used_tax} of them tax, are shipped or invoiced already;"
            " adjust to more than that, or void what remains."
        )
    if tax_amount - used_tax > amount - used:
        raise InvalidOrder(
            f"{tax_amount - used_tax} minor units of tax would be left for the {amount - used} that"
            " are not shipped yet; send the tax_amount of the whole order."
        )
    change = amount - order.amount
    if change > 0:
        on = business_day(seller, at=at)
        require_room(order, amount=change, on=on)
        _require_approval(seller, order, amount, at=at, on=on)
    journal = Journal(seller, at=at, by=by)
    hold(journal, order=order, kind="order_adjusted", amount=change)
    journal.tell(
        "order.adjusted",
        object_type="order",
        object_id=order.id,
        buyer_id=order.buyer_id,
        currency=order.currency,
        data={"amount": amount, "before": order.amount},
    )
    fields: dict[str, Any] = {"amount": amount, "tax_amount": tax_amount}
    fields["lines"] = [line.to_document() for line in lines]
    orders.change(order, **fields)
    journal.close()
    return order


@transaction.atomic
def void_remaining(seller: Seller, *, order_id: UUID, at: datetime, by: str) -> Order:
    """Let go of what has not shipped. An order of which nothing has shipped is canceled instead.

    What has shipped and waits to be billed stays; it is billed now unless its buyer waits for a
    cut-off day. Raises NotFound or WrongState.
    """
    order = locked(seller, order_id=order_id, states=HELD)
    _require_rest(order)
    return _release(seller, order, at=at, by=by, ending="canceled")


@transaction.atomic
def cancel_order(seller: Seller, *, order_id: UUID, at: datetime, by: str) -> Order:
    """Cancel an order of which nothing has shipped. Raises NotFound or WrongState."""
    order = locked(seller, order_id=order_id, states=("authorized", *PENDING))
    if order.shipped_amount:
        raise WrongState("Part of the order has shipped; void what remains of it instead.")
    return _release(seller, order, at=at, by=by, ending="canceled")


@transaction.atomic
def expire_order(seller: Seller, *, order_id: UUID, at: datetime, by: str) -> Order:
    """End an authorization whose time has run out; what has shipped of it stays.

    Raises NotFound or WrongState.
    """
    order = locked(seller, order_id=order_id, states=(*HELD, *PENDING))
    _require_rest(order)
    if order.expires_on >= Journal(seller, at=at, by=by).on:
        raise WrongState(f"The authorization holds until {order.expires_on}.")
    return _release(seller, order, at=at, by=by, ending="expired")


@transaction.atomic
def renew_order(seller: Seller, *, order_id: UUID, days: int, at: datetime, by: str) -> Order:
    """Hold the credit of an order for ``days`` more days from today. Raises NotFound, WrongState."""
    order = locked(seller, order_id=order_id, states=HELD)
    journal = Journal(seller, at=at, by=by)
    expires_on = journal.on + timedelta(days=days)
    journal.tell(
        "order.renewed",
        object_type="order",
        object_id=order.id,
        buyer_id=order.buyer_id,
        data={"expires_on": expires_on},
    )
    orders.change(order, expires_on=expires_on)
    journal.close()
    return order


def _require_rest(order: Order) -> None:
    if not order.remaining:
        raise WrongState("All of the order has shipped; it waits to be billed.")


def _release(seller: Seller, order: Order, *, at: datetime, by: str, ending: str) -> Order:
    """End ``order``: what remains is let go.

    One with invoices ends as invoiced. One with shipments that wait to be billed ends with them, and
    until then stays what it is.
    """
    journal = Journal(seller, at=at, by=by)
    remaining = order.remaining
    if order.state in HELD:
        hold(journal, order=order, kind=f"order_{ending}", amount=-remaining)
    else:
        withdraw_reviews(seller_id=seller.id, subject_id=order.id, at=at)
    voided = order.voided_amount + remaining
    if order.shipped_amount:
        journal.tell(
            "order.voided",
            object_type="order",
            object_id=order.id,
            buyer_id=order.buyer_id,
            currency=order.currency,
            data={"voided": remaining, "external_id": order.external_id},
        )
        orders.change(order, voided_amount=voided)
        bill_what_shipped(journal, order)
    else:
        state = "invoiced" if order.invoiced_amount else ending
        tell_state(journal, order=order, state=state, voided=remaining)
        orders.change(order, state=state, voided_amount=voided)
    journal.close()
    return order


GROWTH_APPROVED: Final = 10
"""Percent by which an order that a person let pass may grow before a person is asked again."""


def _require_approval(seller: Seller, order: Order, amount: int, *, at: datetime, on: date) -> None:
    """The policy must approve the order at its new ``amount``, or a person has approved nearly it."""
    decision = decide_again(seller, order, at=at, on=on, amount=amount).decision
    if decision.outcome == "approved":
        return
    known = set(order.decision.reasons)
    nearly = 100 * amount <= (100 + GROWTH_APPROVED) * order.decision.amount
    if decision.outcome == "review" and nearly and set(decision.reasons) <= known:
        return
    raise NotApproved(
        f"The policy does not approve the order at {amount} minor units:"
        f" {', '.join(decision.reasons)}. Order the difference anew, so that it can be decided."
    )


def require_room(order: Order, *, amount: int, on: date) -> None:
    """The order's line, locked before, must bear ``amount`` more and be active."""
    line = (
        CreditLine.objects.filter(seller_id=order.seller_id, id=order.line_id).first()
        if order.line_id
        else None
    )
    available = credit.room(line, on=on) if line else 0
    if line is None or line.state != "active" or amount > available:
        raise LimitExceeded(
            f"{amount} minor units more are needed, {max(available, 0)} are available"
            f" on a line that is {line.state if line else 'missing'}."
        )
