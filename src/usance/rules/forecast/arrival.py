"""On which day an open item will be paid: a distribution of days, drawn from the score.

The score says how the days late of an invoice are distributed (logistic, ``rules.credit.score``). An
item that is still open has outlived part of that distribution, so what is left of it is scaled up to
one. Where it has outlived nearly all, the past of the buyer says little any more: what is still to
come is then taken to be as long as the item is late beyond the median, since whoever has been
expected for long is expected for longer.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from datetime import date
from typing import Final

Chance = float
"""A probability from 0 to 1."""

LONGEST: Final = 400
"""Days ahead beyond which an item is not looked for."""

_OUTLIVED: Final = 2.0
"""Scales beyond the median after which the item is later than the distribution can explain."""

PROMISE_SLIP: Final = 28
"""Days after which what was promised or scheduled and did not come is looked for again."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """When one item of ``amount`` minor units comes. It is made by :func:`arrival` or :func:`fixed`.

    ``due_on`` with ``median`` and ``scale`` (days late) describe a logistic, of which everything up to
    the end of ``on`` is known not to have happened. With ``certainty`` it comes on ``due_on`` with that
    probability instead, and PROMISE_SLIP days later otherwise.
    """

    amount: int
    due_on: date
    on: date
    median: float
    scale: float
    certainty: float | None = None
    buyer: object = None

    def by(self, days: int) -> float:
        """The probability that it has come by the end of the day ``days`` after ``on``."""
        if days <= 0:
            return 0.0
        known = (self.on - self.due_on).days
        if self.certainty is not None:
            fixed = max(-known, 1)
            if days >= fixed + PROMISE_SLIP:
                return 1.0
            return self.certainty if days >= fixed else 0.0
        median, scale = self.median, self.scale
        excess = known - median
        if excess > _OUTLIVED * scale:
            # An exponential rest: as long again as it is late beyond what was expected.
            return 1.0 - math.exp(-days / excess)
        left = _above((known + 0.5 - median) / scale)
        return 1.0 - _above((known + days + 0.5 - median) / scale) / left

    def weeks(self, count: int) -> list[float]:
        """The probability that it comes in each of the next ``count`` weeks of seven days."""
        edges = [self.by(7 * week) for week in range(count + 1)]
        return [later - before for before, later in itertools.pairwise(edges)]

    def quantile(self, probability: float) -> int:
        """The first day after ``on`` by which it has come with at least ``probability``; LONGEST where
        that is later."""
        low, high = 1, LONGEST
        while low < high:
            middle = (low + high) // 2
            if self.by(middle) >= probability:
                high = middle
            else:
                low = middle + 1
        return low


def arrival(
    amount: int,
    *,
    due_on: date,
    on: date,
    median: float,
    scale: float,
    buyer: object = None,
) -> Arrival:
    """An open item at the end of the day ``on``, by its score's ``median`` and ``scale`` in days late."""
    return Arrival(amount=amount, due_on=due_on, on=on, median=median, scale=scale, buyer=buyer)


def fixed(
    amount: int, *, comes_on: date, on: date, certainty: float, buyer: object = None
) -> Arrival:
    """What is promised or will be collected on ``comes_on``, and does so with ``certainty``."""
    return Arrival(
        amount=amount,
        due_on=comes_on,
        on=on,
        median=0.0,
        scale=1.0,
        certainty=certainty,
        buyer=buyer,
    )


def kept_certainty(*, kept: int, ended: int, usual: float = 0.8, weight: int = 5) -> float:
    """How likely a promise or a debit comes on its day: the share that did of those that ``ended``,
    drawn to ``usual`` while there are few."""
    return (kept + usual * weight) / (ended + weight)


def debit_certainty(*, settled: int, answered: int) -> float:
    """The same of debits, of which nearly all bring their money."""
    return kept_certainty(kept=settled, ended=answered, usual=0.97, weight=20)


def _above(z: float) -> float:
    """The logistic's upper tail at ``z``; never quite zero, so that it can be divided by."""
    return 1.0 / (1.0 + math.exp(min(z, 700.0)))
