"""Writing cards, authorizations, instructions and notices."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Q

from usance.records.cards.models import (
    CardAuthorization,
    CardDispute,
    CardEvent,
    CardInstruction,
    CardPage,
    CardPayout,
    SecuredOrder,
    StoredCard,
)
from usance.records.row_changes import change_row

Row = TypeVar(
    "Row",
    CardAuthorization,
    CardDispute,
    CardEvent,
    CardInstruction,
    CardPage,
    CardPayout,
    SecuredOrder,
    StoredCard,
)


def change(row: Row, **fields: Any) -> None:
    """Set ``fields`` on the row, here and in the database."""
    change_row(row, fields)


def lock_authorization(*, seller_id: UUID, authorization_id: UUID) -> CardAuthorization | None:
    """The authorization, locked until the transaction ends. The credit line is locked before it."""
    return (
        CardAuthorization.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=authorization_id)
        .first()
    )


def lock_card(*, seller_id: UUID, card_id: UUID) -> StoredCard | None:
    """The card, locked until the transaction ends."""
    return (
        StoredCard.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=card_id)
        .first()
    )


def lock_page(*, seller_id: UUID, page_id: UUID) -> CardPage | None:
    """The page, locked until the transaction ends."""
    return (
        CardPage.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=page_id)
        .first()
    )


def lock_secured(*, seller_id: UUID, order_id: UUID) -> SecuredOrder | None:
    """What is known of a secured order, locked until the transaction ends, after the order."""
    return (
        SecuredOrder.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, order_id=order_id)
        .first()
    )


def secure(
    *, seller_id: UUID, order_id: UUID, buyer_id: UUID, card_id: UUID | None, at: datetime
) -> None:
    """The order is secured by a card from now on; a new card may be tried at once."""
    known = lock_secured(seller_id=seller_id, order_id=order_id)
    if known is None:
        SecuredOrder.objects.bulk_create(
            [
                SecuredOrder(
                    seller_id=seller_id,
                    order_id=order_id,
                    buyer_id=buyer_id,
                    card_id=card_id,
                    created_at=at,
                )
            ],
            ignore_conflicts=True,
        )
    elif card_id is not None and card_id != known.card_id:
        change(known, card_id=card_id, is_open=True, declines=0, again_at=None)
    else:
        change(known, is_open=True)


def take_instruction(row: CardInstruction, *, at: datetime, until: datetime) -> bool:
    """Whether the instruction is due and now the caller's; others leave it alone ``until`` then."""
    found = CardInstruction.objects.filter(seller_id=row.seller_id, id=row.id, due_at__lte=at)
    return bool(found.update(due_at=until))


def take_event(row: CardEvent, *, at: datetime, until: datetime) -> bool:
    """Whether the notice is due and now the caller's; others leave it alone ``until`` then."""
    found = CardEvent.objects.filter(seller_id=row.seller_id, id=row.id, due_at__lte=at)
    return bool(found.update(due_at=until))


def keep_event(row: CardEvent) -> bool:
    """Store a notice; False where the same one is there already."""
    before = Q(connection_id=row.connection_id, provider_id=row.provider_id)
    CardEvent.objects.bulk_create([row], ignore_conflicts=True)
    kept = CardEvent.objects.filter(before, seller_id=row.seller_id).values_list("id", flat=True)
    return kept.first() == row.id
