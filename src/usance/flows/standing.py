"""What is kept ready about each buyer for its next order, and how it is kept true.

A checkout must not count years of invoices, so what rests on a buyer's past is counted beforehand:
for those to whom something has happened a few seconds later, for all of them every night, since the
days since an order grow by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from usance.flows.checkout_facts import ship_to_digest
from usance.flows.found import seller_of
from usance.flows.journal import Journal, business_day
from usance.records.credit import queries as credit
from usance.records.credit import standing_queries as queries
from usance.records.credit.models import Standing
from usance.records.credit.standing_queries import Counted, Kept
from usance.records.events import queries as events
from usance.records.monitoring import actions as monitoring
from usance.records.monitoring import queries as watches
from usance.records.parties.models import Seller
from usance.rules.credit.facts import FACTS
from usance.rules.credit.report_facts import report_facts
from usance.rules.credit.score_history import PaymentHistory
from usance.rules.credit.standing import (
    in_own_currency,
    score_facts,
    stored_value,
    trading_facts,
)

PAGE: Final = 500
"""Buyers, or events, of one transaction."""
READER: Final = "standing"
BY: Final = "standing"
CHANGED: Final = "standing.changed"
"""The event that tells what has become of facts that a watch follows."""
_OUR_OWN: Final = ("standing.", "alarm.", "review.", "webhook_")
"""Events that change nothing that is kept ready."""


def renew_standings(
    seller: Seller,
    *,
    at: datetime,
    buyer_ids: Collection[UUID] | None = None,
    tell: Callable[[int], object] = lambda _: None,
) -> int:
    """Count anew what is kept of ``buyer_ids`` (None: of every buyer); how many those were.

    In pages of their own transactions; ``tell`` is told how many each had. Where a fact that a watch
    follows has changed, it is told as ``standing.changed``.
    """
    renewed = 0
    for page in _pages(seller, buyer_ids):
        renewed += _renew(seller, page, at=at)
        tell(len(page))
    return renewed


def follow_events(*, seller_id: UUID, at: datetime) -> int:
    """Renew those to whom the seller's next events happened; how many events those were.

    Nothing is followed for a seller that has neither a policy that reads what is kept ready nor a
    watch. When it gets one, everybody is renewed first. Run by one job at a time.
    """
    place = monitoring.place(seller_id=seller_id, reader=READER)
    if not _is_followed(seller_id, at=at):
        if place is not None:
            monitoring.forget_place(seller_id=seller_id, reader=READER)
        return 0
    if place is None:
        # Taken before anybody is counted: what happens meanwhile is read again.
        begin = events.end_of_events()
        renew_standings(seller_of(seller_id), at=at)
        monitoring.move_place(seller_id=seller_id, reader=READER, to=begin, at=at)
        return 0
    page = events.events_after(place, seller_id=seller_id, limit=PAGE)
    if not page:
        return 0
    concerned = {
        event.buyer_id
        for event in page
        if event.buyer_id is not None and not event.type.startswith(_OUR_OWN)
    }
    with transaction.atomic():
        if concerned:
            _renew(seller_of(seller_id), sorted(concerned), at=at)
        last = events.Position(page[-1].transaction, page[-1].sequence)
        monitoring.move_place(seller_id=seller_id, reader=READER, to=last, at=at)
    return len(page)


def follow_all(*, at: datetime) -> int:
    """Follow the next events of every seller that is behind; how many those were."""
    return sum(follow_events(seller_id=one, at=at) for one in watches.sellers_to_follow(READER))


def renew_overnight(
    *, seller_id: UUID, at: datetime, tell: Callable[[int], object] = lambda _: None
) -> int:
    """Renew every buyer not renewed since ``at``; how many. Begun again it goes on where it was."""
    seller = seller_of(seller_id)
    renewed = 0
    for page in _pages(seller, None):
        done = queries.renewed_among(page, seller_id=seller_id, since=at)
        left = [buyer_id for buyer_id in page if buyer_id not in done]
        renewed += _renew(seller, left, at=at) if left else 0
        tell(len(page))
    return renewed


def begin_standings(seller: Seller, *, buyer_ids: Collection[UUID], at: datetime) -> None:
    """Keep of new buyers what is true of them: that they have not traded yet."""
    on = business_day(seller, at=at)
    document = _document(Counted(history=PaymentHistory(on=on)), on=on, at=at, factors={})
    queries.keep_standings(dict.fromkeys(buyer_ids, Kept(document, ())), seller_id=seller.id, at=at)


def current_values(standing: Standing | None) -> dict[str, Any]:
    """The facts that are kept, as a policy's rules read them."""
    return {} if standing is None else typed_values(standing.facts["values"])


def typed_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as they are stored in the types that rules read."""
    return {name: typed_value(name, value) for name, value in values.items() if name in FACTS}


def typed_value(name: str, value: Any) -> Any:
    """One fact as it is stored in the type that rules read."""
    return Decimal(value) if isinstance(value, str) and FACTS[name].kind == "number" else value


def _pages(seller: Seller, buyer_ids: Collection[UUID] | None) -> Iterator[list[UUID]]:
    """``buyer_ids``, or all buyers there are, a page at a time."""
    if buyer_ids is not None:
        wanted = sorted(buyer_ids)
        yield from (wanted[start : start + PAGE] for start in range(0, len(wanted), PAGE))
        return
    last: UUID | None = None
    while page := queries.buyers_after(last, seller_id=seller.id, limit=PAGE):
        yield page
        last = page[-1]


@transaction.atomic
def _renew(seller: Seller, buyer_ids: Sequence[UUID], *, at: datetime) -> int:
    queries.lock_standings(seller_id=seller.id)
    on = business_day(seller, at=at)
    counted, factors = queries.count_anew(
        seller_id=seller.id,
        buyer_ids=buyer_ids,
        base=seller.currency,
        zone=seller.time_zone,
        at=at,
        on=on,
        year_began=_midnight(on - timedelta(days=364), seller),
    )
    kept = {
        buyer_id: Kept(
            _document(one, on=on, at=at, factors=factors),
            sorted({ship_to_digest(address) for address in one.ship_tos}),
        )
        for buyer_id, one in counted.items()
    }
    _tell_changes(seller, kept, at=at)
    queries.keep_standings(kept, seller_id=seller.id, at=at)
    return len(kept)


def _document(
    counted: Counted, *, on: date, at: datetime, factors: Mapping[str, Decimal | None]
) -> dict[str, Any]:
    """What is stored: the facts by name, when they were counted, and since when a report says so."""
    assert counted.history is not None
    values = trading_facts(counted.trading.values(), first=counted.first, on=on)
    values |= score_facts(counted.history, terms_days=counted.terms_days, on=on)
    reported = report_facts(
        counted.answers,
        on=on,
        converted=lambda amount, code: in_own_currency(amount, factor=factors.get(code)),
    )
    values |= reported.values
    return {
        "at": at.isoformat(),
        "values": {name: stored_value(value) for name, value in values.items()},
        "since": {name: since.isoformat() for name, since in reported.since.items()},
    }


def _tell_changes(seller: Seller, kept: Mapping[UUID, Kept], *, at: datetime) -> None:
    """Tell what has become of the facts that a watch follows, of buyers already kept before."""
    watched = watches.watched_facts(seller_id=seller.id)
    if not watched:
        return
    before = queries.kept_standings(seller_id=seller.id, buyer_ids=list(kept))
    journal = Journal(seller, at=at, by=BY)
    for buyer_id, one in kept.items():
        if buyer_id not in before:
            continue
        old, new = before[buyer_id]["values"], one.document["values"]
        changed = {
            name: [old.get(name), new.get(name)]
            for name in sorted(watched)
            if old.get(name) != new.get(name)
        }
        if changed:
            journal.tell(
                CHANGED,
                object_type="buyer",
                object_id=buyer_id,
                buyer_id=buyer_id,
                data={"changed": changed},
            )
    journal.close()


def _is_followed(seller_id: UUID, *, at: datetime) -> bool:
    return watches.has_watches(seller_id=seller_id) or credit.needs_standing(
        seller_id=seller_id, at=at
    )


def _midnight(day: date, seller: Seller) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(seller.time_zone))
