"""Fields of forms that read money, currencies, payment terms and days as people write them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from babel.numbers import NumberFormatError, parse_decimal
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.rules.money import EXPONENTS, Money, MoneyError, exponent
from usance.rules.terms import UnknownTerms, parse_terms
from usance.rules.terms.days import FIRST_DAY, LAST_DAY
from usance.web.design import display
from usance.web.design.locale import locale_of
from usance.web.words.amounts import money_text, plain_amount


def read_amount(text: str, *, currency: str) -> int:
    """Minor units of what a person typed: "1.234,50" in Italian, "1234.50" in any language.

    The reader's own way goes first. Raises MoneyError.
    """
    text = text.replace("\u00a0", " ").strip()
    try:
        value = parse_decimal(text, locale=locale_of(display.language()), strict=True)
        return Money.parse(format(value, "f"), currency=currency).amount
    except (NumberFormatError, MoneyError):
        return Money.parse(text, currency=currency).amount


class AmountField(forms.CharField):
    """Money as text, cleaned to minor units of ``currency``; the form sets the currency.

    ``least`` and ``most`` bound it, in minor units. Nothing typed gives None.
    """

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 40)
        super().__init__(
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **options
        )
        self.currency = "EUR"
        self.least = 1
        self.most: int | None = None

    @property
    def affix(self) -> str:
        """What stands before the field."""
        return self.currency

    def prepare_value(self, value: Any) -> Any:
        """Minor units as the reader writes them; what was typed as it was typed."""
        return plain_amount(value, self.currency) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        """Minor units, or None."""
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = read_amount(text, currency=self.currency)
        except MoneyError:
            example = plain_amount(
                int(Decimal(1234).scaleb(exponent(self.currency))), self.currency
            )
            raise ValidationError(
                _("Enter an amount such as %(example)s.") % {"example": example}, code="invalid"
            ) from None
        if amount < self.least:
            raise ValidationError(
                _("Enter at least %(least)s.") % {"least": money_text(self.least, self.currency)},
                code="too_small",
            )
        if self.most is not None and amount > self.most:
            raise ValidationError(
                _("Enter at most %(most)s.") % {"most": money_text(self.most, self.currency)},
                code="too_large",
            )
        return amount


class CurrencyField(forms.CharField):
    """A currency in use by its code, cleaned to capitals; empty where none is asked for."""

    def __init__(self, *, required: bool = True, **options: Any) -> None:
        options.setdefault("label", _lazy("Currency"))
        super().__init__(
            required=required, min_length=3 if required else None, max_length=3, **options
        )

    def clean(self, value: Any) -> str:
        """The code."""
        code = str(super().clean(value)).upper()
        if code and code not in EXPONENTS:
            raise ValidationError(_("This is not a currency; write one such as EUR."))
        return code


def chosen_currency(form: forms.Form, *, usual: str) -> str:
    """What was typed as the form's currency, where that is one; else ``usual``."""
    chosen = str(form.data.get("currency") or usual).strip().upper()
    return chosen if chosen in EXPONENTS else usual


def in_currency(form: forms.Form, *names: str, currency: str) -> None:
    """Read the amounts of those names in ``currency``, from nothing upwards."""
    for name in names:
        field = form.fields[name]
        assert isinstance(field, AmountField)
        field.currency, field.least = currency, 0


class TermCodesField(forms.CharField):
    """Payment terms by their codes, separated by commas, each of which can be read."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_lazy("Payment terms"),
            required=False,
            max_length=200,
            help_text=_lazy(
                "Codes such as net_30 or net_60_eom. Leave empty for those of the policy."
            ),
            **options,
        )

    def clean(self, value: Any) -> Any:
        """The codes as a list."""
        codes = [code.strip() for code in super().clean(value).split(",") if code.strip()]
        for code in codes:
            try:
                parse_terms(code)
            except UnknownTerms:
                raise ValidationError(
                    _("%(code)s is not a payment term; write one such as net_30.") % {"code": code}
                ) from None
        return codes


class DayField(forms.DateField):
    """A day of trade, chosen with the browser's own calendar."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d"],
            validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
            **options,
        )
