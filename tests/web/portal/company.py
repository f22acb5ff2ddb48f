"""A buyer of the house with people in every role and an approval chain."""

from __future__ import annotations

from typing import Any

from tests.web import house as houses
from tests.web.house import House
from usance.flows import organisation
from usance.flows.organisation import Limits
from usance.records.parties.models import Member
from usance.rules.ordering import ChainStep

PEOPLE = {
    "paul": ("Paul Ebert", "purchaser"),
    "petra": ("Petra Vogt", "purchaser"),
    "anja": ("Anja Krause", "approver"),
    "zoe": ("Zoe Lang", "payer"),
    "karl": ("Karl Nordmann", "admin"),
}
STEPS = (
    ChainStep(position=1, above=100_000, currency="EUR"),
    ChainStep(position=2, above=1_000_000, currency="EUR", role="admin"),
)


def organise(house: House, key: str = "nordmann") -> None:
    """Give the buyer its people and its chain; they sign in with the password of the house."""
    for who, (name, role) in PEOPLE.items():
        house.members[who] = add(
            house, key, name, role, email=f"{who}-{house.seller.handle}@{key}.example"
        )
    chain(house, key, *STEPS)


def add(house: House, key: str, name: str, role: str, *, email: str, **limits: Any) -> Member:
    """Somebody new."""
    return organisation.add_member(
        house.seller,
        buyer_id=house.buyers[key].id,
        name=name,
        email=email,
        role=role,
        limits=Limits(**limits),
        password=houses.PASSWORD,
        at=houses.days_ago(100),
        by="test",
    )


def chain(house: House, key: str, *steps: ChainStep) -> None:
    """Set the approval rules of a buyer."""
    organisation.set_chain(
        house.seller,
        buyer_id=house.buyers[key].id,
        steps=steps,
        at=houses.days_ago(90),
        by="test",
    )


def waiting(house: House, amount: int, *, name: str, by: str = "paul", **more: Any) -> Any:
    """An order of the buyer's that its chain must approve."""
    made = houses.order(
        house, "nordmann", amount, ago=0, name=name, member=house.members[by].id, **more
    )
    assert made.state == "pending_approval", made
    return made
