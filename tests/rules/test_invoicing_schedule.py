"""When what has shipped is billed. Days are written as month-day of 2026 unless they say a year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.invoicing.schedule import Period, Schedule, UnknownSchedule, parse_schedule

CODES = [
    "per_shipment",
    "per_order",
    "daily",
    *(f"weekly:{day}" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")),
    "twice_monthly",
    *(f"monthly:{day}" for day in range(1, 29)),
    "monthly:last",
]
DAYS = st.dates(date(2023, 1, 1), date(2032, 12, 31))


def day(text: str) -> date:
    return date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


@pytest.mark.parametrize(
    ("code", "shipped", "start", "cut_off"),
    [
        ("daily", "03-04", "03-04", "03-04"),
        ("weekly:fri", "03-02", "02-28", "03-06"),  # a Monday
        ("weekly:fri", "03-06", "02-28", "03-06"),  # the cut-off itself
        ("weekly:fri", "03-07", "03-07", "03-13"),  # the day after
        ("weekly", "03-08", "03-02", "03-08"),  # without a day: Monday to Sunday
        ("weekly:sun", "12-30", "12-28", "2027-01-03"),
        ("twice_monthly", "03-01", "03-01", "03-15"),
        ("twice_monthly", "03-15", "03-01", "03-15"),
        ("twice_monthly", "03-16", "03-16", "03-31"),
        ("twice_monthly", "2028-02-29", "2028-02-16", "2028-02-29"),
        ("monthly:last", "02-28", "02-01", "02-28"),
        ("monthly", "03-01", "03-01", "03-31"),
        ("monthly:25", "03-25", "02-26", "03-25"),
        ("monthly:25", "03-26", "03-26", "04-25"),
        ("monthly:25", "12-26", "12-26", "2027-01-25"),
        ("monthly:1", "01-01", "2025-12-02", "01-01"),
        ("monthly:28", "02-28", "01-29", "02-28"),
        ("monthly:28", "03-01", "03-01", "03-28"),
    ],
)
def test_the_period_of_a_day(code: str, shipped: str, start: str, cut_off: str) -> None:
    schedule = parse_schedule(code)
    assert schedule.period_of(day(shipped)) == Period(day(start), day(cut_off))
    assert schedule.cut_off_on(day(shipped)) == day(cut_off)


@pytest.mark.parametrize(
    ("code", "on", "before", "last", "after"),
    [
        ("weekly:fri", "03-06", "02-27", "03-06", "03-13"),
        ("weekly:fri", "03-09", "03-06", "03-06", "03-13"),
        ("twice_monthly", "03-15", "02-28", "03-15", "03-31"),
        ("twice_monthly", "03-31", "03-15", "03-31", "04-15"),
        ("monthly:last", "03-31", "02-28", "03-31", "04-30"),
        ("monthly:25", "01-05", "2025-12-25", "2025-12-25", "01-25"),
        ("daily", "03-01", "02-28", "03-01", "03-02"),
    ],
)
def test_cut_offs_around_a_day(code: str, on: str, before: str, last: str, after: str) -> None:
    schedule = parse_schedule(code)
    assert schedule.previous_cut_off(day(on)) == day(before)
    assert schedule.last_cut_off(day(on)) == day(last)
    assert schedule.next_cut_off(day(on)) == day(after)


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_read_as_it_is_written(code: str) -> None:
    assert parse_schedule(code).code == code


@pytest.mark.parametrize(
    "code",
    [
        "",
        "yearly",
        "weekly:8",
        "weekly:last",
        "monthly:0",
        "monthly:29",
        "monthly:30",
        "monthly:31",
        "daily:3",
        "per_order:last",
        "Monthly",
        "monthly:",
        "monthly: 5",
        "monthly:٣",
    ],
)
def test_what_is_no_schedule(code: str) -> None:
    with pytest.raises(UnknownSchedule):
        parse_schedule(code)


@given(st.sampled_from(CODES), DAYS)
def test_every_day_belongs_to_exactly_one_period(code: str, on: date) -> None:
    """No gap, no overlap: a period holds its days, and its neighbours begin and end beside it."""
    schedule = parse_schedule(code)
    period = schedule.period_of(on)
    assert period.start <= on <= period.end
    assert schedule.period_of(period.start) == schedule.period_of(period.end) == period
    assert schedule.period_of(period.end + timedelta(days=1)).start == period.end + timedelta(
        days=1
    )
    assert schedule.period_of(period.start - timedelta(days=1)).end == period.start - timedelta(
        days=1
    )
    assert (period.end - period.start).days < 31


@given(st.sampled_from(CODES), DAYS)
def test_cut_offs_follow_one_another(code: str, on: date) -> None:
    schedule = parse_schedule(code)
    cut_off = schedule.cut_off_on(on)
    assert cut_off >= on
    assert schedule.cut_off_on(cut_off) == cut_off == schedule.last_cut_off(cut_off)
    assert schedule.previous_cut_off(schedule.next_cut_off(cut_off)) == cut_off
    assert (
        schedule.previous_cut_off(on)
        < on
        <= schedule.cut_off_on(on)
        < schedule.next_cut_off(cut_off)
    )


def test_only_periods_wait() -> None:
    assert [code for code in CODES if not parse_schedule(code).waits] == [
        "per_shipment",
        "per_order",
    ]
    with pytest.raises(UnknownSchedule):
        Schedule("daily", 3)
