"""Terms of cash are not credit: what is paid before must be there before an order passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from usance.rules.credit.application import Application
from usance.rules.credit.counterfactual import alternatives
from usance.rules.credit.decide import Decision, decide
from usance.rules.credit.exposure import Exposure
from usance.rules.credit.policy import Policy, policy_from_document
from usance.rules.terms import parse_terms

MONDAY = date(2026, 3, 2)
LINE = Exposure("EUR", 1_000_000, 0, 0, 0, 0, 0)
ORDER = Application(100_000, "EUR", "active", None)
CASH = parse_terms("cash_in_advance")
BOTH = Policy(terms=(parse_terms("net_30"), CASH))


def decided(order: Application, *, paid: int = 0, policy: Policy = BOTH) -> Decision:
    return decide(order, replace(LINE, unapplied_cash=paid), policy, MONDAY)


@pytest.mark.parametrize(
    ("asked", "paid", "outcome"),
    [
        ("net_30", 0, "approved"),
        ("cash_in_advance", 0, "declined"),
        ("cash_in_advance", 99_999, "declined"),
        ("cash_in_advance", 100_000, "approved"),
    ],
)
def test_cash_in_advance_is_there_in_full(asked: str, paid: int, outcome: str) -> None:
    decision = decided(replace(ORDER, requested_terms=parse_terms(asked)), paid=paid)
    assert decision.outcome == outcome
    assert decision.reasons == (() if outcome == "approved" else ("prepayment_required",))


def test_it_is_asked_of_whoever_has_no_other_terms() -> None:
    assert decided(replace(ORDER, offered=(CASH,))).reasons == ("prepayment_required",)
    assert decided(ORDER, policy=Policy(terms=(CASH,))).reasons == ("prepayment_required",)


def test_it_is_all_of_the_order_whatever_part_a_rule_asks_for() -> None:
    rules = policy_from_document(
        {
            "currency": "EUR",
            "rules": [
                {
                    "kind": "terms",
                    "name": "deposit",
                    "offer": ["net_30", "cash_in_advance"],
                    "prepay_percent": 20,
                }
            ],
        }
    )
    assert decided(ORDER, paid=20_000, policy=rules).outcome == "approved"
    cash = replace(ORDER, requested_terms=CASH)
    assert decided(cash, paid=20_000, policy=rules).reasons == ("prepayment_required",)
    assert decided(cash, paid=100_000, policy=rules).outcome == "approved"


def test_as_much_as_is_paid_would_pass() -> None:
    order = replace(ORDER, requested_terms=CASH)
    assert decided(order, paid=40_000).up_to == 40_000
    assert decided(replace(order, amount=40_000), paid=40_000).outcome == "approved"


def test_no_part_of_it_paid_before_is_offered_as_a_way() -> None:
    order = replace(ORDER, requested_terms=CASH)
    ways = alternatives(decided(order), order, LINE, BOTH, MONDAY)
    assert [way.kind for way in ways] == []
    offering = replace(BOTH, offer_prepayment=True)
    ways = alternatives(decided(order, policy=offering), order, LINE, offering, MONDAY)
    assert [way.kind for way in ways] == ["prepaid_in_full"]


def test_cash_on_delivery_is_held_like_any_other_order() -> None:
    """The goods are on their way before the money is."""
    delivery = parse_terms("cash_on_delivery")
    policy = Policy(terms=(delivery,))
    assert decided(ORDER, policy=policy).outcome == "approved"
    assert decided(replace(ORDER, amount=1_000_001), policy=policy).reasons == ("limit_exceeded",)
