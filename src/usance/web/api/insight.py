"""Figures of a period, the cash forecast, and what reports rest on."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from usance.flows import cash_forecasts, report_rules
from usance.records.identity import public_id
from usance.records.invoices import forecast_queries, insight_queries, receivables
from usance.records.invoices.models import CashForecast, ReportRules
from usance.rules.forecast.weeks import week_from_document
from usance.rules.receivables_spread import COHORT_DAYS
from usance.web.api import report_answers
from usance.web.api.objects import money
from usance.web.api.requests import ApiRequest, today
from usance.web.api.section import Section
from usance.web.api.values import NO_NUL, Currency, Day, Value

section = Section("Reports")

Days = Annotated[int, Field(ge=1, le=1095)]
Key = Annotated[
    str, StringConstraints(min_length=1, max_length=report_rules.LONGEST_KEY, pattern=NO_NUL)
]


class NewReportRules(Value):
    """What reports rest on; ``capital_rate`` in per cent a year."""

    capital_rate: Annotated[Decimal | None, Field(ge=0, le=100, max_digits=6, decimal_places=3)] = (
        None
    )
    segment_key: Key = "segment"
    person_key: Key = "sales_person"


def _text(figure: Decimal | None) -> str | None:
    return None if figure is None else str(figure)


def _moneys(row: Any, *names: str) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in names}
    return {
        name: None if amount is None else money(amount, row.currency)
        for name, amount in found.items()
    }


@section.read(
    "/reports/collection",
    scope="reports:read",
    answer=report_answers.Report[report_answers.CollectionRow],
    summary="How well a period was collected",
)
def report_collection(request: ApiRequest, *, on: Day | None = None, days: Days = 90) -> Any:
    """Days sales outstanding (simple, count-back, best possible), collection effectiveness, disputes,
    promises and bad debt of the `days` up to `on`, by currency. Amounts include tax."""
    day = on or today(request)
    ratios = (
        *("simple", "countback", "best", "delinquent", "effectiveness", "days_late"),
        *("dispute_rate", "kept_rate", "bad_debt_rate"),
    )
    amounts = (
        *("receivable", "not_due", "beginning", "sales", "disputed", "promised", "kept"),
        "bad_debt",
    )
    return {
        "object": "report",
        "on": day,
        "data": [
            {"currency": row.currency, "days": row.days}
            | _moneys(row, *amounts)
            | {name: _text(getattr(row, name)) for name in ratios}
            for row in insight_queries.collection(
                seller_id=request.auth.seller.id, on=day, days=days
            )
        ],
    }


@section.read(
    "/reports/concentration",
    scope="reports:read",
    answer=report_answers.Report[report_answers.ConcentrationRow],
    summary="Concentration",
)
def report_concentration(request: ApiRequest, *, on: Day | None = None) -> Any:
    """The largest debtors as of any day, and how concentrated receivables are, by currency."""
    day = on or today(request)
    return {
        "object": "report",
        "on": day,
        "data": [
            {
                "currency": one.currency,
                "total": money(one.total, one.currency),
                "buyers": one.buyers,
                "top_share": _text(one.top_share),
                "index": one.index,
                "top": [
                    {
                        "buyer": public_id("buyer", row.buyer_id) if row.buyer_id else None,
                        "buyer_name": row.buyer_name,
                        "outstanding": money(row.total, row.currency),
                        "overdue": money(row.overdue, row.currency),
                    }
                    for row in one.top
                ],
            }
            for one in insight_queries.concentration(seller_id=request.auth.seller.id, on=day)
        ],
    }


@section.read(
    "/reports/cohorts",
    scope="reports:read",
    answer=report_answers.Report[report_answers.CohortRow],
    summary="Payment behaviour by month of the invoice",
)
def report_cohorts(
    request: ApiRequest, *, on: Day | None = None, currency: Currency | None = None
) -> Any:
    """Of the invoices of each of the last twelve months, in one currency (the seller's own unless
    another is named): what was paid by so many days after the due date, as of any day."""
    day = on or today(request)
    code = currency or request.auth.seller.currency
    rows = insight_queries.payment_cohorts(seller_id=request.auth.seller.id, on=day, currency=code)
    return {
        "object": "report",
        "on": day,
        "data": [
            {
                "month": row.month,
                "invoiced": money(row.invoiced, code),
                "paid": [
                    {
                        "days": days,
                        "paid": None if paid is None else money(paid, code),
                        "share": _text(share),
                    }
                    for days, paid, share in zip(COHORT_DAYS, row.paid, row.shares, strict=True)
                ],
            }
            for row in rows
        ],
    }


@section.read(
    "/reports/terms",
    scope="reports:read",
    answer=report_answers.Report[report_answers.TermsRow],
    summary="What terms cost and earn",
)
def report_terms(request: ApiRequest, *, on: Day | None = None, days: Days = 365) -> Any:
    """Cost of capital, discounts taken, fees, small differences and bad debt against interest charged,
    in the `days` up to `on`, by currency, from the ledger's accounts."""
    day = on or today(request)
    names = (
        *("sales", "capital", "discounts", "fees", "differences", "bad_debt"),
        *("cost", "interest", "net"),
    )
    return {
        "object": "report",
        "on": day,
        "data": [
            {"currency": row.currency, "days": days, "of_sales": _text(row.of_sales)}
            | _moneys(row, *names)
            for row in insight_queries.terms_results(
                seller_id=request.auth.seller.id, on=day, days=days
            )
        ],
    }


@section.read(
    "/reports/credit-use",
    scope="reports:read",
    answer=report_answers.Report[report_answers.LineUseRow],
    summary="Exposure against limits",
)
def report_credit_use(
    request: ApiRequest, *, limit: Annotated[int, Field(ge=1, le=1000)] = 100
) -> Any:
    """The credit lines that are used most of their limit now."""
    return {
        "object": "report",
        "on": today(request),
        "data": [
            {
                "buyer": public_id("buyer", row.buyer_id),
                "buyer_name": row.buyer_name,
                "currency": row.currency,
                "state": row.state,
                "use": _text(row.use),
            }
            | _moneys(row, "limit", "tolerance", "exposure")
            for row in insight_queries.fullest_lines(seller_id=request.auth.seller.id, most=limit)
        ],
    }


@section.read(
    "/reports/cash-forecast",
    scope="reports:read",
    answer=report_answers.Report[report_answers.ForecastRow],
    summary="Cash forecast",
)
def report_cash_forecast(
    request: ApiRequest, *, on: Day | None = None, currency: Currency | None = None
) -> Any:
    """What is expected of the open invoices in each of the next thirteen weeks, with the range that
    holds four of five, and what came of weeks that are over.

    The forecast that was kept by the day `on`. For today, where none was made last night, it is made
    for the answer; of a past day without one there is none.
    """
    day = on or today(request)
    seller = request.auth.seller
    found = forecast_queries.kept_forecasts(seller_id=seller.id, on=day)
    kept = True
    if day == today(request) and not any(one.on >= day - timedelta(days=1) for one in found):
        found, kept = cash_forecasts.unkept(seller, at=request.at), False
    found = [one for one in found if currency in (None, one.currency)]
    hits = forecast_queries.hits(found, until=today(request) - timedelta(days=1))
    return {
        "object": "report",
        "on": day,
        "data": [
            _forecast(one, {hit.week.begins_on: hit for hit in over}, kept=kept)
            for one, over in hits
        ],
    }


def _forecast(one: CashForecast, over: dict[Any, Any], *, kept: bool) -> dict[str, Any]:
    weeks = []
    for week in map(week_from_document, one.weeks):
        hit = over.get(week.begins_on)
        amounts = ("expected", "low", "middle", "high")
        weeks.append(
            {"begins_on": week.begins_on, "ends_on": week.ends_on}
            | {name: money(getattr(week, name), one.currency) for name in amounts}
            | {
                "came": None if hit is None else money(hit.came, one.currency),
                "within": None if hit is None else hit.within,
            }
        )
    return {
        "currency": one.currency,
        "made_of": one.on,
        "kept": kept,
        "model": one.model,
        "items": one.items,
        "weeks": weeks,
    } | _moneys(one, "outstanding", "disputed", "beyond")


@section.read(
    "/report-rules",
    scope="reports:read",
    answer=report_answers.ReportRulesShown,
    summary="What reports rest on",
)
def get_report_rules(request: ApiRequest) -> Any:
    """The cost of your money, and where buyers' segments and sales persons are kept."""
    return _rules(receivables.report_rules(seller_id=request.auth.seller.id))


@section.write(
    "PUT",
    "/report-rules",
    scope="seller:write",
    answer=report_answers.ReportRulesShown,
    summary="Say what reports rest on",
)
def set_report_rules(request: ApiRequest, *, payload: NewReportRules) -> Any:
    """Replaces what was said before."""
    return _rules(
        report_rules.set_rules(
            request.auth.seller,
            capital_rate=payload.capital_rate,
            segment_key=payload.segment_key,
            person_key=payload.person_key,
            at=request.at,
        )
    )


def _rules(kept: ReportRules) -> dict[str, Any]:
    rate = kept.capital_rate
    return {
        "object": "report_rules",
        "capital_rate": None if rate is None else format(rate.normalize(), "f"),
        "segment_key": kept.segment_key,
        "person_key": kept.person_key,
    }
