"""Where cards and payouts have their pages, and what they are called there."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse

from usance.records.cards.models import CardAuthorization, CardPayout
from usance.records.identity import public_id
from usance.web.design.parts import Link
from usance.web.words.cards import card_text


def authorization_link(row: CardAuthorization) -> Link:
    """What a card holds or gave, by the card."""
    address = reverse("office_card", args=[public_id("card_authorization", row.id)])
    return Link(card_text(row.card), address)


def payout_address(payout_id: UUID) -> str:
    """The page of a payout."""
    return reverse("office_card_payout", args=[public_id("card_payout", payout_id)])


def payout_link(row: CardPayout) -> Link:
    """A payout by its name at the provider."""
    return Link(row.reference, payout_address(row.id))
