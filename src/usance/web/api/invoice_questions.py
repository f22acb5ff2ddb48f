"""Questions of buyers about their invoices, and the answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from usance.flows import invoice_questions
from usance.flows.found import invoice_of
from usance.flows.refusals import NotFound
from usance.records.collections import queries
from usance.records.collections.models import Question, Remark
from usance.records.identity import public_id
from usance.records.parties import queries as parties
from usance.records.parties.models import Member
from usance.web.api import answers
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import (
    NO_NUL,
    BuyerId,
    ExternalId,
    InvoiceId,
    MemberId,
    MemberName,
    Metadata,
    Name,
    QuestionId,
    ShortText,
    Value,
)

section = Section("Invoices")
State = Literal["open", "answered", "closed"]
Said = Annotated[str, StringConstraints(max_length=4000, pattern=NO_NUL)]


class NewQuestion(Value):
    """What a buyer asks about an invoice."""

    model_config = {
        "json_schema_extra": {"examples": [{"line": "2", "text": "Which delivery is this?"}]}
    }
    text: Said
    line: ShortText = Field(
        default="", description="The line's number on the invoice; empty: all of it."
    )
    member: MemberName | None = Field(
        default=None, description="Who asks: the id or e-mail address of a member of the buyer's."
    )
    external_id: ExternalId | None = None
    metadata: Metadata = {}


class NewAnswer(Value):
    """What the seller says."""

    text: Said
    name: Name = Field(description="Who answers, as the buyer is told.")
    close: bool = Field(default=False, description="Whether nothing is left to say.")


class ShownRemark(answers.Shown):
    """What one side said."""

    author: Literal["buyer", "seller"]
    name: str
    text: str
    at: datetime


class ShownQuestion(answers.Described):
    """A question about an invoice. It stops nothing: the invoice stays due."""

    id: QuestionId
    object: Literal["invoice_question"]
    invoice: InvoiceId
    buyer: BuyerId
    member: MemberId | None
    line: str
    subject: str = Field(description="What stands on the line.")
    state: State
    changed_at: datetime
    remarks: list[ShownRemark]


@section.write(
    "POST",
    "/invoices/{invoice_id}/questions",
    scope="invoices:write",
    answer=ShownQuestion,
    status=201,
    summary="Ask about an invoice",
)
def create_question(request: ApiRequest, *, invoice_id: InvoiceId, payload: NewQuestion) -> Any:
    """Pass on what a buyer asks about an invoice or a line of it. People at the seller's desk answer."""
    seller = request.auth.seller
    member = _member(request, invoice_id, payload.member) if payload.member else None
    made = invoice_questions.ask(
        seller,
        invoice_id=invoice_id,
        text=payload.text,
        line=payload.line,
        member_id=member.id if member else None,
        external_id=payload.external_id,
        metadata=payload.metadata,
        at=request.at,
        by=request.auth.by,
    )
    return _one(request, made.id)


@section.read(
    "/invoice-questions",
    scope="invoices:read",
    answer=answers.Page[ShownQuestion],
    summary="List questions about invoices",
)
def list_questions(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    invoice: InvoiceId | None = None,
    buyer: BuyerId | None = None,
    state: State | None = None,
) -> Any:
    """The newest first. ``state=open``: those that wait for an answer."""
    found = queries.questions(
        seller_id=request.auth.seller.id, invoice_id=invoice, buyer_id=buyer, state=state
    )
    listed = page(found, kind="question", limit=limit, after=after, show=lambda one: {"it": one})
    questions = [entry["it"] for entry in listed["data"]]
    remarks = queries.remarks_of(questions)
    return listed | {"data": [_shown(one, remarks.get(one.id, [])) for one in questions]}


@section.read(
    "/invoice-questions/{question_id}",
    scope="invoices:read",
    answer=ShownQuestion,
    summary="Show a question",
)
def get_question(request: ApiRequest, *, question_id: QuestionId) -> Any:
    """One question and what was said about it."""
    return _one(request, question_id)


@section.write(
    "POST",
    "/invoice-questions/{question_id}/answers",
    scope="invoices:write",
    answer=ShownQuestion,
    status=201,
    summary="Answer a question",
)
def create_answer(request: ApiRequest, *, question_id: QuestionId, payload: NewAnswer) -> Any:
    """Say something to whoever asked; a member is written to as well."""
    act: dict[str, Any] = {
        "question_id": question_id,
        "name": payload.name,
        "at": request.at,
        "by": request.auth.by,
    }
    invoice_questions.answer(request.auth.seller, text=payload.text, **act)
    if payload.close:
        invoice_questions.close(request.auth.seller, **act)
    return _one(request, question_id)


def _member(request: ApiRequest, invoice_id: UUID, name: Any) -> Member:
    invoice = invoice_of(request.auth.seller, invoice_id=invoice_id)
    member = parties.member_named(seller_id=invoice.seller_id, buyer_id=invoice.buyer_id, name=name)
    if member is None:
        raise NotFound("The buyer of this invoice has no such member.")
    return member


def _one(request: ApiRequest, question_id: UUID) -> dict[str, Any]:
    found = queries.question(seller_id=request.auth.seller.id, question_id=question_id)
    if found is None:
        raise NotFound("There is no such question.")
    return _shown(found, queries.remarks_of([found]).get(found.id, []))


def _shown(question: Question, remarks: list[Remark]) -> dict[str, Any]:
    return {
        "id": public_id("question", question.id),
        "object": "invoice_question",
        "created_at": question.created_at,
        "invoice": public_id("invoice", question.invoice_id),
        "buyer": public_id("buyer", question.buyer_id),
        "member": question.member_id and public_id("member", question.member_id),
        "line": question.line,
        "subject": question.subject,
        "state": question.state,
        "changed_at": question.changed_at,
        "remarks": [
            {"author": one.author, "name": one.name, "text": one.text, "at": one.created_at}
            for one in remarks
        ],
        "external_id": question.external_id,
        "metadata": question.metadata,
    }
