"""Early money reckoned: worked examples of fees and yearly rates, choice, and the position of an advance."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.credit.expressions import InvalidExpression
from usance.rules.funding import choice
from usance.rules.funding.choice import Candidate, InUse, Limits
from usance.rules.funding.position import (
    Booked,
    Standing,
    Step,
    kept,
    needed,
    reserve_released,
    steps,
)
from usance.rules.funding.terms import (
    FeeTerms,
    InvalidTerms,
    effective_annual_rate,
    interest_of,
    recourse_on,
    terms_for,
)

# EUR 10,000.00, 80 % advanced, 30 days: what a treasurer works out with a pocket calculator.
#                 flat, per 30 days, interest, minimum | days | fee, interest | per cent a year
WORKED = [
    ({"flat": 200}, 30, 16_000, 0, "27.86"),  # (8000/7840)^(365/30) - 1
    ({"flat": 200}, 60, 16_000, 0, "13.08"),
    ({"per_30_days": 100}, 30, 8_000, 0, "13.01"),
    ({"per_30_days": 100}, 31, 16_000, 0, "26.85"),  # a second period has begun
    ({"per_30_days": 100}, 90, 24_000, 0, "13.15"),
    ({"interest": 900}, 36, 0, 7_200, "9.51"),  # 8000 x 9 % x 36/360 = 72.00
    ({"interest": 900}, 360, 0, 72_000, "9.13"),
    ({"flat": 50, "interest": 600}, 45, 4_000, 6_000, "10.66"),
    ({"flat": 10, "minimum": 5_000}, 30, 5_000, 0, "7.93"),
    ({"flat": 0}, 30, 0, 0, "0.00"),
]


@pytest.mark.parametrize(("fees", "days", "fee", "interest", "rate"), WORKED)
def test_what_an_advance_truly_costs(
    fees: dict[str, int], days: int, fee: int, interest: int, rate: str
) -> None:
    out = date(2026, 3, 2)
    terms = terms_for(
        1_000_000, rate=8_000, fees=FeeTerms(**fees), paid_out_on=out,
        expected_on=date.fromordinal(out.toordinal() + days),
    )  # fmt: skip
    assert (terms.advanced, terms.reserve) == (800_000, 200_000)
    assert (terms.fee, terms.interest, terms.payout) == (fee, interest, 800_000 - fee)
    assert terms.cost == fee + interest
    assert terms.annual_rate == Decimal(rate)


def test_the_rate_is_that_of_the_directives_equation() -> None:
    # What is received equals what is repaid, discounted: P = A / (1 + X) ^ (days / 365).
    rate = effective_annual_rate(received=784_000, repaid=800_000, days=30)
    assert rate is not None
    discounted = 800_000 / (1 + float(rate) / 100) ** (30 / 365)
    assert abs(discounted - 784_000) < 5
    assert effective_annual_rate(received=100, repaid=100, days=10) == 0
    assert effective_annual_rate(received=0, repaid=100, days=10) is None
    assert effective_annual_rate(received=1, repaid=10**12, days=1) is None


def test_rounding_favours_nobody_but_the_cent() -> None:
    assert terms_for(
        99, rate=8_000, fees=FeeTerms(), paid_out_on=date(2026, 1, 1), expected_on=date(2026, 2, 1)
    ).advanced == 79  # fmt: skip
    assert interest_of(100_000, rate=1, days=18) == 1  # 0.5 of a cent
    assert interest_of(100_000, rate=1, days=17) == 0
    assert recourse_on(date(2026, 1, 31), days=30) == date(2026, 3, 2)


@pytest.mark.parametrize("fees", [{"flat": 10_001}, {"interest": -1}, {"minimum": -1}])
def test_terms_that_cannot_be(fees: dict[str, int]) -> None:
    with pytest.raises(InvalidTerms):
        FeeTerms(**fees)


def test_a_fee_never_takes_all() -> None:
    with pytest.raises(InvalidTerms):
        terms_for(
            1_000, rate=8_000, fees=FeeTerms(minimum=800), paid_out_on=date(2026, 1, 1),
            expected_on=date(2026, 2, 1),
        )  # fmt: skip


# ---- choice

GOOD: dict[str, Any] = {
    "currency": "EUR", "outstanding": 1_000_000, "is_open": True, "is_disputed": False,
    "is_funded": False, "days_old": 0, "days_to_due": 30,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "limits", "reason"),
    [
        ({}, {}, None),
        ({"currency": "USD"}, {}, "wrong_currency"),
        ({"is_disputed": True}, {}, "disputed"),
        ({"is_open": False}, {}, "not_open"),
        ({"is_funded": True}, {}, "already_funded"),
        ({"outstanding": 0}, {}, "nothing_outstanding"),
        ({"days_to_due": -1}, {}, "overdue"),
        ({"days_old": 11}, {"oldest_days": 10}, "too_old"),
        ({"days_to_due": 91}, {"longest_days": 90}, "due_too_late"),
        ({}, {"smallest": 1_000_001}, "too_small"),
        ({}, {"total": 899_999}, "program_limit"),
        ({}, {"total": 900_000}, None),
        ({}, {"per_buyer": 849_999}, "buyer_limit"),
        ({}, {"total": 8_500_000, "concentration": 1_000}, None),
        ({}, {"total": 8_499_999, "concentration": 1_000}, "concentration"),
    ],
)
def test_why_an_invoice_is_not_funded(
    change: dict[str, Any], limits: dict[str, int], reason: str | None
) -> None:
    found = choice.reasons_against(
        Candidate(**GOOD | change), currency="EUR", limits=Limits(**limits), rate=8_000,
        in_use=InUse(total=100_000, buyer=50_000),
    )  # fmt: skip
    assert found == (() if reason is None else (reason,))


def test_conditions_ask_for_what_is_known() -> None:
    facts = {"invoice.amount": 500_000, "buyer.country": "DE", "score.band": None}
    assert choice.holds("", currency="EUR", facts=facts)
    assert choice.holds("invoice.amount >= 5000", currency="EUR", facts=facts)
    assert choice.holds("invoice.amount >= 500000", currency="JPY", facts=facts)
    assert not choice.holds("score.band == 'A'", currency="EUR", facts=facts)
    with pytest.raises(InvalidExpression):
        choice.holds("invoice.colour == 'red'", currency="EUR", facts=facts)


# ---- the position

HALF = Standing(base=1_000_000, outstanding=500_000, credited=0, written_off=0)


@pytest.mark.parametrize(
    ("standing", "booked", "kind", "due", "wanted"),
    [
        # nothing paid, nothing due
        ((1_000_000, 0, 0), {}, "with_recourse", False, []),
        # half paid: it goes to the partner
        ((500_000, 0, 0), {}, "with_recourse", False, [("repayment", 500_000)]),
        # half paid and remitted
        ((500_000, 0, 0), {"repaid": 500_000}, "with_recourse", False, []),
        # a quarter credited: so much less is advanced
        ((750_000, 250_000, 0), {}, "with_recourse", False, [("dilution", 200_000)]),
        # credited and paid
        (
            (500_000, 250_000, 0), {}, "with_recourse", False,
            [("dilution", 200_000), ("repayment", 250_000)],
        ),
        # the partner waits no longer
        ((1_000_000, 0, 0), {}, "with_recourse", True, [("recourse", 800_000)]),
        ((1_000_000, 0, 0), {}, "without_recourse", True, []),
        # written off
        ((0, 0, 1_000_000), {}, "with_recourse", False, [("recourse", 800_000)]),
        ((0, 0, 1_000_000), {}, "without_recourse", False, [("absorb", 800_000)]),
        # the write-off was taken back
        ((1_000_000, 0, 0), {"absorbed": 800_000}, "without_recourse", False, [("revive", 800_000)]),
        # paid, remitted, and the payment returned
        ((1_000_000, 0, 0), {"repaid": 800_000}, "with_recourse", False, [("bear", 800_000)]),
        ((1_000_000, 0, 0), {"repaid": 800_000}, "without_recourse", False, [("reclaim", 800_000)]),
        # borne by the seller before: what the buyer pays now is the seller's
        ((0, 0, 0), {"recoursed": 800_000}, "with_recourse", True, []),
    ],
)  # fmt: skip
def test_what_is_to_be_done(
    standing: tuple[int, int, int], booked: dict[str, int], kind: Any, due: bool, wanted: list[Any]
) -> None:
    outstanding, credited, written_off = standing
    found = steps(
        Booked(advanced=800_000, **booked),
        standing=Standing(
            base=1_000_000, outstanding=outstanding, credited=credited, written_off=written_off
        ),
        kind=kind, recourse_due=due,
    )  # fmt: skip
    assert [(step.kind, step.amount) for step in found] == wanted


def test_the_reserve_is_what_is_paid_beyond_the_advance() -> None:
    assert reserve_released(800_000, standing=HALF) == 0
    paid = Standing(base=1_000_000, outstanding=0, credited=250_000, written_off=0)
    assert (kept(800_000, standing=paid), needed(800_000, standing=paid)) == (600_000, 0)
    assert reserve_released(800_000, standing=paid) == 150_000


def apply(booked: Booked, step: Step) -> Booked:
    """What the books are after a step."""
    parts = {
        "dilution": ("diluted", 1), "repayment": ("repaid", 1), "recourse": ("recoursed", 1),
        "absorb": ("absorbed", 1), "revive": ("absorbed", -1), "reclaim": ("repaid", -1),
    }  # fmt: skip
    now = {name: getattr(booked, name) for name in ("diluted", "repaid", "recoursed", "absorbed")}
    if step.kind == "bear":
        now["repaid"] -= step.amount
        now["recoursed"] += step.amount
    else:
        name, sign = parts[step.kind]
        now[name] += sign * step.amount
    return Booked(advanced=booked.advanced, **now)


BASE = 1_000
Figures = st.tuples(
    st.integers(0, BASE), st.integers(0, BASE), st.booleans(), st.booleans(), st.integers(0, 2)
)


@given(
    advanced=st.integers(1, BASE),
    kind=st.sampled_from(choice.KINDS[1:]),
    moves=st.lists(Figures, min_size=1, max_size=8),
)
def test_any_order_of_what_befalls_an_invoice_comes_to_rest_in_sound_books(
    advanced: int, kind: Any, moves: list[tuple[int, int, bool, bool, int]]
) -> None:
    booked = Booked(advanced=advanced)
    credited = 0
    due = False
    for paid, credit, written, now_due, answered in moves:
        credited = max(credited, min(credit, BASE))  # a credit note is never taken back
        due = due or now_due
        left = max(BASE - credited - paid, 0)
        standing = Standing(
            base=BASE, outstanding=0 if written else left, credited=credited,
            written_off=left if written else 0,
        )  # fmt: skip
        # The partner may have answered only some of it when the next thing happens.
        for _ in range(answered if answered else 8):
            found = steps(booked, standing=standing, kind=kind, recourse_due=due)
            if not found:
                break
            booked = apply(booked, found[0])
            parts = (booked.diluted, booked.repaid, booked.recoursed, booked.absorbed)
            assert min(parts) >= 0, found
            assert 0 <= booked.open <= advanced
        if not answered:
            assert not steps(booked, standing=standing, kind=kind, recourse_due=due)
            # A partner is never owed more than the buyer has still to pay of the advance.
            assert booked.open <= needed(advanced, standing=standing)
            if kind == "without_recourse":
                assert not booked.recoursed
                if not written:
                    assert booked.open == needed(advanced, standing=standing)
            else:
                assert not booked.absorbed
                if written or due:
                    assert booked.open == 0
