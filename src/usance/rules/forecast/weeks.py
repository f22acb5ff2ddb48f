"""How much comes in each week: the items' distributions summed, with a range.

The items of one buyer do not come independently (a buyer pays in runs, or not at all), so a week's
variance lies between that of independent items and that of items which move together. Quantiles come
from mean, variance and skewness by the expansion of Cornish and Fisher (1938, "Moments and cumulants
in the specification of distributions", first two terms), kept within nothing and everything.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from usance.rules.forecast.arrival import Arrival

WEEKS: Final = 13
"""How far ahead a forecast looks."""

TOGETHER: Final = 0.2
"""How much the items of one buyer move together in a week, from 0 (not at all) to 1. Chosen on the
first two thirds of the receivables that ``benchmarks/forecast.py`` reads, where 0 gives ranges that
hold 84 % of the weeks and 0.35 ranges that hold 89 %: a little care, since other sellers' buyers pay
in runs more than those do."""

_Z90: Final = 1.2815515655446004


@dataclass(frozen=True, slots=True)
class Week:
    """What is expected in the seven days from ``begins_on``, in minor units: the mean, and the amounts
    that are exceeded with 90, 50 and 10 %."""

    begins_on: date
    expected: int
    low: int
    middle: int
    high: int

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return self.begins_on + timedelta(days=6)

    def to_document(self) -> dict[str, Any]:
        """The week as it is stored."""
        return {
            "begins_on": self.begins_on.isoformat(),
            "expected": self.expected,
            "low": self.low,
            "middle": self.middle,
            "high": self.high,
        }


@dataclass(frozen=True, slots=True)
class Forecast:
    """The ``weeks`` after the day ``on``, and ``beyond``, the mean of what comes later than they reach.

    The means of all weeks and ``beyond`` sum to what is open, to the minor unit.
    """

    on: date
    weeks: tuple[Week, ...]
    beyond: int

    @property
    def total(self) -> int:
        """All that is open."""
        return sum(week.expected for week in self.weeks) + self.beyond


def week_from_document(document: dict[str, Any]) -> Week:
    """A stored week."""
    return Week(
        begins_on=date.fromisoformat(document["begins_on"]),
        **{name: int(document[name]) for name in ("expected", "low", "middle", "high")},
    )


def forecast(
    arrivals: Iterable[Arrival],
    *,
    on: date,
    weeks: int = WEEKS,
    together: float = TOGETHER,
) -> Forecast:
    """What ``arrivals`` come to in each of the next ``weeks`` after the day ``on``."""
    tally = Tally(on=on, weeks=weeks)
    for one in arrivals:
        tally.count(one)
    return tally.forecast(together=together)


class Tally:
    """A forecast in the making. Each arrival is counted and not kept: what this takes grows with the buyers,
    not with what they owe. The figures are those of the order in which arrivals are counted, to the last
    place of their floats."""

    def __init__(self, *, on: date, weeks: int = WEEKS) -> None:
        self._on = on
        self._amount = 0
        self._spreads = [_Spread() for _ in range(weeks)]

    def count(self, one: Arrival) -> None:
        """Count an item that comes at some time after the day."""
        self._amount += one.amount
        for spread, chance in zip(self._spreads, one.weeks(len(self._spreads)), strict=True):
            spread.add(one, chance)

    def forecast(self, *, together: float = TOGETHER) -> Forecast:
        """What has been counted so far, by week."""
        found = tuple(
            spread.week(self._on + timedelta(days=7 * number + 1), together)
            for number, spread in enumerate(self._spreads)
        )
        # The rest is what the means leave, so that nothing is lost to rounding.
        beyond = self._amount - sum(week.expected for week in found)
        return Forecast(on=self._on, weeks=found, beyond=beyond)


class _Spread:
    """Moments of the sum of one week."""

    def __init__(self) -> None:
        self._mean = self._alone = self._third = self._most = 0.0
        self._of_buyer: defaultdict[object, float] = defaultdict(float)

    def add(self, one: Arrival, chance: float) -> None:
        """Count an item that comes in this week with ``chance``."""
        if chance <= 0.0:
            return
        amount, left = float(one.amount), 1.0 - chance
        self._mean += amount * chance
        self._most += amount
        variance = amount * amount * chance * left
        self._alone += variance
        self._third += amount**3 * chance * left * (1.0 - 2.0 * chance)
        self._of_buyer[one.buyer] += math.sqrt(variance)

    def week(self, begins_on: date, together: float) -> Week:
        """The week with its range."""
        moving = sum(spread * spread for spread in self._of_buyer.values())
        variance = (1.0 - together) * self._alone + together * moving
        deviation = math.sqrt(variance)
        # Of the independent part: what moves together is widened, not skewed.
        cubed = self._alone**1.5  # nothing, where the variance is next to nothing
        skewness = self._third / cubed if cubed > 0.0 else 0.0
        skewness = max(-1.5, min(1.5, skewness))

        def quantile(z: float) -> int:
            shifted = z + (z * z - 1.0) * skewness / 6.0
            return _whole(min(max(self._mean + deviation * shifted, 0.0), self._most))

        return Week(
            begins_on=begins_on,
            expected=_whole(self._mean),
            low=quantile(-_Z90),
            middle=quantile(0.0),
            high=quantile(_Z90),
        )


def _whole(amount: float) -> int:
    """Minor units of a mean: the one place where an amount that nobody owes is a float before."""
    return int(Decimal(repr(amount)).quantize(Decimal(1), rounding=ROUND_HALF_UP))
