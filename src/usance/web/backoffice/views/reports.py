"""Reports: aging by buyer, days sales outstanding, exposure; as of any day."""

from __future__ import annotations

import csv
from datetime import date
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from usance.records.funding import queries as funding
from usance.records.invoices import queries as invoices
from usance.records.invoices.queries import Aging, DaysSalesOutstanding
from usance.rules.money import Money
from usance.web.backoffice.desk import Desk, office
from usance.web.backoffice.funding_tables import totals_table
from usance.web.backoffice.shell import page
from usance.web.backoffice.tables import aging_summary, aging_table, exposure_summary
from usance.web.design.parts import Column, Row, Table

_MOST: Final = 500
"""Buyers in the table of a page; the file has them all."""


@require_safe
@office
def reports(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Aging by buyer and days sales outstanding at the end of the day ``?on=``."""
    on = _day(request, desk)
    rows = invoices.aging(seller_id=desk.seller.id, on=on, by="buyer")
    if request.GET.get("format") == "csv":
        return _csv(rows, on=on)
    rows.sort(key=lambda row: (row.currency != desk.seller.currency, row.currency, -row.overdue))
    totals = invoices.aging(seller_id=desk.seller.id, on=on)
    exposure = invoices.exposure(seller_id=desk.seller.id)
    dso = invoices.dso(seller_id=desk.seller.id, on=on)
    funded = funding.totals(seller_id=desk.seller.id, since=date(on.year, 1, 1), on=desk.on)
    return page(
        request,
        desk,
        "reports",
        current="reports",
        heading=_("Reports"),
        on=on,
        totals=aging_summary(totals) if totals else None,
        aging=aging_table(rows[:_MOST]) if rows else None,
        more=max(len(rows) - _MOST, 0),
        dso=_dso_table(dso) if dso else None,
        # What is held and what is available have no past: they are shown for today alone.
        funded=totals_table(funded) if funded and on == desk.on else None,
        exposure=exposure_summary(exposure) if exposure and on == desk.on else None,
    )


def _day(request: HttpRequest, desk: Desk) -> date:
    """The day asked for, not after today; today where it cannot be read."""
    try:
        return min(date.fromisoformat(request.GET.get("on", "")), desk.on)
    except ValueError:
        return desk.on


def _csv(rows: list[Aging], *, on: date) -> HttpResponse:
    """The aging as a table for spreadsheets: plain decimals, ISO days, English heads."""
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="aging-{on.isoformat()}.csv"'},
    )
    names = ("not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90", "total")
    writer = csv.writer(response)
    writer.writerow(["buyer", "currency", *names])
    for row in rows:
        figures = [Money(getattr(row, name), row.currency).decimal() for name in names]
        # A name that a spreadsheet would take for a formula is made text.
        name = f"'{row.buyer_name}" if row.buyer_name[:1] in "=+-@\t" else row.buyer_name
        writer.writerow([name, row.currency, *figures])
    return response


def _dso_table(rows: list[DaysSalesOutstanding]) -> Table:
    return Table(
        caption=_("Days sales outstanding"),
        columns=[
            Column(label=_("Currency")),
            Column(label=_("Receivable"), numeric=True),
            Column(label=_("Sales in 90 days"), numeric=True),
            Column(label=_("Days, simple"), numeric=True),
            Column(label=_("Days, counted back"), numeric=True),
        ],
        rows=[
            Row(
                cells=[
                    row.currency,
                    Money(row.receivable, row.currency),
                    Money(row.sales, row.currency),
                    row.simple,
                    row.countback,
                ]
            )
            for row in rows
        ],
    )
