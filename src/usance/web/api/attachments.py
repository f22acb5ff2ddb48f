"""Files and links that go with an invoice: attached to its order or shipment before it is billed."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Annotated, Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from pydantic import Field, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from usance.flows import attachments as flow
from usance.flows.attachments import Offered
from usance.flows.found import invoice_of
from usance.flows.refusals import NotFound
from usance.records.identity import public_id
from usance.records.orders import attachments as kept
from usance.records.orders import queries
from usance.records.orders.models import Attachment
from usance.rules.attachments import LARGEST_ATTACHMENT, MEDIA_TYPES
from usance.web.api import answers, idempotency
from usance.web.api.faults import faults_of
from usance.web.api.objects import Document, described, optional_id
from usance.web.api.paging import whole
from usance.web.api.problems import (
    Fault,
    InvalidRequest,
    MalformedJson,
    Problem,
    TooLarge,
    WrongMediaType,
)
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import (
    NO_NUL,
    AttachmentId,
    ExternalId,
    InvoiceId,
    Metadata,
    OrderId,
    ShipmentId,
    Value,
)
from usance.web.files import file_response

section = Section("Attachments")

LARGEST_BODY: Final = LARGEST_ATTACHMENT * 4 // 3 + 64 * 1024
"""Bytes: a file in base64, and what is said of it."""
Text = Annotated[str, StringConstraints(max_length=100, pattern=NO_NUL)]


class NewAttachment(Value):
    """A file or a link to one. What a file is, is told by its content."""

    content: Annotated[str, StringConstraints(max_length=LARGEST_ATTACHMENT * 4 // 3 + 4)] = Field(
        default="",
        description="The file in base64: PDF, PNG, JPEG, CSV, XLSX or ODS, 5 MiB at most.",
    )
    file_name: Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)] = ""
    url: Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)] = Field(
        default="", description="In place of a file: where it is, with https."
    )
    reference: Text = Field(
        default="", description="Its number or title; empty: the name of the file, or the link."
    )
    description: Text = ""
    external_id: ExternalId | None = None
    metadata: Metadata = {}


_NEW: Final = TypeAdapter(NewAttachment)
_PARTS: Final = ("file_name", "url", "reference", "description", "external_id")


def _schema() -> dict[str, Any]:
    """The JSON body as the document has it, without references that lead out of it."""
    found = NewAttachment.model_json_schema()
    found.pop("$defs", None)
    found["properties"]["metadata"]["additionalProperties"] = True
    return found


_DECLARED: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": _schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        **{name: {"type": "string"} for name in _PARTS},
                    },
                }
            },
        },
    }
}


@section.write(
    "POST",
    "/orders/{order_id}/attachments",
    scope="orders:write",
    answer=answers.Attachment,
    status=201,
    summary="Attach to an order",
    once=False,
    json=False,
    extra=_DECLARED,
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
    extra=_DECLARED,
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
    """What is handed in, and what tells it from another request under the same key.

    Raises TooLarge, WrongMediaType, MalformedJson or InvalidRequest.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if int(length if length.isascii() and length.isdigit() else "0") > LARGEST_BODY:
        raise TooLarge(LARGEST_BODY)
    if request.content_type == "multipart/form-data":
        said, content = _from_form(request)
    elif request.content_type == "application/json":
        body = request.read(LARGEST_BODY + 1)  # not request.body: its limit is that of other JSON
        if len(body) > LARGEST_BODY:
            raise TooLarge(LARGEST_BODY)
        try:
            said, content = from_json(body, allow_inf_nan=False), None
        except ValueError as error:
            raise MalformedJson(f"The body is not JSON: {error}.") from None
    else:
        raise WrongMediaType
    try:
        new = _NEW.validate_python(said)
    except ValidationError as error:
        raise InvalidRequest(
            faults_of(error.errors(include_url=False, include_context=False))
        ) from None
    if content is None:
        content = _decoded(new.content)
    elif len(content) > LARGEST_ATTACHMENT:
        raise TooLarge(LARGEST_ATTACHMENT)
    offered = Offered(
        content=content,
        location=new.url,
        **new.model_dump(exclude={"content", "url"}),
    )
    known = to_json(new.model_dump(exclude={"content"}))
    return offered, known + hashlib.sha256(content).digest()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        fault = Fault("#/content", "not_base64", "must be the file in base64 (RFC 4648, section 4)")
        raise InvalidRequest([fault]) from None


def _from_form(request: HttpRequest) -> tuple[dict[str, Any], bytes]:
    try:
        file = request.FILES.get("file")
        said: dict[str, Any] = {name: request.POST[name] for name in _PARTS if name in request.POST}
    except MultiPartParserError:
        raise Problem("The form cannot be read; send its parts as multipart/form-data.") from None
    if file is not None and not said.get("file_name"):
        said["file_name"] = (file.name or "").replace("\0", "")[:200]
    return said, file.read(LARGEST_ATTACHMENT + 1) if file is not None else b""
