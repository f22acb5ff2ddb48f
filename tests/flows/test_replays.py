"""What was decided is decided again from what was kept, with the same answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.trading import Trade
from usance.flows import credit_lines, policies, replays
from usance.flows.checkout import Authorization
from usance.flows.exchange_rates import set_rate
from usance.flows.refusals import NotFound
from usance.records.credit.models import CreditPolicy, Decision, PolicyRelease, Standing
from usance.records.identity import new_id
from usance.rules.credit import counterfactual, decide
from usance.rules.credit.policy import BUYER_SAFE
from usance.rules.orders import Line
from usance.rules.terms import parse_terms

RULES: tuple[dict[str, Any], ...] = (
    {"kind": "eligibility", "name": "vat", "when": "buyer.vat_verified", "otherwise": "review"},
    {"kind": "hold", "name": "late", "when": "history.late_share > 0.25", "then": "review"},
    {"kind": "hold", "name": "young", "when": "buyer.days_known < 10 && order.amount > 2000"},
    {"kind": "hold", "name": "one_line", "when": "order.largest_line > 1500", "then": "review"},
    {"kind": "hold", "name": "gifts", "when": "'GIFT' in order.skus"},
    {"kind": "limit", "name": "turnover", "amount": "history.turnover_12m / 12 * 2"},
    {"kind": "limit", "name": "covered", "when": "has(line.insured_limit)", "amount": "5000"},
    {"kind": "terms", "name": "gold", "when": "score.band == 'A'", "offer": ["net_60", "net_30"]},
    {
        "kind": "terms",
        "name": "deposit",
        "when": "history.orders < 3",
        "offer": ["net_30"],
        "prepay_percent": 20,
    },
    {"kind": "terms", "name": "rest", "offer": ["net_30", "cash_in_advance"]},
)
STANDING = st.fixed_dictionaries(
    {
        "buyer.vat_verified": st.none() | st.booleans(),
        "history.late_share": st.none() | st.sampled_from(["0.1", "0.3", "0.25"]),
        "history.turnover_12m": st.none() | st.integers(0, 8_000_000),
        "history.orders": st.none() | st.integers(0, 5),
        "score.band": st.none() | st.sampled_from("ABE"),
    }
)
WORLDS = st.fixed_dictionaries(
    {
        "rules": st.lists(st.sampled_from(RULES), unique_by=lambda r: str(r["name"])),
        "over_limit": st.sampled_from(["decline", "review"]),
        "review_above": st.none() | st.integers(50_000, 400_000),
        "standing": st.none() | STANDING,
        "paid": st.just(0) | st.integers(1, 300_000),
        "owed": st.just(0) | st.integers(1, 900_000),
        "line_terms": st.sampled_from([(), ("net_45",), ("cash_in_advance",)]),
        "orders": st.lists(
            st.tuples(
                st.integers(1, 600_000),
                st.sampled_from([None, "net_30", "net_60", "net_45", "cash_in_advance"]),
                st.sampled_from(["EUR", "USD"]),
                st.booleans(),
                st.integers(0, 90),
            ),
            min_size=1,
            max_size=4,
        ),
    }
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(WORLDS)
def test_every_decision_of_a_little_world_replays_the_same(
    trade: Trade, world: dict[str, Any]
) -> None:
    here = _living(trade, world)
    for amount, terms, currency, gifts, days in world["orders"]:
        lines = [Line(description="a", amount=amount, sku="GIFT" if gifts else "BOLT")]
        moment = here.days_later(days)
        [made] = moment.authorize(
            moment.request(
                amount,
                currency=currency,
                terms=parse_terms(terms) if terms else None,
                lines=lines,
            )
        )
        assert isinstance(made, Authorization), made
        replayed = replays.replay(here.seller, decision_id=made.decision_id)
        assert replayed.again == replayed.recorded
        assert replayed.same
        assert replayed.recorded.outcome == made.decision.outcome


def _living(trade: Trade, world: dict[str, Any]) -> Trade:
    """A fresh buyer of the seller's, and the policy of this world."""
    policies.set_policy(
        trade.seller,
        policies.read_policy(
            trade.seller,
            {
                "rules": world["rules"],
                "over_limit": world["over_limit"],
                "review_above": {"EUR": world["review_above"]} if world["review_above"] else {},
            },
        ),
        **trade.act,
    )
    here = trade.other_buyer()
    set_rate(
        trade.seller,
        source="USD",
        target="EUR",
        rate=Decimal("0.91"),
        on=date(2026, 1, 1),
        **trade.act,
    )
    for currency in ("EUR", "USD"):
        credit_lines.set_credit_line(
            here.seller,
            buyer_id=here.buyer.id,
            currency=currency,
            limit=1_000_000,
            tolerance=10_000,
            terms=[parse_terms(code) for code in world["line_terms"]],
            **here.act,
        )
    if world["standing"] is not None:
        Standing.objects.update_or_create(
            seller=here.seller,
            buyer=here.buyer,
            defaults={
                "facts": {
                    "values": {k: v for k, v in world["standing"].items() if v is not None},
                    "at": here.at.isoformat(),
                    "since": {"buyer.vat_verified": (here.at - timedelta(days=9)).isoformat()},
                },
                "computed_at": here.at,
            },
        )
    if world["owed"]:
        here.authorize(here.request(world["owed"]))
    if world["paid"]:
        here.payment(world["paid"])
    return here


def test_the_decision_keeps_the_times_of_its_facts(trade: Trade) -> None:
    here = _living(
        trade,
        {
            "rules": [RULES[0], RULES[1]],
            "over_limit": "decline",
            "review_above": None,
            "standing": {"buyer.vat_verified": True, "history.late_share": "0.1"},
            "owed": 0,
            "paid": 0,
            "line_terms": (),
        },
    )
    [made] = here.authorize(here.request(1_000))
    assert isinstance(made, Authorization)
    kept = here.stored(Decision, made.decision_id).facts
    assert kept["known"] == {"buyer.vat_verified": True, "history.late_share": "0.1"}
    assert datetime.fromisoformat(kept["standing_at"]) == here.at
    assert set(kept["since"]) == {"buyer.vat_verified"}


def test_a_rule_that_reads_nothing_but_the_largest_line_replays(trade: Trade) -> None:
    """The one derived fact that does not follow from the amounts of the order and its line."""
    policies.set_policy(
        trade.seller, policies.read_policy(trade.seller, {"rules": [RULES[3]]}), **trade.act
    )
    lines = [Line(description="a", amount=160_000), Line(description="b", amount=1_000)]
    [made] = trade.authorize(trade.request(161_000, lines=lines))
    assert isinstance(made, Authorization)
    assert made.decision.reasons == ("one_line",)
    assert replays.replay(trade.seller, decision_id=made.decision_id).same


def test_a_decision_of_the_first_release_replays(trade: Trade) -> None:
    """It kept neither the day nor the terms asked for; the trace says them."""
    policy = CreditPolicy.objects.get(seller_id=trade.seller.id)
    facts = {
        "line_state": "active", "limit": 1_000_000, "tolerance": 50_000, "commitments": 0,
        "receivable": 122_000, "external": 0, "unapplied_cash": 0, "oldest_due_on": "2026-04-02",
    }  # fmt: skip
    old = Decision.objects.create(
        seller=trade.seller,
        created_at=datetime(2026, 3, 3, 23, 30, tzinfo=UTC),
        buyer=trade.buyer,
        policy=policy,
        outcome="declined",
        reasons=["terms_not_offered"],
        amount=244_000,
        currency="EUR",
        terms="net_90",
        up_to=None,
        facts=facts,
        trace=[
            ["line_active", True, {"state": "active"}],
            ["terms_not_offered", False, {"asked": "net_90", "offered": ["net_30"]}],
            ["overdue", True, {"days_overdue": 0, "allowed": 30}],
        ],
    )
    assert replays.replay(trade.seller, decision_id=old.id).same
    assert replays.rested_on(trade.seller, old).on == date(2026, 3, 4), "the seller's day"


def test_a_decision_that_was_tampered_with_is_found(trade: Trade) -> None:
    [made] = trade.authorize(trade.request(1_000))
    assert isinstance(made, Authorization)
    kept = trade.stored(Decision, made.decision_id)
    forged = Decision.objects.create(
        seller=trade.seller,
        created_at=trade.at,
        buyer=trade.buyer,
        policy_id=kept.policy_id,
        outcome="declined",
        reasons=["overdue"],
        amount=kept.amount,
        currency=kept.currency,
        terms=kept.terms,
        up_to=kept.up_to,
        facts=kept.facts,
        trace=kept.trace,
    )
    replayed = replays.replay(trade.seller, decision_id=forged.id)
    assert not replayed.same
    assert (replayed.recorded.outcome, replayed.again.outcome) == ("declined", "approved")


def test_what_the_buyers_own_rules_said_is_taken_as_said(trade: Trade) -> None:
    [made] = trade.authorize(trade.request(2_000_000))
    assert isinstance(made, Authorization)
    kept = trade.stored(Decision, made.decision_id)
    for outcome, reasons in (
        ("declined", ["po_number_required", "limit_exceeded"]),
        ("declined", ["over_member_order_limit", "limit_exceeded"]),
    ):
        old = Decision.objects.create(
            seller=trade.seller,
            created_at=trade.at,
            buyer=trade.buyer,
            policy_id=kept.policy_id,
            outcome=outcome,
            reasons=reasons,
            amount=kept.amount,
            currency="EUR",
            terms=kept.terms,
            up_to=None,
            facts=kept.facts,
            trace=kept.trace,
        )
        assert replays.replay(trade.seller, decision_id=old.id).same


def test_every_reason_is_either_ours_or_the_buyers() -> None:
    """A new built-in reason must be sorted, or its decisions would not replay."""
    assert set(BUYER_SAFE) >= replays.OURS
    for module in (decide, counterfactual):
        source = Path(str(module.__file__)).read_text()
        assert not [code for code in replays.BUYERS if f'"{code}"' in source]


def test_another_sellers_decision_is_not_found(trade: Trade) -> None:
    with pytest.raises(NotFound):
        replays.replay(trade.seller, decision_id=new_id())


def test_a_later_version_does_not_change_the_replay(trade: Trade) -> None:
    [made] = trade.authorize(trade.request(500_000))
    assert isinstance(made, Authorization)
    policies.set_policy(
        trade.seller,
        policies.read_policy(trade.seller, {"order_ceiling": {"EUR": 1}}),
        **trade.act,
    )
    assert PolicyRelease.objects.filter(seller_id=trade.seller.id).count() == 2
    later = replace(trade, at=trade.at + timedelta(days=2000))
    assert replays.replay(later.seller, decision_id=made.decision_id).same
