"""Notifications that wait at a network are fetched: kept here first, then taken off there."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import InterfaceError, OperationalError

from usance.flows.deliveries.carriers import carrier_of, connections_of
from usance.flows.deliveries.receipts import take_receipt
from usance.gateways.peppol.storecove import Storecove
from usance.gateways.sdi import SdiTransmission
from usance.gateways.sdi.folders import SdiFolders
from usance.records.deliveries import queries
from usance.records.parties.models import Seller

MOST: Final = 100
"""Messages taken at a time, so that one seller does not keep the others waiting."""

_log = logging.getLogger(__name__)


def to_fetch() -> list[UUID]:
    """Sellers for whom something may wait at a network."""
    return queries.sellers_connected(("sdi_folders", "storecove"))


def fetch(*, seller_id: UUID, at: datetime) -> int:
    """Take in what waits for a seller; how many messages those were.

    Broken off half-way, it takes the same again the next time, and keeps it once. Raises
    CounterpartError, SecretUnreadable.
    """
    seller = Seller.objects.get(id=seller_id)
    taken = 0
    for channel in ("sdi", "peppol"):
        for connection in connections_of(seller_id, channel=channel):
            carrier = carrier_of(connection)
            if isinstance(carrier, SdiFolders):
                taken += fetch_from_sdi(seller, carrier, at=at)
            elif isinstance(carrier, Storecove):
                taken += _from_storecove(seller, carrier, at=at)
    return taken


def fetch_from_sdi(seller: Seller, channel: SdiTransmission, *, at: datetime) -> int:
    """Take in the notifications that a channel to SdI has; how many. One that cannot be taken is
    logged and stays there; the others are taken."""
    taken = 0
    for file in channel.waiting(at=at, limit=MOST):
        try:
            take_receipt(seller, source="sdi", content=file.content, file_name=file.name, at=at)
            channel.taken(file.name)
        except (InterfaceError, OperationalError):
            raise
        except Exception:  # noqa: BLE001 - logged; the others have their turn
            _log.exception("file %s from SdI for seller %s", file.name, seller.id)
            continue
        taken += 1
    return taken


def _from_storecove(seller: Seller, point: Storecove, *, at: datetime) -> int:
    for taken in range(MOST):
        news = point.next_news()
        if news is None:
            return taken
        guid, body = news
        if body:
            take_receipt(seller, source="storecove", content=body, file_name=f"{guid}.json", at=at)
        point.forget_news(guid)
    return MOST
