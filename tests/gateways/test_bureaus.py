"""Creditsafe by what is known of its contract, a score file, and the bureau in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.gateways.contracts.creditsafe import PASSWORD, USER, CreditsafeMock
from tests.gateways.contracts.server import Answered, cut_off, hang_up, serving
from usance.formats import score_file
from usance.gateways.bureaus import (
    Changed,
    CompanyQuery,
    CreditBureau,
    CreditReport,
    fetch_report,
)
from usance.gateways.bureaus.creditsafe import Creditsafe
from usance.gateways.bureaus.insolvency_words import tells_of_insolvency
from usance.gateways.bureaus.memory import MemoryBureau
from usance.gateways.bureaus.score_file import ScoreFileBureau
from usance.gateways.errors import (
    CounterpartError,
    CredentialsRefused,
    Malformed,
    RateLimited,
    Refused,
    Unavailable,
)
from usance.gateways.exchange import Patience

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ID = "IT-0-MI1234567"
FILE = (
    "Registration number;Company name;Country;Score;Rating;Credit limit;Currency;As of;Insolvency\n"
    f"{ID};Officine Brera S.r.l.;IT;71;B;12.500,50;EUR;28.02.2026;no\n"
    "HRB 1;Nordwind Handels GmbH;DE;;D;0;EUR;28.02.2026;yes\n"
    "HRB 2;Südwind GmbH;DE;;;;;28.02.2026;\n"
).encode()


def raw_report(**changes: Any) -> dict[str, Any]:
    rating: dict[str, Any] = {
        "commonValue": "B",
        "commonDescription": "Low risk",
        "creditLimit": {"currency": "EUR", "value": "12500.50"},
        "providerValue": {"maxValue": "100", "minValue": "1", "value": "71"},
        "providerDescription": "Low risk",
    }
    status = {"status": "Active", "description": "Attiva"}
    return {
        "correlationId": "r-1",
        "companyId": ID,
        "dateOfOrder": "2026-02-28T10:00:00Z",
        "language": "EN",
        "userId": "u",
        "report": {
            "companyId": ID,
            "language": "EN",
            "companySummary": {
                "businessName": "Officine Brera S.r.l.",
                "country": "IT",
                "companyRegistrationNumber": ID,
                "companyStatus": status | changes.pop("status", {}),
                "creditRating": rating,
            },
            "creditScore": {
                "currentCreditRating": rating | changes,
                "latestRatingChangeDate": "2025-11-04",
            },
        },
    }


@dataclass
class World:
    """A bureau that knows Officine Brera, and how to break it; None where nothing can break."""

    bureau: CreditBureau
    fail: Callable[[int], None] | None


@pytest.fixture(params=["memory", "creditsafe", "score-file"])
def world(request: pytest.FixtureRequest, shared: Path) -> Iterator[World]:
    if request.param == "score-file":
        scale = (Decimal(1), Decimal(100))
        yield World(ScoreFileBureau(score_file.parse(FILE), scale=scale), None)
    elif request.param == "memory":
        memory = MemoryBureau()
        memory.add(
            CreditReport(
                source="-",
                asked_at=AT,
                outcome="found",
                id=ID,
                name="Officine Brera S.r.l.",
                number=ID,
                country="IT",
                score=Decimal(71),
                scale=(Decimal(1), Decimal(100)),
                rating="B",
                limit=1_250_050,
                currency="EUR",
                as_of=date(2026, 2, 28),
                insolvent=False,
            )
        )
        errors = {
            503: Unavailable("down", counterpart="memory"),
            429: RateLimited("busy", counterpart="memory", retry_after=60),
            403: CredentialsRefused("no", counterpart="memory"),
        }

        def fail(status: int) -> None:
            memory.failing = errors[status]

        yield World(memory, fail)
    else:
        with serving(_mock(shared)) as mock:

            def fail_over_http(status: int) -> None:
                mock.instead = [Answered(status, b"", {"retry-after": "60"})] * 9

            yield World(creditsafe(mock), fail_over_http)


def _mock(shared: Path) -> CreditsafeMock:
    mock = CreditsafeMock(shared / "contracts/creditsafe/connect-v1.fields.derived.json")
    mock.reports[ID] = raw_report()
    mock.companies = [
        {
            "id": ID,
            "country": "IT",
            "regNo": ID,
            "vatNo": ["IT00743110157"],
            "name": "Officine Brera S.r.l.",
            "status": "Active",
            "address": {"simpleValue": "Via Brera 1, Milano", "city": "Milano"},
        }
    ]
    return mock


def creditsafe(mock: CreditsafeMock, **more: Any) -> Creditsafe:
    given = {
        "username": USER,
        "password": PASSWORD,
        "base_url": mock.url,
        "patience": Patience(1, 1, 2),
        "private_network": True,
    }
    return Creditsafe(**(given | more))


def test_a_company_is_found_and_reported_on(world: World) -> None:
    found = world.bureau.search(CompanyQuery(country="IT", number=ID), at=AT)
    assert (found.outcome, found.asked_at, found.source) == ("found", AT, world.bureau.source)
    (match,) = found.matches
    assert (match.name, match.country, match.number) == ("Officine Brera S.r.l.", "IT", ID)

    report = world.bureau.report(match.id, at=AT)
    assert (report.outcome, report.asked_at, report.source) == ("found", AT, world.bureau.source)
    assert (report.id, report.name, report.number) == (ID, "Officine Brera S.r.l.", ID)
    assert (report.score, report.scale) == (Decimal(71), (Decimal(1), Decimal(100)))
    assert (report.rating, report.country) == ("B", "IT")
    assert (report.limit, report.currency) == (1_250_050, "EUR")
    assert (report.as_of, report.insolvent) == (date(2026, 2, 28), False)


def test_by_name(world: World) -> None:
    query = CompanyQuery(country="IT", name="Officine Brera S.r.l.")
    assert [m.id for m in world.bureau.search(query, at=AT).matches] == [ID]


def test_nobody_by_that_number(world: World) -> None:
    for query in (
        CompanyQuery(country="IT", number="99"),
        CompanyQuery(country="FR", number=ID),
        CompanyQuery(country="IT", name="Somebody else"),
    ):
        found = world.bureau.search(query, at=AT)
        assert (found.outcome, found.matches) == ("not_found", ())
    report = world.bureau.report("IT-0-NONE", at=AT)
    assert (report.outcome, report.score, report.limit) == ("not_found", None, None)
    assert report.insolvent is None


@pytest.mark.parametrize(
    ("status", "kind"), [(503, Unavailable), (429, RateLimited), (403, CredentialsRefused)]
)
def test_a_failure_is_never_a_bad_score(
    world: World, status: int, kind: type[CounterpartError]
) -> None:
    if world.fail is None:
        return
    world.fail(status)
    for ask in (
        lambda: world.bureau.report(ID, at=AT),
        lambda: world.bureau.search(CompanyQuery(country="IT", number=ID), at=AT),
    ):
        with pytest.raises(CounterpartError) as caught:
            ask()
        assert type(caught.value) is kind
    report = fetch_report(world.bureau, ID, at=AT)
    assert (report.outcome, report.reason, report.limit) == ("unavailable", kind.code, None)
    assert status != 429 or report.retry_after == 60


def test_a_query_says_something() -> None:
    with pytest.raises(ValueError, match="name"):
        CompanyQuery(country="IT")


# Creditsafe, in particular.


@pytest.fixture
def mock(shared: Path) -> Iterator[CreditsafeMock]:
    with serving(_mock(shared)) as server:
        yield server


def test_a_token_serves_until_it_ends(mock: CreditsafeMock) -> None:
    bureau = creditsafe(mock)
    bureau.report(ID, at=AT)
    bureau.report(ID, at=AT + timedelta(minutes=54))
    assert mock.given == 1
    bureau.report(ID, at=AT + timedelta(minutes=56))
    assert mock.given == 2


def test_a_token_that_ended_early_is_replaced_once(mock: CreditsafeMock) -> None:
    bureau = creditsafe(mock)
    bureau.report(ID, at=AT)
    mock.tokens.clear()
    assert bureau.report(ID, at=AT).outcome == "found"
    assert mock.given == 2


def test_a_token_that_is_never_good_is_not_asked_for_for_ever(mock: CreditsafeMock) -> None:
    token = Answered.of({"token": "never good"[:5]})
    mock.instead = [token, Answered(401), token, Answered(401), token]
    with pytest.raises(Refused):
        creditsafe(mock).report(ID, at=AT)
    assert len(mock.asked) == 4


def test_a_token_that_would_break_the_next_request(mock: CreditsafeMock) -> None:
    mock.instead = [Answered.of({"token": "a\r\nx-evil: 1"})]
    with pytest.raises(Refused):
        creditsafe(mock).report(ID, at=AT)


def test_wrong_credentials_are_shown_nowhere(
    mock: CreditsafeMock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    bureau = creditsafe(mock, password="wrong-" + PASSWORD)
    with pytest.raises(Refused) as caught:
        bureau.report(ID, at=AT)
    shown = f"{bureau!r} {caught.value!r} {vars(caught.value)} {caplog.text}"
    assert PASSWORD not in shown
    assert USER not in shown


def test_an_id_stays_one_segment_of_the_path(mock: CreditsafeMock) -> None:
    assert creditsafe(mock).report("../authenticate?x=1", at=AT).outcome == "not_found"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"providerValue": {"value": "Not rated"}}, {"score": None, "scale": None}),
        (
            {"providerValue": {"value": 71.5, "minValue": 0, "maxValue": 100}},
            {"score": Decimal("71.5")},
        ),
        (
            {"creditLimit": {"currency": "EUR", "value": "No limit"}},
            {"limit": None, "currency": None},
        ),
        ({"creditLimit": {"value": "100"}}, {"limit": None, "currency": None}),
        ({"creditLimit": {"currency": "EUR", "value": "0"}}, {"limit": 0, "currency": "EUR"}),
        ({"creditLimit": {"currency": "JPY", "value": 5000}}, {"limit": 5000, "currency": "JPY"}),
        ({"status": {"status": "NonActive", "description": "In liquidation"}}, {"insolvent": True}),
        ({"status": {"status": "NonActive", "description": "Dissolved"}}, {"insolvent": None}),
        ({"status": {"providerStatus": "Concordato preventivo"}}, {"insolvent": True}),
    ],
    ids=repr,
)
def test_what_a_report_says(
    mock: CreditsafeMock, changes: dict[str, Any], expected: dict[str, Any]
) -> None:
    bureau = creditsafe(mock)
    mock.instead = [Answered.of({"token": "t"}), Answered.of(raw_report(**changes))]
    report = bureau.report(ID, at=AT)
    assert {name: getattr(report, name) for name in expected} == expected
    assert report.reference == "r-1"
    assert report.raw["latest_rating_change"] == "2025-11-04"


@pytest.mark.parametrize(
    "answer",
    [
        Answered(200, b""),
        Answered(200, b'{"report": {"compan'),
        Answered.of([]),
        Answered.of({"report": []}),
        Answered.of({"report": {"companyId": "GB-1"}}),
        Answered.of({"report": {"companyId": ID, "creditScore": "good"}}),
        Answered.of(raw_report(creditLimit={"currency": "EUR", "value": "1.005"})),
        Answered.of(raw_report(creditLimit={"currency": "XXX", "value": "1"})),
        Answered.of(raw_report(creditLimit={"currency": "EUR", "value": "9" * 9 + "e9"})),
        Answered.of({**raw_report(), "dateOfOrder": "yesterday"}),
    ],
    ids=lambda answer: answer.body[:60] + answer.body[-40:],
)
def test_a_bureau_that_lies(mock: CreditsafeMock, answer: Answered) -> None:
    mock.instead = [Answered.of({"token": "t"}), answer]
    with pytest.raises(Malformed):
        creditsafe(mock).report(ID, at=AT)


@pytest.mark.parametrize("trouble", [hang_up, cut_off, Answered(500)])
def test_a_bureau_that_is_down_at_either_step(mock: CreditsafeMock, trouble: Any) -> None:
    for before in ([], [Answered.of({"token": "t"})]):
        mock.instead = [*before, trouble]
        with pytest.raises(Unavailable):
            creditsafe(mock).report(ID, at=AT)


# Score files, in particular.


def test_a_file_leaves_open_what_it_does_not_say() -> None:
    bureau = ScoreFileBureau(score_file.parse(FILE))
    known, unknown = bureau.report("HRB 1", at=AT), bureau.report("HRB 2", at=AT)
    assert (known.limit, known.insolvent, known.score) == (0, True, None)
    assert (unknown.limit, unknown.insolvent, unknown.rating) == (None, None, None)
    assert known.scale is None


def test_what_has_changed_since_the_delivery_before() -> None:
    before = score_file.parse(FILE.replace(b";71;B;", b";88;A;"))
    bureau = ScoreFileBureau(score_file.parse(FILE), previous=before)
    changes = bureau.changes(date(2026, 2, 1), at=AT).changes
    assert [(c.id, c.kind, c.before, c.after) for c in changes] == [
        (ID, "rating", "A", "B"),
        (ID, "score", "88", "71"),
    ]
    assert bureau.changes(date(2026, 3, 1), at=AT).changes == ()
    told = MemoryBureau()
    told.told = [
        Changed(id=ID, name=None, country=None, kind="x", before=None, after=None, on=c.on)
        for c in changes
    ]
    assert len(told.changes(date(2026, 2, 1), at=AT).changes) == 2
    assert told.changes(date(2026, 3, 1), at=AT).changes == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("In Liquidation", True),
        ("Company in administration", True),
        ("FALLIMENTO", True),
        ("Insolvenzverfahren eröffnet", True),
        ("Redressement judiciaire", True),
        ("No insolvency proceedings", False),
        ("Keine Insolvenz bekannt", False),
        ("Active", False),
        ("Facility administration services", False),
    ],
)
def test_words_for_insolvency(text: str, says: bool) -> None:
    assert tells_of_insolvency(text) is says
