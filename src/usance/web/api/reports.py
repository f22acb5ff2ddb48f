"""Figures across buyers: aging, days sales outstanding, exposure."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from usance.records.collections import dispute_queries
from usance.records.identity import public_id
from usance.records.invoices import queries
from usance.records.invoices.receivables import reconciled
from usance.web.api import report_answers
from usance.web.api.objects import money
from usance.web.api.requests import ApiRequest, today
from usance.web.api.section import Section
from usance.web.api.values import Currency, Day

section = Section("Reports")


@section.read(
    "/reports/aging",
    scope="reports:read",
    answer=report_answers.AgingReport,
    summary="Aging",
)
def report_aging(
    request: ApiRequest,
    *,
    on: Day | None = None,
    currency: Currency | None = None,
    by: Literal["seller", "buyer", "country", "group", "tier", "segment", "person"] = "seller",
) -> Any:
    """What is outstanding by days past the due date, as of any day; in all, by buyer, or by what buyers
    have in common. `segment` and `person` are read from buyers' metadata, under the keys of
    `GET /v1/report-rules`. `ledger` is the ledger's own balance of receivables of the same evening,
    which the rows sum to."""
    day = on or today(request)
    seller_id = request.auth.seller.id
    rows = queries.aging(seller_id=seller_id, on=day, currency=currency, by=by)
    # What is disputed is known of buyers and of all, not of what buyers have in common.
    disputed: Counter[tuple[UUID | None, str]] = Counter()
    if by in ("seller", "buyer"):
        for one in dispute_queries.disputed_on(seller_id=seller_id, on=day):
            disputed[one.buyer_id if by == "buyer" else None, one.currency] += one.amount
    figures = (
        "not_due",
        "days_1_30",
        "days_31_60",
        "days_61_90",
        "days_over_90",
        "overdue",
        "total",
    )
    return {
        "object": "report",
        "on": day,
        "data": [
            {
                "buyer": public_id("buyer", row.buyer_id) if row.buyer_id else None,
                "buyer_name": row.buyer_name,
                "label": row.label,
                "currency": row.currency,
                "invoices": row.invoices,
                **{name: money(getattr(row, name), row.currency) for name in figures},
                "disputed": money(
                    min(row.total, disputed[row.buyer_id, row.currency]), row.currency
                )
                if by in ("seller", "buyer")
                else None,
            }
            for row in rows
        ],
        "ledger": [
            {
                "currency": one.currency,
                "receivable": money(one.ledger, one.currency),
                "agrees": one.agrees,
            }
            for one in reconciled(rows, seller_id=seller_id, on=day)
            if currency in (None, one.currency)
        ],
    }


@section.read(
    "/reports/dso",
    scope="reports:read",
    answer=report_answers.Report[report_answers.DsoRow],
    summary="Days sales outstanding",
)
def report_dso(
    request: ApiRequest,
    *,
    on: Day | None = None,
    days: Annotated[int, Field(ge=1, le=1095)] = 90,
) -> Any:
    """How long sales wait for their money, simple and by count-back, by currency."""
    day = on or today(request)
    return {
        "object": "report",
        "on": day,
        "data": [
            {
                "currency": row.currency,
                "receivable": money(row.receivable, row.currency),
                "sales": money(row.sales, row.currency),
                "days": row.days,
                "simple": None if row.simple is None else str(row.simple),
                "countback": None if row.countback is None else str(row.countback),
            }
            for row in queries.dso(seller_id=request.auth.seller.id, on=day, days=days)
        ],
    }


@section.read(
    "/reports/exposure",
    scope="reports:read",
    answer=report_answers.Report[report_answers.ExposureRow],
    summary="Exposure",
)
def report_exposure(request: ApiRequest) -> Any:
    """What you stand to lose now, by currency, over all credit lines."""
    figures = (
        *("limit", "exposure", "commitments", "receivable", "external", "unapplied_cash"),
        "available",
    )
    return {
        "object": "report",
        "on": today(request),
        "data": [
            {
                "currency": row.currency,
                "lines": row.lines,
                "overdrawn": row.overdrawn,
                "held": row.held,
                **{name: money(getattr(row, name), row.currency) for name in figures},
            }
            for row in queries.exposure(seller_id=request.auth.seller.id)
        ],
    }
