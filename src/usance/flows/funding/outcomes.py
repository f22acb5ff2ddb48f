"""What a partner says of an advance becomes the books' truth, once, however often it is said."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from usance.flows import settlement
from usance.flows.funding import tending
from usance.flows.funding.telling import tell
from usance.flows.journal import Journal
from usance.flows.refusals import AmountTooLarge, NotFound, WrongState
from usance.gateways.errors import Malformed
from usance.gateways.funding import Funded
from usance.records.funding import actions, queries
from usance.records.funding.models import Advance
from usance.records.identity import public_id
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller
from usance.rules import ledger
from usance.rules.funding.terms import effective_annual_rate, interest_of

METHOD: Final = "funding_partner"
"""How money came that the buyer paid to the partner."""
LOOK_WHILE_ASKED: Final = timedelta(hours=1)
LOOK_WHILE_OUT: Final = timedelta(days=1)


@transaction.atomic
def absorb(seller: Seller, *, advance_id: UUID, now: Funded, at: datetime, by: str) -> Advance:
    """Let the advance be as its partner says, and follow its invoice from there.

    Raises Malformed where the partner contradicts what it said before.
    """
    found = tending.lock(seller_id=seller.id, advance_id=advance_id)
    if found is None:
        raise NotFound("There is no such advance.")
    advance, invoice = found
    _require_same(advance, now)
    journal = Journal(seller, at=at, by=by)
    if not advance.reference:
        actions.change(advance, reference=now.reference)
    _state(journal, advance, now)
    if now.recourse and not advance.recourse_asked:
        actions.change(advance, recourse_asked=True)
        tell(journal, advance, type_="advance.recourse_asked", state=None)
    journal.close()
    if advance.is_out and now.collected > advance.collected:
        invoice = _collect(seller, advance, invoice, now, at=at, by=by)
    after = Journal(seller, at=at, by=by)
    tending.follow(after, advance, invoice=invoice)
    after.close()
    _look_again(advance, at=at)
    return advance


def _require_same(advance: Advance, now: Funded) -> None:
    same = now.own_reference == public_id("advance", advance.id)
    if not same or now.currency != advance.currency:
        raise _contradiction("answers about another advance", "own_reference")
    if advance.reference and now.reference != advance.reference:
        raise _contradiction("has another name for the advance than before", "id")


def _state(journal: Journal, advance: Advance, now: Funded) -> None:
    if advance.state == "eligible" and now.state != "canceled":
        actions.change(advance, state="requested", requested_at=journal.at)
        tell(journal, advance, type_="advance.requested", state="requested")
    if now.state == "paid_out" and not advance.is_out:
        if advance.state != "requested":
            raise _contradiction(f"pays out what is {advance.state}", "state")
        _pay_out(journal, advance, now)
    elif now.state in ("declined", "canceled") and advance.state in ("eligible", "requested"):
        actions.change(
            advance,
            state=now.state,
            ended_on=journal.on,
            reason_code=f"partner_{now.state}",
            reason=now.reason,
        )
        tell(journal, advance, type_=f"advance.{now.state}", state=now.state, reason=now.reason)


def _pay_out(journal: Journal, advance: Advance, now: Funded) -> None:
    if not (0 <= now.fee < now.advanced <= advance.base):
        raise _contradiction("pays out more than the invoice, or less than its fee", "advanced")
    paid_on = now.paid_out_on or journal.on
    days = max((advance.expected_on - paid_on).days, 1)
    interest = interest_of(now.advanced, rate=advance.interest_rate, days=days)
    actions.change(
        advance,
        state="paid_out",
        is_out=True,
        advanced=now.advanced,
        fee=now.fee,
        reserve=advance.base - now.advanced,
        paid_out_on=paid_on,
        payout_reference=now.payout_reference,
        annual_rate=effective_annual_rate(
            received=now.advanced - now.fee - advance.premium,
            repaid=now.advanced + interest,
            days=days,
        ),
    )
    tending.enter(
        journal,
        advance,
        kind="advance_paid_out",
        postings=ledger.advance(advance.buyer_id, amount=now.advanced, kept_back=now.fee),
    )
    if advance.premium:
        tending.enter(
            journal,
            advance,
            kind="advance_premium",
            postings=ledger.fee(advance.buyer_id, amount=advance.premium),
        )
    tell(
        journal,
        advance,
        type_="advance.paid_out",
        state="paid_out",
        payout=now.advanced - now.fee,
        reference=now.payout_reference,
    )


def _collect(
    seller: Seller, advance: Advance, invoice: Invoice, now: Funded, *, at: datetime, by: str
) -> Invoice:
    """The buyer has paid to the partner's account: its payment, of which the partner keeps what it has
    advanced. The rest, the reserve, is on its way to the seller's bank.

    While the partner is told of a remittance that this may cross, it waits for the answer.
    """
    if queries.waiting(seller_id=seller.id, advance_id=advance.id):
        return invoice
    amount = now.collected - advance.collected
    on = Journal(seller, at=at, by=by).on
    payment = settlement.record_payment(
        seller,
        amount=amount,
        currency=advance.currency,
        received_on=on,
        at=at,
        by=by,
        buyer_id=advance.buyer_id,
        method=METHOD,
        reference=invoice.number,
        external_id=f"funding:{advance.id.hex}:{now.collected}",
    )
    most = min(amount, invoice.outstanding)
    if most and invoice.state == "open":
        with contextlib.suppress(WrongState, AmountTooLarge):
            settlement.allocate(
                seller,
                payment_id=payment.id,
                invoice_id=invoice.id,
                amount=most,
                at=at,
                by=by,
            )
    journal = Journal(seller, at=at, by=by)
    kept = min(amount, tending.booked(advance).open)
    days = (on - (advance.paid_out_on or on)).days
    interest = interest_of(kept, rate=advance.interest_rate, days=days)
    actions.change(
        advance,
        collected=now.collected,
        repaid=advance.repaid + kept,
        interest=advance.interest + interest,
    )
    tending.enter(
        journal,
        advance,
        kind="advance_collected",
        postings=ledger.remittance(advance.buyer_id, amount=kept, interest=interest),
    )
    tell(journal, advance, type_="advance.collected", state=None, amount=amount, kept=kept)
    tending.settle_state(journal, advance)
    journal.close()
    again = tending.lock(seller_id=seller.id, advance_id=advance.id)
    assert again is not None
    return again[1]


def _look_again(advance: Advance, *, at: datetime) -> None:
    """When the partner is asked next, should it tell nothing by itself."""
    wait = {"eligible": LOOK_WHILE_ASKED, "requested": LOOK_WHILE_ASKED}.get(advance.state)
    if advance.state == "paid_out":
        wait = LOOK_WHILE_OUT
    actions.change(advance, look_at=at + wait if wait else None)


def _contradiction(what: str, detail: str) -> Malformed:
    return Malformed(f"The funding partner {what}.", counterpart="Funding partner", detail=detail)
