"""Files and links that go with an invoice: attached to its order or shipment before it is billed."""

from __future__ import annotations

from typing import Annotated, Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from pydantic import Field, StringConstraints

from usance.flows import attachments as flow
from usance.flows.attachments import Offered
from usance.flows.found import invoice_of
from usance.flows.refusals import NotFound
from usance.records.identity import public_id
from usance.records.orders import attachments as kept
from usance.records.orders import queries
from usance.records.orders.models import Attachment
from usance.rules.attachments import MEDIA_TYPES
from usance.web.api import answers, idempotency
from usance.web.api.objects import Document, described, optional_id
from usance.web.api.paging import whole
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.uploads import Upload, Uploaded
from usance.web.api.values import (
    NO_NUL,
    AttachmentId,
    ExternalId,
    InvoiceId,
    Metadata,
    OrderId,
    ShipmentId,
)
from usance.web.files import file_response

section = Section("Attachments")

Text = Annotated[str, StringConstraints(max_length=100, pattern=NO_NUL)]


class NewAttachment(Uploaded):
    """A file or a link to one. What a file is, is told by its content."""

    url: Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)] = Field(
        default="", description="In place of a file: where it is, with https."
    )
    reference: Text = Field(
        default="", description="Its number or title; empty: the name of the file, or the link."
    )
    description: Text = ""
    external_id: ExternalId | None = None
    metadata: Metadata = {}


_PARTS: Final = ("file_name", "url", "reference", "description", "external_id")
_UPLOAD: Final = Upload(NewAttachment, parts=_PARTS)


@section.write(
    "POST",
    "/orders/{order_id}/attachments",
    scope="orders:write",
    answer=answers.Attachment,
    status=201,
    summary="Attach to an order",
    once=False,
    json=False,
    extra=_UPLOAD.declared,
)
def attach_to_order(request: ApiRequest, *, order_id: OrderId) -> HttpResponse:
    """A file or link that goes with the next invoice that bills the order, as JSON or as a form with
    the part ``file``. The same file again is the one that is there already."""
    offered, body = _read(request)

    def attach() -> Any:
        return shown(
            flow.attach_to_order(
                request.auth.seller,
                order_id=order_id,
                offered=offered,
                at=request.at,
                by=request.auth.by,
            )
        )

    return idempotency.answer(request, attach, status=201, body=body)


@section.write(
    "POST",
    "/shipments/{shipment_id}/attachments",
    scope="invoices:write",
    answer=answers.Attachment,
    status=201,
    summary="Attach to a shipment",
    once=False,
    json=False,
    extra=_UPLOAD.declared,
)
def attach_to_shipment(request: ApiRequest, *, shipment_id: ShipmentId) -> HttpResponse:
    """A delivery note, a timesheet, a proof of delivery: it goes with the invoice that bills the
    shipment. Sent like one of an order."""
    offered, body = _read(request)

    def attach() -> Any:
        return shown(
            flow.attach_to_shipment(
                request.auth.seller,
                shipment_id=shipment_id,
                offered=offered,
                at=request.at,
                by=request.auth.by,
            )
        )

    return idempotency.answer(request, attach, status=201, body=body)


@section.read(
    "/orders/{order_id}/attachments",
    scope="orders:read",
    answer=answers.Page[answers.Attachment],
    summary="List the attachments of an order",
)
def list_attachments_of_order(request: ApiRequest, *, order_id: OrderId) -> Any:
    """Its own and its shipments', the first first."""
    seller_id = request.auth.seller.id
    if queries.order(seller_id=seller_id, order_id=order_id) is None:
        raise NotFound("There is no such order.")
    found = kept.attachments(seller_id=seller_id, order_id=order_id)
    return whole([shown(one) for one in found])


@section.read(
    "/shipments/{shipment_id}/attachments",
    scope="invoices:read",
    answer=answers.Page[answers.Attachment],
    summary="List the attachments of a shipment",
)
def list_attachments_of_shipment(request: ApiRequest, *, shipment_id: ShipmentId) -> Any:
    """Its own, the first first."""
    seller_id = request.auth.seller.id
    if queries.shipment(seller_id=seller_id, shipment_id=shipment_id) is None:
        raise NotFound("There is no such shipment.")
    found = kept.attachments(seller_id=seller_id, shipment_id=shipment_id)
    return whole([shown(one) for one in found])


@section.read(
    "/invoices/{invoice_id}/attachments",
    scope="invoices:read",
    answer=answers.Page[answers.Attachment],
    summary="List the attachments of an invoice",
)
def list_attachments_of_invoice(request: ApiRequest, *, invoice_id: InvoiceId) -> Any:
    """What its document carries or names."""
    invoice = invoice_of(request.auth.seller, invoice_id=invoice_id)
    return whole([shown(one) for one in flow.of_invoice(invoice)])


@section.file(
    "/attachments/{attachment_id}/file",
    scope="invoices:read",
    media_types=tuple(MEDIA_TYPES),
    summary="Fetch an attached file",
)
def get_attached_file(request: ApiRequest, *, attachment_id: AttachmentId) -> HttpResponse:
    """The file as it was sent. A link has none."""
    found = _found(request, attachment_id)
    if found.digest is None:
        raise NotFound(f"It is a link; the file is at {found.location}.")
    return file_response(
        kept.content_of(found), media_type=found.media_type, file_name=found.file_name
    )


@section.write(
    "DELETE",
    "/attachments/{attachment_id}",
    scope="orders:write",
    answer=answers.Attachment,
    summary="Remove an attachment",
)
def remove_attachment(request: ApiRequest, *, attachment_id: AttachmentId) -> Any:
    """As long as no invoice carries it."""
    found = shown(_found(request, attachment_id))
    flow.remove_attachment(
        request.auth.seller, attachment_id=attachment_id, at=request.at, by=request.auth.by
    )
    return found


def shown(record: Attachment) -> Document:
    """An attachment as the world sees it; its file is fetched by itself."""
    return described("attachment", record) | {
        "order": public_id("order", record.order_id),
        "shipment": optional_id("shipment", record.shipment_id),
        "invoice": optional_id("invoice", record.invoice_id),
        "reference": record.reference,
        "description": record.description,
        "url": record.location,
        "file_name": record.file_name,
        "media_type": record.media_type,
        "size": record.size,
        "sha256": bytes(record.digest).hex() if record.digest is not None else "",
    }


def _found(request: ApiRequest, attachment_id: UUID) -> Attachment:
    found = kept.attachment(seller_id=request.auth.seller.id, attachment_id=attachment_id)
    if found is None:
        raise NotFound("There is no such attachment.")
    return found


def _read(request: HttpRequest) -> tuple[Offered, bytes]:
    """What is handed in, and what tells it from another request under the same key. Raises what
    :meth:`Upload.read` does."""
    new, files, known = _UPLOAD.read(request)
    offered = Offered(
        content=files[0][1] if files else b"",
        location=new.url,
        **new.model_dump(exclude={"content", "url"}),
    )
    return offered, known
