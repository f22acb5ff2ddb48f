"""A payment that is there already is matched again with the advice that came after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from usance.flows import disputes, match_proposals, remittance_joining
from usance.flows.allocating import Applications
from usance.flows.cash_application import Ledger
from usance.flows.journal import Journal
from usance.flows.match_booking import Booking
from usance.flows.remittance_joining import advised_payment, money_of_line
from usance.flows.settlement import identify
from usance.records.credit import actions as credit
from usance.records.parties.models import Seller
from usance.records.payments import actions as payments
from usance.records.payments import remittance_queries
from usance.records.payments.models import Payment, Proposal, Remittance
from usance.records.statements import execute
from usance.rules.matching.advised_payments import (
    FoundBy,
    ReceivedMoney,
    joined,
    names_in,
    whole_names,
)
from usance.rules.matching.model import NAMING_RULES, BankLine, Matched

DAYS_AROUND: Final = timedelta(days=45)
"""How far before and after its advice money is looked for."""


@transaction.atomic
def look_for_payment(
    seller: Seller, *, remittance_id: UUID, at: datetime, by: str
) -> Payment | None:
    """Find the payment that a waiting advice is of, join them, and match the payment again.

    What is placed already stays as it is. None if no payment fits, several fit, or the advice does not
    wait.
    """
    # Settling gives waiting advices to new lines; one of both at a time.
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [str(seller.id)])
    remittance = Remittance.objects.filter(
        seller_id=seller.id, id=remittance_id, state="waiting"
    ).first()
    if remittance is None:
        return None
    found = _payment_of(seller, remittance)
    if found is None:
        return None
    payment, found_by = found
    return join_and_match(seller, remittance, payment=payment, found_by=found_by, at=at, by=by)


def join_and_match(
    seller: Seller,
    remittance: Remittance,
    *,
    payment: Payment,
    found_by: str,
    at: datetime,
    by: str,
) -> Payment:
    """``payment`` is what ``remittance`` is of; if nothing of it is placed, it is matched again.

    What was proposed for it is superseded. Runs in the caller's transaction, which holds the seller's
    lock on settling.
    """
    journal = Journal(seller, at=at, by=by)
    remittance_joining.give(journal, remittance, payment=payment, found_by=found_by)
    if not (payment.allocated or payment.refunded or payment.returned):
        payment = _match_again(journal, remittance, payment, found_by=found_by)
    journal.close()
    return payment


@transaction.atomic
def match_again(seller: Seller, *, remittance_id: UUID, at: datetime, by: str) -> Payment | None:
    """Match the payment of a joined advice once more, such as when an invoice that it names has come.

    None if it is not joined, or something of its payment is placed.
    """
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [str(seller.id)])
    remittance = (
        Remittance.objects.select_related("payment", "payment__bank_transaction")
        .filter(seller_id=seller.id, id=remittance_id, state="joined")
        .first()
    )
    payment = remittance.payment if remittance is not None else None
    if remittance is None or payment is None:
        return None
    if payment.allocated or payment.refunded or payment.returned:
        return None
    journal = Journal(seller, at=at, by=by)
    matched = _match_again(journal, remittance, payment, found_by=remittance.found_by)
    journal.close()
    return matched


def _match_again(
    journal: Journal, remittance: Remittance, payment: Payment, *, found_by: str
) -> Payment:
    seller = journal.seller
    line = _line(payment, remittance, found_by=found_by)
    ledger = Ledger(seller)
    ledger.name([line])
    matched = ledger.match(line)
    locked = _lock(journal, payment, matched)
    if ledger.refresh(share.item_id for share in (matched.best.shares if matched.best else ())):
        matched = ledger.match(line)
    kept = payments.lock_payment(seller_id=seller.id, payment_id=payment.id)
    assert kept is not None
    best = matched.best
    if best is None or not best.shares:
        return kept
    Proposal.objects.filter(seller_id=seller.id, payment_id=kept.id, state="open").update(
        state="superseded", decided_at=journal.at, decided_by=journal.by
    )
    booking = Booking(seller.id)
    sure = (
        matched.self_book
        and (best.buyer_id, best.currency) in locked
        and kept.buyer_id in (None, best.buyer_id)
        and booking.fits(best)
    )
    if sure:
        _book(journal, kept, line, matched, booking)
    state = "booked" if sure else "open"
    match_proposals.new_proposal(kept, matched, state=state, at=journal.at).save(force_insert=True)
    return kept


def _lock(journal: Journal, payment: Payment, matched: Matched) -> set[tuple[UUID, str]]:
    """Lock the credit lines of whose the payment is and of whom it may pay, in the order of all flows."""
    owners = {(payment.buyer_id, payment.currency)} if payment.buyer_id else set()
    if matched.best is not None:
        owners.add((matched.best.buyer_id, matched.best.currency))
    accounts = {(buyer_id, currency) for buyer_id, currency in owners if buyer_id}
    credit.ensure_lines(seller_id=journal.seller.id, accounts=accounts, at=journal.at)
    credit.lock_lines(seller_id=journal.seller.id, accounts=accounts)
    return accounts


def _book(
    journal: Journal, payment: Payment, line: BankLine, matched: Matched, booking: Booking
) -> None:
    best = matched.best
    assert best is not None
    if payment.buyer_id is None:
        identify(journal, payment, buyer_id=best.buyer_id)
    applied = Applications(journal)
    booking.book(applied, payment, best, rule=best.rule)
    applied.write()
    if any(share.short and share.deduction_reason for share in best.shares):
        disputes.open_for_deductions(journal, payment=payment, shares=best.shares)
    if best.rule in NAMING_RULES and payment.bank_transaction_id:
        match_proposals.teach(journal.seller, [(line, best.buyer_id, False)], at=journal.at)


def _line(payment: Payment, remittance: Remittance, *, found_by: str) -> BankLine:
    """The payment as the matching reads it, with the advice."""
    if payment.bank_transaction is not None:
        line = match_proposals.bank_line(payment.bank_transaction)
    else:
        line = BankLine(
            amount=payment.amount,
            currency=payment.currency,
            booked_on=payment.received_on,
            texts=tuple(filter(None, (payment.reference,))),
            payer_name=payment.payer,
        )
    documents = remittance_queries.lines_of(
        seller_id=payment.seller_id, remittance_ids=[remittance.id]
    )
    return remittance_joining.with_advice(
        line,
        remittance,
        documents=documents[remittance.id],
        found_by="" if found_by == "person" else found_by,
    )


def _payment_of(seller: Seller, remittance: Remittance) -> tuple[Payment, FoundBy] | None:
    """The one payment that fits: of those that nothing was done with, else of all."""
    day = remittance.paid_on or remittance.created_at.date()
    candidates = _candidates(seller, remittance, day)
    unplaced = [payment for payment in candidates if not payment.allocated]
    for group in (unplaced, candidates):
        pairs = joined([advised_payment(remittance)], [_money(payment) for payment in group])
        for payment in group:
            if payment.id in pairs:
                return payment, pairs[payment.id][1]
    return None


def _candidates(seller: Seller, remittance: Remittance, day: date) -> Sequence[Payment]:
    told = (remittance.end_to_end_id, remittance.reference, remittance.cheque_number)
    return remittance_queries.payments_for(
        seller_id=seller.id,
        amount=remittance.amount,
        currency=remittance.currency,
        names=[*filter(None, told), *remittance.names],
        first=day - DAYS_AROUND,
        last=day + DAYS_AROUND,
    )


def _money(payment: Payment) -> ReceivedMoney:
    """A payment as an advice may be of it; under its own id."""
    row = payment.bank_transaction
    if row is not None:
        of_line = money_of_line(row)
        return ReceivedMoney(
            id=payment.id,
            currency=of_line.currency,
            amount=of_line.amount,
            names=of_line.names,
            payer_name=of_line.payer_name,
            payer_account=of_line.payer_account,
            received_on=of_line.received_on,
        )
    return ReceivedMoney(
        id=payment.id,
        currency=payment.currency,
        amount=payment.amount,
        names=whole_names((payment.reference, payment.external_id or ""))
        | names_in(payment.reference),
        payer_name=payment.payer,
        received_on=payment.received_on,
    )
