"""What a buyer will not pay: disputes are opened, and end with a credit note, a no, or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from usance.flows.billing import take_back_of
from usance.flows.invoice_questions import lines_of
from usance.flows.journal import Journal
from usance.flows.refusals import (
    AmountTooLarge,
    NotFound,
    Refused,
    WrongState,
    external_id_once,
)
from usance.records.collections import dispute_queries
from usance.records.collections.models import DISPUTE_REASONS, Dispute
from usance.records.identity import new_id
from usance.records.invoices import actions as invoices
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller
from usance.records.payments.models import Payment
from usance.rules.matching.model import Share


class InvalidDispute(Refused):
    """A dispute is of a positive amount, for one of the known reasons, about a line of the invoice."""

    code = "invalid_dispute"


@transaction.atomic
def open_dispute(
    seller: Seller,
    *,
    invoice_id: UUID,
    reason_code: str,
    at: datetime,
    by: str,
    amount: int | None = None,
    line: str = "",
    words: str = "",
    external_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Dispute:
    """The buyer does not agree to owe ``amount`` minor units of an open invoice (None: all of it that is
    not disputed yet). ``line`` is the line's name in the document (BT-126).

    Raises NotFound, WrongState (nothing is open), AmountTooLarge, InvalidDispute or ExternalIdTaken.
    """
    invoice = _lock(seller, invoice_id)
    if reason_code not in DISPUTE_REASONS:
        raise InvalidDispute(f"reason_code is one of {', '.join(DISPUTE_REASONS)}.")
    if line and line not in lines_of(invoice):
        raise InvalidDispute(f"{invoice.number} has no line {line!r}.")
    if invoice.state != "open":
        raise WrongState(f"{invoice.number} is {invoice.state}; nothing is outstanding on it.")
    most = invoice.outstanding - _disputed(invoice)
    amount = most if amount is None else amount
    if not 0 < amount <= most:
        raise AmountTooLarge(
            f"Of {invoice.number} {most} minor units are open and not disputed; dispute from 1 to that."
        )
    journal = Journal(seller, at=at, by=by)
    made = _open(
        journal,
        invoice,
        amount=amount,
        reason_code=reason_code,
        line=line,
        words=words,
        external_id=external_id,
        metadata=metadata or {},
    )
    journal.close()
    return made


def open_for_deductions(
    journal: Journal, *, payment: Payment, shares: Iterable[Share], reason_code: str = ""
) -> list[Dispute]:
    """What ``payment`` is short of its invoices is disputed where the payer says why; all of it, where
    a person gives it the ``reason_code``. The credit lines are locked. Raises InvalidDispute."""
    if reason_code and reason_code not in DISPUTE_REASONS:
        raise InvalidDispute(f"reason_code is one of {', '.join(DISPUTE_REASONS)}.")
    made = []
    for share in shares:
        if share.kind != "invoice" or not share.short:
            continue
        if not reason_code and not share.deduction_reason:
            continue
        invoice = _lock(journal.seller, share.item_id)
        amount = min(share.short, invoice.outstanding - _disputed(invoice))
        if amount > 0:
            made.append(
                _open(
                    journal,
                    invoice,
                    amount=amount,
                    reason_code=reason_code or "other",
                    their_reason=share.deduction_reason[:500],
                    payment_id=payment.id,
                )
            )
    return made


def withdraw_of_payment(journal: Journal, payment: Payment) -> None:
    """The disputes that the locked ``payment`` opened by being short fall with it."""
    found = Dispute.objects.filter(
        seller_id=payment.seller_id, payment_id=payment.id, state="open"
    ).order_by("id")
    for dispute in found:
        _end(journal, dispute, state="withdrawn")


@transaction.atomic
def resolve_by_credit(
    seller: Seller,
    *,
    dispute_id: UUID,
    at: datetime,
    by: str,
    amount: int | None = None,
    words: str = "",
) -> Dispute:
    """The buyer is right: a credit note of ``amount`` (None: all that is disputed) takes it back.

    Raises NotFound, WrongState or AmountTooLarge (more than is disputed).
    """
    dispute, invoice = _open_one(seller, dispute_id)
    amount = dispute.amount if amount is None else amount
    if not 0 < amount <= dispute.amount:
        raise AmountTooLarge(f"{dispute.amount} minor units are disputed; credit from 1 to that.")
    journal = Journal(seller, at=at, by=by)
    note = take_back_of(
        journal, invoice, amount=amount, reason=words, external_id=None, metadata={}
    )
    _end(journal, dispute, state="resolved_credit", words=words, note_id=note.id, credited=amount)
    journal.close()
    return dispute


@transaction.atomic
def reject(seller: Seller, *, dispute_id: UUID, at: datetime, by: str, words: str = "") -> Dispute:
    """The buyer owes it all the same. Raises NotFound or WrongState."""
    return _ended(seller, dispute_id, state="resolved_rejected", words=words, at=at, by=by)


@transaction.atomic
def withdraw(
    seller: Seller, *, dispute_id: UUID, at: datetime, by: str, words: str = ""
) -> Dispute:
    """The buyer agrees after all, or it was opened by mistake. Raises NotFound or WrongState."""
    return _ended(seller, dispute_id, state="withdrawn", words=words, at=at, by=by)


def _ended(
    seller: Seller, dispute_id: UUID, *, state: str, words: str, at: datetime, by: str
) -> Dispute:
    dispute, _ = _open_one(seller, dispute_id)
    journal = Journal(seller, at=at, by=by)
    _end(journal, dispute, state=state, words=words)
    journal.close()
    return dispute


def _open_one(seller: Seller, dispute_id: UUID) -> tuple[Dispute, Invoice]:
    """An open dispute and its invoice, locked."""
    found = dispute_queries.dispute(seller_id=seller.id, dispute_id=dispute_id)
    if found is None:
        raise NotFound("There is no such dispute.")
    invoice = _lock(seller, found.invoice_id)
    # The invoice's lock is the disputes' too.
    dispute = Dispute.objects.select_for_update(no_key=True).get(seller_id=seller.id, id=dispute_id)
    if dispute.state != "open":
        raise WrongState(f"The dispute is {dispute.state}; it has ended.")
    return dispute, invoice


def _lock(seller: Seller, invoice_id: UUID) -> Invoice:
    invoice = invoices.lock_invoice(seller_id=seller.id, invoice_id=invoice_id)
    if invoice is None:
        raise NotFound("There is no such invoice.")
    return invoice


def _disputed(invoice: Invoice) -> int:
    return dispute_queries.disputed(seller_id=invoice.seller_id, invoice_ids=[invoice.id]).get(
        invoice.id, 0
    )


def _open(
    journal: Journal,
    invoice: Invoice,
    *,
    amount: int,
    reason_code: str,
    line: str = "",
    words: str = "",
    their_reason: str = "",
    payment_id: UUID | None = None,
    external_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Dispute:
    made = Dispute(
        id=new_id(),
        seller_id=invoice.seller_id,
        created_at=journal.at,
        invoice_id=invoice.id,
        buyer_id=invoice.buyer_id,
        payment_id=payment_id,
        currency=invoice.currency,
        amount=amount,
        reason_code=reason_code,
        their_reason=their_reason,
        line=line,
        words=words,
        opened_by=journal.by,
        external_id=external_id,
        metadata=metadata or {},
    )
    with external_id_once("dispute", external_id):
        made.save(force_insert=True)
    _tell(journal, made, "invoice.disputed", state=None, amount=amount, number=invoice.number)
    return made


def _end(
    journal: Journal,
    dispute: Dispute,
    *,
    state: str,
    words: str = "",
    note_id: UUID | None = None,
    credited: int = 0,
) -> None:
    dispute.state, dispute.resolution, dispute.credit_note_id = state, words, note_id
    dispute.resolved_by, dispute.resolved_at = journal.by, journal.at
    dispute.save(update_fields=["state", "resolution", "credit_note", "resolved_by", "resolved_at"])
    name = {
        "resolved_credit": "invoice.dispute_credited",
        "resolved_rejected": "invoice.dispute_rejected",
        "withdrawn": "invoice.dispute_withdrawn",
    }[state]
    _tell(journal, dispute, name, state=None, amount=credited or dispute.amount)


def _tell(
    journal: Journal,
    dispute: Dispute,
    name: str,
    *,
    state: str | None,
    amount: int,
    number: str = "",
) -> None:
    journal.tell(
        name,
        object_type="invoice",
        object_id=dispute.invoice_id,
        buyer_id=dispute.buyer_id,
        state=state,
        currency=dispute.currency,
        data={
            "dispute": str(dispute.id),
            "amount": amount,
            "reason_code": dispute.reason_code,
            **({"number": number} if number else {}),
        },
    )
