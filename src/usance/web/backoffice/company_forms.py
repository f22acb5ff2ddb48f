"""Forms of the company's page: what the seller says of itself, its logo and its accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.formats.logo import LARGEST_LOGO
from usance.rules.invoicing.faults import InvalidFields
from usance.rules.invoicing.national import TAX_REGIMES, seller_fields
from usance.rules.invoicing.profiles import DEFAULT_PREFIX, LANGUAGES, SellerFields
from usance.rules.invoicing.seller_checks import checked_account
from usance.web.backoffice.acts import ActForm
from usance.web.backoffice.field_faults import add_faults
from usance.web.backoffice.fields import CurrencyField
from usance.web.backoffice.party_form import PartyForm
from usance.web.words.amounts import language_text

_GROUPS: Final[tuple[tuple[Promise, tuple[str, ...]], ...]] = (
    (
        _lazy("Name and address"),
        (
            "legal_name", "trading_name", "line_1", "line_2", "post_code", "city", "subdivision",
            "country",
        ),
    ),
    (
        _lazy("Tax and register"),
        (
            "vat_id", "tax_registration", "registration_number", "registration_scheme",
            "legal_information", "creditor_id",
        ),
    ),
    (
        _lazy("Whom to ask, and where invoices reach you"),
        ("contact_name", "contact_phone", "contact_email", "endpoint", "endpoint_scheme"),
    ),
    (_lazy("Numbers"), ("invoice_prefix", "credit_note_prefix")),
    (_lazy("Look and language"), ("brand_colour", "language", "footer")),
    (_lazy("Working days"), ("calendar",)),
)  # fmt: skip
_NATIONAL: Final[Mapping[str, tuple[Promise, Promise | str]]] = {
    "tax_regime": (_lazy("Tax regime"), ""),
    "codice_fiscale": (_lazy("Codice fiscale"), ""),
    "rea_office": (_lazy("REA: province"), _lazy("Two letters, such as MI.")),
    "rea_number": (_lazy("REA: number"), ""),
    "share_capital": (
        _lazy("Share capital in EUR"),
        _lazy("Without separators, such as 10000.00."),
    ),
    "sole_shareholder": (_lazy("Shareholders"), ""),
    "liquidation": (_lazy("Liquidation"), ""),
    "gstin": (_lazy("GSTIN"), _lazy("Fifteen characters.")),
    "e_invoicing": (
        _lazy("E-invoicing applies"),
        _lazy("Invoices then wait for the portal's registration before they are sent."),
    ),
    "state_code": (_lazy("State of GST"), _lazy("Two digits. Leave it empty: the GSTIN's.")),
}


class SellerForm(PartyForm[SellerFields]):
    """Who the seller is on its documents."""

    sections = _GROUPS
    national_at = 2

    legal_name = forms.CharField(label=_lazy("Legal name"), required=False, max_length=200)
    trading_name = forms.CharField(
        label=_lazy("Trading name"),
        required=False,
        max_length=200,
        help_text=_lazy("Where it differs from the legal name."),
    )
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
    vat_id = forms.CharField(
        label=_lazy("VAT number"),
        required=False,
        max_length=40,
        help_text=_lazy("With its country, such as IT00743110157."),
    )
    tax_registration = forms.CharField(
        label=_lazy("Local tax number"),
        required=False,
        max_length=60,
        help_text=_lazy("Such as a Steuernummer, where invoices must show it."),
    )
    registration_number = forms.CharField(
        label=_lazy("Registration number"), required=False, max_length=200
    )
    registration_scheme = forms.CharField(
        label=_lazy("Register (ISO 6523)"),
        required=False,
        max_length=4,
        help_text=_lazy("Four digits, such as 0002 for SIRENE. Often empty."),
    )
    legal_information = forms.CharField(
        label=_lazy("What the law wants said"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_lazy("Such as managing directors, court of registration, share capital."),
    )
    creditor_id = forms.CharField(
        label=_lazy("SEPA creditor identifier"),
        required=False,
        max_length=40,
        help_text=_lazy("For direct debits, such as DE98ZZZ09999999999."),
    )
    contact_name = forms.CharField(label=_lazy("Contact"), required=False, max_length=200)
    contact_phone = forms.CharField(label=_lazy("Telephone"), required=False, max_length=200)
    contact_email = forms.CharField(label=_lazy("E-mail address"), required=False, max_length=254)
    endpoint = forms.CharField(
        label=_lazy("Electronic address"),
        required=False,
        max_length=200,
        help_text=_lazy("Where answers to electronic invoices go, such as a Peppol identifier."),
    )
    endpoint_scheme = forms.CharField(
        label=_lazy("Its scheme (EAS)"),
        required=False,
        max_length=4,
        help_text=_lazy(
            "Such as 0088 for a GLN, 0211 for a partita IVA, EM for an e-mail address."
        ),
    )
    invoice_prefix = forms.CharField(
        label=_lazy("Invoice numbers begin with"),
        required=False,
        max_length=12,
        help_text=_lazy("A series that has begun keeps its prefix until the year ends."),
    )
    credit_note_prefix = forms.CharField(
        label=_lazy("Credit note numbers begin with"), required=False, max_length=12
    )
    brand_colour = forms.CharField(
        label=_lazy("Colour"),
        required=False,
        max_length=7,
        help_text=_lazy("Of lines and headings on documents, such as #1d4ed8."),
    )
    language = forms.ChoiceField(label=_lazy("Language of documents"), required=False)
    footer = forms.CharField(
        label=_lazy("Foot of every page"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    calendar = forms.CharField(
        label=_lazy("Calendar"),
        required=False,
        max_length=16,
        help_text=_lazy(
            "A country such as IT, a part of one such as DE-BY, or TARGET for the euro's banks. Leave it"
            " empty for your country."
        ),
    )

    def __init__(self, data: Any = None, *, fields: SellerFields, country: str, name: str) -> None:
        super().__init__(data)
        choices = [("", _("As set up")), *((code, language_text(code)) for code in LANGUAGES)]
        self.fields["language"].choices = choices  # type: ignore[attr-defined]
        home = fields.country or country
        self.fill(
            fields,
            home=home,
            national={field: _national_field(field) for field in seller_fields(home)},
            usual={
                "legal_name": name,
                "country": country,
                "invoice_prefix": DEFAULT_PREFIX["invoice"],
                "credit_note_prefix": DEFAULT_PREFIX["credit_note"],
            },
        )


def _national_field(name: str) -> forms.Field:
    label, help_text = (str(text) for text in _NATIONAL[name])
    choices = _choices(name)
    if choices:
        return forms.ChoiceField(label=label, required=False, choices=choices)
    return forms.CharField(label=label, required=False, max_length=40, help_text=help_text)


def _choices(name: str) -> list[tuple[str, str]]:
    if name == "tax_regime":
        ordinary = {"RF01": _("RF01, ordinary"), "RF19": _("RF19, flat rate (forfettario)")}
        return [(code, ordinary.get(code, code)) for code in sorted(TAX_REGIMES)]
    if name == "sole_shareholder":
        return [
            ("", _("Not said")),
            ("SU", _("One shareholder")),
            ("SM", _("Several shareholders")),
        ]
    if name == "liquidation":
        return [
            ("", _("Not said")),
            ("LN", _("Not in liquidation")),
            ("LS", _("In liquidation")),
        ]
    if name == "e_invoicing":
        return [("", _("No")), ("yes", _("Yes, by our turnover"))]
    return []


class LogoForm(forms.Form):
    """A picture for the head of documents."""

    logo = forms.FileField(
        label=_lazy("Logo"),
        help_text=_lazy("PNG or SVG, at most 256 KB. Scripts and links in an SVG are taken out."),
        widget=forms.ClearableFileInput(attrs={"accept": ".png,.svg,image/png,image/svg+xml"}),
    )

    def clean_logo(self) -> bytes:
        """The bytes of the file, unless it is too large to look at."""
        file = self.cleaned_data["logo"]
        if file.size > LARGEST_LOGO:
            raise ValidationError(_("The file is too large. Save it smaller, or as SVG."))
        return bytes(file.read())


class BankAccountForm(ActForm):
    """An account that invoices in a currency ask to be paid to."""

    currency = CurrencyField()
    iban = forms.CharField(label=_lazy("IBAN"), required=False, max_length=60)
    account_number = forms.CharField(
        label=_lazy("Account number"),
        required=False,
        max_length=60,
        help_text=_lazy("Where there is no IBAN."),
    )
    bic = forms.CharField(label=_lazy("BIC"), required=False, max_length=20)
    holder = forms.CharField(label=_lazy("Account holder"), required=False, max_length=200)
    bank_name = forms.CharField(label=_lazy("Bank"), required=False, max_length=200)
    qr_iban = forms.CharField(
        label=_lazy("QR-IBAN"),
        required=False,
        max_length=60,
        help_text=_lazy("Switzerland only: for QR bills with a QR reference."),
    )

    def prepare(self) -> None:
        """In the seller's own currency."""
        self.initial["currency"] = self.desk.seller.currency

    def clean(self) -> dict[str, Any]:
        """Numbers whose check digits are right."""
        data = super().clean() or self.cleaned_data
        names = ("currency", "iban", "account_number", "bic", "holder", "bank_name", "qr_iban")
        if not self.errors:
            try:
                checked_account(**{name: data[name] for name in names})
            except InvalidFields as error:
                add_faults(self, error.faults)
        return data
