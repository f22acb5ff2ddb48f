"""Working days by the holidays of countries, their parts, and the euro's banks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from usance.rules.terms.holiday_calendar import TARGET, UnknownCalendar, holiday_calendar


def free(code: str, year: int) -> list[str]:
    return [f"{day:%m-%d}" for day in sorted(holiday_calendar(code).holidays(year))]


def test_the_days_on_which_the_euros_banks_rest() -> None:
    """Easter Sunday 2026 is 5 April, 2027 28 March."""
    assert free(TARGET, 2026) == ["01-01", "04-03", "04-06", "05-01", "12-25", "12-26"]
    assert free(TARGET, 2027) == ["01-01", "03-26", "03-29", "05-01", "12-25", "12-26"]


@pytest.mark.parametrize(
    ("code", "day", "works"),
    [
        ("IT", "2026-06-02", False),  # Republic Day
        ("IT", "2026-12-07", True),
        ("IT-MI", "2026-12-07", False),  # Saint Ambrose, in Milan
        ("RO", "2026-12-01", False),  # Great Union Day
        ("DE", "2026-10-03", False),
        ("DE-BY", "2026-01-06", False),  # Epiphany in Bavaria
        ("DE-BE", "2026-01-06", True),
        ("IN", "2026-01-26", False),  # Republic Day
        ("US", "2026-07-03", False),  # the 4th is a Saturday, so the day before is kept
        ("IT", "2026-03-07", False),  # a Saturday
        ("IL", "2026-03-06", False),  # a Friday is free there
        ("IL", "2026-03-08", True),  # a Sunday is not
    ],
)
def test_who_works_when(code: str, day: str, works: bool) -> None:
    assert holiday_calendar(code).is_working_day(date.fromisoformat(day)) is works


@pytest.mark.parametrize("code", ["", "XX", "it", "IT-ROME", "DE-XX", "IT-", "TARGET3", "IT_MI"])
def test_a_calendar_that_nobody_knows(code: str) -> None:
    with pytest.raises(UnknownCalendar, match=r"no (calendar|part)") as refused:
        holiday_calendar(code)
    assert refused.value.code == "unknown_calendar"


def test_a_weekend_of_its_own() -> None:
    six_days = holiday_calendar("IN", weekend=[6])
    assert six_days.is_working_day(date(2026, 3, 7))
    assert not six_days.is_working_day(date(2026, 3, 8))
    assert holiday_calendar("IN") is holiday_calendar("IN"), "made once"


@pytest.mark.parametrize("code", ["IT", "RO", "DE-BY", "IN", "US", TARGET])
def test_no_pause_is_longer_than_a_due_date_can_be_moved(code: str) -> None:
    calendar = holiday_calendar(code)
    pause = 0
    for n in range(366 * 3):
        working = calendar.is_working_day(date(2026, 1, 1) + timedelta(days=n))
        pause = 0 if working else pause + 1
        assert pause <= 10


def test_the_same_whatever_was_asked_before() -> None:
    """Years are computed one by one; their order does not matter."""
    asked = [holiday_calendar("RO").holidays(year) for year in (2030, 2026, 2028)]
    fresh = holiday_calendar("RO", weekend=[5, 6])
    assert asked == [fresh.holidays(year) for year in (2030, 2026, 2028)]
