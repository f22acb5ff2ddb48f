"""Exchange rates: those stored, and a new one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from babel.numbers import NumberFormatError, parse_decimal
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from usance.flows import exchange_rates
from usance.records.credit import group_queries
from usance.records.credit.models import ExchangeRate
from usance.web.backoffice.acts import Act, ActForm, Done, offers, perform
from usance.web.backoffice.desk import Desk, office
from usance.web.backoffice.fields import CurrencyField, DayField
from usance.web.backoffice.shell import page
from usance.web.design import display
from usance.web.design.locale import locale_of
from usance.web.design.parts import Column, Link, Row, Table
from usance.web.listing import cut
from usance.web.words.amounts import day_text


class RateForm(ActForm):
    """From a day on, one unit of a currency is worth so much of another."""

    source = CurrencyField(label=_lazy("One unit of"))
    rate = forms.CharField(
        label=_lazy("is worth"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    target = CurrencyField(label=_lazy("of"))
    on = DayField(label=_lazy("From"), help_text=_lazy("Of several for a day the last counts."))
    origin = forms.CharField(
        label=_lazy("Where it is from"),
        required=False,
        max_length=140,
        help_text=_lazy("Such as ECB."),
    )

    def prepare(self) -> None:
        """Into the seller's own currency, from today."""
        self.initial.update({"target": self.desk.seller.currency, "on": self.desk.on})

    def clean_target(self) -> str:
        """Another currency than the first."""
        target = str(self.cleaned_data["target"])
        if target == self.cleaned_data.get("source"):
            raise ValidationError(_("Choose two different currencies."))
        return target

    def clean_rate(self) -> Decimal:
        """A number above 0, as the reader writes numbers or with a point."""
        text = str(self.cleaned_data["rate"]).strip()
        try:
            value = parse_decimal(text, locale=locale_of(display.language()), strict=True)
        except NumberFormatError:
            try:
                value = Decimal(text)
            except InvalidOperation:
                value = Decimal(0)
        digits = value.as_tuple().exponent
        fits = isinstance(digits, int) and -digits <= exchange_rates.DECIMALS
        if not (value.is_finite() and 0 < value <= exchange_rates.LARGEST_RATE and fits):
            raise ValidationError(
                _("Enter a rate above 0 with at most %(count)s decimals.")
                % {"count": exchange_rates.DECIMALS}
            )
        return value


def _add(desk: Desk, _subject: Any, data: dict[str, Any]) -> Done:
    stored = exchange_rates.set_rate(
        desk.seller,
        source=data["source"],
        target=data["target"],
        rate=data["rate"],
        on=data["on"],
        origin=data["origin"],
        at=desk.at,
        by=desk.by,
    )
    return Done(
        _("From %(day)s one %(source)s is worth %(rate)s %(target)s.")
        % {
            "day": day_text(stored.on),
            "source": stored.source,
            "rate": _rate_text(stored.rate),
            "target": stored.target,
        }
    )


NEW: Final = Act(
    name="new",
    label=_lazy("Add a rate"),
    title=_lazy("Add an exchange rate"),
    explanation=_lazy(
        "Shared limits and amounts of policies are converted at it from that day on. Rates are never"
        " changed: a correction is another rate of the same day."
    ),
    duty="credit",
    form=RateForm,
    run=_add,
    icon="plus",
    tone="primary",
)


@require_safe
@office
def rates_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The rates, the newest first."""
    base = reverse("office_exchange_rates")
    found = group_queries.rates(seller_id=desk.seller.id)
    part = cut(found, request=request, order=("-id",))
    return page(
        request,
        desk,
        "exchange_rates",
        current="exchange_rates",
        heading=_("Exchange rates"),
        offers=offers(desk, desk.seller, [NEW], base=base),
        table=_table(part.rows) if part.rows else None,
        pagination=part.page,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def rate_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Add a rate."""
    crumbs = [Link(_("Exchange rates"), reverse("office_exchange_rates"))]
    return perform(
        request, desk, desk.seller, [NEW], name="new", current="exchange_rates", crumbs=crumbs
    )


def _table(rows: Sequence[ExchangeRate]) -> Table:
    return Table(
        caption=_("Exchange rates"),
        columns=[
            Column(label=_("One unit of")),
            Column(label=_("is worth"), numeric=True),
            Column(label=_("of")),
            Column(label=_("From")),
            Column(label=_("Where it is from")),
            Column(label=_("Stored")),
        ],
        rows=[
            Row(
                cells=[
                    row.source,
                    _rate_text(row.rate),
                    row.target,
                    row.on,
                    row.origin or None,
                    row.created_at,
                ]
            )
            for row in rows
        ],
    )


def _rate_text(rate: Decimal) -> str:
    """Every decimal of it, with the reader's decimal mark."""
    shown = f"{rate.normalize():f}"
    symbols = locale_of(display.language()).number_symbols
    mark = symbols.get("latn", symbols).get("decimal", ".")
    return shown.replace(".", str(mark))
