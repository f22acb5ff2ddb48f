"""Claims that are with a collection agency: handed over, their files, taken back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from pydantic import Field, StringConstraints

from usance.flows.dunning import handovers
from usance.flows.refusals import NotFound
from usance.records.dunning import handover_queries as queries
from usance.records.dunning.models import DunningClaim, DunningHandover
from usance.records.identity import public_id
from usance.web.api import answers, objects
from usance.web.api.dunning_schemas import DunningCaseId
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import NO_NUL, BuyerId, InvoiceId, Money, PublicId, Value
from usance.web.files import file_response

section = Section("Hand-over to collection agencies")

HandoverId = Annotated[UUID, PublicId("dunning_handover")]
Agency = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=NO_NUL)]


class NewHandover(Value):
    """To whom, and which invoices; null: all of the case that are overdue and free."""

    agency: Agency
    invoices: Annotated[list[InvoiceId], Field(min_length=1, max_length=500)] | None = None


class TakeBack(Value):
    """Why it is taken back."""

    reason: Reason


class ClaimShown(answers.Shown):
    """One invoice that was handed over, what was overdue of it then, and what it owes now."""

    invoice: InvoiceId
    number: str
    overdue: Money
    outstanding: Money


class HandoverShown(answers.Described):
    """What an agency was given on a day. It holds until it is taken back."""

    id: HandoverId
    object: Literal["dunning_handover"]
    case: DunningCaseId
    buyer: BuyerId
    agency: str
    on: date
    amount: Money
    author: str
    taken_back_at: datetime | None
    taken_back_by: str
    take_back_reason: str
    claims: list[ClaimShown]


@section.write(
    "POST",
    "/dunning/cases/{case_id}/hand-over",
    scope="invoices:write",
    answer=HandoverShown,
    status=201,
    summary="Hand claims over to a collection agency",
)
def hand_over_dunning_case(
    request: ApiRequest, *, case_id: DunningCaseId, payload: NewHandover
) -> Any:
    """What is overdue and free, with a file for the agency. Nothing is written to the buyer about it any
    more; money that comes is matched as ever, and told."""
    made = handovers.hand_over(
        request.auth.seller,
        case_id=case_id,
        agency=payload.agency,
        invoice_ids=payload.invoices,
        at=request.at,
        by=request.auth.by,
    )
    return _shown(request, [made])[0]


@section.read(
    "/dunning/handovers",
    scope="invoices:read",
    answer=answers.Page[HandoverShown],
    summary="List what was handed over",
)
def list_dunning_handovers(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    buyer: BuyerId | None = None,
) -> Any:
    """The newest first, those taken back included."""
    found = queries.handovers(seller_id=request.auth.seller.id, buyer_id=buyer)
    listed = page(
        found, kind="dunning_handover", limit=limit, after=after, show=lambda it: {"it": it}
    )
    rows = [entry["it"] for entry in listed["data"]]
    return listed | {"data": _shown(request, rows)}


@section.read(
    "/dunning/handovers/{handover_id}",
    scope="invoices:read",
    answer=HandoverShown,
    summary="Show a hand-over",
)
def get_dunning_handover(request: ApiRequest, *, handover_id: HandoverId) -> Any:
    """With what its invoices owe now."""
    return _shown(request, [_found(request, handover_id)])[0]


@section.file(
    "/dunning/handovers/{handover_id}/file",
    scope="invoices:read",
    media_types=["application/zip"],
    summary="Get the file for the agency",
)
def get_dunning_handover_file(request: ApiRequest, *, handover_id: HandoverId) -> HttpResponse:
    """A ZIP of the claims as CSV and JSON with the invoices as PDF, as it was made."""
    row = _found(request, handover_id)
    kept = queries.file_of(seller_id=request.auth.seller.id, handover_id=row.id)
    if kept is None:
        raise NotFound("There is no such file.")
    return file_response(
        bytes(kept.content), media_type="application/zip", file_name=kept.file_name
    )


@section.write(
    "POST",
    "/dunning/handovers/{handover_id}/take-back",
    scope="invoices:write",
    answer=HandoverShown,
    summary="Take a hand-over back",
)
def take_back_dunning_handover(
    request: ApiRequest, *, handover_id: HandoverId, payload: TakeBack
) -> Any:
    """What is still owed of it is dunned again."""
    row = handovers.take_back(
        request.auth.seller,
        handover_id=handover_id,
        reason=payload.reason,
        at=request.at,
        by=request.auth.by,
    )
    return _shown(request, [row])[0]


def _found(request: ApiRequest, handover_id: UUID) -> DunningHandover:
    row = queries.handover(seller_id=request.auth.seller.id, handover_id=handover_id)
    if row is None:
        raise NotFound("There is no such hand-over.")
    return row


def _shown(request: ApiRequest, rows: list[DunningHandover]) -> list[dict[str, Any]]:
    claims = queries.claims_of([row.id for row in rows], seller_id=request.auth.seller.id)
    return [_handover(row, claims.get(row.id, [])) for row in rows]


def _handover(it: DunningHandover, claims: list[DunningClaim]) -> dict[str, Any]:
    return objects.head("dunning_handover", it.id, it.created_at) | {
        "case": public_id("dunning_case", it.case_id),
        "buyer": public_id("buyer", it.buyer_id),
        "agency": it.agency,
        "on": it.on,
        "amount": objects.money(it.amount, it.currency),
        "author": it.author,
        "taken_back_at": it.taken_back_at,
        "taken_back_by": it.taken_back_by,
        "take_back_reason": it.take_back_reason,
        "claims": [
            {
                "invoice": public_id("invoice", one.invoice_id),
                "number": one.invoice.number,
                "overdue": objects.money(one.overdue, it.currency),
                "outstanding": objects.money(one.invoice.outstanding, it.currency),
            }
            for one in claims
        ],
    }
