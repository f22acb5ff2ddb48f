"""A buyer with people, limits, cost centres and an approval chain, in a line each."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tests.flows.trading import Trade
from usance.flows import buyer_approvals, organisation
from usance.flows.checkout import Authorization
from usance.flows.organisation import Limits
from usance.records.orders.models import Order
from usance.records.parties.models import Member
from usance.rules.ordering import ChainStep


@dataclass
class Company:
    """The buyer of a trade, seen from inside. Amounts are cents."""

    trade: Trade
    mark: str = field(default_factory=lambda: secrets.token_hex(5))

    def person(self, name: str, role: str = "purchaser", **fields: Any) -> Member:
        """Somebody who works there; limits by name."""
        limits = {
            each: fields.pop(each)
            for each in ("order_limit", "period_limit", "period", "limit_currency")
            if each in fields
        }
        return organisation.add_member(
            self.trade.seller,
            buyer_id=self.trade.buyer.id,
            name=name.capitalize(),
            email=f"{name}-{self.mark}@nordwind.example",
            role=role,
            limits=Limits(**limits),
            **self.trade.act,
            **fields,
        )

    def change(self, member: Member, **fields: Any) -> Member:
        return organisation.set_member(
            self.trade.seller, **self._one(member), **self.trade.act, **fields
        )

    def remove(self, member: Member) -> Member:
        return organisation.remove_member(self.trade.seller, **self._one(member), **self.trade.act)

    def rules(self, **fields: Any) -> None:
        organisation.update_buyer(
            self.trade.seller, buyer_id=self.trade.buyer.id, **self.trade.act, **fields
        )

    def centre(self, code: str) -> Any:
        return organisation.add_cost_centre(
            self.trade.seller, buyer_id=self.trade.buyer.id, code=code, **self.trade.act
        )

    def chain(self, *steps: ChainStep) -> None:
        organisation.set_chain(
            self.trade.seller, buyer_id=self.trade.buyer.id, steps=steps, **self.trade.act
        )

    def asks(self, amount: int, by: Member | UUID | str | None = None, **fields: Any) -> Any:
        """An order; what became of it."""
        member = by.id if isinstance(by, Member) else by
        [made] = self.trade.authorize(self.trade.request(amount, member=member, **fields))
        return made

    def ordered(self, amount: int, by: Member | None = None, **fields: Any) -> Order:
        """An order, as stored."""
        made = self.asks(amount, by, **fields)
        assert isinstance(made, Authorization), made
        return self.stored(made)

    def stored(self, made: Authorization) -> Order:
        order: Order = self.trade.stored(Order, made.order_id)
        return order

    def says(
        self, member: Member, verdict: str, order: Order, note: str = "", **more: Any
    ) -> Order:
        given = {"at": self.trade.at} | more
        return buyer_approvals.approve_step(
            self.trade.seller,
            order_id=order.id,
            member_id=member.id,
            verdict=verdict,
            note=note,
            **given,
        )

    def _one(self, member: Member) -> dict[str, Any]:
        return {"buyer_id": self.trade.buyer.id, "member_id": member.id}


def step(above: int = 0, **fields: Any) -> ChainStep:
    """A step for orders above an amount."""
    given = {"position": 0, "currency": "EUR"} | fields
    return ChainStep(above=above, **given)
