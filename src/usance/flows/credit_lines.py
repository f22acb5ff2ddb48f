"""How a credit line comes to be, changes, is put on hold and released."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from usance.flows.journal import Journal
from usance.flows.refusals import NotFound, WrongState
from usance.records.credit import actions as credit
from usance.records.credit.models import CreditLine
from usance.records.parties.models import Buyer, Seller
from usance.rules import states
from usance.rules.money import LARGEST_AMOUNT, MoneyError, exponent
from usance.rules.terms import Terms


@transaction.atomic
def set_credit_line(
    seller: Seller,
    *,
    buyer_id: UUID,
    currency: str,
    limit: int,
    at: datetime,
    by: str,
    tolerance: int = 0,
    terms: Sequence[Terms] = (),
) -> CreditLine:
    """Give the buyer a limit in ``currency``, or change it. Amounts are minor units.

    A limit below what is used already is allowed: nothing more is approved until it is paid down.
    Raises NotFound, MoneyError or UnknownCurrency.
    """
    exponent(currency)
    for amount in (limit, tolerance):
        if not 0 <= amount <= LARGEST_AMOUNT:
            raise MoneyError(f"A limit must be from 0 to {LARGEST_AMOUNT} minor units.")
    if not Buyer.objects.filter(seller_id=seller.id, id=buyer_id).exists():
        raise NotFound("There is no such buyer.")
    line = credit.ensure_line(seller_id=seller.id, buyer_id=buyer_id, currency=currency, at=at)
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "credit_line.changed",
        object_type="credit_line",
        object_id=line.id,
        buyer_id=buyer_id,
        currency=currency,
        data={"limit": limit, "tolerance": tolerance, "before": line.limit},
    )
    line.limit, line.tolerance, line.terms = limit, tolerance, [t.code for t in terms]
    CreditLine.objects.filter(seller_id=seller.id, id=line.id).update(
        limit=limit, tolerance=tolerance, terms=line.terms
    )
    journal.close()
    return line


@transaction.atomic
def change_line_state(
    seller: Seller,
    *,
    buyer_id: UUID,
    currency: str,
    state: str,
    at: datetime,
    by: str,
    reason: str = "",
) -> CreditLine:
    """Hold (``on_hold``), suspend, close or release (``active``) a line.

    It takes effect at the next checkout. Raises NotFound or WrongState.
    """
    line = credit.lock_line(seller_id=seller.id, buyer_id=buyer_id, currency=currency)
    if line is None:
        raise NotFound(f"The buyer has no credit line in {currency}.")
    try:
        states.require(states.CREDIT_LINE, before=line.state, after=state)
    except states.IllegalTransition:
        raise WrongState(f"The credit line is {line.state}; it cannot become {state}.") from None
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        f"credit_line.{state}",
        object_type="credit_line",
        object_id=line.id,
        buyer_id=buyer_id,
        state=state,
        currency=currency,
        data={"reason": reason},
    )
    line.state, line.hold_reason = state, reason if state != "active" else ""
    CreditLine.objects.filter(seller_id=seller.id, id=line.id).update(
        state=line.state, hold_reason=line.hold_reason
    )
    journal.close()
    return line
