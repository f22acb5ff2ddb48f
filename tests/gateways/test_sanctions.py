"""A yente server by its contract, a list searched here, and the one in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.gateways.contracts.server import Answered, cut_off, hang_up, serving
from tests.gateways.contracts.yente import API_KEY, YenteMock
from usance.gateways.errors import (
    CounterpartError,
    CredentialsRefused,
    Malformed,
    RateLimited,
    Refused,
    Unavailable,
)
from usance.gateways.exchange import Patience
from usance.gateways.sanctions import SanctionsScreen, ScreeningSubject, screen_subject
from usance.gateways.sanctions.local_list import LocalList
from usance.gateways.sanctions.memory import MemoryScreen
from usance.gateways.sanctions.yente import Yente
from usance.rules.screening import ListedParty

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PARTIES = (
    ListedParty(
        id="NK-1",
        kind="company",
        name="Volga Shipping OOO",
        aliases=("Волга Шиппинг",),
        countries=frozenset({"RU"}),
        numbers=frozenset({"7706107510"}),
        list="eu_fsf",
        reason="EU-RUS",
    ),
    ListedParty(
        id="NK-2",
        kind="person",
        name="Ivan Sergeevich Petrov",
        births=("1962-03-09",),
        countries=frozenset({"RU"}),
        list="us_ofac_sdn",
        reason="US-RUS",
    ),
)


@dataclass
class World:
    """A screening of the two parties, and how to break it."""

    screen: SanctionsScreen
    fail: Callable[[int], None] | None


def yente(mock: YenteMock, **more: Any) -> Yente:
    given = {
        "api_key": API_KEY,
        "base_url": mock.url,
        "patience": Patience(1, 1, 2),
        "private_network": True,
    }
    return Yente(**(given | more))


@pytest.fixture
def mock(shared: Path) -> Iterator[YenteMock]:
    with serving(YenteMock(shared / "contracts/opensanctions-yente/yente.openapi.json")) as server:
        server.parties = list(PARTIES)
        yield server


@pytest.fixture(params=["memory", "local", "yente"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "local":
        return World(LocalList(PARTIES, version="2026-03-01"), None)
    if request.param == "memory":
        memory = MemoryScreen(*PARTIES)
        errors = {
            503: Unavailable("down", counterpart="memory"),
            429: RateLimited("busy", counterpart="memory", retry_after=5),
            401: CredentialsRefused("no", counterpart="memory"),
        }

        def fail(status: int) -> None:
            memory.failing = errors[status]

        return World(memory, fail)
    mock: YenteMock = request.getfixturevalue("mock")

    def fail_over_http(status: int) -> None:
        mock.instead = [Answered(status, b"", {"retry-after": "5"})] * 9

    return World(yente(mock), fail_over_http)


def test_a_company_that_is_listed(world: World) -> None:
    subject = ScreeningSubject(kind="company", name="VOLGA SHIPPING Ltd.", country="RU")
    screening = world.screen.screen(subject, at=AT)
    assert (screening.outcome, screening.source) == ("hits", world.screen.source)
    assert (screening.asked_at, screening.subject) == (AT, subject)
    assert screening.reference
    (hit,) = screening.hits
    assert (hit.id, hit.name, hit.score) == ("NK-1", "Volga Shipping OOO", 100)
    assert hit.list == "eu_fsf"
    assert "EU-RUS" in hit.reason
    assert hit.grounds


def test_by_its_number_whatever_its_name(world: World) -> None:
    subject = ScreeningSubject(kind="company", name="Blumen Meyer", numbers=("77 06 107510",))
    assert [hit.id for hit in world.screen.screen(subject, at=AT).hits] == ["NK-1"]


def test_a_person_without_the_patronymic(world: World) -> None:
    subject = ScreeningSubject(kind="person", name="Petrov, Ivan", country="RU", born="1962")
    assert [hit.id for hit in world.screen.screen(subject, at=AT).hits] == ["NK-2"]


@pytest.mark.parametrize(
    "subject",
    [
        ScreeningSubject(kind="company", name="Officine Brera S.r.l.", country="IT"),
        ScreeningSubject(kind="company", name="Ivan Sergeevich Petrov"),
        ScreeningSubject(kind="person", name="Volga Shipping"),
        ScreeningSubject(kind="person", name="Ivan Petrov", country="BG", born="1990-01-01"),
    ],
    ids=lambda subject: f"{subject.kind} {subject.name}",
)
def test_nobody_on_the_list(world: World, subject: ScreeningSubject) -> None:
    screening = world.screen.screen(subject, at=AT)
    assert (screening.outcome, screening.hits) == ("clear", ())


@pytest.mark.parametrize(
    ("status", "kind"), [(503, Unavailable), (429, RateLimited), (401, CredentialsRefused)]
)
def test_a_failure_clears_nobody(world: World, status: int, kind: type[CounterpartError]) -> None:
    if world.fail is None:
        return
    world.fail(status)
    subject = ScreeningSubject(kind="company", name="Officine Brera S.r.l.")
    with pytest.raises(CounterpartError) as caught:
        world.screen.screen(subject, at=AT)
    assert type(caught.value) is kind
    screening = screen_subject(world.screen, subject, at=AT)
    assert (screening.outcome, screening.reason) == ("unavailable", kind.code)
    assert status != 429 or screening.retry_after == 5


def test_an_empty_list_clears_nobody() -> None:
    subject = ScreeningSubject(kind="company", name="Officine Brera S.r.l.")
    with pytest.raises(Unavailable):
        LocalList(()).screen(subject, at=AT)


# A yente server, in particular.

SUBJECT = ScreeningSubject(kind="company", name="Volga Shipping")
QUERY = {"schema": "Company", "properties": {"name": ["Volga Shipping"]}}
RESULT = {
    "id": "NK-1",
    "caption": "Volga Shipping OOO",
    "schema": "Company",
    "properties": {},
    "explanations": {},
    "match": True,
    "score": 0.9,
}


def _answer(**members: Any) -> Answered:
    matches = {"results": [], "total": {"value": 0}, "query": QUERY} | members
    return Answered.of({"responses": {"subject": matches}, "limit": 5})


def test_what_is_below_the_threshold_is_no_hit(mock: YenteMock) -> None:
    mock.instead = [_answer(results=[RESULT | {"score": 0.849}, RESULT | {"score": 0.844}])]
    assert [hit.score for hit in yente(mock).screen(SUBJECT, at=AT).hits] == [85]
    assert mock.asked[0].query["threshold"] == ["0.85"]


def test_an_unknown_dataset_is_refused(mock: YenteMock) -> None:
    mock.instead = [Answered.of({"detail": "No such dataset"}, 404)]
    with pytest.raises(Refused, match="dataset"):
        yente(mock, dataset="nowhere").screen(SUBJECT, at=AT)
    assert mock.asked[0].path == "/match/nowhere"


def test_the_key_is_shown_nowhere(mock: YenteMock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    mock.instead = [Answered(401)]
    screen = yente(mock)
    with pytest.raises(Refused) as caught:
        screen.screen(SUBJECT, at=AT)
    assert API_KEY not in f"{screen!r} {caught.value!r} {vars(caught.value)} {caplog.text}"


@pytest.mark.parametrize(
    "answer",
    [
        Answered(200, b""),
        Answered(200, b'{"responses": {"sub'),
        Answered.of({}),
        Answered.of({"responses": {"another": {}}}),
        Answered.of({"responses": []}),
        _answer(results=None),
        _answer(results={}),
        _answer(results=["NK-1"]),
        _answer(query={}),
        _answer(query={"schema": "Person", "properties": {}}),
        _answer(results=[{"score": 0.9, "caption": "X"}]),
        _answer(results=[{k: v for k, v in RESULT.items() if k != "score"}]),
        _answer(results=[RESULT | {"score": 90}]),
        _answer(results=[RESULT | {"score": -0.1}]),
        _answer(results=[RESULT | {"score": "0.9"}]),
        _answer(results=[RESULT | {"score": True}]),
    ],
    ids=lambda answer: answer.body[-80:],
)
def test_a_server_that_lies(mock: YenteMock, answer: Answered) -> None:
    mock.instead = [answer]
    with pytest.raises(Malformed):
        yente(mock).screen(SUBJECT, at=AT)


@pytest.mark.parametrize("trouble", [hang_up, cut_off, Answered(500), _answer(status=500)])
def test_a_server_that_is_down(mock: YenteMock, trouble: Any) -> None:
    mock.instead = [trouble]
    with pytest.raises(Unavailable):
        yente(mock).screen(SUBJECT, at=AT)
