"""The days on which banks settle in euro and in dollars, from the rules that say when they do not.

Nothing is looked up: the closing days of any year follow from the date of Easter and from what is
done about holidays on a weekend.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from usance.rules.terms.days import LONGEST_PAUSE, NoWorkingDay, WorkingDays

_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6
JUNETEENTH_SINCE: Final = 2022
"""19 June became a holiday of the Federal Reserve in June 2021, when it fell on a Saturday."""


def easter(year: int) -> date:
    """Easter Sunday of ``year`` in the Gregorian calendar.

    Source: the algorithm published without a name in Nature, 20 April 1876; in whole numbers only.
    """
    golden = year % 19
    century, of_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leap_centuries - correction + 15) % 30
    weekday = (32 + 2 * century_rest + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


class BankCalendar:
    """The settlement days of one system (a ``WorkingDays``)."""

    def __init__(self, code: str, *, closing_days: Callable[[int], frozenset[date]]) -> None:
        self.code = code
        self.closing_days = lru_cache(maxsize=512)(closing_days)
        """The days of a year on which it is closed beside Saturdays and Sundays, from the year."""

    def is_working_day(self, day: date, /) -> bool:
        """Whether payments settle on ``day``."""
        return day.weekday() < _SATURDAY and day not in self.closing_days(day.year)

    def __repr__(self) -> str:
        return f"BankCalendar({self.code!r})"


def _target(year: int) -> frozenset[date]:
    sunday = easter(year)
    return frozenset(
        {
            date(year, 1, 1),
            sunday - timedelta(days=2),
            sunday + timedelta(days=1),
            date(year, 5, 1),
            date(year, 12, 25),
            date(year, 12, 26),
        }
    )


def _federal_reserve(year: int) -> frozenset[date]:
    fixed = [date(year, 1, 1), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25)]
    if year >= JUNETEENTH_SINCE:
        fixed.append(date(year, 6, 19))
    return frozenset(
        {
            # On a Sunday it is kept on Monday; on a Saturday the banks have lost it.
            *(day + timedelta(days=day.weekday() == _SUNDAY) for day in fixed),
            _nth(_MONDAY, 3, year, 1),  # Martin Luther King
            _nth(_MONDAY, 3, year, 2),  # Washington
            _last_monday_of_may(year),  # Memorial Day
            _nth(_MONDAY, 1, year, 9),  # Labor Day
            _nth(_MONDAY, 2, year, 10),  # Columbus
            _nth(_THURSDAY, 4, year, 11),  # Thanksgiving
        }
    )


def _nth(weekday: int, number: int, year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def _last_monday_of_may(year: int) -> date:
    last = date(year, 5, 31)
    return last - timedelta(days=last.weekday())


TARGET: Final = BankCalendar("TARGET", closing_days=_target)
"""T2 of the Eurosystem (until 2023: TARGET2). Closed, since 2002, on 1 January, Good Friday, Easter
Monday, 1 May, 25 and 26 December, Saturdays and Sundays, whatever a country's own holidays are.
Source: Guideline (EU) 2022/912 of the ECB, annex I, appendix V."""

FEDERAL_RESERVE: Final = BankCalendar("FEDERAL_RESERVE", closing_days=_federal_reserve)
"""The Federal Reserve Banks, whose days are those of ACH. Holidays on a Sunday are kept on the Monday
after, those on a Saturday not at all. Right from 1986 on. Source: Federal Reserve Board, standard
holiday schedule; 5 U.S.C. 6103."""


def banking_day_on_or_after(day: date, *, calendar: WorkingDays) -> date:
    """``day`` if banks settle on it, else the first day after on which they do."""
    return day if calendar.is_working_day(day) else next_banking_day(day, calendar=calendar)


def banking_day_on_or_before(day: date, *, calendar: WorkingDays) -> date:
    """``day`` if banks settle on it, else the last day before on which they did."""
    return day if calendar.is_working_day(day) else previous_banking_day(day, calendar=calendar)


def next_banking_day(day: date, *, calendar: WorkingDays) -> date:
    """The first banking day after ``day``. Raises NoWorkingDay."""
    return _nearest(day, calendar=calendar, step=1)


def previous_banking_day(day: date, *, calendar: WorkingDays) -> date:
    """The last banking day before ``day``. Raises NoWorkingDay."""
    return _nearest(day, calendar=calendar, step=-1)


def add_banking_days(day: date, *, count: int, calendar: WorkingDays) -> date:
    """The ``count``-th banking day after ``day``, or before it where ``count`` is negative.

    ``day`` itself is never counted, so that two banking days after a Friday and after the Saturday
    that follows are the same Tuesday. ``count`` of nought gives ``day`` as it is.
    """
    for _ in range(abs(count)):
        day = _nearest(day, calendar=calendar, step=1 if count > 0 else -1)
    return day


def banking_days_between(start: date, *, end: date, calendar: WorkingDays) -> int:
    """How many banking days come after ``start`` up to and with ``end``; negative backwards."""
    if end < start:
        return -banking_days_between(end, end=start, calendar=calendar)
    days = (start + timedelta(days=number) for number in range(1, (end - start).days + 1))
    return sum(calendar.is_working_day(day) for day in days)


def _nearest(day: date, *, calendar: WorkingDays, step: int) -> date:
    for distance in range(1, LONGEST_PAUSE + 1):
        found = day + timedelta(days=step * distance)
        if calendar.is_working_day(found):
            return found
    raise NoWorkingDay(
        f"The calendar has no banking day within {LONGEST_PAUSE} days of {day}; check its holidays."
    )
