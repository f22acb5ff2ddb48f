"""The forms of the policy editor: settings, a value, and a rule of each kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows.onboarding import STAFF_ROLES
from usance.rules.money import Money
from usance.web.backoffice.fields import AmountField
from usance.web.backoffice.policy_inputs import NumberField, TermsField, plain_number
from usance.web.words import policies as words

LONGEST_NAME: Final = 40


class SettingsForm(forms.Form):
    """The settings of a policy; amounts of a ceiling stand a currency each."""

    overdue_days = forms.IntegerField(
        label=_lazy("Decline when overdue by more than"),
        help_text=_lazy("Leave empty to never decline for it."),
        min_value=0,
        max_value=3650,
        required=False,
    )
    authorization_days = forms.IntegerField(
        label=_lazy("Hold credit for"), min_value=0, max_value=365
    )
    over_limit = forms.ChoiceField(
        label=_lazy("An order beyond the limit"),
        choices=[(it, words.EFFECTS[it]) for it in ("decline", "review")],
    )
    terms = TermsField(
        label=_lazy("Payment terms on offer"),
        help_text=_lazy("Codes such as net_30, separated by commas. The first is the usual one."),
    )
    second_person = forms.BooleanField(
        label=_lazy("A second person approves each new version"), required=False
    )
    offer_prepayment = forms.BooleanField(
        label=_lazy("Offer payment in advance where credit is declined"), required=False
    )
    affixes: Final = {"overdue_days": _lazy("days"), "authorization_days": _lazy("days")}

    def __init__(self, *args: Any, currencies: Iterable[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.currencies = list(currencies)
        self.amounts: list[str] = []
        for setting in ("order_ceiling", "review_above"):
            for currency in self.currencies:
                field = AmountField(label=words.SETTINGS[setting], required=False)
                field.currency, field.least = currency, 0
                self.fields[f"{setting}_{currency}"] = field
                self.amounts.append(f"{setting}_{currency}")

    def document(self) -> dict[str, Any]:
        """The settings as a policy has them."""
        data = self.cleaned_data
        given = {
            name: data.get(name)
            for name in (
                "overdue_days", "authorization_days", "over_limit", "terms", "second_person",
                "offer_prepayment",
            )
        }  # fmt: skip
        for setting in ("order_ceiling", "review_above"):
            given[setting] = {
                currency: data[f"{setting}_{currency}"]
                for currency in self.currencies
                if data.get(f"{setting}_{currency}") is not None
            }
        return given


class ValueForm(forms.Form):
    """An expression with a name."""

    name = forms.CharField(label=_lazy("Name"), max_length=LONGEST_NAME)
    text = forms.CharField(
        label=_lazy("Expression"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "code", "spellcheck": "false"}),
    )


def rule_name(text: str) -> str:
    """A name as rules have it: "Overdue too much" is ``overdue_too_much``."""
    return slugify(text).replace("-", "_").lstrip("_0123456789")[:LONGEST_NAME]


_CODE: Final = {"rows": 3, "class": "code", "spellcheck": "false", "autocapitalize": "off"}


class RuleForm(forms.Form):
    """One rule. Fields that its kind does not have are taken out."""

    name = forms.CharField(
        label=_lazy("Name"),
        max_length=80,
    )
    when = forms.CharField(
        label=_lazy("Condition"), max_length=4000, widget=forms.Textarea(attrs=_CODE)
    )
    otherwise = forms.ChoiceField(
        label=_lazy("Otherwise an order"),
        choices=[(it, words.EFFECTS[it]) for it in ("decline", "review")],
    )
    then = forms.ChoiceField(
        label=_lazy("Then an order"),
        choices=[(it, words.EFFECTS[it]) for it in ("decline", "review")],
    )
    verdict = forms.ChoiceField(
        label=_lazy("Then an application"),
        choices=[(it, words.EFFECTS[it]) for it in ("approve", "decline", "review")],
    )
    use = forms.ChoiceField(
        label=_lazy("Use"),
        choices=[
            ("cap", _lazy("Binds at each checkout")),
            ("suggest", _lazy("Is suggested for new and reviewed limits")),
        ],
    )
    fixed = AmountField(label=_lazy("Fixed amount"), required=False)
    formula = forms.CharField(
        label=_lazy("or a formula"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs=_CODE | {"rows": 2}),
    )
    offer = TermsField(
        label=_lazy("Terms on offer"),
        help_text=_lazy("Codes such as net_30, separated by commas. The first is the usual one."),
    )
    prepay_percent = forms.IntegerField(
        label=_lazy("Percent to pay before"), min_value=0, max_value=100, required=False
    )
    terms = TermsField(label=_lazy("Terms"), several=False)
    percent = NumberField(
        label=_lazy("Percent of the order"), help_text=_lazy("Below zero for a discount.")
    )
    roles = forms.MultipleChoiceField(
        label=_lazy("Roles that may decide"),
        widget=forms.CheckboxSelectMultiple,
    )
    people = forms.IntegerField(
        label=_lazy("People who must agree"),
        help_text=_lazy("Two: four eyes."),
        min_value=1,
        max_value=5,
    )
    hours = forms.IntegerField(
        label=_lazy("Hours until it is passed on"), min_value=1, max_value=2160, required=False
    )
    escalate_to = forms.ChoiceField(label=_lazy("Passed on to"), required=False)
    tell_buyer = forms.BooleanField(
        label=_lazy("Tell the buyer, in the words of the note"), required=False
    )
    note = forms.CharField(label=_lazy("Note"), max_length=4000, required=False)

    of_kind: Final[Mapping[str, tuple[str, ...]]] = {
        "eligibility": ("otherwise", "tell_buyer"),
        "hold": ("then", "tell_buyer"),
        "limit": ("use", "fixed", "formula", "tell_buyer"),
        "terms": ("offer", "prepay_percent"),
        "price": ("terms", "percent"),
        "route": ("roles", "people", "hours", "escalate_to"),
        "application": ("verdict", "tell_buyer"),
    }

    def __init__(self, *args: Any, kind: str, currency: str, as_text: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind = kind
        kept = {"name", "note", *self.of_kind[kind]} | ({"when"} if as_text else set())
        for name in list(self.fields):
            if name not in kept:
                del self.fields[name]
        if isinstance(fixed := self.fields.get("fixed"), AmountField):
            fixed.currency, fixed.least = currency, 0
        if "roles" in self.fields:
            self._offer_roles()

    def _offer_roles(self) -> None:
        """The house's roles, and those that the rule names beside them."""
        data = self.data
        named = data.getlist(self.add_prefix("roles")) if isinstance(data, QueryDict) else []
        # Those that are named come first, as the rule names them: a form keeps the order it shows.
        known = dict.fromkeys((*(named or self.initial.get("roles", ())), *STAFF_ROLES))
        roles = [(it, words.role_text(it)) for it in known]
        choice, passed = self.fields["roles"], self.fields["escalate_to"]
        assert isinstance(choice, forms.MultipleChoiceField)
        assert isinstance(passed, forms.ChoiceField)
        choice.choices = roles
        passed.choices = [("", _("Nobody")), *roles]

    def clean_name(self) -> str:
        """The name in small letters and underscores."""
        name = rule_name(self.cleaned_data["name"])
        if not name:
            raise ValidationError(_("Enter a name with letters."))
        return name

    def clean(self) -> dict[str, Any]:
        """A limit has an amount or a formula."""
        data = super().clean() or {}
        if self.kind == "limit" and "fixed" in data and "formula" in data:
            if data["fixed"] is None and not data["formula"]:
                self.add_error("fixed", _("Enter an amount, or a formula below."))
            elif data["fixed"] is not None and data["formula"]:
                self.add_error("formula", _("Enter an amount or a formula, not both."))
        return data

    def document(self, when: str) -> dict[str, Any]:
        """The rule as a policy has it."""
        data = dict(self.cleaned_data)
        data.pop("when", None)
        made: dict[str, Any] = {"kind": self.kind, "when": when}
        if self.kind == "limit":
            fixed, formula = data.pop("fixed"), data.pop("formula")
            currency = getattr(self.fields["fixed"], "currency", "EUR")
            made["amount"] = formula or plain_number(Money(fixed, currency).decimal())
        elif self.kind == "application":
            made["then"] = data.pop("verdict")
        elif self.kind == "price":
            made["terms"] = data.pop("terms")[0]
            made["percent"] = plain_number(data.pop("percent"))
        elif self.kind == "terms":
            data["prepay_percent"] = data["prepay_percent"] or 0
        return made | data
