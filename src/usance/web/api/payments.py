"""Money in: payments and what they pay."""

from __future__ import annotations

from typing import Any

from usance.flows import settlement
from usance.flows.found import payment_of
from usance.records.payments import queries
from usance.web.api import answers, match_objects, payment_answers
from usance.web.api.line_schemas import optional_units
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest
from usance.web.api.schemas import NewAllocation, NewPayment
from usance.web.api.section import Section
from usance.web.api.values import (
    AllocationId,
    BuyerId,
    ExternalId,
    PaymentId,
    PaymentState,
)

section = Section("Payments")


@section.write(
    "POST",
    "/payments",
    scope="payments:write",
    answer=payment_answers.Payment,
    status=201,
    summary="Record a payment",
)
def create_payment(request: ApiRequest, *, payload: NewPayment) -> Any:
    """Money received outside a bank file. It is unapplied cash until it is allocated."""
    fields = payload.model_dump(exclude={"amount", "buyer"})
    payment = settlement.record_payment(
        request.auth.seller,
        amount=payload.amount.amount,
        currency=payload.amount.currency,
        buyer_id=payload.buyer,
        at=request.at,
        by=request.auth.by,
        **fields,
    )
    return match_objects.payment(payment)


@section.read(
    "/payments",
    scope="payments:read",
    answer=answers.Page[payment_answers.Payment],
    summary="List payments",
)
def list_payments(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    buyer: BuyerId | None = None,
    state: PaymentState | None = None,
    external_id: ExternalId | None = None,
) -> Any:
    """The newest first."""
    found = queries.payments(
        seller_id=request.auth.seller.id, buyer_id=buyer, state=state, external_id=external_id
    )
    return page(found, kind="payment", limit=limit, after=after, show=match_objects.payment)


@section.read(
    "/payments/{payment_id}",
    scope="payments:read",
    answer=payment_answers.Payment,
    summary="Show a payment",
)
def get_payment(request: ApiRequest, *, payment_id: PaymentId) -> Any:
    """One payment."""
    return match_objects.payment(payment_of(request.auth.seller, payment_id=payment_id))


@section.write(
    "POST",
    "/allocations",
    scope="payments:write",
    answer=payment_answers.Allocation,
    status=201,
    summary="Allocate a payment to an invoice",
)
def create_allocation(request: ApiRequest, *, payload: NewAllocation) -> Any:
    """Without an amount, as much as both allow. A payer not known before becomes the invoice's
    buyer."""
    currency = payment_of(request.auth.seller, payment_id=payload.payment).currency
    made = settlement.allocate(
        request.auth.seller,
        payment_id=payload.payment,
        invoice_id=payload.invoice,
        amount=optional_units(payload.amount, currency=currency, pointer="#/amount"),
        at=request.at,
        by=request.auth.by,
    )
    return match_objects.allocation(made, currency=currency)


@section.write(
    "DELETE",
    "/allocations/{allocation_id}",
    scope="payments:write",
    answer=payment_answers.Allocation,
    summary="Take an allocation back",
)
def delete_allocation(request: ApiRequest, *, allocation_id: AllocationId) -> Any:
    """The money is unapplied and the invoice open again. Answers with the allocation that takes it
    back: history is added to, never removed."""
    back = settlement.release_allocation(
        request.auth.seller, allocation_id=allocation_id, at=request.at, by=request.auth.by
    )
    return match_objects.allocation(
        back, currency=payment_of(request.auth.seller, payment_id=back.payment_id).currency
    )
