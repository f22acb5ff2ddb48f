"""Instructions go to the provider, one at a time and with no transaction open.

Where the provider was asked and did not answer, it is asked what became of it before it is told
again, and told with the same key: either way it is done once.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import InterfaceError, OperationalError

from usance.flows.cards import charging, tending
from usance.flows.cards.outcomes import absorb
from usance.flows.cards.providers import provider_at
from usance.gateways.errors import (
    CounterpartError,
    CredentialsRefused,
    Malformed,
    MaybeTaken,
    RateLimited,
)
from usance.gateways.psp import Authorization, CannotIncrease, CardToken, PaymentProvider
from usance.records.cards import actions, queries
from usance.records.cards.models import CardAuthorization, CardInstruction
from usance.records.events.secrets import SecretUnreadable
from usance.records.identity import public_id
from usance.records.parties.models import Seller
from usance.rules.retries import Chance, next_attempt

LEASE: Final = timedelta(minutes=2)
"""How long one worker has an instruction to itself; longer than a provider is waited for."""
ASK_SOON: Final = timedelta(seconds=30)
"""When it is asked what became of an instruction that was not answered."""
_log = logging.getLogger(__name__)


def due(*, at: datetime, limit: int = 200) -> list[tuple[UUID, UUID]]:
    """(seller, instruction) of every instruction that is due now."""
    return queries.due_instructions(at=at, limit=limit)


def attend(
    *,
    seller_id: UUID,
    instruction_id: UUID,
    at: datetime,
    chance: Chance,
    provider: PaymentProvider | None = None,
) -> None:
    """Tell the provider, or ask what became of what it was told.

    ``chance`` is a random number from 0 to 1. Without ``provider`` it is that of the connection.
    """
    row = queries.instruction(seller_id=seller_id, instruction_id=instruction_id)
    if row is None or row.state != "queued":
        return
    if not actions.take_instruction(row, at=at, until=at + LEASE):
        return
    authorization = queries.authorization(
        seller_id=seller_id, authorization_id=row.authorization_id
    )
    assert authorization is not None
    seller = Seller.objects.get(id=seller_id)
    unsure = row.asked_at is not None
    if not unsure and queries.is_another_unsure(row):
        # What became of that one is read off the authorization, which nobody else may move meanwhile.
        actions.change(row, due_at=at + ASK_SOON)
        return
    try:
        asked = provider or provider_at(seller_id, authorization.connection_id)
        now = _resolved(asked, row, authorization) if unsure else None
        if now is None:
            unsure = False
            if not _is_wanted(row, authorization):
                _drop(seller, row, authorization, at=at)
                return
            actions.change(row, asked_at=at)
            now = _told(asked, row, authorization)
        kept = absorb(
            seller, authorization_id=authorization.id, now=now, at=at, by=row.author, note=row.note
        )
        _end(row, "done", at=at)
        charging.after_charge(seller, kept, at=at)
        _follow_order(kept, at=at)
    except CannotIncrease as error:
        actions.change(authorization, can_increase=False)
        _end(row, "refused", at=at, code=error.code, reason=error.said)
        _follow_order(authorization, at=at)
    except (CounterpartError, SecretUnreadable) as error:
        if unsure or isinstance(error, MaybeTaken | Malformed):
            _ask_later(row, at=at, chance=chance, code=error.code, reason=_words(error))
        else:
            _failed(seller, row, authorization, error, at=at, chance=chance, provider=provider)
    except (InterfaceError, OperationalError):
        raise  # nothing can be kept; it is another's turn once the lease is over
    except Exception as error:  # noqa: BLE001 - logged, counted, and said after the last try
        _log.exception("instruction %s of seller %s", instruction_id, seller_id)
        why = type(error).__name__
        _unforeseen(seller, row, authorization, why, at=at, chance=chance, provider=provider)


def _unforeseen(
    seller: Seller,
    row: CardInstruction,
    it: CardAuthorization,
    why: str,
    *,
    at: datetime,
    chance: Chance,
    provider: PaymentProvider | None,
) -> None:
    """Something of ours failed. What follows from an instruction that is done is no reason to repeat it,
    and what the provider was told may have been taken, though we could not keep it."""
    if row.state != "queued":
        return
    code = "internal_error"
    if row.asked_at is not None:
        _ask_later(row, at=at, chance=chance, code=code, reason=why)
    elif not _again(row, at=at, chance=chance, code=code, reason=why):
        _look_again(seller, row, it, at=at, provider=provider)


def _follow_order(authorization: CardAuthorization, *, at: datetime) -> None:
    """What the order needs next, at once; a job would see it a little later."""
    if authorization.order_id is not None:
        tending.tend(seller_id=authorization.seller_id, order_id=authorization.order_id, at=at)


def _is_wanted(row: CardInstruction, it: CardAuthorization) -> bool:
    """Whether the invoice that money is to be taken for still asks for as much: it may have been paid
    otherwise while the provider could not be told, or, where it is to be charged by itself, disputed."""
    invoice = row.invoice if row.kind == "capture" else it.invoice
    if invoice is None or not (row.kind == "capture" or it.purpose == "charge"):
        return True
    if it.purpose == "charge" and queries.is_held(seller_id=it.seller_id, invoice_id=invoice.id):
        return False
    return bool(invoice.state == "open" and invoice.outstanding >= row.amount)


def _drop(seller: Seller, row: CardInstruction, it: CardAuthorization, *, at: datetime) -> None:
    """Nothing is taken; what is due then is looked at anew."""
    words = "The invoice asks for less than it did; nothing was taken."
    _end(row, "refused", at=at, code="not_needed", reason=words)
    if row.kind == "authorize":
        now = Authorization(reference="", state="voided", currency=it.currency, authorized=0)
        absorb(seller, authorization_id=it.id, now=now, at=at, by=row.author)
    _follow_order(it, at=at)


def _told(provider: PaymentProvider, row: CardInstruction, it: CardAuthorization) -> Authorization:
    """Tell the provider; what it says of the authorization then."""
    key, currency = f"usance-{row.id.hex}", it.currency
    match row.kind:
        case "authorize":
            return provider.authorize(
                _token(it),
                amount=row.amount,
                currency=currency,
                own_reference=own_reference(it),
                key=key,
                capture=it.purpose == "charge",
            )
        case "increase":
            return provider.increase(it.reference, amount=row.amount, currency=currency, key=key)
        case "capture":
            return provider.capture(it.reference, amount=row.amount, currency=currency, key=key)
        case "void":
            return provider.void(it.reference, key=key)
    provider.refund(it.reference, amount=row.amount, currency=currency, key=key)
    try:
        return provider.fetch(it.reference)
    except CounterpartError as error:
        # The money is on its way back, whatever keeps us from seeing it.
        raise MaybeTaken(
            error.message, counterpart=error.counterpart, detail=error.detail
        ) from None


def _resolved(
    provider: PaymentProvider, row: CardInstruction, it: CardAuthorization
) -> Authorization | None:
    """What became of an instruction that was not answered; None where it was not done."""
    if row.kind == "authorize":
        return provider.find(payer=it.payer, own_reference=own_reference(it))
    now = provider.fetch(it.reference)
    done = {
        "increase": now.authorized >= row.amount,
        "capture": now.captured > it.captured,
        "void": now.state == "voided",
        "refund": now.refunded >= it.refunded + row.amount,
    }[row.kind]
    return now if done else None


def own_reference(it: CardAuthorization) -> str:
    """Our name for an authorization at the provider."""
    return public_id("card_authorization", it.id)


def _token(it: CardAuthorization) -> CardToken:
    assert it.card is not None, "what is authorized without its holder has a stored card"
    return CardToken(reference=it.card.token, payer=it.card.payer)


def _ask_later(
    row: CardInstruction, *, at: datetime, chance: Chance, code: str, reason: str
) -> None:
    """It may have been taken. Until the provider has said what became of it, it counts as neither done
    nor refused, and is asked for, however long that takes."""
    attempts = row.attempts + 1
    again = next_attempt(attempts, at=at, chance=chance) or at + LEASE * 30
    actions.change(
        row,
        attempts=attempts,
        due_at=max(at + ASK_SOON, again),
        reason_code=code,
        reason=reason,
    )


def _failed(
    seller: Seller,
    row: CardInstruction,
    it: CardAuthorization,
    error: CounterpartError | SecretUnreadable,
    *,
    at: datetime,
    chance: Chance,
    provider: PaymentProvider | None,
) -> None:
    reason = _words(error)
    actions.change(row, asked_at=None)
    if isinstance(error, CounterpartError) and (
        error.retryable or isinstance(error, CredentialsRefused)
    ):
        wait = (error.retry_after or 0) if isinstance(error, RateLimited) else 0
        if _again(row, at=at, chance=chance, code=error.code, reason=reason, wait=wait):
            return
    else:
        _end(row, "refused", at=at, code=error.code, reason=reason)
    _look_again(seller, row, it, at=at, provider=provider)


def _look_again(
    seller: Seller,
    row: CardInstruction,
    it: CardAuthorization,
    *,
    at: datetime,
    provider: PaymentProvider | None,
) -> None:
    """What a refused instruction rested on may not be so any more: the provider says what is."""
    if row.kind == "authorize":
        now = Authorization(
            reference=it.reference, state="declined", currency=it.currency, authorized=0
        )
        kept = absorb(seller, authorization_id=it.id, now=now, at=at, by=row.author)
        charging.after_charge(seller, kept, at=at)
        _follow_order(it, at=at)
        return
    try:
        asked = provider or provider_at(seller.id, it.connection_id)
        now = asked.fetch(it.reference)
    except (CounterpartError, SecretUnreadable):
        _log.warning("authorization %s of seller %s cannot be looked at", it.id, seller.id)
        return
    absorb(seller, authorization_id=it.id, now=now, at=at, by=row.author)


def _again(
    row: CardInstruction, *, at: datetime, chance: Chance, code: str, reason: str, wait: int = 0
) -> bool:
    """Have it told once more; False where it was told often enough, and is given up."""
    attempts = row.attempts + 1
    due_at = next_attempt(attempts, at=at, chance=chance)
    if due_at is None:
        _end(row, "refused", at=at, code=code, reason=reason)
        return False
    actions.change(
        row,
        attempts=attempts,
        due_at=max(due_at, at + timedelta(seconds=wait)),
        reason_code=code,
        reason=reason,
    )
    return True


def _end(
    row: CardInstruction, state: str, *, at: datetime, code: str = "", reason: str = ""
) -> None:
    actions.change(
        row,
        state=state,
        attempts=row.attempts + 1,
        due_at=None,
        asked_at=None,
        ended_at=at,
        reason_code=code,
        reason=reason,
    )


def _words(error: CounterpartError | SecretUnreadable) -> str:
    return error.said if isinstance(error, CounterpartError) else str(error)
