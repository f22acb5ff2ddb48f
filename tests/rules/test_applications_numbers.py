"""The numbers that each country gives its companies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.applications.numbers import (
    FIELDS,
    check_number,
    check_numbers,
    fields_of,
    known_by,
)


@pytest.mark.parametrize("country", sorted(FIELDS))
def test_the_example_of_every_number_is_right(country: str) -> None:
    """Which also shows that the module that checks it exists."""
    for field in FIELDS[country]:
        if field.example:
            assert check_number(field, field.example).outcome == "valid", field


@pytest.mark.parametrize("country", sorted(FIELDS))
def test_names_are_stable_and_once_a_country(country: str) -> None:
    names = [field.name for field in FIELDS[country]]
    assert len(names) == len(set(names))
    assert sum(field.role == "tax" for field in FIELDS[country]) <= 1
    assert sum(field.role == "registration" for field in FIELDS[country]) <= 1
    assert any(field.required for field in FIELDS[country]) or country in ("NZ", "ZA")


@pytest.mark.parametrize(
    ("country", "written", "outcomes"),
    [
        ("IT", {"partita_iva": "IT 007 4311 0157"}, {"partita_iva": "valid"}),
        ("IT", {"partita_iva": "00743110158"}, {"partita_iva": "invalid"}),
        ("IT", {"rea": "mi-1234567"}, {"rea": "valid"}),
        ("RO", {"cui": "18547290", "onrc": "J52/750/2012"}, {"cui": "valid", "onrc": "valid"}),
        ("DE", {"handelsregister": "Aachen HRA 11223"}, {"handelsregister": "valid"}),
        ("DE", {"handelsregister": "Entenhausen HRA 1"}, {"handelsregister": "invalid"}),
        ("GB", {"company_number": "445790"}, {"company_number": "valid"}),
        ("GB", {"company_number": "SC123456"}, {"company_number": "valid"}),
        ("US", {"ein": "07-1144442"}, {"ein": "invalid"}),  # no such prefix was ever given
        (
            "IN",
            {"gstin": "27AAPFU0939F1ZV", "pan": "AAPFU0939F"},
            {"gstin": "valid", "pan": "valid"},
        ),
        (
            "IN",
            {"gstin": "27AAPFU0939F1ZV", "pan": "AAPFU0938F"},
            {"gstin": "valid", "pan": "invalid"},
        ),
        ("KE", {"registration_number": "PVT-1"}, {"registration_number": "not_checked"}),
    ],
)
def test_numbers_as_people_write_them(
    country: str, written: dict[str, str], outcomes: dict[str, str]
) -> None:
    assert {f.name: f.outcome for f in check_numbers(country, written)} == outcomes


@pytest.mark.parametrize(
    ("country", "written", "known"),
    [
        ("IT", {"partita_iva": "00743110157"}, ("IT00743110157", "")),
        ("GR", {"vat_number": "094259216"}, ("EL094259216", "")),
        ("AT", {"uid": "ATU13585627"}, ("ATU13585627", "")),
        ("RO", {"cui": "RO 18547290", "onrc": "J52/750/2012"}, ("RO18547290", "J52/750/2012")),
        ("GB", {"company_number": "445790"}, ("", "00445790")),
        ("IT", {"partita_iva": "123"}, ("123", "")),  # what is wrong is kept as it was written
    ],
)
def test_by_which_numbers_a_company_is_known(
    country: str, written: dict[str, str], known: tuple[str, str]
) -> None:
    assert known_by(country, check_numbers(country, written)) == known


@given(country=st.sampled_from([*sorted(FIELDS), "KE"]), text=st.text(max_size=60))
def test_no_text_breaks_a_check(country: str, text: str) -> None:
    for field in fields_of(country):
        assert check_number(field, text).outcome in ("valid", "invalid", "not_checked")
