"""Whether a company that applies has an account already.

The same tax number or registration number settles it. A name that is alike counts with the country,
more with the postcode, and the domain of the e-mail address points at the same house.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from rapidfuzz import fuzz

from usance.rules.applications.addresses import FREE_MAIL
from usance.rules.screening import compact_number, normalised

Key = TypeVar("Key")

THRESHOLD: Final = 75
"""From here on of 100 a likeness is shown to a person, and ``application.duplicate`` is true."""
_SHORTEST_NUMBER: Final = 5
_LIKE_NAME: Final = 85
_SAME_DOMAIN: Final = 80


@dataclass(frozen=True, slots=True)
class Company(Generic[Key]):
    """What is known of a company. ``key`` is the caller's name for it."""

    key: Key
    name: str
    country: str
    tax_id: str = ""
    registration_number: str = ""
    postal_code: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Duplicate(Generic[Key]):
    """A company like the one that applies: how much, 0 to 100, and on which ``grounds``."""

    key: Key
    name: str
    likeness: int
    grounds: tuple[str, ...]


def find_duplicates(
    applicant: Company[Key], *, among: Iterable[Company[Key]], most: int = 10
) -> tuple[Duplicate[Key], ...]:
    """Those ``among`` that are like ``applicant`` by at least THRESHOLD, the likest first."""
    name = normalised(applicant.name)
    found = [
        each
        for company in among
        if (each := _compared(applicant, company, name=name)).likeness >= THRESHOLD
    ]
    return tuple(sorted(found, key=lambda each: (-each.likeness, each.name))[:most])


def _compared(applicant: Company[Key], company: Company[Key], *, name: str) -> Duplicate[Key]:
    grounds: list[str] = []
    if _same_tax_id(applicant, company):
        grounds.append("same_tax_id")
    if applicant.country == company.country and _same(
        applicant.registration_number, company.registration_number
    ):
        grounds.append("same_registration_number")
    likeness = 100 if grounds else 0
    domain = applicant.domain
    if domain and domain not in FREE_MAIL and domain == company.domain:
        grounds.append("same_domain")
        likeness = max(likeness, _SAME_DOMAIN)
    alike = int(fuzz.token_sort_ratio(name, normalised(company.name))) if name else 0
    if alike >= _LIKE_NAME and applicant.country == company.country:
        grounds.append("like_name")
        nearer = applicant.postal_code and _same(
            applicant.postal_code, company.postal_code, shortest=3
        )
        if nearer:
            grounds.append("same_postal_code")
        # A name alone is weaker than a number: chains of the same name are different buyers.
        likeness = max(likeness, min(alike, 98) if nearer else alike - 10)
    return Duplicate(company.key, company.name, likeness, tuple(grounds))


def _same_tax_id(applicant: Company[Key], company: Company[Key]) -> bool:
    """With or without the country before it; 12345678 of another country is another number."""
    left, right = _bare_tax_id(applicant), _bare_tax_id(company)
    return applicant.country == company.country and _same(left, right)


def _bare_tax_id(company: Company[Key]) -> str:
    number = compact_number(company.tax_id)
    for prefix in (company.country, "EL" if company.country == "GR" else company.country):
        if number.startswith(prefix) and len(number) - 2 >= _SHORTEST_NUMBER:
            return number[2:]
    return number


def _same(left: str, right: str, *, shortest: int = _SHORTEST_NUMBER) -> bool:
    one, other = compact_number(left), compact_number(right)
    return len(one) >= shortest and one == other
