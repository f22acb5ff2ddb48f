"""A shipment that was recorded by mistake, or came back before it was billed, is taken back.

Its order is then as it was before: the credit was held all along, and what had shipped may ship again.
The record stays, so that saying it twice changes nothing and its own number is not given to another.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance.flows.journal import Journal
from usance.flows.order_books import HELD, hold, locked
from usance.flows.refusals import NotFound, WrongState
from usance.records.invoices.queries import invoice_of_shipment
from usance.records.orders import actions as orders
from usance.records.orders import queries
from usance.records.orders.models import Order, Shipment
from usance.records.parties.models import Seller
from usance.rules.allowances import given_back
from usance.rules.orders import Line, charges_of


class ShipmentBilled(WrongState):
    """The shipment is on an invoice, which must be credited instead."""

    code = "shipment_billed"


@transaction.atomic
def take_back_shipment(seller: Seller, *, shipment_id: UUID, at: datetime, by: str) -> Shipment:
    """Take back a shipment that is not billed yet. Taking it back again changes nothing.

    A billing run that is about to bill it waits for this, or this for the run: the order's line and
    the order are locked first by both. Raises NotFound or ShipmentBilled.
    """
    found = queries.shipment(seller_id=seller.id, shipment_id=shipment_id)
    if found is None:
        raise NotFound("There is no such shipment.")
    if found.canceled_at is not None:
        return found
    if found.billed:
        raise _billed(found)
    try:
        order = locked(seller, order_id=found.order_id, states=HELD)
    except WrongState:
        # The invoice that came first may have ended the order, as another taking back may have let
        # somebody cancel it.
        order = None
    shipment = orders.lock_shipment(seller_id=seller.id, shipment_id=shipment_id)
    assert shipment is not None
    if shipment.canceled_at is not None:
        return shipment
    if shipment.billed or order is None:
        raise _billed(shipment)
    journal = Journal(seller, at=at, by=by)
    orders.change_shipment(shipment, canceled_at=at)
    _give_back(journal, order, shipment)
    journal.tell(
        "shipment.canceled",
        object_type="shipment",
        object_id=shipment.id,
        buyer_id=shipment.buyer_id,
        currency=order.currency,
        data={"order": order.external_id, "amount": shipment.amount},
    )
    journal.close()
    return shipment


def _give_back(journal: Journal, order: Order, shipment: Shipment) -> None:
    """The order as it was before the shipment: its own freight and rebates are open again, and it
    shrinks by those that came with the shipment."""
    shipped = [Line.from_document(line) for line in shipment.lines]
    own = [one for one in charges_of(shipped) if one.added]
    added = sum(one.amount for one in own)
    lines = given_back([Line.from_document(line) for line in order.lines], shipped=shipped)
    if own:
        hold(journal, order=order, kind="order_adjusted", amount=-added)
        journal.tell(
            "order.adjusted",
            object_type="order",
            object_id=order.id,
            buyer_id=order.buyer_id,
            currency=order.currency,
            data={"amount": order.amount - added, "before": order.amount},
        )
    orders.change(
        order,
        amount=order.amount - added,
        tax_amount=order.tax_amount - sum(one.tax_amount for one in own),
        shipped_amount=order.shipped_amount - shipment.amount,
        shipped_tax=order.shipped_tax - shipment.tax_amount,
        lines=[line.to_document() for line in lines],
    )


def _billed(shipment: Shipment) -> ShipmentBilled:
    number = invoice_of_shipment(seller_id=shipment.seller_id, shipment_id=shipment.id)
    return ShipmentBilled(
        f"The shipment is billed by invoice {number}; credit that invoice for it instead."
    )
