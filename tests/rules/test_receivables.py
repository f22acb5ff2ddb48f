"""Days sales outstanding, as worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from usance.rules.receivables import (
    average_days_delinquent,
    average_days_late,
    best_possible_dso,
    collection_effectiveness,
    countback_dso,
    simple_dso,
)
from usance.rules.receivables_spread import COHORT_DAYS, cohorts, herfindahl
from usance.rules.receivables_terms import TermsResult, capital_cost


def test_simple() -> None:
    assert simple_dso(50_000, sales=90_000, days=90) == Decimal("50.0")
    assert simple_dso(1, sales=3, days=1) == Decimal("0.3")
    assert simple_dso(50_000, sales=0, days=90) is None


@pytest.mark.parametrize(
    ("receivable", "days"),
    [
        (0, "0.0"),
        (50, "0.5"),  # half of today's sales
        (100, "1.0"),  # all of them
        (150, "6.5"),  # and half of those of six days ago: nothing was sold between
        (200, "7.0"),
    ],
)
def test_countback(receivable: int, days: str) -> None:
    assert countback_dso(receivable, daily_sales=[(0, 100), (6, 100)]) == Decimal(days)


def test_countback_without_enough_sales() -> None:
    assert countback_dso(201, daily_sales=[(0, 100), (6, 100)]) is None


def test_the_measures_of_collection_by_their_definitions() -> None:
    """Credit Research Foundation, Key Performance Measures: receivables of 600,000, of which 450,000 are
    current, after a quarter with sales of 900,000 that began with 500,000."""
    simple = simple_dso(600_000, sales=900_000, days=90)
    best = best_possible_dso(450_000, sales=900_000, days=90)
    assert (simple, best) == (Decimal("60.0"), Decimal("45.0"))
    assert average_days_delinquent(simple, best) == Decimal("15.0")
    # (500 + 900 - 600) / (500 + 900 - 450) = 800 / 950
    assert collection_effectiveness(
        beginning=500_000, sales=900_000, ending=600_000, ending_not_due=450_000
    ) == Decimal("0.8421")
    # All that is owed is not due yet: everything that could be collected was.
    assert collection_effectiveness(
        beginning=500_000, sales=900_000, ending=450_000, ending_not_due=450_000
    ) == Decimal("1.0000")
    assert collection_effectiveness(beginning=0, sales=0, ending=0, ending_not_due=0) is None
    assert average_days_delinquent(None, best) is None
    # 100 ten days late and 300 two days early: 400 / 400 of a day each.
    assert average_days_late(100 * 10 - 300 * 2, amount=400) == Decimal("1.0")


def test_the_index_of_concentration() -> None:
    """Merger Guidelines 2023, footnote 16: four firms with 30, 30, 20 and 20 per cent make 2,600."""
    assert herfindahl([30, 30, 20, 20]) == 2600
    assert herfindahl([7]) == 10_000
    assert herfindahl([1] * 100) == 100
    assert herfindahl([]) is None
    assert herfindahl([5, -5]) == 10_000


def test_a_cohort_is_told_once_it_is_old_enough() -> None:
    [one] = cohorts([("2026-01", 1000, 20)], [("2026-01", -2, 300), ("2026-01", 8, 500)])
    by_days = dict(zip(COHORT_DAYS, one.paid, strict=True))
    assert (by_days[-15], by_days[-1], by_days[7], by_days[15], by_days[30]) == (
        0,
        300,
        300,
        800,
        None,
    )
    assert one.shares[COHORT_DAYS.index(15)] == Decimal("0.8000")


def test_what_terms_cost() -> None:
    # 100,000.00 out for a year at 8 %, or ten times as much for 36.5 days.
    assert capital_cost(10_000_000 * 365, rate=Decimal(8)) == 800_000
    result = TermsResult(
        currency="EUR",
        sales=100_000_000,
        amount_days=10_000_000 * 365,
        capital=800_000,
        discounts=50_000,
        fees=20_000,
        differences=5_000,
        bad_debt=125_000,
        interest=30_000,
    )
    assert (result.cost, result.net, result.of_sales) == (1_000_000, -970_000, Decimal("0.0097"))
