"""Early money: programmes, and advances on invoices."""

from __future__ import annotations

from typing import Any

from usance.flows.funding import programs, requesting, tending
from usance.flows.refusals import NotFound
from usance.records.funding import queries
from usance.web.api import answers, funding_schemas
from usance.web.api.funding_schemas import (
    AdvanceId,
    AdvanceShown,
    AdvanceState,
    ChangedProgram,
    Compensation,
    NewAdvance,
    NewProgram,
    ProgramId,
    ProgramShown,
    ProgramState,
)
from usance.web.api.line_schemas import optional_units
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import BuyerId, InvoiceId

section = Section("Early money")


@section.write(
    "POST",
    "/funding-programs",
    scope="payments:write",
    answer=ProgramShown,
    status=201,
    summary="Set up a funding programme",
)
def create_funding_program(request: ApiRequest, *, payload: NewProgram) -> Any:
    """Invoices that are opened from now on are offered to it. Connect a funding partner first, unless
    it is your own book."""
    made = programs.create_program(
        request.auth.seller,
        terms=payload.terms(),
        external_id=payload.external_id,
        metadata=payload.metadata,
        at=request.at,
        by=request.auth.by,
    )
    return funding_schemas.program(made)


@section.read(
    "/funding-programs",
    scope="payments:read",
    answer=answers.Page[ProgramShown],
    summary="List funding programmes",
)
def list_funding_programs(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    state: ProgramState | None = None,
) -> Any:
    """The newest first; ``place`` says in which order they are asked."""
    found = queries.programs(seller_id=request.auth.seller.id, state=state)
    return page(
        found, kind="funding_program", limit=limit, after=after, show=funding_schemas.program
    )


@section.read(
    "/funding-programs/{program_id}",
    scope="payments:read",
    answer=ProgramShown,
    summary="Show a funding programme",
)
def get_funding_program(request: ApiRequest, *, program_id: ProgramId) -> Any:
    """One programme."""
    found = queries.program(seller_id=request.auth.seller.id, program_id=program_id)
    if found is None:
        raise NotFound("There is no such funding programme.")
    return funding_schemas.program(found)


@section.write(
    "PUT",
    "/funding-programs/{program_id}",
    scope="payments:write",
    answer=ProgramShown,
    summary="Change a funding programme",
)
def change_funding_program(
    request: ApiRequest, *, program_id: ProgramId, payload: ChangedProgram
) -> Any:
    """All of its fields; `paused` takes no more invoices, `closed` never again."""
    changed = programs.change_program(
        request.auth.seller,
        program_id=program_id,
        terms=payload.terms(),
        state=payload.state,
        at=request.at,
        by=request.auth.by,
    )
    return funding_schemas.program(changed)


@section.write(
    "POST",
    "/invoices/{invoice_id}/advance",
    scope="payments:write",
    answer=AdvanceShown,
    status=201,
    summary="Ask for an advance on an invoice",
)
def request_invoice_advance(
    request: ApiRequest, *, invoice_id: InvoiceId, payload: NewAdvance | None = None
) -> Any:
    """The answer is `eligible`; the partner is asked within seconds, and `advance.paid_out` or
    `advance.declined` tells the outcome. Refused with `not_eligible`, which names why no programme
    takes it."""
    given = payload or NewAdvance()
    made = requesting.request_advance(
        request.auth.seller,
        invoice_id=invoice_id,
        program_id=given.program,
        external_id=given.external_id,
        metadata=given.metadata,
        at=request.at,
        by=request.auth.by,
    )
    return funding_schemas.advance(made)


@section.read(
    "/advances",
    scope="payments:read",
    answer=answers.Page[AdvanceShown],
    summary="List advances",
)
def list_advances(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    state: AdvanceState | None = None,
    invoice: InvoiceId | None = None,
    buyer: BuyerId | None = None,
    program: ProgramId | None = None,
) -> Any:
    """The newest first."""
    found = queries.advances(
        seller_id=request.auth.seller.id,
        state=state,
        invoice_id=invoice,
        buyer_id=buyer,
        program_id=program,
    )
    return page(found, kind="advance", limit=limit, after=after, show=funding_schemas.advance)


@section.read(
    "/advances/{advance_id}",
    scope="payments:read",
    answer=AdvanceShown,
    summary="Show an advance",
)
def get_advance(request: ApiRequest, *, advance_id: AdvanceId) -> Any:
    """One advance."""
    found = queries.advance(seller_id=request.auth.seller.id, advance_id=advance_id)
    if found is None:
        raise NotFound("There is no such advance.")
    return funding_schemas.advance(found)


@section.write(
    "POST",
    "/advances/{advance_id}/cancel",
    scope="payments:write",
    answer=AdvanceShown,
    summary="Withdraw an advance",
)
def cancel_advance(request: ApiRequest, *, advance_id: AdvanceId) -> Any:
    """Until it is paid out. Where the partner was asked already it is told, and `advance.canceled`
    follows when it has answered."""
    gone = requesting.cancel_advance(
        request.auth.seller, advance_id=advance_id, at=request.at, by=request.auth.by
    )
    return funding_schemas.advance(gone)


@section.write(
    "POST",
    "/advances/{advance_id}/compensation",
    scope="payments:write",
    answer=AdvanceShown,
    summary="Record what an insurer paid",
)
def compensate_advance(request: ApiRequest, *, advance_id: AdvanceId, payload: Compensation) -> Any:
    """Of what `advance.claim_due` has told; it lessens the loss."""
    seller = request.auth.seller
    known = queries.advance(seller_id=seller.id, advance_id=advance_id)
    if known is None:
        raise NotFound("There is no such advance.")
    amount = optional_units(payload.amount, currency=known.currency, pointer="#/amount")
    assert amount is not None
    kept = tending.record_compensation(
        seller, advance_id=advance_id, amount=amount, at=request.at, by=request.auth.by
    )
    return funding_schemas.advance(kept)
