"""What was taken from a card, or given back to it, as payments in the books."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from usance.flows import repayments, settlement
from usance.flows.journal import Journal, business_day
from usance.flows.refusals import AmountTooLarge, NotFound, WrongState
from usance.records.cards import actions, payout_queries, queries
from usance.records.cards.models import CardAuthorization, CardReceipt
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller
from usance.records.payments import queries as payments
from usance.records.payments.models import Payment
from usance.rules import ledger

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
    _keep(seller, authorization, payment, kind="capture", at=at)
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


def book_back(
    seller: Seller,
    authorization: CardAuthorization,
    *,
    amount: int,
    kind: str,
    external_id: str,
    at: datetime,
    by: str,
) -> Payment:
    """Money that had gone back to a card is the seller's again (``kind``: ``refund_failed`` or
    ``dispute_won``): a new payment, for the invoices that the first ones had paid and that are open
    again. It may go back once more. The caller has locked line and authorization."""
    paid = [
        (line.invoice_id, line.amount)
        for receipt in queries.receipts(seller_id=seller.id, authorization_id=authorization.id)
        for line in payments.allocations_of_payment(
            seller_id=seller.id, payment_id=receipt.payment_id
        )
        if line.amount > 0
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
    _keep(seller, authorization, payment, kind=kind, at=at)
    left = amount
    for invoice_id, share in paid:
        most = min(share, left)
        left -= _allocate(
            seller, payment_id=payment.id, invoice_id=invoice_id, most=most, at=at, by=by
        )
    return payment


def _keep(
    seller: Seller, authorization: CardAuthorization, payment: Payment, *, kind: str, at: datetime
) -> None:
    CardReceipt.objects.create(
        seller_id=seller.id,
        created_at=at,
        authorization_id=authorization.id,
        payment_id=payment.id,
        kind=kind,
        amount=payment.amount,
    )


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
    which are open again. ``authorization.refunded`` includes it already. What a cardholder's bank had
    taken before is gone twice."""
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
        repayments.refund_payment(
            seller,
            payment_id=payment.id,
            at=at,
            by=by,
            amount=back,
            reason=reason,
            is_released=True,
            external_id=f"card:{authorization.id.hex}:{authorization.refunded}:{place}",
        )
        amount -= back
    if amount:
        book_twice(seller, authorization, amount=amount, at=at, by=by)


def book_twice(
    seller: Seller, authorization: CardAuthorization, *, amount: int, at: datetime, by: str
) -> None:
    """``amount`` went to the card though it had gone there before: a loss, until it is claimed; a negative
    amount came back. The caller has locked the line, and sees to it that it is booked once."""
    journal = Journal(seller, at=at, by=by)
    journal.enter(
        "card_paid_twice",
        subject_id=authorization.id,
        buyer_id=authorization.buyer_id,
        currency=authorization.currency,
        postings=ledger.paid_twice(authorization.buyer_id, amount=amount),
    )
    journal.tell(
        "card_authorization.paid_twice",
        object_type="card_authorization",
        object_id=authorization.id,
        buyer_id=authorization.buyer_id,
        currency=authorization.currency,
        data={"amount": amount},
    )
    journal.close()


def book_once_after_all(
    seller: Seller, authorization: CardAuthorization, *, amount: int, at: datetime, by: str
) -> int:
    """A refund of ``amount`` never arrived: what was a loss since it had gone to the card twice went there
    once, and the invoices stay open by that. How much of ``amount`` it was; the rest is the seller's again.
    The caller has locked line and authorization."""
    of = {"seller_id": seller.id, "authorization_id": authorization.id}
    once = min(amount, payout_queries.paid_twice(**of))
    if once <= 0:
        return 0
    left = once
    for dispute in payout_queries.disputes_paid_twice(**of):
        # Now it is the dispute alone that took it: if it is won, that comes back as a payment.
        part = min(left, dispute.twice)
        actions.change(dispute, twice=dispute.twice - part, taken=dispute.taken + part)
        left -= part
    book_twice(seller, authorization, amount=-once, at=at, by=by)
    return once
