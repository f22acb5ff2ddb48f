"""The forms of the policy editor: settings, a value, a rule and a row of its condition."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from babel.numbers import NumberFormatError, parse_decimal
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.flows.onboarding import STAFF_ROLES
from usance.rules.credit.facts import FACTS, Kind
from usance.rules.credit.policy_program import facts_for
from usance.rules.credit.simple_conditions import OPERATORS, WITHOUT_VALUE, Comparison
from usance.rules.money import Money, MoneyError
from usance.rules.terms import UnknownTerms, parse_terms
from usance.web.backoffice.fields import AmountField, read_amount
from usance.web.design import display, locale
from usance.web.words import policies as words
from usance.web.words.amounts import plain_amount
from usance.web.words.facts import GROUPS, fact_name

LONGEST_NAME: Final = 40
_LIST: Final = re.compile(r"[,;\n]")


def read_number(text: str) -> Decimal:
    """A number as the reader writes it: "0,25" in Italian, "0.25" in any language.

    Raises ValidationError.
    """
    text = text.replace("\u00a0", " ").strip()
    for number in (_localized(text), _plain(text)):
        if number is not None and number.is_finite():
            return number
    example = locale.number(Decimal("0.25"), language=display.language())
    raise ValidationError(_("Enter a number such as %(example)s.") % {"example": example})


def _localized(text: str) -> Decimal | None:
    try:
        return Decimal(
            parse_decimal(text, locale=locale.locale_of(display.language()), strict=True)
        )
    except (NumberFormatError, ArithmeticError):
        return None


def _plain(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except ArithmeticError:
        return None


def number_text(value: int | Decimal) -> str:
    """A number as the reader would type it, with all its digits."""
    digits = -int(Decimal(value).as_tuple().exponent)
    return locale.number(value, language=display.language(), decimals=max(digits, 0))


def form_arguments(typed: Mapping[str, Any], prefix: str, *, bound: bool) -> dict[str, Any]:
    """A form's arguments: what was typed as data to check, or as what it begins with."""
    if not bound:
        return {"prefix": prefix, "initial": dict(typed)}
    data = QueryDict(mutable=True)
    for name, value in typed.items():
        if isinstance(value, list):
            data.setlist(f"{prefix}-{name}", value)
        elif value is not None and value is not False:
            data[f"{prefix}-{name}"] = "on" if value is True else str(value)
    return {"prefix": prefix, "data": data}


def items_of(text: str) -> tuple[str, ...]:
    """What stands in a list that was typed with commas."""
    return tuple(item.strip() for item in _LIST.split(text) if item.strip())


class NumberField(forms.CharField):
    """A number as people write it, cleaned to a Decimal; nothing typed gives None."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=40,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **options,
        )

    def clean(self, value: Any) -> Any:
        """The number, or None."""
        text = super().clean(value)
        return read_number(text) if text else None


class TermsField(forms.CharField):
    """One or several codes of payment terms, cleaned to a list of codes."""

    def __init__(self, *, several: bool = True, **options: Any) -> None:
        super().__init__(max_length=500, **options)
        self.several = several

    def clean(self, value: Any) -> Any:
        """The codes."""
        codes = list(items_of(super().clean(value)))
        for code in codes:
            try:
                parse_terms(code)
            except UnknownTerms:
                raise ValidationError(
                    _("%(code)s is no code of payment terms; write one such as net_30.")
                    % {"code": code}
                ) from None
        if len(codes) > 1 and not self.several:
            raise ValidationError(_("Name one set of terms."))
        return codes


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


def plain_number(value: Decimal) -> str:
    """A number as expressions have it, without zeros that say nothing."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


class RowForm(forms.Form):
    """One comparison of a condition."""

    fact = forms.ChoiceField(label=_lazy("Fact"))
    operator = forms.ChoiceField(label=_lazy("Comparison"), choices=list(words.OPERATORS.items()))
    value = forms.CharField(
        label=_lazy("Value"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, kind: str, currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.currency = currency
        self.known: Mapping[str, Kind] = facts_for(kind)
        fact = self.fields["fact"]
        assert isinstance(fact, forms.ChoiceField)
        fact.choices = [("", _("Choose a fact")), *fact_choices(self.known)]

    def clean(self) -> dict[str, Any]:
        """Fact, operator and value must go together."""
        data = super().clean() or {}
        fact, operator = data.get("fact"), data.get("operator")
        if not fact or not operator:
            return data
        kind = self.known[fact]
        if operator not in OPERATORS[kind]:
            fitting = ", ".join(f"“{words.OPERATORS[it]}”" for it in OPERATORS[kind])
            self.add_error(
                "operator",
                _("This cannot be asked here; choose %(fitting)s.") % {"fitting": fitting},
            )
        elif operator not in WITHOUT_VALUE:
            try:
                data["compared"] = self._compared(kind, operator, data.get("value") or "")
            except ValidationError as error:
                self.add_error("value", error)
        return data

    def _compared(self, kind: Kind, operator: str, text: str) -> Any:
        if not text.strip():
            raise ValidationError(_("Enter what it is compared with."))
        if operator in ("in", "not_in"):
            return items_of(text)
        if kind == "amount":
            try:
                amount = Money(read_amount(text, currency=self.currency), self.currency).decimal()
            except MoneyError:
                example = plain_amount(
                    Money.parse("1234", currency=self.currency).amount, self.currency
                )
                raise ValidationError(
                    _("Enter an amount such as %(example)s.") % {"example": example}
                ) from None
            return Decimal(plain_number(amount))
        return read_number(text) if kind == "number" else text.strip()

    def comparison(self) -> Comparison:
        """The row, once it is valid."""
        data = self.cleaned_data
        return Comparison(data["fact"], data["operator"], data.get("compared"))


def value_text(row: Comparison, *, currency: str) -> str:
    """The value of a row as the reader would type it."""
    value = row.value
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        if row.fact in FACTS and FACTS[row.fact].kind == "amount":
            return plain_amount(Money.parse(format(value, "f"), currency=currency).amount, currency)
        return number_text(value)
    return str(value)


def fact_choices(known: Mapping[str, Kind]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Facts under the heading of what they are about."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in known:
        groups.setdefault(name.partition(".")[0], []).append((name, fact_name(name)))
    return [(str(GROUPS.get(first, first)), facts) for first, facts in groups.items()]
