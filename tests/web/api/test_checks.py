"""Checks over HTTP: the answers, asking once, and files of scores."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.flows import counterparts
from tests.gateways.contracts.vies import RestVies
from tests.web.api.conftest import Shop, shop_of
from usance.flows import onboarding
from usance.flows.counterparts import ALLOW_PRIVATE
from usance.records.credit.models import Report
from usance.records.identity import public_id
from usance.records.parties.models import Buyer, Seller

SCORES = b"Number,Name,Score,As of\nC-1001,Nordwind,71,2026-02-28\nX-1,Nobody,5,2026-02-28\n"


@pytest.fixture
def vies(
    seller: Seller, buyer: Buyer, shared: Path, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RestVies]:
    monkeypatch.setenv(ALLOW_PRIVATE, "1")
    onboarding.update_buyer(seller, buyer_id=buyer.id, tax_id="DE811234567", at=at, by="test")
    with counterparts.vies(seller, shared, at=at) as server:
        server.knowledge.known["DE", "811234567"] = "NORDWIND HANDELS GMBH", "---"
        yield server


def path(buyer: Buyer, end: str) -> str:
    return f"/buyers/{public_id('buyer', buyer.id)}/{end}"


def test_a_buyer_is_asked_about_and_the_answer_is_listed(
    shop: Shop, buyer: Buyer, vies: RestVies
) -> None:
    said = shop.ask("POST", path(buyer, "checks"), {"kinds": ["tax_number", "credit"]})
    (check,) = said["checks"]
    assert said["not_asked"] == ["credit"]
    assert check["reused"] is False
    report = check["report"]
    assert (report["kind"], report["outcome"], report["reference"]) == (
        "tax_number",
        "valid",
        "WAPIAAAA00000001",
    )
    assert report["facts"]["name"] == "NORDWIND HANDELS GMBH"
    assert report["unknown"] == []
    again = shop.ask("POST", path(buyer, "checks"), {})
    assert again["checks"][0]["reused"] is True
    assert len(vies.asked) == 1
    listed = shop.ask("GET", path(buyer, "reports"))
    assert [one["id"] for one in listed["data"]] == [report["id"]]
    assert shop.ask("GET", path(buyer, "reports?kind=credit"))["data"] == []


def test_no_answer_is_told_as_none(shop: Shop, buyer: Buyer, vies: RestVies) -> None:
    vies.knowledge.fault = "MS_UNAVAILABLE"
    said = shop.ask("POST", path(buyer, "checks"), {"kinds": ["tax_number"]})
    report = said["checks"][0]["report"]
    assert report["outcome"] == "unavailable"
    assert report["unknown"] == ["buyer.vat_verified"]
    assert report["facts"]["reason"] == "counterpart_unavailable"


def test_the_same_request_asks_once(shop: Shop, buyer: Buyer, vies: RestVies) -> None:
    vies.knowledge.fault = "MS_UNAVAILABLE"  # so that no answer is used again
    body = {"kinds": ["tax_number"]}
    first = shop.send("POST", path(buyer, "checks"), body, once="k-1")
    vies.knowledge.fault = None
    second = shop.send("POST", path(buyer, "checks"), body, once="k-1")
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content == second.content
    assert second["Idempotency-Replayed"] == "true"
    assert len(vies.asked) == 1
    other = shop.send("POST", path(buyer, "checks"), {}, once="k-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(vies.asked) == 1


def test_reports_are_paged(shop: Shop, buyer: Buyer, seller: Seller, at: datetime) -> None:
    for n in range(3):
        Report.objects.create(
            seller=seller,
            created_at=at,
            buyer=buyer,
            kind="credit",
            source="test",
            outcome="found",
            asked_about=str(n),
            asked_at=at,
        )
    first = shop.ask("GET", path(buyer, "reports?limit=2"))
    assert [one["asked_about"] for one in first["data"]] == ["2", "1"]
    rest = shop.ask("GET", path(buyer, f"reports?limit=2&after={first['next']}"))
    assert [one["asked_about"] for one in rest["data"]] == ["0"]


@pytest.mark.parametrize("kinds", [[], ["astrology"], "credit", None])
def test_what_cannot_be_asked_is_refused(shop: Shop, buyer: Buyer, kinds: Any) -> None:
    shop.ask("POST", path(buyer, "checks"), {"kinds": kinds}, status=422)
    assert not Report.objects.filter(buyer_id=buyer.id).exists()


def test_another_seller_s_buyer_is_not_there_and_a_key_needs_its_scope(
    buyer: Buyer, seller: Seller, at: datetime
) -> None:
    elsewhere = onboarding.create_seller(
        name="Elsewhere",
        handle=f"elsewhere-{buyer.id.hex[-8:]}",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=at,
    )
    other = shop_of(elsewhere, at=at)
    other.ask("POST", path(buyer, "checks"), {}, status=404)
    other.ask("GET", path(buyer, "reports"), status=404)
    reader = shop_of(seller, scopes=["credit:read"], at=at)
    reader.ask("GET", path(buyer, "reports"))
    reader.ask("POST", path(buyer, "checks"), {}, status=403)


def send(shop: Shop, data: bytes, query: str, **more: Any) -> Any:
    return shop.send("POST", f"/score-files?{query}", raw=data, content_type="text/csv", **more)


def test_a_file_of_scores_is_sent(shop: Shop, buyer: Buyer) -> None:
    response = send(shop, SCORES, "bureau=crif&worst=0&best=100", once="f-1")
    assert response.status_code == 201, response.content
    assert response.json() == {
        "object": "score_file",
        "rows": 2,
        "new": 1,
        "known": 0,
        "unmatched": [{"line": 3, "name": "Nobody", "number": "X-1", "reason": "no_buyer"}],
    }
    again = send(shop, SCORES, "bureau=crif&worst=0&best=100", once="f-1")
    assert again["Idempotency-Replayed"] == "true"
    later = send(shop, SCORES, "bureau=crif&worst=0&best=100", once="f-2").json()
    assert (later["new"], later["known"]) == (0, 1)
    (report,) = shop.ask("GET", path(buyer, "reports"))["data"]
    assert (report["source"], report["facts"]["score"]) == ("file:crif", "71")


def test_a_bad_file_of_scores_names_line_and_column(shop: Shop, buyer: Buyer) -> None:
    response = send(shop, SCORES + b"C-2,Bad,high,2026-02-28\n", "bureau=crif&worst=0&best=100")
    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "invalid_value")
    assert (problem["errors"][0]["line"], problem["errors"][0]["column"]) == (4, 3)
    response = send(shop, SCORES, "bureau=crif")
    assert (response.status_code, response.json()["code"]) == (422, "scale_missing")
    assert send(shop, SCORES, "worst=0&best=100").status_code == 422
    assert not Report.objects.filter(buyer_id=buyer.id).exists()
    assert json.loads(send(shop, b"", "bureau=x").content)["status"] == 422
