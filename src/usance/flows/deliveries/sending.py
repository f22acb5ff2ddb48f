"""What is due is sent, and networks are asked what became of what they took.

A delivery is taken by one worker at a time, handed over with no transaction open, and what came of it
is kept afterwards. A worker that breaks down in between leaves it to the next: mails keep their
message-id, networks their key, so that a repetition can be told.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import InterfaceError, OperationalError

from usance.flows.deliveries import receipts, registrations
from usance.flows.deliveries.carriers import Carriers, carriers_of
from usance.flows.deliveries.channels import CHANNELS, Impossible, Job, Sent
from usance.flows.deliveries.outcomes import record
from usance.flows.document_writers import About
from usance.flows.documents import FormatUnavailable, Kind, issued
from usance.flows.refusals import Refused as FlowRefused
from usance.gateways.errors import CounterpartError, CredentialsRefused, RateLimited
from usance.gateways.mail import RecipientRefused
from usance.gateways.outcome import DocumentRefused
from usance.records.deliveries import actions, queries
from usance.records.deliveries.models import Delivery
from usance.records.events.secrets import SecretUnreadable
from usance.records.parties.models import Seller
from usance.rules.delivery import HANDING_OVER
from usance.rules.retries import next_attempt

LEASE: Final = timedelta(minutes=5)
"""How long one worker has a delivery to itself. Writing a long document takes seconds."""
_INTERNAL: Final = (
    "Something went wrong here that nobody foresaw; the log of the worker says what. Send it again"
    " once that is mended."
)

_log = logging.getLogger(__name__)


def due(*, at: datetime, limit: int = 200) -> list[tuple[UUID, UUID]]:
    """(seller, delivery) of every delivery that something is to be done about now."""
    return queries.due_deliveries(at=at, limit=limit)


def attend(
    *,
    seller_id: UUID,
    delivery_id: UUID,
    at: datetime,
    chance: float,
    carriers: Carriers | None = None,
) -> None:
    """Do what is due about one delivery: send it, or ask what became of it.

    ``chance`` is a random number from 0 to 1. Without ``carriers`` they are the seller's own.
    """
    row = queries.delivery(seller_id=seller_id, delivery_id=delivery_id)
    if row is None or not actions.take(row, at=at, until=at + LEASE):
        return
    seller = Seller.objects.get(id=seller_id)
    try:
        _do(seller, row, carriers=carriers, at=at, chance=chance)
    except (InterfaceError, OperationalError):
        raise  # nothing can be kept either; it is another's turn once the lease is over
    except Exception:  # noqa: BLE001 - logged, counted, and said after the last try
        _log.exception("delivery %s of seller %s", delivery_id, seller_id)
        if row.reason_code == HANDING_OVER:
            return  # it may be there: the next turn says so
        _try_again(
            seller, row, code="internal_error", reason=_INTERNAL, again=True, at=at, chance=chance
        )


def _do(
    seller: Seller, row: Delivery, *, carriers: Carriers | None, at: datetime, chance: float
) -> None:
    try:
        chosen = carriers or carriers_of(seller.id, channel=row.channel)
        if row.state == "queued":
            _send(seller, row, carriers=chosen, at=at)
        else:
            _ask(seller, row, carriers=chosen, at=at)
    except SecretUnreadable as error:
        _try_again(
            seller, row, code=error.code, reason=str(error), again=False, at=at, chance=chance
        )
    except CounterpartError as error:
        _try_again(
            seller,
            row,
            code=error.code,
            reason=error.said,
            again=error.retryable or isinstance(error, CredentialsRefused),
            at=at,
            chance=chance,
            wait=(error.retry_after or 0) if isinstance(error, RateLimited) else 0,
        )


def _send(seller: Seller, row: Delivery, *, carriers: Carriers, at: datetime) -> None:
    kind: Kind = "credit_note" if row.kind == "credit_note" else "invoice"
    try:
        it = issued(seller, kind=kind, subject_id=row.subject_id)
        about = About(seller, it.buyer_id, at=at)
        registrations.require_registered(it, about=about)
        job = Job(row, it, about, carriers, at)
        done = CHANNELS[row.channel](job)
    except Impossible as error:
        _give_up(seller, row, at=at, code=error.code, reason=str(error), **error.told)
        return
    except FormatUnavailable as error:
        missing = [one.to_document() for one in error.missing]
        _give_up(seller, row, at=at, code=error.code, reason=str(error), missing=missing)
        return
    except FlowRefused as error:
        if isinstance(error, registrations.NotRegistered):
            again = at + registrations.RECHECK
            actions.change(row, due_at=again, reason_code=error.code, reason=str(error))
        else:
            _give_up(seller, row, at=at, code=error.code, reason=str(error))
        return
    except RecipientRefused as error:
        _end(seller, row, "bounced", at=at, code=error.code, reason=error.said)
        return
    except DocumentRefused as error:
        _end(seller, row, "rejected", at=at, code=error.code, reason=error.said)
        return
    _record_sent(seller, row, done, at=at)


def _record_sent(seller: Seller, row: Delivery, done: Sent, *, at: datetime) -> None:
    fields: dict[str, Any] = {
        "reference": done.reference or row.reference,
        "attempts": 0 if done.state == "sent" else row.attempts + 1,
        "due_at": done.again,
        "sent_at": at,
    }
    record(
        seller,
        delivery_id=row.id,
        state=done.state,
        at=at,
        reason=done.reason,
        told=done.told,
        **fields,
    )


def _ask(seller: Seller, row: Delivery, *, carriers: Carriers, at: datetime) -> None:
    """What became of a delivery that a network, or a webhook's receiver, was given."""
    if row.channel == "webhook":
        receipts.look_at_webhook(seller, row, at=at)
    elif row.channel == "peppol" and carriers.access_point is not None:
        outcome = carriers.access_point.outcome(row.reference)
        receipts.take_outcome(seller, row, outcome=outcome, at=at)
    elif row.channel == "anaf" and carriers.anaf is not None:
        outcome = carriers.anaf.outcome(row.reference)
        receipts.take_outcome(seller, row, outcome=outcome, at=at)
    else:
        receipts.wait_on(row, at=at)


def _try_again(
    seller: Seller,
    row: Delivery,
    *,
    code: str,
    reason: str,
    again: bool,
    at: datetime,
    chance: float,
    wait: int = 0,
) -> None:
    """Nothing came of it this time; it is tried ``again``, after ``wait`` seconds at least, or has
    failed. A network that has the document is asked for its whole time.

    That our credentials are refused is no fault of the document, and is often set right in time.
    """
    if row.state != "queued":
        receipts.wait_on(row, at=at, reason=reason, code=code)
        return
    attempts = row.attempts + 1
    due_at = next_attempt(attempts, at=at, chance=chance) if again else None
    if due_at is None:
        _end(seller, row, "failed", at=at, code=code, reason=reason)
        return
    due_at = max(due_at, at + timedelta(seconds=wait))
    actions.change(row, attempts=attempts, due_at=due_at, reason_code=code, reason=reason)


def _give_up(
    seller: Seller, row: Delivery, *, at: datetime, code: str, reason: str, **told: Any
) -> None:
    _end(seller, row, "failed", at=at, code=code, reason=reason, **told)


def _end(
    seller: Seller,
    row: Delivery,
    state: str,
    *,
    at: datetime,
    code: str,
    reason: str,
    **told: Any,
) -> None:
    record(
        seller,
        delivery_id=row.id,
        state=state,
        at=at,
        code=code,
        reason=reason,
        told=told,
        attempts=row.attempts + 1,
    )
