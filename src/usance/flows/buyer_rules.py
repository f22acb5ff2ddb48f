"""The buyer's own rules for its orders: who may order how much, with which papers, and who approves.

Asked only about orders that name a member or whose buyer has such rules; every other order is
spared the question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from usance.flows.checkout_requests import OrderRequest
from usance.records.credit.queries import CheckoutFacts


@dataclass(frozen=True, slots=True)
class BuyerVerdict:
    """What the buyer's own rules say to one order.

    ``refusals`` are reasons to decline; ``needs_approval`` whether its own chain comes first.
    ``since`` and ``spent`` are what the member was found to have ordered in its period, and
    ``unique_po`` a purchase-order number that may be used once: the database looks again under the
    lock of the credit line.
    """

    refusals: tuple[str, ...] = ()
    needs_approval: bool = False
    member_id: UUID | None = None
    since: datetime | None = None
    spent: int | None = None
    unique_po: str | None = None

    def claim(self) -> dict[str, Any]:
        """What the database's gate looks at again."""
        document: dict[str, Any] = {}
        if self.since is not None:
            document |= {
                "member_id": self.member_id,
                "member_since": self.since,
                "member_spent": self.spent,
            }
        if self.unique_po is not None:
            document["unique_po"] = self.unique_po
        return document


def verdicts(
    asked: Mapping[int, tuple[OrderRequest, CheckoutFacts]], *, at: datetime
) -> dict[int, BuyerVerdict]:
    """What the buyers' own rules say to those of ``asked`` that they concern."""
    concerned = {
        n: (request, facts)
        for n, (request, facts) in asked.items()
        if request.member is not None or request.cost_centre or facts.ordering_rules
    }
    if not concerned:
        return {}
    return {n: BuyerVerdict() for n in concerned}
