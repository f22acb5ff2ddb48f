"""What registers, bureaus and sanctions lists say of buyers: the answers, asking, and files of scores."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from pydantic import Field, StringConstraints

from usance.flows import score_files
from usance.flows.buyer_checks import Checked, Checks, check_buyer
from usance.flows.refusals import NotFound
from usance.flows.score_files import LARGEST_FILE
from usance.records.credit import report_queries
from usance.records.credit.models import Report
from usance.records.events import answers as kept_answers
from usance.records.identity import public_id
from usance.records.parties import queries as parties
from usance.rules.credit.checks import CHECKS
from usance.web.api import answers, idempotency, objects
from usance.web.api.bank_files import DECLARED, read_file
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import NO_NUL, BuyerId, Currency, FileName, PublicId, Value

section = Section("Checks")

ReportId = Annotated[UUID, PublicId("report")]
Kind = Literal["tax_number", "company", "credit", "sanctions", "insolvency"]
Question = Literal["tax_number", "company", "credit", "sanctions"]
Outcome = Literal["valid", "invalid", "found", "not_found", "hit", "clear", "unavailable"]
_Bureau = Annotated[str, StringConstraints(min_length=1, max_length=30, pattern=NO_NUL)]
_Score = Annotated[Decimal, Field(max_digits=12, decimal_places=4)]


class NewChecks(Value):
    """What to ask about a buyer."""

    kinds: list[Question] = Field(
        default=list(CHECKS),
        min_length=1,
        max_length=len(CHECKS),
        description="An answer that is young enough (a day, of a bureau a week) is used again.",
    )


class ShownReport(answers.Described):
    """An answer, or that there was none (``unavailable``, which says nothing about the buyer)."""

    id: ReportId
    object: Literal["report"]
    buyer: BuyerId | None = Field(description="null: it was asked about an applicant.")
    kind: Kind
    source: str
    outcome: Outcome
    asked_about: str
    reference: str = Field(description="The counterpart's own, such as a consultation number.")
    asked_at: datetime
    facts: dict[str, Any]
    unknown: list[str] = Field(description="Facts of policies that the answer leaves open.")


class ShownCheck(answers.Shown):
    """What came of one question."""

    report: ShownReport
    reused: bool = Field(description="Whether an earlier answer was young enough.")


class ShownChecks(answers.Shown):
    """What came of asking about a buyer."""

    object: Literal["checks"]
    buyer: BuyerId
    checks: list[ShownCheck]
    not_asked: list[Question] = Field(
        description="Nobody is connected for these, or the buyer has no number to ask about."
    )


class UnmatchedRow(answers.Shown):
    """A row about no buyer, or about several."""

    line: int
    name: str
    number: str
    reason: Literal["no_buyer", "several_buyers", "another_row"]


class ShownScoreFile(answers.Shown):
    """What came of a file of scores."""

    object: Literal["score_file"]
    rows: int
    new: int
    known: int = Field(description="Rows that say what was known.")
    unmatched: list[UnmatchedRow]


@section.read(
    "/buyers/{buyer_id}/reports",
    scope="credit:read",
    answer=answers.Page[ShownReport],
    summary="List what was said of a buyer",
)
def list_reports(
    request: ApiRequest,
    *,
    buyer_id: BuyerId,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    kind: Kind | None = None,
) -> Any:
    """The newest first, also what was said before it became a buyer."""
    seller_id = request.auth.seller.id
    _require(request, buyer_id)
    found = report_queries.reports(seller_id=seller_id, buyer_id=buyer_id)
    if kind is not None:
        found = found.filter(kind=kind)
    return page(found, kind="report", limit=limit, after=after, show=_report)


@section.write(
    "POST",
    "/buyers/{buyer_id}/checks",
    scope="credit:write",
    answer=ShownChecks,
    summary="Ask about a buyer",
    once=False,
)
def create_checks(request: ApiRequest, *, buyer_id: BuyerId, payload: NewChecks) -> HttpResponse:
    """Asks the registers, bureaus and lists you have connected, and answers with what they say.

    A counterpart may take half a minute. One that does not answer gives the outcome ``unavailable``
    and is asked again by itself.
    """
    _require(request, buyer_id)
    seller = request.auth.seller
    key = idempotency.key_of(request)
    document: dict[str, Any] = {}
    if key is None or kept_answers.answer_to(seller_id=seller.id, key=key) is None:
        # Outside the transaction that keeps the answer: nobody is asked while one is open.
        done = check_buyer(
            seller,
            buyer_id=buyer_id,
            kinds=payload.kinds,
            at=request.at,
            by=request.auth.by,
        )
        document = _checks(buyer_id, done)
    return idempotency.answer(request, lambda: document, status=200, body=request.body)


@section.write(
    "POST",
    "/score-files",
    scope="credit:write",
    answer=ShownScoreFile,
    status=201,
    summary="Send a bureau's file of scores",
    once=False,
    json=False,
    extra={"requestBody": DECLARED},
)
def create_score_file(
    request: ApiRequest,
    *,
    bureau: _Bureau,
    worst: _Score | None = None,
    best: _Score | None = None,
    currency: Currency | None = None,
    file_name: FileName = "",
) -> HttpResponse:
    """Each row becomes a report on the buyer with its D-U-N-S (``duns`` in the metadata), registration
    number, tax number or external_id. The same file twice changes nothing. ``worst`` and ``best`` are
    the ends of the bureau's score, needed where the file has scores."""
    name, data = read_file(request, most=LARGEST_FILE)

    def take() -> Any:
        taken = score_files.take_score_file(
            request.auth.seller,
            data,
            bureau=bureau,
            scale=None if worst is None or best is None else (worst, best),
            currency=currency,
            file_name=file_name or name,
            at=request.at,
            by=request.auth.by,
        )
        return {
            "object": "score_file",
            "rows": taken.rows,
            "new": taken.new,
            "known": taken.known,
            "unmatched": [
                {"line": one.line, "name": one.name, "number": one.number, "reason": one.reason}
                for one in taken.unmatched
            ],
        }

    return idempotency.answer(request, take, status=201, body=data)


def _require(request: ApiRequest, buyer_id: UUID) -> None:
    if parties.buyer(seller_id=request.auth.seller.id, buyer_id=buyer_id) is None:
        raise NotFound("There is no such buyer.")


def _checks(buyer_id: UUID, done: Checks) -> dict[str, Any]:
    return {
        "object": "checks",
        "buyer": public_id("buyer", buyer_id),
        "checks": [_check(one) for one in done.done],
        "not_asked": list(done.not_asked),
    }


def _check(one: Checked) -> dict[str, Any]:
    return {"report": _report(one.report), "reused": one.reused}


def _report(it: Report) -> dict[str, Any]:
    return objects.head("report", it.id, it.created_at) | {
        "buyer": None if it.buyer_id is None else public_id("buyer", it.buyer_id),
        "kind": it.kind,
        "source": it.source,
        "outcome": it.outcome,
        "asked_about": it.asked_about,
        "reference": it.reference,
        "asked_at": it.asked_at,
        "facts": {name: value for name, value in it.facts.items() if name != "unknown"},
        "unknown": it.facts.get("unknown", []),
    }
