"""Which part of a year some days of interest are.

Days are counted from the day after something falls due to the last day of interest, both included, so
that two periods that follow each other never share a day. Sources: the day count fractions of the 2006
ISDA Definitions, section 4.16: (b) actual/actual, (d) actual/365 fixed, (e) actual/360, (g) 30E/360.
"""

from __future__ import annotations

from calendar import isleap
from datetime import date, timedelta
from typing import Final, Literal, get_args

DayCount = Literal["act/365", "act/360", "30e/360", "act/act"]
DAY_COUNTS: Final[tuple[DayCount, ...]] = get_args(DayCount)
_ONE_DAY: Final = timedelta(days=1)


def days_of(day_count: DayCount, *, first: date, last: date) -> int:
    """The days of interest from ``first`` to ``last``, both included, as ``day_count`` counts them."""
    if last < first:
        return 0
    if day_count == "30e/360":
        return _months_of_thirty(last) - _months_of_thirty(first - _ONE_DAY)
    return (last - first).days + 1


def share_of_year(day_count: DayCount, *, first: date, last: date) -> tuple[int, int]:
    """The days from ``first`` to ``last``, both included, as a fraction of a year: (part, whole).

    Exact, and the shares of two periods that follow each other sum to that of both. Under ``act/act``
    each day counts by the length of the year that it is in.
    """
    days = days_of(day_count, first=first, last=last)
    if day_count != "act/act":
        return days, 365 if day_count == "act/365" else 360
    in_leap_years = sum(
        (min(last, date(year, 12, 31)) - max(first, date(year, 1, 1))).days + 1
        for year in range(first.year, last.year + 1)
        if isleap(year)
    )
    return (days - in_leap_years) * 366 + in_leap_years * 365, 365 * 366


def _months_of_thirty(day: date) -> int:
    """Days since year 0 where each month has thirty; the 31st is its 30th."""
    return 360 * day.year + 30 * day.month + min(day.day, 30)
