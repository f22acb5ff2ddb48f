"""What a seller does with webhook endpoints: add, stop, rotate the secret, have events sent again.

An endpoint is a reader of the seller's events with a place in them. The relay (webhook_deliveries)
moves the place forward; a replay moves it back.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.journal import Journal
from usance.flows.refusals import NotFound, Refused, WrongState
from usance.gateways.webhooks.addresses import AddressRefused, check_url
from usance.records.events import actions, queries
from usance.records.events.models import WebhookEndpoint
from usance.records.events.queries import Position
from usance.records.events.secrets import encrypt
from usance.records.identity import new_id
from usance.records.parties.models import Seller

OVERLAP: Final = timedelta(hours=24)
"""How long the secret before the latest rotation still signs as well."""
LONGEST_URL: Final = 2000


class InvalidEndpoint(Refused):
    """The URL or an event type cannot be used."""

    code = "invalid_webhook_endpoint"


@transaction.atomic
def create_endpoint(
    seller: Seller,
    *,
    url: str,
    at: datetime,
    by: str,
    types: Sequence[str] = (),
    external_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which is shown this once.

    It receives every event from now on, or those of ``types`` only. Raises InvalidEndpoint.
    """
    _check(url, types)
    secret = _new_secret()
    start = queries.end_of_events()
    endpoint = WebhookEndpoint(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        url=url,
        types=sorted(set(types)),
        secret=encrypt(secret),
        transaction=start.transaction,
        sequence=start.sequence,
        external_id=external_id,
        metadata=metadata or {},
    )
    endpoint.save(force_insert=True)
    _tell(seller, endpoint, "created", at=at, by=by, state="active", url=url)
    return endpoint, secret


@transaction.atomic
def disable_endpoint(
    seller: Seller, *, endpoint_id: UUID, at: datetime, by: str, reason: str = ""
) -> WebhookEndpoint:
    """Send nothing more. Raises NotFound or WrongState.

    The endpoint keeps its place in the events, before whatever was on its way, so that enabling it
    catches up without a gap.
    """
    endpoint = _locked(seller, endpoint_id)
    if endpoint.state != "active":
        raise WrongState("The endpoint is disabled already.")
    stop_endpoint(seller, endpoint, at=at, by=by, reason=reason)
    return endpoint


def stop_endpoint(
    seller: Seller, endpoint: WebhookEndpoint, *, at: datetime, by: str, reason: str
) -> None:
    """Disable the locked, active ``endpoint``."""
    actions.change(endpoint, state="disabled")
    actions.rewind(endpoint, to=None, reason="the endpoint was disabled")
    _tell(seller, endpoint, "disabled", at=at, by=by, state="disabled", reason=reason)


@transaction.atomic
def enable_endpoint(seller: Seller, *, endpoint_id: UUID, at: datetime, by: str) -> WebhookEndpoint:
    """Send again, beginning with what was not delivered. Raises NotFound or WrongState."""
    endpoint = _locked(seller, endpoint_id)
    if endpoint.state == "active":
        raise WrongState("The endpoint is active already.")
    actions.change(endpoint, state="active")
    _tell(seller, endpoint, "enabled", at=at, by=by, state="active")
    return endpoint


@transaction.atomic
def rotate_secret(
    seller: Seller, *, endpoint_id: UUID, at: datetime, by: str
) -> tuple[WebhookEndpoint, str]:
    """A new secret, shown this once; the one before signs beside it for 24 hours more.

    Raises NotFound.
    """
    endpoint = _locked(seller, endpoint_id)
    secret = _new_secret()
    actions.change(
        endpoint,
        secret=encrypt(secret),
        previous_secret=endpoint.secret,
        previous_secret_until=at + OVERLAP,
    )
    _tell(seller, endpoint, "secret_rotated", at=at, by=by)
    return endpoint, secret


@transaction.atomic
def replay(
    seller: Seller, *, endpoint_id: UUID, since: UUID | datetime, at: datetime, by: str
) -> int:
    """Send again the event ``since``, or the first at that moment, and all that followed it.

    Returns how many events, of any type, the endpoint goes back; each keeps its id. Where an
    earlier event is still on its way, the replay begins there, so that the order holds. Raises
    NotFound (endpoint or event) or WrongState (the endpoint is disabled).
    """
    endpoint = _locked(seller, endpoint_id)
    if endpoint.state != "active":
        raise WrongState("The endpoint is disabled; enable it first.")
    start = _position(seller, since)
    reached = Position(endpoint.transaction, endpoint.sequence)
    if start is None or start >= reached:
        return 0
    actions.rewind(endpoint, to=start, reason="sent again by a replay")
    start = Position(endpoint.transaction, endpoint.sequence)
    count = queries.count_between(start, reached, seller_id=seller.id)
    _tell(seller, endpoint, "replayed", at=at, by=by, events=count)
    return count


def _position(seller: Seller, since: UUID | datetime) -> Position | None:
    """The place just before ``since``."""
    if isinstance(since, datetime):
        return queries.position_before(since, seller_id=seller.id)
    event = queries.event(seller_id=seller.id, event_id=since)
    if event is None:
        raise NotFound("There is no such event.")
    return Position(event.transaction, event.sequence - 1)


def _check(url: str, types: Sequence[str]) -> None:
    if len(url) > LONGEST_URL:
        raise InvalidEndpoint(f"A URL may have {LONGEST_URL} characters.")
    try:
        check_url(url)
    except AddressRefused as error:
        raise InvalidEndpoint(str(error)) from None
    for name in types:
        object_type, dot, happened = name.partition(".")
        if not (object_type and dot and happened) or len(name) > 48:
            raise InvalidEndpoint(
                f"{name!r} is not an event type; write one such as order.authorized."
            )


def _locked(seller: Seller, endpoint_id: UUID) -> WebhookEndpoint:
    endpoint = actions.lock_endpoint(seller_id=seller.id, endpoint_id=endpoint_id)
    if endpoint is None:
        raise NotFound("There is no such webhook endpoint.")
    return endpoint


def _new_secret() -> str:
    """32 random bytes as Standard Webhooks writes a symmetric secret."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _tell(
    seller: Seller,
    endpoint: WebhookEndpoint,
    what: str,
    *,
    at: datetime,
    by: str,
    state: str | None = None,
    **data: Any,
) -> None:
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        f"webhook_endpoint.{what}",
        object_type="webhook_endpoint",
        object_id=endpoint.id,
        state=state,
        data=data,
    )
    journal.close()
