"""Instructions go to the partner, one at a time and with no transaction open.

Where the partner was told and did not answer, it is told the same again with the same key: either way
it is done once.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from usance.flows.funding import tending
from usance.flows.funding.outcomes import absorb
from usance.flows.funding.partners import partner_at
from usance.flows.funding.requesting import fees_of
from usance.flows.funding.telling import tell
from usance.flows.journal import Journal
from usance.gateways.errors import (
    CounterpartError,
    CredentialsRefused,
    Malformed,
    MaybeTaken,
    RateLimited,
)
from usance.gateways.funding import Funded, FundingPartner, InvoiceFacts, Offer, Remittance
from usance.records.events.secrets import SecretUnreadable
from usance.records.funding import actions, queries
from usance.records.funding.models import Advance, FundingInstruction
from usance.records.identity import public_id
from usance.records.parties.models import Seller
from usance.rules.funding.choice import BORNE_BY_PARTNER
from usance.rules.funding.terms import effective_annual_rate, fee_of, interest_of
from usance.rules.retries import Chance, next_attempt

LEASE: Final = timedelta(minutes=2)
"""How long one worker has an instruction to itself; longer than a partner is waited for."""
AGAIN_LATE: Final = timedelta(hours=12)
"""How often a partner is told again that never answers: what it may have taken is never given up."""
AFTER_REFUSAL: Final = timedelta(days=1)
_log = logging.getLogger(__name__)


class _NotWanted(Exception):
    """The advance is not asked for after all; ``code`` and ``state`` say why and what it becomes."""

    def __init__(self, code: str, *, state: str) -> None:
        super().__init__(code)
        self.code, self.state = code, state


def due(*, at: datetime, limit: int = 200) -> list[tuple[UUID, UUID]]:
    """(seller, instruction) of every instruction that is due now."""
    return queries.due_instructions(at=at, limit=limit)


def attend(
    *,
    seller_id: UUID,
    instruction_id: UUID,
    at: datetime,
    chance: Chance,
    partner: FundingPartner | None = None,
) -> None:
    """Tell the partner. ``chance`` is a random number from 0 to 1; without ``partner`` it is that of
    the connection."""
    row = queries.instruction(seller_id=seller_id, instruction_id=instruction_id)
    if row is None or not actions.take(row, at=at, until=at + LEASE):
        return
    advance = queries.advance(seller_id=seller_id, advance_id=row.advance_id)
    assert advance is not None
    seller = Seller.objects.get(id=seller_id)
    try:
        asked = partner or partner_at(seller_id, advance.connection_id)
        now = _told(asked, row, advance, at=at)
        _done(seller, row, now, at=at)
    except _NotWanted as why:
        _withdraw(seller, row, why, at=at)
    except (CounterpartError, SecretUnreadable) as error:
        row = _kept(row)
        _failed(seller, row, error, at=at, chance=chance)
    except (InterfaceError, OperationalError):
        raise  # nothing can be kept; it is another's turn once the lease is over
    except Exception as error:  # noqa: BLE001 - logged, counted, and said after the last try
        _log.exception("funding instruction %s of seller %s", instruction_id, seller_id)
        row = _kept(row)
        _again(seller, row, at=at, chance=chance, code="internal_error", why=type(error).__name__)


def _kept(row: FundingInstruction) -> FundingInstruction:
    """``row`` as it is kept: what a transaction that failed had set of it is not so."""
    kept = queries.instruction(seller_id=row.seller_id, instruction_id=row.id)
    assert kept is not None
    return kept


def _told(
    partner: FundingPartner, row: FundingInstruction, advance: Advance, *, at: datetime
) -> Funded:
    key = f"usance-{row.id.hex}"
    if row.kind == "request":
        offer = _offer(partner, row, advance)
        actions.change(row, asked_at=at)
        return partner.request(facts_of(advance), offer=offer, key=key)
    if row.asked_at is None:
        actions.change(row, asked_at=at)
    if row.kind == "cancel":
        return partner.cancel(advance.reference, key=key)
    assert row.on is not None
    remittance = Remittance(
        kind=row.kind,  # type: ignore[arg-type]
        amount=row.amount,
        interest=row.interest,
        currency=advance.currency,
        on=row.on,
    )
    return partner.remit(advance.reference, remittance, key=key)


def facts_of(advance: Advance) -> InvoiceFacts:
    """What the partner is told: the same however often, since an issued invoice does not change."""
    invoice, buyer = advance.invoice, advance.buyer
    return InvoiceFacts(
        own_reference=public_id("advance", advance.id),
        number=invoice.number,
        currency=advance.currency,
        amount=advance.base,
        wanted=advance.advanced,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        buyer_name=buyer.name,
        buyer_country=buyer.country,
        buyer_tax_id=buyer.tax_id,
        with_recourse=advance.kind != BORNE_BY_PARTNER,
    )


def _offer(partner: FundingPartner, row: FundingInstruction, advance: Advance) -> Offer:
    """The partner's offer, kept before it is taken. Raises _NotWanted where it is worse than what the
    programme allows, or where the invoice has changed since it was chosen."""
    if row.offer is not None:
        return Offer(**row.offer)
    invoice = advance.invoice
    if invoice.state != "open" or invoice.outstanding != advance.base:
        raise _NotWanted("invoice_changed", state="canceled")
    offer = partner.offer(facts_of(advance))
    if offer is None:
        raise _NotWanted("not_offered", state="declined")
    days = max((advance.expected_on - advance.created_at.date()).days, 1)
    most = fee_of(offer.advanced, fees=fees_of(advance.program), days=days)
    if not 0 < offer.advanced <= advance.advanced or offer.fee >= offer.advanced:
        raise _NotWanted("offer_unusable", state="declined")
    if offer.fee > most or offer.interest > advance.interest_rate:
        raise _NotWanted("offer_too_dear", state="declined")
    kept = {
        "reference": offer.reference,
        "currency": offer.currency,
        "advanced": offer.advanced,
        "fee": offer.fee,
        "interest": offer.interest,
    }
    with transaction.atomic():
        actions.change(row, offer=kept)
        _take_terms(advance, offer, days=days)
    return offer


def _take_terms(advance: Advance, offer: Offer, *, days: int) -> None:
    interest = interest_of(offer.advanced, rate=offer.interest, days=days)
    actions.change(
        advance,
        advanced=offer.advanced,
        reserve=advance.base - offer.advanced,
        fee=offer.fee,
        interest_rate=offer.interest,
        annual_rate=effective_annual_rate(
            received=offer.advanced - offer.fee - advance.premium,
            repaid=offer.advanced + interest,
            days=days,
        ),
    )


@transaction.atomic
def _done(seller: Seller, row: FundingInstruction, now: Funded, *, at: datetime) -> None:
    """Book what the partner has done, and end the instruction, together."""
    found = tending.lock(seller_id=seller.id, advance_id=row.advance_id)
    assert found is not None
    advance, _ = found
    _end(row, "done", at=at)
    if row.kind not in ("request", "cancel"):
        journal = Journal(seller, at=at, by=row.author)
        tending.book_remittance(journal, advance, row=row)
        journal.close()
    absorb(seller, advance_id=row.advance_id, now=now, at=at, by=row.author)


@transaction.atomic
def _withdraw(seller: Seller, row: FundingInstruction, why: _NotWanted, *, at: datetime) -> None:
    """An advance that is not asked for, or not offered, ends before it began."""
    found = tending.lock(seller_id=seller.id, advance_id=row.advance_id)
    assert found is not None
    advance, _ = found
    _end(row, "refused", at=at, code=why.code)
    _decline(seller, advance, state=why.state, code=why.code, at=at, by=row.author)


def _decline(
    seller: Seller,
    advance: Advance,
    *,
    state: str,
    code: str,
    at: datetime,
    by: str,
    reason: str = "",
) -> None:
    if advance.state not in ("eligible", "requested"):
        return
    journal = Journal(seller, at=at, by=by)
    actions.change(
        advance,
        state=state,
        ended_on=journal.on,
        reason_code=code,
        reason=reason,
        look_at=None,
    )
    tell(journal, advance, type_=f"advance.{state}", state=state, reason=code)
    journal.close()


def _failed(
    seller: Seller,
    row: FundingInstruction,
    error: CounterpartError | SecretUnreadable,
    *,
    at: datetime,
    chance: Chance,
) -> None:
    counterpart = error if isinstance(error, CounterpartError) else None
    why = counterpart.said if counterpart else str(error)
    was_asked = row.asked_at is not None
    unclear = _may_pass(error) or isinstance(error, Malformed)
    if isinstance(error, MaybeTaken) or (was_asked and unclear):
        # It may have been taken, whatever the answer was: the same is told until it is known.
        attempts = row.attempts + 1
        later = next_attempt(attempts, at=at, chance=chance) or at + AGAIN_LATE
        actions.change(row, attempts=attempts, due_at=later, reason_code=error.code, reason=why)
        return
    if _may_pass(error):
        wait = (error.retry_after or 0) if isinstance(error, RateLimited) else 0
        _again(seller, row, at=at, chance=chance, code=error.code, why=why, wait=wait)
        return
    _refused(seller, row, code=error.code, why=why, at=at)


def _may_pass(error: CounterpartError | SecretUnreadable) -> bool:
    """Whether the same may be taken another time."""
    if not isinstance(error, CounterpartError):
        return True
    return error.retryable or isinstance(error, CredentialsRefused)


def _again(
    seller: Seller,
    row: FundingInstruction,
    *,
    at: datetime,
    chance: Chance,
    code: str,
    why: str,
    wait: int = 0,
) -> None:
    attempts = row.attempts + 1
    later = next_attempt(attempts, at=at, chance=chance)
    if later is None and row.asked_at is None:
        _refused(seller, row, code=code, why=why, at=at)
        return
    later = max(later or at + AGAIN_LATE, at + timedelta(seconds=wait))
    actions.change(row, attempts=attempts, due_at=later, reason_code=code, reason=why)


@transaction.atomic
def _refused(seller: Seller, row: FundingInstruction, *, code: str, why: str, at: datetime) -> None:
    """The partner will not do it. What was not paid out ends; of what is out somebody is told, and it
    is tried again another day."""
    found = tending.lock(seller_id=seller.id, advance_id=row.advance_id)
    assert found is not None
    advance, _ = found
    _end(row, "refused", at=at, code=code, why=why)
    if row.kind == "request":
        _decline(seller, advance, state="declined", code=code, at=at, by=row.author, reason=why)
        return
    journal = Journal(seller, at=at, by=row.author)
    actions.change(advance, reason_code=code, reason=why, look_at=at + AFTER_REFUSAL)
    tell(
        journal, advance, type_="advance.instruction_refused", state=None, what=row.kind, reason=why
    )
    journal.close()


def _end(
    row: FundingInstruction, state: str, *, at: datetime, code: str = "", why: str = ""
) -> None:
    actions.change(
        row,
        state=state,
        attempts=row.attempts + 1,
        due_at=None,
        asked_at=None,
        ended_at=at,
        reason_code=code,
        reason=why,
    )
