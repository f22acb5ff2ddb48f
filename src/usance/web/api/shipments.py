"""Shipments: what has left of an order, and whether it is billed."""

from __future__ import annotations

from typing import Any

from usance.flows import shipping, take_backs
from usance.flows.refusals import NotFound
from usance.flows.shipping import Parcel
from usance.records.orders import queries
from usance.web.api import answers, billing_answers, billing_objects
from usance.web.api.billing_schemas import Arrival, NewShipment
from usance.web.api.line_schemas import charges_of, lines_of, optional_units
from usance.web.api.paging import USUAL, Cursor, PageLimit, page, whole
from usance.web.api.requests import ApiRequest, today
from usance.web.api.schemas import place_of
from usance.web.api.section import Section
from usance.web.api.values import BuyerId, ExternalId, OrderId, ShipmentId

section = Section("Shipments")


@section.write(
    "POST",
    "/orders/{order_id}/shipments",
    scope="invoices:write",
    answer=billing_answers.ShippedAnswer,
    status=201,
    summary="Ship an order",
)
def create_shipment(
    request: ApiRequest,
    *,
    order_id: OrderId,
    payload: NewShipment = NewShipment(),  # noqa: B008 - frozen
) -> Any:
    """Say that something has left. It is invoiced as the buyer's billing profile says: at once, when
    the order is complete, or at the cut-off day; until then its credit stays held."""
    seller = request.auth.seller
    order = queries.order(seller_id=seller.id, order_id=order_id)
    if order is None:
        raise NotFound("There is no such order.")
    currency = order.currency
    shipped = shipping.ship_order(
        seller,
        order_id=order_id,
        amount=optional_units(payload.amount, currency=currency, pointer="#/amount"),
        tax_amount=optional_units(payload.tax_amount, currency=currency, pointer="#/tax_amount"),
        lines=lines_of(payload.lines, currency=currency),
        charges=charges_of(payload.allowances_charges),
        parcel=Parcel(
            shipped_on=payload.shipped_on,
            delivered_on=payload.delivered_on,
            carrier=payload.carrier,
            tracking=payload.tracking,
            ship_to=place_of(payload.ship_to),
        ),
        external_id=payload.external_id,
        metadata=payload.metadata,
        at=request.at,
        by=request.auth.by,
    )
    invoice = shipped.invoice
    return {
        "object": "shipped",
        "shipment": billing_objects.shipment(shipped.shipment),
        "invoice": None if invoice is None else billing_objects.invoice(invoice, on=today(request)),
    }


@section.read(
    "/orders/{order_id}/shipments",
    scope="invoices:read",
    answer=answers.Page[billing_answers.Shipment],
    summary="List the shipments of an order",
)
def list_shipments_of_order(request: ApiRequest, *, order_id: OrderId) -> Any:
    """All of them, the first first."""
    seller_id = request.auth.seller.id
    if queries.order(seller_id=seller_id, order_id=order_id) is None:
        raise NotFound("There is no such order.")
    found = queries.shipments(seller_id=seller_id, order_id=order_id).order_by("id")
    return whole([billing_objects.shipment(shipment) for shipment in found])


@section.read(
    "/shipments",
    scope="invoices:read",
    answer=answers.Page[billing_answers.Shipment],
    summary="List shipments",
)
def list_shipments(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    buyer: BuyerId | None = None,
    billed: bool | None = None,
    external_id: ExternalId | None = None,
) -> Any:
    """The newest first. ``billed=false``: those that wait to be billed."""
    found = queries.shipments(
        seller_id=request.auth.seller.id, buyer_id=buyer, billed=billed, external_id=external_id
    )
    return page(found, kind="shipment", limit=limit, after=after, show=billing_objects.shipment)


@section.read(
    "/shipments/{shipment_id}",
    scope="invoices:read",
    answer=billing_answers.Shipment,
    summary="Show a shipment",
)
def get_shipment(request: ApiRequest, *, shipment_id: ShipmentId) -> Any:
    """One shipment."""
    return _shown(request, shipment_id)


@section.write(
    "POST",
    "/shipments/{shipment_id}/deliver",
    scope="invoices:write",
    answer=billing_answers.Shipment,
    summary="Say that a shipment arrived",
)
def deliver_shipment(
    request: ApiRequest,
    *,
    shipment_id: ShipmentId,
    payload: Arrival = Arrival(),  # noqa: B008 - frozen
) -> Any:
    """Saying the same day again changes nothing; another day is refused."""
    shipping.deliver_shipment(
        request.auth.seller,
        shipment_id=shipment_id,
        delivered_on=payload.delivered_on or today(request),
        at=request.at,
        by=request.auth.by,
    )
    return _shown(request, shipment_id)


@section.write(
    "POST",
    "/shipments/{shipment_id}/cancel",
    scope="invoices:write",
    answer=billing_answers.Shipment,
    summary="Take back a shipment",
)
def cancel_shipment(request: ApiRequest, *, shipment_id: ShipmentId) -> Any:
    """Of what was recorded by mistake or came back, as long as it is not billed. Its order may ship the
    same again; its credit was held all along. Taking back what is taken back changes nothing; what is
    billed is refused with ``shipment_billed``: credit its invoice instead."""
    take_backs.take_back_shipment(
        request.auth.seller, shipment_id=shipment_id, at=request.at, by=request.auth.by
    )
    return _shown(request, shipment_id)


def _shown(request: ApiRequest, shipment_id: ShipmentId) -> Any:
    found = queries.shipment(seller_id=request.auth.seller.id, shipment_id=shipment_id)
    if found is None:
        raise NotFound("There is no such shipment.")
    return billing_objects.shipment(found)
