"""How the seller takes applications: the form's settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from usance.flows.applications.forms import LONGEST_CONSENT, set_form
from usance.flows.refusals import Refused
from usance.records.applications import queries
from usance.records.applications.models import ApplicationForm
from usance.rules.money import EXPONENTS
from usance.web.backoffice.desk import Desk, office
from usance.web.backoffice.shell import page
from usance.web.design.parts import Link
from usance.web.hosted.forms import countries_of
from usance.web.words.refusals import refusal_text

_SENTENCES = 3


class SettingsForm(forms.Form):
    """What a seller can set."""

    is_open = forms.BooleanField(label=_lazy("Companies can apply"), required=False)
    prepaid_allowed = forms.BooleanField(
        label=_lazy("Until it is decided, an applicant may order against payment in advance"),
        required=False,
    )
    introduction = forms.CharField(
        label=_lazy("Introduction"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_lazy("Stands above the form, as you write it."),
    )
    countries = forms.CharField(
        label=_lazy("Countries"),
        required=False,
        max_length=1000,
        help_text=_lazy("Two letters each, such as IT, RO, DE. Leave empty for all."),
    )
    currencies = forms.CharField(
        label=_lazy("Currencies"),
        required=False,
        max_length=200,
        help_text=_lazy("Such as EUR, CHF. Leave empty for your own."),
    )

    def __init__(self, data: Any = None, *, form: ApplicationForm) -> None:
        super().__init__(data)
        self.initial = {
            "is_open": form.is_open,
            "prepaid_allowed": form.prepaid_allowed,
            "introduction": form.introduction,
            "countries": ", ".join(form.countries),
            "currencies": ", ".join(form.currencies),
        }
        own = sorted(form.consents.items())
        for n in range(1, max(_SENTENCES, len(own)) + 1):
            self.fields[f"consent_{n}"] = forms.CharField(
                label=_("Consent %(number)s") % {"number": n},
                required=False,
                max_length=LONGEST_CONSENT,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text=_("A sentence every applicant must agree to, besides those of the house.")
                if n == 1
                else "",
            )
            self.initial[f"consent_{n}"] = own[n - 1][1] if n <= len(own) else ""

    def clean_countries(self) -> list[str]:
        """Codes of countries that there are."""
        codes = _codes(self.cleaned_data["countries"])
        known = {code for code, _name in countries_of(ApplicationForm())}
        for code in codes:
            if code not in known:
                raise ValidationError(
                    _("%(code)s is not a country; write two letters such as IT.") % {"code": code}
                )
        return codes

    def clean_currencies(self) -> list[str]:
        """Codes of currencies that there are."""
        codes = _codes(self.cleaned_data["currencies"])
        for code in codes:
            if code not in EXPONENTS:
                raise ValidationError(_("This is not a currency; write one such as EUR."))
        return codes

    def consents(self) -> dict[str, str]:
        """The sentences by the names under which they are kept."""
        return {
            name: str(text)
            for name, text in self.cleaned_data.items()
            if name.startswith("consent_") and text
        }


def _codes(text: str) -> list[str]:
    return [code.strip().upper() for code in text.replace(";", ",").split(",") if code.strip()]


@require_http_methods(["GET", "HEAD", "POST"])
@office
def application_settings(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Open, close and fit the form. Sent twice, it is set once."""
    desk.require("credit")
    sent = request.method == "POST"
    stored = queries.form_of(seller_id=desk.seller.id)
    form = SettingsForm(request.POST if sent else None, form=stored)
    if sent and form.is_valid():
        data = form.cleaned_data
        try:
            set_form(
                desk.seller,
                is_open=data["is_open"],
                countries=data["countries"],
                currencies=data["currencies"],
                introduction=data["introduction"],
                consents=form.consents(),
                prepaid_allowed=data["prepaid_allowed"],
                at=desk.at,
                by=desk.by,
            )
        except Refused as error:
            form.add_error(None, refusal_text(error))
        else:
            messages.success(request, _("The form is as you have set it."))
            return HttpResponseRedirect(reverse("office_application_settings"))
    return page(
        request,
        desk,
        "application_settings",
        current="applications",
        heading=_("Form for applications"),
        status=422 if sent else 200,
        crumbs=[Link(_("Applications"), reverse("office_applications"))],
        form=form,
        form_address=request.build_absolute_uri(reverse("apply", args=[desk.seller.handle])),
    )
