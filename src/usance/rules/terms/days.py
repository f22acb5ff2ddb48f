"""Days of the calendar that due dates are counted by, and working days that they are moved to."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Final, Literal, Protocol

Move = Literal["none", "next", "previous", "modified_following"]
"""What happens to a day on which nobody works: it stays, becomes the next or the previous working
day, or the next one unless that is in another month, and then the previous one (ISDA 2006
Definitions, section 4.12: Following, Preceding and Modified Following Business Day Convention)."""

FIRST_DAY: Final = date(1970, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
"""The days that trade is asked about: periods reach back from a day and terms reach ahead of it, so that
neither end of the calendar itself will do."""

LONGEST_PAUSE: Final = 60
"""No calendar has so many days in a row without a working day."""


class WorkingDays(Protocol):
    """A calendar of working days: a country's, a bank's, a trade's."""

    def is_working_day(self, day: date, /) -> bool:
        """Whether people work, and banks pay, on ``day``."""
        ...


class NoWorkingDay(ValueError):
    """The calendar has no working day where one was looked for."""

    code = "no_working_day"


def is_day_of_trade(day: date) -> bool:
    """Whether ``day`` is one that can be asked about or written down: from FIRST_DAY to LAST_DAY."""
    return FIRST_DAY <= day <= LAST_DAY


def end_of_month(day: date) -> date:
    """The last day of the month of ``day``."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def end_of_week(day: date) -> date:
    """The Sunday that ends the week of ``day`` (ISO 8601: a week begins on Monday)."""
    return day + timedelta(days=7 - day.isoweekday())


def day_of_month(number: int, *, month_of: date, later: int) -> date:
    """Day ``number`` of the month that is ``later`` months after that of ``month_of``.

    A month that is too short gives its last day.
    """
    months = month_of.year * 12 + month_of.month - 1 + later
    year, month = divmod(months, 12)
    longest = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(number, longest))


def moved(day: date, *, working: WorkingDays | None, move: Move, not_before: date) -> date:
    """``day``, or the working day that ``move`` puts in its place; never before ``not_before``.

    A day that would move back past ``not_before`` (nothing falls due before it is invoiced) becomes
    the next working day. Raises NoWorkingDay.
    """
    if working is None or move == "none" or working.is_working_day(day):
        return day
    following = _nearest(day, working, step=1)
    back = move == "previous" or (move == "modified_following" and following.month != day.month)
    if back:
        previous = _nearest(day, working, step=-1)
        if previous >= not_before:
            return previous
    return following


def _nearest(day: date, working: WorkingDays, *, step: int) -> date:
    for distance in range(1, LONGEST_PAUSE + 1):
        found = day + timedelta(days=step * distance)
        if working.is_working_day(found):
            return found
    raise NoWorkingDay(
        f"The calendar has no working day within {LONGEST_PAUSE} days of {day}; check its holidays."
    )
