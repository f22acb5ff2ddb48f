"""The form of a buyer's billing profile."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.rules.invoicing.identifiers import is_email
from usance.rules.invoicing.national import buyer_fields
from usance.rules.invoicing.profiles import LANGUAGES, BuyerFacts, ProfileFields
from usance.web.backoffice.party_form import PartyForm
from usance.web.words import billing_profiles as words
from usance.web.words.amounts import language_text

_GROUPS: Final[tuple[tuple[Promise, tuple[str, ...]], ...]] = (
    (_lazy("When and how"), ("schedule", "group_by", "formats", "channels")),
    (_lazy("E-mail"), ("email_to", "email_cc", "attach_xml", "attach_files")),
    (
        _lazy("When it is due"),
        ("terms_base", "calendar", "calendar_code", "move"),
    ),
    (
        _lazy("References on every invoice"),
        ("buyer_reference", "purchase_order", "contract_reference", "accounting_reference"),
    ),
    (
        _lazy("Whom the invoice is made out to"),
        (
            "legal_name", "line_1", "line_2", "post_code", "city", "subdivision", "country", "vat_id",
            "language",
        ),
    ),
    (_lazy("Electronic address"), ("endpoint", "endpoint_scheme")),
    (_lazy("Tax"), ("tax_treatment", "exemption_reason", "exemption_code")),
)  # fmt: skip
_NATIONAL: Final[dict[str, tuple[Promise, Promise]]] = {
    "codice_destinatario": (
        _lazy("Recipient code (codice destinatario)"),
        _lazy("Seven characters, a public office's six."),
    ),
    "pec": (_lazy("PEC"), _lazy("Where SdI delivers when there is no recipient code.")),
    "codice_fiscale": (_lazy("Codice fiscale"), _lazy("Where it differs from the partita IVA.")),
    "gstin": (_lazy("GSTIN"), _lazy("Fifteen characters.")),
    "state_code": (_lazy("Place of supply"), _lazy("Two digits. Leave it empty: the GSTIN's.")),
}
_BETWEEN: Final = re.compile(r"[\s,;]+")


class _Addresses(forms.CharField):
    """E-mail addresses, one a line or set apart by commas."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=False,
            max_length=4000,
            widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
            **options,
        )

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, tuple) else value

    def clean(self, value: Any) -> tuple[str, ...]:
        found = [part for part in _BETWEEN.split(super().clean(value)) if part]
        for address in found:
            if not is_email(address):
                raise ValidationError(
                    _("%(text)s is not an e-mail address.") % {"text": address[:80]}
                )
        return tuple(dict.fromkeys(found))


class _Several(forms.MultipleChoiceField):
    """Several of the things offered, in their order."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> tuple[str, ...]:
        return tuple(super().clean(value))


class BillingProfileForm(PartyForm[ProfileFields]):
    """How a buyer wants its invoices."""

    sections = _GROUPS
    national_at = 1

    schedule = forms.ChoiceField(label=_lazy("Billing"))
    group_by = forms.ChoiceField(label=_lazy("Lines of an invoice"))
    formats = _Several(
        label=_lazy("Formats"),
        required=False,
        help_text=_lazy("None: as it is usual in the buyer's country."),
    )
    channels = _Several(
        label=_lazy("Ways of sending"),
        required=False,
        help_text=_lazy("None: as it is usual in the buyer's country."),
    )
    email_to = _Addresses(
        label=_lazy("To"), help_text=_lazy("One a line. None: the buyer's own address.")
    )
    email_cc = _Addresses(label=_lazy("Copy to"))
    attach_xml = forms.BooleanField(label=_lazy("Attach the XML as well"), required=False)
    attach_files = forms.BooleanField(
        label=_lazy("Attach the invoice's attachments as files of their own"), required=False
    )
    terms_base = forms.ChoiceField(label=_lazy("Payment terms run"))
    calendar = forms.ChoiceField(label=_lazy("Calendar of working days"))
    calendar_code = forms.CharField(
        label=_lazy("The buyer's calendar"),
        required=False,
        max_length=16,
        help_text=_lazy("Such as DE, DE-BY or TARGET. Leave it empty for the buyer's country."),
    )
    move = forms.ChoiceField(label=_lazy("A due date that is no working day moves"))
    buyer_reference = forms.CharField(
        label=_lazy("Buyer reference"),
        required=False,
        max_length=200,
        help_text=_lazy("What the buyer asks you to quote; in Germany a Leitweg-ID."),
    )
    purchase_order = forms.CharField(
        label=_lazy("Order number of the buyer's"),
        required=False,
        max_length=200,
        help_text=_lazy("Where an order names none."),
    )
    contract_reference = forms.CharField(label=_lazy("Contract"), required=False, max_length=200)
    accounting_reference = forms.CharField(
        label=_lazy("Accounting reference"), required=False, max_length=200
    )
    legal_name = forms.CharField(label=_lazy("Legal name"), required=False, max_length=200)
    line_1 = forms.CharField(label=_lazy("Street and number"), required=False, max_length=200)
    line_2 = forms.CharField(
        label=_lazy("Second line of the address"), required=False, max_length=200
    )
    post_code = forms.CharField(label=_lazy("Post code"), required=False, max_length=200)
    city = forms.CharField(label=_lazy("City"), required=False, max_length=200)
    subdivision = forms.CharField(
        label=_lazy("Province, county or state"), required=False, max_length=200
    )
    country = forms.CharField(label=_lazy("Country"), required=False, max_length=2)
    vat_id = forms.CharField(label=_lazy("VAT number"), required=False, max_length=40)
    language = forms.ChoiceField(label=_lazy("Language of documents"), required=False)
    endpoint = forms.CharField(
        label=_lazy("Electronic address"),
        required=False,
        max_length=200,
        help_text=_lazy("Where the buyer receives electronic invoices."),
    )
    endpoint_scheme = forms.CharField(
        label=_lazy("Its scheme (EAS)"),
        required=False,
        max_length=4,
        help_text=_lazy("Such as 0088 for a GLN, 0204 for a Leitweg-ID, EM for an e-mail address."),
    )
    tax_treatment = forms.ChoiceField(label=_lazy("Tax treatment"))
    exemption_reason = forms.CharField(
        label=_lazy("Reason for no tax"), required=False, max_length=300
    )
    exemption_code = forms.CharField(
        label=_lazy("VATEX code"), required=False, max_length=40, help_text="VATEX-EU-132"
    )

    def __init__(self, data: Any = None, *, fields: ProfileFields, buyer: BuyerFacts) -> None:
        super().__init__(data)
        for name, choices in _CHOICES.items():
            self.fields[name].choices = [  # type: ignore[attr-defined]
                (code, str(text)) for code, text in choices.items()
            ]
        self.fields["schedule"].choices = words.schedule_choices()  # type: ignore[attr-defined]
        languages = [("", _("The buyer's")), *((c, language_text(c)) for c in LANGUAGES)]
        self.fields["language"].choices = languages  # type: ignore[attr-defined]
        home = fields.country or buyer.country
        self.fill(
            fields,
            home=home,
            national={name: _national_field(name) for name in buyer_fields(home)},
            usual={
                "legal_name": buyer.name,
                "country": buyer.country,
                "vat_id": buyer.tax_id,
                "email_to": buyer.email,
            },
        )


def _national_field(name: str) -> forms.Field:
    label, help_text = _NATIONAL[name]
    return forms.CharField(
        label=str(label), required=False, max_length=254, help_text=str(help_text)
    )


_CHOICES: Final = {
    "group_by": words.GROUPINGS,
    "formats": words.FORMATS,
    "channels": words.CHANNELS,
    "tax_treatment": words.TREATMENTS,
    "terms_base": words.BASES,
    "calendar": words.CALENDARS,
    "move": words.MOVES,
}
