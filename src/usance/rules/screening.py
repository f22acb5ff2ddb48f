"""Whether a name is one of those on a sanctions list.

Two names are compared as people write them: without case, accents, punctuation and legal forms, and
without regard to the order of their words. What script a name is written in is left as it is: lists
carry their names in several. A number that is the same settles it; another country or another date
of birth makes a likeness weaker, never nothing, since lists are often wrong about both.

Every figure is a whole number from 0 to 100.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from rapidfuzz import fuzz, process

Kind = Literal["company", "person"]

THRESHOLD: Final = 85
"""From here on a likeness is shown to a person. Below lie mostly names that share a common word."""
_OTHER_BIRTH: Final = 15
_OTHER_COUNTRY: Final = 5
_MOST_FOR_PARTS: Final = 95
_SHORTEST_NUMBER: Final = 5

_ABBREVIATED: Final = re.compile(r"\b\w\.(?:\s?\w\.)*(?:\w\b)?")
_LEGAL_FORMS: Final = tuple(
    tuple(form.split())
    for form in (
        "sp z o o", "sp z oo", "sp zoo", "spol s ro", "soc coop a rl",
        "gmbh co kg", "gmbh und co kg", "ag co kg", "ug haftungsbeschrankt",
        "s coop a r l", "pty ltd", "pte ltd", "pvt ltd", "private limited", "co ltd", "s en c",
        "s r l", "s p a", "s a s", "s a", "s n c", "b v", "n v", "a s", "d o o", "d d", "o o o",
        "srl", "srls", "spa", "sas", "sasu", "snc", "sa", "sarl", "sca", "scarl", "scrl", "soc coop",
        "gmbh", "mbh", "ag", "kg", "kgaa", "ohg", "gbr", "ug", "ek", "eg", "ev", "se",
        "ltd", "limited", "llc", "llp", "lp", "plc", "inc", "incorporated", "corp", "corporation",
        "company", "co", "pty", "pte", "pvt", "bhd", "sdn bhd", "bv", "nv", "bvba", "sprl", "cvba",
        "sl", "slu", "sau", "slne", "lda", "ltda", "eirl", "eurl", "ab", "as", "asa", "aps", "oy",
        "oyj", "kft", "zrt", "nyrt", "rt", "sro", "spol s r o", "s r o", "doo", "dd", "ad", "ead",
        "eood", "ood", "dooel", "ooo", "oao", "zao", "pao", "ao", "tov", "pjsc", "ojsc",
        "cjsc", "jsc", "fze", "fzco", "fzc", "fz llc", "wll", "pt", "tbk", "kk", "spk", "spj",
        "sp j", "sp k", "ae", "epe", "oe", "ee", "uab", "sia", "ou",
        "ооо", "оао", "зао", "пао", "ао", "тов",
    )
)  # fmt: skip
"""Legal forms as they read once points and accents are gone, for the trade of most of the world."""
_BY_LAST_WORD: Final = {
    last: tuple(sorted((f for f in _LEGAL_FORMS if f[-1] == last), key=len, reverse=True))
    for last in {form[-1] for form in _LEGAL_FORMS}
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedParty:
    """One entry of a list. ``kind`` is None where the list does not say, or it is neither.

    ``countries`` are ISO 3166-1 codes in capitals, ``births`` dates as far as they are known
    (1962, 1962-03 or 1962-03-09), ``numbers`` registration, tax and other numbers.
    """

    id: str
    kind: Kind | None
    name: str
    aliases: tuple[str, ...] = ()
    countries: frozenset[str] = frozenset()
    births: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()
    list: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Who is looked for. ``born`` is a date as in ListedParty."""

    kind: Kind
    name: str
    country: str | None = None
    numbers: tuple[str, ...] = ()
    born: str | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """An entry that is like the subject, how much (0 to 100), and what speaks for and against."""

    party: ListedParty
    score: int
    grounds: tuple[str, ...]


_LEADING: Final = {
    "ooo",
    "oao",
    "zao",
    "pao",
    "ao",
    "tov",
    "pt",
    "uab",
    "sia",
    "ооо",
    "оао",
    "зао",
    "пао",
    "ао",
    "тов",
}
"""Forms that stand before the name in their countries."""


def normalised(name: str, *, kind: Kind | None = "company") -> str:
    """``name`` as it is compared: folded, without accents and punctuation.

    Legal forms are left out too, unless it is a person's name; a name that is nothing but a legal
    form stays as it is.
    """
    joined = _ABBREVIATED.sub(lambda found: re.sub(r"[.\s]", "", found[0]) + " ", name)
    # Twice, since letters such as a raised capital A are capitals only once they are taken apart.
    plain = unicodedata.normalize("NFKD", joined.casefold()).casefold()
    decomposed = unicodedata.normalize("NFKD", plain)
    letters = "".join(
        character if character.isalnum() else " "
        for character in decomposed
        if not unicodedata.combining(character) and character not in _DROPPED
    )
    words = letters.split()
    return " ".join(words if kind == "person" else _without_legal_form(words))


_DROPPED: Final = frozenset("'\u2019`\u02bc")
"""Apostrophes stand within a word: O'Neill is Oneill to many a list."""


def _without_legal_form(words: list[str]) -> list[str]:
    """Sometimes two forms stand in a row."""
    left = words
    if len(left) > 1 and left[0] in _LEADING:
        left = left[1:]
    while left:
        forms = _BY_LAST_WORD.get(left[-1], ())
        form = next((f for f in forms if len(left) > len(f) and left[-len(f) :] == list(f)), None)
        if form is None:
            break
        left = left[: -len(form)]
    return left


def compact_number(number: str) -> str:
    """A registration number as it is compared: letters and digits only, in capitals."""
    return "".join(character for character in number.upper() if character.isalnum())


class ScreeningList:
    """Entries made ready to be compared with many subjects."""

    def __init__(self, parties: Iterable[ListedParty]) -> None:
        self._parties = tuple(parties)
        self._by_number: dict[str, list[int]] = {}
        self._names: dict[Kind, _Names] = {"company": _Names(), "person": _Names()}
        for index, party in enumerate(self._parties):
            for kind in _KINDS if party.kind is None else (party.kind,):
                self._names[kind].add((party.name, *party.aliases), owner=index, kind=kind)
            for number in party.numbers:
                self._by_number.setdefault(compact_number(number), []).append(index)

    def __len__(self) -> int:
        return len(self._parties)

    def search(self, subject: Subject, *, threshold: int = THRESHOLD) -> tuple[Likeness, ...]:
        """The entries that are like ``subject`` by at least ``threshold``, the likest first."""
        found: dict[int, Likeness] = {}
        for number in subject.numbers:
            compact = compact_number(number)
            if len(compact) >= _SHORTEST_NUMBER:
                for index in self._by_number.get(compact, ()):
                    found[index] = Likeness(self._parties[index], 100, ("same number",))
        names = self._names[subject.kind]
        name = normalised(subject.name, kind=subject.kind)
        parts = subject.kind == "person"
        for index, likeness in names.like(name, threshold=threshold, parts=parts).items():
            if index not in found:
                judged = _judged(subject, self._parties[index], likeness=likeness)
                if judged.score >= threshold:
                    found[index] = judged
        return tuple(sorted(found.values(), key=lambda each: (-each.score, each.party.id)))


_KINDS: Final[tuple[Kind, ...]] = ("company", "person")


class _Names:
    """Names side by side, twice: their words in order of the alphabet, and with none between them."""

    def __init__(self) -> None:
        self._sorted: list[str] = []
        self._joined: list[str] = []
        self._owner: list[int] = []

    def add(self, names: Iterable[str], *, owner: int, kind: Kind) -> None:
        for name in {normalised(each, kind=kind) for each in names} - {""}:
            self._sorted.append(_in_order(name))
            self._joined.append(name.replace(" ", ""))
            self._owner.append(owner)

    def like(self, name: str, *, threshold: int, parts: bool) -> dict[int, int]:
        """The best likeness of each owner of a name like ``name``.

        With ``parts``, a name of which the other is a part, such as one without its patronymic,
        counts as well, if both have two words.
        """
        best: dict[int, int] = {}
        if not name:
            return best
        ways = [
            (_in_order(name), self._sorted, fuzz.ratio, 100),
            (name.replace(" ", ""), self._joined, fuzz.ratio, 100),
        ]
        if parts and " " in name:
            ways.append((_in_order(name), self._sorted, fuzz.token_set_ratio, _MOST_FOR_PARTS))
        for wanted, names, scorer, most in ways:
            hits = process.extract(
                wanted, names, scorer=scorer, processor=None, limit=None, score_cutoff=threshold
            )
            for other, score, place in hits:
                if scorer is fuzz.ratio or " " in other:
                    index = self._owner[place]
                    best[index] = max(best.get(index, 0), min(int(score), most))
        return best


def screen(
    parties: Iterable[ListedParty], *, subject: Subject, threshold: int = THRESHOLD
) -> tuple[Likeness, ...]:
    """The ``parties`` that are like ``subject``; for one subject only. See ScreeningList."""
    return ScreeningList(parties).search(subject, threshold=threshold)


def _in_order(name: str) -> str:
    return " ".join(sorted(name.split()))


def _judged(subject: Subject, party: ListedParty, *, likeness: int) -> Likeness:
    grounds = ["same name" if likeness == 100 else f"name {likeness} of 100 alike"]
    score = likeness
    if subject.born and party.births:
        if any(_compatible(subject.born, each) for each in party.births):
            grounds.append("born on a date that fits")
        else:
            score -= _OTHER_BIRTH
            grounds.append("born on another date")
    if subject.country and party.countries:
        if subject.country.upper() in party.countries:
            grounds.append("same country")
        else:
            score -= _OTHER_COUNTRY
            grounds.append("another country")
    return Likeness(party, max(score, 0), tuple(grounds))


def _compatible(left: str, right: str) -> bool:
    """Whether two dates, each as far as it is known, may be one."""
    size = min(len(left), len(right))
    return size >= 4 and left[:size] == right[:size]
