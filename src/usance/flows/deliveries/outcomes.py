"""What becomes of a delivery is kept once, and told once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.journal import Journal
from usance.records.deliveries import actions
from usance.records.deliveries.models import Delivery
from usance.records.identity import public_id
from usance.records.parties.models import Seller
from usance.rules.states import DELIVERY

BY: Final = "delivery"
_LONGEST: Final = 2000
_MOMENTS: Final = {
    "sent": "sent_at",
    "delivered": "delivered_at",
    "opened": "opened_at",
    "bounced": "ended_at",
    "rejected": "ended_at",
    "failed": "ended_at",
}


@transaction.atomic
def record(
    seller: Seller,
    *,
    delivery_id: UUID,
    state: str,
    at: datetime,
    by: str = BY,
    code: str = "",
    reason: str = "",
    told: Mapping[str, Any] | None = None,
    **fields: Any,
) -> bool:
    """Move a delivery to ``state`` and tell it as ``document.<state>``; whether it moved.

    What cannot follow the state that it is in changes nothing: the same receipt twice, or one that
    comes after the end. ``code`` and ``reason`` are the network's own or ours, ``told`` goes into the
    event, ``fields`` onto the delivery.
    """
    row = actions.lock_delivery(seller_id=seller.id, delivery_id=delivery_id)
    if row is None or (row.state, state) not in DELIVERY:
        return False
    changed = {
        "state": state,
        "due_at": None,
        "reason_code": code[:_LONGEST],
        "reason": reason[:_LONGEST],
        _MOMENTS[state]: at,
    }
    actions.change(row, **(changed | fields))
    journal = Journal(seller, at=at, by=by)
    tell(journal, row, **(told or {}))
    journal.close()
    return True


def tell(journal: Journal, row: Delivery, **more: Any) -> None:
    """The event that a delivery is in its present state."""
    journal.tell(
        f"document.{row.state}",
        object_type="delivery",
        object_id=row.id,
        buyer_id=row.buyer_id,
        state=row.state,
        data={
            "kind": row.kind,
            row.kind: public_id(row.kind, row.subject_id),
            "number": row.number,
            "channel": row.channel,
            "recipient": row.recipient,
            "formats": row.formats,
            "cause": row.cause,
            "reference": row.reference,
            "reason_code": row.reason_code,
            "reason": row.reason,
            **more,
        },
    )
