"""Orders on account: asked about, authorized, changed, shipped, let go."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from pydantic_core import to_json

from usance.flows import checkout, fulfilment, order_releases, order_reviews
from usance.flows.checkout import Authorization, CheckoutRefused, OrderRequest, Replay
from usance.flows.debits.shipments import Release
from usance.flows.journal import business_day
from usance.flows.refusals import NotFound
from usance.records.orders import queries
from usance.records.orders.models import Order
from usance.rules.money import MoneyError
from usance.rules.orders import InvalidOrder
from usance.web.api import (
    answers,
    billing_answers,
    billing_objects,
    idempotency,
    objects,
    problems,
)
from usance.web.api.billing_schemas import NewInvoice
from usance.web.api.line_schemas import charges_of, lines_of, optional_units, units
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest
from usance.web.api.schemas import Adjustment, NewOrder, OrderBatch, Renewal, order_request
from usance.web.api.section import Section
from usance.web.api.values import BuyerId, ExternalId, OrderId, OrderState

section = Section("Orders")


@section.write(
    "POST",
    "/order-intents",
    scope="orders:read",
    answer=answers.OrderIntent,
    summary="Ask what would be decided",
    once=False,
    keyed=False,
)
def create_order_intent(request: ApiRequest, *, payload: NewOrder) -> HttpResponse:
    """Non-binding: the decision, the terms on offer, and the largest order that would pass.
    Nothing is recorded or held."""
    asked = order_request(payload, principal=request.auth)
    quoted = checkout.quote(asked, at=request.at)
    document = objects.order_intent(
        quoted, amount=asked.amount, currency=asked.currency, told=quoted.told
    )
    return idempotency.json_response(to_json(document), status=200)


@section.write(
    "POST",
    "/orders",
    scope="orders:write",
    answer=answers.Order,
    status=201,
    summary="Authorize an order",
    once=False,
)
def create_order(request: ApiRequest, *, payload: NewOrder) -> HttpResponse:
    """Decide an order and, if it is approved, hold its amount against the buyer's credit line.

    A declined order is recorded too and answered with 201: read ``decision``.
    """
    # The flow keeps the answer itself, in the statement that records the order.
    asked = order_request(
        payload,
        principal=request.auth,
        idempotency_key=idempotency.key_of(request),
        request_hash=idempotency.hash_of(request, body=request.body),
    )
    outcome = checkout.authorize_orders(
        [asked], at=request.at, answer=lambda made: to_json(objects.order_answer(made)).decode()
    )[0]
    if isinstance(outcome, CheckoutRefused):
        raise outcome
    if isinstance(outcome, Replay):
        return idempotency.json_response(
            outcome.body.encode(), status=outcome.status, replayed=True
        )
    return idempotency.json_response(to_json(objects.order_answer(outcome)), status=201)


@section.write(
    "POST",
    "/orders/batch",
    scope="orders:write",
    answer=answers.BatchAnswer,
    summary="Authorize up to 1,000 orders",
)
def create_orders(request: ApiRequest, *, payload: OrderBatch) -> Any:
    """Each order stands or falls by itself; the results stand in the order of the orders. One
    Idempotency-Key covers the whole batch."""
    results: dict[int, dict[str, Any]] = {}
    asked: dict[int, OrderRequest] = {}
    for n, order in enumerate(payload.orders):
        try:
            asked[n] = order_request(order, principal=request.auth, pointer=f"#/orders/{n}")
            checkout.check_request(asked[n])
        except (problems.Problem, InvalidOrder, MoneyError) as error:
            asked.pop(n, None)
            results[n] = _refused(error)
    outcomes = checkout.authorize_orders(list(asked.values()), at=request.at)
    for n, outcome in zip(asked, outcomes, strict=True):
        results[n] = _recorded(outcome)
    return {
        "object": "order_batch",
        "recorded": sum(result["order"] is not None for result in results.values()),
        "results": [results[n] for n in range(len(payload.orders))],
    }


def _recorded(outcome: checkout.Outcome) -> dict[str, Any]:
    if isinstance(outcome, Authorization):
        return {"status": 201, "order": objects.order_answer(outcome), "problem": None}
    assert isinstance(outcome, CheckoutRefused), "orders of a batch carry no keys"
    return _refused(outcome)


def _refused(error: Exception) -> dict[str, Any]:
    problem = problems.describe(error)
    return {"status": problem.status, "order": None, "problem": problem.to_document()}


@section.read(
    "/orders", scope="orders:read", answer=answers.Page[answers.OrderToShip], summary="List orders"
)
def list_orders(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    buyer: BuyerId | None = None,
    state: OrderState | None = None,
    external_id: ExternalId | None = None,
) -> Any:
    """The newest first."""
    found = queries.orders(
        seller_id=request.auth.seller.id, buyer_id=buyer, state=state, external_id=external_id
    )
    releases: dict[UUID, Release] = {}

    def read(rows: list[Order]) -> None:
        releases.update(order_releases.releases_of(request.auth.seller, rows, at=request.at))

    return page(
        found,
        kind="order",
        limit=limit,
        after=after,
        read=read,
        show=lambda row: objects.order(row) | _release(releases[row.id]),
    )


@section.read(
    "/orders/{order_id}", scope="orders:read", answer=answers.OrderToShip, summary="Show an order"
)
def get_order(request: ApiRequest, *, order_id: OrderId) -> Any:
    """One order."""
    order = _order(request, order_id)
    [release] = order_releases.releases_of(request.auth.seller, [order], at=request.at).values()
    return objects.order(order) | _release(release)


@section.write(
    "POST",
    "/orders/{order_id}/confirm",
    scope="credit:write",
    answer=answers.Order,
    summary="Confirm an order in review",
)
def confirm_order(request: ApiRequest, *, order_id: OrderId) -> Any:
    """A person lets an order in review pass; its amount is held now."""
    order_reviews.confirm_order(
        request.auth.seller, order_id=order_id, at=request.at, by=request.auth.by
    )
    return _shown(request, order_id)


@section.write(
    "POST",
    "/orders/{order_id}/decline",
    scope="credit:write",
    answer=answers.Order,
    summary="Decline an order in review",
)
def decline_order(request: ApiRequest, *, order_id: OrderId) -> Any:
    """A person refuses an order in review."""
    order_reviews.decline_order(
        request.auth.seller, order_id=order_id, at=request.at, by=request.auth.by
    )
    return _shown(request, order_id)


@section.write(
    "POST",
    "/orders/{order_id}/adjust",
    scope="orders:write",
    answer=answers.Order,
    summary="Change the amount of an order",
)
def adjust_order(request: ApiRequest, *, order_id: OrderId, payload: Adjustment) -> Any:
    """A larger amount is held against the credit line like a new order; a smaller one frees it."""
    order = _order(request, order_id)
    fulfilment.adjust_order(
        request.auth.seller,
        order_id=order_id,
        amount=units(payload.amount, currency=order.currency, pointer="#/amount"),
        tax_amount=optional_units(
            payload.tax_amount, currency=order.currency, pointer="#/tax_amount"
        ),
        lines=lines_of(payload.lines, currency=order.currency),
        charges=None
        if payload.allowances_charges is None
        else charges_of(payload.allowances_charges),
        at=request.at,
        by=request.auth.by,
    )
    return _shown(request, order_id)


@section.write(
    "POST",
    "/orders/{order_id}/cancel",
    scope="orders:write",
    answer=answers.Order,
    summary="Cancel an order",
)
def cancel_order(request: ApiRequest, *, order_id: OrderId) -> Any:
    """Cancel an order of which nothing has shipped."""
    fulfilment.cancel_order(
        request.auth.seller, order_id=order_id, at=request.at, by=request.auth.by
    )
    return _shown(request, order_id)


@section.write(
    "POST",
    "/orders/{order_id}/renew",
    scope="orders:write",
    answer=answers.Order,
    summary="Renew an authorization",
)
def renew_order(request: ApiRequest, *, order_id: OrderId, payload: Renewal = Renewal()) -> Any:  # noqa: B008 - frozen
    """Hold the credit of an order for so many days more from today."""
    fulfilment.renew_order(
        request.auth.seller,
        order_id=order_id,
        days=payload.days,
        at=request.at,
        by=request.auth.by,
    )
    return _shown(request, order_id)


@section.write(
    "POST",
    "/orders/{order_id}/void-remaining",
    scope="orders:write",
    answer=answers.Order,
    summary="Let go of what has not shipped",
)
def void_remaining(request: ApiRequest, *, order_id: OrderId) -> Any:
    """The rest of a partly shipped order will not ship. One of which nothing has shipped is canceled."""
    fulfilment.void_remaining(
        request.auth.seller, order_id=order_id, at=request.at, by=request.auth.by
    )
    return _shown(request, order_id)


@section.write(
    "POST",
    "/orders/{order_id}/invoices",
    scope="invoices:write",
    answer=billing_answers.Invoice,
    status=201,
    summary="Ship and invoice",
)
def create_invoice(
    request: ApiRequest,
    *,
    order_id: OrderId,
    payload: NewInvoice = NewInvoice(),  # noqa: B008 - frozen
) -> Any:
    """Capture: what was held for the amount becomes owed, due by the order's terms from today."""
    currency = _order(request, order_id).currency
    invoice = fulfilment.invoice_order(
        request.auth.seller,
        order_id=order_id,
        amount=optional_units(payload.amount, currency=currency, pointer="#/amount"),
        tax_amount=optional_units(payload.tax_amount, currency=currency, pointer="#/tax_amount"),
        lines=lines_of(payload.lines, currency=currency),
        charges=charges_of(payload.allowances_charges),
        external_id=payload.external_id,
        metadata=payload.metadata,
        at=request.at,
        by=request.auth.by,
    )
    on = business_day(request.auth.seller, at=request.at)
    return billing_objects.invoice(invoice, on=on)


def _order(request: ApiRequest, order_id: UUID) -> Order:
    order = queries.order(seller_id=request.auth.seller.id, order_id=order_id)
    if order is None:
        raise NotFound("There is no such order.")
    return order


def _release(it: Release) -> dict[str, Any]:
    return {"may_ship": it.may_ship, "release_on": it.release_on}


def _shown(request: ApiRequest, order_id: UUID) -> dict[str, Any]:
    return objects.order(_order(request, order_id))
