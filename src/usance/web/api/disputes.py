"""Disputes about invoices, and write-offs that take a second person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from usance.flows import billing, disputes, write_offs
from usance.flows.found import invoice_of
from usance.flows.refusals import NotFound
from usance.records.collections import dispute_queries
from usance.records.collections.models import (
    Dispute,
    DisputeFile,
    DisputeRemark,
    WriteOffRequest,
)
from usance.records.identity import public_id
from usance.web.api import answers, billing_answers, billing_objects, objects
from usance.web.api.billing_schemas import WriteOff, lines_to_credit
from usance.web.api.dispute_shapes import (
    DisputeId,
    DisputeShown,
    DisputeState,
    NewDispute,
    Resolution,
    Words,
    shown,
)
from usance.web.api.line_schemas import optional_units
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest, today
from usance.web.api.section import Section
from usance.web.api.values import (
    BuyerId,
    Day,
    InvoiceId,
    Money,
    PositiveMoney,
    PublicId,
    ShortText,
    Value,
)

section = Section("Disputes and write-offs")

WriteOffRequestId = Annotated[UUID, PublicId("write_off_request")]
WriteOffState = Literal["open", "approved", "declined", "withdrawn"]


class Recovery(Value):
    """How much of what was written off is owed again (null: all of it)."""

    amount: PositiveMoney | None = None
    reason: ShortText = ""


class AnswerWriteOff(Value):
    """A word about it."""

    words: Words = ""


class WriteOffRequestShown(answers.Shown):
    """A write-off that a second person has to agree to. Where a key has asked two agree, and
    ``seconded_by`` is the first of them."""

    id: WriteOffRequestId
    object: Literal["write_off_request"]
    created_at: datetime
    invoice: InvoiceId
    buyer: BuyerId
    state: WriteOffState
    amount: Money
    reason: str
    asked_by: str
    seconded_by: str
    seconded_at: datetime | None
    answered_by: str
    answered_at: datetime | None
    answer: str


@section.write(
    "POST",
    "/invoices/{invoice_id}/dispute",
    scope="invoices:write",
    answer=DisputeShown,
    status=201,
    summary="Dispute an invoice",
)
def dispute_invoice(request: ApiRequest, *, invoice_id: InvoiceId, payload: NewDispute) -> Any:
    """The amount stays outstanding, and is shown apart until the dispute ends. Until then nothing is
    sent to the buyer to claim the invoice."""
    fields = payload.model_dump(exclude={"amount", "lines"})
    currency = invoice_of(request.auth.seller, invoice_id=invoice_id).currency
    made = disputes.open_dispute(
        request.auth.seller,
        invoice_id=invoice_id,
        amount=optional_units(payload.amount, currency=currency, pointer="#/amount"),
        lines=lines_to_credit(payload.lines, currency=currency),
        at=request.at,
        by=request.auth.by,
        **fields,
    )
    return shown(made)


@section.read(
    "/disputes",
    scope="invoices:read",
    answer=answers.Page[DisputeShown],
    summary="List disputes",
)
def list_disputes(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    state: DisputeState | None = None,
    buyer: BuyerId | None = None,
    invoice: InvoiceId | None = None,
    answer_until: Day | None = None,
) -> Any:
    """The newest first. `answer_until` names those to be answered by that day at the latest."""
    found = dispute_queries.disputes(
        seller_id=request.auth.seller.id,
        state=state,
        buyer_id=buyer,
        invoice_id=invoice,
        answer_until=answer_until,
    )
    said: dict[UUID, list[DisputeRemark]] = {}
    files: dict[UUID, list[DisputeFile]] = {}

    def read(rows: Sequence[Dispute]) -> None:
        said.update(dispute_queries.remarks_of(rows))
        files.update(dispute_queries.files_of(rows))

    return page(
        found,
        kind="dispute",
        limit=limit,
        after=after,
        show=lambda one: shown(one, said.get(one.id, ()), files.get(one.id, ())),
        read=read,
    )


@section.read(
    "/disputes/{dispute_id}",
    scope="invoices:read",
    answer=DisputeShown,
    summary="Show a dispute",
)
def get_dispute(request: ApiRequest, *, dispute_id: DisputeId) -> Any:
    """One dispute, what was said about it, and what was handed in."""
    return dispute_shown(request, dispute_id)


@section.write(
    "POST",
    "/disputes/{dispute_id}/resolve",
    scope="invoices:write",
    answer=DisputeShown,
    summary="Resolve a dispute",
)
def resolve_dispute(request: ApiRequest, *, dispute_id: DisputeId, payload: Resolution) -> Any:
    """With a credit note, with a no, or as withdrawn by the buyer."""
    seller = request.auth.seller
    act: dict[str, Any] = {"words": payload.words, "at": request.at, "by": request.auth.by}
    if payload.outcome == "credit":
        currency = _one(request, dispute_id).currency
        amount = optional_units(payload.amount, currency=currency, pointer="#/amount")
        lines = lines_to_credit(payload.lines, currency=currency)
        disputes.resolve_by_credit(seller, dispute_id=dispute_id, amount=amount, lines=lines, **act)
    elif payload.outcome == "rejected":
        disputes.reject(seller, dispute_id=dispute_id, **act)
    else:
        disputes.withdraw(seller, dispute_id=dispute_id, **act)
    return dispute_shown(request, dispute_id)


@section.write(
    "POST",
    "/invoices/{invoice_id}/write-off-requests",
    scope="invoices:write",
    answer=WriteOffRequestShown,
    status=201,
    summary="Ask a second person to write off an invoice",
)
def ask_write_off(
    request: ApiRequest,
    *,
    invoice_id: InvoiceId,
    payload: WriteOff = WriteOff(),  # noqa: B008 - frozen
) -> Any:
    """For what your rules let nobody write off alone; what they do is written off at once, which is
    refused here: use `POST /v1/invoices/{invoice_id}/write-off`.

    Only people agree, in the back office; no key can. Since whoever holds the key may be one of them,
    what a key has asked for waits for two."""
    made = write_offs.request_write_off(
        request.auth.seller,
        invoice_id=invoice_id,
        reason=payload.reason,
        at=request.at,
        by=request.auth.by,
    )
    return _asked(made)


@section.read(
    "/write-off-requests",
    scope="invoices:read",
    answer=answers.Page[WriteOffRequestShown],
    summary="List write-off requests",
)
def list_write_off_requests(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    state: WriteOffState | None = None,
) -> Any:
    """The newest first."""
    found = dispute_queries.write_off_requests(seller_id=request.auth.seller.id, state=state)
    return page(found, kind="write_off_request", limit=limit, after=after, show=_asked)


@section.write(
    "POST",
    "/write-off-requests/{request_id}/decline",
    scope="invoices:write",
    answer=WriteOffRequestShown,
    summary="Decline a write-off",
)
def decline_write_off(
    request: ApiRequest,
    *,
    request_id: WriteOffRequestId,
    payload: AnswerWriteOff = AnswerWriteOff(),  # noqa: B008 - frozen
) -> Any:
    """It stays owed. Who asked takes it back so."""
    made = write_offs.decline_write_off(
        request.auth.seller,
        request_id=request_id,
        words=payload.words,
        at=request.at,
        by=request.auth.by,
    )
    return _asked(made)


@section.write(
    "POST",
    "/invoices/{invoice_id}/recover-write-off",
    scope="invoices:write",
    answer=billing_answers.Invoice,
    summary="Claim again what was written off",
)
def recover_write_off(
    request: ApiRequest,
    *,
    invoice_id: InvoiceId,
    payload: Recovery = Recovery(),  # noqa: B008 - frozen
) -> Any:
    """It is owed as before. Money that is allocated to the invoice recovers as much by itself."""
    currency = invoice_of(request.auth.seller, invoice_id=invoice_id).currency
    billing.recover_write_off(
        request.auth.seller,
        invoice_id=invoice_id,
        amount=optional_units(payload.amount, currency=currency, pointer="#/amount"),
        reason=payload.reason,
        at=request.at,
        by=request.auth.by,
    )
    return billing_objects.invoice(
        invoice_of(request.auth.seller, invoice_id=invoice_id), on=today(request)
    )


def _one(request: ApiRequest, dispute_id: UUID) -> Dispute:
    found = dispute_queries.dispute(seller_id=request.auth.seller.id, dispute_id=dispute_id)
    if found is None:
        raise NotFound("There is no such dispute.")
    return found


def dispute_shown(request: ApiRequest, dispute_id: UUID) -> dict[str, Any]:
    """One dispute and what was said and handed in about it. Raises NotFound."""
    found = _one(request, dispute_id)
    said, files = dispute_queries.remarks_of([found]), dispute_queries.files_of([found])
    return shown(found, said[found.id], files[found.id])


def _asked(it: WriteOffRequest) -> dict[str, Any]:
    return {
        "id": public_id("write_off_request", it.id),
        "object": "write_off_request",
        "created_at": it.created_at,
        "invoice": public_id("invoice", it.invoice_id),
        "buyer": public_id("buyer", it.buyer_id),
        "state": it.state,
        "amount": objects.money(it.amount, it.currency),
        "reason": it.reason,
        "asked_by": it.asked_by,
        "seconded_by": it.seconded_by,
        "seconded_at": it.seconded_at,
        "answered_by": it.answered_by,
        "answered_at": it.answered_at,
        "answer": it.answer,
    }
