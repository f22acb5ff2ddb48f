"""Dated reference rates: which was in force on a day, and until when that is known."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

from usance.rules.money import MoneyError

_ONE_DAY: Final = timedelta(days=1)


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
            f"The {table.name} of {on} is not known ({table.known_around(on)}). Load it (table"
            f" {table.code!r}), and until when it is in force, then compute again."
        )


class InvalidRate(MoneyError):
    """A reference rate that cannot be."""

    code = "invalid_rate"


@dataclass(frozen=True, slots=True)
class RateTable:
    """The values of one reference rate, in per cent a year, each from the day that it is in force.

    ``known_until`` is the last day for which the latest value is known to be in force; ``gaps`` are the
    first and last days of each time before it of which nothing is known: what was in force before a gap may
    have changed in it, and is not taken for what was in force in it. ``source`` is who publishes it.
    """

    code: str
    name: str
    source: str
    changes: tuple[tuple[date, Decimal], ...]
    known_until: date
    gaps: tuple[tuple[date, date], ...] = ()

    def known_around(self, day: date) -> str:
        """From when until when the table says anything, or what it says last before ``day`` and first after
        it, for a person."""
        if not self.changes:
            return "nothing of it is loaded"
        for first, last in self.gaps:
            if first <= day <= last:
                return f"known until {first - _ONE_DAY} and again from {last + _ONE_DAY} on"
        return f"known from {self.changes[0][0]} to {self.known_until}"

    def on(self, day: date) -> Decimal:
        """The rate in force on ``day``, per cent a year. Raises RateUnknown where it is not known."""
        if self.first_unknown(day, day) is not None:
            raise RateUnknown(self, on=day)
        return self.changes[bisect_right(self.changes, day, key=_day) - 1][1]

    def first_unknown(self, first: date, last: date) -> date | None:
        """The first day from ``first`` to ``last`` whose rate is not known; None where all are."""
        if not self.changes or first < self.changes[0][0]:
            return first
        for begin, end in self.gaps:
            if begin <= last and first <= end:
                return max(first, begin)
        return max(first, self.known_until + _ONE_DAY) if last > self.known_until else None

    def changes_between(self, first: date, last: date) -> list[date]:
        """The days after ``first`` and not after ``last`` from which another rate is in force."""
        return [
            day
            for (_, before), (day, rate) in pairwise(self.changes)
            if first < day <= last and rate != before
        ]

    def extended(self, rates: Iterable[tuple[date, Decimal, date]]) -> RateTable:
        """The table with ``rates`` added: each from a day, and known to be in force until another.

        Each takes the place of what is known of its first day. What no rate is known of in between becomes a
        gap; in what was known as a whole before, a rate counts until the next change.
        """
        added = list(rates)
        merged = dict(self.changes) | {first: rate for first, rate, _ in added}
        joined: list[tuple[date, date]] = []
        for first, last in sorted([*self.known_times(), *((one[0], one[2]) for one in added)]):
            if joined and (first - joined[-1][1]).days <= 1:
                joined[-1] = (joined[-1][0], max(joined[-1][1], last))
            else:
                joined.append((first, last))
        return replace(
            self,
            changes=tuple(sorted(merged.items())),
            known_until=joined[-1][1] if joined else self.known_until,
            gaps=tuple(
                (before[1] + _ONE_DAY, after[0] - _ONE_DAY) for before, after in pairwise(joined)
            ),
        )

    def known_times(self) -> list[tuple[date, date]]:
        """The first and last day of each time of which the rate is known, the earliest first."""
        if not self.changes:
            return []
        firsts = [self.changes[0][0], *(last + _ONE_DAY for _, last in self.gaps)]
        lasts = [*(first - _ONE_DAY for first, _ in self.gaps), self.known_until]
        return list(zip(firsts, lasts, strict=True))


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
