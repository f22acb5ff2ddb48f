"""Asking about buyers: every answer is kept, no answer is never one, and decisions say what they lack."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from tests.flows import counterparts
from tests.flows.deciding import decide_by
from tests.flows.trading import Trade
from tests.gateways.contracts.server import Answered
from tests.gateways.contracts.vies import RestVies
from usance.flows import buyer_checks, connections, onboarding, standing
from usance.flows.buyer_checks import (
    BrokenConnection,
    Checks,
    UnknownCheck,
    check_buyer,
    dismiss_hits,
)
from usance.flows.counterparts import ALLOW_PRIVATE, Counterparts
from usance.flows.refusals import NotFound, WrongState
from usance.gateways.errors import RateLimited, Unavailable
from usance.gateways.registries.memory import MemoryCompanies
from usance.records.connections.models import Connection
from usance.records.credit.models import Decision, Report, Standing
from usance.records.events.models import Event
from usance.rules.credit.report_facts import PERSON

VAT = "DE811234567"


@pytest.fixture
def known(trade: Trade) -> Trade:
    """The buyer has a VAT number and one of its register."""
    onboarding.update_buyer(
        trade.seller,
        buyer_id=trade.buyer.id,
        tax_id=VAT,
        registration_number="HRB 123456",
        **trade.act,
    )
    return trade


@pytest.fixture
def vies(
    known: Trade, shared: Path, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RestVies]:
    """VIES as the seller has connected it, served on this machine by its own contract."""
    monkeypatch.setenv(ALLOW_PRIVATE, "1")
    with counterparts.vies(known.seller, shared, at=at) as server:
        server.knowledge.known["DE", VAT[2:]] = "NORDWIND HANDELS GMBH", "---"
        yield server


def check(trade: Trade, *kinds: str, at: datetime | None = None, **more: Any) -> Checks:
    return check_buyer(
        trade.seller,
        buyer_id=trade.buyer.id,
        kinds=kinds or ("tax_number",),
        at=at or trade.at,
        by="test",
        **more,
    )


def stored(trade: Trade) -> list[Report]:
    return list(Report.objects.filter(buyer_id=trade.buyer.id).order_by("id"))


def values(trade: Trade, at: datetime) -> dict[str, Any]:
    """The standing facts of the buyer, counted anew."""
    standing.renew_standings(trade.seller, buyer_ids=[trade.buyer.id], at=at)
    kept = Standing.objects.get(buyer_id=trade.buyer.id)
    return dict(kept.facts["values"])


def test_a_valid_number_is_kept_with_its_consultation_number_and_becomes_a_fact(
    known: Trade, vies: RestVies, at: datetime
) -> None:
    (done,) = check(known).done
    report = done.report
    assert (report.kind, report.source, report.outcome) == ("tax_number", "vies-rest", "valid")
    assert report.reference == "WAPIAAAA00000001"
    assert report.facts["name"] == "NORDWIND HANDELS GMBH"
    assert "address" not in report.facts  # the state keeps it to itself
    assert "unknown" not in report.facts
    (event,) = Event.objects.filter(object_id=report.id)
    assert (event.type, event.object_type, event.buyer_id) == (
        "report.received",
        "report",
        known.buyer.id,
    )
    assert event.data["outcome"] == "valid"
    assert values(known, at)["buyer.vat_verified"] is True
    assert values(known, at + timedelta(days=3))["buyer.vat_checked_days_ago"] == 3


def test_an_answer_of_the_last_day_is_used_again_and_then_asked_for_anew(
    known: Trade, vies: RestVies, at: datetime
) -> None:
    check(known)
    (again,) = check(known, at=at + timedelta(hours=23)).done
    assert again.reused
    assert len(vies.asked) == len(stored(known)) == 1
    (later,) = check(known, at=at + timedelta(hours=25)).done
    assert not later.reused
    assert len(vies.asked) == len(stored(known)) == 2


def test_another_number_is_another_question(known: Trade, vies: RestVies, at: datetime) -> None:
    check(known)
    onboarding.update_buyer(
        known.seller, buyer_id=known.buyer.id, tax_id="DE999999999", **known.act
    )
    (done,) = check(known, at=at + timedelta(minutes=2)).done
    assert done.report.outcome == "invalid"
    assert values(known, at + timedelta(minutes=3))["buyer.vat_verified"] is False


def test_who_asks_for_it_gets_a_new_answer_but_a_form_sent_twice_asks_once(
    known: Trade, vies: RestVies, at: datetime
) -> None:
    check(known)
    now = at + timedelta(hours=1)
    check(known, at=now, younger_than=buyer_checks.JUST_ASKED)
    check(known, at=now + timedelta(seconds=5), younger_than=buyer_checks.JUST_ASKED)
    assert len(vies.asked) == 2


def test_no_answer_is_kept_as_none_and_never_in_the_place_of_an_answer(
    known: Trade, vies: RestVies, at: datetime
) -> None:
    check(known)
    vies.knowledge.fault = "MS_UNAVAILABLE"
    (done,) = check(known, at=at + timedelta(days=2)).done
    report = done.report
    assert report.outcome == "unavailable"
    assert report.facts["reason"] == "counterpart_unavailable"
    assert report.facts["unknown"] == ["buyer.vat_verified"]
    assert values(known, at + timedelta(days=2))["buyer.vat_verified"] is True
    assert values(known, at + timedelta(days=2))["buyer.vat_checked_days_ago"] == 2


def test_the_pauses_between_tries_grow_and_begin_anew_after_an_answer(
    known: Trade, vies: RestVies, at: datetime
) -> None:
    vies.knowledge.fault = "MS_UNAVAILABLE"
    pauses, now = [], at
    for _ in range(8):
        (done,) = check(known, at=now).done
        again = datetime.fromisoformat(done.report.facts["again_at"])
        pauses.append((again - now).total_seconds() / 60)
        now = again
    assert pauses == [5, 20, 60, 240, 720, 1440, 1440, 1440]
    vies.knowledge.fault = None
    check(known, at=now)
    vies.knowledge.fault = "MS_UNAVAILABLE"
    (done,) = check(known, at=now + timedelta(days=2)).done
    assert done.report.facts["attempt"] == 1


def test_a_counterpart_that_asks_for_patience_is_given_it(known: Trade, at: datetime) -> None:
    asked = counterparts.everybody(at)
    asked.bureaus[0].failing = RateLimited("busy", counterpart="bureau", retry_after=5000)  # type: ignore[attr-defined]
    (done,) = check(known, "credit", counterparts=asked).done
    assert done.retry_after == 5000
    assert done.report.facts["again_at"] == (at + timedelta(seconds=5000)).isoformat()
    assert check(known, "credit", counterparts=asked, resting={"bureau"}).done == ()
    assert len(stored(known)) == 1


def test_a_register_that_answers_about_another_number_is_not_believed(
    known: Trade, vies: RestVies, at: datetime
) -> None:
    vies.instead = [
        Answered.of(
            {
                "countryCode": "DE",
                "vatNumber": "999999999",
                "requestDate": "2026-03-02T09:30:00.000Z",
                "valid": True,
                "requestIdentifier": "X",
                "name": "---",
                "address": "---",
            }
        )
    ]
    (done,) = check(known).done
    assert done.report.outcome == "unavailable"
    assert done.report.facts["reason"] == "counterpart_malformed"
    assert "buyer.vat_verified" not in values(known, at)


def test_every_kind_is_asked_and_says_what_it_leaves_open(known: Trade, at: datetime) -> None:
    kinds = ("company", "credit", "sanctions")
    checks = check(known, *kinds, "tax_number", counterparts=counterparts.everybody(at))
    by_kind = {one.report.kind: one.report for one in checks.done}
    assert checks.not_asked == ("tax_number",)
    assert {kind: by_kind[kind].outcome for kind in kinds} == {
        "company": "found",
        "credit": "found",
        "sanctions": "clear",
    }
    assert by_kind["company"].facts["created_on"] == "1998-05-04"
    assert by_kind["company"].facts["unknown"] == ["buyer.insolvent"]  # the register did not say
    assert by_kind["credit"].facts["score_of_100"] == 71
    assert by_kind["credit"].reference == "R-77"
    now = values(known, at)
    assert now["buyer.registered"] is True
    assert now["buyer.sanctioned"] is False
    assert now["buyer.insolvent"] is False  # the bureau did
    assert now["bureau.score"] == 71
    assert now["bureau.rating"] == "B"
    assert now["bureau.limit"] == 1_500_000
    assert now["bureau.days_old"] == 3


def test_a_bureau_that_tells_of_insolvency_is_believed(known: Trade, at: datetime) -> None:
    asked = Counterparts(bureaus=(counterparts.bureau(at, insolvent=True, limit=None),))
    (done,) = check(known, "credit", counterparts=asked).done
    assert done.report.facts["unknown"] == ["bureau.limit"]
    now = values(known, at)
    assert now["buyer.insolvent"] is True
    assert "bureau.limit" not in now


def test_a_hit_is_a_fact_until_a_person_dismisses_it_and_stays_dismissed(
    known: Trade, at: datetime
) -> None:
    asked = counterparts.everybody(at)
    asked.screens[0].parties.append(counterparts.listed())  # type: ignore[attr-defined]
    (done,) = check(known, "sanctions", counterparts=asked).done
    assert done.report.outcome == "hit"
    assert done.report.facts["hits"][0]["id"] == "NK-1"
    assert values(known, at)["buyer.sanctioned"] is True

    now = at + timedelta(hours=1)
    said = dismiss_hits(
        known.seller, buyer_id=known.buyer.id, reason="Founded in Kiel.", at=now, by="test"
    )
    assert (said.source, said.outcome, said.facts["note"]) == (PERSON, "clear", "Founded in Kiel.")
    assert values(known, now)["buyer.sanctioned"] is False

    now += timedelta(days=2)
    (again,) = check(known, "sanctions", counterparts=asked, at=now).done
    assert again.report.outcome == "clear"
    assert [hit["id"] for hit in again.report.facts["dismissed_hits"]] == ["NK-1"]
    with pytest.raises(WrongState):
        dismiss_hits(known.seller, buyer_id=known.buyer.id, reason="", at=now, by="test")

    asked.screens[0].parties.append(counterparts.listed("Nordwind Handels AG", "NK-2"))  # type: ignore[attr-defined]
    now += timedelta(days=2)
    (new,) = check(known, "sanctions", counterparts=asked, at=now).done
    assert new.report.outcome == "hit"
    assert [hit["id"] for hit in new.report.facts["hits"]] == ["NK-2"]
    assert values(known, now)["buyer.sanctioned"] is True


def test_a_decision_taken_while_nobody_answers_says_what_it_did_not_know(
    known: Trade, vies: RestVies, at: datetime
) -> None:
    decide_by(
        known,
        {"kind": "hold", "name": "vat", "when": "!buyer.vat_verified", "then": "decline"},
    )
    vies.knowledge.fault = "MS_UNAVAILABLE"
    check(known)
    values(known, at)
    [made] = known.authorize(known.request(10_000))
    decision = Decision.objects.get(id=made.decision_id)  # type: ignore[union-attr]
    assert decision.outcome == "review"
    assert decision.reasons == ["unknown_facts"]
    (step,) = [step for step in decision.trace if step[0] == "policy_rules"]
    told = dict(step[2])
    assert told["unknown"] == ["vat"]
    assert "buyer.vat_verified" not in decision.facts

    vies.knowledge.fault = None
    now = at + timedelta(minutes=6)
    check(known, at=now)
    values(known, now)
    [made] = known.authorize(known.request(10_000))
    decision = Decision.objects.get(id=made.decision_id)  # type: ignore[union-attr]
    assert decision.outcome == "approved"


def test_nobody_is_asked_while_a_transaction_is_open(known: Trade, vies: RestVies) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        check(known)
    assert vies.asked == []
    assert stored(known) == []


def test_no_transaction_is_open_while_somebody_is_asked(known: Trade, at: datetime) -> None:
    seen: list[bool] = []

    class Watching:
        source = "watching"

        def search(self, company: Any, *, at: datetime) -> Any:
            seen.append(connection.in_atomic_block)
            raise Unavailable("down", counterpart="watching")

        def report(self, id: str, *, at: datetime) -> Any:  # noqa: A002
            raise AssertionError

    check(known, "credit", counterparts=Counterparts(bureaus=(Watching(),)))
    assert seen == [False]


def test_a_refused_question_keeps_nothing(known: Trade, at: datetime) -> None:
    with pytest.raises(UnknownCheck):
        check(known, "astrology")
    elsewhere = onboarding.create_seller(
        name="Elsewhere",
        handle=f"elsewhere-{known.buyer.id.hex[-8:]}",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=at,
    )
    with pytest.raises(NotFound):
        check_buyer(elsewhere, buyer_id=known.buyer.id, at=at, by="test")
    assert stored(known) == []


def test_who_has_connected_nobody_asks_nobody(known: Trade) -> None:
    checks = check(known, "tax_number", "company", "credit", "sanctions")
    assert checks.done == ()
    assert checks.not_asked == ("tax_number", "company", "credit", "sanctions")


def test_reports_are_never_changed(known: Trade, at: datetime) -> None:
    (done,) = check(known, "sanctions", counterparts=counterparts.everybody(at)).done
    with (
        pytest.raises(Exception, match="credit_report"),
        transaction.atomic(),
    ):
        Report.objects.filter(id=done.report.id).update(outcome="hit")


def test_what_is_clear_on_one_list_says_nothing_of_another(known: Trade, at: datetime) -> None:
    counterparts.load_list(known.seller, at=at)
    other = connections.create_connection(
        known.seller, kind="sanctions_list", name="Second", at=at, by="test"
    )
    connections.load_list(
        known.seller,
        connection_id=other.id,
        file_name="other.csv",
        content=b"id,schema,name\nX-1,Company,Quite Another Company\n",
        at=at,
        by="test",
    )
    first, second = check(known, "sanctions").done
    assert {first.report.outcome, second.report.outcome} == {"hit", "clear"}
    assert first.report.source != second.report.source
    assert values(known, at)["buyer.sanctioned"] is True


def test_a_connection_whose_credentials_are_lost_is_named(
    known: Trade, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections.create_connection(
        known.seller,
        kind="companies_house",
        secrets={"api_key": "k"},
        at=at,
        by="test",
    )
    Connection.objects.filter(seller_id=known.seller.id).update(secret="not of this house")
    with pytest.raises(BrokenConnection):
        check(known, "company")
    assert stored(known) == []


def test_a_register_that_does_not_know_such_companies_was_not_asked(
    known: Trade, at: datetime
) -> None:
    british = MemoryCompanies(source="british", countries=frozenset({"GB"}))
    checks = check(known, "company", counterparts=Counterparts(companies=(british,)))
    assert (checks.done, checks.not_asked) == ((), ("company",))
    assert stored(known) == []
