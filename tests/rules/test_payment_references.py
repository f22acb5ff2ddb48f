"""What payers are asked to quote, and the keys by which a bank line finds the invoice again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.billing import document_number
from usance.rules.payment_references import (
    NoReference,
    creditor_reference,
    is_creditor_reference,
    is_qr_reference,
    key_in,
    payment_reference,
    qr_reference,
    reference_keys,
)

PREFIXES = st.from_regex(r"\A[A-Z0-9](?:[A-Z0-9/-]{0,10}[A-Z0-9])?\Z")
YEARS = st.integers(2020, 2120)
SEQUENCES = st.integers(1, 9_999_999)


def test_the_qr_reference_of_a_number() -> None:
    made = qr_reference("INV-2026-000123")
    assert made == "000000000000000020260001237"
    assert is_qr_reference(made)
    assert is_qr_reference("00 00000 00000 00002 02600 01237")
    assert not is_qr_reference(made[:-1] + "6")


@pytest.mark.parametrize("number", ["", "INV", "0", "1" * 27])
def test_numbers_without_a_qr_reference(number: str) -> None:
    with pytest.raises(NoReference):
        qr_reference(number)
    # A QR-IBAN takes nothing else, so that such an invoice cannot have a QR-bill; it has its number.
    assert payment_reference(number, to_qr_iban=True) == number


@given(PREFIXES, PREFIXES, YEARS, YEARS, SEQUENCES, SEQUENCES)
def test_no_two_invoices_of_a_seller_have_the_same_qr_reference(
    prefix: str, other: str, year: int, another: int, first: int, second: int
) -> None:
    """Within a year a series keeps its prefix; in another it may have any."""
    if (year, first) == (another, second):
        return
    one = document_number(prefix=prefix, year=year, sequence=first)
    two = document_number(
        prefix=prefix if year == another else other, year=another, sequence=second
    )
    assert qr_reference(one) != qr_reference(two)


@given(PREFIXES, YEARS, SEQUENCES, st.booleans())
def test_what_is_asked_for_finds_its_invoice(
    prefix: str, year: int, sequence: int, to_qr_iban: bool
) -> None:
    number = document_number(prefix=prefix, year=year, sequence=sequence)
    asked = payment_reference(number, to_qr_iban=to_qr_iban)
    assert is_qr_reference(asked) if to_qr_iban else asked == number or is_creditor_reference(asked)
    keys = reference_keys(number=number, payment_reference=asked)
    for written in (asked, number, number.lower(), number.replace("-", " "), f" {asked} "):
        assert key_in(written) in keys


def test_a_reference_with_a_typing_error_is_no_key() -> None:
    asked = creditor_reference("INV-2026-000123")
    keys = reference_keys(number="INV-2026-000123", payment_reference=asked)
    assert key_in(asked) == "INV2026000123"
    assert key_in(asked[:-1] + "4") not in keys
    assert reference_keys(number="INV-2026-000123") == {"INV2026000123"}
