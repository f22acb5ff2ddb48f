"""Texts in the characters and lengths that the schema of FatturaPA allows.

Most texts are Basic Latin and the Latin-1 supplement, codes and numbers Basic Latin only. What has a
plain spelling is spelt plainly (quotes, dashes, the euro sign, accents beyond Latin-1); another script
cannot be written and is refused. Descriptions and names that are too long are cut at a word, which
art. 21 c.2 DPR 633/1972 allows as long as what they name stays recognisable; numbers, codes and
references are never cut.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from usance.formats.errors import FormatError

_PLAIN: Final = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "“": '"', "”": '"', "„": '"', "″": '"',
        "‹": "<", "›": ">", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
        "•": "-", "…": "...", "€": "EUR", "₹": "INR", "™": "(TM)", "№": "n.", "œ": "oe", "Œ": "OE",
        "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ħ": "h", "Ħ": "H", "ŋ": "n", "ĸ": "k",
        "ẞ": "SS", "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\ufeff": "", "\u2028": " ",
        "\u2029": " ",
    }
)  # fmt: skip
_SPACES: Final = re.compile(r"\s+")


def latin(value: str, *, name: str, limit: int, cut: bool = False) -> str:
    """``value`` on one line in Latin-1; longer than ``limit`` it is cut if ``cut`` says so.

    Raises FormatError ``unwritable_text`` or ``value_too_long``.
    """
    plain = _plain(value)
    wrong = next((c for c in plain if not (" " <= c <= "~" or "\u00a0" <= c <= "\u00ff")), "")
    if wrong:
        raise FormatError(
            f"{name} {value[:40]!r} has {wrong!r}, and FatturaPA is written in Latin letters only; "
            "give it in Latin letters.",
            code="unwritable_text",
        )
    return _fitted(plain, name=name, limit=limit, cut=cut)


def basic(value: str, *, name: str, limit: int, cut: bool = False) -> str:
    """``value`` in Basic Latin, as codes, numbers and references are; accents are taken off."""
    plain = _plain(value)
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain.replace("ß", "ss"))
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    wrong = next((c for c in plain if not " " <= c <= "~"), "")
    if wrong:
        raise FormatError(
            f"{name} {value[:40]!r} has {wrong!r}, where FatturaPA allows plain letters, digits and "
            "signs only; change it.",
            code="unwritable_text",
        )
    return _fitted(plain, name=name, limit=limit, cut=cut)


def pieces(value: str, *, name: str, limit: int) -> list[str]:
    """``value`` in as many pieces of ``limit`` characters as it takes, broken at spaces."""
    text = latin(value, name=name, limit=100_000)
    return textwrap.wrap(text, limit, break_on_hyphens=False)


def _plain(value: str) -> str:
    plain = _SPACES.sub(" ", value.translate(_PLAIN)).strip()
    if all(c <= "\u00ff" for c in plain):
        return plain
    return "".join(_nearest(c) for c in plain)


def _nearest(character: str) -> str:
    if character <= "\u00ff":
        return character
    letters = unicodedata.normalize("NFKD", character)
    base = "".join(c for c in letters if not unicodedata.combining(c))
    return base if base and all(c <= "\u00ff" for c in base) else character


def _fitted(text: str, *, name: str, limit: int, cut: bool) -> str:
    if len(text) <= limit:
        return text
    if not cut:
        raise FormatError(
            f"{name} {text[:40]!r}... has {len(text)} characters and FatturaPA takes {limit}; "
            "shorten it.",
            code="value_too_long",
        )
    shortened = text[: limit - 3]
    at_word = shortened.rpartition(" ")[0]
    return (at_word if len(at_word) > limit // 2 else shortened).rstrip() + "..."


def amount(value: Decimal, *, name: str) -> str:
    """``value`` with exactly two decimals [Amount2DecimalType].

    Raises FormatError ``invalid_amount`` for more decimals than that, or more than 11 digits.
    """
    return _figures(value, name=name, least=2, most=2, digits=11)


def price(value: Decimal, *, name: str) -> str:
    """``value`` with two to eight decimals [Amount8DecimalType]; more are rounded half up."""
    rounded = value.quantize(Decimal("1e-8"), ROUND_HALF_UP) if _decimals(value) > 8 else value
    return _figures(rounded, name=name, least=2, most=8, digits=11)


def quantity(value: Decimal, *, name: str) -> str:
    """``value`` with two to eight decimals [QuantitaType]; more are rounded half up."""
    rounded = value.quantize(Decimal("1e-8"), ROUND_HALF_UP) if _decimals(value) > 8 else value
    return _figures(rounded, name=name, least=2, most=8, digits=12)


def rate(value: Decimal, *, name: str) -> str:
    """A percentage from 0 to 100 with two decimals [RateType]. Raises FormatError."""
    if not 0 <= value <= 100:
        raise FormatError(
            f"{name} is {value}; a rate is from 0 to 100 percent.", code="invalid_rate"
        )
    return _figures(value, name=name, least=2, most=2, digits=3)


def _figures(value: Decimal, *, name: str, least: int, most: int, digits: int) -> str:
    if not value.is_finite():
        raise FormatError(f"{name} is {value}, which is no amount.", code="invalid_amount")
    shown = format(value, "f")
    whole, _, fraction = shown.partition(".")
    fraction = fraction.rstrip("0").ljust(least, "0")
    if len(fraction) > most or len(whole.lstrip("-")) > digits:
        raise FormatError(
            f"{name} is {shown}; FatturaPA takes {digits} digits and {most} decimals here. Round "
            "the amount on the invoice.",
            code="invalid_amount",
        )
    return f"{whole}.{fraction}"


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
