"""What was taken from a card, or given back to it, as payments in the books."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from usance.flows import repayments, settlement
from usance.flows.journal import business_day
from usance.flows.refusals import AmountTooLarge, NotFound, WrongState
from usance.records.cards import queries
from usance.records.cards.models import CardAuthorization, CardReceipt
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller
from usance.records.payments import queries as payments
from usance.records.payments.models import Payment

METHOD = "card"


def book_capture(
    seller: Seller,
    authorization: CardAuthorization,
    *,
    amount: int,
    pays: Sequence[tuple[UUID, int]],
    at: datetime,
    by: str,
) -> Payment:
    """A payment by card that pays what ``pays`` says (invoice, minor units), as far as that is open;
    the rest waits as unapplied cash. The caller has locked line and authorization."""
    card = authorization.card
    payment = settlement.record_payment(
        seller,
        amount=amount,
        currency=authorization.currency,
        received_on=business_day(seller, at=at),
        at=at,
        by=by,
        buyer_id=authorization.buyer_id,
        method=METHOD,
        payer=f"{card.brand} {card.last4}".strip() if card else "",
        reference=authorization.reference,
        external_id=f"card:{authorization.id.hex}:{authorization.captured}",
    )
    CardReceipt.objects.create(
        seller_id=seller.id,
        created_at=at,
        authorization_id=authorization.id,
        payment_id=payment.id,
        amount=amount,
    )
    left = amount
    for invoice_id, share in pays:
        left -= _allocate(
            seller,
            payment_id=payment.id,
            invoice_id=invoice_id,
            most=min(share, left),
            at=at,
            by=by,
        )
    return payment


def book_won_dispute(
    seller: Seller,
    authorization: CardAuthorization,
    *,
    amount: int,
    external_id: str,
    at: datetime,
    by: str,
) -> Payment:
    """What a cardholder's bank took and has to give back: a new payment, for the invoices that the
    first one had paid and that are open again."""
    paid = [
        (line.invoice_id, line.amount)
        for receipt in queries.receipts(seller_id=seller.id, authorization_id=authorization.id)
        for line in payments.allocations_of_payment(
            seller_id=seller.id, payment_id=receipt.payment_id
        )
    ]
    payment = settlement.record_payment(
        seller,
        amount=amount,
        currency=authorization.currency,
        received_on=business_day(seller, at=at),
        at=at,
        by=by,
        buyer_id=authorization.buyer_id,
        method=METHOD,
        reference=authorization.reference,
        external_id=external_id,
    )
    left = amount
    for invoice_id, share in paid:
        most = min(share, left)
        left -= _allocate(
            seller, payment_id=payment.id, invoice_id=invoice_id, most=most, at=at, by=by
        )
    return payment


def _allocate(
    seller: Seller, *, payment_id: UUID, invoice_id: UUID, most: int, at: datetime, by: str
) -> int:
    """What of ``most`` the invoice takes; nothing where it is not open any more."""
    outstanding = Invoice.objects.filter(seller_id=seller.id, id=invoice_id, state="open")
    amount = min(most, outstanding.values_list("outstanding", flat=True).first() or 0)
    if amount <= 0:
        return 0
    with contextlib.suppress(WrongState, AmountTooLarge, NotFound):
        settlement.allocate(
            seller, payment_id=payment_id, invoice_id=invoice_id, at=at, by=by, amount=amount
        )
        return amount
    return 0


def book_refund(
    seller: Seller,
    authorization: CardAuthorization,
    *,
    amount: int,
    reason: str,
    at: datetime,
    by: str,
) -> None:
    """Money went back to the card: unapplied cash first, then what paid invoices, the latest first,
    which are open again. ``authorization.refunded`` includes it already."""
    for place, receipt in enumerate(
        queries.receipts(seller_id=seller.id, authorization_id=authorization.id)
    ):
        if not amount:
            return
        payment = payments.payment(seller_id=seller.id, payment_id=receipt.payment_id)
        assert payment is not None
        back = min(amount, payment.amount - payment.refunded - payment.returned)
        if not back:
            continue
        _free(seller, payment, amount=back - payment.unapplied, at=at, by=by)
        repayments.refund_payment(
            seller,
            payment_id=payment.id,
            at=at,
            by=by,
            amount=back,
            reason=reason,
            external_id=f"card:{authorization.id.hex}:{authorization.refunded}:{place}",
        )
        amount -= back


def _free(seller: Seller, payment: Payment, *, amount: int, at: datetime, by: str) -> None:
    """Take back ``amount`` of what ``payment`` pays, the latest allocation first."""
    lines = payments.allocations_of_payment(seller_id=seller.id, payment_id=payment.id)
    for line in sorted(lines, key=lambda it: it.id, reverse=True):
        if amount <= 0:
            return
        if not line.left:
            continue
        settlement.release_allocation(seller, allocation_id=line.id, at=at, by=by)
        if line.left > amount:
            settlement.allocate(
                seller,
                payment_id=payment.id,
                invoice_id=line.invoice_id,
                at=at,
                by=by,
                amount=line.left - amount,
            )
        amount -= line.left
