"""When open items come: probabilities that add up, and weeks that sum to what is open."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usance.rules.forecast.arrival import PROMISE_SLIP, Arrival, arrival, fixed, kept_certainty
from usance.rules.forecast.hits import Hit, quality
from usance.rules.forecast.weeks import Week, forecast, week_from_document

ON = date(2026, 3, 1)

arrivals = st.builds(
    arrival,
    st.integers(1, 10**9),
    due_on=st.integers(-500, 300).map(lambda days: ON + timedelta(days=days)),
    on=st.just(ON),
    median=st.floats(-60, 120),
    scale=st.floats(0.5, 60),
    buyer=st.integers(1, 4),
) | st.builds(
    fixed,
    st.integers(1, 10**9),
    comes_on=st.integers(-20, 300).map(lambda days: ON + timedelta(days=days)),
    on=st.just(ON),
    certainty=st.floats(0, 1),
    buyer=st.integers(1, 4),
)


@settings(max_examples=50)
@given(arrivals)
def test_an_item_comes_once(one: Arrival) -> None:
    chances = [one.by(days) for days in range(0, 800, 5)]
    assert chances[0] == 0
    assert chances == sorted(chances)
    assert chances[-1] <= 1
    assert sum(one.weeks(13)) == pytest.approx(one.by(91))
    assert one.by(one.quantile(0.5)) >= 0.5 or one.quantile(0.5) == 400


def test_what_the_score_says_of_a_day() -> None:
    # Due in ten days, a median of five days late: half of it by the fifteenth.
    one = arrival(100, due_on=ON + timedelta(days=10), on=ON, median=5.0, scale=4.0)
    assert one.quantile(0.5) == 15
    # Not by the fifth day late, so by the twelfth with 1 - S(12.5) / S(5.5), where S is the tail of
    # the logistic: 1 - 0.1330 / 0.4688.
    late = arrival(100, due_on=ON - timedelta(days=5), on=ON, median=5.0, scale=4.0)
    assert late.by(7) == pytest.approx(0.7164, abs=0.0001)
    # Sixty days beyond what the buyer ever did: it may be as long again.
    lost = arrival(100, due_on=ON - timedelta(days=65), on=ON, median=5.0, scale=4.0)
    assert lost.quantile(0.63) == 60


def test_what_is_promised_comes_on_its_day_or_is_looked_for_again() -> None:
    one = fixed(100, comes_on=ON + timedelta(days=10), on=ON, certainty=0.8)
    assert [one.by(9), one.by(10), one.by(37), one.by(10 + PROMISE_SLIP)] == [0, 0.8, 0.8, 1]
    # Its day was missed: it is expected tomorrow.
    assert fixed(1, comes_on=ON - timedelta(days=3), on=ON, certainty=0.8).by(1) == 0.8
    assert kept_certainty(kept=0, ended=0) == pytest.approx(0.8)
    assert kept_certainty(kept=0, ended=95) == pytest.approx(0.04)


@settings(max_examples=30)
@given(st.lists(arrivals, max_size=12), st.floats(0, 1))
def test_weeks_sum_to_what_is_open(items: list[Arrival], together: float) -> None:
    made = forecast(items, on=ON, together=together)
    assert made.total == sum(one.amount for one in items)
    for n, week in enumerate(made.weeks):
        assert week.begins_on == ON + timedelta(days=7 * n + 1)
        assert 0 <= week.low <= week.middle <= week.high <= sum(one.amount for one in items)
        assert week_from_document(week.to_document()) == week


def test_items_of_one_buyer_make_the_range_wider() -> None:
    def width(buyers: int) -> int:
        items = [
            arrival(
                1000, due_on=ON + timedelta(days=4), on=ON, median=2.0, scale=3.0, buyer=n % buyers
            )
            for n in range(40)
        ]
        week = forecast(items, on=ON).weeks[0]
        return week.high - week.low

    assert width(1) > 2 * width(40)


def test_the_range_is_that_of_a_binomial() -> None:
    """Forty independent items that come this week or not: the binomial's own 10 and 90 % quantiles
    (n = 40, p = 0.562) are 18 and 26."""
    items = [
        arrival(1000, due_on=ON + timedelta(days=5), on=ON, median=1.0, scale=3.0, buyer=n)
        for n in range(40)
    ]
    week = forecast(items, on=ON).weeks[0]
    assert week.expected == pytest.approx(22_484, abs=1)
    assert (round(week.low / 1000), round(week.high / 1000)) == (18, 26)


def test_how_good_forecasts_were() -> None:
    weeks = [Week(ON, expected, expected - 20, expected, expected + 20) for expected in (100, 50)]
    found = quality([Hit(weeks[0], 90), Hit(weeks[1], 110)])
    # Errors of 10 and 60 on 200 that came; 150 were expected.
    assert [str(one) for one in (found.wape, found.bias, found.within)] == [
        "0.3500",
        "-0.2500",
        "0.5000",
    ]
    assert quality([]).wape is None
