"""Numbers, amounts and dates as the reader's country writes them, after Unicode's CLDR (Babel)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.dates import format_date

from usance.formats.invoice_pdf.words import Language
from usance.rules.money import exponent

_MINUS: Final = "\u2212"
_NO_BREAK: Final = "\u00a0"

_LOCALES: Final[dict[str, str]] = {"en": "en_GB", "it": "it_IT", "ro": "ro_RO", "hi": "hi_IN"}


@dataclass(frozen=True, slots=True)
class Figures:
    """One locale's way with figures. ``groups`` is the size of the last group and of the others."""

    locale: str
    point: str
    separator: str
    groups: tuple[int, int]
    code_first: bool
    percent_space: bool
    currency: str

    def number(self, value: Decimal, *, decimals: int = 0) -> str:
        """``value`` with at least ``decimals`` decimals; digits beyond them are kept, never rounded."""
        sign, digits, places = value.as_tuple()
        assert isinstance(places, int), "an amount is a finite number"
        text = "".join(map(str, digits)) + "0" * max(places, 0)
        scale = max(-places, 0)
        text = text.zfill(scale + 1)
        whole, fraction = text[: len(text) - scale], text[len(text) - scale :]
        fraction = fraction.rstrip("0").ljust(decimals, "0")
        whole = self._grouped(whole.lstrip("0") or "0")
        minus = _MINUS if sign and value else ""
        return f"{minus}{whole}{self.point}{fraction}" if fraction else f"{minus}{whole}"

    def amount(self, value: Decimal) -> str:
        """``value`` in the document's currency with that currency's decimals, without its name."""
        return self.number(value, decimals=decimals_of(self.currency))

    def money(self, value: Decimal, *, currency: str = "") -> str:
        """``value`` and the currency: ``EUR 1,234.50``, ``1.234,50 EUR``, ``₹12,34,567.00``."""
        code = currency or self.currency
        text = self.number(value, decimals=decimals_of(code))
        if code == "INR":
            return text.replace(_MINUS, f"{_MINUS}₹") if text.startswith(_MINUS) else f"₹{text}"
        return f"{code}{_NO_BREAK}{text}" if self.code_first else f"{text}{_NO_BREAK}{code}"

    def percent(self, value: Decimal) -> str:
        """``value``, given in percent: ``22%``, ``22 %``."""
        return f"{self.number(value)}{_NO_BREAK if self.percent_space else ''}%"

    def day(self, on: date) -> str:
        """``on`` with the month in words, abbreviated: no reader can take the day for the month."""
        return _day(on, "medium", self.locale)

    def long_day(self, on: date) -> str:
        """``on`` with the month in full."""
        return _day(on, "long", self.locale)

    def country(self, code: str) -> str:
        """The country's name in the reader's language; an unknown code as it is."""
        return str(_locale(self.locale).territories.get(code, code))

    def _grouped(self, digits: str) -> str:
        last, others = self.groups
        if len(digits) <= last:
            return digits
        head, parts = digits[:-last], [digits[-last:]]
        while head:
            parts.append(head[-others:])
            head = head[:-others]
        return self.separator.join(reversed(parts))


def decimals_of(currency: str) -> int:
    """Decimals of a currency that we print."""
    return exponent(currency)


@lru_cache(maxsize=256)
def figures(language: Language, *, currency: str, country: str = "") -> Figures:
    """How a reader of ``language`` sees figures of a document in ``currency``.

    English follows the money and the seller: Indian grouping for rupees, American dates for a
    seller in the United States, else British. Raises UnknownCurrency.
    """
    decimals_of(currency)
    name = _LOCALES[language]
    if language == "en" and currency == "INR":
        name = "en_IN"
    elif language == "en" and country == "US":
        name = "en_US"
    locale = _locale(name)
    symbols = locale.number_symbols["latn"]
    pattern = locale.decimal_formats[None]
    money = str(locale.currency_formats["standard"].pattern)
    return Figures(
        locale=name,
        point=symbols["decimal"],
        separator=symbols["group"],
        groups=pattern.grouping,
        code_first=money.startswith("¤"),
        percent_space="\u00a0" in str(locale.percent_formats[None].pattern),
        currency=currency,
    )


@lru_cache(maxsize=16)
def _locale(name: str) -> Locale:
    return Locale.parse(name)


@lru_cache(maxsize=8192)
def _day(on: date, form: str, locale: str) -> str:
    # The parts of a date stay on one line.
    return format_date(on, format=form, locale=locale).replace(" ", _NO_BREAK)
