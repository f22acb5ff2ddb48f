"""What one transaction does to the books: its entries, the credit they use, and the events.

A flow tells the journal what moved; closing it writes each kind in one statement, so that ledger,
credit line and events can only change together.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from functools import lru_cache
from itertools import chain
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from usance.records.credit import actions as credit
from usance.records.events import actions as events
from usance.records.ledger import actions as ledger
from usance.records.parties.models import Seller
from usance.rules.ledger import COMMITMENTS, RECEIVABLE, UNAPPLIED_CASH, Posting

_COUNTERS = {COMMITMENTS: 1, RECEIVABLE: 1, UNAPPLIED_CASH: -1}
"""Counters of the credit line by account; unapplied cash is a credit balance, counted positive."""


def business_day(seller: Seller, *, at: datetime) -> date:
    """The date of ``at`` where the seller is."""
    return _day(seller.time_zone, at)


@lru_cache(maxsize=64)
def _day(time_zone: str, at: datetime) -> date:
    """A batch asks the same of each of its orders."""
    return at.astimezone(ZoneInfo(time_zone)).date()


class Journal:
    """Gathers what a flow does in one transaction. ``by`` names who does it."""

    def __init__(self, seller: Seller, *, at: datetime, by: str) -> None:
        self.seller = seller
        self.at = at
        self.on = business_day(seller, at=at)
        self.by = by
        self._entries: defaultdict[date, list[ledger.NewEntry]] = defaultdict(list)
        self._events: list[events.NewEvent] = []

    def enter(
        self,
        kind: str,
        *,
        subject_id: UUID,
        buyer_id: UUID | None,
        currency: str,
        postings: tuple[Posting, ...],
        on: date | None = None,
    ) -> None:
        """An entry to post on the day ``on`` (None: of the act), that of the document it is about. The
        credit lines of its buyers are locked already."""
        entry = ledger.NewEntry(kind, subject_id, buyer_id, currency, postings)
        self._entries[on or self.on].append(entry)

    def tell(self, type_: str, *, object_type: str, object_id: UUID, **rest: Any) -> None:
        """An event to append; see NewEvent for the rest."""
        self._events.append(events.NewEvent(type_, object_type, object_id, **rest))

    def close(self) -> None:
        """Write everything."""
        for on, entries in self._entries.items():
            ledger.post(entries, seller_id=self.seller.id, at=self.at, on=on)
        changes: defaultdict[tuple[UUID, str], defaultdict[str, int]]
        changes = defaultdict(lambda: defaultdict(int))
        for entry in chain.from_iterable(self._entries.values()):
            for posting in entry.postings:
                sign = _COUNTERS.get(posting.account)
                if sign and posting.buyer_id:
                    account = posting.buyer_id, entry.currency
                    changes[account][posting.account] += sign * posting.amount
        credit.move(seller_id=self.seller.id, changes=changes)
        events.append(self._events, seller_id=self.seller.id, at=self.at, actor=self.by)
