"""What happens when money is received and put to use: payments and their allocations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from usance.flows import match_proposals
from usance.flows.allocating import Applications, InvoiceState, left_of
from usance.flows.journal import Journal
from usance.flows.recoveries import recover
from usance.flows.refusals import (
    AmountTooLarge,
    Mismatch,
    NotFound,
    WrongState,
    external_id_once,
)
from usance.records.credit import actions as credit
from usance.records.identity import new_id
from usance.records.invoices import actions as invoices
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Buyer, Seller
from usance.records.payments import actions as payments
from usance.records.payments import queries
from usance.records.payments.models import Allocation, Payment
from usance.rules import ledger
from usance.rules.money import LARGEST_AMOUNT, exponent
from usance.rules.orders import InvalidOrder

MANUAL = "manual"


@transaction.atomic
def record_payment(
    seller: Seller,
    *,
    amount: int,
    currency: str,
    received_on: date,
    at: datetime,
    by: str,
    buyer_id: UUID | None = None,
    method: str = "bank_transfer",
    payer: str = "",
    reference: str = "",
    external_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Payment:
    """Money has been received outside a bank file: cash, cheque, a transfer seen by a person.

    It waits as unapplied cash of the buyer, or of the seller while the payer is unknown. Raises
    NotFound for an unknown buyer, InvalidOrder for an impossible amount, UnknownCurrency, or
    Duplicate if the external_id is taken.
    """
    exponent(currency)
    if not 0 < amount <= LARGEST_AMOUNT:
        raise InvalidOrder(f"amount must be from 1 to {LARGEST_AMOUNT} minor units, not {amount}.")
    if buyer_id is not None:
        if not Buyer.objects.filter(seller_id=seller.id, id=buyer_id).exists():
            raise NotFound("There is no such buyer.")
        credit.ensure_line(seller_id=seller.id, buyer_id=buyer_id, currency=currency, at=at)
    journal = Journal(seller, at=at, by=by)
    payment = Payment(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        buyer_id=buyer_id,
        state="unapplied",
        method=method,
        currency=currency,
        amount=amount,
        received_on=received_on,
        payer=payer,
        reference=reference,
        external_id=external_id,
        metadata=metadata or {},
    )
    with external_id_once("payment", external_id):
        payment.save(force_insert=True)
    enter_receipt(journal, payment)
    journal.close()
    return payment


def enter_receipt(journal: Journal, payment: Payment) -> None:
    """Post the receipt of a new ``payment`` and tell it."""
    journal.enter(
        "payment_received",
        subject_id=payment.id,
        buyer_id=payment.buyer_id,
        currency=payment.currency,
        postings=ledger.receipt(
            payment.buyer_id, amount=payment.amount, into=ledger.place_of(payment.method)
        ),
    )
    journal.tell(
        "payment.received",
        object_type="payment",
        object_id=payment.id,
        buyer_id=payment.buyer_id,
        state="unapplied",
        currency=payment.currency,
        data={"amount": payment.amount, "reference": payment.reference},
    )


@transaction.atomic
def allocate(
    seller: Seller,
    *,
    payment_id: UUID,
    invoice_id: UUID,
    at: datetime,
    by: str,
    amount: int | None = None,
) -> Allocation:
    """Let a payment pay an invoice, ``amount`` minor units of it (None: as much as both allow).

    A payment whose payer is unknown becomes the invoice's buyer's. Money for an invoice that was
    written off recovers as much of it. Raises NotFound, Mismatch, WrongState or AmountTooLarge.
    """
    _require_same_account(seller, payment_id=payment_id, invoice_id=invoice_id)
    invoice = invoices.lock_invoice(seller_id=seller.id, invoice_id=invoice_id)
    assert invoice is not None
    payment = payments.lock_payment_of(
        (invoice.buyer_id, invoice.currency), seller_id=seller.id, payment_id=payment_id
    )
    assert payment is not None
    if payment.buyer_id not in (None, invoice.buyer_id):
        raise Mismatch("The payment belongs to another buyer than the invoice.")
    if invoice.state not in ("open", "written_off"):
        raise WrongState(f"{invoice.number} is {invoice.state}; nothing is outstanding on it.")
    late = invoice.state == "written_off"
    most = min(payment.unapplied, invoice.written_off if late else invoice.outstanding)
    if amount is None:
        amount = most
    if not 0 < amount <= most:
        raise AmountTooLarge(
            f"{payment.unapplied} minor units of the payment are unapplied and"
            f" {invoice.outstanding} are outstanding on {invoice.number}; allocate from 1 to {most}."
        )
    journal = Journal(seller, at=at, by=by)
    if payment.buyer_id is None:
        identify(journal, payment, buyer_id=invoice.buyer_id)
    if late:
        recover(journal, invoice, amount=amount, reason="paid after all")
    applied = Applications(journal)
    made = applied.add(payment, InvoiceState.of(invoice), amount=amount, rule=MANUAL, reverses=None)
    applied.write()
    match_proposals.placed_by_hand(seller, payment, at=at, by=by)
    journal.close()
    return made


@transaction.atomic
def release_allocation(seller: Seller, *, allocation_id: UUID, at: datetime, by: str) -> Allocation:
    """Take back what is left of an allocation: the money is unapplied, the invoice open again.

    Raises NotFound or WrongState (taken back already).
    """
    made = Allocation.objects.filter(
        seller_id=seller.id, id=allocation_id, reverses__isnull=True
    ).first()
    if made is None:
        raise NotFound("There is no such allocation.")
    payment = payments.lock_payment(
        seller_id=seller.id,
        payment_id=made.payment_id,
        also=queries.converted_accounts(seller_id=seller.id, payment_id=made.payment_id),
    )
    invoice = invoices.lock_invoice(seller_id=seller.id, invoice_id=made.invoice_id)
    assert invoice is not None and payment is not None
    left = left_of(made)
    if not left.amount:
        raise WrongState("The allocation has been taken back already.")
    journal = Journal(seller, at=at, by=by)
    applied = Applications(journal)
    back = applied.take_back(
        made, payment, InvoiceState.of(invoice), amount=left.amount, left=left, rule=MANUAL
    )
    applied.write()
    match_proposals.taken_back(seller, payment, rule=made.rule, at=at, by=by)
    journal.close()
    return back


def free_allocations(journal: Journal, invoice: Invoice, *, amount: int) -> None:
    """Take back ``amount`` of what has paid the locked ``invoice``, the latest allocation first."""
    standing = InvoiceState.of(invoice)
    applied = Applications(journal)
    made = Allocation.objects.filter(
        seller_id=invoice.seller_id, invoice_id=invoice.id, reverses__isnull=True
    ).order_by("-created_at", "-id")
    locked: dict[UUID, Payment] = {}
    for allocation in made:
        left = left_of(allocation)
        back = min(amount, left.amount)
        if back:
            # A payment that paid in several parts is one object: each part counts on the last.
            payment = locked.get(allocation.payment_id) or payments.lock_payment(
                seller_id=invoice.seller_id, payment_id=allocation.payment_id
            )
            assert payment is not None
            locked[payment.id] = payment
            applied.take_back(
                allocation, payment, standing, amount=back, left=left, rule="credit_note"
            )
            amount -= back
    assert not amount, "an invoice has no more allocated than its allocations"
    applied.write()
    invoice.allocated, invoice.state = standing.allocated, standing.state
    invoice.outstanding = standing.outstanding


def _require_same_account(seller: Seller, *, payment_id: UUID, invoice_id: UUID) -> None:
    """Look before locking: the lines of two buyers are never locked one after the other."""
    invoice = Invoice.objects.filter(seller_id=seller.id, id=invoice_id).first()
    payment = Payment.objects.filter(seller_id=seller.id, id=payment_id).first()
    if invoice is None or payment is None:
        raise NotFound(f"There is no such {'invoice' if invoice is None else 'payment'}.")
    if payment.currency != invoice.currency:
        raise Mismatch(f"The payment is in {payment.currency}, the invoice in {invoice.currency}.")
    if payment.buyer_id not in (None, invoice.buyer_id):
        raise Mismatch("The payment belongs to another buyer than the invoice.")


def identify(journal: Journal, payment: Payment, *, buyer_id: UUID) -> None:
    """The unknown payer of an unused ``payment`` turns out to be ``buyer_id``."""
    credit.ensure_line(
        seller_id=journal.seller.id, buyer_id=buyer_id, currency=payment.currency, at=journal.at
    )
    journal.enter(
        "payment_identified",
        subject_id=payment.id,
        buyer_id=buyer_id,
        currency=payment.currency,
        # What has gone back already went as nobody's.
        postings=ledger.identification(
            buyer_id, amount=payment.unapplied, into=ledger.place_of(payment.method)
        ),
    )
    payments.change(payment, buyer_id=buyer_id)
    journal.tell(
        "payment.identified",
        object_type="payment",
        object_id=payment.id,
        buyer_id=buyer_id,
        currency=payment.currency,
        data={"amount": payment.unapplied},
    )


def unidentify(journal: Journal, payment: Payment) -> None:
    """The locked, unused ``payment`` is not its buyer's after all: nobody knows whose it is."""
    buyer_id = payment.buyer_id
    assert buyer_id is not None and not payment.allocated
    journal.enter(
        "payment_unidentified",
        subject_id=payment.id,
        buyer_id=buyer_id,
        currency=payment.currency,
        postings=ledger.identification(
            buyer_id, amount=-payment.unapplied, into=ledger.place_of(payment.method)
        ),
    )
    payments.change(payment, buyer_id=None)
    journal.tell(
        "payment.unidentified",
        object_type="payment",
        object_id=payment.id,
        buyer_id=buyer_id,
        currency=payment.currency,
        data={"amount": payment.unapplied},
    )
