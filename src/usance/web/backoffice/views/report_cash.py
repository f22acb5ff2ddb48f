"""The cash forecast with its ranges, what became of earlier ones, and what reports rest on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from babel.numbers import NumberFormatError, parse_decimal
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from usance.flows import cash_forecasts, report_rules
from usance.records.invoices import forecast_queries, receivables
from usance.records.invoices.models import CashForecast
from usance.rules.forecast.hits import Hit, Quality, quality
from usance.rules.forecast.weeks import Week, week_from_document
from usance.rules.money import Money
from usance.web.backoffice.desk import Desk, office
from usance.web.backoffice.report_charts import Key, forecast_chart
from usance.web.backoffice.report_parts import (
    Part,
    csv_file,
    currency_asked,
    currency_choice,
    day_asked,
    day_choice,
    report_page,
    tabs,
    wants_file,
)
from usance.web.backoffice.shell import page
from usance.web.design import display
from usance.web.design.locale import day as day_in
from usance.web.design.locale import locale_of
from usance.web.design.locale import percent as percent_in
from usance.web.design.parts import Column, Figure, Row, Table
from usance.web.words.amounts import day_text, money_text

_LOOK_BACK: Final = 182
"""Days of kept forecasts that are held against what came."""


@require_safe
@office
def cash_forecast(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is expected by week, with its range; and how the forecasts of the last half year did."""
    on, currency = day_asked(request, desk), currency_asked(request, desk)
    shown = _forecasts(desk, on)
    one = next((it for it in shown if it.currency == currency), None)
    if wants_file(request):
        return _csv(shown, on=on)
    return report_page(
        request,
        desk,
        name="report_cash",
        heading=_("Cash forecast"),
        choices=[day_choice(on), currency_choice(currency, (it.currency for it in shown))],
        figures=_figures(one) if one else [],
        parts=[*_expected(desk, one), *_became(desk, currency, on=on)] if one else [],
        endpoint=f"GET /v1/reports/cash-forecast?on={on.isoformat()}",
        nothing="" if one else _("There is no forecast of this day"),
        nothing_text=_(
            "A forecast of the open invoices is made every night and kept. Choose another day or"
            " currency, or issue the first invoice."
        ),
    )


def _forecasts(desk: Desk, on: date) -> list[CashForecast]:
    """Those kept by the day asked for; today, where none was made last night, as they would be."""
    kept = forecast_queries.kept_forecasts(seller_id=desk.seller.id, on=on)
    if on == desk.on and not any(one.on >= on - timedelta(days=1) for one in kept):
        return cash_forecasts.unkept(desk.seller, at=desk.at)
    return kept


def _figures(one: CashForecast) -> list[Figure]:
    weeks = [week_from_document(week) for week in one.weeks]
    month = sum(week.expected for week in weeks[:4])
    return [
        Figure(label=_("Open"), value=Money(one.outstanding, one.currency)),
        Figure(
            label=_("Expected within 4 weeks"),
            value=Money(month, one.currency),
            note=_("from %(day)s on") % {"day": day_text(weeks[0].begins_on)},
        ),
        Figure(label=_("Expected after 13 weeks"), value=Money(one.beyond, one.currency)),
        Figure(
            label=_("Disputed, left out"),
            value=Money(one.disputed, one.currency),
        ),
    ]


def _keys(*, came: bool) -> tuple[Key, ...]:
    keys = (
        Key("box", "chart-range", _("In four of five weeks within")),
        Key("box", "chart-middle", _("As likely more as less")),
    )
    return (*keys, Key("dot", "chart-dot", _("Came"))) if came else keys


def _expected(desk: Desk, one: CashForecast) -> list[Part]:
    weeks = [week_from_document(week) for week in one.weeks]
    hits = forecast_queries.hits([one], until=desk.on - timedelta(days=1))[0][1]
    title = _("Expected by week, as of the evening of %(day)s") % {"day": day_text(one.on)}
    chart = forecast_chart(
        weeks,
        currency=one.currency,
        hits=hits,
        labels=_labels(weeks),
        keys=_keys(came=bool(hits)),
        id_="forecast",
        title=title,
        description=_("%(amount)s are expected in the first week, from %(low)s to %(high)s.")
        % {
            "amount": money_text(weeks[0].expected, one.currency),
            "low": money_text(weeks[0].low, one.currency),
            "high": money_text(weeks[0].high, one.currency),
        },
    )
    notes = [
        _(
            "Each open invoice comes as its buyer has paid before, by the score. Promises and"
            " debits count on their days. What is not invoiced yet is not in it."
        ),
        _how_to_read(),
    ]
    return [
        Part(title=title, chart=chart, table=_week_table(weeks, one.currency, hits), notes=notes)
    ]


def _how_to_read() -> str:
    return _(
        "How to read a range: plan with the low amount where it must not be missed, since nine weeks of"
        " ten bring more; eight of ten lie between low and high, and the expected amount is what such"
        " weeks bring on average."
    )


def _labels(weeks: Sequence[Week]) -> list[str]:
    return [day_in(week.begins_on, language=display.language(), length="short") for week in weeks]


def _week_table(weeks: Sequence[Week], currency: str, hits: Sequence[Hit]) -> Table:
    came = {hit.week.begins_on: hit for hit in hits}
    return Table(
        caption=_("Expected by week"),
        columns=[
            Column(label=_("Week from")),
            Column(label=_("Expected"), numeric=True),
            Column(label=_("Low (9 weeks of 10 bring more)"), numeric=True),
            Column(label=_("Middle (5 of 10 bring more)"), numeric=True),
            Column(label=_("High (1 of 10 brings more)"), numeric=True),
            *([Column(label=_("Came"), numeric=True)] if hits else []),
        ],
        rows=[
            Row(
                cells=[
                    week.begins_on,
                    Money(week.expected, currency),
                    Money(week.low, currency),
                    Money(week.middle, currency),
                    Money(week.high, currency),
                    *([_came(came.get(week.begins_on), currency)] if hits else []),
                ]
            )
            for week in weeks
        ],
    )


def _came(hit: Hit | None, currency: str) -> Money | None:
    return None if hit is None else Money(hit.came, currency)


def _became(desk: Desk, currency: str, *, on: date) -> list[Part]:
    """The first week of each kept forecast beside what came: one forecast a week, so that no week is
    judged twice."""
    made = forecast_queries.forecasts_between(
        seller_id=desk.seller.id,
        currency=currency,
        first=on - timedelta(days=_LOOK_BACK),
        last=on - timedelta(days=7),
    )
    weekly: list[CashForecast] = []
    for one in made:
        if not weekly or (one.on - weekly[-1].on).days >= 7:
            weekly.append(one)
    hits = [
        hit
        for _one, found in forecast_queries.hits(weekly, until=desk.on - timedelta(days=1), weeks=1)
        for hit in found
    ]
    if not hits:
        return []
    title = _("What earlier forecasts said of their first week, and what came")
    weeks = [hit.week for hit in hits]
    return [
        Part(
            title=title,
            chart=forecast_chart(
                weeks,
                currency=currency,
                hits=hits,
                labels=_labels(weeks),
                keys=_keys(came=True),
                id_="hits",
                title=title,
                description=_said(quality(hits)),
            ),
            table=_week_table(weeks, currency, hits),
            notes=[_said(quality(hits)), _how_to_read()],
        )
    ]


def _said(it: Quality) -> str:
    def percent(ratio: Decimal | None) -> str:
        return "–" if ratio is None else percent_in(ratio, language=display.language())

    text = ngettext(
        "%(weeks)s week: %(within)s came within their range (80 %% would be exact); the error is"
        " %(wape)s of what came.",
        "%(weeks)s weeks: %(within)s came within their range (80 %% would be exact); the error is"
        " %(wape)s of what came.",
        it.weeks,
    )
    return text % {
        "weeks": it.weeks,
        "within": percent(it.within),
        "wape": percent(it.wape),
    }


def _csv(shown: Sequence[CashForecast], *, on: date) -> HttpResponse:
    columns = ("currency", "made_of", "week_from", "expected", "low", "middle", "high")
    rows: list[dict[str, Any]] = []
    for one in shown:
        for week in map(week_from_document, one.weeks):
            amounts = {
                name: Money(getattr(week, name), one.currency).decimal() for name in columns[3:]
            }
            rows.append(
                {"currency": one.currency, "made_of": one.on, "week_from": week.begins_on} | amounts
            )
    return csv_file("cash-forecast", columns, rows, on=on)


class RulesForm(forms.Form):
    """What reports rest on beside the books."""

    capital_rate = forms.CharField(
        label=_lazy("Cost of capital, per cent a year"),
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_lazy("What your money costs. Left empty, reports do not count it."),
    )
    segment_key = forms.CharField(
        label=_lazy("Key of the segment in buyers' metadata"),
        max_length=report_rules.LONGEST_KEY,
    )
    person_key = forms.CharField(
        label=_lazy("Key of the sales person in buyers' metadata"),
        max_length=report_rules.LONGEST_KEY,
    )

    def clean_capital_rate(self) -> Decimal | None:
        """A number as the reader writes it, or with a point."""
        text = str(self.cleaned_data["capital_rate"]).strip()
        if not text:
            return None
        try:
            rate = parse_decimal(text, locale=locale_of(display.language()), strict=True)
        except NumberFormatError:
            try:
                rate = Decimal(text)
            except InvalidOperation:
                rate = Decimal(-1)
        if not (rate.is_finite() and 0 <= rate <= 100):
            raise ValidationError(_("Enter per cent a year from 0 to 100."))
        return rate.quantize(Decimal("0.001"))


@require_http_methods(["GET", "HEAD", "POST"])
@office
def rules(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Say what money costs and where buyers' segments are kept."""
    may_change = desk.may("billing")
    if request.method == "POST":
        desk.require("billing")
        form = RulesForm(request.POST)
        if form.is_valid():
            report_rules.set_rules(desk.seller, at=desk.at, **form.cleaned_data)
            messages.success(request, _("The settings are kept."))
            return HttpResponseRedirect(reverse("office_report_rules"))
    else:
        kept = receivables.report_rules(seller_id=desk.seller.id)
        rate = kept.capital_rate
        form = RulesForm(
            initial={
                "capital_rate": "" if rate is None else format(rate.normalize(), "f"),
                "segment_key": kept.segment_key,
                "person_key": kept.person_key,
            }
        )
    return page(
        request,
        desk,
        "report_rules",
        current="reports",
        heading=_("Settings of reports"),
        tabs=tabs("report_rules"),
        form=form,
        may_change=may_change,
        status=422 if form.errors else 200,
    )
