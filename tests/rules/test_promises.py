"""Promises of instalments: what may be proposed, and whether it is kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.promises import Bounds, InvalidPromise, Part, check_parts, judge, usual_parts

ON = date(2026, 3, 2)
BOUNDS = Bounds(most_parts=3, most_days=60, first_percent=25)


def parts(*given: tuple[int, int]) -> list[Part]:
    return [Part(ON + timedelta(days=days), amount) for days, amount in given]


@pytest.mark.parametrize(
    "proposed",
    [
        [(0, 10_000)],
        [(0, 2_500), (60, 7_500)],
        [(5, 4_000), (30, 3_000), (60, 3_000)],
    ],
)
def test_what_may_be_promised(proposed: list[tuple[int, int]]) -> None:
    check_parts(parts(*proposed), amount=10_000, bounds=BOUNDS, on=ON)


@pytest.mark.parametrize(
    ("proposed", "says"),
    [
        ([], "At most 3"),
        ([(1, 2_500), (2, 2_500), (3, 2_500), (4, 2_500)], "At most 3"),
        ([(0, 5_000), (30, 4_999)], "sum to 9999"),
        ([(0, 10_000), (30, 0)], "has an amount"),
        ([(0, 11_000), (30, -1_000)], "has an amount"),
        ([(30, 5_000), (10, 5_000)], "later day"),
        ([(10, 5_000), (10, 5_000)], "later day"),
        ([(-1, 10_000)], "in the past"),
        ([(0, 5_000), (61, 5_000)], "within 60 days"),
        ([(0, 2_499), (30, 7_501)], "25 % at least: 2500"),
    ],
)
def test_what_may_not_and_why(proposed: list[tuple[int, int]], says: str) -> None:
    with pytest.raises(InvalidPromise, match=says):
        check_parts(parts(*proposed), amount=10_000, bounds=BOUNDS, on=ON)


@given(
    amount=st.integers(1, 10_000_000),
    bounds=st.builds(Bounds, st.integers(1, 24), st.integers(1, 730), st.integers(0, 100)),
)
def test_the_usual_instalments_sum_to_the_cent_and_may_be_promised(
    amount: int, bounds: Bounds
) -> None:
    found = usual_parts(
        amount=amount,
        count=bounds.most_parts,
        on=ON,
        within=bounds.most_days,
        first_percent=bounds.first_percent,
    )
    assert sum(part.amount for part in found) == amount
    check_parts(found, amount=amount, bounds=bounds, on=ON)


@pytest.mark.parametrize(
    ("paid", "days", "state", "each"),
    [
        (0, 0, "accepted", ["open", "open"]),
        (0, 10, "accepted", ["open", "open"]),
        (0, 11, "broken", ["broken", "open"]),
        (4_000, 10, "accepted", ["kept", "open"]),
        (3_999, 11, "broken", ["broken", "open"]),
        (4_000, 41, "broken", ["kept", "broken"]),
        (10_000, 5, "kept", ["kept", "kept"]),
        (10_000, 90, "kept", ["kept", "kept"]),
    ],
)
def test_whether_it_is_kept(paid: int, days: int, state: str, each: list[str]) -> None:
    found = judge(parts((10, 4_000), (40, 6_000)), paid=paid, on=ON + timedelta(days=days))
    assert found == (state, tuple(each))
