"""What happens to an authorized order: it ships, changes, or comes to nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.deciding_again import decide_again
from usance.flows.journal import Journal, business_day
from usance.flows.refusals import (
    AmountTooLarge,
    LimitExceeded,
    NotApproved,
    NotFound,
    WrongState,
    external_id_once,
)
from usance.flows.reviews import withdraw_reviews
from usance.records.credit import actions as credit
from usance.records.credit.models import CreditLine
from usance.records.identity import new_id
from usance.records.invoices import actions as invoices
from usance.records.invoices.models import Invoice
from usance.records.orders import actions as orders
from usance.records.orders.models import Order
from usance.records.parties.models import Seller
from usance.rules import ledger
from usance.rules.billing import document_number, reference_key, tax_share
from usance.rules.money import proportion
from usance.rules.orders import InvalidOrder, Line, check_order
from usance.rules.terms import parse_terms

HELD = ("authorized", "partially_invoiced")
PENDING = ("pending_review", "pending_approval")


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

    What was held for it becomes owed, due by the order's terms from the day of ``at``. Raises
    NotFound, WrongState, AmountTooLarge, Duplicate (the external_id is taken), or InvalidOrder if
    ``lines`` do not sum to the amount.
    """
    order = locked(seller, order_id=order_id, states=HELD)
    if amount is None:
        amount = order.remaining
    if amount > order.remaining:
        raise AmountTooLarge(
            f"{amount} is more than the {order.remaining} minor units that remain to be invoiced;"
            " adjust the order first or invoice less."
        )
    if tax_amount is None:
        tax_amount = (
            sum(line.tax_amount for line in lines)
            if lines
            else tax_share(
                tax_left=order.tax_amount - order.invoiced_tax,
                amount_left=order.remaining,
                amount_now=amount,
            )
        )
    check_order(amount=amount, tax_amount=tax_amount, currency=order.currency, lines=lines)
    tax_left = order.tax_amount - order.invoiced_tax - tax_amount
    if not 0 <= tax_left <= order.remaining - amount:
        raise InvalidOrder(
            f"With {tax_amount} minor units of tax on this invoice, {tax_left} of the order's tax"
            f" would be left for {order.remaining - amount}; adjust the order's tax first."
        )

    journal = Journal(seller, at=at, by=by)
    invoice = _open_invoice(
        order,
        journal=journal,
        amount=amount,
        tax_amount=tax_amount,
        lines=[line.to_document() for line in lines]
        or (order.lines if amount == order.amount else []),
        external_id=external_id,
        metadata=metadata or {},
    )
    left = order.remaining - amount
    state = "partially_invoiced" if left else "invoiced"
    if state != order.state:
        tell_state(journal, order=order, state=state)
    orders.change(
        order,
        invoiced_amount=order.invoiced_amount + amount,
        invoiced_tax=order.invoiced_tax + tax_amount,
        state=state,
    )
    journal.close()
    return invoice


def _open_invoice(
    order: Order,
    *,
    journal: Journal,
    amount: int,
    tax_amount: int,
    lines: list[Any],
    external_id: str | None,
    metadata: dict[str, Any],
) -> Invoice:
    on = journal.on
    series_id, sequence, prefix = invoices.next_number(
        seller_id=order.seller_id, kind="invoice", year=on.year, prefix="INV", at=journal.at
    )
    number = document_number(prefix=prefix, year=on.year, sequence=sequence)
    invoice = Invoice(
        id=new_id(),
        seller_id=order.seller_id,
        created_at=journal.at,
        order_id=order.id,
        buyer_id=order.buyer_id,
        series_id=series_id,
        sequence=sequence,
        number=number,
        reference=reference_key(number),
        currency=order.currency,
        amount=amount,
        tax_amount=tax_amount,
        terms=order.terms,
        issued_on=on,
        due_on=parse_terms(order.terms).due_on(on),
        lines=lines,
        external_id=external_id,
        metadata=metadata,
    )
    with external_id_once("invoice", external_id):
        invoice.save(force_insert=True)
    journal.enter(
        "invoice_opened",
        subject_id=invoice.id,
        buyer_id=order.buyer_id,
        currency=order.currency,
        postings=ledger.invoice(
            order.buyer_id, net=amount - tax_amount, tax=tax_amount, released=amount
        ),
    )
    journal.tell(
        "invoice.opened",
        object_type="invoice",
        object_id=invoice.id,
        buyer_id=order.buyer_id,
        state="open",
        currency=order.currency,
        owed_change=amount,
        data={"number": number, "amount": amount, "due_on": invoice.due_on},
    )
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
    """Change the total of an order that is not invoiced in full.

    A larger amount is decided and held against the credit line like a new order. Raises NotFound,
    WrongState, AmountTooLarge (below what is invoiced already), LimitExceeded, NotApproved or
    InvalidOrder.
    """
    order = locked(seller, order_id=order_id, states=HELD)
    if tax_amount is None:
        tax_amount = proportion(order.tax_amount, part=amount, whole=order.amount)
    check_order(amount=amount, tax_amount=tax_amount, currency=order.currency, lines=lines)
    used = order.invoiced_amount
    if amount <= used or tax_amount < order.invoiced_tax:
        raise AmountTooLarge(
            f"{used} minor units, {order.invoiced_tax} of them tax, are invoiced already;"
            " adjust to more than that, or void what remains."
        )
    if tax_amount - order.invoiced_tax > amount - used:
        raise InvalidOrder(
            f"{tax_amount - order.invoiced_tax} minor units of tax would be left for the"
            f" {amount - used} that are not invoiced yet; send the tax_amount of the whole order."
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
    """Let go of what is not invoiced. An order with no invoice at all is canceled instead.

    Raises NotFound or WrongState.
    """
    order = locked(seller, order_id=order_id, states=HELD)
    return _release(seller, order, at=at, by=by, ending="canceled")


@transaction.atomic
def cancel_order(seller: Seller, *, order_id: UUID, at: datetime, by: str) -> Order:
    """Cancel an order of which nothing has been invoiced. Raises NotFound or WrongState."""
    order = locked(seller, order_id=order_id, states=("authorized", *PENDING))
    return _release(seller, order, at=at, by=by, ending="canceled")


@transaction.atomic
def expire_order(seller: Seller, *, order_id: UUID, at: datetime, by: str) -> Order:
    """End an authorization whose time has run out. Raises NotFound or WrongState."""
    order = locked(seller, order_id=order_id, states=(*HELD, *PENDING))
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


def locked(seller: Seller, *, order_id: UUID, states: Sequence[str]) -> Order:
    """The order, its line and itself locked. Raises NotFound, or WrongState unless it is in ``states``."""
    order = orders.lock_order(seller_id=seller.id, order_id=order_id)
    if order is None:
        raise NotFound("There is no such order.")
    if order.state not in states:
        raise WrongState(
            f"The order is {order.state}; this can be done while it is {' or '.join(states)}."
        )
    return order


def _release(seller: Seller, order: Order, *, at: datetime, by: str, ending: str) -> Order:
    """End ``order``: what remains is let go. One with invoices ends as invoiced."""
    journal = Journal(seller, at=at, by=by)
    remaining = order.remaining
    state = "invoiced" if order.invoiced_amount else ending
    if order.state in HELD:
        hold(journal, order=order, kind=f"order_{ending}", amount=-remaining)
    else:
        withdraw_reviews(seller_id=seller.id, subject_id=order.id, at=at)
    tell_state(journal, order=order, state=state, voided=remaining)
    orders.change(order, state=state, voided_amount=order.voided_amount + remaining)
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


def hold(journal: Journal, *, order: Order, kind: str, amount: int) -> None:
    """Hold ``amount`` more for the order against its line, or let go of it if it is below zero."""
    journal.enter(
        kind,
        subject_id=order.id,
        buyer_id=order.buyer_id,
        currency=order.currency,
        postings=ledger.commitment(order.buyer_id, amount=amount),
    )


def tell_state(journal: Journal, *, order: Order, state: str, **data: Any) -> None:
    """Tell that the order comes to ``state``."""
    journal.tell(
        f"order.{state}",
        object_type="order",
        object_id=order.id,
        buyer_id=order.buyer_id,
        state=state,
        currency=order.currency,
        data={"amount": order.amount, "external_id": order.external_id, **data},
    )
