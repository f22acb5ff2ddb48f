"""A buyer's own rules, as its credit manager would read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from usance.rules.ordering import (
    Asked,
    ChainStep,
    InvalidChain,
    Ordering,
    Person,
    Spender,
    check_chain,
    period_start,
    rule,
    step_from_document,
    who_may_approve,
)

ANNA, BOSS, CHIEF, OTHER = (UUID(int=n) for n in range(1, 5))
PEOPLE = [
    Person(ANNA, "purchaser"),
    Person(BOSS, "approver"),
    Person(CHIEF, "admin"),
    Person(OTHER, "approver"),
]


def step(position: int = 1, above: int = 0, **fields: object) -> ChainStep:
    return replace(ChainStep(position, above, "EUR"), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("period", "on", "start"),
    [
        ("day", date(2026, 3, 4), date(2026, 3, 4)),
        ("week", date(2026, 3, 4), date(2026, 3, 2)),
        ("week", date(2026, 3, 2), date(2026, 3, 2)),
        ("week", date(2027, 1, 1), date(2026, 12, 28)),
        ("month", date(2026, 3, 31), date(2026, 3, 1)),
        ("month", date(2028, 2, 29), date(2028, 2, 1)),
    ],
)
def test_where_a_period_begins(period: str, on: date, start: date) -> None:
    assert period_start(period, on) == start


BUYER = Ordering(names_member=True, spender=Spender("purchaser"), has_po=True)

REFUSALS = [
    ("nothing asked", BUYER, ()),
    ("no number", replace(BUYER, po_required=True, has_po=False), ("po_number_required",)),
    ("a number", replace(BUYER, po_required=True), ()),
    ("used", replace(BUYER, po_used=True), ("po_number_used",)),
    ("a stranger", replace(BUYER, spender=None), ("unknown_member",)),
    ("a payer", replace(BUYER, spender=Spender("payer")), ("unknown_member",)),
    ("nobody", replace(BUYER, names_member=False, spender=None), ()),
    (
        "nobody, though somebody must be named",
        replace(BUYER, names_member=False, spender=None, members_only=True),
        ("member_required",),
    ),
    ("no such cost centre", replace(BUYER, cost_centre_known=False), ("unknown_cost_centre",)),
    ("a cost centre", replace(BUYER, cost_centre_known=True), ()),
    ("the last cent", replace(BUYER, spender=Spender("admin", 500, None, 0, 500)), ()),
    (
        "one cent more",
        replace(BUYER, spender=Spender("admin", 500, None, 0, 501)),
        ("over_member_order_limit",),
    ),
    ("the rest of the month", replace(BUYER, spender=Spender("admin", None, 900, 400, 500)), ()),
    (
        "more than the rest",
        replace(BUYER, spender=Spender("admin", None, 900, 401, 500)),
        ("over_member_period_limit",),
    ),
    (
        "not to be converted",
        replace(BUYER, spender=Spender("admin", 500, 900, 0, None)),
        ("over_member_order_limit", "over_member_period_limit"),
    ),
    (
        "earlier orders not to be converted",
        replace(BUYER, spender=Spender("admin", None, 900, None, 1)),
        ("over_member_period_limit",),
    ),
]


@pytest.mark.parametrize(
    ("order", "refusals"), [r[1:] for r in REFUSALS], ids=[r[0] for r in REFUSALS]
)
def test_why_an_order_is_refused(order: Ordering, refusals: tuple[str, ...]) -> None:
    assert rule(order).refusals == refusals


@pytest.mark.parametrize(
    ("amounts", "over", "taken"),
    [
        ((500, 500), False, (1,)),
        ((501, 501), False, (1,)),
        ((1001, 1001), False, (1, 2)),
        ((0, 0), False, ()),
        ((None, 0), False, (1,)),
        ((0, 0), True, (1,)),
        ((1001, 1001), True, (1, 2)),
    ],
)
def test_which_steps_an_order_goes_through(
    amounts: tuple[int | None, ...], over: bool, taken: tuple[int, ...]
) -> None:
    steps = (step(1, above=0), step(2, above=1000))
    chain = [Asked(each, amount) for each, amount in zip(steps, amounts, strict=True)]
    spender = Spender("purchaser", 0, None, 0, 1) if over else Spender("purchaser")
    ruling = rule(replace(BUYER, chain=chain, spender=spender))
    assert ruling.refusals == ()
    assert tuple(each.position for each in ruling.steps) == taken


def test_what_is_refused_goes_through_no_step() -> None:
    ruling = rule(replace(BUYER, po_used=True, chain=[Asked(step(), 5)]))
    assert ruling == (("po_number_used",), ())


@pytest.mark.parametrize(
    ("asked", "ordered_by", "spoken", "may"),
    [
        (step(), ANNA, (), {BOSS, CHIEF, OTHER}),
        (step(role="admin"), ANNA, (), {CHIEF}),
        (step(), BOSS, (), {CHIEF, OTHER}),
        (step(), ANNA, (BOSS,), {CHIEF, OTHER}),
        (step(approver=BOSS), ANNA, (), {BOSS, CHIEF}),
        (step(approver=BOSS), BOSS, (), {CHIEF, OTHER}),
        (step(approver=BOSS), ANNA, (BOSS,), {CHIEF, OTHER}),
        (step(approver=ANNA), OTHER, (), {BOSS, CHIEF}),
        (step(approver=UUID(int=9)), None, (), {BOSS, CHIEF, OTHER}),
        (step(role="admin"), CHIEF, (), set()),
    ],
)
def test_who_may_take_a_step(
    asked: ChainStep, ordered_by: UUID | None, spoken: tuple[UUID, ...], may: set[UUID]
) -> None:
    found = who_may_approve(asked, PEOPLE, ordered_by=ordered_by, spoken=spoken)
    assert {person.id for person in found} == may


@pytest.mark.parametrize(
    "steps",
    [
        [step(approver=ANNA)],
        [step(role="payer")],
        [step(1, approver=BOSS), step(2, approver=BOSS)],
        [step(1, approver=BOSS, cost_centre="N"), step(2, approver=BOSS)],
        [step(n) for n in range(11)],
    ],
)
def test_a_chain_that_nobody_could_follow(steps: list[ChainStep]) -> None:
    with pytest.raises(InvalidChain):
        check_chain(steps, approvers={BOSS, CHIEF, OTHER})


def test_a_chain_for_two_cost_centres() -> None:
    check_chain(
        [
            step(1, approver=BOSS, cost_centre="N"),
            step(2, approver=BOSS, cost_centre="S"),
            step(3, approver=CHIEF),
        ],
        approvers={BOSS, CHIEF},
    )


def test_a_step_is_kept_as_it_stands() -> None:
    for one in (step(3, above=5, approver=BOSS, cost_centre="N"), step(role="admin")):
        assert step_from_document(one.to_document()) == one
