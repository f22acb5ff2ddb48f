"""VIES by both of its contracts, and the register in memory held to the same answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.gateways.contracts.server import Answered, Counterpart, cut_off, hang_up, serving
from tests.gateways.contracts.vies import (
    TYPES,
    RestVies,
    SoapVies,
    ViesKnowledge,
    rest_fault,
    soap_fault,
)
from usance.gateways.errors import (
    CounterpartError,
    Malformed,
    NotCovered,
    RateLimited,
    Refused,
    Unavailable,
)
from usance.gateways.exchange import Patience
from usance.gateways.registries import TaxNumberRegistry, check_number
from usance.gateways.registries.memory import MemoryTaxNumbers
from usance.gateways.registries.vies_rest import ViesRest
from usance.gateways.registries.vies_soap import ViesSoap

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass
class World:
    """A register, and how to change what it knows and does."""

    registry: TaxNumberRegistry
    know: Callable[[str, str, str], None]
    fail: Callable[[str], None]


def _vies(counterpart: Counterpart, knowledge: ViesKnowledge, registry: TaxNumberRegistry) -> World:
    def know(number: str, name: str, address: str) -> None:
        knowledge.known[number[:2], number[2:]] = (name, address)

    def fail(fault: str) -> None:
        knowledge.fault = fault

    return World(registry, know, fail)


def _quick(url: str, kind: type[ViesSoap] | type[ViesRest]) -> Any:
    return kind(base_url=url, patience=Patience(1, 1, 2), private_network=True)


@pytest.fixture(params=["memory", "soap", "rest"])
def world(request: pytest.FixtureRequest, shared: Path) -> Iterator[World]:
    folder = shared / "contracts" / "vies"
    knowledge = ViesKnowledge()
    if request.param == "memory":
        memory = MemoryTaxNumbers()
        errors = {
            "MS_UNAVAILABLE": Unavailable("down", counterpart="memory"),
            "MS_MAX_CONCURRENT_REQ": RateLimited("busy", counterpart="memory"),
            "INVALID_REQUESTER_INFO": Refused("no", counterpart="memory"),
        }

        def fail(fault: str) -> None:
            memory.failing = errors[fault]

        yield World(
            memory, lambda n, name, address: memory.add(n, name=name, address=address), fail
        )
    elif request.param == "soap":
        with serving(SoapVies(folder / "checkVatService.wsdl", knowledge)) as soap:
            yield _vies(soap, knowledge, _quick(soap.url, ViesSoap))
    else:
        with serving(RestVies(folder / "swagger_publicVAT.yaml", knowledge)) as rest:
            yield _vies(rest, knowledge, _quick(rest.url, ViesRest))


def test_a_number_that_is_known(world: World) -> None:
    world.know("IT00743110157", "OFFICINE BRERA S.R.L.", "VIA BRERA 1\n20121 MILANO MI")
    answer = world.registry.check("IT 00743.110157", country="IT", at=AT)
    assert (answer.outcome, answer.country, answer.number) == ("valid", "IT", "00743110157")
    assert answer.name == "OFFICINE BRERA S.R.L."
    assert answer.address == "VIA BRERA 1\n20121 MILANO MI"
    assert answer.asked_at == AT
    assert answer.source == world.registry.source
    assert answer.dated == date(2026, 3, 2)
    assert answer.reference is None, "nobody said who is asking"
    assert (answer.reason, answer.retry_after) == (None, None)


def test_a_number_that_is_not(world: World) -> None:
    answer = world.registry.check("DE999999999", country="DE", at=AT)
    assert (answer.outcome, answer.name, answer.address) == ("invalid", None, None)


def test_what_a_state_keeps_to_itself_is_not_known(world: World) -> None:
    world.know("DE136695976", "---", "---")
    answer = world.registry.check("136695976", country="DE", at=AT)
    assert (answer.outcome, answer.name, answer.address) == ("valid", None, None)


def test_the_asker_gets_a_consultation_number(world: World) -> None:
    world.know("IT00743110157", "OFFICINE BRERA S.R.L.", "MILANO")
    answers = [
        world.registry.check("00743110157", country="IT", requester="GR 094259216", at=AT)
        for _ in range(2)
    ]
    assert answers[0].outcome == "valid"
    assert answers[0].name == "OFFICINE BRERA S.R.L."
    assert answers[0].reference and answers[1].reference
    assert answers[0].reference != answers[1].reference


def test_greece_and_northern_ireland(world: World) -> None:
    world.know("EL094259216", "HELLAS A.E.", "ATHINA")
    world.know("XI110305878", "BELFAST LTD", "BELFAST")
    for number, country in (("GR094259216", "GR"), ("EL094259216", "GR"), ("110305878", "XI")):
        assert world.registry.check(number, country=country, at=AT).outcome == "valid", number


@pytest.mark.parametrize(
    "number", ["", "-", "A", "1234567890123", "12<b>34", "12 34\n56é", "Ω1234"]
)
def test_what_no_state_could_have_given_needs_no_asking(world: World, number: str) -> None:
    world.fail("MS_UNAVAILABLE")
    answer = world.registry.check(number, country="IT", at=AT)
    assert (answer.outcome, answer.reason) == ("invalid", "malformed_number")


@pytest.mark.parametrize("country", ["CH", "GB", "US", "", "ITA"])
def test_other_countries_are_not_covered_rather_than_invalid(world: World, country: str) -> None:
    with pytest.raises(NotCovered):
        world.registry.check("123456789", country=country, at=AT)
    answer = check_number(world.registry, "123456789", country=country, at=AT)
    assert (answer.outcome, answer.reason) == ("unavailable", "counterpart_not_covered")


@pytest.mark.parametrize("requester", ["", "IT", "CH123456789", "00743110157"])
def test_an_asker_that_vies_cannot_know(world: World, requester: str) -> None:
    with pytest.raises(Refused):
        world.registry.check("00743110157", country="IT", requester=requester, at=AT)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("MS_UNAVAILABLE", Unavailable),
        ("MS_MAX_CONCURRENT_REQ", RateLimited),
        ("INVALID_REQUESTER_INFO", Refused),
    ],
)
def test_a_fault_is_never_an_invalid_number(
    world: World, fault: str, kind: type[CounterpartError]
) -> None:
    world.know("IT00743110157", "OFFICINE BRERA S.R.L.", "MILANO")
    world.fail(fault)
    with pytest.raises(CounterpartError) as caught:
        world.registry.check("00743110157", country="IT", at=AT)
    assert type(caught.value) is kind
    answer = check_number(world.registry, "00743110157", country="IT", at=AT)
    assert (answer.outcome, answer.reason) == ("unavailable", kind.code)
    assert (answer.asked_at, answer.source) == (AT, world.registry.source)


def test_a_moment_without_a_zone_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="zone"):
        world.registry.check("00743110157", country="IT", at=AT.replace(tzinfo=None))


# What only a server can do wrong.


@pytest.fixture
def soap(shared: Path) -> Iterator[tuple[SoapVies, ViesSoap]]:
    wsdl = shared / "contracts" / "vies" / "checkVatService.wsdl"
    with serving(SoapVies(wsdl, ViesKnowledge())) as server:
        server.knowledge.known["IT", "00743110157"] = ("BRERA", "MILANO")
        yield server, _quick(server.url, ViesSoap)


@pytest.fixture
def rest(shared: Path) -> Iterator[tuple[RestVies, ViesRest]]:
    swagger = shared / "contracts" / "vies" / "swagger_publicVAT.yaml"
    with serving(RestVies(swagger, ViesKnowledge())) as server:
        server.knowledge.known["IT", "00743110157"] = ("BRERA", "MILANO")
        yield server, _quick(server.url, ViesRest)


def outcome(registry: TaxNumberRegistry) -> CounterpartError:
    with pytest.raises(CounterpartError) as caught:
        registry.check("00743110157", country="IT", at=AT)
    return caught.value


FAULTS = {
    "SERVICE_UNAVAILABLE": Unavailable,
    "TIMEOUT": Unavailable,
    "SERVER_BUSY": RateLimited,
    "GLOBAL_MAX_CONCURRENT_REQ": RateLimited,
    "MS_MAX_CONCURRENT_REQ_TIME": RateLimited,
    "IP_BLOCKED": Refused,
    "INVALID_INPUT": Refused,
    "something new": Unavailable,
    "": Unavailable,
}


@pytest.mark.parametrize(("code", "kind"), FAULTS.items())
def test_faults_of_soap(
    soap: tuple[SoapVies, ViesSoap], code: str, kind: type[CounterpartError]
) -> None:
    soap[0].instead = [soap_fault(code, **{"retry-after": "7"})]
    error = outcome(soap[1])
    assert type(error) is kind
    assert (error.detail, error.retry_after) == (code or "unknown", 7)


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(("code", "kind"), FAULTS.items())
def test_faults_of_rest(
    rest: tuple[RestVies, ViesRest], code: str, kind: type[CounterpartError], status: int
) -> None:
    rest[0].instead = [rest_fault(code, status)]
    assert type(outcome(rest[1])) is kind


def _soap(inner: str, head: str = "") -> Answered:
    return Answered(
        200,
        f'{head}<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f"{inner}</s:Body></s:Envelope>".encode(),
    )


def _said(
    country: str = "IT", number: str = "00743110157", valid: str = "true", more: str = ""
) -> str:
    return (
        f'<checkVatResponse xmlns="{TYPES}"><countryCode>{country}</countryCode><vatNumber>{number}'
        f"</vatNumber><requestDate>2026-03-02</requestDate><valid>{valid}</valid>{more}"
        "</checkVatResponse>"
    )


BOMB = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {c} "{f"&{p};" * 10}">' for p, c in zip("abcdefgh", "bcdefghi", strict=True)
) + "]>"  # fmt: skip


@pytest.mark.parametrize(
    "answer",
    [
        Answered(200, b""),
        Answered(200, b"<html><body>maintenance"),
        Answered(200, b"{}"),
        Answered(200, b"\x00\xff\xfe"),
        _soap(""),
        _soap(_said() + _said()),
        _soap("<other/>"),
        _soap(f'<checkVatApproxResponse xmlns="{TYPES}"/>'),
        _soap(f'<checkVatResponse xmlns="{TYPES}"/>'),
        _soap(_said().replace(TYPES, "urn:other")),
        _soap(_said(number="99999999999")),
        _soap(_said(country="DE")),
        _soap(_said(valid="maybe")),
        _soap(_said(valid="")),
        _soap(_said(valid="<b>true</b>")),
        _soap(_said(more="<valid>false</valid>")),
        _soap(_said().replace("2026-03-02", "yesterday")),
        _soap(_said(number="&i;"), head=BOMB),
        _soap(
            _said(number="&x;"),
            head='<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        ),
        _soap("<a>" * 5000),
        _soap(_said(), head='<!DOCTYPE x [<!ENTITY x "y">]>'),
    ],
    ids=lambda answer: answer.body[:30] + answer.body[-60:-30],
)
def test_soap_that_lies(soap: tuple[SoapVies, ViesSoap], answer: Answered) -> None:
    soap[0].instead = [answer]
    assert type(outcome(soap[1])) is Malformed


GOOD = {"countryCode": "IT", "vatNumber": "00743110157", "valid": True}


@pytest.mark.parametrize(
    "answer",
    [
        Answered(200, b""),
        Answered(200, b'{"valid": tr'),
        Answered(200, b"[]"),
        Answered(200, b"null"),
        Answered(200, b"<html>"),
        Answered(200, b'{"a":' * 100_000),
        Answered(200, b'{"countryCode":"IT","vatNumber":"00743110157","valid":NaN}'),
        Answered.of({}),
        Answered.of({"isValid": True, "vatNumber": "00743110157"}),
        Answered.of({**GOOD, "valid": None}),
        Answered.of({**GOOD, "valid": "true"}),
        Answered.of({**GOOD, "valid": 1}),
        Answered.of({**GOOD, "vatNumber": "99999999999"}),
        Answered.of({**GOOD, "vatNumber": 743110157}),
        Answered.of({**GOOD, "countryCode": "DE"}),
        Answered.of({**GOOD, "name": ["BRERA"]}),
        Answered.of({**GOOD, "name": "x" * 30_000}),
        Answered.of({**GOOD, "requestDate": "yesterday"}),
        Answered.of({"actionSucceed": False, "errorWrappers": "MS_UNAVAILABLE"}),
        Answered(302, b"", {"location": "http://127.0.0.1:1"}),
    ],
    ids=lambda answer: answer.body[:40],
)
def test_rest_that_lies(rest: tuple[RestVies, ViesRest], answer: Answered) -> None:
    rest[0].instead = [answer]
    assert type(outcome(rest[1])) is Malformed


def test_rest_that_hides_a_fault_in_an_answer(rest: tuple[RestVies, ViesRest]) -> None:
    rest[0].instead = [Answered.of({**GOOD, "valid": False, "userError": "MS_UNAVAILABLE"})]
    assert type(outcome(rest[1])) is Unavailable
    rest[0].instead = [Answered.of({**GOOD, "userError": "VALID"})]
    assert rest[1].check("00743110157", country="IT", at=AT).outcome == "valid"


@pytest.mark.parametrize("trouble", [hang_up, cut_off, Answered(503), Answered(500, b"oops")])
def test_both_doors_when_the_house_is_down(
    soap: tuple[SoapVies, ViesSoap], rest: tuple[RestVies, ViesRest], trouble: Any
) -> None:
    for server, registry in (soap, rest):
        server.instead = [trouble]  # type: ignore[attr-defined]
        assert type(outcome(registry)) is Unavailable  # type: ignore[arg-type]
