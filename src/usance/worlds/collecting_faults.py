"""What goes wrong in a simulated world: a day without a run, a run made twice, a process that dies in
the middle. Whatever it is, it follows from the seed, so that a failure can be played again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from django.db import transaction

from usance.rules.payer_behaviour import draw

Act = Callable[[], None]


class Died(Exception):
    """The process is gone before anything was committed; raised and caught here."""


@dataclass(slots=True)
class Faults:
    """With ``chance`` something goes wrong on a day. ``injected`` counts what did."""

    seed: int
    chance: float
    injected: Counter[str] = field(default_factory=Counter)
    _away_until: date = date.min

    def plan(
        self, on: date, *, decide: Act, decide_again: Act, send: Act, send_one: Act
    ) -> list[Act]:
        """What is really done on the day ``on`` instead of deciding and sending once."""
        if on < self._away_until:
            return []
        if draw(self.seed, "fault", on) >= self.chance:
            return [decide, send]
        kinds: dict[str, list[Act]] = {
            "run twice": [decide, decide_again, send],
            "sent, then run again": [decide, send, decide_again, send],
            "day skipped": [],
            "week skipped": [],
            "died deciding": [_dying(decide), decide, send],
            "died sending": [decide, _dying(send), send],
            "died after sending": [decide, send, _dying(decide_again), decide, send],
            "stopped between two messages": [decide, send_one],
            "nothing sent that day": [decide],
        }
        names = sorted(kinds)
        name = names[int(draw(self.seed, "which fault", on) * len(names))]
        self.injected[name] += 1
        if name == "week skipped":
            self._away_until = on + timedelta(days=7)
        return kinds[name]


NO_FAULTS: Final = Faults(seed=0, chance=0.0)
"""A world in which nothing goes wrong."""


def _dying(act: Act) -> Act:
    """``act``, all of whose writes are lost before the end."""

    def died() -> None:
        try:
            with transaction.atomic():
                act()
                raise Died
        except Died:
            pass

    return died
