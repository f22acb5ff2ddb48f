"""The house under written rules: versions, a trial, things that wait, deputies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.web import house as houses
from tests.web.house import House
from usance.flows import delegations, policies
from usance.records.credit.models import CreditPolicy, Review, Standing
from usance.records.identity import public_id

RULES: list[dict[str, Any]] = [
    {
        "kind": "hold",
        "name": "much_overdue",
        "when": "history.overdue > 5000 && buyer.days_overdue > 45",
        "then": "decline",
        "tell_buyer": True,
        "note": "Please settle what is overdue first.",
    },
    {
        "kind": "eligibility",
        "name": "tax_number_confirmed",
        "when": "buyer.vat_verified",
        "otherwise": "review",
    },
    {
        "kind": "hold",
        "name": "risky_country",
        "when": "!(buyer.country in ['IT', 'DE', 'NL', 'FR', 'ES', 'RO', 'IN'])",
        "then": "review",
    },
    {
        "kind": "limit",
        "name": "two_months",
        "when": "history.orders >= 3",
        "amount": "month * 2",
        "note": "Two months of what it buys.",
    },
    {"kind": "limit", "name": "new_buyer", "when": "history.orders < 3", "amount": "2500"},
    {
        "kind": "terms",
        "name": "gold",
        "when": "line.tier == 'gold'",
        "offer": ["net_60_eom", "net_30"],
    },
    {"kind": "price", "name": "sixty_days", "terms": "net_60_eom", "percent": "1.5"},
    {
        "kind": "route",
        "name": "large_amounts",
        "when": "review.amount > 20000",
        "roles": ["credit_manager", "admin"],
        "people": 2,
        "hours": 24,
        "escalate_to": "admin",
    },
]


@dataclass
class Ruled:
    """What the pages of this house show; ids are public."""

    house: House
    deciding: str
    former: str
    trial: str
    waiting: str
    order_review: str
    policy_review: str
    order: str
    decision: str
    old_decision: str
    delegation: str


def rule(house: House) -> Ruled:
    """Let written rules decide, with a second person for the next version."""
    seller, by = house.seller, houses._by(house, "chiara")
    for key in ("nordmann", "bianchi", "girard"):
        Standing.objects.update_or_create(
            seller=seller,
            buyer=house.buyers[key],
            defaults={
                "facts": {
                    "values": {
                        "buyer.vat_verified": True,
                        "history.orders": 6,
                        "history.overdue": 0,
                        "history.turnover_12m": 96_000_000,
                    },
                    "at": houses.days_ago(1).isoformat(),
                    "since": {"buyer.vat_verified": houses.days_ago(20).isoformat()},
                },
                "computed_at": houses.days_ago(1),
            },
        )
    former = CreditPolicy.objects.get(seller_id=seller.id)
    written = {
        "rules": RULES,
        "values": {"month": "history.turnover_12m / 12"},
        "review_above": {"EUR": 2_500_000},
        "order_ceiling": {"EUR": 6_000_000},
        "over_limit": "review",
        "second_person": True,
        "terms": ["net_30", "net_60_eom"],
    }
    at = houses.days_ago(0, hour=7)
    deciding = policies.set_policy(
        seller,
        policies.read_policy(seller, written),
        at=at,
        by=by,
        note="Written rules instead of settings alone",
    )
    trial = policies.draft_policy(
        seller,
        policies.read_policy(
            seller,
            written | {"rules": [*RULES[:3], RULES[3] | {"amount": "month"}, *RULES[4:]]},
        ),
        at=at,
        by=by,
        note="One month instead of two",
    )
    policies.try_policy(seller, policy_id=trial.id, at=at, by=by)
    made = houses.order(house, "nordmann", 5_900_000, ago=0, name="rv-1")
    small = houses.order(house, "nordmann", 120_000, ago=0, name="rv-2")
    waiting = policies.set_policy(
        seller,
        policies.read_policy(seller, written | {"overdue_days": 14, "rules": RULES[1:]}),
        at=houses.days_ago(0, hour=8),
        by=by,
        effective_at=houses.TODAY + timedelta(days=10),
        note="From December: stricter about what is overdue",
    )
    policy_review = Review.objects.get(seller_id=seller.id, subject_id=waiting.id)
    order_review = Review.objects.get(seller_id=seller.id, subject_id=made.order_id)
    delegation = delegations.name_deputy(
        seller,
        principal=house.email("chiara"),
        deputy=house.email("marco"),
        from_on=houses.TODAY.date(),
        until_on=houses.TODAY.date() + timedelta(days=14),
        at=houses.TODAY,
        by=by,
    )
    return Ruled(
        house=house,
        deciding=public_id("policy", deciding.id),
        former=public_id("policy", former.id),
        trial=public_id("policy", trial.id),
        waiting=public_id("policy", waiting.id),
        order_review=public_id("review", order_review.id),
        policy_review=public_id("review", policy_review.id),
        order=public_id("order", made.order_id),
        decision=public_id("decision", small.decision_id),
        old_decision=public_id("decision", house.orders["88131"].decision_id),
        delegation=public_id("delegation", delegation.id),
    )
