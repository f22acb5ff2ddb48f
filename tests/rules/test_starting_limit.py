"""The first limit of an unknown buyer and its monthly review, as a credit manager would check them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.credit.starting_limit import RULES, LimitRule, PaymentRecord

RULE = RULES["first_order_multiple"]


@pytest.mark.parametrize(
    ("first_order", "limit"),
    [
        (1_00, 500_00),  # the floor
        (200_00, 800_00),  # four times
        (201_00, 850_00),  # rounded up to 50.00
        (2_000_00, 5_000_00),  # the cap
        (77_183_60, 5_000_00),  # an order beyond the cap will be declined
    ],
)
def test_the_first_limit(first_order: int, limit: int) -> None:
    assert RULE.starting_limit(first_order) == limit


@pytest.mark.parametrize(
    ("limit", "record", "reviewed"),
    [
        # 4,000.00 in 60 days: 2,000.00 a month, three months of it
        (500_00, PaymentRecord(4_000_00, days=60, paid=3, worst_days_late=10), 6_000_00),
        # less than a month counts as a month
        (500_00, PaymentRecord(1_000_00, days=9, paid=1, worst_days_late=0), 3_000_00),
        # nothing paid yet
        (500_00, PaymentRecord(4_000_00, days=60, paid=0, worst_days_late=0), 500_00),
        # late once, by more than it may
        (500_00, PaymentRecord(4_000_00, days=60, paid=9, worst_days_late=21), 500_00),
        # never lower
        (9_000_00, PaymentRecord(4_000_00, days=60, paid=9, worst_days_late=0), 9_000_00),
        # never above the ceiling
        (500_00, PaymentRecord(900_000_00, days=60, paid=9, worst_days_late=0), 50_000_00),
    ],
)
def test_the_review(limit: int, record: PaymentRecord, reviewed: int) -> None:
    assert RULE.reviewed_limit(limit, record) == reviewed


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_a_larger_first_order_never_gets_a_smaller_limit(one: int, other: int) -> None:
    low, high = sorted((one, other))
    rule = LimitRule()
    assert rule.floor <= rule.starting_limit(low) <= rule.starting_limit(high) <= rule.cap
