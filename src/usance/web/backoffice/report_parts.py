"""What the pages of reports have in common: their views, what can be chosen, their parts and files."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from babel.dates import format_skeleton
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from usance.rules.money import EXPONENTS
from usance.web.asked_days import day_asked_in
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.report_charts import Chart
from usance.web.backoffice.shell import page
from usance.web.design import display, locale
from usance.web.design.parts import Figure, Tab, Table, Tone

PERIODS: Final = (30, 90, 180, 365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something that can be chosen above a report: one of ``options`` (value, label), or a day."""

    name: str
    label: str
    value: str
    options: Sequence[tuple[str, str]] = ()
    type: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section of a report: a drawing, the table behind it, and what must be known to read them."""

    title: str
    chart: Chart | None = None
    table: Table | None = None
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Whether a report agrees with the ledger, in words."""

    tone: Tone
    title: str
    text: str = ""


def tabs(current: str) -> list[Tab]:
    """The reports there are."""
    return [
        Tab(label=label, href=reverse(f"office_{name}"), current=name == current)
        for name, label in (
            ("reports", _("Aging")),
            ("report_collection", _("Collection")),
            ("report_cash", _("Cash forecast")),
            ("report_concentration", _("Concentration")),
            ("report_cohorts", _("Payment behaviour")),
            ("report_terms", _("Cost of terms")),
            ("report_rules", _("Settings of reports")),
        )
    ]


def report_page(
    request: HttpRequest,
    desk: Desk,
    *,
    name: str,
    heading: str,
    parts: Sequence[Part] = (),
    choices: Sequence[Choice] = (),
    check: Check | None = None,
    figures: Sequence[Figure] = (),
    endpoint: str = "",
    nothing: str = "",
    nothing_text: str = "",
    file: bool = True,
) -> HttpResponse:
    """A report as a page. ``nothing`` says why there is none, ``endpoint`` where programs have it."""
    asked = {one.name: one.value for one in choices}
    return page(
        request,
        desk,
        "report",
        current="reports",
        heading=heading,
        tabs=tabs(name),
        parts=parts,
        choices=choices,
        check=check,
        figures=figures,
        endpoint=endpoint,
        nothing=nothing,
        nothing_text=nothing_text,
        download=f"?{urlencode(asked | {'format': 'csv'})}" if file and not nothing else "",
    )


def day_choice(on: date) -> Choice:
    """The day at whose end the report is."""
    return Choice(name="on", label=_("At the end of the day"), value=on.isoformat(), type="date")


def days_choice(days: int) -> Choice:
    """How long the period is."""
    return Choice(
        name="days",
        label=_("Days of the period"),
        value=str(days),
        options=[(str(one), str(one)) for one in PERIODS],
    )


def currency_choice(currency: str, found: Iterable[str]) -> Choice:
    """One of the currencies in which there is something, the one asked for among them."""
    return Choice(
        name="currency",
        label=_("Currency"),
        value=currency,
        options=[(code, code) for code in sorted({currency, *found})],
    )


def day_asked(request: HttpRequest, desk: Desk) -> date:
    """The day asked for, not after today; today where it cannot be read or is before 1970, as in the API:
    periods reach back from it."""
    return day_asked_in(request, "on", usual=desk.on, last=desk.on)


def days_asked(request: HttpRequest, *, usual: int) -> int:
    """The period asked for, one of PERIODS."""
    text = request.GET.get("days", "")
    return int(text) if text in {str(one) for one in PERIODS} else usual


def currency_asked(request: HttpRequest, desk: Desk) -> str:
    """The currency asked for; the seller's own where there is no such."""
    asked = request.GET.get("currency", "")
    return asked if asked in EXPONENTS else desk.seller.currency


def wants_file(request: HttpRequest) -> bool:
    """Whether the report is asked for as a file."""
    return request.GET.get("format") == "csv"


def csv_file(
    name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, on: date
) -> HttpResponse:
    """A table for spreadsheets: plain decimals, ISO days, English heads."""
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}-{on.isoformat()}.csv"'},
    )
    writer = csv.writer(response)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_plain(row[column]) for column in columns])
    return response


def _plain(value: Any) -> Any:
    # Text that a spreadsheet would take for a formula is made text (OWASP: CSV injection).
    if isinstance(value, str) and value[:1] in "=+-@\t\r" and value:
        return f"'{value}"
    return "" if value is None else value


def month_text(month: str) -> str:
    """A month such as 2026-03 as the reader writes it."""
    day = date.fromisoformat(f"{month}-01")
    return str(format_skeleton("yMMM", day, locale=locale.locale_of(display.language())))
