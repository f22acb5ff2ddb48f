"""Money: exact, in minor units, rounded in one place only."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.money import (
    EXPONENTS,
    LARGEST_AMOUNT,
    CurrencyMismatch,
    Money,
    MoneyError,
    UnknownCurrency,
    exponent,
    round_half_up,
)

CURRENCIES = st.sampled_from(sorted(EXPONENTS))
AMOUNTS = st.integers(-LARGEST_AMOUNT, LARGEST_AMOUNT)


@pytest.mark.parametrize(
    ("text", "currency", "minor_units"),
    [
        ("1234.50", "EUR", 123450),
        ("1234.5", "EUR", 123450),
        ("1234", "EUR", 123400),
        (" 0.05 ", "EUR", 5),
        ("-0.05", "EUR", -5),
        ("1234", "JPY", 1234),
        ("1234.000", "JPY", 1234),
        ("1.234", "KWD", 1234),
        ("1.230000000000000000000000000000000000", "EUR", 123),
        ("10000000000000.00", "EUR", LARGEST_AMOUNT),
    ],
)
def test_a_decimal_is_read_exactly(text: str, currency: str, minor_units: int) -> None:
    assert Money.parse(text, currency=currency) == Money(minor_units, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("1234.505", "EUR"),  # a third decimal
        ("0.5", "JPY"),  # the yen has none
        ("1.2345", "KWD"),  # the dinar has three
        ("1000000000000.00000000000000000001", "EUR"),  # far behind the point is still a decimal
        ("0.009999999999999999999999999999999999", "EUR"),
        ("1,234.50", "EUR"),
        ("", "EUR"),
        ("ten", "EUR"),
        ("NaN", "EUR"),
        ("Infinity", "EUR"),
        ("1e999999999", "EUR"),
        ("10000000000000.01", "EUR"),  # past the largest amount
    ],
)
def test_what_is_not_an_exact_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(MoneyError):
        Money.parse(text, currency=currency)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("0.5", 1), ("1.5", 2), ("2.5", 3), ("-0.5", -1), ("-2.5", -3), ("0.49999", 0), ("2.4", 2)],
)
def test_halves_go_away_from_zero(value: str, rounded: int) -> None:
    assert round_half_up(Decimal(value)) == rounded


@pytest.mark.parametrize(
    ("currency", "decimals"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("RON", 2), ("CLP", 0)]
)
def test_decimals_of_a_currency(currency: str, decimals: int) -> None:
    assert exponent(currency) == decimals


@pytest.mark.parametrize("code", ["eur", "EURO", "", "XAU", "XXX", "DEM"])
def test_an_unknown_currency_is_refused(code: str) -> None:
    with pytest.raises(UnknownCurrency):
        Money(1, code)


def test_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") + Money(1, "USD")
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") - Money(1, "USD")


def test_no_amount_is_past_the_largest() -> None:
    assert Money(LARGEST_AMOUNT, "EUR").amount == LARGEST_AMOUNT
    with pytest.raises(MoneyError):
        Money(LARGEST_AMOUNT + 1, "EUR")
    with pytest.raises(MoneyError):
        Money(LARGEST_AMOUNT, "EUR") + Money(1, "EUR")


@given(amount=AMOUNTS, currency=CURRENCIES)
def test_what_is_written_reads_back_the_same(amount: int, currency: str) -> None:
    money = Money(amount, currency)
    assert Money.parse(str(money.decimal()), currency=currency) == money


@given(a=AMOUNTS, b=AMOUNTS, currency=CURRENCIES)
def test_adding_and_taking_away_undo_each_other(a: int, b: int, currency: str) -> None:
    if abs(a + b) <= LARGEST_AMOUNT:
        assert Money(a, currency) + Money(b, currency) - Money(b, currency) == Money(a, currency)
        assert Money(a, currency) + -Money(a, currency) == Money.zero(currency)


@given(value=st.decimals(-(10**12), 10**12, places=6), currency=CURRENCIES)
def test_rounding_is_off_by_half_a_unit_at_most(value: Decimal, currency: str) -> None:
    rounded = Fraction(Money.rounded(value, currency=currency).amount)
    exact = Fraction(value) * 10 ** exponent(currency)
    assert abs(rounded - exact) <= Fraction(1, 2)
    if abs(rounded - exact) == Fraction(1, 2):
        assert abs(rounded) > abs(exact)
