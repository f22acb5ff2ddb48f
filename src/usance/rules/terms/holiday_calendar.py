"""Working days by the public holidays of a country or of one of its parts, and of the euro's banks.

A calendar has a code: ``IT`` (a country, ISO 3166-1), ``DE-BY`` (one of its parts, ISO 3166-2), or
``TARGET``: the days on which the TARGET system of the Eurosystem is closed. Holidays come from the
``holidays`` library, which computes them: the same code and day give the same answer everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any, Final

import holidays

TARGET: Final = "TARGET"
"""1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December, Saturdays and Sundays (Decision
of the ECB on the opening days of T2, which replaced TARGET2 in 2023)."""

_CODE: Final = re.compile(r"([A-Z]{2})(?:-([A-Za-z0-9]{1,10}))?")


class UnknownCalendar(ValueError):
    """Nobody knows the holidays of the country or part that was named."""

    code = "unknown_calendar"


class HolidayCalendar:
    """The working days of one calendar (a ``WorkingDays``): neither weekend nor public holiday."""

    def __init__(self, code: str, *, weekend: frozenset[int], known: Any) -> None:
        self.code = code
        self.weekend = weekend
        self._known = known
        self._years: dict[int, frozenset[date]] = {}

    def is_working_day(self, day: date, /) -> bool:
        """Whether people work, and banks pay, on ``day``."""
        return day.weekday() not in self.weekend and day not in self.holidays(day.year)

    def holidays(self, year: int) -> frozenset[date]:
        """The public holidays of ``year``, those on a weekend too."""
        found = self._years.get(year)
        if found is None:
            made = self._known(year)
            found = self._years[year] = frozenset(day for day in made if day.year == year)
        return found

    def __repr__(self) -> str:
        return f"HolidayCalendar({self.code!r})"


def holiday_calendar(code: str, *, weekend: Iterable[int] | None = None) -> HolidayCalendar:
    """The calendar with this code. ``weekend``: the free days of the week, 0 for Monday to 6, where
    they are not the country's usual ones. Raises UnknownCalendar."""
    return _calendar(code, None if weekend is None else frozenset(weekend))


@lru_cache(maxsize=256)
def _calendar(code: str, weekend: frozenset[int] | None) -> HolidayCalendar:
    if code == TARGET:
        usual = frozenset(holidays.financial_holidays("ECB").weekend)
        return HolidayCalendar(
            code,
            weekend=usual if weekend is None else weekend,
            known=lambda year: holidays.financial_holidays("ECB", years=year),
        )
    found = _CODE.fullmatch(code)
    supported = holidays.list_supported_countries()
    if not found or found[1] not in supported:
        raise UnknownCalendar(
            f"There is no calendar {code!r}; write a country such as IT, a part of one such as DE-BY,"
            f" or {TARGET}."
        )
    country, part = found[1], found[2]
    if part is not None and part not in supported[country]:
        raise UnknownCalendar(
            f"{country} has no part {part!r} with holidays of its own; write"
            f" {_some(supported[country]) or country}."
        )
    usual = frozenset(holidays.country_holidays(country, subdiv=part).weekend)
    return HolidayCalendar(
        code,
        weekend=usual if weekend is None else weekend,
        known=lambda year: holidays.country_holidays(country, subdiv=part, years=year),
    )


def _some(parts: Iterable[str]) -> str:
    """A few of the parts of a country, for a message."""
    named = list(parts)[:12]
    return f"one of {', '.join(named)}" if named else ""
