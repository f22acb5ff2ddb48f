"""Bank files: taken whole or not at all, what they say of each account, and their lines."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse

from usance.flows import bank_findings, bank_statements, cash_application
from usance.flows.refusals import NotFound
from usance.formats.bank_csv import ColumnMapping
from usance.formats.errors import FormatError
from usance.records.payments import bank_queries, queries
from usance.records.payments.models import BankStatement
from usance.web.api import answers, idempotency, match_objects, objects, payment_answers
from usance.web.api.bank_files import DECLARED, AccountNamed, CurrencyNamed, MappingSaid, read_file
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import BankStatementId, FileName

section = Section("Bank files")

SETTLED_AT_ONCE = 5_000
"""Bank lines that are settled before the answer; a job goes on with the rest."""


@section.write(
    "POST",
    "/bank-statements",
    scope="payments:write",
    answer=payment_answers.BankStatementDetails,
    status=201,
    summary="Send a bank file",
    once=False,
    json=False,
    extra={"requestBody": DECLARED},
)
def create_bank_statement(
    request: ApiRequest,
    *,
    file_name: FileName = "",
    account: AccountNamed = "",
    currency: CurrencyNamed = "",
    mapping: MappingSaid = "",
) -> HttpResponse:
    """Any file a bank gives (camt.052, camt.053, camt.054, MT940, MT942, BAI2, OFX, a table as CSV), as
    the body or as the part ``file`` of a form. It is taken whole or not at all.

    Each line becomes a payment and pays what it names: by invoice number, else by amount and payer;
    what fits nothing stays unapplied. The same file twice changes nothing, and neither does a booking
    that another file, of whichever format, has brought. ``account`` and ``currency`` stand in where a
    table names neither. ``mapping`` says what the columns of a table mean, as JSON:
    ``{"columns": {"booked_on": "Tag", "amount": "Wieviel"}, "date_order": "dmy", "decimal_mark":
    ","}``; it is remembered for tables of the same headings.
    """
    seller = request.auth.seller
    name, data = read_file(request, most=settings.BANK_FILE_MAX_BYTES)
    said = _mapping(mapping)

    def take() -> Any:
        kept, _ = bank_statements.take_statement(
            seller,
            data,
            at=request.at,
            by=request.auth.by,
            file_name=file_name or name,
            account=account or None,
            currency=currency or None,
            mapping=said,
        )
        return _details(kept)

    response = idempotency.answer(request, take, status=201, body=data)
    # In transactions of their own: a large file must not hold credit lines for its whole length.
    cash_application.settle_all(seller, at=request.at, by=request.auth.by, most=SETTLED_AT_ONCE)
    return response


def _mapping(text: str) -> ColumnMapping | None:
    if not text:
        return None
    try:
        return ColumnMapping.from_json(json.loads(text))
    except (ValueError, RecursionError) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(
            'The mapping is not JSON; write an object such as {"columns": {"amount": "Betrag"}}.',
            code="invalid_mapping",
        ) from None


@section.read(
    "/bank-statements",
    scope="payments:read",
    answer=answers.Page[payment_answers.BankStatement],
    summary="List bank files",
)
def list_bank_statements(
    request: ApiRequest, *, limit: PageLimit = USUAL, after: Cursor | None = None
) -> Any:
    """The newest first."""
    return page(
        queries.bank_statements(seller_id=request.auth.seller.id),
        kind="bank_statement",
        limit=limit,
        after=after,
        show=objects.bank_statement,
    )


@section.read(
    "/bank-statements/{statement_id}",
    scope="payments:read",
    answer=payment_answers.BankStatementDetails,
    summary="Get a bank file",
)
def get_bank_statement(request: ApiRequest, *, statement_id: BankStatementId) -> Any:
    """What the file says of each account, and its findings as things are now: a gap in the bank's
    sequence is closed once the missing statement is there."""
    found = (
        queries.bank_statements(seller_id=request.auth.seller.id).filter(id=statement_id).first()
    )
    if found is None:
        raise NotFound("There is no such bank file.")
    return _details(found)


def _details(record: BankStatement) -> dict[str, Any]:
    ids: dict[str, UUID] = {"seller_id": record.seller_id, "statement_id": record.id}
    shown = objects.bank_statement(record)
    series = bank_findings.as_json(bank_findings.in_series(**ids))
    return shown | {
        "findings": [*shown["findings"], *series],
        "accounts": [objects.account_statement(part) for part in bank_queries.parts_of(**ids)],
    }


@section.read(
    "/bank-transactions",
    scope="payments:read",
    answer=answers.Page[payment_answers.BankTransaction],
    summary="List bank lines",
)
def list_bank_transactions(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    statement: BankStatementId | None = None,
) -> Any:
    """The newest first, each with the payment that was made of it."""
    found = queries.bank_transactions(seller_id=request.auth.seller.id, statement_id=statement)
    return page(
        found,
        kind="bank_transaction",
        limit=limit,
        after=after,
        show=match_objects.bank_transaction,
    )
