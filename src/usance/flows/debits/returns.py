"""A debit comes back: the money is on the invoice again, and the mandate is as the reason leaves it.

It does not matter how late it comes, how often it is told, or by which way: a status report, a file
of returns, or a line of the bank.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from usance.flows.debits.mandates import end
from usance.flows.debits.scheduling import schedule_again
from usance.flows.debits.settling import become_payment
from usance.flows.journal import Journal, business_day
from usance.flows.refusals import NotFound
from usance.flows.repayments import return_payment
from usance.records.debits import actions, queries
from usance.records.debits.models import Debit, Mandate, Reversal
from usance.records.identity import new_id
from usance.records.parties.models import Seller
from usance.records.payments.models import Payment
from usance.rules import ledger
from usance.rules.debits.reasons import ReturnReason
from usance.rules.debits.returns import next_step, return_reason
from usance.rules.debits.schemes import SCHEMES, mandate_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a bank says of one debit, and where it says so."""

    code: str
    on: date
    text: str = ""
    before_settlement: bool = False
    """A status report: the debit was not taken, so that no money has moved."""
    answer_id: UUID | None = None
    bank_transaction_id: UUID | None = None


@transaction.atomic
def take_return(seller: Seller, *, debit_id: UUID, told: Told, at: datetime, by: str) -> Reversal:
    """Do what follows from a return, a rejection, or a return that our bank or the other disputes.

    The kind of what is kept is ``noted`` where it changes nothing: it was told before. Raises
    NotFound.
    """
    debit = actions.lock_debit(seller_id=seller.id, debit_id=debit_id)
    if debit is None:
        raise NotFound("There is no such debit.")
    mandate = actions.lock_mandate(seller_id=seller.id, mandate_id=debit.mandate_id)
    assert mandate is not None
    reason = return_reason(told.code, scheme=SCHEMES[mandate.scheme].family)
    kind = _kind(debit, reason, told)
    kept = Reversal.objects.create(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        debit_id=debit.id,
        mandate_id=mandate.id,
        answer_id=told.answer_id,
        bank_transaction_id=told.bank_transaction_id,
        kind=kind,
        code=reason.code,
        text=told.text,
        amount=debit.amount,
        on=told.on,
    )
    if kind == "dishonored":
        become_payment(seller, debit, mandate=mandate, on=told.on, at=at, by=by)
    elif kind == "rejected":
        _end(seller, debit, mandate, reason, state="rejected", told=told, at=at, by=by)
    elif kind in ("returned", "contested"):
        if debit.state == "submitted":
            # The bank was quicker than our calendar: the money came and went.
            day = min(debit.collect_on, told.on)
            become_payment(seller, debit, mandate=mandate, on=day, at=at, by=by)
        _take_money_back(seller, debit, reason, told=told, at=at, by=by)
        _end(seller, debit, mandate, reason, state="returned", told=told, at=at, by=by)
    return kept


def _kind(debit: Debit, reason: ReturnReason, told: Told) -> str:
    """What it amounts to for a debit in this state; ``noted`` where nothing follows."""
    before = queries.reversals(seller_id=debit.seller_id, debit_id=debit.id)
    if reason.stage == "dishonored":
        return "dishonored" if debit.state == "returned" else "noted"
    if reason.stage == "contested":
        upheld = any(each.kind == "dishonored" for each in before)
        return "contested" if debit.state == "settled" and upheld else "noted"
    if debit.state == "submitted":
        return "rejected" if told.before_settlement else "returned"
    if debit.state == "settled":
        # After our bank sent a return back, the same return told once more is old news.
        repeated = any(each.kind == "returned" and each.code == reason.code for each in before)
        return "noted" if repeated else "returned"
    return "noted"


def _take_money_back(
    seller: Seller, debit: Debit, reason: ReturnReason, *, told: Told, at: datetime, by: str
) -> None:
    """What the debit had paid is open again. What had gone back to the buyer before is gone twice."""
    assert debit.payment_id is not None
    payment = Payment.objects.get(seller_id=seller.id, id=debit.payment_id)
    left = payment.amount - payment.refunded - payment.returned
    back = min(debit.amount, left)
    if back:
        return_payment(
            seller,
            payment_id=payment.id,
            amount=back,
            reason_code=reason.code,
            reason=reason.meaning,
            on=told.on,
            external_id=f"debit:{debit.id.hex}:{debit.turn}:return",
            at=at,
            by=by,
        )
    if debit.amount > back:
        journal = Journal(seller, at=at, by=by)
        journal.enter(
            "debit_paid_twice",
            subject_id=debit.id,
            buyer_id=debit.buyer_id,
            currency=debit.currency,
            postings=ledger.paid_twice(debit.buyer_id, amount=debit.amount - back),
        )
        _tell(journal, debit, "paid_twice", amount=debit.amount - back)
        journal.close()


def _end(
    seller: Seller,
    debit: Debit,
    mandate: Mandate,
    reason: ReturnReason,
    *,
    state: str,
    told: Told,
    at: datetime,
    by: str,
) -> None:
    on = business_day(seller, at=at)
    step = next_step(
        reason,
        tries=debit.tries,
        first_settled_on=debit.first_settled_on or debit.collect_on,
        on=on,
    )
    actions.change(
        debit,
        state=state,
        reason_code=reason.code,
        reason=told.text or reason.meaning,
        next_step=step,
        ended_on=told.on,
        good_at=None,
    )
    after = mandate_after(reason)
    if after and mandate.state in ("active", "suspended") and mandate.state != after:
        end(
            seller,
            mandate,
            state=after,
            at=at,
            by=by,
            reason=reason.meaning,
            reason_code=reason.code,
        )
    again = None
    rules = queries.collection_rules(seller_id=seller.id, at=at)
    # The rules allow more for some; a buyer is surprised once, then a person looks.
    if step == "try_again" and rules.retry and debit.tries == 1 and mandate.state == "active":
        again = schedule_again(seller, debit, at=at, by=by)
    journal = Journal(seller, at=at, by=by)
    _tell(
        journal,
        debit,
        state,
        state=state,
        amount=debit.amount,
        reason_code=reason.code,
        reason=reason.meaning,
        next_step=step,
        again_on=again.collect_on.isoformat() if again else None,
    )
    journal.close()


def _tell(
    journal: Journal, debit: Debit, what: str, *, state: str | None = None, **data: Any
) -> None:
    journal.tell(
        f"debit.{what}",
        object_type="debit",
        object_id=debit.id,
        buyer_id=debit.buyer_id,
        state=state,
        currency=debit.currency,
        data=data,
    )
