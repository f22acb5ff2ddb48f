"""Dunning cases: what is done about an account, what was sent to it, and whom to speak to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from usance.flows.dunning import cases, letters, outlooks, worklists
from usance.flows.dunning.outlooks import Outlook
from usance.flows.dunning.worklists import Line
from usance.flows.refusals import NotFound
from usance.records.dunning import queries
from usance.records.dunning.models import DunningCase, DunningMessage, DunningNote, DunningTask
from usance.records.identity import public_id
from usance.rules.dunning.decide import held_by
from usance.web.api import answers, objects
from usance.web.api.dunning_schemas import (
    DunningCaseId,
    DunningCaseShown,
    DunningMessageId,
    DunningMessageShown,
    DunningNoteShown,
    DunningTaskId,
    DunningTaskShown,
    MessageState,
    NewDunningCase,
    NewDunningNote,
    NewPause,
    WorklistShown,
)
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest, today
from usance.web.api.section import Section
from usance.web.api.values import BuyerId

section = Section("Dunning")


@section.read(
    "/dunning/cases",
    scope="invoices:read",
    answer=answers.Page[DunningCaseShown],
    summary="List dunning cases",
)
def list_dunning_cases(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    buyer: BuyerId | None = None,
    paused: bool | None = None,
) -> Any:
    """One for each account about which something was done, the newest first."""
    found = queries.cases(
        seller_id=request.auth.seller.id,
        buyer_id=buyer,
        paused_on=today(request) if paused else None,
    )
    listed = page(found, kind="dunning_case", limit=limit, after=after, show=lambda it: {"it": it})
    rows = [entry["it"] for entry in listed["data"]]
    return listed | {"data": _cases(request, rows)}


@section.write(
    "POST",
    "/dunning/cases",
    scope="invoices:write",
    answer=DunningCaseShown,
    status=201,
    summary="Open a dunning case",
)
def create_dunning_case(request: ApiRequest, *, payload: NewDunningCase) -> Any:
    """The account's one case, whether it was open already or not; to pause it before a first message."""
    made = cases.case_for(
        request.auth.seller, buyer_id=payload.buyer, currency=payload.currency, at=request.at
    )
    return _cases(request, [made])[0]


@section.read(
    "/dunning/cases/{case_id}",
    scope="invoices:read",
    answer=DunningCaseShown,
    summary="Show a dunning case",
)
def get_dunning_case(request: ApiRequest, *, case_id: DunningCaseId) -> Any:
    """Its open items, what each was written about, and what a run today would do."""
    return _cases(request, [_found(request, case_id)])[0]


@section.write(
    "POST",
    "/dunning/cases/{case_id}/pause",
    scope="invoices:write",
    answer=DunningCaseShown,
    summary="Pause a dunning case",
)
def pause_dunning_case(request: ApiRequest, *, case_id: DunningCaseId, payload: NewPause) -> Any:
    """Nothing is sent up to that day; what waits already is not sent either."""
    made = cases.pause(
        request.auth.seller,
        case_id=case_id,
        until=payload.until,
        reason=payload.reason,
        at=request.at,
        by=request.auth.by,
    )
    return _cases(request, [made])[0]


@section.write(
    "POST",
    "/dunning/cases/{case_id}/resume",
    scope="invoices:write",
    answer=DunningCaseShown,
    summary="End a pause",
)
def resume_dunning_case(request: ApiRequest, *, case_id: DunningCaseId) -> Any:
    """From the next run on."""
    made = cases.resume(request.auth.seller, case_id=case_id, at=request.at, by=request.auth.by)
    return _cases(request, [made])[0]


@section.read(
    "/dunning/cases/{case_id}/messages",
    scope="invoices:read",
    answer=answers.Page[DunningMessageShown],
    summary="List what was sent",
)
def list_dunning_messages(
    request: ApiRequest,
    *,
    case_id: DunningCaseId,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    state: MessageState | None = None,
) -> Any:
    """The newest first, those that were stopped included, each with the reason."""
    _found(request, case_id)
    found = queries.messages(seller_id=request.auth.seller.id, case_id=case_id, state=state)
    return page(found, kind="dunning_message", limit=limit, after=after, show=_message)


@section.file(
    "/dunning/messages/{message_id}/letter",
    scope="invoices:read",
    media_types=["application/pdf"],
    summary="Get a message as a letter",
)
def get_dunning_letter(request: ApiRequest, *, message_id: DunningMessageId) -> Any:
    """A PDF to post; 409 where what it demands is paid, in dispute or promised since."""
    content = letters.letter_pdf(request.auth.seller, message_id=message_id, at=request.at)
    return HttpResponse(content, content_type="application/pdf")


@section.write(
    "POST",
    "/dunning/cases/{case_id}/notes",
    scope="invoices:write",
    answer=DunningNoteShown,
    status=201,
    summary="Note a contact",
)
def create_dunning_note(
    request: ApiRequest, *, case_id: DunningCaseId, payload: NewDunningNote
) -> Any:
    """Whom somebody has reached leaves the list of those to speak to for a few days."""
    made = cases.add_note(
        request.auth.seller,
        case_id=case_id,
        outcome=payload.outcome,
        contact=payload.contact,
        words=payload.words,
        at=request.at,
        by=request.auth.by,
    )
    return _note(made)


@section.read(
    "/dunning/tasks",
    scope="invoices:read",
    answer=answers.Page[DunningTaskShown],
    summary="List open tasks",
)
def list_dunning_tasks(
    request: ApiRequest, *, limit: PageLimit = USUAL, after: Cursor | None = None
) -> Any:
    """What people are to do, the newest first."""
    found = queries.tasks(seller_id=request.auth.seller.id, state="open")
    return page(found, kind="dunning_task", limit=limit, after=after, show=_task)


@section.write(
    "POST",
    "/dunning/tasks/{task_id}/finish",
    scope="invoices:write",
    answer=DunningTaskShown,
    summary="Tick a task off",
)
def finish_dunning_task(request: ApiRequest, *, task_id: DunningTaskId) -> Any:
    """It is done."""
    return _task(
        cases.finish_task(request.auth.seller, task_id=task_id, at=request.at, by=request.auth.by)
    )


@section.read(
    "/dunning/worklist",
    scope="invoices:read",
    answer=WorklistShown,
    summary="See whom to speak to today",
)
def get_dunning_worklist(request: ApiRequest, *, limit: PageLimit = USUAL) -> Any:
    """Why, what it is worth, and at which hour the buyer has reacted before. Whoever has paid, disputes,
    promised, or was just spoken to is not on it."""
    seller = request.auth.seller
    found = worklists.who_to_contact(seller, at=request.at, limit=limit)
    return {
        "object": "dunning_worklist",
        "on": found.on,
        "total": found.total,
        "worth": objects.money(found.worth, seller.currency),
        "data": [_line(one) for one in found.lines],
    }


def _found(request: ApiRequest, case_id: UUID) -> DunningCase:
    found = queries.case(seller_id=request.auth.seller.id, case_id=case_id)
    if found is None:
        raise NotFound("There is no such case.")
    return found


def _cases(request: ApiRequest, rows: list[DunningCase]) -> list[dict[str, Any]]:
    seen = outlooks.outlooks_of(request.auth.seller, rows, at=request.at)
    return [_case(row, seen[row.id]) for row in rows]


def _case(it: DunningCase, seen: Outlook) -> dict[str, Any]:
    return objects.head("dunning_case", it.id, it.created_at) | {
        "buyer": public_id("buyer", it.buyer_id),
        "currency": it.currency,
        "state": seen.state,
        "level": it.level or None,
        "last_sent_on": it.last_on,
        "paused_until": it.paused_until,
        "pause_reason": it.pause_reason,
        "paused_by": it.paused_by,
        "open": objects.money(seen.open, it.currency),
        "overdue": objects.money(seen.overdue, it.currency),
        "next_level": seen.next_level,
        "waits": seen.waits,
        "items": [
            {
                "invoice": public_id("invoice", item.invoice_id),
                "number": item.number,
                "due_on": item.due_on,
                "days_late": item.days_late(seen.on),
                "open": objects.money(item.open, it.currency),
                "level": item.level or None,
                "held": held_by(item, account=seen.account) if seen.account else None,
            }
            for item in seen.items
        ],
    }


def _message(it: DunningMessage) -> dict[str, Any]:
    return objects.head("dunning_message", it.id, it.created_at) | {
        "case": public_id("dunning_case", it.case_id),
        "buyer": public_id("buyer", it.buyer_id),
        "policy": public_id("dunning_policy", it.policy_id),
        "state": it.state,
        "level": it.level,
        "channels": it.channels,
        "amount": objects.money(it.amount, it.currency),
        "on": it.on,
        "send_at": it.send_at,
        "sent_at": it.sent_at,
        "sent_to": it.sent_to,
        "subject": it.subject,
        "items": it.items,
        "stop_reason": it.stop_reason,
    }


def _note(it: DunningNote) -> dict[str, Any]:
    return {
        "id": public_id("dunning_note", it.id),
        "object": "dunning_note",
        "created_at": it.created_at,
        "case": public_id("dunning_case", it.case_id),
        "outcome": it.outcome,
        "contact": it.contact,
        "words": it.words,
        "author": it.author,
    }


def _task(it: DunningTask) -> dict[str, Any]:
    return objects.head("dunning_task", it.id, it.created_at) | {
        "case": public_id("dunning_case", it.case_id),
        "buyer": public_id("buyer", it.buyer_id),
        "kind": it.kind,
        "state": it.state,
        "words": it.words,
        "due_on": it.due_on,
        "done_by": it.done_by,
        "done_at": it.done_at,
    }


def _line(one: Line) -> dict[str, Any]:
    account = one.known.account
    case_id = one.known.case_id
    return {
        "buyer": public_id("buyer", account.buyer_id),
        "name": one.known.name,
        "case": public_id("dunning_case", case_id) if case_id else None,
        "worth": objects.money(one.contact.worth, account.currency),
        "overdue": objects.money(one.contact.overdue, account.currency),
        "oldest_days": one.contact.oldest_days,
        "reasons": one.contact.reasons,
        "best_hour": one.best_hour,
        "time_zone": one.zone,
    }
