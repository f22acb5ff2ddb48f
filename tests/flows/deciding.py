"""People who decide, and things that wait for them, in a line each."""

from __future__ import annotations

import secrets
from typing import Any

from tests.flows.trading import Trade
from usance.flows import onboarding, policies
from usance.flows.checkout import Authorization
from usance.flows.reviews import Person
from usance.records.credit.models import CreditPolicy, Review
from usance.records.identity import public_id


def person(trade: Trade, role: str = "credit_manager") -> Person:
    """Somebody of the seller's staff."""
    mark = secrets.token_hex(4)
    staff = onboarding.add_staff(
        trade.seller,
        email=f"{mark}@brera.example",
        name=f"Person {mark}",
        role=role,
        password="correct-horse-battery",
        at=trade.at,
    )
    return Person(staff.user.email, role, public_id("staff", staff.id))


def decide_by(trade: Trade, *rules: dict[str, Any], **settings: Any) -> CreditPolicy:
    """Let the seller decide by these rules."""
    policy = policies.read_policy(trade.seller, {"rules": list(rules), **settings})
    return policies.set_policy(trade.seller, policy, **trade.act)


def in_review(trade: Trade, amount: int = 100_000, **fields: Any) -> tuple[Authorization, Review]:
    """An order that waits for a person."""
    [made] = trade.authorize(trade.request(amount, **fields))
    assert isinstance(made, Authorization), made
    assert made.state == "pending_review", made.decision
    return made, Review.objects.get(seller_id=trade.seller.id, subject_id=made.order_id)
