"""Whom a seller asks about a company: the registers, lists and bureaus it has connected."""

from __future__ import annotations

import json
import os
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from usance.formats import sanctions_list
from usance.gateways.bureaus import CreditBureau
from usance.gateways.bureaus.creditsafe import ADDRESS as CREDITSAFE
from usance.gateways.bureaus.creditsafe import SANDBOX, Creditsafe
from usance.gateways.registries import CompanyRegistry, TaxNumberRegistry
from usance.gateways.registries.companies_house import ADDRESS as COMPANIES_HOUSE
from usance.gateways.registries.companies_house import CompaniesHouse
from usance.gateways.registries.gleif import ADDRESS as GLEIF
from usance.gateways.registries.gleif import Gleif
from usance.gateways.registries.vies_rest import ADDRESS as VIES
from usance.gateways.registries.vies_rest import ViesRest
from usance.gateways.sanctions import SanctionsScreen
from usance.gateways.sanctions.local_list import LocalList
from usance.gateways.sanctions.yente import ADDRESS as YENTE
from usance.gateways.sanctions.yente import Yente
from usance.records.connections import queries
from usance.records.connections.models import Connection
from usance.records.events.secrets import decrypt
from usance.records.parties.models import Seller
from usance.rules.screening import THRESHOLD

ALLOW_PRIVATE: Final = "USANCE_CONNECTIONS_ALLOW_PRIVATE"
"""Set to 1 where a seller's own servers on this machine's networks, or without TLS, may be asked."""
_MOST_LISTS: Final = 8

ASKED: Final = ("vies", "companies_house", "gleif", "yente", "sanctions_list", "creditsafe")
"""The kinds of connections that are asked about companies; others carry, pay or fund."""


@dataclass(frozen=True, slots=True)
class Counterparts:
    """Everybody to be asked about one company. ``requester`` is the seller's own VAT number, for
    which VIES gives a consultation number."""

    tax_numbers: tuple[TaxNumberRegistry, ...] = ()
    companies: tuple[CompanyRegistry, ...] = ()
    screens: tuple[SanctionsScreen, ...] = ()
    bureaus: tuple[CreditBureau, ...] = ()
    requester: str | None = None

    def is_local(self, screen: SanctionsScreen) -> bool:
        """Whether asking ``screen`` again costs nothing and may find what is newer."""
        return isinstance(screen, LocalList)


def counterparts_of(seller: Seller, *, country: str, requested: int | None) -> Counterparts:
    """Those that are asked about a company of ``country`` that asks for ``requested`` minor units of
    the seller's own currency (None: not known, so that no bound keeps one from being asked)."""
    tax_numbers: list[TaxNumberRegistry] = []
    companies: list[CompanyRegistry] = []
    screens: list[SanctionsScreen] = []
    bureaus: list[CreditBureau] = []
    requester: str | None = None
    active = queries.connections(seller_id=seller.id, active=True)
    for connection in active.filter(kind__in=ASKED).order_by("id"):
        if not runs_for(connection.settings, country=country, requested=requested):
            continue
        adapter = adapter_of(connection)
        if connection.kind == "vies":
            tax_numbers.append(adapter)
            requester = connection.settings.get("requester") or requester
        elif connection.kind in ("companies_house", "gleif"):
            companies.append(adapter)
        elif connection.kind in ("yente", "sanctions_list"):
            screens.append(adapter)
        elif connection.kind == "creditsafe":
            bureaus.append(adapter)
    return Counterparts(
        tuple(tax_numbers), tuple(companies), tuple(screens), tuple(bureaus), requester
    )


def runs_for(settings: Mapping[str, Any], *, country: str, requested: int | None) -> bool:
    """Whether a connection with these settings is asked: its ``countries`` (none: all), and only
    from a requested limit ``above`` on."""
    countries = settings.get("countries") or []
    above = settings.get("above") or 0
    return (not countries or country in countries) and (requested is None or requested >= above)


def adapter_of(connection: Connection) -> Any:
    """What asks the counterpart. Raises SecretUnreadable, or KeyError for a kind nobody knows."""
    settings = connection.settings
    secret: dict[str, str] = json.loads(decrypt(connection.secret)) if connection.secret else {}
    private = os.environ.get(ALLOW_PRIVATE) == "1"
    address = settings.get("base_url")
    match connection.kind:
        case "vies":
            return ViesRest(base_url=address or VIES, private_network=private)
        case "companies_house":
            return CompaniesHouse(
                api_key=secret["api_key"],
                base_url=address or COMPANIES_HOUSE,
                private_network=private,
            )
        case "gleif":
            return Gleif(base_url=address or GLEIF, private_network=private)
        case "yente":
            return Yente(
                api_key=secret.get("api_key") or None,
                dataset=settings.get("dataset") or "sanctions",
                threshold=settings.get("threshold") or THRESHOLD,
                base_url=address or YENTE,
                private_network=private,
            )
        case "creditsafe":
            usual = SANDBOX if settings.get("sandbox") else CREDITSAFE
            return Creditsafe(
                username=secret["username"],
                password=secret["password"],
                base_url=address or usual,
                private_network=private,
            )
        case "sanctions_list":
            return _local_list(connection)
    raise KeyError(connection.kind)


_lists: OrderedDict[tuple[UUID, int], LocalList] = OrderedDict()
_lists_lock = threading.Lock()


def _local_list(connection: Connection) -> LocalList:
    """The latest list that was loaded, made ready once a process; it never changes."""
    file = queries.latest_file(seller_id=connection.seller_id, connection_id=connection.id)
    threshold = int(connection.settings.get("threshold") or THRESHOLD)
    source = source_of_list(connection)
    if file is None:
        return LocalList((), source=source)
    key = file.id, threshold
    with _lists_lock:
        if key not in _lists:
            content = queries.content_of(seller_id=connection.seller_id, file_id=file.id)
            _lists[key] = LocalList(
                sanctions_list.parse(content),
                source=source,
                version=f"{file.file_name} {file.created_at:%Y-%m-%d}",
                threshold=threshold,
            )
            while len(_lists) > _MOST_LISTS:
                _lists.popitem(last=False)
        _lists.move_to_end(key)
        return _lists[key]


def source_of_list(connection: Connection) -> str:
    """What answers of a list are kept under: what is clear on one list says nothing of another."""
    lists = queries.connections(seller_id=connection.seller_id).filter(kind="sanctions_list")
    first = lists.order_by("id").values_list("id", flat=True).first()
    return (
        "sanctions_list" if first == connection.id else f"sanctions_list:{connection.id.hex[-8:]}"
    )
