"""Allocations of one transaction: what payments settle of invoices, written together with its entries and
events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Sum

from usance.flows.journal import Journal
from usance.records.identity import new_id
from usance.records.invoices.models import Invoice
from usance.records.payments import actions as payments
from usance.records.payments.models import Allocation, Payment
from usance.rules import ledger
from usance.rules.billing import payment_state, settled_state
from usance.rules.money import proportion


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
        self._tell_payment(payment, invoice, amount=allocation.used, taken_back=amount < 0)
        self._tell_invoice(invoice, amount=amount)
        return allocation

    def _enter(self, made: Allocation, payment: Payment, invoice: InvoiceState) -> None:
        """Post it: one entry, or one in each currency where it converts."""
        figures: dict[str, Any] = {
            "amount": made.amount,
            "deduction": made.deduction,
            "deduction_kind": made.deduction_kind,
        }
        of: dict[str, Any] = {"subject_id": made.id, "buyer_id": invoice.buyer_id}
        if made.converted is None:
            postings = ledger.allocation(invoice.buyer_id, **figures)
        else:
            postings = ledger.converted_allocation(invoice.buyer_id, **figures)
            if made.converted or made.rate_difference:
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
            # A part may be too small to use a minor unit of the payment; the last part takes the rest.
            converted = -proportion(left.converted, part=amount, whole=left.amount)
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

    def _tell_payment(
        self, payment: Payment, invoice: InvoiceState, *, amount: int, taken_back: bool
    ) -> None:
        state = payment_state(
            amount=payment.amount,
            allocated=payment.allocated,
            refunded=payment.refunded,
            returned=payment.returned,
        )
        self._journal.tell(
            "payment.released" if taken_back else "payment.allocated",
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
