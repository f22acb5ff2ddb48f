"""Invoices, their credit notes and write-offs."""

from __future__ import annotations

from typing import Any

from usance.flows import billing, corrections
from usance.flows.found import invoice_of
from usance.records.invoices import queries
from usance.web.api import answers, billing_answers
from usance.web.api import billing_objects as objects
from usance.web.api.billing_schemas import (
    NewCorrection,
    NewCreditNote,
    WriteOff,
    lines_to_credit,
)
from usance.web.api.line_schemas import charges_of, lines_of, optional_units
from usance.web.api.paging import USUAL, Cursor, PageLimit, page, whole
from usance.web.api.requests import ApiRequest, today
from usance.web.api.section import Section
from usance.web.api.values import BuyerId, ExternalId, InvoiceId, InvoiceState, OrderId

section = Section("Invoices")


@section.read(
    "/invoices",
    scope="invoices:read",
    answer=answers.Page[billing_answers.Invoice],
    summary="List invoices",
)
def list_invoices(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    buyer: BuyerId | None = None,
    order: OrderId | None = None,
    state: InvoiceState | None = None,
    overdue: bool = False,
    external_id: ExternalId | None = None,
) -> Any:
    """The newest first. ``overdue=true``: those open and past their due date."""
    on = today(request)
    found = queries.invoices(
        seller_id=request.auth.seller.id,
        buyer_id=buyer,
        order_id=order,
        state=state,
        external_id=external_id,
        overdue_on=on if overdue else None,
    )
    return page(
        found,
        kind="invoice",
        limit=limit,
        after=after,
        show=lambda invoice: objects.invoice(invoice, on=on),
    )


@section.read(
    "/invoices/{invoice_id}",
    scope="invoices:read",
    answer=billing_answers.Invoice,
    summary="Show an invoice",
)
def get_invoice(request: ApiRequest, *, invoice_id: InvoiceId) -> Any:
    """One invoice."""
    return objects.invoice(
        invoice_of(request.auth.seller, invoice_id=invoice_id), on=today(request)
    )


@section.write(
    "POST",
    "/invoices/{invoice_id}/credit-notes",
    scope="invoices:write",
    answer=billing_answers.CreditNote,
    status=201,
    summary="Credit an invoice",
)
def create_credit_note(
    request: ApiRequest,
    *,
    invoice_id: InvoiceId,
    payload: NewCreditNote = NewCreditNote(),  # noqa: B008 - frozen
) -> Any:
    """Take back part or all of an invoice, by an amount or by its lines. What had been paid of it
    becomes unapplied cash."""
    currency = invoice_of(request.auth.seller, invoice_id=invoice_id).currency
    note = billing.credit_invoice(
        request.auth.seller,
        invoice_id=invoice_id,
        amount=optional_units(payload.amount, currency=currency, pointer="#/amount"),
        lines=lines_to_credit(payload.lines, currency=currency),
        reason=payload.reason,
        external_id=payload.external_id,
        metadata=payload.metadata,
        at=request.at,
        by=request.auth.by,
    )
    return objects.credit_note(note)


@section.read(
    "/invoices/{invoice_id}/credit-notes",
    scope="invoices:read",
    answer=answers.Page[billing_answers.CreditNote],
    summary="List the credit notes of an invoice",
)
def list_credit_notes(request: ApiRequest, *, invoice_id: InvoiceId) -> Any:
    """All of them, the first first."""
    invoice = invoice_of(request.auth.seller, invoice_id=invoice_id)
    found = queries.credit_notes(seller_id=invoice.seller_id, invoice_id=invoice.id)
    return whole([objects.credit_note(note) for note in found])


@section.write(
    "POST",
    "/invoices/{invoice_id}/correct",
    scope="invoices:write",
    answer=billing_answers.Correction,
    status=201,
    summary="Correct an invoice",
)
def correct_invoice(
    request: ApiRequest,
    *,
    invoice_id: InvoiceId,
    payload: NewCorrection = NewCorrection(),  # noqa: B008 - frozen
) -> Any:
    """An issued invoice is never changed: it is credited in full, and a new one takes its place. What
    had been paid of it pays the new one."""
    currency = invoice_of(request.auth.seller, invoice_id=invoice_id).currency
    made = corrections.correct_invoice(
        request.auth.seller,
        invoice_id=invoice_id,
        lines=lines_of(payload.lines, currency=currency),
        charges=None
        if payload.allowances_charges is None
        else charges_of(payload.allowances_charges),
        reason=payload.reason,
        external_id=payload.external_id,
        metadata=payload.metadata,
        at=request.at,
        by=request.auth.by,
    )
    return {
        "object": "correction",
        "credit_note": objects.credit_note(made.credit_note),
        "invoice": objects.invoice(made.invoice, on=today(request)),
    }


@section.write(
    "POST",
    "/invoices/{invoice_id}/write-off",
    scope="invoices:write",
    answer=billing_answers.Invoice,
    summary="Write off an invoice",
)
def write_off_invoice(
    request: ApiRequest,
    *,
    invoice_id: InvoiceId,
    payload: WriteOff = WriteOff(),  # noqa: B008 - frozen
) -> Any:
    """Give up what is outstanding; it becomes a loss."""
    billing.write_off_invoice(
        request.auth.seller,
        invoice_id=invoice_id,
        reason=payload.reason,
        at=request.at,
        by=request.auth.by,
    )
    return objects.invoice(
        invoice_of(request.auth.seller, invoice_id=invoice_id), on=today(request)
    )
