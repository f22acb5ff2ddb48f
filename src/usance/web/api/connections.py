"""What a seller has connected: registers, bureaus and sanctions lists."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from usance.flows import connections
from usance.flows.refusals import NotFound
from usance.records.connections import queries
from usance.records.connections.models import Connection
from usance.web.api import answers, objects
from usance.web.api.paging import USUAL, Cursor, PageLimit, page
from usance.web.api.requests import ApiRequest
from usance.web.api.section import Section
from usance.web.api.values import (
    NO_NUL,
    ExternalId,
    Metadata,
    PublicId,
    ShortText,
    Value,
)

section = Section("Connections")

ConnectionId = Annotated[UUID, PublicId("connection")]
Kind = Literal[
    "vies",
    "companies_house",
    "gleif",
    "yente",
    "sanctions_list",
    "creditsafe",
    "storecove",
    "sdi_folders",
    "anaf",
    "stripe",
    "bank_folder",
    "funding_partner",
]
Setting = str | int | bool | list[str] | None
Credential = Annotated[str, StringConstraints(max_length=4000, pattern=NO_NUL)]
_Name = Annotated[str, StringConstraints(max_length=40)]


class NewConnection(Value):
    """A counterpart to be asked.

    Settings of every kind: ``countries`` (none: all) and ``above`` (asked only from this limit on, in
    minor units of your currency). ``vies``: ``requester``, your own VAT number, for a consultation
    number. ``yente``: ``base_url``, ``dataset``, ``threshold``. Secrets: ``api_key`` of
    ``companies_house`` and ``yente``; ``username`` and ``password`` of ``creditsafe``.

    Those that carry documents: ``storecove`` (``legal_entity_id``; ``api_key``), ``sdi_folders``
    (``folder``, ``sender``) and ``anaf`` (``tax_id``, ``sandbox``; ``access_token``, and for its
    renewal ``refresh_token``, ``client_id``, ``client_secret``).

    ``bank_folder`` (``folder``, ``account``, ``currency``): bank files left in the folder are taken.

    Those that take cards: ``stripe`` (``secret_key``; ``webhook_secret`` of its endpoint, which is
    ``/v1/psp/{connection}/events`` here).
    """

    kind: Kind
    name: ShortText = ""
    settings: Annotated[dict[_Name, Setting], Field(max_length=20)] = {}
    secrets: Annotated[dict[_Name, Credential], Field(max_length=10)] = {}
    external_id: ExternalId | None = None
    metadata: Metadata = {}


class ConnectionShown(answers.Described):
    """A connection; its credentials are never shown."""

    id: ConnectionId
    object: Literal["connection"]
    kind: Kind
    name: str
    settings: dict[str, Any]
    is_active: bool
    tested_at: datetime | None
    test_result: str = Field(description="Empty, `ok`, or the code of what went wrong.")


@section.write(
    "POST",
    "/connections",
    scope="connections:write",
    answer=ConnectionShown,
    status=201,
    summary="Add a connection",
)
def create_connection(request: ApiRequest, *, payload: NewConnection) -> Any:
    """Applications that are sent from now on are checked with it."""
    made = connections.create_connection(
        request.auth.seller, at=request.at, by=request.auth.by, **payload.model_dump()
    )
    return _shown(made)


@section.read(
    "/connections",
    scope="connections:read",
    answer=answers.Page[ConnectionShown],
    summary="List connections",
)
def list_connections(
    request: ApiRequest, *, limit: PageLimit = USUAL, after: Cursor | None = None
) -> Any:
    """The newest first."""
    found = queries.connections(seller_id=request.auth.seller.id)
    return page(found, kind="connection", limit=limit, after=after, show=_shown)


@section.read(
    "/connections/{connection_id}",
    scope="connections:read",
    answer=ConnectionShown,
    summary="Show a connection",
)
def get_connection(request: ApiRequest, *, connection_id: ConnectionId) -> Any:
    """One connection."""
    found = queries.connection(seller_id=request.auth.seller.id, connection_id=connection_id)
    if found is None:
        raise NotFound("There is no such connection.")
    return _shown(found)


def _shown(it: Connection) -> dict[str, Any]:
    return objects.head(
        "connection", it.id, it.created_at, external_id=it.external_id, metadata=it.metadata
    ) | {
        "kind": it.kind,
        "name": it.name,
        "settings": it.settings,
        "is_active": it.is_active,
        "tested_at": it.tested_at,
        "test_result": it.test_result,
    }
