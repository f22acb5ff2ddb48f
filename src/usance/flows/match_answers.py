"""What a person says to the matching: take this reading, none of them, or undo what was booked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance.flows import match_proposals
from usance.flows.journal import Journal
from usance.flows.match_booking import Booking
from usance.flows.refusals import Mismatch, NotFound, WrongState
from usance.flows.settlement import Applications, InvoiceState, identify, left_of
from usance.records.credit import actions as credit
from usance.records.invoices import actions as invoices
from usance.records.parties.models import Seller
from usance.records.payments import actions as payments
from usance.records.payments.models import Allocation, Payment, Proposal
from usance.rules.matching import model as matching


class OutOfDate(WrongState):
    """What the reading would settle has been settled otherwise meanwhile."""

    code = "proposal_out_of_date"


@transaction.atomic
def accept_proposal(
    seller: Seller, *, proposal_id: UUID, at: datetime, by: str, reading: int = 0
) -> Payment:
    """Book a proposed reading: 0 is the best, from 1 on the alternatives. The payer is learnt.

    A proposal that was accepted stays as it is: accepting it again returns its payment. Raises
    NotFound, WrongState (it waits no longer), Mismatch (a reading in another currency, or the payment
    is another buyer's) or OutOfDate.
    """
    proposal, payment = _waiting(seller, proposal_id)
    if proposal.state == "accepted":
        return payment
    if proposal.state != "open":
        raise WrongState(f"The proposal is {proposal.state}; it waits for nobody.")
    readings = [proposal.best, *proposal.alternatives]
    if not 0 <= reading < len(readings):
        raise NotFound(f"The proposal has {len(readings)} readings, counted from 0.")
    wanted = match_proposals.from_json(readings[reading])
    if wanted.currency != payment.currency:
        raise Mismatch(
            f"The payment is in {payment.currency}, what it is for in {wanted.currency};"
            " convert the payment first."
        )
    if payment.buyer_id not in (None, wanted.buyer_id):
        raise Mismatch("The payment belongs to another buyer than this reading says.")
    journal = Journal(seller, at=at, by=by)
    if payment.buyer_id is None:
        identify(journal, payment, buyer_id=wanted.buyer_id)
    booking = Booking(seller.id)
    if not booking.fits(wanted) or payment.unapplied != _money_of(wanted):
        raise OutOfDate(
            "What this reading would settle has changed; look at the payment and place it anew."
        )
    applied = Applications(journal)
    booking.book(applied, payment, wanted, rule=wanted.rule)
    applied.write()
    _decide(proposal, state="accepted", at=at, by=by)
    match_proposals.teach_of(seller, payment, undone=False, at=at)
    journal.close()
    return payment


@transaction.atomic
def dismiss_proposal(seller: Seller, *, proposal_id: UUID, at: datetime, by: str) -> Payment:
    """None of the readings is right: the payment waits to be placed by hand.

    Again changes nothing. Raises NotFound or WrongState.
    """
    proposal, payment = _waiting(seller, proposal_id)
    if proposal.state == "open":
        _decide(proposal, state="dismissed", at=at, by=by)
    elif proposal.state != "dismissed":
        raise WrongState(f"The proposal is {proposal.state}; it waits for nobody.")
    return payment


@transaction.atomic
def undo_match(seller: Seller, *, payment_id: UUID, at: datetime, by: str) -> Payment:
    """Take back all that a payment pays, deductions too: it waits again, its invoices are open.

    The matching learns from it. Raises NotFound or WrongState (it pays nothing).
    """
    payment = payments.lock_payment(seller_id=seller.id, payment_id=payment_id)
    if payment is None:
        raise NotFound("There is no such payment.")
    made = Allocation.objects.filter(
        seller_id=seller.id, payment_id=payment.id, reverses__isnull=True
    ).order_by("-id")
    journal = Journal(seller, at=at, by=by)
    applied = Applications(journal)
    standing: dict[UUID, InvoiceState] = {}
    rules = set()
    for allocation in made:
        left = left_of(allocation)
        if not left.amount:
            continue
        if allocation.invoice_id not in standing:
            invoice = invoices.lock_invoice(seller_id=seller.id, invoice_id=allocation.invoice_id)
            assert invoice is not None
            standing[invoice.id] = InvoiceState.of(invoice)
        applied.take_back(
            allocation,
            payment,
            standing[allocation.invoice_id],
            amount=left.amount,
            left=left,
            rule="undone",
        )
        rules.add(allocation.rule)
    if not standing:
        raise WrongState("The payment pays nothing; there is nothing to undo.")
    applied.write()
    for rule in sorted(rules & set(matching.RULES))[:1]:
        match_proposals.taken_back(seller, payment, rule=rule, at=at, by=by)
    journal.close()
    return payment


def _waiting(seller: Seller, proposal_id: UUID) -> tuple[Proposal, Payment]:
    """The proposal and its payment, locked after the credit lines of all whose money it may be."""
    found = Proposal.objects.filter(seller_id=seller.id, id=proposal_id).first()
    if found is None:
        raise NotFound("There is no such proposal.")
    kept = Payment.objects.get(seller_id=seller.id, id=found.payment_id)
    if found.state == "open":
        accounts = {
            (UUID(reading["buyer"]), kept.currency) for reading in (found.best, *found.alternatives)
        }
        for buyer_id, currency in sorted(accounts):
            credit.ensure_line(
                seller_id=seller.id, buyer_id=buyer_id, currency=currency, at=kept.created_at
            )
        credit.lock_lines(seller_id=seller.id, accounts=accounts)
    payment = payments.lock_payment(seller_id=seller.id, payment_id=found.payment_id)
    assert payment is not None
    return Proposal.objects.select_for_update(no_key=True).get(
        seller_id=seller.id, id=proposal_id
    ), payment


def _money_of(reading: matching.Proposal) -> int:
    """What the line of ``reading`` brought: invoices' shares, less credits', and what is left."""
    signed = (s.amount if s.kind == "invoice" else -s.amount for s in reading.shares)
    return sum(signed) + reading.unapplied


def _decide(proposal: Proposal, *, state: str, at: datetime, by: str) -> None:
    Proposal.objects.filter(seller_id=proposal.seller_id, id=proposal.id).update(
        state=state, decided_at=at, decided_by=by
    )
