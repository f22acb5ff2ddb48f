"""What a claimed bank line leaves in the books: who claimed it, and what it brings beyond its parts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from usance.flows import set_aside
from usance.flows.journal import Journal
from usance.records.identity import new_id
from usance.records.payments.models import BankClaim, BankTransaction
from usance.rules import ledger


def claim_of(
    line: BankTransaction, *, kind: str, subject_id: UUID, reference: str, at: datetime
) -> BankClaim:
    """The claim of ``line`` by what it books, named by ``kind`` and ``subject_id``; not kept yet."""
    return BankClaim(
        id=new_id(),
        seller_id=line.seller_id,
        created_at=at,
        bank_transaction_id=line.id,
        kind=kind,
        subject_id=subject_id,
        reference=reference,
        currency=line.currency,
        amount=line.amount,
    )


def keep_claim(
    line: BankTransaction, *, kind: str, subject_id: UUID, reference: str, at: datetime
) -> None:
    """Keep the claim of ``line``, which waits no more to be booked as a payment, if it did. In the
    caller's transaction, which holds the lock on settling."""
    claim = claim_of(line, kind=kind, subject_id=subject_id, reference=reference, at=at)
    claim.save(force_insert=True)
    set_aside.forget(line.seller_id, [line])


def enter_rest(journal: Journal, line: BankTransaction, *, rest: int) -> None:
    """Post what ``line`` is over or, below zero, short of the parts it books, minor units: it is the
    seller's own. Nothing where they are equal."""
    if rest:
        journal.enter(
            "payout",
            subject_id=line.id,
            buyer_id=None,
            currency=line.currency,
            postings=ledger.payout(amount=rest),
        )
