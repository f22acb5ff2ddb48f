"""What happens to an authorized order: it ships, changes, or comes to nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from usance.flows.cards.shipments import require_covered
from usance.flows.debits.shipments import require_shippable
from usance.flows.invoice_documents import Issuer, Piece
from usance.flows.issuing import Wanted, issue
from usance.flows.journal import Journal
from usance.flows.order_books import HELD, PENDING, hold, locked, tell_state
from usance.flows.order_totals import adjust, bear, part_of
from usance.flows.refusals import WrongState
from usance.flows.reviews import withdraw_reviews
from usance.flows.shipping import bill_what_shipped
from usance.records.invoices.models import Invoice
from usance.records.orders import actions as orders
from usance.records.orders.models import Order
from usance.records.parties.models import Seller
from usance.rules.money import proportion
from usance.rules.orders import AllowanceOrCharge, Line

__all__ = [
    "HELD",
    "PENDING",
    "adjust_order",
    "cancel_order",
    "expire_order",
    "invoice_order",
    "renew_order",
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
    charges: Sequence[AllowanceOrCharge] = (),
    external_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Invoice:
    """Ship and capture: open an invoice for ``amount`` (minor units; None: all that remains), with the
    allowances and charges of the order that nothing bears yet; by ``charges`` the order grows.

    What was held for it becomes owed, due by the order's terms. Raises NotFound, WrongState,
    FundsNotGood, CardShort, AmountTooLarge, Duplicate (the external_id is taken), LimitExceeded or
    NotApproved (``charges`` that the order may not grow by), or InvalidOrder if ``lines`` do not sum
    to the amount.
    """
    order = locked(seller, order_id=order_id, states=HELD)
    require_shippable(seller, order=order, at=at)
    part = part_of(order, amount=amount, tax_amount=tax_amount, lines=lines)
    journal = Journal(seller, at=at, by=by)
    part = bear(journal, order, part=part, added=charges)
    require_covered(seller, order=order, amount=part.amount)
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
    charges: Sequence[AllowanceOrCharge] | None = None,
) -> Order:
    """Change the total of an order that is not shipped in full.

    ``charges`` take the place of its allowances and charges that nothing bears yet; None: they stay.
    A larger amount is decided and held against the credit line like a new order. Raises NotFound,
    WrongState, AmountTooLarge (below what is shipped or invoiced already), LimitExceeded, NotApproved or
    InvalidOrder.
    """
    order = locked(seller, order_id=order_id, states=HELD)
    if tax_amount is None:
        tax_amount = proportion(order.tax_amount, part=amount, whole=order.amount)
    journal = Journal(seller, at=at, by=by)
    adjust(journal, order, amount=amount, tax_amount=tax_amount, goods=lines, charges=charges)
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
