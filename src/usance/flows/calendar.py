"""What happens because time has passed: authorizations end, bank lines settle, reviews are
passed on, answers are forgotten.

Each works through one seller in small transactions, so that it can be stopped anywhere and run again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from usance.flows.cash_application import settle_all
from usance.flows.found import seller_of
from usance.flows.fulfilment import expire_order
from usance.flows.journal import business_day
from usance.flows.refusals import WrongState
from usance.flows.reviews import escalate_due
from usance.records.events import actions as events
from usance.records.orders import queries as orders
from usance.records.payments import queries as payments

PAGE: Final = 200
"""Orders that are looked up at a time."""
BATCH: Final = 5000
"""Remembered answers that are deleted in one statement."""


def expire_orders(*, seller_id: UUID, at: datetime, by: str) -> int:
    """End the seller's authorizations whose time has run out before the day of ``at``; how many."""
    seller = seller_of(seller_id)
    on = business_day(seller, at=at)
    ended = 0
    last: UUID | None = None
    while page := orders.expired(seller_id=seller_id, on=on, after=last, limit=PAGE):
        for order_id in page:
            try:
                expire_order(seller, order_id=order_id, at=at, by=by)
                ended += 1
            except WrongState:
                continue  # invoiced, canceled or renewed since the page was read
        last = page[-1]
    return ended


def settle_bank_lines(*, seller_id: UUID, at: datetime, by: str) -> int:
    """Settle the bank lines of the seller's that are waiting; how many those were."""
    if not payments.has_unsettled(seller_id=seller_id, at=at):
        return 0
    return settle_all(seller_of(seller_id), at=at, by=by).lines


def escalate_reviews(*, seller_id: UUID, at: datetime, by: str) -> int:
    """Pass on the seller's reviews that nobody has answered in time; how many those were."""
    return escalate_due(seller_of(seller_id), at=at, by=by)


def forget_answers(*, seller_id: UUID, before: datetime) -> int:
    """Forget what the seller's requests before ``before`` were answered; how many those were."""
    forgotten = 0
    while count := events.forget_answers(seller_id=seller_id, before=before, limit=BATCH):
        forgotten += count
    return forgotten
