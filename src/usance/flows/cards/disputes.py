"""A cardholder's bank takes money back, and gives it again where the dispute is won.

Notices come in any order and more than once: what was booked of a dispute is kept, and only what is new
of it is booked.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from usance.flows import repayments
from usance.flows.cards import money
from usance.flows.journal import Journal
from usance.gateways.psp import Dispute
from usance.records.cards import actions, queries
from usance.records.cards.models import CardAuthorization, CardDispute
from usance.records.credit import actions as credit
from usance.records.parties.models import Seller
from usance.records.payments import queries as payments
from usance.records.payments.models import Repayment
from usance.rules import ledger

BY: Final = "provider"


@transaction.atomic
def take_dispute(
    seller: Seller, *, known: CardAuthorization, dispute: Dispute, at: datetime
) -> str:
    """Book what is new of a dispute about an authorization; what came of it, for the notice.

    What its money paid is open again, and the provider's fee is ours; what had gone back to the card
    before is gone twice, a loss. Where it is won the money comes back as a new payment. One that is won
    before it is known to have been opened has moved nothing in the end.
    """
    credit.ensure_line(seller_id=seller.id, buyer_id=known.buyer_id, currency=known.currency, at=at)
    row = actions.lock_authorization(seller_id=seller.id, authorization_id=known.id)
    assert row is not None
    kept = _kept(row, dispute, at=at)
    if kept.won_at is not None:
        return "won before"
    if dispute.state != "won":
        if kept.taken or kept.twice:
            return "taken before"
        return _take(seller, row, kept, dispute, at=at)
    actions.change(kept, won_at=at)
    if kept.twice:
        _lose(seller, row, amount=-kept.twice, at=at)
    if kept.taken:
        money.book_back(
            seller,
            row,
            amount=kept.taken,
            kind="dispute_won",
            external_id=f"{_external_id(dispute)}:won",
            at=at,
            by=BY,
        )
    return "won" if kept.taken or kept.twice else "nothing was taken"


def _external_id(dispute: Dispute) -> str:
    return f"dispute:{dispute.reference}"


def _kept(row: CardAuthorization, dispute: Dispute, *, at: datetime) -> CardDispute:
    """What was booked of the dispute; the locked authorization keeps others from it meanwhile."""
    made, is_new = CardDispute.objects.get_or_create(
        seller_id=row.seller_id,
        connection_id=row.connection_id,
        reference=dispute.reference,
        defaults={"authorization_id": row.id, "created_at": at},
    )
    if is_new:  # booked before disputes were kept by themselves
        before = Repayment.objects.filter(
            seller_id=row.seller_id,
            external_id__startswith=_external_id(dispute),
            kind="chargeback",
        )
        named = _external_id(dispute)
        mine = [one.amount for one in before if f"{one.external_id}:".startswith(f"{named}:")]
        if mine:
            actions.change(made, taken=sum(mine))
    return made


def _take(
    seller: Seller, row: CardAuthorization, kept: CardDispute, dispute: Dispute, *, at: datetime
) -> str:
    """Take back what the bank took, from the payment of each capture, the latest first."""
    left = dispute.amount
    fee = dispute.fee if dispute.currency == row.currency else 0
    taken = 0
    for place, receipt in enumerate(queries.receipts(seller_id=seller.id, authorization_id=row.id)):
        payment = payments.payment(seller_id=seller.id, payment_id=receipt.payment_id)
        assert payment is not None
        gone = min(left, payment.amount - payment.refunded - payment.returned)
        if gone <= 0:
            continue
        repayments.return_payment(
            seller,
            payment_id=payment.id,
            at=at,
            by=BY,
            amount=gone,
            kind="chargeback",
            reason_code=dispute.reason[:24],
            reason=dispute.reason,
            external_id=f"{_external_id(dispute)}:{place}" if taken else _external_id(dispute),
        )
        left -= gone
        taken += gone
    if fee:
        _pay_fee(seller, row, amount=fee, at=at)
    if left:
        _lose(seller, row, amount=left, at=at)
    actions.change(kept, taken=taken, twice=left, fee=fee)
    return "taken" if taken else "taken twice"


def _pay_fee(seller: Seller, row: CardAuthorization, *, amount: int, at: datetime) -> None:
    journal = Journal(seller, at=at, by=BY)
    journal.enter(
        "fee",
        subject_id=row.id,
        buyer_id=row.buyer_id,
        currency=row.currency,
        postings=ledger.fee(row.buyer_id, amount=amount, out_of=ledger.CLEARING),
    )
    journal.close()


def _lose(seller: Seller, row: CardAuthorization, *, amount: int, at: datetime) -> None:
    """``amount`` went to the card twice; a negative amount came back."""
    money.book_twice(seller, row, amount=amount, at=at, by=BY)
