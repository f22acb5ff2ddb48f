"""The calendar of checks: who is due is asked about, politely, and a new list is searched for everybody."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.clock import Clock
from tests.flows import counterparts
from tests.gateways.contracts.server import Answered
from tests.gateways.contracts.vies import RestVies, rest_fault
from usance.flows import buyer_checks, check_calendar, connections, onboarding, rescreening
from usance.flows.check_calendar import Run, check_due_buyers
from usance.flows.counterparts import ALLOW_PRIVATE
from usance.jobs import checks
from usance.records.credit.models import Report
from usance.records.parties.models import Buyer, Seller

DAYS = {"tax_number": 90, "company": 180, "credit": 180, "sanctions": 30}


@pytest.fixture
def vies(
    seller: Seller, shared: Path, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RestVies]:
    monkeypatch.setenv(ALLOW_PRIVATE, "1")
    with counterparts.vies(seller, shared, at=at) as server:
        yield server


NAMES = (
    "Acciaierie Lodi",
    "Ferramenta Gatti",
    "Oleodinamica Sud",
    "Vetreria Murano",
    "Tipografia Reni",
)


def buyers(seller: Seller, count: int, at: datetime, **more: Any) -> list[Buyer]:
    return [
        onboarding.create_buyer(
            seller,
            name=NAMES[n],
            at=at,
            by="test",
            **({"country": "IT", "tax_id": f"IT{n:011}"} | more),
        )
        for n in range(count)
    ]


def run(seller: Seller, at: datetime, left: int = 100, **more: Any) -> Run:
    made = Run(left=left, **more)
    check_due_buyers(seller_id=seller.id, at=at, by="calendar", days=DAYS, run=made)
    return made


def asked(seller: Seller, kind: str = "tax_number") -> int:
    return Report.objects.filter(seller_id=seller.id, kind=kind).count()


def test_who_was_never_asked_about_and_whose_answer_is_old_is_due(
    seller: Seller, vies: RestVies, at: datetime
) -> None:
    first, second = buyers(seller, 2, at)
    buyers(seller, 1, at, tax_id="")  # nothing to ask about
    buyers(seller, 1, at, tax_id="US1", country="US")  # not of VIES
    buyer_checks.check_buyer(
        seller, buyer_id=second.id, at=at - timedelta(days=80), by="test", kinds=["tax_number"]
    )
    assert run(seller, at).answered == 1
    assert Report.objects.filter(buyer_id=first.id).count() == 1
    assert run(seller, at + timedelta(hours=1)).answered == 0
    assert run(seller, at + timedelta(days=11)).answered == 1
    assert Report.objects.filter(buyer_id=second.id).count() == 2


def test_a_run_is_bounded_and_the_next_goes_on(
    seller: Seller, vies: RestVies, at: datetime
) -> None:
    buyers(seller, 5, at)
    pauses: list[None] = []
    assert run(seller, at, left=2, pause=lambda: pauses.append(None)).answered == 2
    assert len(pauses) == 2
    assert run(seller, at, left=2).answered == 2
    assert run(seller, at, left=2).answered == 1
    assert asked(seller) == len(vies.asked) == 5


def test_a_run_that_is_stopped_loses_nothing(seller: Seller, vies: RestVies, at: datetime) -> None:
    buyers(seller, 3, at)
    assert run(seller, at, stopped=lambda: bool(vies.asked)).answered == 1
    assert run(seller, at).answered == 2


def test_who_gave_no_answer_is_asked_again_in_its_time(
    seller: Seller, vies: RestVies, at: datetime
) -> None:
    buyers(seller, 1, at)
    vies.knowledge.fault = "MS_UNAVAILABLE"
    assert run(seller, at).unanswered == 1
    vies.knowledge.fault = None
    assert run(seller, at + timedelta(minutes=4)).answered == 0
    assert run(seller, at + timedelta(minutes=5)).answered == 1


def test_a_register_that_asks_for_patience_is_left_alone_by_this_run_and_the_next(
    seller: Seller, vies: RestVies, at: datetime
) -> None:
    buyers(seller, 3, at)
    busy = rest_fault("MS_MAX_CONCURRENT_REQ")
    vies.instead = [Answered(busy.status, busy.body, {**busy.headers, "retry-after": "3600"})]
    made = run(seller, at)
    assert (made.answered, made.unanswered, len(vies.asked)) == (0, 1, 1)
    assert made.resting == {"vies-rest": at + timedelta(hours=1)}
    assert run(seller, at + timedelta(minutes=59)).answered == 0
    assert len(vies.asked) == 1
    assert run(seller, at + timedelta(minutes=61)).answered == 3


def test_it_is_left_alone_for_other_sellers_too(
    seller: Seller, vies: RestVies, at: datetime
) -> None:
    buyers(seller, 1, at)
    made = Run(left=5, resting={"vies-rest": at + timedelta(minutes=1)})
    check_due_buyers(seller_id=seller.id, at=at, by="calendar", days=DAYS, run=made)
    assert vies.asked == []
    later = at + timedelta(minutes=2)
    check_due_buyers(seller_id=seller.id, at=later, by="calendar", days=DAYS, run=made)
    assert len(vies.asked) == 1


def test_a_connection_for_some_countries_is_asked_about_those_alone(
    seller: Seller, shared: Path, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ALLOW_PRIVATE, "1")
    with counterparts.vies(seller, shared, at=at, countries=["DE"]) as server:
        buyers(seller, 1, at)
        buyers(seller, 1, at, country="DE", tax_id="DE811234567")
        assert run(seller, at).answered == 1
        assert server.asked[0].json()["countryCode"] == "DE"


def test_a_bureau_is_paid_for_only_where_it_was_asked_before_and_credit_stands(
    seller: Seller, account: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The calendar never buys the first report, nor one about who has no credit."""
    connections.create_connection(
        seller,
        kind="creditsafe",
        secrets={"username": "u", "password": "p"},
        at=at,
        by="test",
    )
    due: list[Any] = []

    def note(*_: Any, buyer_id: Any, **__: Any) -> buyer_checks.Checks:
        due.append(buyer_id)
        return buyer_checks.Checks(())

    def ask(now: datetime) -> list[Any]:
        due.clear()
        monkeypatch.setattr(check_calendar, "check_buyer", note)
        run(seller, now)
        monkeypatch.undo()
        return list(due)

    (without_credit,) = buyers(seller, 1, at)
    assert ask(at) == []
    for buyer in (account.buyer, without_credit):
        buyer_checks.check_buyer(
            seller,
            buyer_id=buyer.id,
            at=at,
            by="test",
            kinds=["credit"],
            counterparts=counterparts.Counterparts(bureaus=(counterparts.bureau(at),)),
        )
    assert ask(at + timedelta(days=179)) == []
    assert ask(at + timedelta(days=181)) == [account.buyer.id]


def test_one_seller_s_trouble_does_not_stop_the_others(
    seller: Seller, vies: RestVies, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyers(seller, 1, at)
    broken = onboarding.create_seller(
        name="Broken",
        handle=f"broken-{secrets.token_hex(4)}",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=at,
    )

    class Trouble(Exception):
        pass

    real = check_due_buyers

    def check(*, seller_id: Any, **more: Any) -> None:
        if seller_id == broken.id:
            raise Trouble
        if seller_id == seller.id:
            real(seller_id=seller_id, **more)

    monkeypatch.setattr(checks, "check_due_buyers", check)
    monkeypatch.setattr(checks, "PAUSE", 0)
    monkeypatch.setattr("usance.jobs.tasks.seller_ids", lambda: [broken.id, seller.id])
    monkeypatch.setattr(Clock, "now", lambda _self: at)
    with pytest.raises(Trouble):
        checks.check_buyers(0)
    assert asked(seller) == 1


def test_a_new_list_is_searched_for_everybody_once_and_goes_on_where_it_stopped(
    seller: Seller, buyer: Buyer, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyers(seller, 4, at)
    counterparts.load_list(seller, at=at)
    seen: list[tuple[int, int]] = []
    part = rescreening.rescreen_all(
        seller, at=at, by="test", most=2, progress=lambda *place: seen.append(place)
    )
    assert (part.screened, part.hits) == (2, 1)
    assert seen == [(1, 5), (2, 5)]
    (standing,) = rescreening.progress_of(seller)
    assert (standing.done, standing.total) == (2, 5)

    monkeypatch.setattr("usance.jobs.tasks.seller_ids", lambda: [seller.id])
    monkeypatch.setattr(Clock, "now", lambda _self: at + timedelta(minutes=1))
    checks.rescreen_buyers(0)
    assert asked(seller, "sanctions") == 5
    checks.rescreen_buyers(0)
    assert asked(seller, "sanctions") == 5

    text = counterparts.LIST + "NK-2,Company,Vetreria Murano,,IT,,EU,eu_fsf\n"
    counterparts.load_list(seller, text, at=at + timedelta(days=1))
    monkeypatch.setattr(Clock, "now", lambda _self: at + timedelta(days=1, minutes=1))
    checks.rescreen_buyers(0)
    hits = Report.objects.filter(seller_id=seller.id, outcome="hit").order_by("id")
    assert [(hit.buyer.name, hit.facts["hits"][0]["id"]) for hit in hits if hit.buyer] == [
        ("Nordwind Handels GmbH", "NK-1"),
        ("Nordwind Handels GmbH", "NK-1"),
        ("Vetreria Murano", "NK-2"),
    ]


def test_the_jobs_are_known_to_the_worker() -> None:
    from procrastinate.contrib.django import app

    assert {"check_buyers", "rescreen_buyers"} <= app.tasks.keys()


def test_a_register_is_asked_about_its_own_companies_by_the_number_it_knows(
    seller: Seller, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Companies House knows those of the United Kingdom by their number, GLEIF everybody by the LEI."""
    asked_about: list[Any] = []

    def note(*_: Any, buyer_id: Any, **__: Any) -> buyer_checks.Checks:
        asked_about.append(buyer_id)
        return buyer_checks.Checks(())

    monkeypatch.setattr(check_calendar, "check_buyer", note)
    (british,) = buyers(seller, 1, at, country="GB", tax_id="", registration_number="00445790")
    (german,) = buyers(
        seller, 1, at, country="DE", tax_id="", registration_number="HRB 1", metadata={"lei": "L"}
    )
    buyers(seller, 1, at)
    connections.create_connection(
        seller, kind="companies_house", secrets={"api_key": "k"}, at=at, by="test"
    )
    run(seller, at)
    assert asked_about == [british.id]
    asked_about.clear()
    connections.create_connection(seller, kind="gleif", at=at, by="test")
    run(seller, at)
    assert set(asked_about) == {british.id, german.id}
