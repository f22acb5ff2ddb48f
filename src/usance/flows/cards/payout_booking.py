"""A bank line books a provider's payout: buyer by buyer, its fees apart, whoever said that it does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from usance.flows.cards.booking_parts import Share, shares_of
from usance.flows.claimed_lines import enter_rest, keep_claim
from usance.flows.journal import Journal
from usance.flows.repayments import return_payment
from usance.records.cards import actions
from usance.records.cards.models import CardPayout
from usance.records.credit import actions as credit
from usance.records.parties.models import Seller
from usance.records.payments.models import BankTransaction, Payment
from usance.records.statements import execute
from usance.rules import ledger

KIND: Final = "card_payout"
"""What the claim of a bank line says of it."""


class Found(NamedTuple):
    """A bank line, the payout that it books or takes back, and the payment that was made of the line
    before, if one was."""

    line: BankTransaction
    payout: CardPayout
    payment_id: UUID | None


def lock(seller: Seller) -> None:
    """The lock of those who settle bank lines, until the transaction ends."""
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [str(seller.id)])


def tell(journal: Journal, row: CardPayout, *, what: str, **more: int) -> None:
    """Tell what became of a payout."""
    journal.tell(
        f"card_payout.{what}",
        object_type="card_payout",
        object_id=row.id,
        currency=row.currency,
        data={"reference": row.reference, "amount": row.amount} | more,
    )


def is_next(row: CardPayout, amount: int) -> bool:
    """Whether a line of ``amount`` minor units can book the payout, or take it back after that."""
    return amount == -row.booked if row.booked else amount * row.amount > 0


def is_nobodys(payment: Payment) -> bool:
    """Whether nobody is known as the payer of a payment, and none of it has been used."""
    used = payment.allocated or payment.refunded or payment.returned
    return payment.buyer_id is None and not used


def book_all(
    seller: Seller, found: Sequence[Found], *, at: datetime, by: str
) -> list[BankTransaction]:
    """Book what was ``found``; the lines that were. In the caller's transaction, which holds the lock on
    settling.

    A line whose payment somebody has used meanwhile is that payment, and is left.
    """
    # The lines of all buyers in the order of all flows, before any of them is posted to.
    credit.lock_lines(
        seller_id=seller.id,
        accounts={
            (one.buyer_id, one.owed_in)
            for it in found
            for one in shares_of(it.payout)
            if one.buyer_id is not None
        },
    )
    booked = []
    for it in found:
        if it.payment_id is None or _take_back(seller, it.line, it.payment_id, at=at, by=by):
            _book(seller, it.line, it.payout, at=at, by=by)
            booked.append(it.line)
    return booked


def _take_back(
    seller: Seller, line: BankTransaction, payment_id: UUID, *, at: datetime, by: str
) -> bool:
    """Take back the payment of nobody's that was made of the line; whether it still is one."""
    # Not by the flow that locks its buyer's line first: where it has one by now, it is left alone.
    found = Payment.objects.select_for_update(no_key=True)
    kept = found.filter(seller_id=seller.id, id=payment_id).first()
    if kept is None or not is_nobodys(kept):
        return False
    return_payment(
        seller,
        payment_id=payment_id,
        kind="split",
        reason="The provider named the card payments that the booking was made of.",
        external_id=f"payout:{line.id}",
        at=at,
        by=by,
    )
    return True


def _book(seller: Seller, line: BankTransaction, row: CardPayout, *, at: datetime, by: str) -> None:
    """The bank booked a payout, buyer by buyer; what is over or short of its parts is the seller's own.
    One that it had booked before comes back. The caller has locked the buyers' lines."""
    back = -1 if row.booked else 1
    journal = Journal(seller, at=at, by=by)
    shares = shares_of(row)
    left = line.amount
    for share in shares:
        left -= back * (share.amount - share.fee)
        _enter(journal, line, share, back=back)
    enter_rest(journal, line, rest=left)
    keep_claim(line, kind=KIND, subject_id=row.id, reference=row.reference, at=at)
    actions.change(row, booked=row.booked + line.amount)
    fees = sum(share.fee for share in shares)
    what = "booked" if back > 0 else "returned"
    tell(journal, row, what=what, fees=fees, difference=left)
    journal.close()


def _enter(journal: Journal, line: BankTransaction, share: Share, *, back: int) -> None:
    journal.enter(
        "payout",
        subject_id=line.id,
        buyer_id=share.buyer_id,
        currency=line.currency,
        postings=ledger.payout(
            amount=back * share.amount,
            kept_back=back * share.fee,
            buyer_id=share.buyer_id,
            out_of=ledger.CLEARING if share.owed_in == line.currency else ledger.EXCHANGE,
        ),
    )
    if share.owed_in != line.currency:
        journal.enter(
            "payout",
            subject_id=line.id,
            buyer_id=share.buyer_id,
            currency=share.owed_in,
            postings=ledger.converted_payout(amount=back * share.owed, buyer_id=share.buyer_id),
        )
