"""Notices of a partner: stored first, worked on after, the same one once.

What a notice is about is asked for at the partner, so that one that is late, or comes before another
that it should follow, does no harm.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from usance.flows.funding.outcomes import absorb
from usance.flows.funding.partners import KINDS, partner_at, partner_of
from usance.flows.refusals import NotFound
from usance.gateways.errors import CounterpartError
from usance.gateways.funding import FundingPartner
from usance.records.connections import queries as connections
from usance.records.events.secrets import SecretUnreadable
from usance.records.funding import actions, queries
from usance.records.funding.models import Advance, FundingEvent
from usance.records.identity import NotAnId, new_id, parse_public_id
from usance.records.parties.models import Seller
from usance.rules.retries import Chance, next_attempt

LEASE: Final = timedelta(minutes=2)
BY: Final = "partner"
MOST_TRIES: Final = 4
"""A notice of what we do not know yet is looked at this often: our own question may be under way."""
_log = logging.getLogger(__name__)


def take_notice(
    *,
    seller_id: UUID,
    connection_id: UUID,
    body: bytes,
    headers: Mapping[str, str],
    at: datetime,
    partner: FundingPartner | None = None,
) -> bool:
    """Keep a notice; False where the same one is kept already.

    Raises NotFound (no such connection), Forged, Malformed or SecretUnreadable.
    """
    connection = connections.connection(seller_id=seller_id, connection_id=connection_id)
    if connection is None or connection.kind not in KINDS:
        raise NotFound("There is no such funding partner.")
    told = (partner or partner_of(connection)).read_notice(body, headers, at=at)
    is_news = bool(told.reference or told.own_reference)
    row = FundingEvent(
        id=new_id(),
        seller_id=seller_id,
        created_at=at,
        connection_id=connection_id,
        partner_id=told.id,
        type=told.type,
        reference=told.reference,
        own_reference=told.own_reference,
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
    partner: FundingPartner | None = None,
) -> None:
    """Do what a notice asks for. ``chance`` is a random number from 0 to 1."""
    row = queries.event(seller_id=seller_id, event_id=event_id)
    if row is None or not actions.take(row, at=at, until=at + LEASE):
        return
    attempts = row.attempts + 1
    again = next_attempt(attempts, at=at, chance=chance)
    try:
        known = _known(row)
        if known is not None:
            look(known, at=at, partner=partner, reference=row.reference)
        result = "done" if known else "unknown"
        again = again if known is None and attempts < MOST_TRIES else None
    except (CounterpartError, SecretUnreadable) as error:
        result = error.code
    actions.change(
        row, attempts=attempts, due_at=again, ended_at=None if again else at, result=result
    )


def _known(row: FundingEvent) -> Advance | None:
    found = queries.by_reference(
        seller_id=row.seller_id, connection_id=row.connection_id, reference=row.reference
    )
    if found is not None or not row.own_reference:
        return found
    try:
        own = parse_public_id("advance", row.own_reference)
    except NotAnId:
        return None
    named = queries.advance(seller_id=row.seller_id, advance_id=own)
    return named if named is not None and named.connection_id == row.connection_id else None


def look(
    advance: Advance,
    *,
    at: datetime,
    partner: FundingPartner | None = None,
    reference: str = "",
) -> Advance:
    """Ask the partner how an advance stands. Raises what the partner raises."""
    name = advance.reference or reference
    if not name:
        return advance
    asked = partner or partner_at(advance.seller_id, advance.connection_id)
    now = asked.fetch(name)
    seller = Seller.objects.get(id=advance.seller_id)
    return absorb(seller, advance_id=advance.id, now=now, at=at, by=BY)


def look_at_silent(*, at: datetime, limit: int = 200) -> int:
    """Ask about every advance of which nothing was told for long; how many there are. One that cannot
    be asked about is put off, and keeps none behind it from its turn."""
    found = queries.to_look_at(at=at, limit=limit)
    for seller_id, advance_id in found:
        advance = queries.advance(seller_id=seller_id, advance_id=advance_id)
        assert advance is not None
        # Put off first: whatever becomes of it, it is not the first again.
        actions.change(advance, look_at=at + timedelta(hours=1))
        try:
            look(advance, at=at)
        except (CounterpartError, SecretUnreadable) as error:
            _log.warning("advance %s of seller %s: %s", advance_id, seller_id, error.code)
    return len(found)
