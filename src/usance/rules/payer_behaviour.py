"""How buyers pay in a simulated world: when, how many invoices at once, and what they write.

Nothing here is random: every draw is a hash of the seed and of what it is about, so the same buyer
pays the same invoice on the same day however often, and in whatever order, it is asked.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist
from typing import Final, Literal

Manner = Literal["exact", "none", "mangled"]
"""What a payer writes: the invoices' numbers, nothing useful, or numbers nobody can look up."""

LATEST: Final = 150
"""No buyer of these worlds pays later than this many days after the due date."""

_NORMAL: Final = NormalDist()


@dataclass(frozen=True, slots=True)
class Character:
    """One kind of payer.

    The delay against the due date is lognormal: its median is ``median_days``, one standard
    deviation multiplies or divides it by ``spread``; ``early_days`` are taken off, so that some pay
    before they must. ``share`` is how many buyers of a hundred are like this.
    """

    name: str
    share: int
    median_days: int
    spread: float
    early_days: int


CHARACTERS: Final = (
    Character("prompt", 42, 6, 1.6, 9),
    Character("ordinary", 38, 9, 1.8, 6),
    Character("slow", 15, 22, 1.7, 4),
    Character("struggling", 5, 55, 1.6, 0),
)
"""Credit managers know these four. The shares sum to a hundred."""

AT_THE_TILL: Final = Character("at the till", 0, 0, 1.0, 0)
"""Pays when it buys, or on the next banking day."""


@dataclass(frozen=True, slots=True)
class Habit:
    """How one buyer pays. ``run_weekday`` (0: Monday) is the day on which one that pays by weekly
    run pays everything it means to pay; None: each invoice by itself. ``careless`` is how many of a
    hundred payments come without a usable reference."""

    payer: str
    character: Character
    run_weekday: int | None
    careless: int


def draw(seed: int, *about: object) -> float:
    """A number from 0 up to 1, evenly spread, the same for the same seed and subject."""
    text = "\x1f".join((str(seed), *map(str, about)))
    number = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
    return number / 2**64


def habit_of(payer: str, *, seed: int) -> Habit:
    """How ``payer`` pays in the world of ``seed``."""
    place = draw(seed, "character", payer) * 100
    for character in CHARACTERS:
        if place < character.share:
            break
        place -= character.share
    by_run = draw(seed, "pays by run", payer) < 0.3
    return Habit(
        payer=payer,
        character=character,
        run_weekday=int(draw(seed, "weekday", payer) * 5) if by_run else None,
        careless=(4, 4, 15, 60)[int(draw(seed, "careless", payer) * 4)],
    )


def pays_on(habit: Habit, *, seed: int, invoice: str, issued_on: date, due_on: date) -> date:
    """The banking day on which the money for ``invoice`` arrives; never before the next one after
    its issue, except at the till."""
    if habit.character is AT_THE_TILL:
        same_day = draw(seed, "delay", habit.payer, invoice) < 0.5
        return banking_day(issued_on + timedelta(days=0 if same_day else 1))
    deviation = _NORMAL.inv_cdf(min(max(draw(seed, "delay", habit.payer, invoice), 1e-9), 1 - 1e-9))
    character = habit.character
    delay = character.median_days * math.exp(math.log(character.spread) * deviation)
    late = min(math.floor(delay), LATEST) - character.early_days
    planned = banking_day(max(due_on + timedelta(days=late), issued_on + timedelta(days=1)))
    if habit.run_weekday is not None:
        planned += timedelta(days=(habit.run_weekday - planned.weekday()) % 7)
    return planned


def banking_day(day: date) -> date:
    """``day``, or the Monday after it: banks book on weekdays. Public holidays are not kept."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def manner(habit: Habit, *, seed: int, transfer: str) -> Manner:
    """What the payer writes in ``transfer`` (named by its first invoice and its day)."""
    place = draw(seed, "manner", habit.payer, transfer) * 100
    if place >= habit.careless:
        return "exact"
    return "none" if place < habit.careless / 2 else "mangled"


def remittance_text(manner: Manner, numbers: Sequence[str]) -> str:
    """The words on the transfer that pays the invoices ``numbers``.

    A mangled number has letters where its zeros were, as from a scanned page, and loses its last
    digit, so it names no invoice at all rather than another one.
    """
    if manner == "none":
        return "Payment, thank you"
    if manner == "mangled":
        return "inv. " + " + ".join(number[:-1].replace("0", "O") for number in numbers)
    return " ".join(numbers)
