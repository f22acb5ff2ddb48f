"""When an invoice falls due."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.terms import LONGEST_TERM, Terms, UnknownTerms, parse_terms

TERMS = st.builds(Terms, st.integers(0, LONGEST_TERM), st.booleans())
DAYS = st.dates(date(2000, 1, 1), date(2098, 12, 31))


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
    ],
)
def test_due_dates(code: str, issued_on: str, due_on: str) -> None:
    assert parse_terms(code).due_on(date.fromisoformat(issued_on)) == date.fromisoformat(due_on)


@pytest.mark.parametrize(
    "code", ["", "net", "net_", "net_-30", "net_366", "net_1000", "NET_30", "net_30_EOM", "30",
             " net_30", "net_30 ", "net_30_eom_x", "net_3.5"]
)  # fmt: skip
def test_what_is_not_a_terms_code_is_refused(code: str) -> None:
    with pytest.raises(UnknownTerms):
        parse_terms(code)


@given(TERMS)
def test_a_code_reads_back_as_its_terms(terms: Terms) -> None:
    assert parse_terms(terms.code) == terms


@given(TERMS, DAYS)
def test_nothing_falls_due_before_its_days_have_run(terms: Terms, issued_on: date) -> None:
    due = terms.due_on(issued_on)
    assert due >= issued_on + timedelta(days=terms.days)
    if terms.end_of_month:
        assert (due + timedelta(days=1)).day == 1
    else:
        assert due == issued_on + timedelta(days=terms.days)
