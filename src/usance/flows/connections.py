"""What a seller connects: added, tried, changed, switched off; and the lists loaded into it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction

from usance.flows.bank_folders import KIND as BANK_FOLDER
from usance.flows.bank_folders import folder_of
from usance.flows.cards.providers import KINDS as PAYING
from usance.flows.cards.providers import provider_of
from usance.flows.counterparts import adapter_of
from usance.flows.deliveries.carriers import KINDS as CARRYING
from usance.flows.deliveries.carriers import carrier_of
from usance.flows.funding.partners import KINDS as FUNDING
from usance.flows.funding.partners import partner_of
from usance.flows.journal import Journal
from usance.flows.refusals import NotFound, Refused, external_id_once
from usance.formats import sanctions_list
from usance.gateways.bureaus import CompanyQuery
from usance.gateways.errors import CounterpartError
from usance.gateways.peppol import Participant
from usance.gateways.sanctions import ScreeningSubject
from usance.records.connections import actions, queries
from usance.records.connections.models import Connection, LoadedFile
from usance.records.events.secrets import SecretUnreadable, encrypt
from usance.records.identity import new_id
from usance.records.parties.models import Seller
from usance.rules.money import LARGEST_AMOUNT

LARGEST_LIST: Final = 50 * 1024 * 1024
"""Bytes of a sanctions list; the consolidated ones have about ten million."""


class InvalidConnection(Refused):
    """A kind, a setting or a credential that the connection cannot have."""

    code = "invalid_connection"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a connection of the kind is set up with, and how it is tried."""

    settings: frozenset[str]
    secrets: frozenset[str]
    required: frozenset[str]
    attempt: Callable[[Any, datetime], object]
    needed: frozenset[str] = frozenset()
    """Settings without which nothing can be asked."""


_EVERY: Final = frozenset({"countries", "above"})


def _kind(
    attempt: Callable[[Any, datetime], object],
    *settings: str,
    secrets: str = "",
    required: str = "",
    needed: str = "",
) -> Kind:
    return Kind(
        _EVERY | frozenset(settings),
        frozenset(secrets.split()),
        frozenset(required.split()),
        attempt,
        frozenset(needed.split()),
    )


KINDS: Final[Mapping[str, Kind]] = {
    "vies": _kind(
        lambda it, at: it.check("IT00743110157", country="IT", at=at), "requester", "base_url"
    ),
    "companies_house": _kind(
        lambda it, at: it.look_up("00445790", country="GB", at=at),
        "base_url",
        secrets="api_key",
        required="api_key",
    ),
    "gleif": _kind(
        lambda it, at: it.look_up("HWUPKR0MPOU8FGXBT394", country="US", at=at), "base_url"
    ),
    "yente": _kind(
        lambda it, at: it.screen(ScreeningSubject(kind="company", name="Acme"), at=at),
        "base_url",
        "dataset",
        "threshold",
        secrets="api_key",
    ),
    "sanctions_list": _kind(
        lambda it, at: it.screen(ScreeningSubject(kind="company", name="Acme"), at=at), "threshold"
    ),
    "creditsafe": _kind(
        lambda it, at: it.search(CompanyQuery(country="GB", number="00445790"), at=at),
        "base_url",
        "sandbox",
        secrets="username password",
        required="username password",
    ),
    "storecove": _kind(
        lambda it, _: it.reaches(Participant("0088", "5798000416604")),
        "base_url",
        "legal_entity_id",
        secrets="api_key",
        required="api_key",
        needed="legal_entity_id",
    ),
    "sdi_folders": _kind(lambda it, at: it.waiting(at=at, limit=1), "folder", "sender"),
    "anaf": _kind(
        lambda it, _: it.try_out(),
        "base_url",
        "sign_in_url",
        "tax_id",
        "sandbox",
        secrets="access_token refresh_token client_id client_secret",
        required="access_token",
        needed="tax_id",
    ),
    "bank_folder": _kind(
        lambda it, at: it.waiting(at=at, limit=1), "folder", "account", "currency"
    ),
    "stripe": _kind(
        lambda it, _: it.try_out(),
        "base_url",
        secrets="secret_key webhook_secret",
        required="secret_key",
    ),
    "funding_partner": _kind(
        lambda it, _: it.try_out(),
        "base_url",
        secrets="api_key webhook_secret",
        required="api_key",
        needed="base_url",
    ),
}
"""Every kind of connection. A try asks about a company that is publicly known and keeps nothing."""


@transaction.atomic
def create_connection(
    seller: Seller,
    *,
    kind: str,
    at: datetime,
    by: str,
    name: str = "",
    settings: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    external_id: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Connection:
    """Add a connection. Credentials are kept encrypted and never shown again.

    Raises InvalidConnection or ExternalIdTaken.
    """
    given = {key: text for key, text in (secrets or {}).items() if text}
    kept = _checked(kind, settings or {}, given)
    connection = Connection(
        id=new_id(),
        seller=seller,
        created_at=at,
        kind=kind,
        name=name or kind,
        settings=kept,
        secret=encrypt(json.dumps(given)) if given else "",
        external_id=external_id,
        metadata=dict(metadata or {}),
    )
    with external_id_once("connection", external_id):
        connection.save(force_insert=True)
    _tell(seller, connection, "connection.created", at=at, by=by)
    return connection


@transaction.atomic
def change_connection(
    seller: Seller,
    *,
    connection_id: UUID,
    at: datetime,
    by: str,
    settings: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    is_active: bool | None = None,
) -> Connection:
    """Change settings or credentials, or switch the connection on or off.

    Raises NotFound or InvalidConnection.
    """
    connection = _locked(seller, connection_id)
    changed: dict[str, Any] = {}
    given = {key: text for key, text in (secrets or {}).items() if text}
    if settings is not None:
        required = KINDS[connection.kind].required if connection.secret and not given else set()
        changed["settings"] = _checked(
            connection.kind, settings, given or dict.fromkeys(required, "kept")
        )
    if given:
        _checked(connection.kind, {}, given)
        changed["secret"] = encrypt(json.dumps(given))
    if is_active is not None:
        changed["is_active"] = is_active
    actions.change(connection, **changed)
    _tell(seller, connection, "connection.changed", at=at, by=by)
    return connection


def try_connection(seller: Seller, *, connection_id: UUID, at: datetime, by: str) -> Connection:
    """Ask the counterpart something harmless, and keep how it went. Raises NotFound.

    No transaction is open while it is asked.
    """
    connection = queries.connection(seller_id=seller.id, connection_id=connection_id)
    if connection is None:
        raise NotFound("There is no such connection.")
    try:
        asked = _counterpart(connection)
        KINDS[connection.kind].attempt(asked, at)
        result = "ok"
    except (CounterpartError, SecretUnreadable) as error:
        result = error.code
    with transaction.atomic():
        actions.change(connection, tested_at=at, test_result=result)
        _tell(seller, connection, "connection.tested", at=at, by=by, result=result)
    return connection


@transaction.atomic
def load_list(
    seller: Seller, *, connection_id: UUID, file_name: str, content: bytes, at: datetime, by: str
) -> LoadedFile:
    """Take a new version of a sanctions list; searches use it from now on.

    Raises NotFound, InvalidConnection (it is no list, or too large) or FormatError (it cannot be
    read; the version before stays).
    """
    connection = _locked(seller, connection_id)
    if connection.kind != "sanctions_list":
        raise InvalidConnection("Only a sanctions list has a file; add a connection of that kind.")
    if len(content) > LARGEST_LIST:
        raise InvalidConnection(
            f"A list has at most {LARGEST_LIST // 2**20} MB; load a shorter one."
        )
    entries = len(sanctions_list.parse(content))
    digest = hashlib.sha256(content).digest()
    before = queries.latest_file(seller_id=seller.id, connection_id=connection.id)
    if before is not None and bytes(before.digest) == digest:
        return before
    file = LoadedFile.objects.create(
        seller=seller,
        connection=connection,
        created_at=at,
        file_name=file_name[:120],
        digest=digest,
        entries=entries,
        content=content,
        author=by,
    )
    _tell(seller, connection, "connection.loaded", at=at, by=by, entries=entries)
    return file


def _counterpart(connection: Connection) -> Any:
    if connection.kind in PAYING:
        return provider_of(connection)
    if connection.kind in FUNDING:
        return partner_of(connection)
    if connection.kind == BANK_FOLDER:
        return folder_of(connection)
    return carrier_of(connection) if connection.kind in CARRYING else adapter_of(connection)


def _checked(kind: str, settings: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, Any]:
    known = KINDS.get(kind)
    if known is None:
        raise InvalidConnection(f"{kind!r} is no kind of connection; choose {', '.join(KINDS)}.")
    for given, allowed in ((settings, known.settings), (secrets, known.secrets)):
        unknown = sorted(set(given) - allowed)
        if unknown:
            raise InvalidConnection(f"A connection to {kind} has no {unknown[0]!r}; leave it out.")
    missing = sorted(known.required - set(secrets)) if secrets or known.required else []
    if missing:
        raise InvalidConnection(f"A connection to {kind} needs {' and '.join(missing)}.")
    kept = {name: value for name, value in settings.items() if value not in (None, "", [], False)}
    unset = sorted(known.needed - set(kept)) if settings or not secrets else []
    if unset:
        raise InvalidConnection(f"A connection to {kind} needs {' and '.join(unset)}.")
    for name, value in kept.items():
        if not _fits(name, value):
            raise InvalidConnection(f"{name} cannot be {str(value)[:60]!r}.")
    return kept


def _fits(name: str, value: Any) -> bool:
    match name:
        case "base_url" | "sign_in_url":
            parts = urlsplit(value) if isinstance(value, str) and len(value) <= 500 else None
            return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
        case "countries":
            return isinstance(value, list) and all(
                isinstance(code, str) and len(code) == 2 and code.isascii() and code.isupper()
                for code in value
            )
        case "sandbox":
            return isinstance(value, bool)
        case "folder":
            return isinstance(value, str) and bool(re.fullmatch("[a-z0-9][a-z0-9_-]{0,39}", value))
    if name in _NUMBERS:
        least, most = _NUMBERS[name]
        return type(value) is int and least <= value <= most
    return isinstance(value, str) and len(value) <= 100


_NUMBERS: Final = {
    "above": (0, LARGEST_AMOUNT),
    "threshold": (50, 100),
    "legal_entity_id": (1, 2**31 - 1),
}


def _locked(seller: Seller, connection_id: UUID) -> Connection:
    connection = actions.lock_connection(seller_id=seller.id, connection_id=connection_id)
    if connection is None:
        raise NotFound("There is no such connection.")
    return connection


def _tell(
    seller: Seller, connection: Connection, type_: str, *, at: datetime, by: str, **data: Any
) -> None:
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        type_,
        object_type="connection",
        object_id=connection.id,
        data={"kind": connection.kind, "name": connection.name, **data},
    )
    journal.close()
