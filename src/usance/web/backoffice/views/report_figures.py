"""Reports of a period: how well it was collected, how receivables are spread, how invoices of a month
were paid, and what terms cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from usance.records.invoices import insight_queries
from usance.records.invoices import queries as invoices
from usance.records.invoices.insight_queries import Collection, Concentration, LineUse
from usance.records.invoices.queries import Aging
from usance.rules.money import Money
from usance.rules.receivables_spread import COHORT_DAYS, HIGH, MODERATE, Cohort
from usance.rules.receivables_terms import TermsResult
from usance.web.backoffice import links
from usance.web.backoffice.desk import Desk, office
from usance.web.backoffice.report_charts import cohort_chart, share_chart
from usance.web.backoffice.report_parts import (
    Part,
    csv_file,
    currency_asked,
    currency_choice,
    day_asked,
    day_choice,
    days_asked,
    days_choice,
    month_text,
    report_page,
    wants_file,
)
from usance.web.design import display, locale
from usance.web.design.parts import Column, Link, Percent, Row, Table

_COLLECTED = (
    *("currency", "receivable", "not_due", "beginning", "sales", "days", "simple", "countback"),
    *("best", "delinquent", "effectiveness", "days_late", "disputed", "dispute_rate", "promised"),
    *("kept", "kept_rate", "bad_debt", "bad_debt_rate"),
)


@require_safe
@office
def collection(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Days sales outstanding in all its kinds, collection effectiveness, disputes, promises, losses."""
    on, days = day_asked(request, desk), days_asked(request, usual=90)
    rows = insight_queries.collection(seller_id=desk.seller.id, on=on, days=days)
    if wants_file(request):
        return csv_file("collection", _COLLECTED, map(_collected, rows), on=on)
    return report_page(
        request,
        desk,
        name="report_collection",
        heading=_("Collection"),
        choices=[day_choice(on), days_choice(days)],
        parts=[
            Part(
                title=_("Days sales outstanding and collection"),
                table=_collection_table(rows),
                notes=[
                    _(
                        "Days sales outstanding, simple: receivable / sales of the period x days."
                        " Counted back: how many of the latest days' sales make up the receivable."
                        " Best possible: with what is not due alone. Days delinquent: simple less"
                        " best possible."
                    ),
                    _(
                        "Collection effectiveness: (receivable at the beginning + sales -"
                        " receivable at the end) / (receivable at the beginning + sales - what is"
                        " not due at the end)."
                    ),
                    _("Definitions of the Credit Research Foundation. Amounts include tax."),
                ],
            )
        ],
        endpoint=f"GET /v1/reports/collection?on={on.isoformat()}&days={days}",
        nothing="" if rows else _("Nothing was sold in this period"),
        nothing_text=_("Choose another day, or issue the first invoice."),
    )


def _collected(row: Collection) -> dict[str, Any]:
    amounts = ("receivable", "not_due", "beginning", "sales", "disputed", "promised", "kept")
    plain = {name: getattr(row, name) for name in _COLLECTED}
    return plain | {
        name: Money(plain[name], row.currency).decimal() for name in (*amounts, "bad_debt")
    }


def _collection_table(rows: Sequence[Collection]) -> Table:
    figures: list[tuple[str, Any]] = [
        (_("Receivable"), lambda row: Money(row.receivable, row.currency)),
        (_("Not due of it"), lambda row: Money(row.not_due, row.currency)),
        (_("Receivable at the beginning"), lambda row: Money(row.beginning, row.currency)),
        (_("Sales of the period"), lambda row: Money(row.sales, row.currency)),
        (_("Days sales outstanding, simple"), lambda row: row.simple),
        (_("Days sales outstanding, counted back"), lambda row: row.countback),
        (_("Best possible days"), lambda row: row.best),
        (_("Average days delinquent"), lambda row: row.delinquent),
        (_("Collection effectiveness"), lambda row: _percent(row.effectiveness)),
        (_("Days late of what was paid, by amount"), lambda row: row.days_late),
        (_("Disputed of sales"), lambda row: _percent(row.dispute_rate, 2)),
        (_("Promises kept"), lambda row: _percent(row.kept_rate)),
        (_("Bad debt"), lambda row: Money(row.bad_debt, row.currency)),
        (_("Bad debt of sales"), lambda row: _percent(row.bad_debt_rate, 2)),
    ]
    return Table(
        caption=_("Days sales outstanding"),
        columns=[
            Column(label=_("Figure")),
            *(Column(label=row.currency, numeric=True) for row in rows),
        ],
        rows=[Row(cells=[label, *(figure(row) for row in rows)]) for label, figure in figures],
    )


def _percent(ratio: Decimal | None, decimals: int | None = None) -> Percent | None:
    return None if ratio is None else Percent(ratio, decimals)


@require_safe
@office
def concentration(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The largest debtors, how concentrated receivables are, and the fullest credit lines."""
    on = day_asked(request, desk)
    found = insight_queries.concentration(seller_id=desk.seller.id, on=on)
    if wants_file(request):
        columns = ("buyer", "currency", "outstanding", "overdue", "share")
        return csv_file("concentration", columns, _top_rows(found), on=on)
    lines = insight_queries.fullest_lines(seller_id=desk.seller.id) if on == desk.on else []
    return report_page(
        request,
        desk,
        name="report_concentration",
        heading=_("Concentration"),
        choices=[day_choice(on)],
        parts=[*(_top_part(one) for one in found), *([_lines_part(lines)] if lines else [])],
        endpoint=f"GET /v1/reports/concentration?on={on.isoformat()}",
        nothing="" if found else _("Nothing was owed on this day"),
        nothing_text=_("Choose another day, or issue the first invoice."),
    )


def _top_rows(found: Sequence[Concentration]) -> list[dict[str, Any]]:
    return [
        {
            "buyer": row.buyer_name,
            "currency": row.currency,
            "outstanding": Money(row.total, row.currency).decimal(),
            "overdue": Money(row.overdue, row.currency).decimal(),
            "share": round(Decimal(row.total) / one.total, 4),
        }
        for one in found
        for row in one.top
    ]


def _top_part(one: Concentration) -> Part:
    index = one.index or 0
    word = _("not concentrated")
    if index > MODERATE:
        word = _("highly concentrated") if index > HIGH else _("moderately concentrated")
    title = _("Largest debtors in %(currency)s") % {"currency": one.currency}
    share = locale.percent(one.top_share or 0, language=display.language())
    said = _(
        "%(count)s of %(all)s buyers owe %(share)s of it. Herfindahl-Hirschman index %(index)s:"
        " %(word)s."
    ) % {
        "count": len(one.top),
        "all": one.buyers,
        "share": share,
        "index": locale.number(index, language=display.language()),
        "word": word,
    }
    return Part(
        title=title,
        chart=share_chart(
            [(row.buyer_name, row.total) for row in one.top],
            currency=one.currency,
            id_=f"top-{one.currency}",
            title=title,
            description=said,
        ),
        table=Table(
            caption=title,
            columns=[
                Column(label=_("Buyer")),
                Column(label=_("Outstanding"), numeric=True),
                Column(label=_("Overdue"), numeric=True),
                Column(label=_("Share"), numeric=True),
            ],
            rows=[
                Row(
                    cells=[
                        _debtor_link(row),
                        Money(row.total, row.currency),
                        Money(row.overdue, row.currency) if row.overdue else None,
                        Percent(Decimal(row.total) / one.total),
                    ]
                )
                for row in one.top
            ],
        ),
        notes=[said],
    )


def _debtor_link(row: Aging) -> Link:
    assert row.buyer_id is not None, "an aging by buyer names the buyer"
    return Link(row.buyer_name, links.address("buyer", row.buyer_id))


def _lines_part(lines: Sequence[LineUse]) -> Part:
    return Part(
        title=_("Exposure against limits"),
        table=Table(
            caption=_("Exposure against limits"),
            columns=[
                Column(label=_("Buyer")),
                Column(label=_("Limit and tolerance"), numeric=True),
                Column(label=_("Exposure"), numeric=True),
                Column(label=_("In use"), numeric=True),
            ],
            rows=[
                Row(
                    cells=[
                        Link(line.buyer_name, links.address("buyer", line.buyer_id)),
                        Money(line.limit + line.tolerance, line.currency),
                        Money(line.exposure, line.currency),
                        _percent(line.use),
                    ]
                )
                for line in lines
            ],
        ),
        notes=[_("Of today. The lines that are used most of their limit come first.")],
    )


@require_safe
@office
def cohorts(request: HttpRequest, desk: Desk) -> HttpResponse:
    """How much of the invoices of each month was paid by so many days after they were due."""
    on, currency = day_asked(request, desk), currency_asked(request, desk)
    rows = insight_queries.payment_cohorts(seller_id=desk.seller.id, on=on, currency=currency)
    if wants_file(request):
        columns = ("month", "currency", "invoiced", *(f"paid_by_{days}" for days in COHORT_DAYS))
        return csv_file(
            "payment-behaviour", columns, (_cohort_row(row, currency) for row in rows), on=on
        )
    found = [row.currency for row in invoices.aging(seller_id=desk.seller.id, on=on)]
    return report_page(
        request,
        desk,
        name="report_cohorts",
        heading=_("Payment behaviour"),
        choices=[day_choice(on), currency_choice(currency, found)],
        parts=[_cohort_part(rows, currency)],
        endpoint=f"GET /v1/reports/cohorts?on={on.isoformat()}&currency={currency}",
        nothing="" if rows else _("Nothing was sold in this period"),
        nothing_text=_("Choose another day, or issue the first invoice."),
    )


def _cohort_row(row: Cohort, currency: str) -> dict[str, Any]:
    shares = {f"paid_by_{d}": s for d, s in zip(COHORT_DAYS, row.shares, strict=True)}
    invoiced = Money(row.invoiced, currency).decimal()
    return {"month": row.month, "currency": currency, "invoiced": invoiced} | shares


def _cohort_part(rows: Sequence[Cohort], currency: str) -> Part:
    days = [_days_text(one) for one in COHORT_DAYS]
    title = _("Share paid by days after the due date, by month of the invoice")
    return Part(
        title=title,
        chart=cohort_chart(
            rows,
            names=[month_text(row.month) for row in rows],
            days=days,
            percent=lambda share: locale.percent(share, language=display.language()),
            title=title,
            description=_("The further up a line is on the left, the sooner the month was paid."),
        ),
        table=Table(
            caption=title,
            columns=[
                Column(label=_("Month")),
                Column(label=_("Invoiced"), numeric=True),
                *(Column(label=one, numeric=True) for one in days),
            ],
            rows=[
                Row(
                    cells=[
                        month_text(row.month),
                        Money(row.invoiced, currency),
                        *map(_percent, row.shares),
                    ]
                )
                for row in rows
            ],
        ),
        notes=[_("A share is told once all invoices of the month are that old.")],
    )


def _days_text(days: int) -> str:
    return f"{days:+d}" if days else _("due")


@require_safe
@office
def terms(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What giving terms cost and earned in a period."""
    on, days = day_asked(request, desk), days_asked(request, usual=365)
    rows = insight_queries.terms_results(seller_id=desk.seller.id, on=on, days=days)
    if wants_file(request):
        return csv_file("terms", _TERMS, map(_terms_row, rows), on=on)
    unknown = any(row.capital is None for row in rows)
    return report_page(
        request,
        desk,
        name="report_terms",
        heading=_("Cost of terms"),
        choices=[day_choice(on), days_choice(days)],
        parts=[
            Part(
                title=_("What terms cost and what they earn"),
                table=_terms_table(rows),
                notes=[
                    *(
                        [_("Say in the settings of reports what your money costs a year.")]
                        if unknown
                        else []
                    ),
                    _(
                        "The cost of capital is the receivable of every evening at your yearly rate"
                        " / 365. The rest are the ledger's accounts. Fees are those of cards,"
                        " providers and advances."
                    ),
                ],
            )
        ],
        endpoint=f"GET /v1/reports/terms?on={on.isoformat()}&days={days}",
        nothing="" if rows else _("Nothing was sold in this period"),
        nothing_text=_("Choose another day, or issue the first invoice."),
    )


_TERMS = (
    *("currency", "sales", "capital", "discounts", "fees", "differences", "bad_debt"),
    *("interest", "cost", "net", "of_sales"),
)


def _terms_row(row: TermsResult) -> dict[str, Any]:
    plain: dict[str, Any] = {
        name: getattr(row, name) for name in ("currency", "of_sales", "cost", "net")
    }
    plain = asdict(row) | plain
    return {
        name: Money(plain[name], row.currency).decimal()
        if isinstance(plain[name], int)
        else plain[name]
        for name in _TERMS
    }


def _terms_table(rows: Sequence[TermsResult]) -> Table:
    parts: list[tuple[str, str]] = [
        (_("Sales of the period"), "sales"),
        (_("Cost of capital"), "capital"),
        (_("Discounts taken"), "discounts"),
        (_("Fees"), "fees"),
        (_("Small differences given up"), "differences"),
        (_("Bad debt"), "bad_debt"),
        (_("Cost in all"), "cost"),
        (_("Interest charged"), "interest"),
        (_("Earned less cost"), "net"),
    ]

    def shown(row: TermsResult, name: str) -> Money | None:
        amount = getattr(row, name)
        return None if amount is None else Money(amount, row.currency)

    return Table(
        caption=_("What terms cost and what they earn"),
        columns=[
            Column(label=_("Part")),
            *(Column(label=row.currency, numeric=True) for row in rows),
        ],
        rows=[Row(cells=[label, *(shown(row, name) for row in rows)]) for label, name in parts],
        footer=[_("Net cost of sales"), *(_percent(row.of_sales, 2) for row in rows)],
    )
