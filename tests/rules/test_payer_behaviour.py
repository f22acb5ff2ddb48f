"""Simulated payers: the same each time, and together like a real debtor book."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from usance.rules.billing import reference_key
from usance.rules.matching.quoted import references
from usance.rules.payer_behaviour import (
    AT_THE_TILL,
    CHARACTERS,
    LATEST,
    Habit,
    draw,
    habit_of,
    manner,
    pays_on,
    remittance_text,
)

MONDAY = date(2026, 3, 2)


def test_the_shares_of_the_characters_sum_to_a_hundred() -> None:
    assert sum(character.share for character in CHARACTERS) == 100


def test_a_buyer_keeps_its_habit_and_another_seed_gives_another_world() -> None:
    habits = [habit_of(f"C{n}", seed=1) for n in range(300)]
    assert habits == [habit_of(f"C{n}", seed=1) for n in range(300)]
    assert habits != [habit_of(f"C{n}", seed=2) for n in range(300)]


def test_many_buyers_are_spread_over_the_characters_as_told() -> None:
    count = Counter(habit_of(f"C{n}", seed=7).character.name for n in range(4000))
    for character in CHARACTERS:
        assert abs(count[character.name] / 40 - character.share) < 3


@given(st.integers(), st.text(max_size=10), st.integers(0, 90))
def test_money_arrives_on_a_banking_day_after_the_invoice_and_not_years_later(
    seed: int, invoice: str, term: int
) -> None:
    habit = habit_of(f"buyer of {invoice}", seed=seed)
    due_on = MONDAY + timedelta(days=term)
    day = pays_on(habit, seed=seed, invoice=invoice, issued_on=MONDAY, due_on=due_on)
    assert day.weekday() < 5
    assert MONDAY < day <= due_on + timedelta(days=LATEST + 9)
    if habit.run_weekday is not None:
        assert day.weekday() == habit.run_weekday


def test_the_slow_pay_later_than_the_prompt() -> None:
    def average(name: str) -> float:
        [character] = [c for c in CHARACTERS if c.name == name]
        habit = Habit("b", character, run_weekday=None, careless=0)
        due = MONDAY + timedelta(days=30)
        days = [
            (pays_on(habit, seed=1, invoice=str(n), issued_on=MONDAY, due_on=due) - due).days
            for n in range(500)
        ]
        return sum(days) / len(days)

    assert average("prompt") < 2 < average("ordinary") < 10 < average("slow")
    assert average("slow") < 30 < average("struggling")


def test_at_the_till_is_paid_the_same_or_the_next_banking_day() -> None:
    habit = Habit("till", AT_THE_TILL, run_weekday=None, careless=0)
    friday = MONDAY + timedelta(days=4)
    days = {
        pays_on(habit, seed=3, invoice=str(n), issued_on=friday, due_on=friday) for n in range(50)
    }
    assert days == {friday, friday + timedelta(days=3)}


def test_careless_payers_write_nothing_useful_as_often_as_told() -> None:
    habit = Habit("b", CHARACTERS[0], run_weekday=None, careless=60)
    count = Counter(manner(habit, seed=5, transfer=str(n)) for n in range(2000))
    assert abs(count["none"] / 20 - 30) < 4
    assert abs(count["mangled"] / 20 - 30) < 4


@given(st.lists(st.integers(1, 999_999), min_size=1, max_size=5))
def test_only_an_exact_text_names_an_invoice(sequences: list[int]) -> None:
    numbers = [f"INV-2026-{n:06d}" for n in sequences]
    keys = {reference_key(number) for number in numbers}
    everything = {reference_key(f"INV-2026-{n:06d}") for n in range(0, 1_000_000, 997)} | keys
    assert keys <= references([remittance_text("exact", numbers)])
    for other in ("none", "mangled"):
        assert not everything & references([remittance_text(other, numbers)])  # type: ignore[arg-type]


def test_draws_are_even() -> None:
    values = [draw(1, "x", n) for n in range(5000)]
    assert all(0 <= value < 1 for value in values)
    assert abs(sum(values) / 5000 - 0.5) < 0.02
