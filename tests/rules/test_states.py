"""Which state may follow which."""

from __future__ import annotations

import pytest

from usance.rules import states
from usance.rules.billing import payment_state, settled_state

MACHINES = {
    "order": (states.ORDER, states.ORDER_STATES),
    "invoice": (states.INVOICE, states.INVOICE_STATES),
    "payment": (states.PAYMENT, states.PAYMENT_STATES),
    "credit line": (states.CREDIT_LINE, states.CREDIT_LINE_STATES),
}
FINAL = {
    "order": {"invoiced", "declined", "canceled", "expired"},
    "invoice": {"void"},
    "payment": {"returned", "refunded"},
    "credit line": {"closed"},
}


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_is_known_and_the_ends_are_ends(name: str) -> None:
    pairs, known = MACHINES[name]
    assert {state for pair in pairs for state in pair} == set(known)
    assert all(before != after for before, after in pairs)
    assert set(known) - {before for before, _ in pairs} == FINAL[name]


@pytest.mark.parametrize(
    ("machine", "before", "after"),
    [
        ("order", "declined", "authorized"),
        ("order", "canceled", "authorized"),
        ("order", "invoiced", "authorized"),
        ("order", "partially_invoiced", "canceled"),
        ("order", "partially_invoiced", "expired"),
        ("invoice", "void", "open"),
        ("invoice", "paid", "written_off"),
        ("invoice", "open", "draft"),
        ("payment", "refunded", "unapplied"),
        ("payment", "allocated", "received"),
        ("credit line", "closed", "active"),
        ("credit line", "suspended", "on_hold"),
    ],
)
def test_ways_that_do_not_exist(machine: str, before: str, after: str) -> None:
    with pytest.raises(states.IllegalTransition):
        states.require(MACHINES[machine][0], before=before, after=after)


def test_a_way_that_exists() -> None:
    states.require(states.ORDER, before="authorized", after="invoiced")


def test_an_invoice_only_moves_along_its_machine() -> None:
    """Whatever is credited, paid, freed or written off next, the state that follows is allowed."""
    figures = [
        (credited, allocated, written_off)
        for credited in range(4)
        for allocated in range(4 - credited)
        for written_off in range(4 - credited - allocated)
    ]
    seen = set()
    for before in figures:
        for part in range(3):
            for change in (-1, 1):
                after = list(before)
                after[part] += change
                # Only an allocation is ever taken back.
                if tuple(after) in figures and (change > 0 or part == 1):
                    pair = tuple(
                        settled_state(amount=3, credited=c, allocated=a, written_off=w)
                        for c, a, w in (before, tuple(after))
                    )
                    if pair[0] != pair[1]:
                        seen.add(pair)
    assert seen <= states.INVOICE
    assert ("paid", "open") in seen


def test_a_payment_only_moves_along_its_machine() -> None:
    figures = [(a, r) for a in range(4) for r in range(4 - a)]
    for allocated, refunded in figures:
        before = payment_state(amount=3, allocated=allocated, refunded=refunded)
        for after in ((allocated + 1, refunded), (allocated - 1, refunded)):
            if after in figures:
                state = payment_state(amount=3, allocated=after[0], refunded=after[1])
                assert state == before or (before, state) in states.PAYMENT
