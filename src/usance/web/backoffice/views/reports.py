"""The aging: what is outstanding by days past due, over all or by what buyers have in common, as of any
day, and whether it agrees with the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, get_args

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from usance.records.funding import queries as funding
from usance.records.invoices import queries as invoices
from usance.records.invoices.queries import Aging
from usance.records.invoices.receivables import By, Reconciled, reconciled
from usance.rules.money import Money
from usance.web.backoffice import links
from usance.web.backoffice.desk import Desk, office
from usance.web.backoffice.funding_tables import totals_table
from usance.web.backoffice.report_charts import aging_chart
from usance.web.backoffice.report_parts import (
    Check,
    Choice,
    Part,
    csv_file,
    day_asked,
    day_choice,
    report_page,
    wants_file,
)
from usance.web.backoffice.tables import aging_summary, exposure_summary
from usance.web.design.parts import Column, Link, Row, Table
from usance.web.words.amounts import country_text, day_text, money_text

_MOST: Final = 500
"""Rows in the table of a page; the file has them all."""

_SHORT: Final = ("1\N{EN DASH}30", "31\N{EN DASH}60", "61\N{EN DASH}90", ">90")
"""The spans of days below the bars of a narrow drawing; the table has them in words."""

_FIGURES: Final = ("not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90", "total")


@require_safe
@office
def reports(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The aging at the end of the day ``?on=``, ``?by=`` something."""
    on, by = day_asked(request, desk), _by_asked(request)
    rows = invoices.aging(seller_id=desk.seller.id, on=on, by=by)
    if wants_file(request):
        return _csv(rows, on=on, by=by)
    rows.sort(key=lambda row: (row.currency != desk.seller.currency, row.currency, -row.overdue))
    totals = summed(rows)
    return report_page(
        request,
        desk,
        name="reports",
        heading=_("Aging"),
        choices=[day_choice(on), _by_choice(by)],
        check=agreement(reconciled(rows, seller_id=desk.seller.id, on=on), on=on),
        parts=[*_totals(totals, desk), *_by_part(rows, by), *_of_today(desk, on)],
        endpoint=f"GET /v1/reports/aging?on={on.isoformat()}&by={by}",
        nothing="" if rows else _("Nothing was owed on this day"),
        nothing_text=_("Choose another day, or issue the first invoice."),
    )


def _by_asked(request: HttpRequest) -> By:
    asked: Any = request.GET.get("by", "")
    return asked if asked in get_args(By) and asked != "seller" else "buyer"


def _names() -> dict[By, str]:
    return {
        "buyer": _("Buyer"),
        "country": _("Country"),
        "group": _("Group"),
        "tier": _("Credit tier"),
        "segment": _("Segment"),
        "person": _("Sales person"),
    }


def _by_choice(by: By) -> Choice:
    return Choice(name="by", label=_("By"), value=by, options=list(_names().items()))


def summed(rows: Sequence[Aging]) -> list[Aging]:
    """The rows added up by currency, in their order."""
    sums: dict[str, list[int]] = {}
    names = (*_FIGURES[:5], "invoices")
    for row in rows:
        figures = sums.setdefault(row.currency, [0] * len(names))
        for n, name in enumerate(names):
            figures[n] += getattr(row, name)
    return [
        Aging(None, "", currency, one[0], one[1], one[2], one[3], one[4], one[5])
        for currency, one in sums.items()
    ]


def agreement(told: Sequence[Reconciled], *, on: date) -> Check:
    """What holding the aging against the ledger says."""
    wrong = [one for one in told if not one.agrees]
    if not wrong:
        return Check(
            tone="positive",
            title=_("Agrees with the ledger to the cent on %(day)s") % {"day": day_text(on)},
            text=", ".join(money_text(one.ledger, one.currency) for one in told),
        )
    return Check(
        tone="negative",
        title=_("Does not agree with the ledger"),
        text=" ".join(
            _("The invoices sum to %(total)s, the ledger says %(ledger)s: run usance verify.")
            % {
                "total": money_text(one.total, one.currency),
                "ledger": money_text(one.ledger, one.currency),
            }
            for one in wrong
        ),
    )


def _totals(totals: Sequence[Aging], desk: Desk) -> list[Part]:
    if not totals:
        return []
    first = next((row for row in totals if row.currency == desk.seller.currency), totals[0])
    summary = aging_summary(totals)
    chart = aging_chart(
        first,
        labels=[_("Not due"), *_SHORT],
        title=_("Outstanding by days past due, in %(currency)s") % {"currency": first.currency},
        description=_("%(total)s are outstanding, of which %(overdue)s are overdue.")
        % {
            "total": money_text(first.total, first.currency),
            "overdue": money_text(first.overdue, first.currency),
        },
    )
    return [Part(title=_("Aging"), chart=chart, table=summary)]


def _by_part(rows: Sequence[Aging], by: By) -> list[Part]:
    more = max(len(rows) - _MOST, 0)
    name = _names()[by]
    title = _("Aging by buyer") if by == "buyer" else _("By: %(what)s") % {"what": name}
    table = Table(
        caption=title,
        columns=[
            Column(label=name),
            Column(label=_("Invoices"), numeric=True),
            Column(label=_("Not due"), numeric=True),
            Column(label=_("1 to 30 days"), numeric=True),
            Column(label=_("31 to 60 days"), numeric=True),
            Column(label=_("61 to 90 days"), numeric=True),
            Column(label=_("Over 90 days"), numeric=True),
            Column(label=_("Total"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    _name(row, by),
                    row.invoices,
                    *(
                        Money(figure, row.currency) if figure else None
                        for figure in (getattr(row, one) for one in _FIGURES)
                    ),
                ]
            )
            for row in rows[:_MOST]
        ],
    )
    notes = []
    if more:
        notes.append(
            ngettext(
                "%(more)s more row is in the file.", "%(more)s more rows are in the file.", more
            )
            % {"more": more}
        )
    if by in ("segment", "person"):
        notes.append(
            _("Read from the buyers' metadata; the settings of reports say under which key.")
        )
    return [Part(title=title, table=table, notes=notes)] if rows else []


def _name(row: Aging, by: By) -> object:
    if row.buyer_id is not None:
        return Link(row.buyer_name, links.address("buyer", row.buyer_id))
    if not row.label:
        return _("Not said")
    return country_text(row.label) if by == "country" else row.label


def _of_today(desk: Desk, on: date) -> list[Part]:
    """What is held and what is available have no past: they are shown for today alone."""
    if on != desk.on:
        return []
    exposure = invoices.exposure(seller_id=desk.seller.id)
    funded = funding.totals(seller_id=desk.seller.id, since=date(on.year, 1, 1), on=desk.on)
    parts = []
    if exposure:
        parts.append(Part(title=_("Exposure by currency"), table=exposure_summary(exposure)))
    if funded:
        parts.append(Part(title=_("Funded by partners"), table=totals_table(funded)))
    return parts


def _csv(rows: list[Aging], *, on: date, by: By) -> HttpResponse:
    def plain(row: Aging) -> dict[str, Any]:
        name = row.buyer_name if by == "buyer" else row.label
        figures = {one: Money(getattr(row, one), row.currency).decimal() for one in _FIGURES}
        return {by: name, "currency": row.currency} | figures

    return csv_file("aging", (by, "currency", *_FIGURES), map(plain, rows), on=on)
