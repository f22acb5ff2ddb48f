"""Texts, dates and numbers as the portal takes them."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from usance.formats.errors import FormatError

_SPACES: Final = re.compile(r"\s+")
_DATE: Final = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")


def plain(value: str, *, limit: int) -> str:
    """``value`` on one line, cut at ``limit``; quotation marks and backslashes, which the portal
    refuses, become apostrophes and slashes."""
    text = _SPACES.sub(" ", value).strip().replace('"', "'").replace("\\", "/")
    text = "".join(character for character in text if character.isprintable())
    return text if len(text) <= limit else text[: limit - 3].rstrip() + "..."


def required(value: str, *, name: str, least: int, limit: int) -> str:
    """``value`` as :func:`plain` writes it; at least ``least`` characters.

    Raises FormatError ``missing_value``.
    """
    text = plain(value, limit=limit)
    if len(text) < least:
        raise FormatError(
            f"A GST e-invoice needs {name} with at least {least} characters; {value!r} is not.",
            code="missing_value",
        )
    return text


def written_day(day: date) -> str:
    """A day as dd/mm/yyyy."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def read_day(value: object, *, path: str) -> date:
    """A day from dd/mm/yyyy. Raises FormatError ``invalid_date``."""
    match = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is not None:
        try:
            return date(int(match[3]), int(match[2]), int(match[1]))
        except ValueError:
            pass
    raise FormatError(
        f"{str(value)[:40]!r} is not a date such as 30/04/2026; correct it.",
        code="invalid_date",
        path=path,
    )


def read_instant(value: object, *, path: str) -> datetime:
    """A moment as the portal writes it, such as 2026-11-02 10:30:00, in Indian time without saying so.

    Raises FormatError ``invalid_date``.
    """
    if isinstance(value, str):
        for form in ("%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S"):
            try:
                return datetime.strptime(value.strip(), form)  # noqa: DTZ007
            except ValueError:
                continue
    raise FormatError(
        f"{str(value)[:40]!r} is not a moment such as 2026-11-02 10:30:00; ask for the answer again.",
        code="invalid_date",
        path=path,
    )


def amount(value: Decimal, *, name: str) -> Decimal:
    """An amount with at most two decimals, not negative. Raises FormatError ``invalid_amount``."""
    if not value.is_finite() or value < 0 or value != round(value, 2):
        raise FormatError(
            f"{name} is {value}; the portal takes amounts of zero or more with two decimals. What is "
            "given back is a credit note.",
            code="invalid_amount",
        )
    return value


def three_decimals(value: Decimal) -> Decimal:
    """A quantity or price as the portal takes it: three decimals, half up, without needless zeros."""
    rounded = value.quantize(Decimal("0.001"), ROUND_HALF_UP)
    whole = rounded.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return whole if whole == rounded else rounded


def to_json(value: Any) -> str:
    """JSON in which a Decimal is a number with exactly its digits; the json module knows floats only."""
    match value:
        case dict():
            inside = ",".join(f"{json.dumps(key)}:{to_json(each)}" for key, each in value.items())
            return f"{{{inside}}}"
        case list() | tuple():
            return f"[{','.join(to_json(each) for each in value)}]"
        case Decimal():
            return format(value, "f")
        case _:
            return json.dumps(value, ensure_ascii=False)
