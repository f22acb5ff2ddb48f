"""What the provider is to be told: rows of an outbox, written with what they belong to.

Nothing is told inside a transaction: a job takes each instruction once it is certain, and the id of
the row is the idempotency key of every attempt.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from usance.flows.journal import Journal
from usance.records.cards.models import CardAuthorization, CardInstruction
from usance.records.identity import new_id


def instruct(
    authorization: CardAuthorization,
    kind: str,
    *,
    at: datetime,
    by: str,
    amount: int = 0,
    invoice_id: UUID | None = None,
    note: str = "",
) -> CardInstruction:
    """Have the provider told. ``amount`` is in minor units; of ``increase`` it is the new whole."""
    return CardInstruction.objects.create(
        id=new_id(),
        seller_id=authorization.seller_id,
        created_at=at,
        authorization_id=authorization.id,
        invoice_id=invoice_id,
        kind=kind,
        amount=amount,
        due_at=at,
        author=by,
        note=note,
    )


def tell(
    journal: Journal, authorization: CardAuthorization, *, what: str, state: str | None = None
) -> None:
    """Tell what became of an authorization."""
    journal.tell(
        f"card_authorization.{what}",
        object_type="card_authorization",
        object_id=authorization.id,
        buyer_id=authorization.buyer_id,
        state=state,
        currency=authorization.currency,
        data={
            "purpose": authorization.purpose,
            "amount": authorization.amount,
            "authorized": authorization.authorized,
            "captured": authorization.captured,
            "refunded": authorization.refunded,
            "refund_failed": authorization.refund_failed,
            "reason": authorization.decline_reason,
        },
    )
