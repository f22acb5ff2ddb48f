"""Remittance advices: what payers say their payments are for."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from pydantic import Field

from usance.flows import remittance_acknowledgements, remittances
from usance.flows.refusals import NotFound
from usance.formats.errors import FormatError
from usance.formats.remittance_table import AdviceMapping
from usance.records.identity import public_id
from usance.records.payments import remittance_queries
from usance.records.payments.models import Remittance, RemittanceLine
from usance.web.api import answers, idempotency, objects
from usance.web.api.bank_files import DECLARED, CurrencyNamed, MappingSaid, read_file
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import FileName, Money, PaymentId, PublicId, Value
from usance.web.files import file_response

section = Section("Remittance advices")

RemittanceId = Annotated[UUID, PublicId("remittance")]
RemittanceState = Literal["waiting", "joined", "dismissed"]
_SHOWN = 100


class DeductionShown(answers.Shown):
    """What was kept back, and why; a negative amount was paid on top."""

    amount: Money
    code: str
    reason: str


class RemittanceLineShown(answers.Shown):
    """One document of an advice; what is paid is negative for a credit note taken off."""

    number: str
    kind: Literal["invoice", "credit_note", "debit_note", "order", "account", "other"]
    dated: date | None
    order_number: str
    gross: Money | None
    discount: Money
    deductions: list[DeductionShown]
    paid: Money | None


class RemittanceShown(answers.Described):
    """What a payer says one payment is for.

    It waits for its money, is joined to its payment, or is dismissed. ``found_by`` is what led to the
    payment: ``name`` (its reference, cheque or end-to-end id), ``amount`` (with the day), ``person``.
    """

    id: RemittanceId
    object: Literal["remittance"]
    state: RemittanceState
    payment: PaymentId | None
    found_by: Literal["", "name", "amount", "person"]
    format: str
    file_name: str
    number: str
    payer: str
    reference: str
    cheque_number: str
    end_to_end_id: str
    paid_on: date | None
    amount: Money | None
    method: str
    lines: list[RemittanceLineShown]
    adjustments: list[DeductionShown]
    findings: list[dict[str, Any]] = Field(
        description="What does not hold together, each with its `code`; a person should look."
    )


class RemittancesTaken(answers.Shown):
    """A file of advices, taken whole. Of more than 100 advices the first 100 are here; list the rest."""

    object: Literal["remittances_taken"]
    new: bool = Field(description="False if the same bytes were taken before.")
    format: str
    advices: int
    remittances: list[RemittanceShown]


class Joining(Value):
    """Which payment the advice is of."""

    payment: PaymentId


@section.write(
    "POST",
    "/remittances",
    scope="payments:write",
    answer=RemittancesTaken,
    status=201,
    summary="Send a remittance advice",
    once=False,
    json=False,
    extra={"requestBody": DECLARED},
)
def create_remittance(
    request: ApiRequest,
    *,
    file_name: FileName = "",
    currency: CurrencyNamed = "",
    mapping: MappingSaid = "",
) -> HttpResponse:
    """X12 820, EDIFACT REMADV, cXML PaymentRemittanceRequest, NACHA with addenda, a lockbox file, a table,
    a PDF with text, a mail or plain text, as the body or as the part ``file`` of a form. It is taken
    whole or not at all.

    Each advice finds its payment by reference, cheque number or end-to-end id, else by amount and day;
    the payment is matched again with what the advice says. Without its money it waits for it. An
    advice that does not give the money books nothing by itself. ``currency`` stands in where a table or
    a text tells none. ``mapping`` says what the columns of a table mean, as JSON: ``{"columns":
    {"document": "Beleg", "paid": "Wieviel"}, "date_order": "dmy", "decimal_mark": ","}``; it is remembered
    for tables of the same headings.
    """
    name, data = read_file(request, most=settings.BANK_FILE_MAX_BYTES)
    said = _mapping(mapping)

    def take() -> Any:
        taken = remittances.take_advice(
            request.auth.seller,
            data,
            at=request.at,
            by=request.auth.by,
            file_name=file_name or name,
            source="api",
            currency=currency or None,
            mapping=said,
        )
        return {
            "object": "remittances_taken",
            "new": taken.new,
            "format": taken.file.format,
            "advices": taken.file.advices,
            "remittances": _shown(request, [r.id for r in taken.remittances[:_SHOWN]]),
        }

    return idempotency.answer(request, take, status=201, body=data)


def _mapping(text: str) -> AdviceMapping | None:
    if not text:
        return None
    try:
        return AdviceMapping.from_json(json.loads(text))
    except (ValueError, RecursionError) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(
            'The mapping is not JSON; write an object such as {"columns": {"paid": "Betrag"}}.',
            code="invalid_mapping",
        ) from None


@section.read(
    "/remittances",
    scope="payments:read",
    answer=answers.Page[RemittanceShown],
    summary="List remittance advices",
)
def list_remittances(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    state: RemittanceState | None = None,
    payment: PaymentId | None = None,
) -> Any:
    """The newest first."""
    seller_id = request.auth.seller.id
    found = remittance_queries.remittances(seller_id=seller_id, state=state or "")
    if payment is not None:
        found = found.filter(payment_id=payment)
    lines: dict[UUID, list[RemittanceLine]] = {}

    def show(row: Remittance) -> dict[str, Any]:
        if row.id not in lines:
            lines.update(remittance_queries.lines_of(seller_id=seller_id, remittance_ids=[row.id]))
        return _remittance(row, lines.get(row.id, []))

    return page(found, kind="remittance", limit=limit, after=after, show=show)


@section.read(
    "/remittances/{remittance_id}",
    scope="payments:read",
    answer=RemittanceShown,
    summary="Get a remittance advice",
)
def get_remittance(request: ApiRequest, *, remittance_id: RemittanceId) -> Any:
    """One advice with its documents."""
    return _one(request, remittance_id)


@section.file(
    "/remittances/{remittance_id}/acknowledgement",
    scope="payments:read",
    media_types=("application/edi-x12",),
    summary="Get the acknowledgement of an X12 820",
)
def get_remittance_acknowledgement(
    request: ApiRequest, *, remittance_id: RemittanceId
) -> HttpResponse:
    """The functional acknowledgement (997) for the sender of the interchange: that it came and could be
    read, not that anything is agreed to. The same each time; 404 for advices of another format."""
    seller = request.auth.seller
    found = remittance_queries.remittance(seller_id=seller.id, remittance_id=remittance_id)
    if found is None:
        raise NotFound("There is no such remittance advice.")
    name, content = remittance_acknowledgements.acknowledgement_of(seller, found)
    return file_response(content, media_type="application/edi-x12", file_name=name)


@section.write(
    "POST",
    "/remittances/{remittance_id}/join",
    scope="payments:write",
    answer=RemittanceShown,
    summary="Say which payment an advice is of",
)
def join_remittance(request: ApiRequest, *, remittance_id: RemittanceId, payload: Joining) -> Any:
    """The payment is matched again with what the advice says, if nothing of it is placed."""
    remittances.join_by_hand(
        request.auth.seller,
        remittance_id=remittance_id,
        payment_id=payload.payment,
        at=request.at,
        by=request.auth.by,
    )
    return _one(request, remittance_id)


@section.write(
    "POST",
    "/remittances/{remittance_id}/part",
    scope="payments:write",
    answer=RemittanceShown,
    summary="Part an advice from its payment",
)
def part_remittance(request: ApiRequest, *, remittance_id: RemittanceId) -> Any:
    """It waits again. What the payment paid stays as it is."""
    remittances.part(
        request.auth.seller, remittance_id=remittance_id, at=request.at, by=request.auth.by
    )
    return _one(request, remittance_id)


@section.write(
    "POST",
    "/remittances/{remittance_id}/dismiss",
    scope="payments:write",
    answer=RemittanceShown,
    summary="Dismiss a remittance advice",
)
def dismiss_remittance(request: ApiRequest, *, remittance_id: RemittanceId) -> Any:
    """It is looked for no more."""
    remittances.dismiss(
        request.auth.seller, remittance_id=remittance_id, at=request.at, by=request.auth.by
    )
    return _one(request, remittance_id)


def _one(request: ApiRequest, remittance_id: UUID) -> dict[str, Any]:
    found = _shown(request, [remittance_id])
    if not found:
        raise NotFound("There is no such remittance advice.")
    return found[0]


def _shown(request: ApiRequest, ids: list[UUID]) -> list[dict[str, Any]]:
    seller_id = request.auth.seller.id
    rows = remittance_queries.remittances(seller_id=seller_id).filter(id__in=ids)
    lines = remittance_queries.lines_of(seller_id=seller_id, remittance_ids=ids)
    return [_remittance(row, lines.get(row.id, [])) for row in rows.order_by("id")]


def _remittance(row: Remittance, lines: list[RemittanceLine]) -> dict[str, Any]:
    currency = row.currency
    return objects.head("remittance", row.id, row.created_at) | {
        "state": row.state,
        "payment": public_id("payment", row.payment_id) if row.payment_id else None,
        "found_by": row.found_by,
        "format": row.file.format,
        "file_name": row.file.file_name,
        "number": row.number,
        "payer": row.payer_name,
        "reference": row.reference,
        "cheque_number": row.cheque_number,
        "end_to_end_id": row.end_to_end_id,
        "paid_on": row.paid_on,
        "amount": _money(row.amount, currency),
        "method": row.method,
        "lines": [_line(line, currency) for line in lines],
        "adjustments": [_deduction(each, currency) for each in row.adjustments],
        "findings": row.findings,
    }


def _line(line: RemittanceLine, currency: str) -> dict[str, Any]:
    return {
        "number": line.number,
        "kind": line.kind,
        "dated": line.dated,
        "order_number": line.order_number,
        "gross": _money(line.gross, currency),
        "discount": objects.money(line.discount, currency),
        "deductions": [_deduction(each, currency) for each in line.deductions],
        "paid": _money(line.paid, currency),
    }


def _money(amount: int | None, currency: str) -> dict[str, Any] | None:
    return None if amount is None else objects.money(amount, currency)


def _deduction(kept: dict[str, Any], currency: str) -> dict[str, Any]:
    return {**kept, "amount": objects.money(kept["amount"], currency)}
