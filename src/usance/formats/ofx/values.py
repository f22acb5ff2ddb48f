"""Amounts and dates of OFX, as the standard has them and as banks write them.

Source: Open Financial Exchange Specification 1.6, sections 3.2.8 (dates) and 3.2.9 (amounts).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from usance.formats.errors import FormatError
from usance.formats.ofx.tree import Node
from usance.rules.money import Money, MoneyError

_FIGURES: Final = re.compile(r"([+-]?)([0-9.,]*[0-9][0-9.,]*)")
_DAY: Final = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[0-9]{0,6}(?:\.[0-9]{0,9})?(?:\[.{0,20}\])?)?"
)
_SHORT_DAY: Final = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})")
_LONGEST: Final = 40


def read_amount(node: Node, name: str, *, currency: str) -> Money | None:
    """The amount of the element ``name`` of ``node``; None if it is empty or missing.

    The last of point and comma is the decimal mark, the others set groups apart; the sign may be
    followed by a space. Raises FormatError ``invalid_amount`` or ``unknown_currency``.
    """
    written = node.value(name)
    if written is None:
        return None
    plain = re.sub(r"[\s\u00a0\u202f']", "", written)
    match = _FIGURES.fullmatch(plain) if len(plain) <= _LONGEST else None
    if match is not None:
        whole, fraction = _apart(match[2])
        fraction = fraction.rstrip("0")  # some banks fill with zeros beyond the decimals
        try:
            amount = Money.parse(f"{whole or '0'}.{fraction or '0'}", currency=currency)
        except MoneyError as error:
            if error.code == "unknown_currency":
                raise FormatError(str(error), code=error.code, line=node.line) from None
        else:
            return -amount if match[1] == "-" else amount
    raise FormatError(
        f"{name} {written[:_LONGEST]!r} is not an amount; ask the bank for a corrected file.",
        code="invalid_amount",
        line=node.line,
    )


def _apart(figures: str) -> tuple[str, str]:
    """Digits before and after the decimal mark."""
    mark = max(figures.rfind("."), figures.rfind(","))
    only_one_sign = not ("." in figures and "," in figures)
    if mark < 0 or (only_one_sign and figures.count(figures[mark]) > 1):
        return re.sub("[.,]", "", figures), ""  # a sign that comes twice sets groups apart
    return re.sub("[.,]", "", figures[:mark]), figures[mark + 1 :]


def read_day(text: str | None) -> date | None:
    """The day of an OFX date in the bank's own zone; None if there is none or it is all zeros.

    Raises ValueError for what is no date of the standard; see :func:`read_short_day`.
    """
    if text is None or not text.strip("0"):
        return None
    match = _DAY.fullmatch(text)
    if match is None:
        raise ValueError(text[:_LONGEST])
    return date(int(match[1]), int(match[2]), int(match[3]))


def read_short_day(text: str) -> date | None:
    """The day of six digits DDMMYY, as some banks write against the standard; None if it is none."""
    match = _SHORT_DAY.fullmatch(text)
    if match is None:
        return None
    try:
        return date(2000 + int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None
