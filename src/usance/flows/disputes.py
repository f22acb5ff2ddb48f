"""What a buyer will not pay: disputes are opened, and end with a credit note, a no, or nothing.

While one is open its invoice gets no dunning; that goes on where it was once the dispute has ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from usance.flows.billing import take_back_of
from usance.flows.dispute_evidence import Handed, keep_files
from usance.flows.dispute_letters import tell_of_end, tell_of_opening
from usance.flows.dispute_lines import InvalidDispute, lines_in_dispute, lines_to_credit
from usance.flows.found import locked_invoice
from usance.flows.journal import Journal, business_day
from usance.flows.refusals import (
    AmountTooLarge,
    NotFound,
    WrongState,
    external_id_once,
)
from usance.records.collections import dispute_queries
from usance.records.collections.models import DISPUTE_REASONS, Dispute, DisputeRemark
from usance.records.identity import new_id
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller
from usance.records.payments.models import Payment
from usance.rules.invoicing.crediting import CreditedLine
from usance.rules.matching.model import Share

__all__ = [
    "InvalidDispute",
    "open_dispute",
    "open_for_deductions",
    "reject",
    "resolve_by_credit",
    "withdraw",
    "withdraw_of_payment",
]


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
    lines: Sequence[CreditedLine] = (),
    words: str = "",
    external_id: str | None = None,
    metadata: dict[str, Any] | None = None,
    files: Sequence[Handed] = (),
    author: str = "buyer",
    name: str = "",
) -> Dispute:
    """The buyer does not agree to owe ``amount`` minor units of an open invoice (None: all of it that is
    not disputed yet), or ``lines`` of it by their names in the document (BT-126): all of each, a
    quantity, or an amount. ``line`` names one alone; the ``amount`` is then of it. The ``author``
    ("buyer" or "seller"), a person of this ``name``, hands in ``files`` with it. Whoever answers for the
    seller is written to, unless one of its own people opens it.

    Raises NotFound, WrongState (nothing is open, or a line is in dispute), AmountTooLarge,
    InvalidDispute, ExternalIdTaken, UnsuitableFile or TooManyFiles.
    """
    invoice = locked_invoice(seller, invoice_id=invoice_id)
    if reason_code not in DISPUTE_REASONS:
        raise InvalidDispute(f"reason_code is one of {', '.join(DISPUTE_REASONS)}.")
    if invoice.state != "open":
        raise WrongState(f"{invoice.number} is {invoice.state}; nothing is outstanding on it.")
    kept: list[dict[str, Any]] = []
    if line and lines:
        raise InvalidDispute("Name a line or lines, not both.")
    if line or lines:
        kept = lines_in_dispute(
            seller, invoice=invoice, lines=lines or [CreditedLine(line)], amount=amount
        )
        amount = sum(one["amount"] for one in kept)
    most = max(invoice.outstanding - _disputed(invoice), 0)
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
        lines=kept,
        words=words,
        external_id=external_id,
        metadata=metadata or {},
    )
    handed_in = keep_files(journal, made, files=files, author=author, name=name)
    journal.close()
    named = [one.file_name for one in handed_in]
    tell_of_opening(seller, made, invoice=invoice, at=at, by=by, files=named)
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
        invoice = locked_invoice(journal.seller, invoice_id=share.item_id)
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
    lines: Sequence[CreditedLine] = (),
    words: str = "",
) -> Dispute:
    """The buyer is right: a credit note takes back ``amount`` (None: all that is disputed), or ``lines``
    of those in dispute. Where the dispute is about lines the note is about them too, and an amount is
    spread over them. What is not credited of it is owed again. The buyer is written to.

    Raises NotFound, WrongState, AmountTooLarge (more than is disputed), InvalidDispute (a line that is
    not in dispute) or CannotCredit (less is left of a line, since it was credited otherwise).
    """
    dispute, invoice = _open_one(seller, dispute_id)
    taken = _to_credit(dispute, amount=amount, lines=lines)
    amount = dispute.amount if amount is None else amount
    if not 0 < amount <= dispute.amount:
        raise AmountTooLarge(f"{dispute.amount} minor units are disputed; credit from 1 to that.")
    journal = Journal(seller, at=at, by=by)
    note = take_back_of(
        journal,
        invoice,
        amount=None if taken else amount,
        lines=taken,
        reason=words,
        external_id=None,
        metadata={},
    )
    if note.amount > dispute.amount:
        raise AmountTooLarge(f"{dispute.amount} minor units are disputed, not {note.amount}.")
    _end(
        journal,
        dispute,
        state="resolved_credit",
        words=words,
        note_id=note.id,
        credited=note.amount,
    )
    journal.close()
    tell_of_end(seller, dispute, invoice=invoice, credited=note.amount, at=at)
    return dispute


def _to_credit(
    dispute: Dispute, *, amount: int | None, lines: Sequence[CreditedLine]
) -> list[CreditedLine]:
    """The lines that a credit note is about; none for a dispute of the whole invoice."""
    if lines and amount is not None:
        raise InvalidDispute("Credit lines or an amount, not both.")
    if lines and not dispute.lines:
        raise InvalidDispute("The dispute is about the whole invoice; credit an amount of it.")
    return lines_to_credit(dispute, amount=amount, lines=lines) if dispute.lines else []


@transaction.atomic
def reject(seller: Seller, *, dispute_id: UUID, at: datetime, by: str, words: str = "") -> Dispute:
    """The buyer owes it all the same, and is told so with the ``words``. Raises NotFound or WrongState."""
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
    dispute, invoice = _open_one(seller, dispute_id)
    journal = Journal(seller, at=at, by=by)
    _end(journal, dispute, state=state, words=words)
    journal.close()
    if state == "resolved_rejected":
        if words:  # beside what else was said, where the buyer reads it
            DisputeRemark.objects.create(
                seller_id=seller.id,
                created_at=at,
                dispute_id=dispute.id,
                author="seller",
                text=words,
            )
        tell_of_end(seller, dispute, invoice=invoice, credited=0, at=at)
    return dispute


def _open_one(seller: Seller, dispute_id: UUID) -> tuple[Dispute, Invoice]:
    """An open dispute and its invoice, locked."""
    found = dispute_queries.dispute(seller_id=seller.id, dispute_id=dispute_id)
    if found is None:
        raise NotFound("There is no such dispute.")
    invoice = locked_invoice(seller, invoice_id=found.invoice_id)
    # The invoice's lock is the disputes' too.
    dispute = Dispute.objects.select_for_update(no_key=True).get(seller_id=seller.id, id=dispute_id)
    if dispute.state != "open":
        raise WrongState(f"The dispute is {dispute.state}; it has ended.")
    return dispute, invoice


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
    lines: Sequence[dict[str, Any]] = (),
    words: str = "",
    their_reason: str = "",
    payment_id: UUID | None = None,
    external_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Dispute:
    days = dispute_queries.rules(seller_id=invoice.seller_id).answer_days
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
        line=lines[0]["line"] if len(lines) == 1 else "",
        lines=list(lines),
        answer_by=business_day(journal.seller, at=journal.at) + timedelta(days=days),
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
