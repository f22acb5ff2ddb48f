"""The form of a connection: what its kind is set up with, and when it is asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows.connections import KINDS
from usance.records.connections.models import Connection
from usance.rules.screening import THRESHOLD
from usance.web.backoffice.desk import Desk
from usance.web.backoffice.fields import AmountField
from usance.web.words.connections import kind_name


def _fields(kind: str) -> dict[str, forms.Field]:
    """The fields of everything that some kind has."""
    every: dict[str, forms.Field] = {
        "requester": forms.CharField(
            label=_("Your own VAT number"),
            required=False,
            max_length=20,
            help_text=_(
                "With its prefix, such as IT00743110157. VIES then gives a consultation number, which"
                " proves towards a tax office that you have asked."
            ),
        ),
        "base_url": forms.URLField(
            label=_("Address"),
            required=False,
            max_length=500,
            assume_scheme="https",
            help_text=_("Leave empty for the usual one."),
        ),
        "dataset": forms.CharField(
            label=_("Dataset"),
            required=False,
            max_length=60,
            help_text=_("Leave empty for sanctions."),
        ),
        "threshold": forms.IntegerField(
            label=_("Likeness from which a name counts, of 100"),
            required=False,
            min_value=50,
            max_value=100,
            help_text=_("Leave empty for %(usual)s.") % {"usual": THRESHOLD},
        ),
        "sandbox": forms.BooleanField(label=_("Use the sandbox, to try it"), required=False),
        "api_key": _secret(_("Key")),
        "username": _secret(_("User name")),
        "password": _secret(_("Password")),
    }
    every |= _fields_of_carriers()
    known = KINDS[kind]
    return {name: field for name, field in every.items() if name in known.settings | known.secrets}


def _fields_of_carriers() -> dict[str, forms.Field]:
    """The fields of connections that carry documents."""
    return {
        "legal_entity_id": forms.IntegerField(
            label=_("Number of your legal entity"), required=False, min_value=1
        ),
        "folder": forms.SlugField(
            label=_("Folder"),
            required=False,
            max_length=40,
            help_text=_(
                "A name below the folder that the operator has given you; sdi or bank, usually."
            ),
        ),
        "account": forms.CharField(
            label=_("Account"),
            required=False,
            max_length=34,
            help_text=_("The IBAN, for tables that do not name their account."),
        ),
        "currency": forms.CharField(
            label=_("Currency"),
            required=False,
            max_length=3,
            help_text=_("That of tables that do not name it. Empty: your own."),
        ),
        "sender": forms.CharField(
            label=_("Tax number of who transmits"),
            required=False,
            max_length=30,
            help_text=_("With its country, such as IT01234567890. Leave empty for your own."),
        ),
        "tax_id": forms.CharField(label=_("Your tax number (CIF)"), required=False, max_length=20),
        "sign_in_url": forms.URLField(
            label=_("Address for signing in"),
            required=False,
            max_length=500,
            assume_scheme="https",
            help_text=_("Leave empty for the usual one."),
        ),
        "access_token": _secret(_("Access token"), longest=4000),
        "refresh_token": _secret(_("Refresh token"), longest=4000),
        "client_id": _secret(_("Client")),
        "client_secret": _secret(_("Client's secret")),
        "secret_key": _secret(_("Secret key")),
        "webhook_secret": _secret(_("Secret of the webhook endpoint")),
    }


def _secret(label: str, *, longest: int = 500) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=longest,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept encrypted and never shown again."),
    )


class ConnectionForm(forms.Form):
    """A connection of one kind. Credentials left empty stay as they are."""

    name = forms.CharField(label=_lazy("Name"), max_length=140)

    def __init__(
        self, data: Any = None, *, desk: Desk, kind: str, connection: Connection | None = None
    ) -> None:
        super().__init__(data)
        self.kind, self.connection = kind, connection
        self.fields.update(_fields(kind))
        self.fields["countries"] = forms.CharField(
            label=_("Only for companies from"),
            required=False,
            max_length=500,
            help_text=_("Countries by two letters, such as IT, RO. Leave empty for all."),
        )
        above = AmountField(
            label=_("Only from this limit on"),
            required=False,
            help_text=_("For what costs money: smaller applications do not ask it."),
        )
        above.currency = desk.seller.currency
        self.fields["above"] = above
        self.initial["name"] = connection.name if connection else kind_name(kind)
        if connection:
            self.initial |= connection.settings
            self.initial["countries"] = ", ".join(connection.settings.get("countries", []))
            self.fields["name"].disabled = True

    def clean_countries(self) -> list[str]:
        """Codes of two letters."""
        codes = [c.strip().upper() for c in self.cleaned_data["countries"].split(",") if c.strip()]
        if any(len(code) != 2 or not code.isalpha() or not code.isascii() for code in codes):
            raise ValidationError(_("Write two letters a country, such as IT, RO."))
        return codes

    def settings(self) -> dict[str, Any]:
        """What may be shown."""
        known = KINDS[self.kind].settings
        return {name: value for name, value in self.cleaned_data.items() if name in known}

    def secrets(self) -> dict[str, str]:
        """The credentials that were typed."""
        known = KINDS[self.kind].secrets
        return {name: str(self.cleaned_data[name]) for name in known if self.cleaned_data.get(name)}


class ListFileForm(forms.Form):
    """A sanctions list as a file."""

    file = forms.FileField(
        label=_lazy("List"),
        help_text=_lazy(
            "CSV with at least the columns id and name, such as targets.simple.csv of OpenSanctions;"
            " at most 50 MB. It replaces the list before."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv"}),
    )
