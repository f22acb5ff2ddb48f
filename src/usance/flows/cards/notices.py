"""Notices of a provider: stored first, worked on after, the same one once.

What a notice is about is asked for at the provider, so that one that is late, or comes before another
that it should follow, does no harm. Disputes alone say themselves what was taken.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from usance.flows.cards import payouts, tending
from usance.flows.cards.disputes import take_dispute
from usance.flows.cards.outcomes import absorb, lapse
from usance.flows.cards.pages import look_at_page
from usance.flows.cards.providers import KINDS, provider_at, provider_of
from usance.flows.refusals import NotFound
from usance.gateways.errors import CounterpartError
from usance.gateways.psp import Dispute, PaymentProvider
from usance.records.cards import actions, queries
from usance.records.cards.models import CardAuthorization, CardEvent
from usance.records.connections import queries as connections
from usance.records.events.secrets import SecretUnreadable
from usance.records.identity import new_id
from usance.records.parties.models import Seller
from usance.rules.retries import Chance, next_attempt

LEASE: Final = timedelta(minutes=2)
BY: Final = "provider"
MOST_TRIES: Final = 4
"""A notice of what we do not know yet is looked at again this often: a page that was not read to its end
may be on its way here."""
_log = logging.getLogger(__name__)


def take_notice(
    *,
    seller_id: UUID,
    connection_id: UUID,
    body: bytes,
    headers: Mapping[str, str],
    at: datetime,
    provider: PaymentProvider | None = None,
) -> bool:
    """Keep a notice; False where the same one is kept already.

    Raises NotFound (no such connection), Forged, Malformed or SecretUnreadable.
    """
    connection = connections.connection(seller_id=seller_id, connection_id=connection_id)
    if connection is None or connection.kind not in KINDS:
        raise NotFound("There is no such payment provider.")
    told = (provider or provider_of(connection)).read_notice(body, headers, at=at)
    is_news = told.kind != "other"
    row = CardEvent(
        id=new_id(),
        seller_id=seller_id,
        created_at=at,
        connection_id=connection_id,
        provider_id=told.id,
        kind=told.kind,
        type=told.type,
        reference=told.reference,
        dispute=asdict(told.dispute) if told.dispute else None,
        sent_at=told.sent_at,
        due_at=at if is_news else None,
        ended_at=None if is_news else at,
        result="" if is_news else "not of interest",
    )
    return actions.keep_event(row)


def due(*, at: datetime, limit: int = 200) -> list[tuple[UUID, UUID]]:
    """(seller, notice) of every notice to be worked on now."""
    return queries.due_events(at=at, limit=limit)


def work_on(
    *,
    seller_id: UUID,
    event_id: UUID,
    at: datetime,
    chance: Chance,
    provider: PaymentProvider | None = None,
) -> None:
    """Do what a notice asks for. ``chance`` is a random number from 0 to 1."""
    row = queries.event(seller_id=seller_id, event_id=event_id)
    if row is None or not actions.take_event(row, at=at, until=at + LEASE):
        return
    seller = Seller.objects.get(id=seller_id)
    attempts = row.attempts + 1
    again = next_attempt(attempts, at=at, chance=chance)
    try:
        result = _do(seller, row, provider=provider, at=at)
        again = again if result == "unknown" and attempts <= MOST_TRIES else None
    except (CounterpartError, SecretUnreadable) as error:
        result = error.code
    actions.change(
        row, attempts=attempts, due_at=again, ended_at=None if again else at, result=result
    )


def _do(seller: Seller, row: CardEvent, *, provider: PaymentProvider | None, at: datetime) -> str:
    if row.kind == "session":
        page = queries.page_by_reference(
            seller_id=seller.id, connection_id=row.connection_id, reference=row.reference
        )
        if page is None:
            return "unknown"
        done = look_at_page(seller_id=seller.id, page_id=page.id, at=at, provider=provider)
        if done is not None and done.order_id is not None:
            tending.tend(seller_id=seller.id, order_id=done.order_id, at=at)
        return "done"
    if row.kind == "payout":
        payouts.take_payout(
            seller,
            connection_id=row.connection_id,
            reference=row.reference,
            at=at,
            provider=provider,
        )
        return "done"
    dispute = Dispute(**row.dispute) if row.dispute else None
    reference = dispute.authorization if dispute else row.reference
    known = queries.authorization_by_reference(
        seller_id=seller.id, connection_id=row.connection_id, reference=reference
    )
    if known is None:
        return "unknown"
    if dispute is not None:
        return take_dispute(seller, known=known, dispute=dispute, at=at)
    refresh(seller, known, provider=provider, at=at)
    return "done"


def refresh(
    seller: Seller,
    known: CardAuthorization,
    *,
    at: datetime,
    provider: PaymentProvider | None = None,
) -> CardAuthorization:
    """Ask the provider how an authorization stands, and let its order follow. Raises what the
    provider raises."""
    asked = provider or provider_at(seller.id, known.connection_id)
    row = absorb(seller, authorization_id=known.id, now=asked.fetch(known.reference), at=at, by=BY)
    if row.order_id is not None:
        tending.tend(seller_id=seller.id, order_id=row.order_id, at=at)
    return row


def refresh_run_out(
    *, at: datetime, limit: int = 200, provider: PaymentProvider | None = None
) -> int:
    """Ask of every authorization whose time is over, or that is under way for long; how many there
    are."""
    found = queries.run_out(at=at, limit=limit)
    for seller_id, authorization_id in found:
        known = queries.authorization(seller_id=seller_id, authorization_id=authorization_id)
        assert known is not None
        seller = Seller.objects.get(id=seller_id)
        try:
            refresh(seller, known, at=at, provider=provider)
        except (CounterpartError, SecretUnreadable, NotFound):
            _log.warning("authorization %s of seller %s", authorization_id, seller_id)
            lapse(seller, authorization_id=authorization_id, at=at)
    return len(found)
