"""Amounts, days, countries and languages inside a sentence, as the reader writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import format_compact_currency
from django.utils.translation import gettext as _

from usance.rules.money import Money
from usance.web.design import display, locale


def money_text(amount: int, currency: str) -> str:
    """``amount`` minor units with their currency."""
    return locale.money(Money(amount, currency), language=display.language())


def day_text(day: date) -> str:
    """A day."""
    return locale.day(day, language=display.language())


def plain_amount(amount: int, currency: str) -> str:
    """``amount`` minor units without the currency, as one would type it into a field."""
    return locale.money(Money(amount, currency), language=display.language(), symbol=False)


def short_money(amount: int, currency: str) -> str:
    """``amount`` minor units in a few characters, such as "1.5K €"."""
    return format_compact_currency(
        Money(amount, currency).decimal(),
        currency,
        locale=locale.locale_of(display.language()),
        fraction_digits=1,
    )


def file_size(size: int) -> str:
    """``size`` bytes of a file in thousands, one at least."""
    return _("%(size)s kB") % {
        "size": locale.number(max(size // 1000, 1), language=display.language())
    }


def country_text(code: str) -> str:
    """A country by its ISO 3166 code."""
    return str(locale.locale_of(display.language()).territories.get(code, code))


def language_text(code: str) -> str:
    """A language by its code."""
    return str(locale.locale_of(display.language()).languages.get(code, code))


def quantity_of(line: Mapping[str, Any]) -> object:
    """The quantity of a line as a number to show; as it was sent where it is none."""
    sent = line.get("quantity")
    try:
        return None if sent is None else Decimal(str(sent))
    except InvalidOperation:
        return sent


def instant_text(moment: datetime) -> str:
    """An instant, in the active time zone."""
    return locale.instant(moment, language=display.language())
