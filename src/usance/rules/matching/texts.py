"""Everything in a bank line that could be a number of ours, as it may have been written.

Payers break numbers ("1930 571 575"), write leading zeros, put words on to them ("INV1930571575"),
name a list by its ends ("1930571575/76/80"); scanners read letters for digits; banks run texts
together or cut them off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from usance.rules.matching.keys import LONGEST_KEY, comparable
from usance.rules.matching.model import BankLine

_WORD: Final = re.compile(r"[0-9A-Z]+")
_DIGIT: Final = re.compile(r"[0-9]")
_RUN: Final = re.compile(r"[0-9]{4,}")
_MEANT: Final = str.maketrans("OQDILZSGB", "001112568")
_WORDS_OF_ONE_NUMBER: Final = 5
_MOST_TOKENS: Final = 1_500
_NO_REFERENCE: Final = frozenset(("NOTPROVIDED", "NOTAVAILABLE", "NONREF", "NOREF", "UNKNOWN"))


@dataclass(slots=True)
class Token:
    """A piece of a field, in comparable form."""

    text: str
    field: int
    start: int
    end: int
    """Words of the field, from ``start`` to before ``end``."""
    structured: bool
    last: bool
    """Whether the field ends with it, so that it may be cut off."""
    whole: bool
    """Whether it is one word or several, as they stand, and not a piece or a guess."""
    is_number: bool


@dataclass(slots=True)
class Texts:
    """The fields of a line, read."""

    tokens: list[Token]
    words: list[list[str]]
    """The words of each field, in capitals."""
    plain: str
    """All free text, in capitals."""

    def numbers(self) -> list[Token]:
        """Those of digits only, four or more, each text once, that may be spoilt numbers."""
        found: dict[str, Token] = {}
        for token in self.tokens:
            if token.is_number and 4 <= len(token.text) <= 30:
                found.setdefault(token.text, token)
        return list(found.values())


def read(line: BankLine) -> Texts:
    """Take the fields of ``line`` apart."""
    tokens: list[Token] = []
    words: list[list[str]] = []
    for reference in line.structured_references:
        _structured(reference, len(words), tokens)
        words.append([comparable(reference)])
    for text in (*line.texts, line.end_to_end_id):
        if text and text.upper() not in _NO_REFERENCE:
            words.append(_free(text.upper(), len(words), tokens))
    plain = " ".join((*line.texts, *line.structured_references)).upper()
    return Texts(tokens[:_MOST_TOKENS], words, plain)


def _structured(reference: str, field: int, tokens: list[Token]) -> None:
    text = comparable(reference)
    if text and text not in _NO_REFERENCE and len(text) <= LONGEST_KEY:
        tokens.append(Token(text, field, 0, 1, True, True, True, text.isdigit()))
        if not text.isdigit() and (found := _RUN.findall(text)):
            digits = max(found, key=len).lstrip("0")
            tokens.append(Token(digits, field, 0, 1, True, True, False, True))


def _free(text: str, field: int, tokens: list[Token]) -> list[str]:
    found = [(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]
    words = [word for word, _, _ in found]
    numeric = [_DIGIT.search(word) is not None for word in words]
    for start, (word, _, _) in enumerate(found):
        joined, end_of_last = "", 0
        for place in range(start, min(start + _WORDS_OF_ONE_NUMBER, len(found))):
            next_word, begins, ends = found[place]
            if place > start and (
                begins - end_of_last > 2 or not _continues(next_word, numeric[place])
            ):
                break
            joined += next_word
            end_of_last = ends
            if len(joined) > LONGEST_KEY:
                break
            if numeric[place] or numeric[start]:
                _add(joined, tokens, field=field, start=start, end=place + 1, count=len(found))
        if numeric[start] and not word.isdigit():
            for piece in _pieces(word):
                tokens.append(
                    Token(
                        piece, field, start, start + 1, False, start + 1 == len(found), False, True
                    )
                )
    return words


def _continues(word: str, numeric: bool) -> bool:
    """Whether ``word`` can be the next part of a broken number: it has digits, or is a letter or two
    that a scanner made of digits."""
    return numeric or (len(word) <= 2 and word.translate(_MEANT).isdigit())


def _add(joined: str, tokens: list[Token], *, field: int, start: int, end: int, count: int) -> None:
    text = comparable(joined)
    if len(text) >= 3:
        last = end == count
        tokens.append(Token(text, field, start, end, False, last, True, text.isdigit()))
        if end - start > 1 and not text.isdigit():
            for piece in _pieces(text):
                tokens.append(Token(piece, field, start, end, False, last, False, True))


def _pieces(word: str) -> Iterator[str]:
    """The numbers inside a word of letters and digits, and what a scanner may have misread."""
    meant = word.translate(_MEANT)
    seen = {word}
    for run in (*_RUN.findall(word), *_RUN.findall(meant)):
        bare = run.lstrip("0")
        if len(bare) >= 4 and bare not in seen:
            seen.add(bare)
            yield bare


def pattern(line: BankLine) -> str:
    """What stays the same in a payer's texts from one payment to the next: words without digits.

    Empty if there is too little of it to tell one payer from another.
    """
    words = [
        word
        for text in line.texts
        for word in _WORD.findall(text.upper())
        if len(word) > 2 and not _DIGIT.search(word)
    ]
    joined = " ".join(words)
    return joined[:140] if len(words) >= 2 and len(joined) >= 12 else ""
