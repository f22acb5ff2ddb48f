"""The list of events, and the webhook endpoints that are told them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from usance.flows import webhooks
from usance.records.events import queries
from usance.records.events.documents import event_document
from usance.records.identity import PREFIXES, NotAnId, parse_public_id, public_id
from usance.web.api import answers, objects
from usance.web.api.paging import USUAL, Cursor, PageLimit, events_page, read_position, whole
from usance.web.api.problems import Fault, InvalidRequest
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import (
    BuyerId,
    EventId,
    ExternalId,
    Metadata,
    Moment,
    Value,
    WebhookEndpointId,
)

section = Section("Events")

EventType = Annotated[
    str,
    StringConstraints(max_length=48, pattern=r"^[a-z_]+\.[a-z_]+$"),
    Field(examples=["order.authorized"]),
]


@section.read(
    "/events",
    scope="events:read",
    answer=answers.Page[answers.Event],
    summary="List events in order",
)
def list_events(
    request: ApiRequest,
    *,
    limit: PageLimit = USUAL,
    after: Cursor | None = None,
    type: EventType | None = None,  # noqa: A002 - the name of the parameter
    object: Annotated[str, StringConstraints(max_length=64)] | None = None,  # noqa: A002
    buyer: BuyerId | None = None,
) -> Any:
    """Oldest first, each exactly once, none passed over: whoever goes on from ``next`` sees
    everything. ``object`` is the id of an order, an invoice, a payment ..."""
    rows = queries.events_page(
        read_position(after),
        seller_id=request.auth.seller.id,
        limit=limit + 1,
        types=(type,) if type else (),
        object_id=_any_id(object) if object else None,
        buyer_id=buyer,
    )
    return events_page(rows, limit=limit, after=after, show=event_document)


def _any_id(text: str) -> UUID:
    """The UUID inside a public id of whichever kind."""
    prefix = text.partition("_")[0]
    for kind, known in PREFIXES.items():
        if prefix == known:
            try:
                return parse_public_id(kind, text)
            except NotAnId:
                break
    raise InvalidRequest([Fault("object", "not_an_id", "must be the id of an object", "query")])


class NewWebhookEndpoint(Value):
    """An address that wants to be told what happens."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")] = (
        Field(examples=["https://shop.example/usance"])
    )
    types: list[EventType] = Field(
        default=[], max_length=100, description="Event types it wants; none: all."
    )
    external_id: ExternalId | None = None
    metadata: Metadata = {}


class ReplayFrom(Value):
    """Where to begin: an event, or a moment."""

    event: EventId | None = None
    since: Moment | None = None

    @model_validator(mode="after")
    def _one_beginning(self) -> Self:
        if (self.event is None) == (self.since is None):
            raise PydanticCustomError("no_beginning", "must have either event or since")
        return self

    @property
    def beginning(self) -> UUID | datetime:
        """The event or the moment."""
        beginning = self.event or self.since
        assert beginning is not None
        return beginning


@section.write(
    "POST",
    "/webhook-endpoints",
    scope="webhooks:write",
    answer=answers.WebhookSecret,
    status=201,
    summary="Add a webhook endpoint",
)
def create_webhook_endpoint(request: ApiRequest, *, payload: NewWebhookEndpoint) -> Any:
    """It is told every event from now on, signed as Standard Webhooks has it. The secret is shown
    this once."""
    endpoint, secret = webhooks.create_endpoint(
        request.auth.seller, at=request.at, by=request.auth.by, **payload.model_dump()
    )
    return objects.webhook_endpoint(endpoint) | {"secret": secret}


@section.read(
    "/webhook-endpoints",
    scope="webhooks:write",
    answer=answers.Page[answers.WebhookEndpoint],
    summary="List webhook endpoints",
)
def list_webhook_endpoints(request: ApiRequest) -> Any:
    """All of them, the newest first."""
    rows = queries.endpoints(seller_id=request.auth.seller.id)
    return whole([objects.webhook_endpoint(row) for row in rows])


@section.write(
    "POST",
    "/webhook-endpoints/{endpoint_id}/replay",
    scope="webhooks:write",
    answer=answers.Replay,
    summary="Send events again",
)
def replay_webhook_endpoint(
    request: ApiRequest, *, endpoint_id: WebhookEndpointId, payload: ReplayFrom
) -> Any:
    """Everything from an event or a moment on is sent again, in order, each with its own id."""
    count = webhooks.replay(
        request.auth.seller,
        endpoint_id=endpoint_id,
        since=payload.beginning,
        at=request.at,
        by=request.auth.by,
    )
    return {
        "object": "webhook_replay",
        "endpoint": public_id("webhook_endpoint", endpoint_id),
        "events": count,
    }


@section.write(
    "POST",
    "/webhook-endpoints/{endpoint_id}/rotate-secret",
    scope="webhooks:write",
    answer=answers.WebhookSecret,
    summary="Rotate the secret of an endpoint",
)
def rotate_webhook_secret(request: ApiRequest, *, endpoint_id: WebhookEndpointId) -> Any:
    """A new secret, shown this once; the old one signs beside it for 24 hours."""
    endpoint, secret = webhooks.rotate_secret(
        request.auth.seller, endpoint_id=endpoint_id, at=request.at, by=request.auth.by
    )
    return objects.webhook_endpoint(endpoint) | {"secret": secret}


@section.write(
    "POST",
    "/webhook-endpoints/{endpoint_id}/disable",
    scope="webhooks:write",
    answer=answers.WebhookEndpoint,
    summary="Disable a webhook endpoint",
)
def disable_webhook_endpoint(request: ApiRequest, *, endpoint_id: WebhookEndpointId) -> Any:
    """Nothing more is sent; the endpoint keeps its place."""
    endpoint = webhooks.disable_endpoint(
        request.auth.seller, endpoint_id=endpoint_id, at=request.at, by=request.auth.by
    )
    return objects.webhook_endpoint(endpoint)


@section.write(
    "POST",
    "/webhook-endpoints/{endpoint_id}/enable",
    scope="webhooks:write",
    answer=answers.WebhookEndpoint,
    summary="Enable a webhook endpoint",
)
def enable_webhook_endpoint(request: ApiRequest, *, endpoint_id: WebhookEndpointId) -> Any:
    """Goes on with what was not delivered."""
    endpoint = webhooks.enable_endpoint(
        request.auth.seller, endpoint_id=endpoint_id, at=request.at, by=request.auth.by
    )
    return objects.webhook_endpoint(endpoint)
