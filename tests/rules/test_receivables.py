"""Days sales outstanding, as worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from usance.rules.receivables import countback_dso, simple_dso


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
