"""Dated reference rates: which was in force on a day, and until when that is known."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from usance.rules.money import MoneyError


class RateUnknown(ValueError):
    """A reference rate is needed of a day for which the table has none; it is not guessed.

    ``table`` names the table, ``on`` the day whose rate is needed, ``first_day`` the first day of
    interest that cannot be computed without it.
    """

    code = "reference_rate_unknown"

    def __init__(self, table: RateTable, *, on: date, first_day: date | None = None) -> None:
        self.table = table.code
        self.on = on
        self.first_day = first_day or on
        super().__init__(
            f"The {table.name} of {on} is not known ({table.known}). Load it (table {table.code!r}),"
            " then compute again."
        )


class InvalidRate(MoneyError):
    """A reference rate that cannot be."""

    code = "invalid_rate"


@dataclass(frozen=True, slots=True)
class RateTable:
    """The values of one reference rate, in per cent a year, each from the day that it is in force.

    ``known_until`` is the last day for which the latest value is known to be in force; ``source`` who
    publishes it.
    """

    code: str
    name: str
    source: str
    changes: tuple[tuple[date, Decimal], ...]
    known_until: date

    @property
    def known(self) -> str:
        """From when until when the table says anything, for a person."""
        if not self.changes:
            return "nothing of it is loaded"
        return f"known from {self.changes[0][0]} to {self.known_until}"

    def on(self, day: date) -> Decimal:
        """The rate in force on ``day``, per cent a year. Raises RateUnknown outside what is known."""
        place = bisect_right(self.changes, day, key=_day)
        if place == 0 or day > self.known_until:
            raise RateUnknown(self, on=day)
        return self.changes[place - 1][1]

    def changes_between(self, first: date, last: date) -> list[date]:
        """The days after ``first`` and not after ``last`` from which another rate is in force."""
        return [day for day, _ in self.changes if first < day <= last]

    def extended(
        self, changes: Iterable[tuple[date, Decimal]], *, known_until: date | None = None
    ) -> RateTable:
        """The table with ``changes`` added, each taking the place of what is known of its day.

        Known until the last of them is in force, or ``known_until``, never less far than before.
        """
        merged: Mapping[date, Decimal] = dict(self.changes) | dict(changes)
        days = [known_until or self.known_until, self.known_until, *merged]
        return replace(self, changes=tuple(sorted(merged.items())), known_until=max(days))


def half_year_of(day: date) -> date:
    """The 1 January or 1 July on which the half year of ``day`` begins."""
    return date(day.year, 1 if day.month <= 6 else 7, 1)


def eve_of_half_year(day: date) -> date:
    """The 31 December or 30 June before the half year of ``day``."""
    return half_year_of(day) - timedelta(days=1)


def check_rate(rate: Decimal) -> Decimal:
    """``rate`` (per cent a year) if it can be a reference rate: four decimals at most, from -20 to 100.

    Raises InvalidRate.
    """
    if not rate.is_finite() or not -20 <= rate <= 100:
        raise InvalidRate(f"{rate} is no reference rate in per cent; -20 to 100 are.")
    if rate != round(rate, 4):
        raise InvalidRate(f"{rate} has more than four decimals.")
    return rate


def _day(change: tuple[date, Decimal]) -> date:
    return change[0]
