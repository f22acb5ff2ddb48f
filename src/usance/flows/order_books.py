"""What every act on an order begins and ends with: find it locked, hold its credit, tell its state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from usance.flows.journal import Journal
from usance.flows.refusals import NotFound, WrongState
from usance.records.orders import actions as orders
from usance.records.orders.models import Order
from usance.records.parties.models import Seller
from usance.rules import ledger

HELD: Final = ("authorized", "partially_invoiced")
PENDING: Final = ("pending_review", "pending_approval")


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
