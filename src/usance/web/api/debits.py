"""Debits, files of them for the bank, and what the bank answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse

from usance.flows.debits import answers as flow_answers
from usance.flows.debits import files, scheduling
from usance.flows.refusals import NotFound
from usance.records.debits import queries
from usance.records.debits.models import Debit
from usance.rules.debits.schemes import SCHEMES
from usance.web.api import answers, idempotency
from usance.web.api.bank_files import DECLARED, read_file
from usance.web.api.debit_schemas import (
    DebitAnswerId,
    DebitAnswerShown,
    DebitFileId,
    DebitFileShown,
    DebitId,
    DebitShown,
    DebitState,
    FileState,
    FilesWritten,
    MandateId,
    NewDebit,
    answer_shown,
    debit_shown,
    file_shown,
)
from usance.web.api.line_schemas import optional_units
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import BuyerId, FileName
from usance.web.files import file_response

section = Section("Debits")
READ, WRITE = "payments:read", "payments:write"


@section.write(
    "POST",
    "/debits",
    scope=WRITE,
    answer=DebitShown,
    status=201,
    summary="Schedule a debit",
)
def create_debit(request: ApiRequest, *, payload: NewDebit) -> Any:
    """The buyer is told by mail. It goes into a file when the bank wants it, and pays provisionally on
    its day."""
    seller = request.auth.seller
    mandate = queries.mandate(seller_id=seller.id, mandate_id=payload.mandate)
    currency = SCHEMES[mandate.scheme].currency if mandate else ""
    made = scheduling.schedule_debit(
        seller,
        mandate_id=payload.mandate,
        invoice_ids=payload.invoices,
        order_id=payload.order,
        amount=optional_units(payload.amount, currency=currency, pointer="#/amount")
        if mandate
        else None,
        wanted_on=payload.wanted_on,
        external_id=payload.external_id,
        metadata=payload.metadata,
        at=request.at,
        by=request.auth.by,
    )
    return _debit(request, made)


@section.read("/debits", scope=READ, answer=answers.Page[DebitShown], summary="List debits")
def list_debits(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    buyer: BuyerId | None = None,
    mandate: MandateId | None = None,
    file: DebitFileId | None = None,
    state: DebitState | None = None,
) -> Any:
    """The newest first."""
    found = queries.debits(
        seller_id=request.auth.seller.id,
        buyer_id=buyer,
        mandate_id=mandate,
        file_id=file,
        state=state,
    )
    return page(found, kind="debit", limit=limit, after=after, show=lambda it: _debit(request, it))


@section.read("/debits/{debit_id}", scope=READ, answer=DebitShown, summary="Show a debit")
def get_debit(request: ApiRequest, *, debit_id: DebitId) -> Any:
    """One debit, and what it is for."""
    found = queries.debit(seller_id=request.auth.seller.id, debit_id=debit_id)
    if found is None:
        raise NotFound("There is no such debit.")
    return _debit(request, found)


@section.write(
    "POST",
    "/debits/{debit_id}/cancel",
    scope=WRITE,
    answer=DebitShown,
    summary="Cancel a debit",
)
def cancel_debit(request: ApiRequest, *, debit_id: DebitId) -> Any:
    """As long as it is scheduled and stands in no file."""
    made = scheduling.cancel_debit(
        request.auth.seller, debit_id=debit_id, at=request.at, by=request.auth.by
    )
    return _debit(request, made)


@section.write(
    "POST",
    "/debit-files",
    scope=WRITE,
    answer=FilesWritten,
    status=201,
    summary="Write the files that are due",
)
def create_debit_files(request: ApiRequest) -> Any:
    """A pain.008 of the debits in euro and a NACHA file of those in dollars whose file is due today.

    The calendar does this each morning, too. Nothing is written twice.
    """
    made = files.build_files(request.auth.seller, at=request.at, by=request.auth.by)
    return {
        "object": "debit_files_written",
        "files": [file_shown(file) for file in made.files],
        "dropped": made.dropped,
        "held": made.held,
    }


@section.read(
    "/debit-files", scope=READ, answer=answers.Page[DebitFileShown], summary="List files of debits"
)
def list_debit_files(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    state: FileState | None = None,
) -> Any:
    """The newest first."""
    found = queries.files(seller_id=request.auth.seller.id, state=state)
    return page(found, kind="debit_file", limit=limit, after=after, show=file_shown)


@section.read(
    "/debit-files/{file_id}", scope=READ, answer=DebitFileShown, summary="Show a file of debits"
)
def get_debit_file(request: ApiRequest, *, file_id: DebitFileId) -> Any:
    """Its totals and groups, without its content."""
    return file_shown(_file(request, file_id))


@section.file(
    "/debit-files/{file_id}/download",
    scope=WRITE,
    media_types=("application/xml", "text/plain"),
    summary="Fetch a file of debits",
)
def download_debit_file(request: ApiRequest, *, file_id: DebitFileId) -> HttpResponse:
    """For the bank: it holds the numbers of buyers' accounts, so that it needs the right to write."""
    file = _file(request, file_id)
    return file_response(
        files.content_of(file),
        media_type="text/plain" if file.format == "nacha" else "application/xml",
        file_name=file.file_name,
    )


@section.write(
    "POST",
    "/debit-files/{file_id}/sent",
    scope=WRITE,
    answer=DebitFileShown,
    summary="Say that the bank has a file",
)
def mark_debit_file_sent(request: ApiRequest, *, file_id: DebitFileId) -> Any:
    """Its debits are on their way. Said twice it changes nothing."""
    file = files.mark_sent(request.auth.seller, file_id=file_id, at=request.at, by=request.auth.by)
    return file_shown(file)


@section.write(
    "POST",
    "/debit-files/{file_id}/withdraw",
    scope=WRITE,
    answer=DebitFileShown,
    summary="Withdraw a file of debits",
)
def withdraw_debit_file(request: ApiRequest, *, file_id: DebitFileId) -> Any:
    """It will not be sent; its debits go into the next file."""
    file = files.withdraw_file(
        request.auth.seller, file_id=file_id, at=request.at, by=request.auth.by
    )
    return file_shown(file)


@section.write(
    "POST",
    "/debit-returns",
    scope=WRITE,
    answer=DebitAnswerShown,
    status=201,
    summary="Send what the bank answers",
    once=False,
    json=False,
    extra={"requestBody": DECLARED},
)
def create_debit_return(request: ApiRequest, *, file_name: FileName = "") -> HttpResponse:
    """A pain.002, or a NACHA file of returns and notifications of change, as the body or as the part
    ``file`` of a form. It is taken whole or not at all, the same bytes once.

    What comes back is on its invoices again, whenever it comes. Returns within a bank statement are
    taken from there.
    """
    name, data = read_file(request, most=settings.BANK_FILE_MAX_BYTES)

    def take() -> Any:
        answer, _ = flow_answers.take_answer(
            request.auth.seller,
            data,
            file_name=file_name or name,
            at=request.at,
            by=request.auth.by,
        )
        return answer_shown(answer)

    return idempotency.answer(request, take, status=201, body=data)


@section.read(
    "/debit-returns",
    scope=READ,
    answer=answers.Page[DebitAnswerShown],
    summary="List what the bank answered",
)
def list_debit_returns(
    request: ApiRequest, *, limit: PageLimit = USUAL, after: Cursor | None = None
) -> Any:
    """The newest first."""
    found = queries.answers(seller_id=request.auth.seller.id)
    return page(found, kind="debit_answer", limit=limit, after=after, show=answer_shown)


@section.read(
    "/debit-returns/{answer_id}", scope=READ, answer=DebitAnswerShown, summary="Show an answer"
)
def get_debit_return(request: ApiRequest, *, answer_id: DebitAnswerId) -> Any:
    """What was made of it, and what belongs to no debit."""
    found = queries.answers(seller_id=request.auth.seller.id).filter(id=answer_id).first()
    if found is None:
        raise NotFound("There is no such answer of the bank.")
    return answer_shown(found)


def _debit(request: ApiRequest, it: Debit) -> dict[str, Any]:
    parts = queries.parts_of(seller_id=request.auth.seller.id, debit_ids=[it.id])
    return debit_shown(it, parts[it.id])


def _file(request: ApiRequest, file_id: UUID) -> Any:
    found = queries.file(seller_id=request.auth.seller.id, file_id=file_id)
    if found is None:
        raise NotFound("There is no such file of debits.")
    return found
