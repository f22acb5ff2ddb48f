"""What a person says to the matching: take this reading, none of them, or undo what was booked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance.flows import conversions, disputes, match_proposals
from usance.flows.allocating import Applications, InvoiceState, left_of
from usance.flows.found import locked_payment
from usance.flows.journal import Journal
from usance.flows.match_booking import Booking
from usance.flows.refusals import Mismatch, NotFound, WrongState
from usance.flows.settlement import identify, unidentify
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
    seller: Seller,
    *,
    proposal_id: UUID,
    at: datetime,
    by: str,
    reading: int = 0,
    dispute: str = "",
    rate: str = "",
) -> Payment:
    """Book a proposed reading: 0 is the best, from 1 on the alternatives. The payer is learnt.

    What is short of an invoice with a reason of the payer's opens a dispute; with ``dispute``, one of
    DISPUTE_REASONS, all that is short does.

    A reading in another currency is converted by the seller's rate of the day the money came, or by the
    bank's where the two are close; ``rate`` says whose where they are not, one of conversions.RATES.

    A proposal that was accepted stays as it is: accepting it again returns its payment. Raises
    NotFound, WrongState (it waits no longer), Mismatch (the payment is another
    buyer's), NoExchangeRate, RatesApart, InvalidDispute or OutOfDate.
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
    if payment.buyer_id not in (None, wanted.buyer_id):
        raise Mismatch("The payment belongs to another buyer than this reading says.")
    journal = Journal(seller, at=at, by=by)
    if payment.buyer_id is None:
        identify(journal, payment, buyer_id=wanted.buyer_id)
    booking = Booking(seller.id)
    foreign = wanted.currency != payment.currency
    if not booking.fits(wanted) or not (foreign or payment.unapplied == _money_of(wanted)):
        raise OutOfDate(
            "What this reading would settle has changed; look at the payment and place it anew."
        )
    applied = Applications(journal)
    if foreign:
        conversions.book(applied, booking=booking, payment=payment, wanted=wanted, rate=rate)
    else:
        booking.book(applied, payment, wanted, rule=wanted.rule)
    applied.write()
    disputes.open_for_deductions(
        journal, payment=payment, shares=wanted.shares, reason_code=dispute
    )
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
    """Take back all that a payment pays, deductions and netted credits too: it waits again, its invoices
    are open.

    Disputes that its deductions opened are withdrawn with it. The matching learns from it. Raises
    NotFound or WrongState (it pays nothing).
    """
    payment = locked_payment(seller, payment_id=payment_id)
    journal = Journal(seller, at=at, by=by)
    rules = _take_all_back(journal, payment)
    if not rules:
        raise WrongState("The payment pays nothing; there is nothing to undo.")
    for rule in sorted(rules & set(matching.RULES))[:1]:
        match_proposals.taken_back(seller, payment, rule=rule, at=at, by=by)
    journal.close()
    return payment


@transaction.atomic
def unidentify_payment(seller: Seller, *, payment_id: UUID, at: datetime, by: str) -> Payment:
    """The payment is not its buyer's: what it pays is taken back, and its payer is unknown again.

    The matching learns that the account and the name are not this buyer's. Raises NotFound or
    WrongState (nobody is known as its payer, or nothing is left of it).
    """
    payment = locked_payment(seller, payment_id=payment_id)
    if payment.buyer_id is None:
        raise WrongState("The payer is not known; there is nothing to take back.")
    if payment.state in ("returned", "refunded"):
        raise WrongState(f"The payment is {payment.state}; nothing is left of it.")
    journal = Journal(seller, at=at, by=by)
    _take_all_back(journal, payment)
    Proposal.objects.filter(
        seller_id=seller.id, payment_id=payment.id, state__in=("booked", "accepted")
    ).update(state="undone", decided_at=at, decided_by=by)
    match_proposals.teach_of(seller, payment, undone=True, at=at)
    unidentify(journal, payment)
    journal.close()
    return payment


def _take_all_back(journal: Journal, payment: Payment) -> set[str]:
    """Take back all that the locked ``payment`` pays, and the credits that were netted with it; the
    rules by which it paid it."""
    own = Allocation.objects.filter(
        seller_id=payment.seller_id, payment_id=payment.id, reverses__isnull=True
    ).order_by("-id")
    made = list(own)
    sources = {payment.id: payment}
    for netted in _netted(payment, made):
        if netted.payment_id not in sources:
            found = payments.lock_payment(seller_id=payment.seller_id, payment_id=netted.payment_id)
            assert found is not None
            sources[found.id] = found
        made.append(netted)
    applied = Applications(journal)
    standing: dict[UUID, InvoiceState] = {}
    rules = set()
    for allocation in made:
        left = left_of(allocation)
        if not left.amount:
            continue
        if allocation.invoice_id not in standing:
            invoice = invoices.lock_invoice(
                seller_id=payment.seller_id, invoice_id=allocation.invoice_id
            )
            assert invoice is not None
            standing[invoice.id] = InvoiceState.of(invoice)
        applied.take_back(
            allocation,
            sources[allocation.payment_id],
            standing[allocation.invoice_id],
            amount=left.amount,
            left=left,
            rule="undone",
        )
        rules.add(allocation.rule)
    applied.write()
    disputes.withdraw_of_payment(journal, payment)
    return rules


def _netted(payment: Payment, made: Sequence[Allocation]) -> Iterable[Allocation]:
    """What the credits of the reading by which ``payment`` was booked pay: they and the allocations
    ``made`` of the payment were written at once, by one rule."""
    booked = Proposal.objects.filter(
        seller_id=payment.seller_id, payment_id=payment.id, state__in=("booked", "accepted")
    )
    freed = {
        share.item_id
        for proposal in booked
        for kept in (proposal.best, *proposal.alternatives)
        for share in match_proposals.from_json(kept).shares
        if share.kind == "credit_note"
    }
    written = {(one.created_at, one.rule, one.invoice_id) for one in made}
    found = Allocation.objects.filter(
        seller_id=payment.seller_id, payment_id__in=freed, reverses__isnull=True
    ).order_by("-id")
    return (one for one in found if (one.created_at, one.rule, one.invoice_id) in written)


def _waiting(seller: Seller, proposal_id: UUID) -> tuple[Proposal, Payment]:
    """The proposal and its payment, locked after the credit lines of all whose money it may be."""
    found = Proposal.objects.filter(seller_id=seller.id, id=proposal_id).first()
    if found is None:
        raise NotFound("There is no such proposal.")
    kept = Payment.objects.get(seller_id=seller.id, id=found.payment_id)
    accounts: set[tuple[UUID, str]] = set()
    if found.state == "open":
        accounts = {
            (UUID(reading["buyer"]), currency)
            for reading in (found.best, *found.alternatives)
            for currency in (kept.currency, reading["currency"])
        }
        credit.ensure_lines(seller_id=seller.id, accounts=accounts, at=kept.created_at)
    # All at once: what the payment is identified as meanwhile may be the line of a buyer beside these.
    payment = payments.lock_payment(seller_id=seller.id, payment_id=found.payment_id, also=accounts)
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
