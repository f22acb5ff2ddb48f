"""Registers, lists and bureaus that a seller has connected: real servers of their contracts, on this
machine, and twins in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.gateways.contracts.server import serving
from tests.gateways.contracts.vies import RestVies, ViesKnowledge
from usance.flows import connections, rescreening
from usance.flows.counterparts import Counterparts
from usance.gateways.bureaus import CreditReport
from usance.gateways.bureaus.memory import MemoryBureau
from usance.gateways.registries import CompanyRecord
from usance.gateways.registries.memory import MemoryCompanies
from usance.gateways.sanctions.memory import MemoryScreen
from usance.records.parties.models import Seller
from usance.rules.screening import ListedParty

LIST = (
    "id,schema,name,aliases,countries,identifiers,sanctions,dataset\n"
    "NK-1,Company,Volga Shipping OOO,Nordwind Handels,DE,,EU-RUS,eu_fsf\n"
)
"""A list on which the usual buyer of the tests is by another name."""


@contextmanager
def vies(seller: Seller, shared: Path, *, at: datetime, **settings: Any) -> Iterator[RestVies]:
    """VIES as the seller has connected it."""
    contract = shared / "contracts" / "vies" / "swagger_publicVAT.yaml"
    with serving(RestVies(contract, ViesKnowledge())) as server:
        connections.create_connection(
            seller,
            kind="vies",
            settings={"base_url": server.url, "requester": "IT00743110157", **settings},
            at=at,
            by="test",
        )
        yield server


def load_list(seller: Seller, text: str = LIST, *, at: datetime) -> None:
    """The seller's own sanctions list."""
    rescreening.load_own_list(
        seller, text.encode(), file_name="targets.simple.csv", at=at, by="test"
    )


def bureau(at: datetime, **more: Any) -> MemoryBureau:
    """A bureau that knows the usual buyer."""
    known = MemoryBureau(source="bureau")
    given: dict[str, Any] = {
        "source": "bureau",
        "asked_at": at,
        "outcome": "found",
        "id": "B-1",
        "name": "Nordwind Handels GmbH",
        "country": "DE",
        "number": "HRB 123456",
        "score": Decimal(71),
        "scale": (Decimal(0), Decimal(100)),
        "rating": "B",
        "limit": 1_500_000,
        "currency": "EUR",
        "as_of": date(2026, 2, 27),
        "insolvent": False,
        "reference": "R-77",
    }
    known.add(CreditReport(**(given | more)))
    return known


def everybody(at: datetime) -> Counterparts:
    """A company register, a screening and a bureau, all in memory."""
    companies = MemoryCompanies(source="register")
    companies.add(
        CompanyRecord(
            source="register",
            asked_at=at,
            outcome="found",
            country="DE",
            number="HRB123456",
            name="Nordwind Handels GmbH",
            status="active",
            active=True,
            created_on=date(1998, 5, 4),
            reference="etag-1",
        )
    )
    return Counterparts(
        companies=(companies,), screens=(MemoryScreen(source="screen"),), bureaus=(bureau(at),)
    )


def listed(name: str = "Nordwind Handels", key: str = "NK-1") -> ListedParty:
    """An entry of a list that is like the usual buyer."""
    return ListedParty(id=key, kind="company", name=name, list="eu_fsf", reason="EU-RUS")
