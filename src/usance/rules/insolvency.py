"""Whether a notice of insolvency is about a buyer.

A tax number that is the same settles it. A registration number does so only under a name that is
alike: Germany's are given out by each court anew. A name alone is a likeness for a person to judge.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from rapidfuzz import fuzz

from usance.rules.applications.numbers import number_keys
from usance.rules.screening import (
    ListedParty,
    ScreeningList,
    Subject,
    normalised,
)

Key = TypeVar("Key", bound=Hashable)

THRESHOLD: Final = 90
"""From here on of 100 a name alone is shown to a person."""
_SAME_COMPANY: Final = 70
"""From here on a name that goes with the same registration number is the same company's."""
_SHORTEST: Final = 5


@dataclass(frozen=True, slots=True)
class Known(Generic[Key]):
    """A buyer as notices are compared with it. ``key`` is the caller's name for it."""

    key: Key
    name: str
    country: str
    tax_id: str = ""
    registration_number: str = ""


@dataclass(frozen=True, slots=True)
class Match(Generic[Key]):
    """A buyer that a notice is about (``is_certain``), or may be; ``likeness`` of the names is 0 to
    100, ``ground`` one of tax_id, registration_number, number_only or name."""

    key: Key
    is_certain: bool
    likeness: int
    ground: str


class NoticeIndex(Generic[Key]):
    """Buyers made ready to be compared with many notices."""

    def __init__(self, buyers: Iterable[Known[Key]]) -> None:
        self._buyers = {str(n): buyer for n, buyer in enumerate(buyers)}
        self._by_tax: dict[str, list[str]] = {}
        self._by_registration: dict[str, list[str]] = {}
        for place, buyer in self._buyers.items():
            for key in number_keys(buyer.tax_id, country=buyer.country, shortest=_SHORTEST):
                self._by_tax.setdefault(key, []).append(place)
            for key in number_keys(
                buyer.registration_number, country=buyer.country, shortest=_SHORTEST
            ):
                self._by_registration.setdefault(key, []).append(place)
        self._names = ScreeningList(
            ListedParty(
                id=place, kind="company", name=buyer.name, countries=frozenset({buyer.country})
            )
            for place, buyer in self._buyers.items()
        )

    def match(self, *, name: str, number: str | None, country: str | None) -> list[Match[Key]]:
        """The buyers that a notice about ``name`` is, or may be, about; the certain ones first."""
        found: dict[str, Match[Key]] = {}
        for key in number_keys(number or "", country=country or "", shortest=_SHORTEST):
            for place in self._by_tax.get(key, ()):
                if self._may_be(place, country):
                    found[place] = self._made(place, name, ground="tax_id", is_certain=True)
            for place in self._by_registration.get(key, ()):
                if place not in found and self._may_be(place, country):
                    same = self._likeness(place, name) >= _SAME_COMPANY
                    ground = "registration_number" if same else "number_only"
                    found[place] = self._made(place, name, ground=ground, is_certain=same)
        subject = Subject(kind="company", name=name, country=country)
        for likeness in self._names.search(subject, threshold=THRESHOLD):
            place = likeness.party.id
            if place not in found:
                buyer = self._buyers[place]
                found[place] = Match(buyer.key, False, likeness.score, "name")
        return sorted(found.values(), key=lambda one: (not one.is_certain, -one.likeness))

    def _may_be(self, place: str, country: str | None) -> bool:
        return country is None or self._buyers[place].country == country

    def _likeness(self, place: str, name: str) -> int:
        return int(fuzz.token_sort_ratio(normalised(self._buyers[place].name), normalised(name)))

    def _made(self, place: str, name: str, *, ground: str, is_certain: bool) -> Match[Key]:
        return Match(self._buyers[place].key, is_certain, self._likeness(place, name), ground)
