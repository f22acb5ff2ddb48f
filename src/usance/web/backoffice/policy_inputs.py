"""What people type into the policy editor, read as they write it: numbers, lists, terms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from babel.numbers import NumberFormatError, parse_decimal
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from usance.rules.terms import UnknownTerms, parse_terms
from usance.web.design import display, locale

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


def plain_number(value: Decimal) -> str:
    """A number as expressions have it, without zeros that say nothing."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
