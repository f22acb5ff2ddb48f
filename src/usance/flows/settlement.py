"""What happens when money is received and put to use: payments and their allocations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from usance.flows import match_proposals
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
from usance.records.payments.models import Allocation, Payment
from usance.rules import ledger
from usance.rules.billing import payment_state, settled_state
from usance.rules.money import LARGEST_AMOUNT, exponent, proportion
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
    payment = payments.lock_payment(seller_id=seller.id, payment_id=payment_id)
    assert invoice is not None and payment is not None
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
    invoice = invoices.lock_invoice(seller_id=seller.id, invoice_id=made.invoice_id)
    payment = payments.lock_payment(seller_id=seller.id, payment_id=made.payment_id)
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


@dataclass(slots=True)
class InvoiceState:
    """The amounts of a locked invoice that allocations move, in minor units."""

    id: UUID
    buyer_id: UUID
    number: str
    currency: str
    amount: int
    credited: int
    allocated: int
    written_off: int
    state: str

    @classmethod
    def of(cls, invoice: Invoice) -> InvoiceState:
        """The figures of ``invoice``."""
        return cls(
            id=invoice.id,
            buyer_id=invoice.buyer_id,
            number=invoice.number,
            currency=invoice.currency,
            amount=invoice.amount,
            credited=invoice.credited,
            allocated=invoice.allocated,
            written_off=invoice.written_off,
            state=invoice.state,
        )

    @property
    def outstanding(self) -> int:
        """What is still owed."""
        return self.amount - self.credited - self.allocated - self.written_off


class Applications:
    """Allocations of one transaction, written together. Payments and invoices are locked."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._made: list[Allocation] = []
        self._payments: dict[UUID, Payment] = {}
        self._invoices: dict[UUID, tuple[InvoiceState, int]] = {}

    def add(
        self,
        payment: Payment,
        invoice: InvoiceState,
        *,
        amount: int,
        rule: str,
        reverses: UUID | None,
        explanation: str = "",
        deduction: int = 0,
        deduction_kind: str = "",
        converted: int | None = None,
        rate_difference: int = 0,
    ) -> Allocation:
        """``amount`` of ``invoice`` is settled by ``payment``; a negative amount takes it back.

        ``deduction`` of it (same sign) is not paid but given up, for the reason ``deduction_kind``.
        ``converted`` (same sign) is what it uses of a payment in another currency, and
        ``rate_difference`` how much more that is than on the day of the invoice.
        """
        journal = self._journal
        allocation = Allocation(
            id=new_id(),
            seller_id=journal.seller.id,
            created_at=journal.at,
            payment_id=payment.id,
            invoice_id=invoice.id,
            amount=amount,
            deduction=deduction,
            deduction_kind=deduction_kind,
            converted=converted,
            rate_difference=rate_difference,
            rule=rule,
            explanation=explanation,
            reverses_id=reverses,
        )
        self._made.append(allocation)
        payment.allocated += allocation.used
        invoice.allocated += amount
        _, change = self._invoices.get(invoice.id, (invoice, 0))
        self._invoices[invoice.id] = invoice, change + amount
        self._payments[payment.id] = payment
        self._enter(allocation, payment, invoice)
        self._tell_payment(payment, invoice, amount=allocation.used)
        self._tell_invoice(invoice, amount=amount)
        return allocation

    def _enter(self, made: Allocation, payment: Payment, invoice: InvoiceState) -> None:
        """Post it: one entry, or one in each currency where it converts."""
        figures: dict[str, Any] = {
            "amount": made.amount,
            "deduction": made.deduction,
            "deduction_kind": made.deduction_kind,
        }
        of = {"subject_id": made.id, "buyer_id": invoice.buyer_id}
        if made.converted is None:
            postings = ledger.allocation(invoice.buyer_id, **figures)
        else:
            postings = ledger.converted_allocation(invoice.buyer_id, **figures)
            self._journal.enter(
                "conversion",
                currency=payment.currency,
                postings=ledger.conversion(
                    invoice.buyer_id, used=made.converted, rate_difference=made.rate_difference
                ),
                **of,
            )
        self._journal.enter("allocation", currency=invoice.currency, postings=postings, **of)

    def take_back(
        self,
        made: Allocation,
        payment: Payment,
        invoice: InvoiceState,
        *,
        amount: int,
        left: Left,
        rule: str,
        explanation: str = "",
    ) -> Allocation:
        """``amount`` of what is ``left`` of the allocation ``made`` is undone, and the share of its
        deduction with it."""
        deduction = proportion(left.deduction, part=amount, whole=left.amount)
        converted, difference = None, 0
        if left.converted is not None:
            # Something of either currency, however small the part.
            converted = -max(1, proportion(left.converted, part=amount, whole=left.amount))
            difference = -proportion(left.rate_difference, part=amount, whole=left.amount)
        return self.add(
            payment,
            invoice,
            amount=-amount,
            rule=rule,
            reverses=made.id,
            explanation=explanation,
            deduction=-deduction,
            deduction_kind=made.deduction_kind if deduction else "",
            converted=converted,
            rate_difference=difference,
        )

    def write(self, *, new: Sequence[Payment] = ()) -> None:
        """Write the allocations and what they did to payments and invoices.

        ``new`` are payments that are not stored yet; they are, with what was allocated of them.
        """
        Payment.objects.bulk_create(new)
        if not self._made:
            return
        seller_id, on = self._journal.seller.id, self._journal.on
        stored = {payment.id for payment in new}
        for payment in self._payments.values():
            if payment.id not in stored:
                payments.change(payment, allocated=payment.allocated, state=payment.state)
        Allocation.objects.bulk_create(self._made)
        payments.apply_to_invoices(
            seller_id=seller_id,
            changes={
                invoice.id: (change, invoice.state, None if invoice.state == "open" else on)
                for invoice, change in self._invoices.values()
            },
        )

    def _tell_payment(self, payment: Payment, invoice: InvoiceState, *, amount: int) -> None:
        state = payment_state(
            amount=payment.amount,
            allocated=payment.allocated,
            refunded=payment.refunded,
            returned=payment.returned,
        )
        self._journal.tell(
            "payment.allocated" if amount >= 0 else "payment.released",
            object_type="payment",
            object_id=payment.id,
            buyer_id=payment.buyer_id,
            state=state if state != payment.state else None,
            currency=payment.currency,
            data={"invoice": invoice.number, "amount": amount},
        )
        payment.state = state

    def _tell_invoice(self, invoice: InvoiceState, *, amount: int) -> None:
        state = settled_state(
            amount=invoice.amount,
            credited=invoice.credited,
            allocated=invoice.allocated,
            written_off=invoice.written_off,
        )
        changed = state != invoice.state
        if changed:
            name = "invoice.paid" if state == "paid" else "invoice.reopened"
        else:
            name = "invoice.partially_paid" if amount > 0 else "invoice.payment_released"
        self._journal.tell(
            name,
            object_type="invoice",
            object_id=invoice.id,
            buyer_id=invoice.buyer_id,
            state=state if changed else None,
            currency=invoice.currency,
            owed_change=-amount,
            data={"number": invoice.number, "amount": amount, "outstanding": invoice.outstanding},
        )
        invoice.state = state


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


@dataclass(frozen=True, slots=True)
class Left:
    """What has not been taken back of an allocation, and of its deduction, in minor units; and, where
    it converts, of what it uses of the payment."""

    amount: int
    deduction: int
    converted: int | None = None
    rate_difference: int = 0

    @property
    def used(self) -> int:
        """What it still uses of the payment, in the payment's currency."""
        return self.amount - self.deduction if self.converted is None else self.converted


def left_of(allocation: Allocation) -> Left:
    """What stands of ``allocation``."""
    names = ("amount", "deduction", "converted", "rate_difference")
    back = Allocation.objects.filter(
        seller_id=allocation.seller_id, reverses_id=allocation.id
    ).aggregate(**{name: Sum(name) for name in names})
    converted = allocation.converted
    return Left(
        amount=allocation.amount + (back["amount"] or 0),
        deduction=allocation.deduction + (back["deduction"] or 0),
        converted=None if converted is None else converted + (back["converted"] or 0),
        rate_difference=allocation.rate_difference + (back["rate_difference"] or 0),
    )
