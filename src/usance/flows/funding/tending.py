"""An advance follows its invoice: repaid as the buyer pays, smaller as it is credited, taken back or
borne by the partner when it is not paid.

What is to be done follows from how the invoice stands (``rules.funding.position``). What moves no money
is booked at once; what does is told to the partner first and booked when it has answered.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from usance.flows.funding.instructing import instruct
from usance.flows.funding.telling import tell
from usance.flows.journal import Journal
from usance.flows.refusals import AmountTooLarge, NotFound, WrongState
from usance.records.funding import actions, queries
from usance.records.funding.models import Advance, FundingInstruction
from usance.records.invoices import actions as invoices
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller
from usance.rules import ledger
from usance.rules.funding.choice import FundingKind
from usance.rules.funding.position import Booked, Standing, Step, reserve_released, steps
from usance.rules.funding.terms import BASIS, effective_annual_rate, interest_of
from usance.rules.money import proportion

BY: Final = "funding"
_PARTS: Final = {"dilution": "diluted", "repayment": "repaid", "recourse": "recoursed"}
"""Which part of an advance a remittance of each kind ends."""


@transaction.atomic
def tend(*, seller_id: UUID, advance_id: UUID, at: datetime) -> None:
    """Do what an advance needs now. Safe to call at any time and as often as one likes."""
    found = lock(seller_id=seller_id, advance_id=advance_id)
    if found is None:
        return
    advance, invoice = found
    journal = Journal(Seller.objects.get(id=seller_id), at=at, by=BY)
    follow(journal, advance, invoice=invoice)
    journal.close()


def lock(*, seller_id: UUID, advance_id: UUID) -> tuple[Advance, Invoice] | None:
    """The advance and its invoice, both locked, the invoice with its credit line before."""
    known = queries.advance(seller_id=seller_id, advance_id=advance_id)
    if known is None:
        return None
    invoice = invoices.lock_invoice(seller_id=seller_id, invoice_id=known.invoice_id)
    advance = actions.lock_advance(seller_id=seller_id, advance_id=advance_id)
    assert invoice is not None and advance is not None
    return advance, invoice


def standing_of(advance: Advance, invoice: Invoice) -> Standing:
    """How the invoice stands since it was funded."""
    return Standing(
        base=advance.base,
        outstanding=invoice.outstanding,
        credited=invoice.credited - advance.credited_before,
        written_off=max(invoice.written_off - advance.written_off_before, 0),
    )


def booked(advance: Advance) -> Booked:
    """What of an advance has ended so far."""
    return Booked(
        advanced=advance.advanced,
        diluted=advance.diluted,
        repaid=advance.repaid,
        recoursed=advance.recoursed,
        absorbed=advance.absorbed,
    )


def follow(journal: Journal, advance: Advance, *, invoice: Invoice) -> None:
    """Let the locked ``advance`` follow its locked ``invoice``, as far as no answer is awaited."""
    if not advance.is_out or queries.waiting(seller_id=advance.seller_id, advance_id=advance.id):
        return
    standing = standing_of(advance, invoice)
    due = advance.recourse_asked or advance.recourse_on <= journal.on
    kind: FundingKind = advance.kind  # type: ignore[assignment]
    while found := steps(booked(advance), standing=standing, kind=kind, recourse_due=due):
        step = found[0]
        if step.kind in ("absorb", "revive", "bear"):
            _book(journal, advance, step)
            continue
        days = (journal.on - (advance.paid_out_on or journal.on)).days
        rate = 0 if step.kind == "reclaim" else advance.interest_rate
        instruct(
            advance,
            step.kind,
            at=journal.at,
            by=BY,
            amount=step.amount,
            interest=interest_of(step.amount, rate=rate, days=days),
            on=journal.on,
        )
        break
    _release(journal, advance, reserve_released(advance.advanced, standing=standing))
    settle_state(journal, advance)
    _claim(journal, advance, invoice)


def _book(journal: Journal, advance: Advance, step: Step) -> None:
    """What moves no money."""
    if step.kind == "bear":
        # The partner keeps what it got; whether the buyer pays again is the seller's concern.
        actions.change(
            advance,
            repaid=advance.repaid - step.amount,
            recoursed=advance.recoursed + step.amount,
        )
        tell(journal, advance, type_="advance.borne", state=None, amount=step.amount)
        return
    amount = step.amount if step.kind == "absorb" else -step.amount
    actions.change(advance, absorbed=advance.absorbed + amount)
    enter(
        journal,
        advance,
        kind="advance_absorbed",
        postings=ledger.absorbed(advance.buyer_id, amount=amount),
    )
    tell(journal, advance, type_="advance.loss_shared", state=None, amount=amount)


def book_remittance(journal: Journal, advance: Advance, *, row: FundingInstruction) -> None:
    """The partner has taken, or given back, what ``row`` says."""
    if row.kind == "reclaim":
        actions.change(advance, repaid=advance.repaid - row.amount)
    else:
        part = _PARTS[row.kind]
        actions.change(
            advance,
            **{part: getattr(advance, part) + row.amount},
            interest=advance.interest + row.interest,
        )
    signed = -row.amount if row.kind == "reclaim" else row.amount
    enter(
        journal,
        advance,
        kind=f"advance_{row.kind}",
        postings=ledger.remittance(advance.buyer_id, amount=signed, interest=row.interest),
    )
    tell(
        journal,
        advance,
        type_=f"advance.{row.kind}",
        state=None,
        amount=row.amount,
        interest=row.interest,
    )
    settle_state(journal, advance)


def settle_state(journal: Journal, advance: Advance) -> None:
    """The state that the parts of an advance that is out make."""
    open_ = booked(advance).open
    if open_:
        state = "paid_out"
    elif advance.recoursed:
        state = "recoursed"
    else:
        state = "absorbed" if advance.absorbed else "repaid"
    if state == advance.state:
        return
    actions.change(
        advance,
        state=state,
        ended_on=None if open_ else journal.on,
        annual_rate=advance.annual_rate if open_ else _true_rate(advance, journal),
    )
    name = "advance.reopened" if state == "paid_out" else f"advance.{state}"
    tell(journal, advance, type_=name, state=state, interest=advance.interest)


def _true_rate(advance: Advance, journal: Journal) -> object:
    """What it truly cost in a year, reckoned as if all had been out until the last of it ended."""
    days = max((journal.on - (advance.paid_out_on or journal.on)).days, 1)
    return effective_annual_rate(
        received=advance.advanced - advance.fee - advance.premium,
        repaid=advance.advanced + advance.interest,
        days=days,
    )


def _release(journal: Journal, advance: Advance, amount: int) -> None:
    change = amount - advance.reserve_released
    if change:
        actions.change(advance, reserve_released=amount)
        tell(journal, advance, type_="advance.reserve_released", state=None, amount=change)


def _claim(journal: Journal, advance: Advance, invoice: Invoice) -> None:
    """Ask the insurer once its days are over, for its share of what is not paid."""
    if advance.claim_on is None or advance.claimed or advance.claim_on > journal.on:
        return
    unpaid = invoice.outstanding + max(invoice.written_off - advance.written_off_before, 0)
    amount = proportion(min(unpaid, advance.base), part=advance.insured_share, whole=BASIS)
    if amount:
        actions.change(advance, claimed=amount)
        tell(journal, advance, type_="advance.claim_due", state=None, amount=amount)


@transaction.atomic
def record_compensation(
    seller: Seller, *, advance_id: UUID, amount: int, at: datetime, by: str
) -> Advance:
    """The insurer has paid ``amount`` minor units of what was claimed; it lessens the loss.

    Raises NotFound, WrongState (nothing was claimed) or AmountTooLarge.
    """
    found = lock(seller_id=seller.id, advance_id=advance_id)
    if found is None:
        raise NotFound("There is no such advance.")
    advance, _ = found
    if not advance.claimed:
        raise WrongState("Nothing was claimed from an insurer for this advance.")
    most = advance.claimed - advance.compensated
    if not 0 < amount <= most:
        raise AmountTooLarge(f"Of the claim {most} minor units are unpaid; give from 1 to that.")
    journal = Journal(seller, at=at, by=by)
    actions.change(advance, compensated=advance.compensated + amount)
    enter(
        journal,
        advance,
        kind="advance_compensation",
        postings=ledger.compensation(advance.buyer_id, amount=amount),
    )
    tell(journal, advance, type_="advance.compensated", state=None, amount=amount)
    journal.close()
    return advance


def enter(
    journal: Journal, advance: Advance, *, kind: str, postings: tuple[ledger.Posting, ...]
) -> None:
    """An entry about the locked ``advance``."""
    journal.enter(
        kind,
        subject_id=advance.id,
        buyer_id=advance.buyer_id,
        currency=advance.currency,
        postings=postings,
    )
