"""Whether the best reading of a line may book itself.

A high probability is not enough. Money that lands on the wrong invoice is found late and by the
buyer, so a line waits for a person where it contradicts itself, where a guess would carry it, and,
from a sum on, where there is only one ground.
"""

from __future__ import annotations

from typing import Final

from usance.rules.matching.keys import comparable, digits_of
from usance.rules.matching.mentions import WHOLE, Mention, resemblance
from usance.rules.matching.model import BankLine, HeldBack, MatchingSettings
from usance.rules.matching.readings import Reading
from usance.rules.matching.texts import Token

LARGE_FROM_CONFIDENCE: Final = 9_990
_LONGEST_SLIP: Final = 7
_MANY: Final = 60
"""Out of more open items than these, some always make up the rest of a sum."""
_FEW: Final = 30
"""Out of more than these, some two or three always add up to a sum by accident."""
_FIRM: Final = 20
_CONFIRMS: Final = 15
_FULL_FIELD: Final = 130
"""Fields of 140 characters end in the middle of what was written, and banks trim them."""


def held_back(
    best: Reading,
    *,
    confidence: int,
    rivals: int,
    line: BankLine,
    settings: MatchingSettings,
    whole: list[Mention],
    numbers: list[Token],
    doubtful: bool,
) -> tuple[HeldBack, ...]:
    """Why ``best`` must wait; empty if it may book itself. ``rivals`` are other readings that are
    nearly as good, and ``doubtful`` says that something else is too near."""
    if not best.items or best.settlement is None or best.payer is None:
        return ("names_nothing_open",)
    found: list[HeldBack] = []
    large = line.amount >= settings.large_from
    needed = max(settings.self_book_from, LARGE_FROM_CONFIDENCE if large else 0)
    if confidence < needed:
        found.append("ambiguous" if rivals else "below_threshold")
    if doubtful:
        found.append("ambiguous")
    if contradicted(best, whole) or (not best.mentions and _names_like_it(best, numbers)):
        found.append("reference_contradicts")
    exact = best.settlement.exact
    reference = _all_named(best)
    if best.payer.contradicted and not (reference and exact):
        found.append("payer_contradicts")
    if not best.mentions and not best.payer.sure:
        found.append("amount_alone")
    # Where a number has picked the buyer out, a name that is only like its own confirms it.
    payer = best.payer.sure or (reference and best.payer.weight >= _CONFIRMS)
    if large and bool(best.mentions) + payer + exact < 2:
        found.append("large_on_one_ground")
    how, several = best.settlement.how, len(best.items) > 1
    if how == "part" and not _may_be_part(
        best, reference=reference, large=large, settings=settings
    ):
        found.append("short_unexplained")
    if how in ("charges", "tolerance") and several and not exact and _may_go_on(best, line):
        found.append("short_unexplained")
    if best.found_by == "several" and best.among > _FEW:
        found.append("ambiguous")
    if several and best.mentions and _guessed(best) and best.among > _MANY:
        found.append("ambiguous")
    if how == "over" and (
        several
        or not reference
        or best.payer.weight <= 0
        or best.settlement.unapplied * 10 > line.amount
    ):
        found.append("overpaid")
    return tuple(dict.fromkeys(found))


def _may_be_part(
    best: Reading, *, reference: bool, large: bool, settings: MatchingSettings
) -> bool:
    """Whether less than was due may book itself: one item, named, by somebody who may be its buyer."""
    if len(best.items) > 1 or not settings.book_part_payments or best.payer is None:
        return False
    if any(m.grade == "checked" for m in best.mentions):
        return not best.payer.contradicted
    if best.payer.weight <= 0:
        return False
    return reference or (
        not large and best.payer.sure and any(m.weight >= 30 for m in best.mentions)
    )


def _names_like_it(best: Reading, numbers: list[Token]) -> bool:
    """Whether the text has a number that is none of these but begins and is as long as they are."""
    for item in best.items:
        own = digits_of(comparable(item.number))
        if len(own) >= _LONGEST_SLIP and any(
            abs(len(token.text) - len(own)) <= 1 and token.text[:3] == own[:3] for token in numbers
        ):
            return True
    return False


def _guessed(best: Reading) -> bool:
    """Whether an item beside those that are named is there for its amount alone, or almost."""
    firm = {m.item.id for m in best.mentions if m.weight >= _FIRM}
    return any(item.id not in firm for item in best.items)


def _may_go_on(best: Reading, line: BankLine) -> bool:
    """Whether a list of numbers may have had more than is left of it: its field is full, or it was
    not understood to its end."""
    if any(len(text) >= _FULL_FIELD for text in line.texts):
        return True
    return not _all_named(best)


def _all_named(reading: Reading) -> bool:
    """Whether the number of each item stands there unspoilt."""
    named = {m.item.id for m in reading.mentions if m.grade in WHOLE}
    return all(item.id in named for item in reading.items)


def contradicted(best: Reading, whole: list[Mention]) -> bool:
    """Whether the line names, without any slip, something that ``best`` does not pay.

    A number named beside the right ones does no harm where all that is paid is named too; nor does a
    number that is one of the right ones with a slip in it.
    """
    if _all_named(best) and best.exact:
        return False
    own = {item.id for item in best.items}
    for mention in whole:
        if mention.item.id in own or mention.grade not in ("checked", "exact"):
            continue
        if len(mention.token.text) < _LONGEST_SLIP:
            continue
        own_document = mention.item.buyer_id == best.buyer_id
        if (
            own_document
            or mention.grade == "checked"
            or not any(
                resemblance(mention.token, digits_of(comparable(item.number)))[1] >= 20
                for item in best.items
            )
        ):
            return True
    return False
