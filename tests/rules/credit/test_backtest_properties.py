"""What holds of every backtest, whatever was traded."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.credit.pasts import day, hold, order, play, policy, returned
from usance.rules.credit.backtest_history import PastEvent, PastOrder
from usance.rules.credit.backtest_windows import Highest, Window
from usance.rules.credit.score_history import PaidInvoice, payment_history
from usance.rules.credit.score_running import RunningHistory

AMOUNTS = st.integers(1, 2_000_00)


@st.composite
def histories(draw: Any, *, limit: int | None = 10**9) -> list[PastEvent]:
    """Up to forty events of three buyers within half a year, some of them at one instant."""
    days = sorted(draw(st.lists(st.integers(0, 180), max_size=40)))
    events: list[PastEvent] = []
    for number, on in enumerate(days):
        buyer = draw(st.sampled_from(["nordwind", "sudwind", "ostwind"]))
        kind = draw(st.sampled_from(["paid", "lost", "never", "drawn", "return"]))
        amount = draw(AMOUNTS)
        if kind == "return":
            events.append(returned(f"R{number}", on, amount, buyer=buyer))
            continue
        how: dict[str, Any] = {
            "paid": {"paid": draw(st.integers(0, 120))},
            "lost": {"lost": draw(st.integers(31, 120))},
            "never": {"never": True},
        }.get(kind, {})
        events.append(order(f"O{number}", on, amount, buyer=buyer, limit=limit, **how))
    return events


POLICIES = st.sampled_from(
    [
        policy(),
        policy(overdue_days=10),
        policy(hold("late", "history.worst_days_late_12m > 20")),
        policy(hold("large", "order.amount > 900", "review")),
        policy(hold("score", "score.late_probability > 0.03")),
        policy(
            {"kind": "limit", "name": "cap", "amount": "max(history.monthly_turnover, 1000)"},
            over_limit="review",
        ),
        policy({"kind": "limit", "name": "start", "amount": "1500", "use": "suggest"}),
    ]
)


@given(histories(limit=None), POLICIES)
def test_a_policy_changes_nothing_beside_itself(history: list[PastEvent], tried: Any) -> None:
    result, changes = play(history, live=tried, draft=tried)
    assert (changes, result.rules, result.difference.changed.count) == ([], (), 0)
    assert result.live == result.draft
    assert all((m.live, m.live_late) == (m.draft, m.draft_late) for m in result.series)


@given(histories(), POLICIES)
def test_declining_everything_avoids_all_losses_and_loses_all_sales(
    history: list[PastEvent], live: Any
) -> None:
    result, changes = play(history, live=live, draft=policy(hold("never", "true")))
    bad = result.live.late.amount + result.live.unpaid.amount
    assert result.difference.losses_avoided.amount == bad
    assert result.difference.sales_lost.amount == result.live.passed.amount - bad
    assert (result.difference.losses_added.amount, result.difference.sales_gained.amount) == (0, 0)
    assert all(m.draft == m.draft_late == 0 for m in result.series)
    assert len(changes) == result.live.approved.count + result.live.review.count


@given(histories(), st.integers(1, 2_000), st.integers(0, 2_000))
def test_a_stricter_policy_never_approves_more(
    history: list[PastEvent], ceiling: int, less: int
) -> None:
    """Where its rules judge the order alone. One that reads what happened before may approve later
    what it would not have approved had it approved something sooner."""
    loose = policy(hold("large", f"order.amount > {ceiling}"))
    strict = policy(hold("large", f"order.amount > {max(ceiling - less, 0)}"))
    result, changes = play(history, live=loose, draft=strict)
    assert result.draft.approved.count <= result.live.approved.count
    assert result.draft.approved.amount <= result.live.approved.amount
    assert {change.draft for change in changes} <= {"declined"}
    assert all(moment.draft <= moment.live for moment in result.series)
    assert result.difference.looser.count == 0


@given(histories(), POLICIES, POLICIES)
def test_the_figures_add_up(history: list[PastEvent], live: Any, draft: Any) -> None:
    result, changes = play(history, live=live, draft=draft)
    orders = [event for event in history if isinstance(event, PastOrder)]
    for side in (result.live, result.draft):
        assert side.orders == result.orders == len(orders)
        total = side.approved.amount + side.review.amount + side.declined.amount
        assert total == sum(one.amount for one in orders)
    found = result.difference
    assert found.changed.count == len(changes) == found.stricter.count + found.looser.count
    assert sum(c.bad for c in changes) == found.losses_avoided.amount + found.losses_added.amount
    assert sum(c.good for c in changes) == found.sales_lost.amount + found.sales_gained.amount
    assert all(change.rules for change in changes)
    for rule in result.rules:
        touched = [change for change in changes if rule.rule in change.rules]
        assert rule.orders == len(touched) == rule.stricter + rule.looser
        assert rule.amount == sum(change.amount for change in touched)
    assert all(m.live >= m.live_late >= 0 for m in result.series)


@given(histories(limit=None), POLICIES, POLICIES, st.randoms(use_true_random=False))
def test_orders_of_one_instant_are_decided_in_one_order(
    history: list[PastEvent], live: Any, draft: Any, chance: random.Random
) -> None:
    shuffled = sorted(history, key=lambda event: (event.at, chance.random()))
    assert play(history, live=live, draft=draft) == play(shuffled, live=live, draft=draft)


@given(histories(limit=None), POLICIES, st.integers(0, 180))
def test_the_future_is_not_known(history: list[PastEvent], tried: Any, until: int) -> None:
    """What is decided by a day is the same whatever comes after it."""
    refusal = policy(hold("never", "true"))
    known = [event for event in history if event.on <= day(until)]
    _, all_changes = play(history, live=refusal, draft=tried)
    _, early_changes = play(known, live=refusal, draft=tried)
    early = [c for c in all_changes if c.on <= day(until)]
    assert [(c.order, c.draft, c.draft_reasons) for c in early] == [
        (c.order, c.draft, c.draft_reasons) for c in early_changes
    ]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 900), st.integers(0, 90), st.none() | st.integers(-30, 200),
            st.booleans(), AMOUNTS,
        ),
        max_size=25,
    ),
    st.integers(0, 1_000),
)  # fmt: skip
def test_running_sums_are_those_of_the_whole_history(
    rows: list[tuple[int, int, int | None, bool, int]], on: int
) -> None:
    invoices = [
        PaidInvoice(
            amount=amount,
            issued_on=day(issued),
            due_on=day(issued + due),
            settled_on=None if late is None else day(max(issued, issued + due + late)),
            disputed=disputed,
        )
        for issued, due, late, disputed, amount in rows
    ]
    running = RunningHistory()
    for one in invoices:
        if one.issued_on <= day(on):
            running.issue(one.amount)
    settled = [i for i in invoices if i.settled_on and i.settled_on <= day(on)]
    for one in sorted(settled, key=lambda one: one.settled_on or date.max):
        assert one.settled_on is not None
        running.settle(
            issued_on=one.issued_on, due_on=one.due_on,
            settled_on=one.settled_on, disputed=one.disputed,
        )  # fmt: skip
    still = [i.due_on for i in invoices if i.issued_on <= day(on) and i not in settled]
    found = running.at(day(on), open_due_on=still).to_document()
    expected = payment_history(invoices, day(on)).to_document()
    for fading in ("recent_settled", "recent_days_late"):
        assert found.pop(fading) == pytest.approx(expected.pop(fading), abs=1e-9)
    assert found == expected


def brute(entries: Sequence[tuple[int, int]], on: int, days: int) -> list[int]:
    return [amount for then, amount in entries if on - days < then <= on]


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(-50, 500)), min_size=1, max_size=30),
    st.integers(1, 20),
)
def test_windows_hold_what_the_last_days_had(steps: list[tuple[int, int]], days: int) -> None:
    window, highest, on, entries = Window(days), Highest(days), 0, []
    for step, amount in steps:
        on += step // 5
        entries.append((on, amount))
        window.add(day(on), amount=amount)
        highest.add(day(on), amount=amount)
        inside = brute(entries, on, days)
        assert (window.move_to(day(on)).total, window.count) == (sum(inside), len(inside))
        assert highest.at(day(on)) == max(inside)
    assert highest.at(day(on) + timedelta(days=days)) == 0
