"""Goods leave and arrive. What has shipped is billed at once, with its order, or at the cut-off day.

The ledger does not move at a shipment: credit stays held until the invoice. But what has shipped can
no longer be voided, canceled or run out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.cards.shipments import require_covered
from usance.flows.debits.shipments import require_shippable
from usance.flows.invoice_documents import Issuer, Piece
from usance.flows.issuing import issue
from usance.flows.journal import Journal
from usance.flows.order_books import HELD, locked
from usance.flows.order_totals import Part, bear, part_of
from usance.flows.refusals import NotFound, WrongState, external_id_once
from usance.records.identity import new_id
from usance.records.invoices.models import Invoice
from usance.records.orders import actions as orders
from usance.records.orders.models import Order, Shipment
from usance.records.orders.queries import Waiting
from usance.records.parties.models import Seller
from usance.rules.invoicing.batches import batches
from usance.rules.invoicing.profiles import BillingProfileView
from usance.rules.invoicing.schedule import Schedule, parse_schedule
from usance.rules.orders import AllowanceOrCharge, InvalidOrder, Line

_WHOLE_ORDER: Final = Schedule("per_order")


@dataclass(frozen=True, slots=True)
class Shipped:
    """A shipment, and the invoice that bills it where it did not have to wait."""

    shipment: Shipment
    invoice: Invoice | None


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is known of a shipment beside its amount. None: today, nobody has said, the order's."""

    shipped_on: date | None = None
    delivered_on: date | None = None
    carrier: str = ""
    tracking: str = ""
    ship_to: Mapping[str, str] | None = None


@transaction.atomic
def ship_order(
    seller: Seller,
    *,
    order_id: UUID,
    at: datetime,
    by: str,
    amount: int | None = None,
    tax_amount: int | None = None,
    lines: Sequence[Line] = (),
    charges: Sequence[AllowanceOrCharge] = (),
    parcel: Parcel | None = None,
    external_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Shipped:
    """Ship ``amount`` (minor units; None: all that remains) of an order, with the allowances and
    charges of the order that nothing bears yet; by ``charges``, those of this shipment, it grows.

    It is billed as the buyer's profile says: in this transaction, when the order is complete, or at
    the cut-off day. Raises NotFound, WrongState, FundsNotGood, CardShort, AmountTooLarge, Duplicate (the
    external_id is taken), LimitExceeded or NotApproved (``charges`` that the order may not grow by), or
    InvalidOrder if ``lines`` do not sum to the amount or the days are impossible.
    """
    order = locked(seller, order_id=order_id, states=HELD)
    require_shippable(seller, order=order, at=at)
    part = part_of(order, amount=amount, tax_amount=tax_amount, lines=lines)
    journal = Journal(seller, at=at, by=by)
    part = bear(journal, order, part=part, added=charges)
    require_covered(seller, order=order, amount=part.amount)
    shipment = _kept(order, part, parcel=parcel or Parcel(), journal=journal)
    shipment.external_id, shipment.metadata = external_id, metadata or {}
    with external_id_once("shipment", external_id):
        shipment.save(force_insert=True)
    orders.change(
        order,
        shipped_amount=order.shipped_amount + part.amount,
        shipped_tax=order.shipped_tax + part.tax_amount,
    )
    journal.tell(
        "shipment.created",
        object_type="shipment",
        object_id=shipment.id,
        buyer_id=order.buyer_id,
        currency=order.currency,
        data={
            "order": order.external_id,
            "amount": part.amount,
            "shipped_on": shipment.shipped_on,
            "tracking": shipment.tracking,
        },
    )
    issuer, profile = Issuer.with_profile(seller, buyer_id=order.buyer_id)
    kind = parse_schedule(profile.schedule).kind
    if kind == "per_shipment":
        pieces = [Piece.of(shipment, order)]
        invoice: Invoice | None = issue(journal, pieces, issuer=issuer, profile=profile)
    elif kind == "per_order" and not order.remaining:
        made = bill_order(journal, order, issuer=issuer, profile=profile)
        invoice = made[shipment.id]
    else:
        invoice = None
    journal.close()
    return Shipped(shipment, invoice)


def bill_order(
    journal: Journal, order: Order, *, issuer: Issuer, profile: BillingProfileView
) -> dict[UUID, Invoice]:
    """Invoice what of the locked ``order`` has shipped and is not billed: the invoice of each shipment.

    One for all, unless they went where the tax differs. The caller closes the journal.
    """
    waiting = {
        shipment.id: shipment
        for shipment in orders.unbilled_of(seller_id=order.seller_id, order_id=order.id)
    }
    of_order = [
        Waiting.of(shipment, order, complete=True)
        for shipment in sorted(waiting.values(), key=lambda one: (one.shipped_on, one.id))
    ]
    found: dict[UUID, Invoice] = {}
    for batch in batches(of_order, schedule=_WHOLE_ORDER, cut_off_on=date.max):
        pieces = [Piece.of(waiting[one], order) for one in batch.shipment_ids]
        invoice = issue(journal, pieces, issuer=issuer, profile=profile)
        found |= dict.fromkeys(batch.shipment_ids, invoice)
    return found


def bill_what_shipped(journal: Journal, order: Order) -> None:
    """Invoice what of the locked ``order`` has shipped now that nothing more will, unless its buyer
    waits for a cut-off day. The caller closes the journal."""
    if not order.shipped_amount:
        return
    issuer, profile = Issuer.with_profile(journal.seller, buyer_id=order.buyer_id)
    if not parse_schedule(profile.schedule).waits:
        bill_order(journal, order, issuer=issuer, profile=profile)


@transaction.atomic
def deliver_shipment(
    seller: Seller, *, shipment_id: UUID, delivered_on: date, at: datetime, by: str
) -> Shipment:
    """Say when a shipment arrived. Saying the same again changes nothing.

    Raises NotFound, WrongState (another day was said before, or it was taken back) or InvalidOrder
    (before it left, or still to come).
    """
    shipment = orders.lock_shipment(seller_id=seller.id, shipment_id=shipment_id)
    if shipment is None:
        raise NotFound("There is no such shipment.")
    if shipment.canceled_at is not None:
        raise WrongState("The shipment was taken back.")
    if shipment.delivered_on == delivered_on:
        return shipment
    if shipment.delivered_on is not None:
        raise WrongState(f"The shipment was delivered on {shipment.delivered_on}.")
    journal = Journal(seller, at=at, by=by)
    _require_days(shipment.shipped_on, delivered_on, today=journal.on)
    orders.change_shipment(shipment, delivered_on=delivered_on)
    journal.tell(
        "shipment.delivered",
        object_type="shipment",
        object_id=shipment.id,
        buyer_id=shipment.buyer_id,
        data={"delivered_on": delivered_on},
    )
    journal.close()
    return shipment


def _kept(order: Order, part: Part, *, parcel: Parcel, journal: Journal) -> Shipment:
    shipped_on = parcel.shipped_on or journal.on
    _require_days(shipped_on, parcel.delivered_on, today=journal.on)
    return Shipment(
        id=new_id(),
        seller_id=order.seller_id,
        created_at=journal.at,
        order_id=order.id,
        buyer_id=order.buyer_id,
        shipped_on=shipped_on,
        delivered_on=parcel.delivered_on,
        amount=part.amount,
        tax_amount=part.tax_amount,
        lines=[line.to_document() for line in part.lines],
        ship_to=dict(parcel.ship_to) if parcel.ship_to else None,
        carrier=parcel.carrier,
        tracking=parcel.tracking,
    )


def _require_days(shipped_on: date, delivered_on: date | None, *, today: date) -> None:
    if shipped_on > today or (delivered_on and delivered_on > today):
        raise InvalidOrder(f"Today is {today}; what has not happened yet cannot be recorded.")
    if delivered_on and delivered_on < shipped_on:
        raise InvalidOrder(f"What left on {shipped_on} cannot have arrived on {delivered_on}.")
