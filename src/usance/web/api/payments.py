"""Money in: payments, what they pay, and bank files."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from pydantic import StringConstraints

from usance.flows import bank_statements, settlement
from usance.flows.refusals import NotFound
from usance.records.payments import queries
from usance.records.payments.models import Payment
from usance.web.api import answers, idempotency, objects
from usance.web.api.bank_files import DECLARED, read_file
from usance.web.api.line_schemas import optional_units
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest
from usance.web.api.schemas import NewAllocation, NewPayment
from usance.web.api.section import Section
from usance.web.api.values import (
    AllocationId,
    BankStatementId,
    BuyerId,
    ExternalId,
    PaymentId,
    PaymentState,
)

section = Section("Payments")

SETTLED_AT_ONCE = 10
"""Batches of bank lines settled before the answer; a job goes on with the rest."""


@section.write(
    "POST",
    "/payments",
    scope="payments:write",
    answer=answers.Payment,
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
    return objects.payment(payment)


@section.read(
    "/payments",
    scope="payments:read",
    answer=answers.Page[answers.Payment],
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
    return page(found, kind="payment", limit=limit, after=after, show=objects.payment)


@section.read(
    "/payments/{payment_id}",
    scope="payments:read",
    answer=answers.Payment,
    summary="Show a payment",
)
def get_payment(request: ApiRequest, *, payment_id: PaymentId) -> Any:
    """One payment."""
    return objects.payment(_payment(request, payment_id))


@section.write(
    "POST",
    "/allocations",
    scope="payments:write",
    answer=answers.Allocation,
    status=201,
    summary="Allocate a payment to an invoice",
)
def create_allocation(request: ApiRequest, *, payload: NewAllocation) -> Any:
    """Without an amount, as much as both allow. A payer not known before becomes the invoice's
    buyer."""
    currency = _payment(request, payload.payment).currency
    made = settlement.allocate(
        request.auth.seller,
        payment_id=payload.payment,
        invoice_id=payload.invoice,
        amount=optional_units(payload.amount, currency=currency, pointer="#/amount"),
        at=request.at,
        by=request.auth.by,
    )
    return objects.allocation(made, currency=currency)


@section.write(
    "DELETE",
    "/allocations/{allocation_id}",
    scope="payments:write",
    answer=answers.Allocation,
    summary="Take an allocation back",
)
def delete_allocation(request: ApiRequest, *, allocation_id: AllocationId) -> Any:
    """The money is unapplied and the invoice open again. Answers with the allocation that takes it
    back: history is added to, never removed."""
    back = settlement.release_allocation(
        request.auth.seller, allocation_id=allocation_id, at=request.at, by=request.auth.by
    )
    return objects.allocation(back, currency=_payment(request, back.payment_id).currency)


@section.write(
    "POST",
    "/bank-statements",
    scope="payments:write",
    answer=answers.BankStatement,
    status=201,
    summary="Send a bank file",
    once=False,
    json=False,
    extra={"requestBody": DECLARED},
)
def create_bank_statement(
    request: ApiRequest,
    *,
    file_name: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")] = "",
    account: Annotated[str, StringConstraints(max_length=64, pattern=r"^[^\x00]*$")] = "",
) -> HttpResponse:
    """Any file a bank gives (camt.053, CSV), as the body or as the part ``file`` of a form.

    Each line becomes a payment and pays what it names: by invoice number, else by amount and payer;
    what fits nothing stays unapplied. The same file twice changes nothing. ``account`` stands in
    where a table does not name its account.
    """
    seller = request.auth.seller
    name, data = read_file(request, most=settings.BANK_FILE_MAX_BYTES)

    def take() -> Any:
        kept, _ = bank_statements.take_statement(
            seller,
            data,
            at=request.at,
            by=request.auth.by,
            file_name=file_name or name,
            account=account or None,
        )
        return objects.bank_statement(kept)

    response = idempotency.answer(request, take, status=201, body=data)
    # In transactions of their own: a large file must not hold credit lines for its whole length.
    for _ in range(SETTLED_AT_ONCE):
        if not bank_statements.settle_batch(seller, at=request.at, by=request.auth.by).lines:
            break
    return response


@section.read(
    "/bank-transactions",
    scope="payments:read",
    answer=answers.Page[answers.BankTransaction],
    summary="List bank lines",
)
def list_bank_transactions(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    statement: BankStatementId | None = None,
) -> Any:
    """The newest first, each with the payment that was made of it."""
    found = queries.bank_transactions(seller_id=request.auth.seller.id, statement_id=statement)
    return page(
        found,
        kind="bank_transaction",
        limit=limit,
        after=after,
        show=objects.bank_transaction,
    )


def _payment(request: ApiRequest, payment_id: UUID) -> Payment:
    payment = queries.payment(seller_id=request.auth.seller.id, payment_id=payment_id)
    if payment is None:
        raise NotFound("There is no such payment.")
    return payment
