"""Orders that wait for their buyer's own approval, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from usance.records.orders import buyer_queries
from usance.records.orders.buyer_queries import Stage
from usance.records.orders.models import Order
from usance.records.parties.models import Buyer

MOST: Final = 200
"""Orders that are looked at: the oldest go first."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order in its buyer's own chain."""

    order: Order
    stages: list[Stage]

    @property
    def stage(self) -> Stage | None:
        """The step whose turn it is."""
        return next((stage for stage in self.stages if stage.is_next), None)

    def is_for(self, member_id: UUID) -> bool:
        """Whether a member may take that step."""
        return self.stage is not None and any(one.id == member_id for one in self.stage.deciders)

    @property
    def place(self) -> tuple[int, int]:
        """Which step it is, of how many."""
        done = sum(stage.approval is not None for stage in self.stages)
        return min(done + 1, len(self.stages)), len(self.stages)


def all_waiting(buyer: Buyer) -> list[Waiting]:
    """The orders of a buyer that wait for its chain, the oldest first."""
    found = buyer_queries.awaiting_approval(seller_id=buyer.seller_id, buyer_id=buyer.id)
    orders = list(found.order_by("id")[:MOST])
    if not orders:
        return []
    chains = buyer_queries.chains_of(orders, seller_id=buyer.seller_id, buyer_id=buyer.id)
    return [Waiting(order, chains[order.id]) for order in orders]


def waiting_for(buyer: Buyer, member_id: UUID) -> list[Waiting]:
    """Those that wait for one member."""
    return [one for one in all_waiting(buyer) if one.is_for(member_id)]
