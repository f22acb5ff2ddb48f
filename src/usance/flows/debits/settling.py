"""A debit becomes a payment on its day, provisionally, and good when nobody may take it back."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from usance.flows import settlement
from usance.flows.debits.mandates import end
from usance.flows.journal import Journal, business_day
from usance.flows.refusals import AmountTooLarge, WrongState
from usance.records.debits import actions, queries
from usance.records.debits.models import Debit, Mandate
from usance.records.invoices.models import Invoice, InvoicePart
from usance.records.parties.models import Seller
from usance.records.payments.models import Payment
from usance.rules.debits.mandates import ends_with
from usance.rules.debits.schemes import SCHEMES, funds_good_on


def settle_due(seller: Seller, *, at: datetime, by: str) -> int:
    """Let the debits whose day has come pay what they are for; how many. Each in its own
    transaction."""
    on = business_day(seller, at=at)
    return sum(
        settle_debit(seller, debit_id=debit_id, at=at, by=by)
        for debit_id in queries.to_settle(seller_id=seller.id, on=on)
    )


@transaction.atomic
def settle_debit(seller: Seller, *, debit_id: UUID, at: datetime, by: str) -> bool:
    """Let one submitted debit become a payment; False if it is none, or is one already."""
    debit = actions.lock_debit(seller_id=seller.id, debit_id=debit_id)
    if debit is None or debit.state != "submitted":
        return False
    mandate = actions.lock_mandate(seller_id=seller.id, mandate_id=debit.mandate_id)
    assert mandate is not None
    become_payment(seller, debit, mandate=mandate, on=debit.collect_on, at=at, by=by)
    return True


def become_payment(
    seller: Seller, debit: Debit, *, mandate: Mandate, on: date, at: datetime, by: str
) -> Payment:
    """The money of a locked debit has come (again): a payment that pays what the debit was for.

    What is not open any more waits as unapplied cash.
    """
    way = SCHEMES[mandate.scheme]
    turn = debit.turn + 1
    payment = settlement.record_payment(
        seller,
        amount=debit.amount,
        currency=debit.currency,
        received_on=on,
        at=at,
        by=by,
        buyer_id=debit.buyer_id,
        method=way.method,
        payer=mandate.debtor_name,
        reference=debit.end_to_end_id,
        external_id=f"debit:{debit.id.hex}:{turn}",
    )
    actions.change(
        debit,
        state="settled",
        turn=turn,
        payment_id=payment.id,
        settled_on=on,
        first_settled_on=debit.first_settled_on or on,
        funds_good_on=funds_good_on(way, settled_on=on),
        good_at=None,
        reason_code="",
        reason="",
        next_step="",
        ended_on=None,
    )
    _pay(seller, debit, payment, at=at, by=by)
    if not mandate.used:
        actions.change(mandate, used=True)
    if ends_with(debit.sequence) and mandate.state == "active":
        end(seller, mandate, state="completed", at=at, by=by)
    _tell(seller, debit, "settled", at=at, by=by)
    return payment


def _pay(seller: Seller, debit: Debit, payment: Payment, *, at: datetime, by: str) -> None:
    parts = queries.parts_of(seller_id=seller.id, debit_ids=[debit.id])[debit.id]
    shares = [(part.invoice_id, part.amount) for part in parts]
    if debit.order_id is not None:
        shares = _of_order(seller, debit.order_id, most=debit.amount)
    pay_invoices(seller, payment, shares=shares, at=at, by=by)


def pay_invoices(
    seller: Seller,
    payment: Payment,
    *,
    shares: Sequence[tuple[UUID, int]],
    at: datetime,
    by: str,
) -> int:
    """Let ``payment`` pay each invoice up to its share, as far as both allow; what was paid."""
    left = payment.amount - payment.allocated - payment.refunded - payment.returned
    paid = 0
    for invoice_id, share in shares:
        found = Invoice.objects.filter(seller_id=seller.id, id=invoice_id, state="open")
        amount = min(share, left, found.values_list("outstanding", flat=True).first() or 0)
        if amount <= 0:
            continue
        with contextlib.suppress(WrongState, AmountTooLarge):
            settlement.allocate(
                seller, payment_id=payment.id, invoice_id=invoice_id, at=at, by=by, amount=amount
            )
            left -= amount
            paid += amount
    return paid


def _of_order(seller: Seller, order_id: UUID, *, most: int) -> list[tuple[UUID, int]]:
    parts = InvoicePart.objects.filter(seller_id=seller.id, order_id=order_id).order_by("id")
    return [(part.invoice_id, min(part.amount, most)) for part in parts]


def apply_prepayments(seller: Seller, *, at: datetime, by: str) -> int:
    """Let what was collected for orders before they shipped pay the invoices that came since, each in a
    transaction of its own; minor units, of all currencies."""
    owing = InvoicePart.objects.filter(
        seller_id=OuterRef("seller_id"),
        order_id=OuterRef("order_id"),
        invoice__state="open",
        invoice__outstanding__gt=0,
    )
    waiting = queries.debits(seller_id=seller.id, state="settled").filter(
        # Not those of orders that have not shipped: they may wait for months.
        Exists(owing),
        order__isnull=False,
        payment__state__in=("unapplied", "partially_allocated"),
    )
    return sum(_apply_prepayment(seller, debit, at=at, by=by) for debit in waiting.order_by("id"))


@transaction.atomic
def _apply_prepayment(seller: Seller, debit: Debit, *, at: datetime, by: str) -> int:
    assert debit.order_id is not None and debit.payment_id is not None
    payment = Payment.objects.get(seller_id=seller.id, id=debit.payment_id)
    shares = _of_order(seller, debit.order_id, most=debit.amount)
    return pay_invoices(seller, payment, shares=shares, at=at, by=by)


def mark_good(seller: Seller, *, at: datetime, by: str) -> int:
    """Tell of the debits whose money can come back by right no more; how many."""
    on = business_day(seller, at=at)
    return sum(
        _mark_good(seller, debit_id, on=on, at=at, by=by)
        for debit_id in queries.to_be_good(seller_id=seller.id, on=on)
    )


@transaction.atomic
def _mark_good(seller: Seller, debit_id: UUID, *, on: date, at: datetime, by: str) -> bool:
    debit = actions.lock_debit(seller_id=seller.id, debit_id=debit_id)
    if debit is None or debit.state != "settled" or debit.good_at is not None:
        return False
    if debit.funds_good_on is None or debit.funds_good_on > on:
        return False
    actions.change(debit, good_at=at)
    _tell(seller, debit, "funds_good", at=at, by=by)
    return True


def _tell(seller: Seller, debit: Debit, what: str, *, at: datetime, by: str) -> None:
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        f"debit.{what}",
        object_type="debit",
        object_id=debit.id,
        buyer_id=debit.buyer_id,
        state=debit.state if what == "settled" else None,
        currency=debit.currency,
        data={
            "amount": debit.amount,
            "settled_on": debit.settled_on.isoformat() if debit.settled_on else None,
            "funds_good_on": debit.funds_good_on.isoformat() if debit.funds_good_on else None,
        },
    )
    journal.close()
