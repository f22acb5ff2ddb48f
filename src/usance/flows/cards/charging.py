"""At the due date the stored card is charged, where the buyer agreed; and cards are forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from usance.flows.cards import asking, pages
from usance.flows.cards.authorizing import begin
from usance.flows.cards.providers import provider_at
from usance.flows.journal import Journal, business_day
from usance.flows.refusals import NotFound, WrongState
from usance.gateways.psp import CardToken, PaymentProvider
from usance.records.cards import actions, queries
from usance.records.cards.models import CardAuthorization, StoredCard
from usance.records.identity import new_id
from usance.records.invoices import actions as invoices
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller
from usance.rules.invoicing.instalments import instalments

BY: Final = "cards"
PAGE_GRACE: Final = pages.PAYABLE_FOR + timedelta(minutes=30)
"""An invoice whose payer is at the provider's page is not charged as well, nor before it is known that
nothing was paid there."""


def charge_due(*, seller_id: UUID, at: datetime, limit: int = 500) -> int:
    """Charge what is due today and to be taken from a card by consent; how many invoices."""
    seller = Seller.objects.get(id=seller_id)
    on = business_day(seller, at=at)
    found = queries.invoices_to_charge(
        seller_id=seller_id, on=on, recent=at - PAGE_GRACE, limit=limit
    )
    return sum(
        _charge(seller, invoice_id=one.invoice_id, card_id=one.card_id, at=at) for one in found
    )


@transaction.atomic
def _charge(seller: Seller, *, invoice_id: UUID, card_id: UUID, at: datetime) -> bool:
    """Have what is due of an invoice charged. Under its lock it is looked at once more, so that two
    that run at a time charge it once."""
    invoice = invoices.lock_invoice(seller_id=seller.id, invoice_id=invoice_id)
    card = queries.card(seller_id=seller.id, card_id=card_id)
    if invoice is None or invoice.state != "open" or card is None or card.state != "active":
        return False
    under_way = queries.authorizations(seller_id=seller.id, invoice_id=invoice_id).filter(
        state__in=("pending", "action_required")
    )
    amount = _due(seller, invoice, at=at)
    if not card.charge_at_due or not amount or under_way.exists():
        return False
    if queries.is_held(seller_id=seller.id, invoice_id=invoice.id):
        return False
    row = CardAuthorization(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        buyer_id=invoice.buyer_id,
        connection_id=card.connection_id,
        card_id=card.id,
        payer=card.payer,
        invoice_id=invoice.id,
        purpose="charge",
        currency=invoice.currency,
        amount=amount,
    )
    begin(seller, row, at=at, by=BY)
    return True


def _due(seller: Seller, invoice: Invoice, *, at: datetime) -> int:
    """What of an open invoice is due today, minor units: of instalments those whose day has come."""
    on = business_day(seller, at=at)
    if not invoice.schedule:
        return int(invoice.outstanding) if invoice.due_on <= on else 0
    settled = invoice.amount - invoice.outstanding
    parts = instalments(invoice.schedule, settled=settled)
    return min(sum(part.open for part in parts if part.due_on <= on), int(invoice.outstanding))


def after_charge(seller: Seller, row: CardAuthorization, *, at: datetime) -> None:
    """Ask the buyer where a charge was declined for good, once the refusal is kept."""
    if row.purpose != "charge" or row.state != "declined" or row.again_on is not None:
        return
    invoice = row.invoice
    if invoice is not None and invoice.state == "open":
        last4 = row.card.last4 if row.card else ""
        asking.ask_for_payment(seller, invoice, last4=last4, reason=row.decline_reason, at=at)


@transaction.atomic
def set_consent(seller: Seller, *, card_id: UUID, words: str, at: datetime, by: str) -> StoredCard:
    """The buyer agreed (``words``) to be charged at due dates; without words it agrees no more.

    Raises NotFound.
    """
    card = _active(seller, card_id)
    agreed = bool(words.strip())
    actions.change(
        card,
        charge_at_due=agreed,
        consent_words=words if agreed else card.consent_words,
        consent_at=at if agreed else card.consent_at,
    )
    _tell(seller, card, "consented" if agreed else "consent_withdrawn", at=at, by=by)
    return card


def forget_card(
    seller: Seller,
    *,
    card_id: UUID,
    at: datetime,
    by: str,
    provider: PaymentProvider | None = None,
) -> StoredCard:
    """Charge the card no more, and have the provider forget it. Raises NotFound, WrongState (an order
    rests on it), or what the provider raises: then it is charged no more all the same."""
    card = _forget(seller, card_id=card_id, at=at, by=by)
    asked = provider or provider_at(seller.id, card.connection_id)
    token = CardToken(reference=card.token, payer=card.payer)
    asked.forget_card(token, key=f"usance-forget-{card.id.hex}")
    return card


@transaction.atomic
def _forget(seller: Seller, *, card_id: UUID, at: datetime, by: str) -> StoredCard:
    card = actions.lock_card(seller_id=seller.id, card_id=card_id)
    if card is None:
        raise NotFound("There is no such card.")
    if card.state == "forgotten":
        return card
    live = queries.authorizations(seller_id=seller.id).filter(
        card_id=card.id, state__in=("pending", "action_required", "authorized")
    )
    if live.exists():
        raise WrongState("Something is held on the card; void or capture it first.")
    actions.change(card, state="forgotten", charge_at_due=False)
    _tell(seller, card, "forgotten", at=at, by=by)
    return card


def _active(seller: Seller, card_id: UUID) -> StoredCard:
    card = actions.lock_card(seller_id=seller.id, card_id=card_id)
    if card is None or card.state != "active":
        raise NotFound("There is no such card.")
    return card


def _tell(seller: Seller, card: StoredCard, what: str, *, at: datetime, by: str) -> None:
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        f"card.{what}",
        object_type="card",
        object_id=card.id,
        buyer_id=card.buyer_id,
        state="forgotten" if what == "forgotten" else None,
        data={"brand": card.brand, "last4": card.last4},
    )
    journal.close()
