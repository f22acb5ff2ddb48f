"""A partner is to be told something: queued in the transaction that decides it, told by a job."""

from __future__ import annotations

from datetime import date, datetime

from usance.records.funding.models import Advance, FundingInstruction
from usance.records.identity import new_id


def instruct(
    advance: Advance,
    kind: str,
    *,
    at: datetime,
    by: str,
    amount: int = 0,
    interest: int = 0,
    on: date | None = None,
) -> FundingInstruction:
    """Queue one thing that the partner of ``advance`` is told. There is one at a time."""
    return FundingInstruction.objects.create(
        id=new_id(),
        seller_id=advance.seller_id,
        created_at=at,
        advance_id=advance.id,
        kind=kind,
        amount=amount,
        interest=interest,
        on=on,
        due_at=at,
        author=by,
    )
