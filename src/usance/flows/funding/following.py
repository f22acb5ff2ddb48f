"""The seller's events are followed: an invoice that is opened is offered to its programmes, and the
advance of one that is paid, credited or written off follows it."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from usance.flows.funding import tending
from usance.flows.funding.programs import READER
from usance.flows.funding.requesting import consider
from usance.flows.journal import business_day
from usance.records.events import queries as events
from usance.records.funding import queries
from usance.records.monitoring import actions as places
from usance.records.parties.models import Seller

PAGE: Final = 200
"""Events that are read at a time."""
OPENED: Final = "invoice.opened"
MOVED: Final = (
    "invoice.paid",
    "invoice.partially_paid",
    "invoice.payment_released",
    "invoice.reopened",
    "invoice.credited",
    "invoice.written_off",
    "invoice.write_off_recovered",
)
"""Events after which an advance may have to follow its invoice."""
_log = logging.getLogger(__name__)


def follow_all(*, at: datetime) -> int:
    """Follow the next events of every seller with programmes or advances; how many were read."""
    read = 0
    for seller_id in queries.sellers_behind(READER):
        try:
            read += follow_events(seller_id=seller_id, at=at)
        except (InterfaceError, OperationalError):
            raise  # the database is away: for everybody
        except Exception:  # noqa: BLE001 - logged; the others have their turn
            _log.exception("funding of seller %s", seller_id)
    return read


def follow_events(*, seller_id: UUID, at: datetime) -> int:
    """Do what the seller's next events ask for; how many those were. Twice the same does nothing twice.

    Run by one job at a time. What cannot be done is logged, and keeps nothing after it from its turn.
    """
    seller = Seller.objects.get(id=seller_id)
    place = places.place(seller_id=seller_id, reader=READER)
    end = events.end_of_events()
    if place is None:
        places.move_place(seller_id=seller_id, reader=READER, to=end, at=at)
        return 0
    page = events.events_after(place, seller_id=seller_id, limit=PAGE, types=(OPENED, *MOVED))
    moved = {event.object_id for event in page if event.type in MOVED}
    funded = queries.advances_of(seller_id=seller_id, invoice_ids=sorted(moved)) if moved else []
    for event in page:
        if event.type == OPENED:
            _one(seller, event.object_id, opened=True, at=at)
    for advance_id in funded:
        _one(seller, advance_id, opened=False, at=at)
    last = events.Position(page[-1].transaction, page[-1].sequence) if len(page) == PAGE else end
    places.move_place(seller_id=seller_id, reader=READER, to=max(last, place), at=at)
    return len(page)


def _one(seller: Seller, id_: UUID, *, opened: bool, at: datetime) -> None:
    try:
        with transaction.atomic():
            if opened:
                consider(seller, invoice_id=id_, at=at)
            else:
                tending.tend(seller_id=seller.id, advance_id=id_, at=at)
    except (InterfaceError, OperationalError):
        raise
    except Exception:  # noqa: BLE001 - logged; what comes after it has its turn
        _log.exception("funding of %s of seller %s", id_, seller.id)


def take_recourse(*, seller_id: UUID, at: datetime) -> int:
    """Look at the seller's advances whose partner or insurer waits no longer; how many those are."""
    seller = Seller.objects.get(id=seller_id)
    found = queries.past_recourse(seller_id=seller_id, on=business_day(seller, at=at))
    for advance_id in found:
        _one(seller, advance_id, opened=False, at=at)
    return len(found)
