"""What India's portal answered about an invoice or credit note, handed in and shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from django.http import HttpResponse
from pydantic import Field

from usance.flows import documents
from usance.flows.deliveries import registrations
from usance.flows.documents import Kind
from usance.flows.refusals import NotFound
from usance.records.deliveries import queries
from usance.records.deliveries.models import Registration
from usance.records.identity import public_id
from usance.web.api import answers, idempotency, objects
from usance.web.api.bank_files import read_file
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import CreditNoteId, InvoiceId, PublicId

section = Section("Documents")

RegistrationId = Annotated[UUID, PublicId("registration")]
_BODY: Final[dict[str, Any]] = {
    "required": True,
    "content": {
        "application/json": {"schema": {"type": "object"}},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}},
                "required": ["file"],
            }
        },
    },
}


class RegistrationShown(answers.Shown):
    """The number that the portal gave to a document, and its receipt."""

    id: RegistrationId
    object: Literal["registration"]
    created_at: datetime
    kind: Literal["invoice", "credit_note"]
    document: InvoiceId | CreditNoteId
    state: Literal["registered", "cancelled"]
    irn: str
    acknowledgement: str = Field(description="The portal's AckNo.")
    acknowledged_at: datetime
    signed_qr: str = Field(description="What the printed code bears, letter for letter.")
    verified: bool = Field(description="Whether the portal's signature was checked.")
    cancelled_at: datetime | None


@section.write(
    "PUT",
    "/invoices/{invoice_id}/registration",
    scope="invoices:write",
    answer=RegistrationShown,
    summary="Hand in the portal's registration of an invoice",
    once=False,
    json=False,
    extra={"requestBody": _BODY},
)
def put_invoice_registration(request: ApiRequest, *, invoice_id: InvoiceId) -> HttpResponse:
    """The answer of India's portal (IRP) as it came, with `Irn`, `AckNo`, `AckDt` and `SignedQRCode`, bare
    or within its envelope. PDFs bear its code from then on, and what waits for it is sent.

    The same again changes nothing. 422 `registration_differs` where it is about another document, 409
    `already_registered` where the invoice has another number.
    """
    return _put(request, "invoice", invoice_id)


@section.write(
    "PUT",
    "/credit-notes/{credit_note_id}/registration",
    scope="invoices:write",
    answer=RegistrationShown,
    summary="Hand in the portal's registration of a credit note",
    once=False,
    json=False,
    extra={"requestBody": _BODY},
)
def put_credit_note_registration(
    request: ApiRequest, *, credit_note_id: CreditNoteId
) -> HttpResponse:
    """Like that of an invoice."""
    return _put(request, "credit_note", credit_note_id)


@section.read(
    "/invoices/{invoice_id}/registration",
    scope="invoices:read",
    answer=RegistrationShown,
    summary="Show an invoice's registration",
)
def get_invoice_registration(request: ApiRequest, *, invoice_id: InvoiceId) -> Any:
    """404 as long as nobody has handed one in."""
    return _get(request, "invoice", invoice_id)


@section.read(
    "/credit-notes/{credit_note_id}/registration",
    scope="invoices:read",
    answer=RegistrationShown,
    summary="Show a credit note's registration",
)
def get_credit_note_registration(request: ApiRequest, *, credit_note_id: CreditNoteId) -> Any:
    """Like that of an invoice."""
    return _get(request, "credit_note", credit_note_id)


@section.write(
    "POST",
    "/invoices/{invoice_id}/registration/cancel",
    scope="invoices:write",
    answer=RegistrationShown,
    summary="Record that an invoice's registration was cancelled",
    once=False,
    json=False,
    extra={"requestBody": _BODY},
)
def cancel_invoice_registration(request: ApiRequest, *, invoice_id: InvoiceId) -> HttpResponse:
    """The portal's answer to the cancellation, with `Irn` and `CancelDate`, within 24 hours of the
    acknowledgement. What is queued is not sent any more; credit the invoice as well."""
    return _cancel(request, "invoice", invoice_id)


@section.write(
    "POST",
    "/credit-notes/{credit_note_id}/registration/cancel",
    scope="invoices:write",
    answer=RegistrationShown,
    summary="Record that a credit note's registration was cancelled",
    once=False,
    json=False,
    extra={"requestBody": _BODY},
)
def cancel_credit_note_registration(
    request: ApiRequest, *, credit_note_id: CreditNoteId
) -> HttpResponse:
    """Like that of an invoice."""
    return _cancel(request, "credit_note", credit_note_id)


def _put(request: ApiRequest, kind: Kind, subject_id: UUID) -> HttpResponse:
    _, data = read_file(request, most=registrations.LARGEST_ANSWER)

    def take() -> Any:
        kept = registrations.register(
            request.auth.seller,
            kind=kind,
            subject_id=subject_id,
            content=data,
            at=request.at,
            by=request.auth.by,
        )
        return _shown(kept)

    return idempotency.answer(request, take, status=200, body=data)


def _cancel(request: ApiRequest, kind: Kind, subject_id: UUID) -> HttpResponse:
    _, data = read_file(request, most=registrations.LARGEST_ANSWER)

    def take() -> Any:
        kept = registrations.cancel(
            request.auth.seller,
            kind=kind,
            subject_id=subject_id,
            content=data,
            at=request.at,
            by=request.auth.by,
        )
        return _shown(kept)

    return idempotency.answer(request, take, status=200, body=data)


def _get(request: ApiRequest, kind: Kind, subject_id: UUID) -> Any:
    seller = request.auth.seller
    documents.require_subject(seller, kind=kind, subject_id=subject_id)
    found = queries.registration_of(seller_id=seller.id, subject_id=subject_id)
    if found is None:
        raise NotFound("It is not registered; hand in the portal's answer first.")
    return _shown(found)


def _shown(it: Registration) -> dict[str, Any]:
    return objects.head("registration", it.id, it.created_at) | {
        "kind": it.kind,
        "document": public_id(it.kind, it.subject_id),
        "state": it.state,
        "irn": it.irn,
        "acknowledgement": it.acknowledgement,
        "acknowledged_at": it.acknowledged_at,
        "signed_qr": it.signed_qr,
        "verified": it.verified,
        "cancelled_at": it.cancelled_at,
    }
