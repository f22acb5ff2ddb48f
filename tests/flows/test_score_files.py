"""A bureau's file of scores: whole or not at all, once, and about the right buyers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.flows.trading import Trade
from usance.flows import onboarding, score_files, standing
from usance.flows.score_files import InvalidScoreFile, OffTheScale, ScaleMissing, Taken
from usance.formats.errors import FormatError
from usance.formats.rows import BadRows
from usance.records.credit.models import Report, Standing
from usance.records.events.models import Event
from usance.records.parties.models import Buyer

SCALE = Decimal(0), Decimal(100)
HEAD = "D-U-N-S,Registration number,Name,Country,Score,Rating,Limit,Currency,As of,Insolvent\n"


def take(trade: Trade, rows: str, **more: Any) -> Taken:
    given = {"bureau": "crif", "scale": SCALE, "file_name": "scores.csv"} | trade.act | more
    return score_files.take_score_file(trade.seller, (HEAD + rows).encode(), **given)


def add(trade: Trade, name: str, country: str = "DE", **more: Any) -> Buyer:
    return onboarding.create_buyer(trade.seller, name=name, country=country, **trade.act, **more)


def reports(trade: Trade) -> list[Report]:
    return list(Report.objects.filter(seller_id=trade.seller.id).order_by("id"))


def values(trade: Trade, buyer: Buyer, at: datetime) -> dict[str, Any]:
    standing.renew_standings(trade.seller, buyer_ids=[buyer.id], at=at)
    return dict(Standing.objects.get(buyer_id=buyer.id).facts["values"])


def test_a_row_finds_its_buyer_by_the_surest_number(trade: Trade, at: datetime) -> None:
    by_duns = add(trade, "A", metadata={"duns": "12-345-6789"})
    by_number = add(trade, "B", registration_number="HRB 77")
    by_tax = add(trade, "C", country="IT", tax_id="IT00743110157")
    taken = take(
        trade,
        "123456789,,Alpha,DE,80,A,1000,EUR,2026-02-28,no\n"
        ",HRB-77,Beta,DE,60,B,,,2026-02-28,\n"
        ",00743110157,Gamma,IT,40,C,,,2026-02-28,\n"
        ",C-1001,Nordwind,DE,20,D,,,2026-02-28,yes\n",
    )
    assert taken == Taken(rows=4, new=4, known=0, unmatched=())
    found = {report.buyer_id: report for report in reports(trade)}
    assert [found[one.id].facts["rating"] for one in (by_duns, by_number, by_tax, trade.buyer)] == [
        "A",
        "B",
        "C",
        "D",
    ]
    kept = found[by_duns.id]
    assert (kept.kind, kept.source, kept.outcome) == ("credit", "file:crif", "found")
    assert kept.facts["limit"] == 100_000
    # Noon of that day where the seller is: a later answer about a later day is newer.
    assert kept.asked_at.isoformat() == "2026-02-28T11:00:00+00:00"
    assert kept.created_at == at
    told = Event.objects.filter(seller_id=trade.seller.id, type="report.received")
    assert told.count() == 4


def test_scores_become_facts_on_the_house_s_own_scale(trade: Trade, at: datetime) -> None:
    take(
        trade,
        ",C-1001,Nordwind,DE,150,A2,2500,EUR,2026-02-20,yes\n",
        scale=(Decimal(600), Decimal(100)),
    )
    now = values(trade, trade.buyer, at)
    assert now["bureau.score"] == 90
    assert now["bureau.rating"] == "A2"
    assert now["bureau.limit"] == 250_000
    assert now["bureau.days_old"] == 10
    assert now["buyer.insolvent"] is True


def test_the_same_file_again_changes_nothing(trade: Trade, at: datetime) -> None:
    rows = ",C-1001,Nordwind,DE,71,B,1000,EUR,2026-02-28,no\n,X-9,Nobody,DE,5,E,,,2026-02-28,\n"
    first = take(trade, rows)
    assert (first.new, len(first.unmatched)) == (1, 1)
    before = Event.objects.filter(seller_id=trade.seller.id).count()
    again = take(trade, rows, at=at + timedelta(days=1))
    assert (again.new, again.known) == (0, 1)
    assert len(reports(trade)) == 1
    assert Event.objects.filter(seller_id=trade.seller.id).count() == before


def test_a_row_that_found_nobody_finds_its_buyer_once_it_has_the_number(
    trade: Trade, at: datetime
) -> None:
    rows = ",C-1001,Nordwind,DE,71,B,,,2026-02-28,\n,HRB 12345,Later,DE,5,E,,,2026-02-28,\n"
    assert [one.reason for one in take(trade, rows).unmatched] == ["no_buyer"]
    late = add(trade, "Later", registration_number="HRB12345")
    again = take(trade, rows, at=at + timedelta(days=1))
    assert (again.new, again.known, again.unmatched) == (1, 1, ())
    assert reports(trade)[-1].buyer_id == late.id


def test_an_older_file_taken_later_does_not_unsay_a_newer_one(trade: Trade, at: datetime) -> None:
    take(trade, ",C-1001,Nordwind,DE,71,B,,,2026-02-28,\n")
    older = ",C-1001,Nordwind,DE,10,E,,,2026-01-31,\n"
    assert take(trade, older, at=at + timedelta(hours=1)).new == 1
    assert take(trade, older, at=at + timedelta(hours=2)).new == 0
    assert values(trade, trade.buyer, at + timedelta(hours=3))["bureau.score"] == 71


def test_what_is_about_nobody_or_about_several_is_named(trade: Trade) -> None:
    for name in "AB":
        add(trade, name, registration_number="HRB 500")
    taken = take(
        trade,
        ",HRB 500,Twins,DE,50,,,,2026-02-28,\n"
        ",C-1001,Nordwind,FR,50,,,,2026-02-28,\n"
        ",C-1001,Nordwind,DE,40,,,,2026-01-31,\n"
        "1,C-1001,Nordwind,DE,50,,,,2026-02-28,\n",
    )
    assert [(one.line, one.reason) for one in taken.unmatched] == [
        (2, "several_buyers"),
        (3, "no_buyer"),
        (4, "another_row"),
    ]
    (report,) = reports(trade)
    assert report.facts["score"] == "50"
    (event,) = Event.objects.filter(seller_id=trade.seller.id, type="score_file.taken")
    assert event.data["unmatched_rows"][0]["line"] == 2


def refused(trade: Trade, rows: str, kind: type[Exception], **more: Any) -> Exception:
    with pytest.raises(kind) as caught:
        take(trade, rows, **more)
    assert reports(trade) == []
    assert not Event.objects.filter(seller_id=trade.seller.id, type__startswith="score").exists()
    return caught.value


def test_a_file_is_taken_whole_or_not_at_all(trade: Trade) -> None:
    good = ",C-1001,Nordwind,DE,71,B,,,2026-02-28,\n"
    error = refused(trade, good + ",X,Bad,DE,excellent,,,,2026-02-28,\n", BadRows)
    assert isinstance(error, FormatError)
    assert (error.line, error.column) == (3, 5)
    refused(trade, good + ",C-2,Off,DE,101,,,,2026-02-28,\n", OffTheScale)
    refused(trade, good, ScaleMissing, scale=None)
    refused(trade, good, InvalidScoreFile, bureau=" ")
    refused(trade, good, InvalidScoreFile, bureau="b" * 40)


def test_a_file_of_ratings_and_limits_alone_needs_no_scale(trade: Trade) -> None:
    assert take(trade, ",C-1001,Nordwind,DE,,A,900,EUR,2026-02-28,\n", scale=None).new == 1
    (report,) = reports(trade)
    assert "scale" not in report.facts
    assert report.facts["unknown"] == ["bureau.score", "buyer.insolvent"]
    assert report.facts["as_of"] == date(2026, 2, 28).isoformat()


def test_another_seller_s_buyer_is_nobody(trade: Trade, at: datetime) -> None:
    elsewhere = onboarding.create_seller(
        name="Elsewhere",
        handle=f"elsewhere-{trade.buyer.id.hex[-8:]}",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=at,
    )
    data = (HEAD + ",C-1001,Nordwind,DE,71,B,,,2026-02-28,\n").encode()
    taken = score_files.take_score_file(
        elsewhere, data, bureau="crif", scale=SCALE, at=at, by="test"
    )
    assert (taken.new, len(taken.unmatched)) == (0, 1)
