"""Dates as people and banks write them, with day and month told apart over a whole file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from usance.formats.bank_csv.mapping import DateOrder
from usance.formats.bank_csv.place import Place
from usance.formats.bank_csv.vocabulary import plain

# English, German, French, Italian, Spanish, Dutch and Romanian, by their beginnings.
_MONTHS: Final = {
    beginning: number
    for number, beginnings in enumerate(
        (
            "jan gen ene ian",
            "feb fev",
            "mar mrz mrt mae maa",
            "apr avr abr",
            "may mai mag mei",
            "jun giu iun juin",
            "jul lug iul juil",
            "aug aou ago",
            "sep set",
            "oct okt ott",
            "nov noi",
            "dec dez dic",
        ),
        start=1,
    )
    for beginning in beginnings.split()
}

_TIME: Final = re.compile(r"[T ]\s*[0-9]{1,2}:[0-9]{2}.*$")
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})\.?")
_DIGITS: Final = re.compile(r"[0-9]{8}")
_NUMERIC: Final = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})\.?")
_NAMED: Final = re.compile(r"([0-9]{1,2})[ ./-]*([^\W\d_]+)[ .,/-]*([0-9]{4}|[0-9]{2})")
_NAME_FIRST: Final = re.compile(r"([^\W\d_]+)[ .-]*([0-9]{1,2}),?[ -]+([0-9]{4})")

Cell = tuple[str, Place]


def decide_order(cells: Iterable[Cell]) -> DateOrder:
    """Whether day or month comes first in the dates of one file.

    A first or second number above 12 decides. Dates with points have the day first, as is the
    rule wherever points are used, unless a number contradicts. Raises FormatError
    ``mixed_date_orders`` or ``ambiguous_dates``.
    """
    votes: dict[DateOrder, list[Cell]] = {"dmy": [], "mdy": []}
    undecided = None
    for text, place in cells:
        match = _NUMERIC.fullmatch(_without_time(text))
        if match is None:
            continue
        first, second = int(match[1]), int(match[3])
        if first > 12 >= second or (match[2] == "." and second <= 12):
            votes["dmy"].append((text, place))
        elif second > 12 >= first:
            votes["mdy"].append((text, place))
        elif first != second and undecided is None:
            undecided = (text, place)
    if votes["dmy"] and votes["mdy"]:
        rarer: DateOrder = "mdy" if len(votes["dmy"]) >= len(votes["mdy"]) else "dmy"
        text, place = votes[rarer][0]
        raise place.error(
            f"{text!r} has day and month the other way round than the other dates of the file; "
            "correct it.",
            code="mixed_date_orders",
        )
    if votes["mdy"]:
        return "mdy"
    if undecided is not None and not votes["dmy"]:
        text, place = undecided
        raise place.error(
            f"{text!r} may have the day or the month first, and no date of the file decides; set "
            "date_order to dmy or mdy in the column mapping.",
            code="ambiguous_dates",
        )
    return "dmy"


def to_date(cell: Cell, *, order: DateOrder) -> date:
    """The day that ``cell`` means, its numbers read in ``order``; a time of day is dropped.

    Years of two digits are of this century. Raises FormatError ``invalid_date``.
    """
    written, place = cell
    text = _without_time(written)
    parts = _year_month_day(text, order=order)
    if parts is not None:
        try:
            return date(*parts)
        except ValueError:
            pass
    shown = f"{written[:40]}..." if len(written) > 40 else written
    raise place.error(
        f"{shown!r} is not a date; correct it or choose another column.", code="invalid_date"
    )


def _year_month_day(text: str, *, order: DateOrder) -> tuple[int, int, int] | None:
    if match := _YEAR_FIRST.fullmatch(text):
        return int(match[1]), int(match[3]), int(match[4])
    if _DIGITS.fullmatch(text):
        return int(text[:4]), int(text[4:6]), int(text[6:])
    if match := _NUMERIC.fullmatch(text):
        return _ordered(match[1], match[3], match[4], order=order)
    if match := _NAMED.fullmatch(text):
        return _with_month(_year(match[3]), match[2], int(match[1]))
    match = _NAME_FIRST.fullmatch(text)
    return _with_month(int(match[3]), match[1], int(match[2])) if match else None


def _ordered(
    first: str, second: str, last: str, *, order: DateOrder
) -> tuple[int, int, int] | None:
    if order == "dmy":
        return _year(last), int(second), int(first)
    if order == "mdy":
        return _year(last), int(first), int(second)
    return (_year(first), int(second), int(last)) if len(last) == 2 else None


def _with_month(year: int, name: str, day: int) -> tuple[int, int, int] | None:
    word = plain(name)
    # Four letters tell French juin from juillet.
    month = _MONTHS.get(word[:4]) or _MONTHS.get(word[:3])
    return None if month is None else (year, month, day)


def _year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) < 4 else 0)


def _without_time(text: str) -> str:
    return _TIME.sub("", text.strip())
