"""What happens to debits because time has passed, a seller at a time."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from usance.flows import bank_claims
from usance.flows.debits.files import (
    CannotCollect,
    build_files,
    content_of,
    mark_sent,
)
from usance.flows.debits.mandates import expire_unused
from usance.flows.debits.prenotes import confirm_accounts
from usance.flows.debits.scheduling import schedule_due
from usance.flows.debits.settling import apply_prepayments, mark_good, settle_due
from usance.flows.deliveries.carriers import FOLDER
from usance.flows.refusals import WrongState
from usance.formats.errors import FormatError
from usance.gateways.bank_folder.outbox import Outbox
from usance.gateways.errors import Refused
from usance.records.debits import actions, queries
from usance.records.parties.models import Seller

_log = logging.getLogger(__name__)
BY: Final = "debits"


@dataclass(frozen=True, slots=True)
class Tended:
    """What was done for a seller: counts."""

    scheduled: int = 0
    settled: int = 0
    good: int = 0
    claimed: int = 0
    confirmed: int = 0
    expired: int = 0


def tend(*, seller_id: UUID, at: datetime, by: str = BY) -> Tended:
    """Settle debits whose day has come, take what the bank booked, tell which money is good, and schedule
    what falls due. Each in transactions of its own: it can be stopped anywhere and run again."""
    seller = Seller.objects.get(id=seller_id)
    settled = settle_due(seller, at=at, by=by)
    claimed = bank_claims.claim_lines(seller, at=at, by=by)
    good = mark_good(seller, at=at, by=by)
    apply_prepayments(seller, at=at, by=by)
    confirmed = confirm_accounts(seller, at=at, by=by)
    expired = expire_unused(seller, at=at, by=by)
    scheduled = schedule_due(seller, at=at, by=by)
    return Tended(
        scheduled=scheduled,
        settled=settled,
        good=good,
        claimed=claimed,
        confirmed=confirmed,
        expired=expired,
    )


def write_files(*, seller_id: UUID, at: datetime, by: str = BY) -> int:
    """Write the files that are due today, and lay them into the seller's outbox where it has one; how
    many were written. What keeps a file from being written is logged."""
    seller = Seller.objects.get(id=seller_id)
    written = 0
    if queries.collection_rules(seller_id=seller_id, at=at).automatic:
        try:
            written = len(build_files(seller, at=at, by=by).files)
        except (CannotCollect, FormatError) as error:
            _log.warning("no file of debits for seller %s: %s", seller_id, error)
    place_files(seller, at=at, by=by)
    return written


def place_files(seller: Seller, *, at: datetime, by: str) -> int:
    """Lay the files that were written into the seller's outbox, which counts as sent; how many.

    A file is marked before it is laid down: if that breaks off, it is not collected twice, and a
    person finds it in the list. Raises Refused if the operator has set no folder, or Unavailable.
    """
    rules = queries.collection_rules(seller_id=seller.id, at=at)
    if not rules.outbox:
        return 0
    root = os.environ.get(FOLDER, "")
    if not root:
        raise Refused(
            f"There is no folder for exchange; the operator has to set {FOLDER}.",
            counterpart="bank folder",
            detail=FOLDER,
        )
    outbox = Outbox(Path(root, seller.handle, rules.outbox))
    count = 0
    for file_id in queries.to_place(seller_id=seller.id):
        try:
            file = mark_sent(seller, file_id=file_id, at=at, by=by)
        except WrongState as error:
            _log.warning("file %s of seller %s: %s", file_id, seller.id, error)
            continue
        actions.change(file, placed_at=at)
        outbox.lay(file.file_name, content_of(file))
        count += 1
    return count
