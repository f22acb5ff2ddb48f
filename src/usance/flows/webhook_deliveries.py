"""How an event reaches a webhook endpoint: it is queued, signed, sent, and sent again until taken.

The list of events is the outbox (Standard Webhooks, https://www.standardwebhooks.com, says how a
message looks). Queueing moves an endpoint's place in that list and writes the deliveries in one
transaction; each delivery is then attempted by a job, in the order of the events of its object. A
worker may die anywhere: an attempt that was not recorded is made again with the same id.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from pydantic_core import to_json
from standardwebhooks import Webhook

from usance.flows.journal import Journal
from usance.flows.webhooks import stop_endpoint
from usance.gateways.webhooks import Message, Reply
from usance.records.events import actions, queries
from usance.records.events.documents import event_document
from usance.records.events.models import Event, WebhookDelivery, WebhookEndpoint
from usance.records.events.queries import Position
from usance.records.events.secrets import SecretUnreadable, decrypt
from usance.records.identity import public_id
from usance.records.parties.models import Seller
from usance.records.statements import execute
from usance.rules.retries import next_attempt

PAGE: Final = 500
"""Events that are queued for an endpoint in one transaction."""
MOST_PENDING: Final = 1000
"""Deliveries that may be on their way to one endpoint; the rest wait in the list of events, so
that an endpoint that is down does not fill the queue."""
BY: Final = "webhooks"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Queued:
    """A delivery that waits. Whoever makes those of an object to an endpoint holds their ``lock``,
    so that they are made one after the other."""

    seller_id: UUID
    endpoint_id: UUID
    object_id: UUID
    delivery_id: UUID
    lock: str


def queue_all(*, at: datetime, enqueue: Callable[[Sequence[Queued]], None]) -> int:
    """Queue, for every endpoint of every seller, the next page of its events; how many deliveries.

    ``enqueue`` makes the jobs, in the transaction in which the deliveries are written.
    """
    queued = 0
    for seller_id, endpoint_id in queries.endpoints_behind():
        queued += queue_page(seller_id=seller_id, endpoint_id=endpoint_id, at=at, enqueue=enqueue)
    return queued


@transaction.atomic
def queue_page(
    *,
    seller_id: UUID,
    endpoint_id: UUID,
    at: datetime,
    enqueue: Callable[[Sequence[Queued]], None],
) -> int:
    """Queue the next events for one endpoint and move its place behind them."""
    endpoint = actions.lock_endpoint(seller_id=seller_id, endpoint_id=endpoint_id, wait=False)
    if endpoint is None or endpoint.state != "active":
        return 0
    room = MOST_PENDING - queries.pending_deliveries(seller_id=seller_id, endpoint_id=endpoint_id)
    if room <= 0:
        return 0
    page = queries.events_after(
        Position(endpoint.transaction, endpoint.sequence),
        seller_id=seller_id,
        limit=min(PAGE, room),
    )
    if not page:
        return 0
    wanted = [event for event in page if _wants(endpoint, event)]
    made = actions.queue_deliveries(wanted, endpoint=endpoint, at=at)
    actions.change(endpoint, transaction=page[-1].transaction, sequence=page[-1].sequence)
    enqueue(
        [
            Queued(
                seller_id,
                endpoint_id,
                object_id,
                delivery_id,
                lock=f"{endpoint_id}:{object_id}:{endpoint.generation}",
            )
            for delivery_id, object_id in made
        ]
    )
    return len(made)


def _wants(endpoint: WebhookEndpoint, event: Event) -> bool:
    """An endpoint is not told about itself: a failure told to who fails would never end."""
    if event.object_id == endpoint.id:
        return False
    return not endpoint.types or event.type in endpoint.types


def next_message(
    *, seller_id: UUID, endpoint_id: UUID, object_id: UUID, at: datetime
) -> tuple[UUID, Message] | None:
    """What the endpoint is to hear next of the object: the delivery and its signed message.

    The caller holds the lock of these deliveries and asks again until there is none.
    """
    delivery_id = queries.first_pending(
        seller_id=seller_id, endpoint_id=endpoint_id, object_id=object_id
    )
    if delivery_id is None:
        return None
    message = message_for(seller_id=seller_id, delivery_id=delivery_id, at=at)
    return None if message is None else (delivery_id, message)


def message_for(*, seller_id: UUID, delivery_id: UUID, at: datetime) -> Message | None:
    """The signed message of a delivery, or None if it needs no attempt any more."""
    delivery = queries.delivery(seller_id=seller_id, delivery_id=delivery_id)
    if delivery is None or delivery.state != "pending" or delivery.endpoint.state != "active":
        return None
    try:
        return _sign(delivery.event, delivery.endpoint, at=at)
    except SecretUnreadable as error:
        _log.error("webhook endpoint %s: %s", delivery.endpoint_id, error)
        raise


def _sign(event: Event, endpoint: WebhookEndpoint, *, at: datetime) -> Message:
    about = event_document(event)
    body = to_json({"type": event.type, "timestamp": event.created_at, "data": about})
    keys = [endpoint.secret]
    if endpoint.previous_secret_until is not None and at < endpoint.previous_secret_until:
        keys.append(endpoint.previous_secret)
    signatures = [Webhook(decrypt(key)).sign(about["id"], at, body.decode()) for key in keys]
    return Message(
        url=endpoint.url,
        headers={
            "content-type": "application/json",
            "webhook-id": about["id"],
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signatures),
        },
        body=body,
    )


@transaction.atomic
def record_attempt(
    *, seller_id: UUID, delivery_id: UUID, reply: Reply, at: datetime, chance: float
) -> datetime | None:
    """Keep what came of an attempt. Returns when to try again; None if that is not needed.

    A receiver that answers 410 is disabled. One that took nothing at all in the three days in which
    a message was tried is disabled too; one that took others only misses this message.
    ``chance`` is a random number from 0 to 1, for the spread of retries.
    """
    # Not worth waiting for the disk: a record lost with the machine is a message sent once more.
    execute("SET LOCAL synchronous_commit = off", [])
    # The endpoint first, then its delivery: the order in which everything here locks.
    kept = queries.delivery(seller_id=seller_id, delivery_id=delivery_id)
    if kept is None:
        return None
    troubled = not reply.accepted
    endpoint = (
        actions.lock_endpoint(seller_id=seller_id, endpoint_id=kept.endpoint_id)
        if troubled
        else None
    )
    delivery = actions.lock_delivery(seller_id=seller_id, delivery_id=delivery_id)
    if delivery is None or delivery.state != "pending":
        return None
    attempts = delivery.attempts + 1
    first = delivery.first_attempt_at or at
    again = next_attempt(attempts, at=at, chance=chance) if troubled and not reply.gone else None
    stopping = _reason_to_stop(endpoint, reply, gave_up=again is None, since=first)
    actions.change(
        delivery,
        attempts=attempts,
        first_attempt_at=first,
        last_status=reply.status,
        last_error=(reply.error or reply.body) if troubled else "",
        next_attempt_at=again or delivery.next_attempt_at,
        delivered_at=None if troubled else at,
        # What stops the endpoint is still on its way: it is sent first when the endpoint is enabled.
        state="pending" if again or stopping else "failed" if troubled else "delivered",
    )
    if endpoint is None or again is not None:
        return again
    seller = Seller.objects.get(id=seller_id)
    if stopping:
        stop_endpoint(seller, endpoint, at=at, by=BY, reason=stopping)
    else:
        _tell_failure(seller, delivery, at=at)
    return None


def _reason_to_stop(
    endpoint: WebhookEndpoint | None, reply: Reply, *, gave_up: bool, since: datetime
) -> str:
    """Why nothing more should be sent to the endpoint; empty if there is no reason."""
    if endpoint is None or endpoint.state != "active":
        return ""
    if reply.gone:
        return "the receiver answered 410 Gone"
    if gave_up and not queries.delivered_since(
        since, seller_id=endpoint.seller_id, endpoint_id=endpoint.id
    ):
        return "the receiver took nothing for three days"
    return ""


def _tell_failure(seller: Seller, delivery: WebhookDelivery, *, at: datetime) -> None:
    journal = Journal(seller, at=at, by=BY)
    journal.tell(
        "webhook_endpoint.delivery_failed",
        object_type="webhook_endpoint",
        object_id=delivery.endpoint_id,
        data={
            "event": public_id("event", delivery.event_id),
            "attempts": delivery.attempts,
            "last_status": delivery.last_status,
            "last_error": delivery.last_error,
        },
    )
    journal.close()
