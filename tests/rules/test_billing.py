"""Tax over the parts of an order, what settles an invoice, and legal numbers."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.billing import (
    document_number,
    payment_state,
    reference_key,
    settled_state,
    tax_share,
)
from usance.rules.money import LARGEST_AMOUNT


@pytest.mark.parametrize(
    ("tax", "amount", "parts", "shares"),
    [
        (220, 1220, [1220], [220]),
        (220, 1220, [610, 610], [110, 110]),
        (100, 300, [100, 100, 100], [33, 34, 33]),
        (1, 3, [1, 1, 1], [0, 1, 0]),
        (0, 900, [300, 600], [0, 0]),
        (900, 900, [300, 600], [300, 600]),
        (19, 119, [1, 117, 1], [0, 19, 0]),
        # half a cent too much for 28 digits is still half a cent
        (
            389_707_862_408_163,
            626_292_283_888_646,
            [313_146_141_944_323, 313_146_141_944_323],
            [194_853_931_204_082, 194_853_931_204_081],
        ),
    ],
)
def test_tax_of_parts(tax: int, amount: int, parts: list[int], shares: list[int]) -> None:
    found = []
    for part in parts:
        found.append(tax_share(tax_left=tax, amount_left=amount, amount_now=part))
        tax, amount = tax - found[-1], amount - part
    assert found == shares


@st.composite
def splits(draw: st.DrawFn) -> tuple[int, int, list[int]]:
    amount = draw(st.integers(1, LARGEST_AMOUNT))
    tax = draw(st.integers(0, amount))
    cuts = sorted(draw(st.sets(st.integers(1, amount), max_size=12)) | {amount})
    return tax, amount, [b - a for a, b in zip([0, *cuts[:-1]], cuts, strict=True)]


@given(splits())
def test_the_parts_of_any_split_carry_the_whole_tax(split: tuple[int, int, list[int]]) -> None:
    tax_left, amount_left, parts = split
    for part in parts:
        share = tax_share(tax_left=tax_left, amount_left=amount_left, amount_now=part)
        assert 0 <= share <= part, "no part carries more tax than it is worth"
        tax_left, amount_left = tax_left - share, amount_left - part
        assert 0 <= tax_left <= amount_left, "what is left can still be invoiced"
    assert (tax_left, amount_left) == (0, 0)


@given(splits())
def test_a_share_is_the_nearest_whole_unit(split: tuple[int, int, list[int]]) -> None:
    tax, amount, parts = split
    share = tax_share(tax_left=tax, amount_left=amount, amount_now=parts[0])
    exact = Fraction(tax * parts[0], amount)
    assert share == (exact + Fraction(1, 2)).__floor__()


@pytest.mark.parametrize(
    ("credited", "allocated", "written_off", "state"),
    [
        (0, 0, 0, "open"),
        (0, 99, 0, "open"),
        (50, 49, 0, "open"),
        (0, 100, 0, "paid"),
        (40, 60, 0, "paid"),
        (100, 0, 0, "void"),
        (0, 0, 100, "written_off"),
        (0, 60, 40, "written_off"),
        (60, 0, 40, "written_off"),
        (50, 49, 1, "written_off"),
    ],
)
def test_what_became_of_an_invoice(
    credited: int, allocated: int, written_off: int, state: str
) -> None:
    assert (
        settled_state(amount=100, credited=credited, allocated=allocated, written_off=written_off)
        == state
    )


@pytest.mark.parametrize(
    ("allocated", "refunded", "state"),
    [
        (0, 0, "unapplied"),
        (1, 0, "partially_allocated"),
        (100, 0, "allocated"),
        (60, 40, "allocated"),
        (60, 39, "partially_allocated"),
        (0, 40, "unapplied"),
        (0, 100, "refunded"),
    ],
)
def test_what_became_of_a_payment(allocated: int, refunded: int, state: str) -> None:
    assert payment_state(amount=100, allocated=allocated, refunded=refunded) == state


def test_legal_numbers() -> None:
    assert document_number(prefix="INV", year=2026, sequence=123) == "INV-2026-000123"
    assert document_number(prefix="CN", year=2026, sequence=1_234_567) == "CN-2026-1234567"


@pytest.mark.parametrize(
    "text", ["INV-2026-000123", "inv 2026 000123", "INV/2026/000123", "Inv.2026.000123", "#INV2026000123"]
)  # fmt: skip
def test_a_number_is_recognized_however_it_is_written(text: str) -> None:
    assert reference_key(text) == "INV2026000123"
