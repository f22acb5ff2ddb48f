"""Limits that several credit lines share, the exchange rates between them, and what the ERP has open."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from usance.flows import exchange_rates, external_items, group_limits
from usance.flows.external_items import ReportedItem
from usance.flows.group_limits import MemberLine
from usance.flows.refusals import NotFound
from usance.records.credit import group_queries
from usance.records.credit.models import ExchangeRate, GroupLimit
from usance.records.identity import public_id
from usance.web.api import answers, objects
from usance.web.api.line_schemas import units
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest, today
from usance.web.api.section import Section
from usance.web.api.values import (
    BuyerId,
    Currency,
    Day,
    ExternalId,
    GroupLimitId,
    Limit,
    Metadata,
    MinorUnits,
    Money,
    Name,
    Part,
    ShortText,
    Value,
)

section = Section("Credit")
MOST_LINES: Final = 500
MOST_ITEMS: Final = 10_000


class GroupLine(Value):
    """A line that shares the limit; it is opened if the buyer has none in the currency."""

    buyer: BuyerId
    currency: Currency
    limit: Annotated[int, Field(strict=True, ge=0)] | None = Field(
        default=None,
        description="The line's own limit in minor units; null: it shares the group's whole limit.",
    )


class NewGroupLimit(Value):
    """A limit for several lines together."""

    name: Name
    limit: Limit
    tolerance: Part = 0
    lines: list[GroupLine] = Field(min_length=1, max_length=MOST_LINES)
    external_id: ExternalId | None = None
    metadata: Metadata = {}


class GroupLimitChange(Value):
    """What to change; what is not sent stays as it is. ``lines`` are all lines of the group."""

    name: Name | None = None
    limit: Limit | None = None
    tolerance: Part | None = None
    state: Literal["active", "on_hold"] | None = None
    lines: list[GroupLine] | None = Field(default=None, max_length=MOST_LINES)


class NewExchangeRate(Value):
    """From a day on, one unit of ``source`` is worth ``rate`` units of ``target``."""

    source: Currency
    target: Currency
    rate: Annotated[Decimal, Field(gt=0, max_digits=21, decimal_places=12)]
    on: Day | None = Field(default=None, description="The first day; null: today.")
    origin: ShortText = ""


class ErpItem(Value):
    """An open item of the ERP's: minor units, below zero for a credit."""

    number: Annotated[str, Field(min_length=1, max_length=80)]
    amount: MinorUnits
    due_on: Day | None = None


class ErpItems(Value):
    """Everything that one system has open of a buyer in one currency."""

    currency: Currency
    origin: Annotated[str, Field(min_length=1, max_length=40)] = "erp"
    items: list[ErpItem] = Field(max_length=MOST_ITEMS)


class ShownGroupLine(answers.Shown):
    """A line that shares the limit."""

    buyer: BuyerId
    currency: Currency
    follows: bool = Field(description="Whether its own limit is the group's.")
    limit: Money
    exposure: Money


class ShownGroupLimit(answers.Described):
    """A limit that several lines share, and what they use of it together."""

    id: GroupLimitId
    object: Literal["group_limit"]
    name: str
    state: Literal["active", "on_hold"]
    limit: Money
    tolerance: Money
    used: Money | None = Field(
        description="Converted at today's rates; null where a rate is missing."
    )
    available: Money
    lines: list[ShownGroupLine]


class ShownExchangeRate(answers.Described):
    """An exchange rate from a day on."""

    id: str
    object: Literal["exchange_rate"]
    source: Currency
    target: Currency
    rate: str
    on: date
    origin: str


def _shown(group: GroupLimit, *, on: date) -> dict[str, Any]:
    standing = group_queries.standing(group, on=on)
    currency = group.currency
    return {
        "id": public_id("group_limit", group.id),
        "object": "group_limit",
        "created_at": group.created_at,
        "external_id": group.external_id,
        "metadata": group.metadata,
        "name": group.name,
        "state": group.state,
        "limit": objects.money(group.limit, currency),
        "tolerance": objects.money(group.tolerance, currency),
        "used": None if standing.used is None else objects.money(standing.used, currency),
        "available": objects.money(standing.available, currency),
        "lines": [
            {
                "buyer": public_id("buyer", line.buyer_id),
                "currency": line.currency,
                "follows": line.follows_group,
                "limit": objects.money(line.limit, line.currency),
                "exposure": objects.money(line.exposure, line.currency),
            }
            for line in group_queries.lines_of_group(seller_id=group.seller_id, group_id=group.id)
        ],
    }


def _lines(lines: list[GroupLine]) -> list[MemberLine]:
    return [MemberLine(line.buyer, line.currency, line.limit) for line in lines]


@section.read(
    "/group-limits",
    scope="credit:read",
    answer=answers.Page[ShownGroupLimit],
    summary="List shared limits",
)
def list_group_limits(
    request: ApiRequest, *, limit: PageLimit = USUAL, after: Cursor | None = None
) -> Any:
    """The newest first."""
    found = group_queries.groups(seller_id=request.auth.seller.id)
    on = today(request)
    return page(
        found, kind="group_limit", limit=limit, after=after, show=lambda one: _shown(one, on=on)
    )


@section.write(
    "POST",
    "/group-limits",
    scope="credit:write",
    answer=ShownGroupLimit,
    status=201,
    summary="Share a limit",
)
def create_group_limit(request: ApiRequest, *, payload: NewGroupLimit) -> Any:
    """A limit that the lines of several companies, or of several currencies, share."""
    currency = payload.limit.currency
    group = group_limits.create_group(
        request.auth.seller,
        name=payload.name,
        currency=currency,
        limit=payload.limit.amount,
        tolerance=units(payload.tolerance, currency=currency, pointer="#/tolerance"),
        lines=_lines(payload.lines),
        external_id=payload.external_id,
        metadata=payload.metadata,
        at=request.at,
        by=request.auth.by,
    )
    return _shown(group, on=today(request))


@section.read(
    "/group-limits/{group_id}",
    scope="credit:read",
    answer=ShownGroupLimit,
    summary="Show a shared limit",
)
def get_group_limit(request: ApiRequest, *, group_id: GroupLimitId) -> Any:
    """The limit, its lines, and what they use of it together."""
    group = group_queries.group(seller_id=request.auth.seller.id, group_id=group_id)
    if group is None:
        raise NotFound("There is no such group limit.")
    return _shown(group, on=today(request))


@section.write(
    "PATCH",
    "/group-limits/{group_id}",
    scope="credit:write",
    answer=ShownGroupLimit,
    summary="Change a shared limit",
)
def change_group_limit(
    request: ApiRequest, *, group_id: GroupLimitId, payload: GroupLimitChange
) -> Any:
    """Limit, name, state or lines. It takes effect at the next checkout."""
    seller = request.auth.seller
    known = group_queries.group(seller_id=seller.id, group_id=group_id)
    if known is None:
        raise NotFound("There is no such group limit.")
    changed = group_limits.change_group(
        seller,
        group_id=group_id,
        name=payload.name,
        limit=None
        if payload.limit is None
        else units(payload.limit, currency=known.currency, pointer="#/limit"),
        tolerance=None
        if payload.tolerance is None
        else units(payload.tolerance, currency=known.currency, pointer="#/tolerance"),
        state=payload.state,
        lines=None if payload.lines is None else _lines(payload.lines),
        at=request.at,
        by=request.auth.by,
    )
    return _shown(changed, on=today(request))


def _shown_rate(rate: ExchangeRate) -> dict[str, Any]:
    return {
        "id": public_id("exchange_rate", rate.id),
        "object": "exchange_rate",
        "created_at": rate.created_at,
        "external_id": None,
        "metadata": {},
        "source": rate.source,
        "target": rate.target,
        "rate": f"{rate.rate.normalize():f}",
        "on": rate.on,
        "origin": rate.origin,
    }


@section.read(
    "/exchange-rates",
    scope="credit:read",
    answer=answers.Page[ShownExchangeRate],
    summary="List exchange rates",
)
def list_exchange_rates(
    request: ApiRequest, *, limit: PageLimit = USUAL, after: Cursor | None = None
) -> Any:
    """The newest first."""
    found = group_queries.rates(seller_id=request.auth.seller.id)
    return page(found, kind="exchange_rate", limit=limit, after=after, show=_shown_rate)


@section.write(
    "POST",
    "/exchange-rates",
    scope="credit:write",
    answer=ShownExchangeRate,
    status=201,
    summary="Store an exchange rate",
)
def create_exchange_rate(request: ApiRequest, *, payload: NewExchangeRate) -> Any:
    """The rate at which exposure is converted from a day on. Of several for one day the last
    counts."""
    stored = exchange_rates.set_rate(
        request.auth.seller,
        source=payload.source,
        target=payload.target,
        rate=payload.rate,
        on=payload.on or today(request),
        origin=payload.origin,
        at=request.at,
        by=request.auth.by,
    )
    return _shown_rate(stored)


@section.write(
    "PUT",
    "/buyers/{buyer_id}/external-items",
    scope="credit:write",
    answer=answers.CreditLine,
    summary="Report what the ERP has open",
)
def put_external_items(request: ApiRequest, *, buyer_id: BuyerId, payload: ErpItems) -> Any:
    """All open items that one system has of the buyer: they use its limit. What is no longer named
    is gone; items that are invoices of Usance's are left out, since those count already."""
    line = external_items.report_open_items(
        request.auth.seller,
        buyer_id=buyer_id,
        currency=payload.currency,
        origin=payload.origin,
        items=[ReportedItem(item.number, item.amount, item.due_on) for item in payload.items],
        at=request.at,
        by=request.auth.by,
    )
    return objects.credit_line(line, offered=line.terms)
