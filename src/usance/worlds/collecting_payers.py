"""How the buyers of a collecting year behave, and what a reminder does to them.

What a reminder does is an assumption of this world, not a finding. The shares, the delays and the
chances below are invented. One figure comes from elsewhere: a reminder before the due date makes 8 of
a hundred pay on time who would not have, as in a field experiment with borrowers of a micro lender
(Cadena and Schoar, "Remembering to Pay? Reminders vs. Financial Incentives for Loan Payments", NBER
working paper 17020, 2011: 7 to 9 percent more paid on time). Nobody has shown it of companies.

Every draw is a hash of the seed and of what it is about, so that the same buyer means to pay the
same invoice on the same day whether or not anybody is reminded.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist
from typing import Final

from usance.rules.dunning.policy import rank
from usance.rules.payer_behaviour import banking_day, draw

HEEDED_BEFORE_DUE: Final = 0.08
"""The chance that a reminder before the due date is heeded by whoever would have paid late."""

NEVER: Final = date.max
_NORMAL: Final = NormalDist()


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One kind of buyer; ``share`` is how many of a hundred are like this.

    Left alone it pays ``days_late`` after the due date at the median; one standard deviation of the
    lognormal delay multiplies or divides ``days_late`` + 10 by ``spread``. From the level ``heeds`` on
    it heeds one notice with the ``chance``, and then pays within ``within`` days of it.
    ``disputes`` is the chance that it will not pay an invoice before it was answered;
    ``breaks_promises``: asked at the second notice, it promises and does not keep it. ``fails``: on a day
    of the year it pays nothing any more.
    """

    name: str
    share: int
    days_late: int
    spread: float
    heeds: str = "notice_1"
    chance: float = 0.0
    within: int = 7
    disputes: float = 0.0
    breaks_promises: bool = False
    fails: bool = False


BEHAVIOURS: Final = (
    Behaviour("prompt", 44, -1, 1.3, chance=0.6),
    Behaviour("forgets", 20, 28, 1.5, chance=0.5, within=8),
    Behaviour("slow", 14, 35, 1.4, chance=0.25, within=10),
    Behaviour("waits for the second notice", 5, 60, 1.4, heeds="notice_2", chance=0.8),
    Behaviour("waits for the third notice", 3, 70, 1.4, heeds="notice_3", chance=0.8),
    Behaviour("waits for the formal notice", 3, 80, 1.4, heeds="formal", chance=0.9),
    Behaviour("disputes", 5, 10, 1.4, chance=0.4, disputes=0.4),
    Behaviour(
        "breaks promises", 4, 75, 1.4, heeds="formal", chance=0.6, within=12, breaks_promises=True
    ),
    Behaviour("goes insolvent", 2, 30, 1.5, chance=0.2, within=10, fails=True),
)
"""Invented, and such as a credit manager will know. The shares sum to a hundred."""


@dataclass(frozen=True, slots=True)
class Payer:
    """One buyer of the world: its place, its behaviour, and the day from which it pays nothing."""

    number: int
    behaviour: Behaviour
    fails_on: date


class Payers:
    """All buyers of the world of a ``seed`` that begins on ``first`` and lasts ``days``.

    ``heed`` scales every chance of heeding: 0 is a world in which reminders do nothing.
    """

    def __init__(self, *, count: int, seed: int, first: date, days: int, heed: float = 1.0) -> None:
        self._seed, self._heed = seed, heed
        self.all = tuple(self._payer(number, first=first, days=days) for number in range(count))

    def _payer(self, number: int, *, first: date, days: int) -> Payer:
        place = draw(self._seed, "behaviour", number) * 100
        for behaviour in BEHAVIOURS:
            if place < behaviour.share:
                break
            place -= behaviour.share
        after = days * (0.25 + 0.6 * draw(self._seed, "fails on", number))
        fails_on = first + timedelta(days=int(after)) if behaviour.fails else NEVER
        return Payer(number, behaviour, fails_on)

    def draw(self, *about: object) -> float:
        """A number from 0 up to 1 about a thing of this world."""
        return draw(self._seed, *about)

    def left_alone(self, payer: Payer, *, invoice: str, issued_on: date, due_on: date) -> date:
        """The banking day on which the money comes if nobody says anything."""
        behaviour = payer.behaviour
        place = min(max(self.draw("delay", payer.number, invoice), 1e-9), 1 - 1e-9)
        factor = math.exp(math.log(behaviour.spread) * _NORMAL.inv_cdf(place))
        late = math.floor((behaviour.days_late + 10) * factor) - 10
        return banking_day(max(due_on + timedelta(days=late), issued_on + timedelta(days=1)))

    def disputes(self, payer: Payer, *, invoice: str) -> bool:
        """Whether the buyer will not agree to owe the invoice."""
        return self.draw("disputes", payer.number, invoice) < payer.behaviour.disputes

    def heeded(self, payer: Payer, *, invoice: str, level: str, on: date, due_on: date) -> date:
        """The banking day on which a message at ``level``, sent on the day ``on``, has the invoice
        paid; NEVER where it is not heeded."""
        before_due = rank(level) < rank("notice_1")
        if not before_due and rank(level) < rank(payer.behaviour.heeds):
            return NEVER
        chance = HEEDED_BEFORE_DUE if before_due else payer.behaviour.chance
        if self.draw("heeds", payer.number, invoice, level) >= chance * self._heed:
            return NEVER
        if before_due:
            return banking_day(max(due_on, on + timedelta(days=1)))
        waits = 1 + int(self.draw("waits", payer.number, invoice, level) * payer.behaviour.within)
        return banking_day(on + timedelta(days=waits))


def of_behaviours(payers: Sequence[Payer]) -> Counter[str]:
    """How many buyers are of each behaviour."""
    return Counter(payer.behaviour.name for payer in payers)
