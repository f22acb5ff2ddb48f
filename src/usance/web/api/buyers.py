"""Buyers, their members, their credit and their statement of account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from usance.flows import credit_lines, onboarding, organisation
from usance.flows.found import buyer_of
from usance.records.collections import dispute_queries
from usance.records.credit import queries as credit
from usance.records.credit.models import CreditLine
from usance.records.identity import public_id
from usance.records.invoices import queries as invoices
from usance.records.parties import queries as parties
from usance.records.payments import queries as payments
from usance.web.api import answers, objects, report_answers
from usance.web.api.line_schemas import units
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest, today
from usance.web.api.schemas import BuyerChange, CreditLineTerms, LineChange, NewBuyer
from usance.web.api.section import Section
from usance.web.api.values import BuyerId, Currency, Day, ExternalId

section = Section("Buyers")


@section.write(
    "POST", "/buyers", scope="buyers:write", answer=answers.Buyer, status=201, summary="Add a buyer"
)
def create_buyer(request: ApiRequest, *, payload: NewBuyer) -> Any:
    """A new trade account, without credit yet."""
    buyer = onboarding.create_buyer(
        request.auth.seller, at=request.at, by=request.auth.by, **payload.model_dump()
    )
    return objects.buyer(buyer)


@section.read(
    "/buyers", scope="buyers:read", answer=answers.Page[answers.Buyer], summary="List buyers"
)
def list_buyers(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    external_id: ExternalId | None = None,
) -> Any:
    """The newest first."""
    found = parties.buyers(seller_id=request.auth.seller.id, external_id=external_id)
    return page(found, kind="buyer", limit=limit, after=after, show=objects.buyer)


@section.read(
    "/buyers/{buyer_id}", scope="buyers:read", answer=answers.Buyer, summary="Show a buyer"
)
def get_buyer(request: ApiRequest, *, buyer_id: BuyerId) -> Any:
    """One buyer."""
    return objects.buyer(buyer_of(request.auth.seller, buyer_id=buyer_id))


@section.write(
    "PATCH",
    "/buyers/{buyer_id}",
    scope="buyers:write",
    answer=answers.Buyer,
    summary="Change a buyer",
)
def update_buyer(request: ApiRequest, *, buyer_id: BuyerId, payload: BuyerChange) -> Any:
    """Only what is sent changes; metadata is replaced as a whole. ``po_required``, ``po_unique`` and
    ``members_only`` bind from the next order on."""
    fields = payload.model_dump(exclude_unset=True)
    if not fields:
        return objects.buyer(buyer_of(request.auth.seller, buyer_id=buyer_id))
    buyer = organisation.update_buyer(
        request.auth.seller, buyer_id=buyer_id, at=request.at, by=request.auth.by, **fields
    )
    return objects.buyer(buyer)


@section.read(
    "/buyers/{buyer_id}/credit",
    scope="credit:read",
    answer=answers.Credit,
    summary="Show a buyer's credit",
)
def get_credit(request: ApiRequest, *, buyer_id: BuyerId) -> Any:
    """Limit, exposure by bucket, what is available and on what terms, one line a currency."""
    buyer_of(request.auth.seller, buyer_id=buyer_id)
    seller_id = request.auth.seller.id
    offered = credit.terms_offered(seller_id=seller_id, at=request.at)
    return {
        "object": "credit",
        "buyer": public_id("buyer", buyer_id),
        "lines": [
            objects.credit_line(line, offered=offered)
            for line in credit.with_group_room(
                credit.lines(seller_id=seller_id, buyer_id=buyer_id), on=today(request)
            )
        ],
    }


@section.read(
    "/buyers/{buyer_id}/statement",
    scope="invoices:read",
    answer=report_answers.Statement,
    summary="Show a statement of account",
)
def get_statement(
    request: ApiRequest,
    *,
    buyer_id: BuyerId,
    on: Day | None = None,
    currency: Currency | None = None,
) -> Any:
    """Open items and balance at the end of a day, by currency. Without ``on``: now."""
    buyer_of(request.auth.seller, buyer_id=buyer_id)
    day = on or today(request)
    seller_id = request.auth.seller.id
    items = invoices.open_items(seller_id=seller_id, on=day, buyer_id=buyer_id, currency=currency)
    cash = payments.unapplied_cash(seller_id=seller_id, buyer_id=buyer_id, on=day)
    disputed = {
        row.invoice_id: row.amount
        for row in dispute_queries.disputed_on(seller_id=seller_id, on=day, buyer_id=buyer_id)
    }
    currencies = sorted({item.currency for item in items} | cash.keys())
    return {
        "object": "statement",
        "buyer": public_id("buyer", buyer_id),
        "on": day,
        "balances": [
            _standing(
                code,
                [i for i in items if i.currency == code],
                cash=cash.get(code, 0),
                disputed=disputed,
            )
            for code in currencies
            if currency in (None, code)
        ],
    }


def _standing(
    currency: str, items: list[invoices.OpenItem], *, cash: int, disputed: Mapping[UUID, int]
) -> dict[str, Any]:
    owed = sum(item.outstanding for item in items)
    open_: Counter[UUID] = Counter()
    for item in items:
        open_[item.invoice_id] += item.outstanding
    in_dispute = sum(min(left, disputed.get(id_, 0)) for id_, left in open_.items())
    overdue = sum(item.outstanding for item in items if item.days_overdue)
    return {
        "currency": currency,
        "owed": objects.money(owed, currency),
        "overdue": objects.money(overdue, currency),
        "disputed": objects.money(in_dispute, currency),
        "unapplied_cash": objects.money(cash, currency),
        "balance": objects.money(owed - cash, currency),
        "open_items": [objects.open_item(item) for item in items],
    }


@section.write(
    "PUT",
    "/buyers/{buyer_id}/credit-line",
    scope="credit:write",
    answer=answers.CreditLine,
    summary="Set a credit limit",
)
def set_credit_line(request: ApiRequest, *, buyer_id: BuyerId, payload: CreditLineTerms) -> Any:
    """Give the buyer a limit in a currency, or change it. A limit below what is used is allowed:
    nothing more is approved until it is paid down."""
    currency = payload.limit.currency
    line = credit_lines.set_credit_line(
        request.auth.seller,
        buyer_id=buyer_id,
        currency=currency,
        limit=payload.limit.amount,
        tolerance=units(payload.tolerance, currency=currency, pointer="#/tolerance"),
        terms=payload.terms,
        at=request.at,
        by=request.auth.by,
    )
    return _line(request, line)


def _change_state(request: ApiRequest, buyer_id: Any, change: LineChange, state: str) -> Any:
    line = credit_lines.change_line_state(
        request.auth.seller,
        buyer_id=buyer_id,
        currency=change.currency,
        state=state,
        reason=change.reason,
        at=request.at,
        by=request.auth.by,
    )
    return _line(request, line)


@section.write(
    "POST",
    "/buyers/{buyer_id}/credit-line/hold",
    scope="credit:write",
    answer=answers.CreditLine,
    summary="Put a credit line on hold",
)
def hold_credit_line(request: ApiRequest, *, buyer_id: BuyerId, payload: LineChange) -> Any:
    """No further order is approved until the line is released."""
    return _change_state(request, buyer_id, payload, "on_hold")


@section.write(
    "POST",
    "/buyers/{buyer_id}/credit-line/release",
    scope="credit:write",
    answer=answers.CreditLine,
    summary="Release a credit line",
)
def release_credit_line(request: ApiRequest, *, buyer_id: BuyerId, payload: LineChange) -> Any:
    """Orders are decided again."""
    return _change_state(request, buyer_id, payload, "active")


@section.write(
    "POST",
    "/buyers/{buyer_id}/credit-line/revoke",
    scope="credit:write",
    answer=answers.CreditLine,
    summary="Revoke a credit line",
)
def revoke_credit_line(request: ApiRequest, *, buyer_id: BuyerId, payload: LineChange) -> Any:
    """Suspend the line: what is owed stays owed, nothing more is approved."""
    return _change_state(request, buyer_id, payload, "suspended")


def _line(request: ApiRequest, line: CreditLine) -> dict[str, Any]:
    offered = credit.terms_offered(seller_id=request.auth.seller.id, at=request.at)
    [line] = credit.with_group_room([line], on=today(request))
    return objects.credit_line(line, offered=offered)
