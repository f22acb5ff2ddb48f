"""A form with every kind of field, filled in wrongly on purpose."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class LimitForm(forms.Form):
    """A change of a credit limit, as a back office would ask for it."""

    limit = forms.DecimalField(
        label=_("New limit"),
        help_text=_("Leave the tolerance as it is; it is set for all buyers together."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    terms = forms.ChoiceField(
        label=_("Payment terms"),
        choices=[
            ("net30", _("30 days net")),
            ("net60eom", _("60 days end of month")),
            ("2_10_net30", _("2% within 10 days, 30 days net")),
        ],
    )
    valid_on = forms.DateField(
        label=_("Valid from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    days = forms.IntegerField(label=_("Review again after"), required=False)
    carrier = forms.ChoiceField(
        label=_("Who carries the risk"),
        widget=forms.RadioSelect,
        choices=[
            ("own", _("Our own book")),
            ("insurer", _("Credit insurance")),
            ("funder", _("A funder, without recourse")),
        ],
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept with the decision; the buyer does not see it."),
    )
    evidence = forms.FileField(label=_("Evidence"), required=False)
    notify = forms.BooleanField(
        label=_("Tell the buyer by e-mail"),
        required=False,
        help_text=_("In the language of the buyer's account."),
    )


def wrong_limit_form() -> LimitForm:
    """The form after it was sent with two mistakes."""
    return LimitForm(
        {
            "limit": "six hundred thousand",
            "terms": "net60eom",
            "valid_on": "2026-12-01",
            "days": "90",
            "carrier": "insurer",
            "reason": "",
            "notify": "on",
        },
        auto_id="limit_%s",
    )
