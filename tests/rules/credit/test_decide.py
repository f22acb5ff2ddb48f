"""May this buyer order this much on account? Amounts are whole euros here, to be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.credit.decide import BUYER_SAFE, Application, Decision, decide
from usance.rules.credit.exposure import Exposure
from usance.rules.credit.policy import Policy
from usance.rules.terms import Terms

MONDAY = date(2026, 3, 2)
NET_30, NET_60 = Terms(30), Terms(60)
POLICY = Policy(
    overdue_days=30,
    order_ceiling={"EUR": 8_000},
    review_above={"EUR": 5_000},
    terms=(NET_30, NET_60),
    authorization_days=14,
)
LINE = Exposure("EUR", 10_000, 0, 0, 0, 0, 0)
ORDER = Application(amount=1_000, currency="EUR", line_state="active", oldest_due_on=None)

CASES = [
    # what is unusual about the order                    outcome     reasons                   up to
    ({}, {}, "approved", [], 5_000),
    ({"amount": 5_000}, {}, "approved", [], 5_000),
    ({"amount": 5_001}, {}, "review", ["above_review_amount"], 5_000),
    ({"amount": 8_000}, {}, "review", ["above_review_amount"], 5_000),
    ({"amount": 8_001}, {}, "declined", ["over_order_ceiling"], 5_000),
    ({"amount": 10_001}, {}, "declined", ["over_order_ceiling", "limit_exceeded"], 5_000),
    ({"line_state": None}, {}, "declined", ["no_credit_line"], None),
    ({"line_state": "on_hold"}, {}, "declined", ["line_on_hold"], None),
    ({"line_state": "suspended"}, {}, "declined", ["line_suspended"], None),
    ({"line_state": "closed"}, {}, "declined", ["line_closed"], None),
    # overdue by 30 days is let pass, by 31 is not
    ({"oldest_due_on": date(2026, 1, 31)}, {}, "approved", [], 5_000),
    ({"oldest_due_on": date(2026, 1, 30)}, {}, "declined", ["overdue"], None),
    ({"oldest_due_on": date(2026, 4, 1)}, {}, "approved", [], 5_000),
    # terms: the policy's, unless the line names its own
    ({"requested_terms": NET_60}, {}, "approved", [], 5_000),
    ({"requested_terms": Terms(90)}, {}, "declined", ["terms_not_offered"], None),
    ({"requested_terms": Terms(90), "offered": (Terms(90),)}, {}, "approved", [], 5_000),
    (
        {"requested_terms": NET_60, "offered": (NET_30,)},
        {},
        "declined",
        ["terms_not_offered"],
        None,
    ),
    # what is used already
    ({"amount": 1_000}, {"receivable": 9_000}, "approved", [], 1_000),
    ({"amount": 1_001}, {"receivable": 9_000}, "declined", ["limit_exceeded"], 1_000),
    ({"amount": 1_001}, {"receivable": 9_000, "tolerance": 1}, "approved", [], 1_001),
    ({"amount": 2_000}, {"commitments": 9_000, "unapplied_cash": 1_000}, "approved", [], 2_000),
    ({"amount": 1}, {"external": 10_000}, "declined", ["limit_exceeded"], None),
    ({"amount": 1}, {"receivable": 12_000}, "declined", ["limit_exceeded"], None),
    # the first reason does not hide the others, nor does review soften a refusal
    (
        {"amount": 6_000, "line_state": "on_hold", "oldest_due_on": date(2025, 1, 1)},
        {"receivable": 9_000},
        "declined",
        ["line_on_hold", "overdue", "limit_exceeded"],
        None,
    ),
    # ceilings bind their own currency only
    ({"amount": 9_000, "currency": "USD"}, {"currency": "USD"}, "approved", [], 10_000),
]


@pytest.mark.parametrize(("order", "used", "outcome", "reasons", "up_to"), CASES)
def test_decisions(
    order: dict[str, object],
    used: dict[str, object],
    outcome: str,
    reasons: list[str],
    up_to: int | None,
) -> None:
    decision = decide(replace(ORDER, **order), replace(LINE, **used), POLICY, MONDAY)
    assert (decision.outcome, list(decision.reasons), decision.up_to) == (outcome, reasons, up_to)


def test_terms_and_dates_of_an_approval() -> None:
    decision = decide(ORDER, LINE, POLICY, MONDAY)
    assert (decision.terms, decision.due_on) == (NET_30, date(2026, 4, 1))
    assert decision.expires_on == date(2026, 3, 16)
    own = decide(replace(ORDER, offered=(Terms(14), NET_30)), LINE, POLICY, MONDAY)
    assert own.terms == Terms(14), "the first of the line's own terms is the usual one"


def test_a_policy_that_forgives_every_delay() -> None:
    late = replace(ORDER, oldest_due_on=date(2020, 1, 1))
    assert decide(late, LINE, replace(POLICY, overdue_days=None), MONDAY).outcome == "approved"


def test_every_rule_leaves_its_trace() -> None:
    trace = decide(replace(ORDER, amount=6_000), LINE, POLICY, MONDAY).trace
    assert [(step.rule, step.held) for step in trace] == [
        ("line_active", True),
        ("terms_not_offered", True),
        ("overdue", True),
        ("over_order_ceiling", True),
        ("limit_exceeded", True),
        ("above_review_amount", False),
    ]
    assert dict(trace[-1].compared) == {"amount": 6_000, "review_above": 5_000}


def test_what_a_buyer_may_not_be_told() -> None:
    assert {reason for reason, safe in BUYER_SAFE.items() if not safe} == {
        "line_on_hold",
        "line_suspended",
        "line_closed",
        "over_order_ceiling",
        "above_review_amount",
        "unknown_facts",
    }


AMOUNTS = st.integers(0, 20_000)
LINES = st.builds(Exposure, st.just("EUR"), AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)
APPLICATIONS = st.builds(
    Application,
    amount=st.integers(1, 20_000),
    currency=st.just("EUR"),
    line_state=st.sampled_from([None, "active", "active", "active", "on_hold", "closed"]),
    oldest_due_on=st.none() | st.dates(date(2025, 12, 1), date(2026, 5, 1)),
    requested_terms=st.sampled_from([None, NET_30, NET_60, Terms(90)]),
)
CEILINGS = st.dictionaries(st.just("EUR"), AMOUNTS)
POLICIES = st.builds(
    Policy,
    overdue_days=st.none() | st.integers(0, 60),
    order_ceiling=CEILINGS,
    review_above=CEILINGS,
    terms=st.just((NET_30, NET_60)),
)
SEVERITY = {"approved": 0, "review": 1, "declined": 2}


def severity(decision: Decision) -> int:
    return SEVERITY[decision.outcome]


@given(APPLICATIONS, LINES, POLICIES, st.integers(0, 20_000))
def test_a_smaller_order_is_never_judged_harder(
    order: Application, line: Exposure, policy: Policy, less: int
) -> None:
    smaller = replace(order, amount=max(1, order.amount - less))
    assert severity(decide(smaller, line, policy, MONDAY)) <= severity(
        decide(order, line, policy, MONDAY)
    )


@given(APPLICATIONS, LINES, POLICIES, AMOUNTS, AMOUNTS)
def test_a_larger_limit_never_harms(
    order: Application, line: Exposure, policy: Policy, limit: int, tolerance: int
) -> None:
    raised = replace(line, limit=line.limit + limit, tolerance=line.tolerance + tolerance)
    assert severity(decide(order, raised, policy, MONDAY)) <= severity(
        decide(order, line, policy, MONDAY)
    )


@given(APPLICATIONS, LINES, POLICIES)
def test_the_counterfactual_is_true(order: Application, line: Exposure, policy: Policy) -> None:
    up_to = decide(order, line, policy, MONDAY).up_to
    if up_to is None:
        assert decide(replace(order, amount=1), line, policy, MONDAY).outcome != "approved"
        return
    assert decide(replace(order, amount=up_to), line, policy, MONDAY).outcome == "approved"
    assert decide(replace(order, amount=up_to + 1), line, policy, MONDAY).outcome != "approved"


@given(APPLICATIONS, LINES, POLICIES)
def test_every_answer_but_a_yes_gives_a_known_reason(
    order: Application, line: Exposure, policy: Policy
) -> None:
    decision = decide(order, line, policy, MONDAY)
    assert bool(decision.reasons) == (decision.outcome != "approved")
    assert set(decision.reasons) <= set(BUYER_SAFE)
    if decision.outcome == "approved":
        assert order.amount <= line.available
    assert decision == decide(order, line, policy, MONDAY)
