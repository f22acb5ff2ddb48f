"""What happens when money that was received is gone again: refunded, returned or charged back."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from usance.flows import match_proposals
from usance.flows.allocating import Applications, InvoiceState, Left, left_of
from usance.flows.found import locked_payment
from usance.flows.journal import Journal
from usance.flows.refusals import AmountTooLarge, Duplicate, WrongState
from usance.records.identity import new_id
from usance.records.invoices import actions as invoices
from usance.records.parties.models import Seller
from usance.records.payments import actions as payments
from usance.records.payments.models import Allocation, Payment, Repayment
from usance.rules import ledger
from usance.rules.billing import payment_state

GONE = ("returned", "refunded")
"""The states in which nothing is left of a payment."""
_TAKEN: Final = "external_id {!r} is taken by another repayment."


@transaction.atomic
def refund_payment(
    seller: Seller,
    *,
    payment_id: UUID,
    at: datetime,
    by: str,
    amount: int | None = None,
    reason: str = "",
    is_released: bool = False,
    external_id: str | None = None,
) -> Repayment:
    """Give back ``amount`` minor units (None: all) of what is unapplied of a payment.

    What pays an invoice is not given back: release the allocation or credit the invoice first. With
    ``is_released`` the money has gone already, so that what it paid is open again, as far as it is
    needed, the latest allocation first. The
    same ``external_id`` gives the same refund. Raises NotFound, WrongState (nothing is left of the
    payment), AmountTooLarge or Duplicate (the external_id is that of another repayment).
    """
    payment = locked_payment(seller, payment_id=payment_id)
    if known := _known(seller, payment, "refund", amount=amount, external_id=external_id):
        return known
    if payment.state in GONE:
        raise WrongState(f"The payment is {payment.state} in full; nothing is left to give back.")
    amount = payment.unapplied if amount is None else amount
    gone = payment.refunded + payment.returned
    if not 0 < amount <= (payment.amount - gone if is_released else payment.unapplied):
        raise AmountTooLarge(
            f"{payment.unapplied} minor units of the payment are unapplied; refund from 1 to that,"
            " or release an allocation or credit an invoice first."
        )
    journal = Journal(seller, at=at, by=by)
    if is_released:
        _release(journal, payment, amount=amount - payment.unapplied, rule="refund")
    made = _repay(
        journal,
        payment,
        kind="refund",
        amount=amount,
        on=journal.on,
        reason=reason,
        external_id=external_id,
    )
    journal.close()
    return made


@transaction.atomic
def return_payment(
    seller: Seller,
    *,
    payment_id: UUID,
    at: datetime,
    by: str,
    amount: int | None = None,
    kind: str = "return",
    reason_code: str = "",
    reason: str = "",
    fee: int = 0,
    on: date | None = None,
    external_id: str | None = None,
) -> Repayment:
    """The payer's bank (``return``) or the card provider (``chargeback``) took money back.

    ``amount`` minor units, None for all that has not gone yet. What the payment had paid is open
    again, the latest allocation first, however long ago it was. ``fee`` is what the bank or the
    provider charges for it. ``on`` is the bank's day, None for today. The same ``external_id`` gives
    the same return. Raises NotFound, WrongState, AmountTooLarge or Duplicate.
    """
    payment = locked_payment(seller, payment_id=payment_id)
    if known := _known(seller, payment, kind, amount=amount, external_id=external_id):
        return known
    most = payment.amount - payment.refunded - payment.returned
    if not most:
        raise WrongState(f"The payment is {payment.state} in full; nothing is left to return.")
    amount = most if amount is None else amount
    if not 0 < amount <= most:
        raise AmountTooLarge(f"Of the payment {most} minor units are left; return from 1 to that.")
    journal = Journal(seller, at=at, by=by)
    _release(journal, payment, amount=amount - payment.unapplied, rule=kind)
    made = _repay(
        journal,
        payment,
        kind=kind,
        amount=amount,
        on=on or journal.on,
        reason_code=reason_code,
        reason=reason,
        external_id=external_id,
    )
    if fee:
        journal.enter(
            "fee",
            subject_id=made.id,
            buyer_id=payment.buyer_id,
            currency=payment.currency,
            postings=ledger.fee(
                payment.buyer_id, amount=fee, out_of=ledger.place_of(payment.method)
            ),
        )
    journal.close()
    return made


def _known(
    seller: Seller, payment: Payment, kind: str, *, amount: int | None, external_id: str | None
) -> Repayment | None:
    """What was made of the same ``external_id`` before, with the payment locked."""
    if external_id is None:
        return None
    made = Repayment.objects.filter(seller_id=seller.id, external_id=external_id).first()
    if made is None:
        return None
    if (made.payment_id, made.kind) != (payment.id, kind) or amount not in (None, made.amount):
        raise Duplicate(_TAKEN.format(external_id))
    return made


def _keep_once(made: Repayment) -> None:
    """Store it. Raises Duplicate where a repayment of another payment took the external_id since it
    was looked for: those of one payment wait for each other."""
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        if "payments_repayment_once" not in str(error):
            raise
        raise Duplicate(_TAKEN.format(made.external_id)) from None


def _release(journal: Journal, payment: Payment, *, amount: int, rule: str) -> None:
    """Take back ``amount`` of what the locked ``payment`` pays, the invoice that it paid last first."""
    if amount <= 0:
        return
    made = Allocation.objects.filter(
        seller_id=payment.seller_id, payment_id=payment.id, reverses__isnull=True
    )
    standing: dict[UUID, list[tuple[Allocation, Left]]] = defaultdict(list)
    for allocation in made.order_by("-created_at", "-id"):
        left = left_of(allocation)
        if left.amount:
            standing[allocation.invoice_id].append((allocation, left))
    applied = Applications(journal)
    for invoice_id, parts in standing.items():
        if amount <= 0:
            break
        invoice = invoices.lock_invoice(seller_id=payment.seller_id, invoice_id=invoice_id)
        assert invoice is not None
        state = InvoiceState.of(invoice)
        parts.sort(key=lambda part: part[1].used != 0)  # what is given up beside the money
        for allocation, left in parts:
            # A deduction was given for being paid: without the payment, none of it stands. What was
            # converted is undone whole, at the rate of its day.
            whole = left.used <= amount or left.deduction or left.converted is not None
            back = left.amount if whole else amount
            if back:
                applied.take_back(allocation, payment, state, amount=back, left=left, rule=rule)
            amount -= left.used if whole else back
            if amount <= 0:
                break
    assert amount <= 0, "a payment has no more allocated than its allocations"
    applied.write()


def _repay(
    journal: Journal,
    payment: Payment,
    *,
    kind: str,
    amount: int,
    on: date,
    reason: str,
    external_id: str | None,
    reason_code: str = "",
) -> Repayment:
    made = Repayment(
        id=new_id(),
        seller_id=payment.seller_id,
        created_at=journal.at,
        payment_id=payment.id,
        kind=kind,
        amount=amount,
        on=on,
        reason_code=reason_code,
        reason=reason,
        external_id=external_id,
    )
    _keep_once(made)
    refunded, returned = payment.refunded, payment.returned
    if kind == "refund":
        refunded += amount
    else:
        returned += amount
    state = payment_state(
        amount=payment.amount, allocated=payment.allocated, refunded=refunded, returned=returned
    )
    before = payment.state
    payments.change(payment, refunded=refunded, returned=returned, state=state)
    if state in GONE:
        match_proposals.supersede(payment, at=journal.at, by=journal.by)
    name = "payment.refunded" if kind == "refund" else "payment.returned"
    place = ledger.refunded_from if kind == "refund" else ledger.place_of
    journal.enter(
        name.replace(".", "_"),
        subject_id=payment.id,
        buyer_id=payment.buyer_id,
        currency=payment.currency,
        postings=ledger.refund(payment.buyer_id, amount=amount, out_of=place(payment.method)),
    )
    journal.tell(
        name,
        object_type="payment",
        object_id=payment.id,
        buyer_id=payment.buyer_id,
        state=state if state != before else None,
        currency=payment.currency,
        data={
            "amount": amount,
            "kind": kind,
            "reason_code": reason_code,
            "reason": reason,
        },
    )
    return made
