"""What falls due in parts, and what paying early saves. Amounts are cents."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given

from tests.rules.terms_drawn import AMOUNTS, CALENDARS, DAYS, MOVES, TERMS, Calendar
from usance.rules.terms import Discount, Instalment, Move, Terms, parse_terms

ISSUED = date(2026, 3, 2)
"""A Monday."""


def schedule(code: str, amount: int) -> list[tuple[str, int]]:
    """What falls due of an invoice of 2 March 2026."""
    parts = parse_terms(code).schedule(ISSUED, amount)
    return [(f"{part.due_on:%m-%d}", part.amount) for part in parts]


@pytest.mark.parametrize(
    ("code", "amount", "expected"),
    [
        ("net_30", 10_000, [("04-01", 10_000)]),
        ("net_30_eom", 10_000, [("04-30", 10_000)]),
        ("cash_in_advance", 10_000, [("03-02", 10_000)]),
        # 100.00 / 3 = 33.33 and a third of a cent; the last takes the cent.
        ("3x30", 10_000, [("04-01", 3_333), ("05-01", 3_333), ("05-31", 3_334)]),
        ("3x30", 10_001, [("04-01", 3_333), ("05-01", 3_333), ("05-31", 3_335)]),
        ("3x30", 9_999, [("04-01", 3_333), ("05-01", 3_333), ("05-31", 3_333)]),
        # 1 April, 1 May and 31 May, each to the end of its month: the last two meet.
        ("3x30_eom", 9_000, [("04-30", 3_000), ("05-31", 6_000)]),
        ("2x60_eom", 9_000, [("05-31", 4_500), ("06-30", 4_500)]),
        ("at0_30", 1_001, [("03-02", 500), ("04-01", 501)]),
        # 30 % of 1,000.01 = 300.003, rounded down; 1,000.01 - 300.00 = 700.01.
        ("dep30_net_60", 100_001, [("03-02", 30_000), ("05-01", 70_001)]),
        ("dep12.5_day_15_1", 1_000, [("03-02", 125), ("04-15", 875)]),
        # 50 % of 33.33 = 16.665, 30 % = 9.999, rounded down; the rest is 6.68 = 33.33 - 16.66 - 9.99.
        ("50at0_30at30_20at60", 3_333, [("03-02", 1_666), ("04-01", 999), ("05-01", 668)]),
        ("33.3at0_66.7at30", 10_000, [("03-02", 3_330), ("04-01", 6_670)]),
        # 500.00 with the invoice, the rest after 30 days; 200.00 after 15 days as well.
        ("50000cat0_at30", 120_000, [("03-02", 50_000), ("04-01", 70_000)]),
        ("5000cat0_2000cat15_at30", 9_000, [("03-02", 5_000), ("03-17", 2_000), ("04-01", 2_000)]),
        # An invoice that is smaller than the fixed amounts: the first take it all.
        ("50000cat0_at30", 30_000, [("03-02", 30_000)]),
        ("5000cat0_2000cat15_at30", 6_000, [("03-02", 5_000), ("03-17", 1_000)]),
        ("50000cat10_at30_eom", 120_000, [("03-31", 50_000), ("04-30", 70_000)]),
        # Two cents cannot make three parts; nothing of nothing falls due.
        ("3x30", 2, [("05-31", 2)]),
        ("dep30_net_60", 0, []),
    ],
)
def test_what_falls_due_when(code: str, amount: int, expected: list[tuple[str, int]]) -> None:
    assert schedule(code, amount) == expected


def test_parts_that_are_moved_to_the_same_day_are_one() -> None:
    """Saturday 7 March and Sunday 8 March are both Monday 9 March."""
    found = parse_terms("at5_6").schedule(ISSUED, 1_001, working=Calendar())
    assert found == (Instalment(date(2026, 3, 9), 1_001),)


def test_nothing_less_than_nothing_falls_due() -> None:
    with pytest.raises(ValueError, match="-1 minor units cannot fall due"):
        Terms(30).schedule(ISSUED, -1)


@pytest.mark.parametrize(
    ("code", "amount", "expected"),
    [
        ("net_30", 10_000, []),
        # 2 % of 1,234.56 = 24.6912
        ("d2_10_net_30", 123_456, [("03-12", 2_469)]),
        # 1 % of 0.50 = 0.5 cents: halves up.
        ("d1_10_net_30", 50, [("03-12", 1)]),
        ("d2_10_d1_20_net_30", 100_000, [("03-12", 2_000), ("03-22", 1_000)]),
        ("d1.5_10_net_45_eom", 100_000, [("03-12", 1_500)]),
        ("d0.25_0_net_30", 100_000, [("03-02", 250)]),
        ("d2_10_3x30", 100_000, [("03-12", 2_000)]),
        # Due on 15 March at the latest, so paying on the 22nd is not early.
        ("d2_10_d1_20_day_15_0", 100_000, [("03-12", 2_000), ("03-15", 1_000)]),
    ],
)
def test_what_paying_early_saves(code: str, amount: int, expected: list[tuple[str, int]]) -> None:
    found = parse_terms(code).discounts(ISSUED, amount)
    assert [(f"{one.until:%m-%d}", one.amount) for one in found] == expected


def test_a_discount_that_ends_on_a_holiday_ends_after_it() -> None:
    """2 March + 5 is Saturday 7 March."""
    terms = parse_terms("d2_5_net_30")
    assert terms.discounts(ISSUED, 100, working=Calendar()) == (Discount(date(2026, 3, 9), 2),)
    before = terms.discounts(ISSUED, 100, working=Calendar(), move="previous")
    assert before == (Discount(date(2026, 3, 6), 2),)


@given(TERMS, DAYS, AMOUNTS, CALENDARS, MOVES)
def test_the_parts_make_the_whole(
    terms: Terms, issued_on: date, amount: int, working: Calendar, move: Move
) -> None:
    parts = terms.schedule(issued_on, amount, working=working, move=move)
    assert sum(part.amount for part in parts) == amount
    assert all(part.amount > 0 for part in parts)
    days = [part.due_on for part in parts]
    assert days == sorted(set(days))
    if parts and sum(part.amount or 0 for part in terms.parts) < amount:
        assert days[-1] == terms.due_on(issued_on, working=working, move=move)
        assert days[0] >= terms.first_due_on(issued_on, working=working, move=move)
    if amount >= 10_000:
        # No share is under a hundredth of a percent, so every part is there.
        assert days[0] == terms.first_due_on(issued_on, working=working, move=move)


@given(TERMS, DAYS, AMOUNTS)
def test_each_part_is_its_share_but_for_a_cent(terms: Terms, issued_on: date, amount: int) -> None:
    equal = terms.parts and terms.parts[0].share is terms.parts[0].amount is None
    if equal and not terms.end_of_month:
        count = len(terms.parts)
        found = {part.due_on: part.amount for part in terms.schedule(issued_on, amount)}
        for part in found.values():
            assert amount // count <= part < amount // count + count


@given(TERMS, DAYS, AMOUNTS, CALENDARS, MOVES)
def test_who_pays_later_saves_no_more(
    terms: Terms, issued_on: date, amount: int, working: Calendar, move: Move
) -> None:
    found = terms.discounts(issued_on, amount, working=working, move=move)
    assert len(found) == len(terms.tiers)
    assert [one.until for one in found] == sorted(one.until for one in found)
    assert [one.amount for one in found] == sorted((one.amount for one in found), reverse=True)
    last = terms.due_on(issued_on, working=working, move=move)
    assert all(issued_on <= one.until <= last and 0 <= one.amount <= amount for one in found)
