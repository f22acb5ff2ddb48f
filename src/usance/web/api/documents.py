"""Issued documents as files, their deliveries, and what comes back about them."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from django.http import HttpResponse
from pydantic import Field

from usance.flows import documents, statements
from usance.flows.deliveries import queueing, receipts
from usance.flows.documents import FormatUnavailable, Kind
from usance.flows.refusals import NotFound
from usance.records.deliveries import queries
from usance.records.deliveries.models import Delivery, KeptDocument, Receipt
from usance.records.events.documents import event_document
from usance.records.identity import public_id
from usance.web.api import answers, delivery_schemas, idempotency, objects
from usance.web.api.bank_files import DECLARED, read_file
from usance.web.api.delivery_schemas import (
    Channel,
    DeliveryState,
    DocumentFormat,
    DocumentLanguage,
    Resend,
    SendDocument,
    Source,
)
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.problems import Fault, Problem
from usance.web.api.requests import ApiRequest, today
from usance.web.api.section import Section
from usance.web.api.values import (
    BuyerId,
    CreditNoteId,
    Currency,
    Day,
    DeliveryId,
    FileName,
    InvoiceId,
)
from usance.web.files import file_response

section = Section("Documents")

MEDIA_TYPES: Final = ("application/pdf", "application/xml", "application/json")
_Format = Annotated[DocumentFormat, Field(description="`facturx` is a PDF that carries its XML.")]
_Language = Annotated[
    DocumentLanguage | None, Field(description="Of what people read; the buyer's if left out.")
]


@section.file(
    "/invoices/{invoice_id}/document",
    scope="invoices:read",
    media_types=MEDIA_TYPES,
    summary="Get an invoice as a file",
)
def get_invoice_document(
    request: ApiRequest,
    *,
    invoice_id: InvoiceId,
    format: _Format = "pdf",  # noqa: A002 - the name of the parameter
    language: _Language = None,
) -> HttpResponse:
    """What was sent is what is given; a format that nobody had asked for is written and kept.

    409 for a draft, 422 with what is missing where the document cannot be written in the format.
    """
    return _file(request, "invoice", invoice_id, format_=format, language=language)


@section.file(
    "/buyers/{buyer_id}/statement/document",
    scope="invoices:read",
    media_types=("application/pdf", "text/csv"),
    summary="Get a statement of account as a file",
)
def get_statement_document(
    request: ApiRequest,
    *,
    buyer_id: BuyerId,
    currency: Currency,
    on: Day | None = None,
    since: Day | None = None,
    language: _Language = None,
    format: Literal["pdf", "csv"] = "pdf",  # noqa: A002
) -> HttpResponse:
    """What moved from ``since`` (30 days before) to ``on`` (today), and what was open at its end. The
    table (``csv``) is the same in every language."""
    day = on or today(request)
    asked: dict[str, Any] = {
        "buyer_id": buyer_id,
        "currency": currency,
        "on": day,
        "since": since,
        "today": today(request),
        "at": request.at,
    }
    seller = request.auth.seller
    if format == "csv":
        content, media_type = statements.statement_csv(seller, **asked), "text/csv; charset=utf-8"
    else:
        content = statements.statement_pdf(seller, **asked, language=language or "")
        media_type = "application/pdf"
    return file_response(
        content, media_type=media_type, file_name=f"statement-{currency}-{day}.{format}"
    )


@section.file(
    "/credit-notes/{credit_note_id}/document",
    scope="invoices:read",
    media_types=MEDIA_TYPES,
    summary="Get a credit note as a file",
)
def get_credit_note_document(
    request: ApiRequest,
    *,
    credit_note_id: CreditNoteId,
    format: _Format = "pdf",  # noqa: A002
    language: _Language = None,
) -> HttpResponse:
    """Like that of an invoice."""
    return _file(request, "credit_note", credit_note_id, format_=format, language=language)


@section.write(
    "POST",
    "/invoices/{invoice_id}/send",
    scope="invoices:write",
    answer=delivery_schemas.Deliveries,
    status=202,
    summary="Send an invoice",
)
def send_invoice(
    request: ApiRequest,
    *,
    invoice_id: InvoiceId,
    payload: SendDocument = SendDocument(),  # noqa: B008 - frozen
) -> Any:
    """Over every channel of the buyer's billing profile, or over one; by e-mail also to an address of
    your choice. What becomes of each shows under its deliveries. Networks that have it are left out,
    and so is what still waits; 409 where nothing is left, or where the channel named is one of these."""
    return _send(request, "invoice", invoice_id, payload)


@section.write(
    "POST",
    "/credit-notes/{credit_note_id}/send",
    scope="invoices:write",
    answer=delivery_schemas.Deliveries,
    status=202,
    summary="Send a credit note",
)
def send_credit_note(
    request: ApiRequest,
    *,
    credit_note_id: CreditNoteId,
    payload: SendDocument = SendDocument(),  # noqa: B008 - frozen
) -> Any:
    """Like an invoice."""
    return _send(request, "credit_note", credit_note_id, payload)


@section.read(
    "/invoices/{invoice_id}/deliveries",
    scope="invoices:read",
    answer=delivery_schemas.Stories,
    summary="List an invoice's deliveries",
)
def list_invoice_deliveries(request: ApiRequest, *, invoice_id: InvoiceId) -> Any:
    """The newest first, each with everything that happened to it."""
    return _stories(request, "invoice", invoice_id)


@section.read(
    "/credit-notes/{credit_note_id}/deliveries",
    scope="invoices:read",
    answer=delivery_schemas.Stories,
    summary="List a credit note's deliveries",
)
def list_credit_note_deliveries(request: ApiRequest, *, credit_note_id: CreditNoteId) -> Any:
    """Like those of an invoice."""
    return _stories(request, "credit_note", credit_note_id)


@section.read(
    "/deliveries",
    scope="invoices:read",
    answer=answers.Page[delivery_schemas.DeliveryShown],
    summary="List deliveries",
)
def list_deliveries(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    buyer: BuyerId | None = None,
    state: DeliveryState | None = None,
    channel: Channel | None = None,
) -> Any:
    """The newest first. ``state=failed``, ``bounced`` or ``rejected``: what somebody has to look at."""
    found = queries.deliveries(
        seller_id=request.auth.seller.id, buyer_id=buyer, state=state, channel=channel
    )
    return page(found, kind="delivery", limit=limit, after=after, show=_shown)


@section.read(
    "/deliveries/{delivery_id}",
    scope="invoices:read",
    answer=delivery_schemas.DeliveryShown,
    summary="Show a delivery",
)
def get_delivery(request: ApiRequest, *, delivery_id: DeliveryId) -> Any:
    """One delivery."""
    found = queries.delivery(seller_id=request.auth.seller.id, delivery_id=delivery_id)
    if found is None:
        raise NotFound("There is no such delivery.")
    return _shown(found)


@section.write(
    "POST",
    "/deliveries/{delivery_id}/resend",
    scope="invoices:write",
    answer=delivery_schemas.DeliveryShown,
    status=202,
    summary="Send once more",
)
def resend_delivery(
    request: ApiRequest,
    *,
    delivery_id: DeliveryId,
    payload: Resend = Resend(),  # noqa: B008 - frozen
) -> Any:
    """Over the same channel, as a new delivery that names this one as ``previous``. A network that has
    the document is not given it again (409)."""
    made = queueing.resend(
        request.auth.seller,
        delivery_id=delivery_id,
        recipient=payload.recipient,
        at=request.at,
        by=request.auth.by,
    )
    return _shown(made)


@section.write(
    "POST",
    "/receipts",
    scope="invoices:write",
    answer=delivery_schemas.ReceiptShown,
    status=201,
    summary="Hand in what came back",
    once=False,
    json=False,
    extra={"requestBody": DECLARED},
)
def create_receipt(
    request: ApiRequest, *, source: Source, file_name: FileName = ""
) -> HttpResponse:
    """A returned e-mail as the whole message (``email``), a notification of SdI (``sdi``), a webhook
    of Storecove (``storecove``): as the body or as the part ``file`` of a form.

    It is kept as it came, and its news put to the delivery it is about. The same twice changes
    nothing. ``problem`` says why one could not be read or is about nothing of yours.
    """
    name, data = read_file(request, most=receipts.LARGEST_RECEIPT)

    def take() -> Any:
        kept = receipts.take_receipt(
            request.auth.seller,
            source=source,
            content=data,
            file_name=file_name or name,
            at=request.at,
        )
        return _receipt(kept)

    return idempotency.answer(request, take, status=201, body=data)


def _file(
    request: ApiRequest, kind: Kind, subject_id: UUID, *, format_: str, language: str | None
) -> HttpResponse:
    seller = request.auth.seller
    try:
        kept = documents.document_of(
            seller,
            kind=kind,
            subject_id=subject_id,
            format_=format_,
            language=language or "",
            at=request.at,
        )
    except FormatUnavailable as error:
        raise Problem(
            str(error),
            status=422,
            code=error.code,
            errors=[
                Fault("format", "missing_term", one.detail, source="query") for one in error.missing
            ],
        ) from None
    queueing.opened(
        seller,
        kind=kind,
        subject_id=subject_id,
        channel="download",
        at=request.at,
        by=request.auth.by,
    )
    return _response(kept)


def _response(kept: KeptDocument) -> HttpResponse:
    response = HttpResponse(queries.content_of(kept), content_type=kept.media_type)
    response["Content-Disposition"] = f'attachment; filename="{kept.file_name}"'
    response["ETag"] = f'"{bytes(kept.digest).hex()}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _send(request: ApiRequest, kind: Kind, subject_id: UUID, payload: SendDocument) -> Any:
    made = queueing.send(
        request.auth.seller,
        kind=kind,
        subject_id=subject_id,
        channel=payload.channel or "",
        recipient=payload.recipient,
        at=request.at,
        by=request.auth.by,
    )
    return {"data": [_shown(one) for one in made]}


def _stories(request: ApiRequest, kind: Kind, subject_id: UUID) -> Any:
    seller = request.auth.seller
    documents.require_subject(seller, kind=kind, subject_id=subject_id)
    return {
        "data": [
            _shown(story.delivery) | {"history": [event_document(one) for one in story.events]}
            for story in queries.stories(seller_id=seller.id, subject_id=subject_id)
        ]
    }


def _shown(it: Delivery) -> dict[str, Any]:
    return objects.head("delivery", it.id, it.created_at) | {
        "buyer": public_id("buyer", it.buyer_id),
        "kind": it.kind,
        "document": public_id(it.kind, it.subject_id),
        "number": it.number,
        "channel": it.channel,
        "recipient": it.recipient,
        "formats": it.formats,
        "language": it.language,
        "state": it.state,
        "cause": it.cause,
        "author": it.author,
        "previous": public_id("delivery", it.previous_id) if it.previous_id else None,
        "attempts": it.attempts,
        "next_attempt_at": it.due_at,
        "reference": it.reference,
        "reason_code": it.reason_code,
        "reason": it.reason,
        "sent_at": it.sent_at,
        "delivered_at": it.delivered_at,
        "opened_at": it.opened_at,
        "ended_at": it.ended_at,
    }


def _receipt(it: Receipt) -> dict[str, Any]:
    return objects.head("receipt", it.id, it.created_at) | {
        "source": it.source,
        "file_name": it.file_name,
        "sha256": bytes(it.digest).hex(),
        "delivery": public_id("delivery", it.delivery_id) if it.delivery_id else None,
        "code": it.code,
        "problem": it.problem,
    }
