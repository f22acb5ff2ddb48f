"""Who is like a listed party, as a compliance officer would judge it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.screening import (
    THRESHOLD,
    ListedParty,
    ScreeningList,
    Subject,
    compact_number,
    normalised,
    screen,
)


@pytest.mark.parametrize(
    ("name", "compared"),
    [
        ("Officine Brera S.r.l.", "officine brera"),
        ("Officine Brera SRL", "officine brera"),
        ("OFFICINE  BRERA, s. r. l.", "officine brera"),
        ("Acciaierie S.p.A. in liquidazione", "acciaierie spa in liquidazione"),
        ("Müller & Söhne GmbH & Co. KG", "muller sohne"),
        ("Straßenbau AG", "strassenbau"),
        ("J. R. Smith & Co. Ltd", "jr smith"),
        ("O'Neill Limited", "oneill"),
        ("O’Neill Ltd.", "oneill"),
        ("Société Générale S.A.", "societe generale"),
        ("Kowalski Sp. z o.o.", "kowalski"),
        ("OOO Romashka", "romashka"),
        ("ООО «Ромашка»", "ромашка"),
        ("GmbH", "gmbh"),
        ("Co", "co"),
        ("...", ""),
        ("", ""),
    ],
)
def test_names_as_they_are_compared(name: str, compared: str) -> None:
    assert normalised(name) == compared


def test_the_names_of_people_keep_every_word() -> None:
    assert normalised("Co, Ana Se", kind="person") == "co ana se"


VOLGA = ListedParty(
    id="1",
    kind="company",
    name="Volga Shipping OOO",
    aliases=("Volgaship",),
    countries=frozenset({"RU"}),
    numbers=frozenset({"7706107510", "12"}),
)
PETROV = ListedParty(
    id="2",
    kind="person",
    name="Ivan Sergeevich PETROV",
    countries=frozenset({"RU"}),
    births=("1962-03-09", "1963"),
)
VESSEL = ListedParty(id="3", kind=None, name="Blue Horizon")
LISTED = (VOLGA, PETROV, VESSEL)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (Subject(kind="company", name="Volga Shipping"), [("1", 100)]),
        (Subject(kind="company", name="SHIPPING, VOLGA LLC"), [("1", 100)]),
        (Subject(kind="company", name="VolgaShip AG"), [("1", 100)]),
        (Subject(kind="company", name="Volga Shiping"), [("1", 96)]),
        (Subject(kind="company", name="Volga Shipping", country="ru"), [("1", 100)]),
        (Subject(kind="company", name="Volga Shipping", country="CY"), [("1", 95)]),
        (Subject(kind="company", name="Volga Catering"), []),
        (Subject(kind="company", name="Volga"), []),
        (Subject(kind="company", name="Nordwind", numbers=("77-06-107510",)), [("1", 100)]),
        (Subject(kind="company", name="Nordwind", numbers=("12", "")), []),
        (Subject(kind="person", name="Volga Shipping"), []),
        (Subject(kind="person", name="Petrov, Ivan Sergeevich"), [("2", 100)]),
        (Subject(kind="person", name="Ivan Petrov"), [("2", 95)]),
        (Subject(kind="person", name="Petrov"), []),
        (Subject(kind="person", name="Ivan Petrov", born="1962"), [("2", 95)]),
        (Subject(kind="person", name="Ivan Petrov", born="1963-12-24"), [("2", 95)]),
        (Subject(kind="person", name="Ivan Sergeevich Petrov", born="1990-01-01"), [("2", 85)]),
        (Subject(kind="person", name="Ivan Petrov", born="1990-01-01"), []),
        (Subject(kind="company", name="Ivan Sergeevich Petrov"), []),
        (Subject(kind="person", name="Blue Horizon"), [("3", 100)]),
        (Subject(kind="company", name="Blue Horizon"), [("3", 100)]),
        (Subject(kind="company", name="..."), []),
        (Subject(kind="company", name=""), []),
    ],
    ids=str,
)
def test_who_is_like_whom(subject: Subject, expected: list[tuple[str, int]]) -> None:
    found = screen(LISTED, subject=subject)
    assert [(each.party.id, each.score) for each in found] == expected


def test_grounds_are_given_in_words() -> None:
    subject = Subject(kind="person", name="Ivan Sergeevich Petrov", country="BG", born="1990")
    (found,) = screen(LISTED, subject=subject, threshold=50)
    assert found.grounds == ("same name", "born on another date", "another country")
    assert found.score == 80


def test_the_likest_come_first_and_equals_in_order_of_their_ids() -> None:
    parties = [
        ListedParty(id=key, kind="company", name=name)
        for key, name in (("c", "Volga Shiping"), ("b", "Volga Shipping"), ("a", "Volga Shipping"))
    ]
    found = screen(parties, subject=Subject(kind="company", name="Volga Shipping"))
    assert [each.party.id for each in found] == ["a", "b", "c"]


@given(name=st.text(max_size=60), kind=st.sampled_from(("company", "person", None)))
def test_comparing_twice_changes_nothing_more(name: str, kind: str | None) -> None:
    once = normalised(name, kind="person")
    assert normalised(once, kind="person") == once
    assert len(normalised(name).split()) <= len(once.split())


@given(name=st.text(min_size=1, max_size=60))
def test_everybody_is_like_oneself(name: str) -> None:
    party = ListedParty(id="1", kind="company", name=name)
    found = screen([party], subject=Subject(kind="company", name=name))
    assert [each.score for each in found] == ([100] if normalised(name) else [])


@given(
    left=st.text(max_size=30),
    right=st.text(max_size=30),
    threshold=st.integers(min_value=0, max_value=100),
)
def test_scores_stay_within_their_scale(left: str, right: str, threshold: int) -> None:
    party = ListedParty(id="1", kind=None, name=left, countries=frozenset({"RU"}))
    listed = ScreeningList([party])
    assert len(listed) == 1
    for found in listed.search(
        Subject(kind="person", name=right, country="IT"), threshold=threshold
    ):
        assert threshold <= found.score <= 100


def test_numbers_are_compared_without_their_punctuation() -> None:
    assert compact_number("hrb 12.345-B") == "HRB12345B"
    assert THRESHOLD == 85
