"""Which items a line names, and how surely: whole, with a slip, by the end of the number, cut off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from rapidfuzz.distance import OSA

from usance.rules.matching import evidence
from usance.rules.matching.keys import (
    comparable,
    digits_of,
    is_creditor_reference,
    is_qr_reference,
)
from usance.rules.matching.model import OpenItem, Reason, ReasonCode
from usance.rules.matching.open_items import OpenItems
from usance.rules.matching.texts import Texts, Token

Grade = Literal["checked", "advice", "exact", "listed", "order", "spoilt", "end", "start"]
WHOLE: Final = ("checked", "advice", "exact", "listed")
"""The number itself, without repair."""
_HOW: Final = {"spoilt": "typing_error", "end": "digits_missing", "start": "cut_off"}
_LIST: Final = 60


@dataclass(frozen=True, slots=True)
class Mention:
    """An item that a line names; ``weight`` in decibans."""

    item: OpenItem
    token: Token
    grade: Grade
    weight: int

    def reason(self) -> Reason:
        """What to tell a person."""
        what = (("written", self.token.text), ("number", self.item.number))
        if self.grade in _HOW:
            return Reason("reference_repaired", (*what, ("how", _HOW[self.grade])))
        code: ReasonCode = (
            "creditor_reference"
            if self.grade == "checked"
            else "advice_names"
            if self.grade == "advice"
            else "order_number"
            if self.grade == "order"
            else "reference_exact"
        )
        return Reason(code, what)


def whole_mentions(texts: Texts, items: OpenItems) -> list[Mention]:
    """Items whose key stands in ``texts`` unspoilt, settled ones too; each once, the surest way."""
    found: dict[int, Mention] = {}
    for token in texts.tokens:
        for mention in _of_token(token, items):
            _keep(found, mention)
    for token in texts.tokens:
        if token.is_number and len(token.text) >= 16 and token.end - token.start == 1:
            for mention in _run_together(token, items):
                _keep(found, mention)
    for mention in _listed(texts, items, list(found.values())):
        if mention.item.id.int not in found:
            _keep(found, mention)
    return list(found.values())


def _keep(found: dict[int, Mention], mention: Mention) -> None:
    before = found.get(mention.item.id.int)
    if before is None or _surer(mention) > _surer(before):
        found[mention.item.id.int] = mention


def _surer(mention: Mention) -> tuple[int, bool, int]:
    """By weight; then the number as it stands, without words before it."""
    token = mention.token
    return mention.weight, token.whole, token.start - token.end


def _of_token(token: Token, items: OpenItems) -> Iterator[Mention]:
    text = token.text
    if text.startswith("RF") and is_creditor_reference(text):
        for item in items.named(comparable(text[4:])):
            yield Mention(item, token, "checked", evidence.CHECKED_REFERENCE)
        return
    if not items.has(text):
        return
    named = items.named(text)
    sharing = evidence.weight_of(len(named))
    for item in named:
        grade, weight = _whole(item, token)
        yield Mention(item, token, grade, max(0, weight - sharing))


def _whole(item: OpenItem, token: Token) -> tuple[Grade, int]:
    """By which of its keys an item was found, and what that weighs."""
    text = token.text
    digits = sum(character.isdigit() for character in text)
    number = comparable(item.number)
    weight = evidence.exact_reference(digits, letters=digits < len(text))
    if text == number or text == digits_of(number).lstrip("0"):
        return "exact", weight
    for key in item.keys:
        if comparable(key.text) == text:
            if key.kind == "qr_reference" and is_qr_reference(text):
                return "checked", evidence.CHECKED_REFERENCE
            if key.kind not in ("purchase_order", "order"):
                return "exact", weight
    return "order", weight - 5


def _run_together(token: Token, items: OpenItems) -> Iterator[Mention]:
    """Numbers with nothing between them."""
    for length in items.lengths():
        if length < 7:
            continue
        place = 0
        while place + length <= len(token.text):
            piece = token.text[place : place + length]
            named = items.named(piece) if piece[0] != "0" else []
            for item in named:
                if comparable(item.number) == piece:
                    yield Mention(
                        item, token, "exact", evidence.exact_reference(length, letters=False) - 3
                    )
            place += length if named else 1


def list_words(texts: Texts, whole: list[Mention]) -> list[Token]:
    """Short numbers after one that stands in full, in one list with it, that are not named yet."""
    taken = {(m.token.field, place) for m in whole for place in range(m.token.start, m.token.end)}
    found: dict[tuple[int, int], Token] = {}
    for base in whole:
        token = base.token
        if base.grade != "exact" or token.structured or token.field < 0:
            continue
        words = texts.words[token.field]
        for place in range(token.end, min(len(words), token.end + _LIST)):
            word = words[place]
            if not word.isdigit():
                if len(word) > 3:
                    break
            elif (token.field, place) not in taken and 2 <= len(word) < len(token.text):
                last = place + 1 == len(words)
                found[token.field, place] = Token(
                    word, token.field, place, place + 1, False, last, True, True
                )
    return list(found.values())


def _listed(texts: Texts, items: OpenItems, whole: list[Mention]) -> Iterator[Mention]:
    """Numbers of a list given by their ends, with the beginning of the one that stands in full."""
    for base in whole:
        for word in list_words(texts, [base]):
            text = word.text
            if any(
                m.token.field == word.field and m.token.start <= word.start < m.token.end
                for m in whole
            ):
                continue
            for item in items.named(base.token.text[: -len(text)] + text):
                if item.buyer_id == base.item.buyer_id and item.id != base.item.id:
                    yield Mention(item, word, "listed", min(50, 8 * len(text) + 4))


def likest(item: OpenItem, *, numbers: Iterable[Token], words: Iterable[Token]) -> Mention | None:
    """The surest way in which a number of the text may be one of ``item``'s keys, spoilt."""
    best: Mention | None = None
    target = digits_of(comparable(item.number))
    for token in numbers:
        grade, weight = resemblance(token, target)
        if weight and (best is None or weight > best.weight):
            best = Mention(item, token, grade, weight)
    for key in item.keys:
        if key.kind in ("purchase_order", "order"):
            text = comparable(key.text)
            for token in words:
                grade, weight = _like_order(token, text, digits_of(text))
                if weight and (best is None or weight > best.weight):
                    best = Mention(item, token, grade, weight)
    return best


def _like_order(token: Token, text: str, digits: str) -> tuple[Grade, int]:
    if token.text == digits and len(digits) >= 4:
        return "order", evidence.exact_reference(len(digits), letters=False) - 5
    near_enough = len(text) >= 6 and abs(len(token.text) - len(text)) <= 1
    if near_enough and OSA.distance(token.text, text, score_cutoff=1) == 1:
        return "spoilt", evidence.spoilt_reference(len(text), slips=1)
    return "order", 0


def resemblance(token: Token, number: str) -> tuple[Grade, int]:
    """How like ``token`` is to the digits of a number, and what that weighs; 0 if it is not."""
    text = token.text
    length, whole = len(text), len(number)
    if text == number:
        return "exact", evidence.exact_reference(whole, letters=False)
    if length < whole and length >= 4 and number.endswith(text):
        return "end", evidence.end_of_reference(length)
    if length > whole >= 7 and text.endswith(number):
        return "spoilt", evidence.spoilt_reference(whole, slips=1)
    if token.last and 6 <= length < whole and number.startswith(text):
        return "start", evidence.start_of_reference(length)
    return "spoilt", _slips(text, number)


def _slips(text: str, number: str) -> int:
    length, whole = len(text), len(number)
    if abs(length - whole) <= 2 and whole >= 6:
        distance = OSA.distance(text, number, score_cutoff=2)
        if distance == 1 or (distance == 2 and whole >= 8):
            return evidence.spoilt_reference(whole, slips=distance)
    elif 6 <= length < whole and OSA.distance(text, number[-length:], score_cutoff=1) == 1:
        return max(0, evidence.spoilt_reference(length, slips=1) - 8)
    return 0


def near(text: str) -> Iterator[str]:
    """Every number one slip away from ``text``: another digit, one more, one less, two swapped."""
    for place, digit in enumerate(text):
        before, after = text[:place], text[place + 1 :]
        for other in "0123456789":
            if other != digit:
                yield before + other + after
        yield before + after
        if after and after[0] != digit:
            yield before + after[0] + digit + after[1:]
    for place in range(len(text) + 1):
        for other in "0123456789":
            yield text[:place] + other + text[place:]


def spoilt_mentions(
    numbers: Iterable[Token], items: OpenItems, *, lengths: Iterable[int]
) -> Iterator[Mention]:
    """Open items that a number of the text may mean with one slip, or by its end."""
    around = {length + change for length in lengths for change in (-1, 0, 1)}
    for token in numbers:
        text = token.text
        if 4 <= len(text) <= 9:
            for item in items.ending_with(text):
                if len(digits_of(comparable(item.number))) > len(text):
                    yield Mention(item, token, "end", evidence.end_of_reference(len(text)))
        if len(text) in around and len(text) >= 6:
            for other in dict.fromkeys(near(text)):
                if items.has(other):
                    for item in items.named(other):
                        if (
                            item.outstanding
                            and digits_of(comparable(item.number)).lstrip("0") == other
                        ):
                            weight = evidence.spoilt_reference(len(other), slips=1)
                            yield Mention(item, token, "spoilt", weight)
