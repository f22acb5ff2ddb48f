"""Fields of forms that read money and days as people write them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from babel.numbers import NumberFormatError, parse_decimal
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from usance.rules.money import Money, MoneyError, exponent
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


class DayField(forms.DateField):
    """A day, chosen with the browser's own calendar."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d"],
            **options,
        )
