"""What is told of an advance, the same figures each time."""

from __future__ import annotations

from typing import Any

from usance.flows.journal import Journal
from usance.records.funding.models import Advance


def tell(journal: Journal, advance: Advance, *, type_: str, state: str | None, **data: Any) -> None:
    """An event about ``advance``; ``state`` where it has come to a new one."""
    journal.tell(
        type_,
        object_type="advance",
        object_id=advance.id,
        buyer_id=advance.buyer_id,
        state=state,
        currency=advance.currency,
        data={
            "kind": advance.kind,
            "advanced": advance.advanced,
            "fee": advance.fee,
            "reserve": advance.reserve,
            **data,
        },
    )
