"""Statements of account by mail: when they are sent, sending one, and those that were sent."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from usance.flows import statement_mails, statement_rules
from usance.flows.refusals import NotFound
from usance.records.collections import statement_queries as queries
from usance.records.collections.models import SentStatement
from usance.records.identity import public_id
from usance.records.parties import queries as parties
from usance.web.api import answers, objects
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import BuyerId, Currency, PublicId, Value

section = Section("Statements of account")

SentStatementId = Annotated[UUID, PublicId("sent_statement")]
Every = Literal["never", "weekly", "monthly"]


class ScheduleValue(Value):
    """When statements are sent by themselves: on ``day`` of the week (1 is Monday) or of the month (the
    last day of a shorter one)."""

    every: Every
    day: Annotated[int, Field(ge=1, le=31)] = 1


class ScheduleShown(answers.Shown):
    """The schedule that counts; ``own`` is whether a buyer has its own."""

    object: Literal["statement_schedule"]
    own: bool
    every: Every
    day: int


class StatementAccount(answers.Shown):
    """One account on a statement; minor units."""

    currency: Currency
    open: int
    overdue: int


class SentStatementShown(answers.Described):
    """A statement that went out. ``period`` is null where a person asked for it; without
    ``recipients`` it was due, but the buyer has no address."""

    id: SentStatementId
    object: Literal["sent_statement"]
    buyer: BuyerId
    period: str | None
    since: date
    on: date
    accounts: list[StatementAccount]
    recipients: list[str]
    language: str
    author: str


@section.read(
    "/statement-schedule",
    scope="invoices:read",
    answer=ScheduleShown,
    summary="Show when statements of account are sent",
)
def get_statement_schedule(request: ApiRequest, *, buyer: BuyerId | None = None) -> Any:
    """Your own, or that which counts for a buyer."""
    return _schedule(request, buyer)


@section.write(
    "PUT",
    "/statement-schedule",
    scope="invoices:write",
    answer=ScheduleShown,
    summary="Set when statements of account are sent",
)
def set_statement_schedule(
    request: ApiRequest, *, payload: ScheduleValue, buyer: BuyerId | None = None
) -> Any:
    """To all buyers, or to one in their place. Only who owes something is sent one, once a period."""
    statement_rules.set_rule(
        request.auth.seller,
        every=payload.every,
        day=payload.day,
        buyer_id=buyer,
        at=request.at,
        by=request.auth.by,
    )
    return _schedule(request, buyer)


@section.write(
    "DELETE",
    "/statement-schedule",
    scope="invoices:write",
    answer=ScheduleShown,
    summary="Let a buyer go by your own schedule of statements again",
)
def delete_statement_schedule(request: ApiRequest, *, buyer: BuyerId) -> Any:
    """404 where the buyer has no schedule of its own. What counts for it from now on is answered."""
    statement_rules.drop_rule(
        request.auth.seller, buyer_id=buyer, at=request.at, by=request.auth.by
    )
    return _schedule(request, buyer)


@section.write(
    "POST",
    "/buyers/{buyer_id}/statement/send",
    scope="invoices:write",
    answer=SentStatementShown,
    status=202,
    summary="Send a buyer its statement of account",
)
def send_buyer_statement(request: ApiRequest, *, buyer_id: BuyerId) -> Any:
    """By e-mail to the addresses of its billing profile, with PDF and table (CSV) of each currency in
    which something is open, as of today."""
    sent = statement_mails.send_statement(
        request.auth.seller, buyer_id=buyer_id, at=request.at, by=request.auth.by
    )
    return _shown(sent)


@section.read(
    "/sent-statements",
    scope="invoices:read",
    answer=answers.Page[SentStatementShown],
    summary="List statements of account that were sent",
)
def list_sent_statements(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    buyer: BuyerId | None = None,
) -> Any:
    """The newest first."""
    found = queries.sent_statements(seller_id=request.auth.seller.id, buyer_id=buyer)
    return page(found, kind="sent_statement", limit=limit, after=after, show=_shown)


def _schedule(request: ApiRequest, buyer_id: UUID | None) -> dict[str, Any]:
    seller = request.auth.seller
    if buyer_id is not None and parties.buyer(seller_id=seller.id, buyer_id=buyer_id) is None:
        raise NotFound("There is no such buyer.")
    counts = statement_rules.schedule_for(seller, buyer_id=buyer_id)
    return {
        "object": "statement_schedule",
        "own": queries.rule_of(seller_id=seller.id, buyer_id=buyer_id) is not None,
        "every": counts.every,
        "day": counts.day,
    }


def _shown(it: SentStatement) -> dict[str, Any]:
    return objects.head("sent_statement", it.id, it.created_at) | {
        "buyer": public_id("buyer", it.buyer_id),
        "period": it.period,
        "since": it.since_on,
        "on": it.on,
        "accounts": it.accounts,
        "recipients": it.recipients,
        "language": it.language,
        "author": it.author,
    }
