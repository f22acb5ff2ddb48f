"""The parts of cash application by themselves: keys, texts, names, sums, odds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.matching import sums
from usance.rules.matching.evidence import confidence, weight_of
from usance.rules.matching.keys import (
    comparable,
    is_creditor_reference,
    is_qr_reference,
    spellings,
)
from usance.rules.matching.model import BankLine, Buyer, Key, OpenItem
from usance.rules.matching.open_items import OpenItems
from usance.rules.matching.payers import (
    LONGEST_LESSON,
    Buyers,
    lessons,
    name_key,
    name_likeness,
)
from usance.rules.matching.sums import sets_adding_up
from usance.rules.matching.texts import pattern, read


@pytest.mark.parametrize(
    ("written", "key"),
    [("INV-2026/000 123", "INV2026000123"), ("000123", "123"), ("0", "0"), ("re 12-b", "RE12B")],
)
def test_comparable(written: str, key: str) -> None:
    assert comparable(written) == key


def test_check_digits() -> None:
    """The examples of ISO 11649 and of the Swiss guidelines; one digit wrong is noticed."""
    assert is_creditor_reference("RF18539007547034")
    assert not is_creditor_reference("RF18539007547035")
    assert is_qr_reference("210000000003139471430009017")
    assert not is_qr_reference("210000000003139471430009016")
    assert spellings("RF18 5390 0754 7034") == (
        "RF18539007547034",
        "539007547034",
        "18539007547034",
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("RE 1930 571 575 v. 3.4.", "1930571575"),
        ("SVWZ+INV1930571575EREF+X", "1930571575"),
        ("I93O57IS7S", "1930571575"),
        ("001930571575", "1930571575"),
        ("1930571575;1930571576", "1930571576"),
    ],
)
def test_a_number_is_read_however_it_is_written(text: str, number: str) -> None:
    line = BankLine(amount=1, currency="EUR", booked_on=date(2026, 3, 1), texts=(text,))
    assert number in {token.text for token in read(line).tokens}


def test_what_stays_the_same_in_a_text() -> None:
    texts = ("RENT UNIT 14 MONTH 03/2026 RIVERSIDE",)
    line = BankLine(amount=1, currency="EUR", booked_on=date(2026, 3, 1), texts=texts)
    assert pattern(line) == "RENT UNIT MONTH RIVERSIDE"


def test_names_without_legal_form_town_by_town() -> None:
    assert name_key("Nordwind Handels-GmbH & Co. KG") == name_key("NORDWIND HANDELS")
    assert (
        name_likeness(
            name_key("NORDWIND HANDELS UND V"), name_key("Nordwind Handels und Vertriebs AG")
        )
        >= 92
    )
    assert name_likeness("sysco systems tulsa", "sysco foods tulsa") >= 86
    assert name_likeness("sysco foods tulsa", "sysco foods boston") < 92


def test_a_shared_name_is_found_for_all_who_bear_it() -> None:
    buyers = Buyers()
    for number in (1, 2):
        buyers.add(Buyer(id=UUID(int=number), names=("Nordwind GmbH",), accounts=(f"DE{number}",)))
    assert set(buyers.with_name("nordwind")) == {UUID(int=1), UUID(int=2)}
    buyers.remove(UUID(int=1))
    assert set(buyers.with_name("nordwind")) == {UUID(int=2)}
    assert not set(buyers.with_account("DE1"))


@given(
    st.lists(st.integers(-50, 400).filter(bool), min_size=2, max_size=9),
    st.integers(1, 900),
)
def test_sums_are_found_if_there_are_any(amounts: list[int], target: int) -> None:
    """Among few items every set is looked at, and none is found that does not add up."""
    found = {each.places for each in sets_adding_up(amounts, target)}
    true = {
        places
        for size in range(2, len(amounts) + 1)
        for places in combinations(range(len(amounts)), size)
        if sum(amounts[p] for p in places) == target
    }
    assert found <= true
    if len(true) < 8 and len(amounts) > 3:
        assert found == true


def test_of_a_thousand_equal_amounts_not_every_pair_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = 0

    def counted(amounts: Sequence[int], target: int) -> Iterator[sums.Candidate]:
        nonlocal made
        for each in pairs(amounts, target):
            made += 1
            yield each

    pairs = sums._pairs
    monkeypatch.setattr(sums, "_pairs", counted)
    assert len(sets_adding_up([999] * 1000, 1998)) == 8
    assert made <= 8, "of half a million"


def test_what_no_bank_lets_a_payer_write_teaches_nothing() -> None:
    """A column taken for another may hold anything, and no index takes it."""
    line = BankLine(
        amount=1,
        currency="EUR",
        booked_on=date(2026, 1, 5),
        payer_name="Nordwind " * 400,
        payer_account="X" * 3000,
        texts=("Rechnung fuer Waren " * 400,),
    )
    [lesson] = lessons(line, buyer_id=UUID(int=1))
    assert (lesson.kind, len(lesson.value)) == ("text", LONGEST_LESSON)
    assert lessons(replace(line, payer_account="??", texts=()), buyer_id=UUID(int=1)) == ()


def test_odds() -> None:
    assert [weight_of(n) for n in (0, 1, 2, 10, 1000)] == [0, 0, 3, 10, 30]
    assert confidence(0, []) == 9_999
    assert confidence(0, [0]) == 5_000
    assert confidence(20, [0]) == 9_900
    assert confidence(0, [20]) < 100


def test_an_item_is_replaced_when_it_comes_again() -> None:
    def item(number: str, outstanding: int) -> OpenItem:
        return OpenItem(
            id=UUID(int=7), buyer_id=UUID(int=1), keys=(Key("number", number),), currency="EUR",
            amount=900, outstanding=outstanding, issued_on=date(2026, 3, 1), due_on=date(2026, 4, 1),
        )  # fmt: skip

    items = OpenItems()
    items.add(item("INV-1001", 900))
    items.add(item("INV-1002", 400))
    assert (len(items), items.open_count) == (1, 1)
    assert not items.named("INV1001")
    assert [each.outstanding for each in items.named("INV1002")] == [400]
    assert not items.with_amount("EUR", 900)
    items.change(UUID(int=7), outstanding=0)
    assert (len(items), items.open_count, items.of_buyer(UUID(int=1), "EUR")) == (1, 0, [])
    items.remove(UUID(int=7))
    with pytest.raises(KeyError):
        items.get(UUID(int=7))
