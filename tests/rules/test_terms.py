"""When an invoice falls due."""

from __future__ import annotations

import pickle
from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.terms_drawn import CALENDARS, DAYS, MOVES, TERMS, Calendar
from usance.rules.terms import (
    LONGEST_TERM,
    EndOfWeek,
    FixedDate,
    Move,
    NoWorkingDay,
    Terms,
    parse_terms,
)

NET = st.builds(Terms, st.integers(0, LONGEST_TERM), st.booleans())


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("code", "issued_on", "due_on"),
    [
        ("due_on_receipt", "2026-03-02", "2026-03-02"),
        ("net_14", "2026-03-02", "2026-03-16"),
        ("net_30", "2026-01-31", "2026-03-02"),
        ("net_30", "2028-01-31", "2028-03-01"),  # a leap year
        ("net_60", "2026-12-15", "2027-02-13"),
        ("net_0_eom", "2026-03-02", "2026-03-31"),
        ("net_30_eom", "2026-01-10", "2026-02-28"),
        ("net_30_eom", "2028-01-10", "2028-02-29"),
        ("net_30_eom", "2026-03-31", "2026-04-30"),
        ("net_60_eom", "2026-11-15", "2027-01-31"),
        ("net_365", "2026-03-02", "2027-03-02"),
        # The end of the month, and days more: 31 March + 10.
        ("eom_10", "2026-03-02", "2026-04-10"),
        ("eom_10", "2026-03-31", "2026-04-10"),
        ("eom_10", "2026-02-28", "2026-03-10"),
        # 2 March + 30 = 1 April, its end is 30 April, + 10.
        ("net_30_eom_10", "2026-03-02", "2026-05-10"),
        # 2 March 2026 is a Monday; + 7 is Monday 9 March, whose week ends on Sunday 15.
        ("net_7_eow", "2026-03-02", "2026-03-15"),
        ("net_0_eow", "2026-03-02", "2026-03-08"),
        ("net_0_eow", "2026-03-08", "2026-03-08"),  # a Sunday ends its own week
        # Day 15 of the next month, of the month after it, of this month.
        ("day_15_1", "2026-03-02", "2026-04-15"),
        ("day_15_1", "2026-03-31", "2026-04-15"),
        ("day_15_1", "2026-12-20", "2027-01-15"),
        ("day_10_2", "2026-11-30", "2027-01-10"),
        ("day_15_12", "2026-03-02", "2027-03-15"),
        ("day_15_0", "2026-03-02", "2026-03-15"),
        ("day_15_0", "2026-03-15", "2026-03-15"),
        ("day_15_0", "2026-03-16", "2026-04-15"),  # the 15th has passed
        # A month without the day gives its last.
        ("day_31_1", "2026-01-10", "2026-02-28"),
        ("day_30_1", "2028-01-31", "2028-02-29"),
        ("day_31_0", "2026-04-30", "2026-04-30"),
        ("on_20261231", "2026-03-02", "2026-12-31"),
        ("on_20261231", "2027-01-05", "2027-01-05"),  # the day has passed
        ("cash_in_advance", "2026-03-02", "2026-03-02"),
        ("cash_on_delivery", "2026-03-02", "2026-03-02"),
        # With parts, the last of them.
        ("dep30_net_60", "2026-03-02", "2026-05-01"),
        ("3x30", "2026-03-02", "2026-05-31"),
        ("3x30_eom", "2026-03-02", "2026-05-31"),
        ("at0_30", "2026-03-02", "2026-04-01"),
        ("d2_10_net_30", "2026-03-02", "2026-04-01"),
    ],
)
def test_due_dates(code: str, issued_on: str, due_on: str) -> None:
    assert parse_terms(code).due_on(day(issued_on)) == day(due_on)


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("net_30", "2026-04-01"),
        ("dep30_net_60", "2026-03-02"),
        ("3x30", "2026-04-01"),
        ("3x30_eom", "2026-04-30"),
        ("at0_30", "2026-03-02"),
        ("at0_30_eom", "2026-03-31"),
        ("40at15_60at45", "2026-03-17"),
    ],
)
def test_the_first_part_of_an_invoice_of_2_march(code: str, first: str) -> None:
    assert parse_terms(code).first_due_on(day("2026-03-02")) == day(first)


EASTER = Calendar(holidays=frozenset(map(day, ("2026-04-03", "2026-04-06", "2026-05-01"))))
"""Good Friday, Easter Monday and May Day of 2026; Saturdays and Sundays are free."""


@pytest.mark.parametrize(
    ("issued_on", "code", "none", "following", "previous", "modified_following"),
    [
        # 4 March + 30 is Friday 3 April, a holiday: Tuesday 7 or Thursday 2.
        ("2026-03-04", "net_30", "04-03", "04-07", "04-02", "04-07"),
        # 1 April + 30 is Friday 1 May, a holiday: Monday 4 or Thursday 30 April.
        ("2026-04-01", "net_30", "05-01", "05-04", "04-30", "05-04"),
        # The end of May is a Sunday; the Monday after it is in another month.
        ("2026-04-10", "net_30_eom", "05-31", "06-01", "05-29", "05-29"),
        # A working day stays.
        ("2026-03-02", "net_30", "04-01", "04-01", "04-01", "04-01"),
        # Sunday 5 April, due at once: Thursday is before the invoice, so Tuesday.
        ("2026-04-05", "due_on_receipt", "04-05", "04-07", "04-07", "04-07"),
        ("2026-03-02", "net_0_eow", "03-08", "03-09", "03-06", "03-09"),
    ],
)
def test_moved_to_a_working_day(
    issued_on: str, code: str, none: str, following: str, previous: str, modified_following: str
) -> None:
    moves: list[Move] = ["none", "next", "previous", "modified_following"]
    assert set(moves) == set(get_args(Move))
    terms, issued = parse_terms(code), day(issued_on)
    found = [f"{terms.due_on(issued, working=EASTER, move=move):%m-%d}" for move in moves]
    assert found == [none, following, previous, modified_following]


def test_a_calendar_without_working_days_is_refused() -> None:
    never = Calendar(rest=frozenset(range(7)))
    with pytest.raises(NoWorkingDay, match="check its holidays"):
        Terms(30).due_on(day("2026-03-02"), working=never)
    assert Terms(30).due_on(day("2026-03-02"), working=never, move="none") == day("2026-04-01")


@pytest.mark.parametrize(
    ("code", "longest"),
    [
        ("due_on_receipt", 0),
        ("net_30", 30),
        ("cash_in_advance", 0),
        ("net_30_eow", 36),  # issued so that day 30 is a Monday
        ("net_0_eom", 30),  # issued on the 1st of a long month
        ("net_30_eom", 60),  # issued so that day 30 is the 1st of a long month
        ("eom_10", 40),
        ("day_15_1", 45),  # 1 January to 15 February
        ("day_31_1", 61),  # 1 July to 31 August
        ("day_15_0", 30),  # 16 January to 15 February
        ("3x30", 90),
        ("dep30_net_60", 60),
        ("on_20261231", LONGEST_TERM),
    ],
)
def test_the_most_days_that_terms_can_take(code: str, longest: int) -> None:
    assert parse_terms(code).longest_days == longest


def test_terms_are_compared_by_their_longest_days() -> None:
    codes = ["net_60", "due_on_receipt", "day_15_1", "net_30", "3x30", "net_30_eom"]
    offered = sorted(map(parse_terms, codes), key=lambda terms: terms.longest_days)
    assert [terms.code for terms in offered] == [
        "due_on_receipt", "net_30", "day_15_1", "net_60", "net_30_eom", "3x30"
    ]  # fmt: skip


def test_terms_are_values() -> None:
    assert Terms(30) == Terms(days=30, end_of_month=False) == parse_terms("net_30")
    assert Terms(30) != Terms(30, end_of_month=True)
    assert len({Terms(30), parse_terms("net_30"), Terms(30, mark=EndOfWeek())}) == 2
    assert not hasattr(Terms(30), "__dict__")
    for terms in (Terms(30), parse_terms("d2_10_3x30"), Terms(mark=FixedDate(day("2026-12-31")))):
        assert pickle.loads(pickle.dumps(terms)) == terms
        with pytest.raises(AttributeError):
            terms.days = 1  # type: ignore[misc]


@given(NET, DAYS)
def test_nothing_falls_due_before_its_days_have_run(terms: Terms, issued_on: date) -> None:
    due = terms.due_on(issued_on)
    assert due >= issued_on + timedelta(days=terms.days)
    if terms.end_of_month:
        assert (due + timedelta(days=1)).day == 1
    else:
        assert due == issued_on + timedelta(days=terms.days)


@given(TERMS, DAYS, CALENDARS, MOVES)
def test_nothing_falls_due_before_it_is_invoiced(
    terms: Terms, issued_on: date, working: Calendar, move: Move
) -> None:
    first = terms.first_due_on(issued_on, working=working, move=move)
    due = terms.due_on(issued_on, working=working, move=move)
    assert issued_on <= first <= due
    if move != "none":
        assert working.is_working_day(due)


@given(TERMS, DAYS, st.integers(0, 500), CALENDARS, MOVES)
def test_what_is_invoiced_later_falls_due_no_earlier(
    terms: Terms, issued_on: date, later: int, working: Calendar, move: Move
) -> None:
    other = issued_on + timedelta(days=later)
    assert terms.due_on(issued_on) <= terms.due_on(other)
    assert terms.first_due_on(issued_on) <= terms.first_due_on(other)
    one = terms.due_on(issued_on, working=working, move=move)
    assert one <= terms.due_on(other, working=working, move=move)


@given(TERMS, DAYS)
def test_no_invoice_waits_longer_than_the_longest(terms: Terms, issued_on: date) -> None:
    if not isinstance(terms.mark, FixedDate):
        assert (terms.due_on(issued_on) - issued_on).days <= terms.longest_days


def test_the_longest_wait_does_happen() -> None:
    """The bound is reached: no smaller one would do."""
    days = [date(2025, 1, 1) + timedelta(days=n) for n in range(1461)]
    for code in ("net_30_eom", "eom_10", "day_31_1", "day_15_0", "day_29_3", "net_7_eow", "3x30"):
        terms = parse_terms(code)
        assert max((terms.due_on(day) - day).days for day in days) == terms.longest_days
