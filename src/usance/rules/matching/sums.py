"""Sets of a buyer's items that add up to an amount, where their numbers are not said.

Only sets that people pay are looked for, and few enough that one which fits is no accident: all of
them, the first so many, a run, two, three of a few, any of very few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, combinations
from typing import Final

from usance.rules.matching import evidence

MOST_ITEMS: Final = 2_000
_MOST_FOR_TRIPLES: Final = 40
_MOST_FOR_ANY: Final = 12
_MOST_FOUND: Final = 8


@dataclass(frozen=True, slots=True)
class Found:
    """Places of a set that adds up; ``weight`` is for how many such sets there are to choose from."""

    places: tuple[int, ...]
    weight: int
    what: str
    """``balance``, ``oldest`` or ``several``."""


def sets_adding_up(amounts: Sequence[int], target: int) -> list[Found]:
    """Sets of two or more of ``amounts`` (in the order in which they fall due; negative for credit
    notes) that give ``target``. Each set once, as the likeliest kind of set it is."""
    found: dict[tuple[int, ...], Found] = {}
    count = len(amounts)
    # One after the other: of a thousand equal amounts every two add up.
    for places, weight, what in chain(
        _from_the_first(amounts, target),
        _runs(amounts, target),
        _pairs(amounts, target),
        _triples(amounts, target),
        _any(amounts, target),
    ):
        if len(places) > 1 and places not in found:
            found[places] = Found(places, weight, what)
            if len(found) >= _MOST_FOUND:
                break
    assert all(sum(amounts[p] for p in each.places) == target for each in found.values())
    assert count <= MOST_ITEMS or not found
    return list(found.values())


Candidate = tuple[tuple[int, ...], int, str]


def _from_the_first(amounts: Sequence[int], target: int) -> Iterator[Candidate]:
    if len(amounts) > MOST_ITEMS:
        return
    last = len(amounts) - 1
    for place, total in enumerate(accumulate(amounts)):
        if total == target:
            places = tuple(range(place + 1))
            if place == last:
                yield places, evidence.WHOLE_BALANCE, "balance"
            else:
                weight = evidence.WHOLE_BALANCE - evidence.weight_of(len(amounts))
                yield places, weight, "oldest"


def _runs(amounts: Sequence[int], target: int) -> Iterator[Candidate]:
    """Neighbours in the order of the days on which they fall due."""
    if len(amounts) > MOST_ITEMS:
        return
    weight = evidence.SEVERAL_UNNAMED - 2 * evidence.weight_of(len(amounts)) + 3
    seen: dict[int, list[int]] = {0: [0]}
    for end, total in enumerate(accumulate(amounts), 1):
        for start in seen.get(total - target, ()):
            yield tuple(range(start, end)), weight, "several"
        seen.setdefault(total, []).append(end)


def _pairs(amounts: Sequence[int], target: int) -> Iterator[Candidate]:
    if len(amounts) > MOST_ITEMS:
        return
    weight = evidence.SEVERAL_UNNAMED - 2 * evidence.weight_of(len(amounts)) + 3
    seen: dict[int, list[int]] = {}
    for place, amount in enumerate(amounts):
        for other in seen.get(target - amount, ()):
            yield (other, place), weight, "several"
        seen.setdefault(amount, []).append(place)


def pair_adds_up(amounts: Sequence[int], target: int) -> bool:
    """Whether any two of ``amounts`` give ``target``."""
    return next(_pairs(amounts, target), None) is not None


def _triples(amounts: Sequence[int], target: int) -> Iterator[Candidate]:
    if not 3 <= len(amounts) <= _MOST_FOR_TRIPLES:
        return
    weight = evidence.SEVERAL_UNNAMED - 3 * evidence.weight_of(len(amounts)) + 8
    last: dict[int, list[int]] = {}
    for place, amount in enumerate(amounts):
        last.setdefault(amount, []).append(place)
    for first, second in combinations(range(len(amounts)), 2):
        for third in last.get(target - amounts[first] - amounts[second], ()):
            if third > second:
                yield (first, second, third), weight, "several"


def _any(amounts: Sequence[int], target: int) -> Iterator[Candidate]:
    if not 4 <= len(amounts) <= _MOST_FOR_ANY:
        return
    weight = evidence.SEVERAL_UNNAMED - 3 * len(amounts)
    sums = [0]
    for amount in amounts:
        sums += [total + amount for total in sums]
    for mask, total in enumerate(sums):
        if total == target and mask:
            yield tuple(p for p in range(len(amounts)) if mask >> p & 1), weight, "several"
