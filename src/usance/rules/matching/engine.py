"""Which open items a bank line pays: every reading of it, weighed, and whether the best may book."""

from __future__ import annotations

from typing import Final

from usance.rules.matching import evidence
from usance.rules.matching.explaining import proposal_of, proposals_in_other_currency
from usance.rules.matching.model import BankLine, Knowledge, Matched, MatchingSettings, Proposal
from usance.rules.matching.open_items import OpenItems
from usance.rules.matching.payers import Buyers
from usance.rules.matching.readings import Reading
from usance.rules.matching.safety import held_back
from usance.rules.matching.search import Search

_MOST_ALTERNATIVES: Final = 5
_RIVAL: Final = 25
"""Decibans below the best within which another reading makes a line ambiguous."""


def match(
    line: BankLine,
    *,
    items: OpenItems,
    buyers: Buyers,
    knowledge: Knowledge,
    settings: MatchingSettings,
) -> Matched:
    """Find what ``line`` pays. Changes nothing: whoever books tells ``items`` and ``knowledge``."""
    if line.amount <= 0:
        return Matched()
    search = Search(line, items=items, buyers=buyers, knowledge=knowledge, settings=settings)
    search.run()
    readings = sorted((*search.readings.values(), *search.others), key=_rank)
    foreign = proposals_in_other_currency(search)
    if not readings:
        return _foreign_only(foreign)
    best, weights = readings[0], [reading.weight for reading in readings]
    nothing = evidence.NOTHING_OF_OURS + evidence.ANY_AMOUNT
    if foreign and not best.items:
        return _foreign_only(foreign)
    if best.weight < nothing - 10:
        return Matched()
    sure = [
        evidence.confidence(weight, [*weights[:place], *weights[place + 1 :], nothing])
        for place, weight in enumerate(weights[: _MOST_ALTERNATIVES + 1])
    ]
    rivals = sum(1 for each in readings[1:] if each.items and best.weight - each.weight < _RIVAL)
    held = held_back(
        best,
        confidence=sure[0],
        rivals=rivals,
        line=line,
        settings=settings,
        whole=search.whole,
        numbers=search.texts.numbers(),
        doubtful=search.doubtful(best),
    )
    shown = readings[: _MOST_ALTERNATIVES + 1]
    proposals = [
        proposal_of(
            reading, line, confidence=chance, rivals=rivals if not place else 0, search=search
        )
        for place, (reading, chance) in enumerate(zip(shown, sure, strict=True))
        if not place or (reading.items and chance > 0)
    ]
    return Matched(
        best=proposals[0], alternatives=tuple(proposals[1:]), self_book=not held, held_back=held
    )


def _rank(reading: Reading) -> tuple[int, int, tuple[tuple[str, int], ...]]:
    """The likeliest first; among equals the one whose items fall due first, so that the answer is
    always the same."""
    ids = tuple((item.due_on.isoformat(), item.id.int) for item in reading.items)
    return (
        -reading.weight,
        not reading.items,
        ids or (("", reading.buyer_id.int if reading.buyer_id else 0),),
    )


def _foreign_only(foreign: list[Proposal]) -> Matched:
    if not foreign:
        return Matched()
    return Matched(best=foreign[0], alternatives=tuple(foreign[1:6]), held_back=("other_currency",))
