"""Companies House and GLEIF by their contracts, and the register in memory held to the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.gateways.contracts.companies_house import API_KEY, CompaniesHouseMock
from tests.gateways.contracts.gleif import GleifMock
from tests.gateways.contracts.server import Answered, Counterpart, serving
from usance.gateways.errors import (
    CounterpartError,
    CredentialsRefused,
    Malformed,
    NotCovered,
    RateLimited,
    Refused,
    Unavailable,
)
from usance.gateways.exchange import Patience
from usance.gateways.registries import CompanyRecord, CompanyRegistry, look_up_company
from usance.gateways.registries.companies_house import CompaniesHouse
from usance.gateways.registries.gleif import Gleif
from usance.gateways.registries.memory import MemoryCompanies

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PATIENCE = Patience(1, 1, 2)
LEI = "213800LH1BZH3DI6G760"


def check_digits(start: str) -> str:
    """The LEI that begins with these 18 characters (ISO/IEC 7064, MOD 97-10)."""
    number = int("".join(str(int(character, 36)) for character in start + "00"))
    return f"{start}{98 - number % 97:02}"


def house(url: str, **more: Any) -> CompaniesHouse:
    given = {"api_key": API_KEY, "base_url": url, "patience": PATIENCE, "private_network": True}
    return CompaniesHouse(**(given | more))


@dataclass
class World:
    """A register with one company in it, and how to break it."""

    registry: CompanyRegistry
    country: str
    number: str
    fail: Callable[[int], None]


@pytest.fixture(params=["memory", "companies-house", "gleif"])
def world(request: pytest.FixtureRequest, shared: Path) -> Iterator[World]:
    folder = shared / "contracts"
    if request.param == "memory":
        memory = MemoryCompanies(countries=frozenset({"GB"}))
        memory.add(
            CompanyRecord(
                source="-",
                asked_at=AT,
                outcome="found",
                country="GB",
                number="00445790",
                name="BRERA TRADING LTD",
                status="active",
                active=True,
                created_on=date(1947, 11, 27),
            )
        )
        errors = {
            503: Unavailable("down", counterpart="memory"),
            429: RateLimited("busy", counterpart="memory", retry_after=30),
            401: CredentialsRefused("no", counterpart="memory"),
        }

        def fail(status: int) -> None:
            memory.failing = errors[status]

        yield World(memory, "GB", "00445790", fail)
        return
    mock: Counterpart
    if request.param == "gleif":
        number = check_digits("213800LH1BZH3DI6G7")
        mock = GleifMock(folder / "gleif" / "gleif-lei-api.openapi.yml")
        mock.entities[number] = {
            "legalName": {"name": "BRERA TRADING LTD", "language": "en"},
            "jurisdiction": "GB",
            "status": "ACTIVE",
            "creationDate": "1947-11-27T00:00:00Z",
            "registeredAs": "00445790",
        }
    else:
        number = "00445790"
        mock = CompaniesHouseMock(
            folder / "companies-house" / "companies-house-public-data.openapi3.yml"
        )
        mock.add(
            number, "BRERA TRADING LTD", company_status="active", date_of_creation="1947-11-27"
        )
    with serving(mock):
        registry: CompanyRegistry = (
            house(mock.url)
            if request.param != "gleif"
            else Gleif(base_url=mock.url, patience=PATIENCE, private_network=True)
        )

        def fail_over_http(status: int) -> None:
            mock.instead = [Answered(status, b"", {"retry-after": "30"})] * 9

        yield World(registry, "GB", number, fail_over_http)


def test_a_company_that_is_there(world: World) -> None:
    record = world.registry.look_up(f" {world.number} ", country="GB", at=AT)
    assert (record.outcome, record.name) == ("found", "BRERA TRADING LTD")
    assert (record.country, record.number) == ("GB", world.number)
    assert record.active is True
    assert record.status in ("active", "ACTIVE")
    assert record.created_on == date(1947, 11, 27)
    assert (record.asked_at, record.source) == (AT, world.registry.source)
    assert record.officers is None, "nobody asked for them"


def test_a_company_that_is_not(world: World) -> None:
    other = check_digits("529900T8BM49AURSDO") if len(world.number) == 20 else "00000007"
    for number in (other, "../../etc", "", "%2e%2e"):
        record = world.registry.look_up(number, country="GB", at=AT)
        assert (record.outcome, record.name, record.active) == ("not_found", None, None)


def test_another_country(world: World) -> None:
    answer = look_up_company(world.registry, world.number, country="FR", at=AT)
    assert answer.outcome in ("unavailable", "not_found")
    if answer.outcome == "unavailable":
        assert answer.reason == NotCovered.code


@pytest.mark.parametrize(
    ("status", "kind"), [(503, Unavailable), (429, RateLimited), (401, CredentialsRefused)]
)
def test_a_failure_is_never_a_missing_company(
    world: World, status: int, kind: type[CounterpartError]
) -> None:
    world.fail(status)
    with pytest.raises(CounterpartError) as caught:
        world.registry.look_up(world.number, country="GB", at=AT)
    assert type(caught.value) is kind
    record = look_up_company(world.registry, world.number, country="GB", at=AT)
    assert (record.outcome, record.reason, record.active) == ("unavailable", kind.code, None)
    if status == 429:
        assert record.retry_after == 30


# Companies House, in particular.


@pytest.fixture
def mock(shared: Path) -> Iterator[CompaniesHouseMock]:
    specification = shared / "contracts/companies-house/companies-house-public-data.openapi3.yml"
    with serving(CompaniesHouseMock(specification)) as server:
        yield server


def look_up(mock: CompaniesHouseMock, number: str = "00445790", **more: Any) -> CompanyRecord:
    return house(mock.url, **more).look_up(number, country="GB", at=AT)


ACCOUNTS: dict[str, Any] = {
    "accounting_reference_date": {"day": 24, "month": 2},
    "next_made_up_to": "2026-02-24",
}


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, {"accounts_overdue": None, "status": None, "active": None, "insolvent": None}),
        ({"accounts": {**ACCOUNTS, "overdue": False}}, {"accounts_overdue": False}),
        ({"accounts": {**ACCOUNTS, "overdue": True}}, {"accounts_overdue": True}),
        (
            {"accounts": {**ACCOUNTS, "overdue": False, "next_accounts": {"overdue": True}}},
            {"accounts_overdue": True},
        ),
        ({"company_status": "active"}, {"active": True, "insolvent": False}),
        ({"company_status": "dissolved"}, {"active": False, "insolvent": False}),
        ({"company_status": "liquidation"}, {"active": False, "insolvent": True}),
        ({"company_status": "administration"}, {"active": False, "insolvent": True}),
        ({"company_status": "voluntary-arrangement"}, {"active": False, "insolvent": True}),
        ({"has_insolvency_history": True}, {"insolvency_history": True}),
        ({"has_insolvency_history": False}, {"insolvency_history": False}),
        (
            {"links": {"self": "/company/00445790", "insolvency": "/company/00445790/insolvency"}},
            {"insolvency_history": True},
        ),
        ({"date_of_cessation": "2025-01-31"}, {"ceased_on": date(2025, 1, 31)}),
    ],
    ids=repr,
)
def test_what_a_profile_says(
    mock: CompaniesHouseMock, members: dict[str, Any], expected: dict[str, Any]
) -> None:
    mock.add("00445790", "BRERA TRADING LTD", **members)
    record = look_up(mock)
    assert {name: getattr(record, name) for name in expected} == expected
    assert record.reference == "e1"


def test_numbers_as_people_write_them(mock: CompaniesHouseMock) -> None:
    mock.add("00445790", "BRERA TRADING LTD")
    mock.add("SC123456", "BRERA SCOTLAND LTD")
    assert look_up(mock, "445790").name == "BRERA TRADING LTD"
    assert look_up(mock, "sc 123456").name == "BRERA SCOTLAND LTD"


def test_officers_if_they_are_wanted(mock: CompaniesHouseMock) -> None:
    mock.add("00445790", "BRERA TRADING LTD")
    mock.officers["00445790"] = [
        {
            "name": "ROSSI, Anna",
            "officer_role": "director",
            "appointed_on": "2020-05-01",
            "address": {"address_line_1": "1 High Street", "locality": "Leeds", "premises": "1"},
            "links": {"officer": {"appointments": "/officers/a/appointments"}, "self": "/x"},
        }
    ]
    (officer,) = look_up(mock, with_officers=True).officers or ()
    assert (officer.name, officer.role) == ("ROSSI, Anna", "director")
    assert (officer.appointed_on, officer.resigned_on) == (date(2020, 5, 1), None)


def test_a_wrong_key(mock: CompaniesHouseMock) -> None:
    mock.add("00445790", "BRERA TRADING LTD")
    with pytest.raises(Refused):
        look_up(mock, api_key="another")


def test_the_key_is_shown_nowhere(
    mock: CompaniesHouseMock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    mock.instead = [Answered(500)]
    registry = house(mock.url)
    with pytest.raises(Unavailable) as caught:
        registry.look_up("00445790", country="GB", at=AT)
    shown = f"{registry!r} {caught.value!r} {vars(caught.value)} {caplog.text}"
    assert API_KEY not in shown
    assert "Basic" not in shown


@pytest.mark.parametrize(
    "answer",
    [
        Answered(200, b""),
        Answered(200, b"[1]"),
        Answered(200, b'{"company_number": "00445790", "comp'),
        Answered.of({"company_number": "00445790"}),
        Answered.of({"company_name": "X", "company_number": "00445791"}),
        Answered.of({"company_name": "X", "company_number": 445790}),
        Answered.of({"company_name": "X", "company_number": "00445790", "accounts": []}),
        Answered.of({"company_name": "X", "company_number": "00445790", "company_status": {}}),
        Answered.of(
            {"company_name": "X", "company_number": "00445790", "has_insolvency_history": "no"}
        ),
        Answered.of(
            {"company_name": "X", "company_number": "00445790", "date_of_creation": "31/01/2020"}
        ),
    ],
    ids=lambda answer: answer.body[:70],
)
def test_a_register_that_lies(mock: CompaniesHouseMock, answer: Answered) -> None:
    mock.instead = [answer]
    with pytest.raises(Malformed):
        look_up(mock)
