"""How much each ground weighs, in decibans, and what probability a sum of them is.

A deciban is a tenth of a power of ten in odds (I. J. Good, Probability and the Weighing of Evidence,
1950): 10 makes a reading ten times as likely beside another as it was, 20 a hundred times. Grounds
that have nothing to do with each other add up. The figures are estimates of how often payers do what
they do; docs/matching.md says how well the probabilities that come out are kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Final

CERTAIN: Final = 10_000
MOST: Final = 9_999
"""No reading of what others wrote is certain."""
_SCALE: Final = 10**9
_RANGE: Final = 90
_ODDS: Final = tuple(
    int(_SCALE * Decimal(10) ** Decimal(-weight).scaleb(-1)) for weight in range(_RANGE + 1)
)

# How a line comes about, before anything is looked at.
NOTHING_OF_OURS: Final = -10
BUYER_BUT_NOTHING_OPEN: Final = -17
PAID_TWICE: Final = -23
SEVERAL_NAMED: Final = -6
SEVERAL_UNNAMED: Final = -17
WHOLE_BALANCE: Final = -24
FURTHER_UNNAMED: Final = -6

# What the amount says of a reading: how likely it is to the cent.
IN_FULL: Final = -1
DISCOUNT_IN_TIME: Final = -6
DISCOUNT_LATE: Final = -14
DISCOUNT_TOO_LATE: Final = -20
CHARGES_STATED: Final = -14
ROUND_CHARGES: Final = -35
ODD_CHARGES: Final = -49
TOLERANCE: Final = -45
ROUND_PART: Final = -32
ADVISED: Final = 0
ANY_AMOUNT: Final = -67
"""One amount out of all that come in."""


def part(outstanding: int) -> int:
    """A part payment of any amount below ``outstanding``."""
    return -14 - weight_of(outstanding)


def more(outstanding: int) -> int:
    """A payment of more than ``outstanding``."""
    return -21 - weight_of(outstanding)


@lru_cache(maxsize=65_536)
def weight_of(count: int) -> int:
    """How many decibans it takes to pick one out of ``count``; 0 for one and for none."""
    return round(Decimal(count).log10().scaleb(1)) if count > 1 else 0


_BY_LENGTH: Final = (0, 0, 0, 10, 26, 36, 47, 57, 66, 68)


def exact_reference(digits: int, *, letters: bool) -> int:
    """A key found whole, by how many digits it has: short ones turn up by accident."""
    whole = _BY_LENGTH[digits] if digits < len(_BY_LENGTH) else 70
    return min(70, whole + 6) if letters else whole


CHECKED_REFERENCE: Final = 74
"""A reference whose check digits are right."""


def spoilt_reference(length: int, *, slips: int) -> int:
    """A number of ``length`` digits with one slip or two: so many others are as near to it."""
    one = min(38, 6 * (length - 3))
    return one if slips == 1 else min(11, one - 20)


def end_of_reference(length: int) -> int:
    """The last ``length`` digits of a number, by which a clerk names one of a series."""
    return min(52, 8 * length - 11)


def start_of_reference(length: int) -> int:
    """The first ``length`` digits, the field ending in the middle of the number."""
    return min(40, 5 * length - 14)


def confidence(best: int, others: Iterable[int]) -> int:
    """The probability, in basis points, of a reading of weight ``best`` beside ``others``."""
    total = sum(
        _ODDS[min(best - other, _RANGE)]
        if other <= best
        else _SCALE * 10 ** ((other - best) // 10 + 1)
        for other in others
    )
    return min(MOST, CERTAIN * _SCALE // (_SCALE + total))
