"""The forms of an application: one a step, each fitted to the country and the seller."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows.applications.consents import consents_of
from usance.records.applications.models import Application, ApplicationForm
from usance.rules.applications.addresses import domain_of
from usance.rules.applications.completeness import MOST_PERSONS, MOST_REFERENCES
from usance.rules.applications.numbers import LONGEST_NUMBER, check_number, check_numbers, fields_of
from usance.web.backoffice.fields import AmountField
from usance.web.design import display
from usance.web.design.locale import locale_of
from usance.web.hosted.page import Visit
from usance.web.words.amounts import country_text
from usance.web.words.applications import number_help, number_label
from usance.web.words.terms import terms_text

ROWS = 3
"""References and persons that the form has room for."""


class NoNulField(forms.CharField):
    """A text on one line."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 140)
        super().__init__(**options)


def countries_of(form: ApplicationForm) -> list[tuple[str, str]]:
    """The countries one may apply from, by their names."""
    codes: Sequence[str] = form.countries or [
        code
        for code in map(str, locale_of("en").territories)
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    ]
    return sorted(((code, country_text(code)) for code in codes), key=lambda one: one[1])


_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "ZZ", "QO", "XA", "XB"})


class StartForm(forms.Form):
    """Who applies: enough to keep what is written, and to send the link."""

    country = forms.ChoiceField(label=_lazy("Country"))
    name = NoNulField(
        label=_lazy("Name of the company"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    contact_name = NoNulField(
        label=_lazy("Your name"), widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_lazy("Your e-mail address at work"),
        help_text=_lazy("We send you a link with which you can go on later."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, data: Any = None, *, visit: Visit) -> None:
        super().__init__(data, initial={"country": visit.seller.country})
        field = self.fields["country"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = countries_of(visit.form)
        field.widget.attrs["autocomplete"] = "country"


class StepForm(forms.Form):
    """A step of an application. ``application`` is what was written so far."""

    def __init__(self, data: Any = None, *, visit: Visit) -> None:
        super().__init__(data)
        self.visit = visit
        self.application: Application = visit.mine
        self.prepare()

    def prepare(self) -> None:
        """Fit the fields to the application, and begin with what was written."""

    def kept(self) -> dict[str, Any]:
        """What the flow is to keep."""
        return dict(self.cleaned_data)


class CompanyForm(StepForm):
    """The company and the person who applies."""

    country = forms.ChoiceField(label=_lazy("Country"))
    name = NoNulField(label=_lazy("Name of the company"), max_length=200)
    street = NoNulField(
        label=_lazy("Street and number"),
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    postal_code = NoNulField(
        label=_lazy("Postcode"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    city = NoNulField(
        label=_lazy("City"), widget=forms.TextInput(attrs={"autocomplete": "address-level2"})
    )
    website = NoNulField(
        label=_lazy("Website"),
        required=False,
        help_text=_lazy("If your e-mail address belongs to it, we need to ask you less."),
        widget=forms.TextInput(attrs={"autocomplete": "url", "inputmode": "url"}),
    )
    contact_name = NoNulField(label=_lazy("Your name"))
    contact_role = NoNulField(label=_lazy("Your position"), required=False, max_length=80)
    contact_email = forms.EmailField(label=_lazy("E-mail address"), max_length=254)

    _COMPANY = ("street", "postal_code", "city", "website")

    def prepare(self) -> None:
        """Begin with what was written."""
        field = self.fields["country"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = countries_of(self.visit.form)
        for name in ("country", "name", "contact_name", "contact_role", "contact_email"):
            self.initial[name] = getattr(self.application, name)
        for name in self._COMPANY:
            self.initial[name] = self.application.company.get(name, "")

    def clean_website(self) -> str:
        """A host, however it was typed."""
        text = str(self.cleaned_data["website"]).strip()
        if text and not domain_of(text):
            raise ValidationError(_("Write it like www.example.com."))
        return text

    def kept(self) -> dict[str, Any]:
        """The address belongs to the company, the rest to the application."""
        data = dict(self.cleaned_data)
        return data | {"company": {name: data.pop(name) for name in self._COMPANY}}


class NumbersForm(StepForm):
    """The numbers that the company's country gives."""

    def prepare(self) -> None:
        """A field for each number of the country."""
        written = self.application.company.get("numbers", {})
        for field in fields_of(self.application.country):
            self.fields[field.name] = NoNulField(
                label=number_label(field.name),
                required=field.required,
                help_text=number_help(field),
                max_length=LONGEST_NUMBER,
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )
            self.initial[field.name] = written.get(field.name, "")

    def clean(self) -> dict[str, Any]:
        """Every number has the form and the check digits it must have."""
        data = super().clean() or self.cleaned_data
        country = self.application.country
        given = {name: text for name, text in data.items() if text}
        alone = {field.name: field for field in fields_of(country)}
        for finding in check_numbers(country, given):
            if finding.outcome == "invalid":
                of_itself = check_number(alone[finding.name], given[finding.name]).outcome
                self.add_error(
                    finding.name,
                    _("A digit is wrong or missing. Look at it again.")
                    if of_itself == "invalid"
                    else _("It does not belong to the other number."),
                )
        return data

    def kept(self) -> dict[str, Any]:
        """The numbers by their names."""
        return {"numbers": dict(self.cleaned_data)}


class RequestForm(StepForm):
    """How much, and on which terms."""

    currency = forms.ChoiceField(label=_lazy("Currency"))
    requested_limit = AmountField(
        label=_lazy("Credit limit you ask for"),
        help_text=_lazy("About what you would owe us at most at one time."),
    )
    requested_terms = forms.ChoiceField(label=_lazy("Payment terms you would like"), required=False)

    def prepare(self) -> None:
        """The seller's currencies and terms."""
        offered = self.visit.form.currencies or [self.visit.seller.currency]
        chosen = str(self.data.get("currency") or self.application.currency)
        currency = self.fields["currency"]
        assert isinstance(currency, forms.ChoiceField)
        currency.choices = [(code, code) for code in offered]
        if len(offered) == 1:
            currency.widget = forms.HiddenInput()
        amount = self.fields["requested_limit"]
        assert isinstance(amount, AmountField)
        amount.currency = chosen if chosen in offered else offered[0]
        terms = self.fields["requested_terms"]
        assert isinstance(terms, forms.ChoiceField)
        terms.choices = [("", _("No preference")), *self._terms()]
        self.initial.update(
            currency=self.application.currency,
            requested_limit=self.application.requested_limit or None,
            requested_terms=self.application.requested_terms,
        )

    def _terms(self) -> list[tuple[str, str]]:
        from usance.records.credit.queries import terms_offered

        codes = terms_offered(seller_id=self.visit.seller.id, at=self.visit.at)
        return [(code, terms_text(code)) for code in codes]


class PeopleForm(StepForm):
    """References, and persons who may order for the company; rows left empty are none."""

    _REFERENCE = (
        ("company", _lazy("Supplier")),
        ("contact", _lazy("Contact person")),
        ("reach", _lazy("E-mail or phone")),
    )
    _PERSON = (
        ("name", _lazy("Name")),
        ("role", _lazy("Position")),
        ("email", _lazy("E-mail address")),
    )

    def prepare(self) -> None:
        """Three rows of each."""
        assert min(MOST_REFERENCES, MOST_PERSONS) >= ROWS
        for prefix, parts, rows in (
            ("reference", self._REFERENCE, self.application.references),
            ("person", self._PERSON, self.application.persons),
        ):
            for n in range(ROWS):
                row = rows[n] if n < len(rows) else {}
                for name, label in parts:
                    key = f"{prefix}_{n}_{name}"
                    cls = forms.EmailField if name == "email" else NoNulField
                    self.fields[key] = cls(label=label, required=False, max_length=140)
                    self.initial[key] = row.get(name, "")

    def rows(self, prefix: str) -> list[list[forms.BoundField]]:
        """The fields of references or persons, a row each."""
        parts = self._REFERENCE if prefix == "reference" else self._PERSON
        return [[self[f"{prefix}_{n}_{name}"] for name, _label in parts] for n in range(ROWS)]

    @property
    def reference_rows(self) -> list[list[forms.BoundField]]:
        """The fields of references."""
        return self.rows("reference")

    @property
    def person_rows(self) -> list[list[forms.BoundField]]:
        """The fields of persons."""
        return self.rows("person")

    def kept(self) -> dict[str, Any]:
        """The rows that say something."""

        def filled(prefix: str, parts: Any) -> list[dict[str, str]]:
            rows = [
                {name: str(self.cleaned_data.get(f"{prefix}_{n}_{name}", "")) for name, _l in parts}
                for n in range(ROWS)
            ]
            return [row for row in rows if any(row.values())]

        return {
            "references": filled("reference", self._REFERENCE),
            "persons": filled("person", self._PERSON),
        }


class ConsentsForm(StepForm):
    """What the applicant agrees to."""

    def prepare(self) -> None:
        """A box for each sentence, ticked where it was agreed to."""
        given = {consent["name"] for consent in self.application.consents}
        for consent in consents_of(self.visit.seller, self.visit.form, language=display.language()):
            self.fields[f"consent_{consent.name}"] = forms.BooleanField(
                label=consent.text,
                required=True,
                error_messages={"required": _("We need your consent to open an account.")},
            )
            self.initial[f"consent_{consent.name}"] = consent.name in given

    def kept(self) -> dict[str, Any]:
        """The names of what was agreed to."""
        return {
            "consents": [
                name.removeprefix("consent_")
                for name, ticked in self.cleaned_data.items()
                if ticked
            ]
        }


class CodeForm(forms.Form):
    """The code from the e-mail."""

    digits = forms.RegexField(
        r"^\s*\d{3}\s*\d{3}\s*$",
        label=_lazy("Code from the e-mail"),
        error_messages={"invalid": _lazy("The code has six digits.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class AnswerForm(forms.Form):
    """Something the applicant says."""

    text = forms.CharField(
        label=_lazy("Your answer"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )


class SeveralFiles(forms.ClearableFileInput):
    """A field that takes several files at once."""

    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """At least one file; the flow says what each is."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The files, none of them empty."""
        return [super(SeveralFilesField, self).clean(one, initial) for one in data or [None]]


class UploadForm(forms.Form):
    """Documents."""

    documents = SeveralFilesField(
        label=_lazy("Documents"),
        help_text=_lazy("PDF, PNG or JPEG, at most 10 MB each; up to ten."),
        widget=SeveralFiles(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )


class LinkForm(forms.Form):
    """Where to send the link again."""

    email = forms.EmailField(
        label=_lazy("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


STEP_FORMS: dict[str, type[StepForm]] = {
    "company": CompanyForm,
    "numbers": NumbersForm,
    "request": RequestForm,
    "people": PeopleForm,
    "consents": ConsentsForm,
}
