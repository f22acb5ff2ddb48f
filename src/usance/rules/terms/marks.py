"""What payment terms are made of: marks of the calendar, shares, tiers of discount."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from usance.rules.money import LARGEST_AMOUNT

LONGEST_TERM: Final = 365
"""No term runs longer than this many days, nor longer than twelve months."""
MOST_PARTS: Final = 12
WHOLE: Final = 10_000
"""All of an amount, in hundredths of a percent, the unit of shares and rates."""


class UnknownTerms(ValueError):
    """The payment terms cannot be read, or contradict themselves."""

    code = "unknown_terms"


@dataclass(frozen=True, slots=True)
class EndOfWeek:
    """Moved on to the Sunday that ends the week."""


@dataclass(frozen=True, slots=True)
class DayOfMonth:
    """Moved on to day ``day`` of the month that is ``months`` months on.

    In a month that is too short, its last day. In the same month (0) where that day has passed
    already, the month after it.
    """

    day: int
    months: int

    def __post_init__(self) -> None:
        if not (1 <= self.day <= 31 and 0 <= self.months <= 12):
            raise UnknownTerms("The day of the month is from 1 to 31, from 0 to 12 months on.")


@dataclass(frozen=True, slots=True)
class FixedDate:
    """Due on this one day, or at once when it has passed."""

    on: date

    def __post_init__(self) -> None:
        if not 1970 <= self.on.year < 2200:
            raise UnknownTerms(f"{self.on} is not a day of trade.")


@dataclass(frozen=True, slots=True)
class Cash:
    """Nothing is lent: paid before the goods leave, or when they arrive."""

    when: Literal["in_advance", "on_delivery"]


Mark = EndOfWeek | DayOfMonth | FixedDate | Cash


@dataclass(frozen=True, slots=True)
class Part:
    """An instalment: due ``days`` after the invoice, ``share`` hundredths of a percent of it, or an
    ``amount`` in minor units of the invoice's currency, the last part then being the rest.

    Without shares and amounts, all parts are equal.
    """

    days: int
    share: int | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """``rate`` hundredths of a percent off for whoever pays within ``days`` days of the invoice."""

    rate: int
    days: int


@dataclass(frozen=True, slots=True)
class Instalment:
    """What falls due on one day, in minor units."""

    due_on: date
    amount: int


@dataclass(frozen=True, slots=True)
class Discount:
    """What paying up to and with the day ``until`` takes off, in minor units."""

    until: date
    amount: int


def checked_parts(parts: tuple[Part, ...], *, days: int) -> None:
    """Raise UnknownTerms unless ``parts`` make a whole that ends after ``days`` days."""
    if not parts:
        return
    if not 2 <= len(parts) <= MOST_PARTS:
        raise UnknownTerms(f"Instalments are from 2 to {MOST_PARTS}.")
    at = [part.days for part in parts]
    if at != sorted(set(at)) or at[0] < 0 or at[-1] != days:
        raise UnknownTerms("Instalments follow each other, and the last one ends the terms.")
    amounts = [part.amount for part in parts if part.amount is not None]
    if amounts:
        first = parts[:-1]
        if any(part.amount is None or part.share is not None for part in first) or (
            parts[-1] != Part(days) or min(amounts) < 1 or sum(amounts) > LARGEST_AMOUNT
        ):
            raise UnknownTerms("Every instalment but the last has an amount; the last is the rest.")
        return
    shares = [part.share for part in parts if part.share is not None]
    if shares and (len(shares) != len(parts) or min(shares) < 1 or sum(shares) != WHOLE):
        raise UnknownTerms("The shares of the instalments must make 100 %.")


def checked_tiers(tiers: tuple[Tier, ...], *, longest: int) -> None:
    """Raise UnknownTerms unless each later tier gives less, all within ``longest`` days."""
    rates, days = [tier.rate for tier in tiers], [tier.days for tier in tiers]
    if any(not 0 < rate < WHOLE for rate in rates):
        raise UnknownTerms("A discount is more than 0 % and less than 100 %.")
    if rates != sorted(set(rates), reverse=True) or days != sorted(set(days)):
        raise UnknownTerms("Each later discount must be smaller than the one before it.")
    if tiers and not 0 <= days[0] <= days[-1] <= longest:
        raise UnknownTerms(f"A discount must end within the {longest} days of the terms.")
