"""What a buyer's mandate allows, how long, and who collects by it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules import states
from usance.rules.debits.creditor_identifier import (
    InvalidCreditorIdentifier,
    check_digits,
    creditor_identifier,
    same_creditor,
)
from usance.rules.debits.mandates import (
    ends_with,
    expires_on,
    has_expired,
    sequence_after_new_account,
    sequence_type,
)


@pytest.mark.parametrize(
    ("signed", "collected", "last"),
    [
        ("2026-01-15", None, "2029-01-15"),
        ("2020-01-15", "2026-03-31", "2029-03-31"),
        ("2024-02-29", None, "2027-02-28"),
    ],
)
def test_a_mandate_ends_after_36_months_without_a_collection(
    signed: str, collected: str | None, last: str
) -> None:
    used = date.fromisoformat(collected) if collected else None
    end = date.fromisoformat(last)
    assert expires_on(date.fromisoformat(signed), last_collected_on=used) == end
    assert not has_expired(date.fromisoformat(signed), on=end, last_collected_on=used)
    late = date.fromordinal(end.toordinal() + 1)
    assert has_expired(date.fromisoformat(signed), on=late, last_collected_on=used)


@pytest.mark.parametrize(
    ("one_off", "used", "last", "with_first", "expected"),
    [
        (False, False, False, True, "FRST"),
        (False, False, False, False, "RCUR"),
        (False, True, False, True, "RCUR"),
        (False, True, True, True, "FNAL"),
        (False, False, True, True, "FNAL"),
        (True, False, False, True, "OOFF"),
        (True, False, True, False, "OOFF"),
    ],
)
def test_what_a_collection_is_called(
    one_off: bool, used: bool, last: bool, with_first: bool, expected: str
) -> None:
    found = sequence_type(one_off=one_off, used=used, last=last, with_first=with_first)
    assert found == expected
    assert ends_with(found) == (expected in ("OOFF", "FNAL"))


def test_another_bank_begins_anew() -> None:
    assert sequence_after_new_account(used=True, same_bank=True) == "RCUR"
    assert sequence_after_new_account(used=True, same_bank=False) == "FRST"
    assert sequence_after_new_account(used=True, same_bank=False, with_first=False) == "RCUR"


def test_the_machine_of_a_mandate() -> None:
    known = set(states.MANDATE_STATES)
    assert {state for pair in states.MANDATE for state in pair} == known
    assert known - {before for before, _ in states.MANDATE} == {"canceled", "expired", "completed"}
    for before, after in (
        ("pending", "suspended"),
        ("canceled", "active"),
        ("pending", "completed"),
    ):
        with pytest.raises(states.IllegalTransition):
            states.require(states.MANDATE, before=before, after=after)


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("DE98ZZZ09999999999", "DE98ZZZ09999999999"),
        ("de98 abc0 9999 9999 99", "DE98ABC09999999999"),  # its own business code
        ("ES23ZZZ47690558N", "ES23ZZZ47690558N"),
        ("FR72ZZZ123456", "FR72ZZZ123456"),
        ("NL79ZZZ999999990000", "NL79ZZZ999999990000"),
        ("IT66ZZZA1B2C3D4E5F6G7H8", "IT66ZZZA1B2C3D4E5F6G7H8"),
        ("AT61ZZZ01234567890", "AT61ZZZ01234567890"),
        ("BE69ZZZ050D000000008", "BE69ZZZ050D000000008"),
    ],
)
def test_creditor_identifiers(text: str, identifier: str) -> None:
    assert creditor_identifier(text) == identifier


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not a creditor identifier"),
        ("DE98ZZZ", "is not a creditor identifier"),
        ("1298ZZZ09999999999", "is not a creditor identifier"),
        ("DE97ZZZ09999999999", "check digits"),
        ("DE98ZZZ09999999990", "check digits"),
        ("DE98ZZZ099999999990", "have 18"),
        ("DE٩٨ZZZ09999999999", "is not a creditor identifier"),
    ],
)
def test_what_is_no_creditor_identifier(text: str, said: str) -> None:
    with pytest.raises(InvalidCreditorIdentifier, match=said):
        creditor_identifier(text)


@given(national=st.text("0123456789", min_size=1, max_size=28))
def test_check_digits_find_a_wrong_digit(national: str) -> None:
    digits = check_digits("SE", national=national)
    assert creditor_identifier(f"SE{digits}ZZZ{national}")
    last = "1" if national[-1] != "1" else "2"
    with pytest.raises(InvalidCreditorIdentifier):
        creditor_identifier(f"SE{digits}ZZZ{national[:-1]}{last}")


def test_the_business_code_does_not_make_another_creditor() -> None:
    assert same_creditor("DE98ZZZ09999999999", right="DE98ABC09999999999")
    assert not same_creditor("DE98ZZZ09999999999", right="FR72ZZZ123456")
