"""Amounts, numbers and dates as a reader writes them (Unicode CLDR, through Babel).

Every function takes ``language``, a Django language code; the filters of ``{% load locale %}`` pass
the active one.
"""

from __future__ import annotations

import re
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

from babel import Locale, UnknownLocaleError, dates, numbers
from django.utils import timezone

from usance.rules.money import Money, exponent

Length = Literal["short", "medium", "long", "full"]

_NO_BREAK_SPACE: Final = "\u00a0"
# CLDR's currency spacing: a code of letters does not touch a digit. Babel leaves the rule out.
_CODE_TOUCHES_DIGIT: Final = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


@lru_cache(maxsize=32)
def locale_of(language: str) -> Locale:
    """The CLDR locale of a Django language code; English for one that CLDR does not know."""
    parts = language.split("-")
    for length in range(len(parts), 0, -1):
        try:
            return Locale.parse("_".join(parts[:length]))
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def money(amount: Money, *, language: str, symbol: bool = True) -> str:
    """``amount`` with its currency: "€1,234.50", "1.234,50 €", "₹12,34,567.00".

    Without ``symbol`` only the figure, for a column whose head names the currency.
    """
    locale = locale_of(language)
    value = amount.decimal()
    if not symbol:
        digits = exponent(amount.currency)
        # The standard pattern of currencies carries the grouping: 12,34,567 in India.
        pattern = re.sub(r"[¤\s\u00a0]", "", locale.currency_formats["standard"].pattern)
        pattern = re.sub(r"0\.0+", "0." + "0" * digits if digits else "0", pattern)
        return numbers.format_decimal(value, format=pattern, locale=locale)
    text = numbers.format_currency(value, amount.currency, locale=locale)
    return _CODE_TOUCHES_DIGIT.sub(_NO_BREAK_SPACE, text)


def number(value: int | float | Decimal, *, language: str, decimals: int | None = None) -> str:
    """``value`` grouped as the reader groups; with ``decimals``, exactly that many."""
    locale = locale_of(language)
    if decimals is None:
        return numbers.format_decimal(value, locale=locale)
    quantum = Decimal(1).scaleb(-decimals)
    pattern = locale.decimal_formats[None].pattern.split(".")[0]
    fixed = pattern + ("." + "0" * decimals if decimals else "")
    return numbers.format_decimal(Decimal(value).quantize(quantum), format=fixed, locale=locale)


def percent(ratio: float | Decimal, *, language: str, decimals: int | None = None) -> str:
    """``ratio`` in percent: 0.125 is "12.5%". Without ``decimals``, at most one."""
    locale = locale_of(language)
    pattern = locale.percent_formats[None].pattern
    fraction = ".#" if decimals is None else "." + "0" * decimals if decimals else ""
    return numbers.format_percent(
        ratio, format=pattern.replace("0", "0" + fraction, 1), locale=locale
    )


def day(value: date, *, language: str, length: Length = "medium") -> str:
    """A business day: "22 nov 2026"."""
    return dates.format_date(value, format=length, locale=locale_of(language))


def instant(value: datetime, *, language: str, zone: tzinfo | None = None) -> str:
    """An instant as day and time in ``zone``; by default in the active one, which is the seller's.

    Raises ValueError for a datetime without a zone: it could be any instant of a day.
    """
    if timezone.is_naive(value):
        raise ValueError(f"{value!r} has no time zone; pass an aware datetime.")
    locale = locale_of(language)
    local = timezone.localtime(value, zone)
    day_text = dates.format_date(local, format="medium", locale=locale)
    time_text = dates.format_time(local, format="short", locale=locale)
    pattern = str(locale.datetime_formats["medium"]).replace("'", "")
    return pattern.replace("{1}", day_text).replace("{0}", time_text)
