"""Many files in one ZIP archive, or one of whichever kind: each is taken for what it is."""

from __future__ import annotations

from typing import Any, Literal

from django.conf import settings
from django.http import HttpResponse
from pydantic import Field

from usance.flows import bank_intake, cash_application
from usance.records.identity import public_id
from usance.web.api import answers, idempotency
from usance.web.api.bank_files import DECLARED, AccountNamed, CurrencyNamed, read_file
from usance.web.api.bank_statements import SETTLED_AT_ONCE
from usance.web.api.debit_schemas import DebitAnswerId
from usance.web.api.remittances import RemittanceId
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import BankStatementId, FileName

section = Section("Bank files")


class BankFileTaken(answers.Shown):
    """One file, and what it was taken for: bookings, advices, or an answer to debits."""

    name: str
    new: bool = Field(description="False if the same bytes were taken before.")
    bank_statement: BankStatementId | None
    remittances: list[RemittanceId]
    debit_return: DebitAnswerId | None


class BankFilesTaken(answers.Shown):
    """Every file of an archive, in its order."""

    object: Literal["bank_files_taken"]
    files: list[BankFileTaken]


@section.write(
    "POST",
    "/bank-archives",
    scope="payments:write",
    answer=BankFilesTaken,
    status=201,
    summary="Send a ZIP of bank files",
    once=False,
    json=False,
    extra={"requestBody": DECLARED},
)
def create_bank_archive(
    request: ApiRequest,
    *,
    file_name: FileName = "",
    account: AccountNamed = "",
    currency: CurrencyNamed = "",
) -> HttpResponse:
    """Each file in the archive is taken as one of its own, and all of them or none: the first that cannot
    be read is named. Remittance advices among them are taken as such. Any single file is taken too, for
    what it is: bookings, an advice, or the answer to debits.

    At most 500 files and 100 MB unpacked; archives within archives and encrypted ones are refused.
    """
    seller = request.auth.seller
    name, data = read_file(request, most=settings.BANK_FILE_MAX_BYTES)

    def take() -> Any:
        taken = bank_intake.take_file(
            seller,
            data,
            at=request.at,
            by=request.auth.by,
            file_name=file_name or name,
            account=account or None,
            currency=currency or None,
            source="api",
        )
        return {"object": "bank_files_taken", "files": [_one_taken(one) for one in taken]}

    response = idempotency.answer(request, take, status=201, body=data)
    cash_application.settle_all(seller, at=request.at, by=request.auth.by, most=SETTLED_AT_ONCE)
    return response


def _one_taken(one: bank_intake.Incoming) -> dict[str, Any]:
    statement, advice, answer = one.statement, one.advice, one.answer
    return {
        "name": one.name,
        "new": one.new,
        "bank_statement": public_id("bank_statement", statement.id) if statement else None,
        "remittances": [public_id("remittance", row.id) for row in advice.remittances]
        if advice
        else [],
        "debit_return": public_id("debit_answer", answer.id) if answer else None,
    }
