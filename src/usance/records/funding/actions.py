"""Writing programmes, advances, instructions and notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from usance.records.funding.models import (
    Advance,
    FundingEvent,
    FundingInstruction,
    FundingProgram,
)
from usance.records.row_changes import change_row

Row = TypeVar("Row", Advance, FundingEvent, FundingInstruction, FundingProgram)


def change(row: Row, **fields: Any) -> None:
    """Set ``fields`` on the row, here and in the database."""
    change_row(row, fields)


def lock_advance(*, seller_id: UUID, advance_id: UUID) -> Advance | None:
    """The advance, locked until the transaction ends; its invoice is locked before it."""
    return (
        Advance.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=advance_id)
        .first()
    )


def lock_program(*, seller_id: UUID, program_id: UUID) -> FundingProgram | None:
    """The programme, locked until the transaction ends: whoever uses its limits waits."""
    return (
        FundingProgram.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=program_id)
        .first()
    )


def take(row: FundingInstruction | FundingEvent, *, at: datetime, until: datetime) -> bool:
    """Whether the row is due and now the caller's; others leave it alone ``until`` then."""
    found = type(row).objects.filter(seller_id=row.seller_id, id=row.id, due_at__lte=at)
    return bool(found.update(due_at=until))


def keep_event(row: FundingEvent) -> bool:
    """Store a notice; False where the same one is there already."""
    FundingEvent.objects.bulk_create([row], ignore_conflicts=True)
    kept = FundingEvent.objects.filter(
        seller_id=row.seller_id, connection_id=row.connection_id, partner_id=row.partner_id
    )
    return kept.values_list("id", flat=True).first() == row.id
