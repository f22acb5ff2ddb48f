"""Pages that lead a buyer to the provider, and whether a card is being charged beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from usance.records.cards.models import CardAuthorization, CardInstruction, CardPage


def latest_page(*, seller_id: UUID, buyer_id: UUID, return_path: str) -> CardPage | None:
    """The page that was opened last for a buyer and leads back to ``return_path``."""
    found = CardPage.objects.filter(
        seller_id=seller_id, buyer_id=buyer_id, return_url__endswith=return_path
    )
    return found.exclude(reference="").order_by("-id").first()


def standing_page(*, like: CardPage, after: datetime) -> CardPage | None:
    """The page opened since ``after`` that asks for the same as ``like`` and leads to the same place."""
    found = CardPage.objects.filter(
        seller_id=like.seller_id,
        buyer_id=like.buyer_id,
        connection_id=like.connection_id,
        kind=like.kind,
        state="open",
        amount=like.amount,
        currency=like.currency,
        amounts=like.amounts,
        return_url=like.return_url,
        created_at__gt=after,
    )
    if like.order_id is None:
        found = found.filter(order__isnull=True)
    else:
        found = found.filter(order_id=like.order_id)
    return found.exclude(url="").order_by("-id").first()


def beside(page: CardPage) -> list[CardPage]:
    """Pages that pay an invoice which ``page`` pays as well, and that the provider has open."""
    mine = {one["invoice"] for one in page.amounts}
    found = CardPage.objects.filter(
        seller_id=page.seller_id, buyer_id=page.buyer_id, kind="pay", state="open"
    ).exclude(reference="")
    return [
        one
        for one in found.exclude(id=page.id).order_by("id")
        if mine & {each["invoice"] for each in one.amounts}
    ]


def is_being_taken(*, seller_id: UUID, invoice_ids: Sequence[UUID]) -> bool:
    """Whether a card is being charged for one of the invoices at the moment."""
    charges = CardAuthorization.objects.filter(
        seller_id=seller_id,
        invoice_id__in=invoice_ids,
        purpose="charge",
        state__in=("pending", "action_required"),
    )
    captures = CardInstruction.objects.filter(
        seller_id=seller_id, invoice_id__in=invoice_ids, kind="capture", state="queued"
    )
    return charges.exists() or captures.exists()
