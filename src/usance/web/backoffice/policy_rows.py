"""A row of a condition in the policy editor: a fact, a comparison and a value."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.rules.credit.facts import FACTS, Kind
from usance.rules.credit.policy_program import facts_for
from usance.rules.credit.simple_conditions import OPERATORS, WITHOUT_VALUE, Comparison
from usance.rules.money import Money, MoneyError
from usance.web.backoffice.fields import read_amount
from usance.web.backoffice.policy_inputs import items_of, number_text, plain_number, read_number
from usance.web.words import policies as words
from usance.web.words.amounts import plain_amount
from usance.web.words.facts import GROUPS, fact_name


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
