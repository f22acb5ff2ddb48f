"""On which days banks settle, in euro and in dollars."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.banking_days import (
    FEDERAL_RESERVE,
    TARGET,
    BankCalendar,
    add_banking_days,
    banking_day_on_or_after,
    banking_day_on_or_before,
    banking_days_between,
    easter,
    next_banking_day,
    previous_banking_day,
)
from usance.rules.terms.days import NoWorkingDay
from usance.rules.terms.holiday_calendar import TARGET as TARGET_CODE
from usance.rules.terms.holiday_calendar import holiday_calendar

DAYS = st.dates(date(2002, 1, 1), date(2099, 12, 31))
CALENDARS = st.sampled_from([TARGET, FEDERAL_RESERVE])


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (1818, "1818-03-22"),  # the earliest there is
        (1943, "1943-04-25"),  # the latest
        (2000, "2000-04-23"),
        (2008, "2008-03-23"),
        (2011, "2011-04-24"),
        (2024, "2024-03-31"),
        (2026, "2026-04-05"),
        (2027, "2027-03-28"),
        (2038, "2038-04-25"),
        (2076, "2076-04-19"),
    ],
)
def test_easter(year: int, day: str) -> None:
    assert easter(year).isoformat() == day
    assert easter(year).weekday() == 6


def test_days_on_which_target_is_closed() -> None:
    assert sorted(day.isoformat() for day in TARGET.closing_days(2027)) == [
        "2027-01-01",
        "2027-03-26",
        "2027-03-29",
        "2027-05-01",
        "2027-12-25",
        "2027-12-26",
    ]
    # National holidays are not its own.
    assert TARGET.is_working_day(date(2026, 10, 26))
    assert TARGET.is_working_day(date(2026, 5, 14))  # Ascension


def test_target_agrees_with_the_library_and_with_the_calendar_of_terms() -> None:
    terms = holiday_calendar(TARGET_CODE)
    for year in range(2002, 2100):
        assert TARGET.closing_days(year) == set(holidays.financial_holidays("ECB", years=year))
    day = date(2026, 1, 1)
    while day < date(2030, 1, 1):
        assert TARGET.is_working_day(day) == terms.is_working_day(day)
        day += timedelta(days=1)


FEDERAL_DAYS = {
    # As the Federal Reserve Board has published them; a Saturday is not kept.
    2022: "01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26",
    2023: "01-02 01-16 02-20 05-29 06-19 07-04 09-04 10-09 11-23 12-25",
    2024: "01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25",
    2025: "01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25",
    2026: "01-01 01-19 02-16 05-25 06-19 09-07 10-12 11-11 11-26 12-25",
    2027: "01-01 01-18 02-15 05-31 07-05 09-06 10-11 11-11 11-25",
    2028: "01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-23 12-25",
}


@pytest.mark.parametrize("year", sorted(FEDERAL_DAYS))
def test_days_on_which_the_federal_reserve_is_closed(year: int) -> None:
    closed = [
        day.strftime("%m-%d")
        for day in sorted(FEDERAL_RESERVE.closing_days(year))
        if day.weekday() < 5
    ]
    assert closed == FEDERAL_DAYS[year].split()


def test_the_federal_reserve_agrees_with_the_holidays_of_the_nation() -> None:
    """But for Saturdays, which the government keeps on the Friday before and the banks do not."""
    for year in range(2002, 2100):
        nation = holidays.country_holidays("US", years=year, observed=False)
        names = {name: day for day, each in nation.items() for name in each.split("; ")}
        expected = set()
        for name, day in names.items():
            if name.startswith("Juneteenth") and year < 2022:
                continue
            expected.add(day + timedelta(days=1) if day.weekday() == 6 else day)
        assert FEDERAL_RESERVE.closing_days(year) == expected, year


def test_juneteenth_began_when_the_law_did() -> None:
    assert FEDERAL_RESERVE.is_working_day(date(2020, 6, 19))
    assert not FEDERAL_RESERVE.is_working_day(date(2023, 6, 19))


@pytest.mark.parametrize(
    ("start", "count", "calendar", "end"),
    [
        ("2026-12-23", 1, TARGET, "2026-12-24"),
        ("2026-12-24", 1, TARGET, "2026-12-28"),
        ("2026-04-02", 1, TARGET, "2026-04-07"),  # over Easter
        ("2026-04-07", -1, TARGET, "2026-04-02"),
        ("2026-12-04", 2, TARGET, "2026-12-08"),  # Friday
        ("2026-12-05", 2, TARGET, "2026-12-08"),  # and Saturday
        ("2026-12-05", 0, TARGET, "2026-12-05"),
        ("2026-11-25", 1, FEDERAL_RESERVE, "2026-11-27"),  # Thanksgiving
        ("2026-07-02", 1, FEDERAL_RESERVE, "2026-07-03"),  # the 4th is a Saturday
        ("2027-07-02", 1, FEDERAL_RESERVE, "2027-07-06"),  # the 4th is a Sunday
        ("2026-12-31", 3, FEDERAL_RESERVE, "2027-01-06"),
    ],
)
def test_banking_days_are_counted(start: str, count: int, calendar: BankCalendar, end: str) -> None:
    found = add_banking_days(date.fromisoformat(start), count=count, calendar=calendar)
    assert found.isoformat() == end


@given(day=DAYS, count=st.integers(0, 30), calendar=CALENDARS)
def test_counting_forth_and_back(day: date, count: int, calendar: BankCalendar) -> None:
    end = add_banking_days(day, count=count, calendar=calendar)
    assert banking_days_between(day, end=end, calendar=calendar) == count
    if calendar.is_working_day(day):
        assert add_banking_days(end, count=-count, calendar=calendar) == day
    assert banking_days_between(end, end=day, calendar=calendar) == -count


@given(day=DAYS, calendar=CALENDARS)
def test_the_next_is_the_first_of_those_after(day: date, calendar: BankCalendar) -> None:
    after, before = (
        next_banking_day(day, calendar=calendar),
        previous_banking_day(day, calendar=calendar),
    )
    assert before < day < after
    assert calendar.is_working_day(before)
    assert calendar.is_working_day(after)
    if calendar.is_working_day(day):
        assert banking_day_on_or_after(day, calendar=calendar) == day
        assert banking_day_on_or_before(day, calendar=calendar) == day
    else:
        assert banking_day_on_or_after(day, calendar=calendar) == after
        assert banking_day_on_or_before(day, calendar=calendar) == before


def test_a_calendar_without_days_is_noticed() -> None:
    class Never:
        def is_working_day(self, day: date, /) -> bool:
            return False

    with pytest.raises(NoWorkingDay):
        next_banking_day(date(2026, 1, 1), calendar=Never())
