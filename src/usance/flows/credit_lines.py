"""How a credit line comes to be, changes, is put on hold and released."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, Final
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

LONGEST_TIER: Final = 40


class Keep(Enum):
    """What is not to be changed."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP


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
    is_another = limit != line.limit
    line.limit, line.tolerance, line.terms = limit, tolerance, [t.code for t in terms]
    # A line that shared its group's limit has another of its own from now on.
    line.follows_group = line.follows_group and not is_another
    CreditLine.objects.filter(seller_id=seller.id, id=line.id).update(
        limit=limit,
        tolerance=tolerance,
        terms=line.terms,
        follows_group=line.follows_group,
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


@transaction.atomic
def set_line_details(
    seller: Seller,
    *,
    buyer_id: UUID,
    currency: str,
    at: datetime,
    by: str,
    tier: str | Keep = KEEP,
    insured_limit: int | Keep | None = KEEP,
    insured_until: date | Keep | None = KEEP,
    review_on: date | Keep | None = KEEP,
) -> CreditLine:
    """Change a line's tier, what an insurer covers (minor units, up to and with a day), or the day on
    which its limit is reviewed next. What is not given stays.

    Raises NotFound or MoneyError.
    """
    line = credit.lock_line(seller_id=seller.id, buyer_id=buyer_id, currency=currency)
    if line is None:
        raise NotFound(f"The buyer has no credit line in {currency}.")
    if isinstance(insured_limit, int) and not 0 <= insured_limit <= LARGEST_AMOUNT:
        raise MoneyError(f"An insured limit must be from 0 to {LARGEST_AMOUNT} minor units.")
    given: dict[str, Any] = {
        "tier": tier if isinstance(tier, Keep) else " ".join(tier.split())[:LONGEST_TIER],
        "insured_limit": insured_limit,
        "insured_until": insured_until,
        "review_on": review_on,
    }
    changed = {
        name: value
        for name, value in given.items()
        if value is not KEEP and value != getattr(line, name)
    }
    if not changed:
        return line
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "credit_line.details_changed",
        object_type="credit_line",
        object_id=line.id,
        buyer_id=buyer_id,
        currency=currency,
        data={
            "changed": changed,
            "before": {name: getattr(line, name) for name in changed},
        },
    )
    CreditLine.objects.filter(seller_id=seller.id, id=line.id).update(**changed)
    for name, value in changed.items():
        setattr(line, name, value)
    journal.close()
    return line


@transaction.atomic
def lower_limit(
    seller: Seller,
    *,
    buyer_id: UUID,
    currency: str,
    to: int,
    at: datetime,
    by: str,
    reason: str = "",
) -> int | None:
    """Lower a limit to ``to`` minor units, never raise it; the limit before, None if nothing changed.

    A line that shared its group's limit has this one of its own from now on. Raises NotFound.
    """
    line = credit.lock_line(seller_id=seller.id, buyer_id=buyer_id, currency=currency)
    if line is None:
        raise NotFound(f"The buyer has no credit line in {currency}.")
    before, limit = line.limit, max(to, 0)
    if limit >= before:
        return None
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "credit_line.changed",
        object_type="credit_line",
        object_id=line.id,
        buyer_id=buyer_id,
        currency=currency,
        data={"limit": limit, "tolerance": line.tolerance, "before": before, "reason": reason},
    )
    CreditLine.objects.filter(seller_id=seller.id, id=line.id).update(
        limit=limit, follows_group=False
    )
    journal.close()
    return before
