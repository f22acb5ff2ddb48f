"""When statements of account are due: once a period, whatever the clock does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.statement_schedule import (
    LATEST_DAYS,
    InvalidSchedule,
    StatementSchedule,
)

DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
SCHEDULES = st.one_of(
    st.builds(StatementSchedule, st.just("weekly"), st.integers(1, 7)),
    st.builds(StatementSchedule, st.just("monthly"), st.integers(1, 31)),
)
LONG_AGO = date(2000, 1, 1)


@pytest.mark.parametrize(
    ("schedule", "on", "due_on", "period", "begins"),
    [
        (StatementSchedule("monthly", 1), date(2026, 3, 1), date(2026, 3, 1), "2026-03", (2, 1)),
        (StatementSchedule("monthly", 31), date(2026, 3, 2), date(2026, 2, 28), "2026-02", (1, 31)),
        (StatementSchedule("weekly", 1), date(2026, 3, 4), date(2026, 3, 2), "2026-W10", (2, 23)),
    ],
)
def test_the_day_the_period_and_what_it_shows(
    schedule: StatementSchedule,
    on: date,
    due_on: date,
    period: str,
    begins: tuple[int, int],
) -> None:
    assert schedule.due(on, since=LONG_AGO) == due_on
    assert schedule.period(due_on) == period
    assert schedule.begins(due_on) == date(2026, *begins)


def test_never_before_it_was_set_and_not_too_late() -> None:
    assert StatementSchedule().due(date(2026, 3, 1), since=LONG_AGO) is None
    first = StatementSchedule("monthly", 1)
    assert first.due(date(2026, 3, 5), since=date(2026, 3, 2)) is None
    assert first.due(date(2026, 3, 7), since=LONG_AGO) == date(2026, 3, 1)
    assert first.due(date(2026, 3, 8), since=LONG_AGO) is None
    for every, day in (("weekly", 8), ("monthly", 32), ("monthly", 0), ("daily", 1)):
        with pytest.raises(InvalidSchedule):
            StatementSchedule(every, day)


@given(schedule=SCHEDULES, first=DAYS)
def test_each_period_is_due_once_and_they_meet(schedule: StatementSchedule, first: date) -> None:
    seen: dict[str, set[date]] = {}
    for place in range(70):
        due_on = schedule.due(first + timedelta(days=place), since=LONG_AGO)
        if due_on is not None:
            assert 0 <= (first + timedelta(days=place) - due_on).days <= LATEST_DAYS
            seen.setdefault(schedule.period(due_on), set()).add(due_on)
    assert all(len(days) == 1 for days in seen.values())
    days = sorted(day for days in seen.values() for day in days)
    assert [schedule.begins(day) for day in days[1:]] == days[:-1]
