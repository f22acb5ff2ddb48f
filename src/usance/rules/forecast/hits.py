"""How good forecasts were: what they said beside what came.

WAPE is the sum of absolute errors over the sum of what came (weighted absolute percentage error;
Kolassa and Schuetz, "Advantages of the MAD/Mean ratio over the MAPE", Foresight 6, 2007).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from usance.rules.forecast.weeks import Week
from usance.rules.receivables import share


@dataclass(frozen=True, slots=True)
class Hit:
    """A week as it was forecast, and ``came``, the minor units that came of the same items."""

    week: Week
    came: int

    @property
    def within(self) -> bool:
        """Whether what came lies in the range that was said to hold it in four of five weeks."""
        return self.week.low <= self.came <= self.week.high

    @property
    def error(self) -> int:
        """Expected less came: positive where too much was expected."""
        return self.week.expected - self.came


@dataclass(frozen=True, slots=True)
class Quality:
    """Of many weeks: the weighted absolute error and the error with its sign, as shares of what came,
    and the share of weeks ``within`` their range. None where nothing came, or no week is over."""

    weeks: int
    wape: Decimal | None
    bias: Decimal | None
    within: Decimal | None


def quality(hits: Iterable[Hit]) -> Quality:
    """What ``hits`` say together."""
    all_ = list(hits)
    came = sum(hit.came for hit in all_)
    return Quality(
        weeks=len(all_),
        wape=share(sum(abs(hit.error) for hit in all_), of=came),
        bias=share(sum(hit.error for hit in all_), of=came),
        within=share(sum(hit.within for hit in all_), of=len(all_)),
    )
