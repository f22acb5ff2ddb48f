"""Shared limits, exchange rates and the ERP's open items, as a program meets them."""

from __future__ import annotations

from typing import Any

from tests.web.api.conftest import Shop
from usance.records.identity import public_id
from usance.records.parties.models import Buyer


def eur(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "EUR"}


def test_one_limit_for_two_currencies(shop: Shop, buyer: Buyer) -> None:
    rate = shop.ask(
        "POST",
        "/exchange-rates",
        {"source": "USD", "target": "EUR", "rate": "0.8", "on": "2026-01-01"},
        status=201,
    )
    assert rate["rate"] == "0.8"
    assert shop.ask("GET", "/exchange-rates")["data"] == [rate]
    named = public_id("buyer", buyer.id)
    group = shop.ask(
        "POST",
        "/group-limits",
        {
            "name": "Acme worldwide",
            "limit": eur(50_000),
            "lines": [{"buyer": named, "currency": "EUR"}, {"buyer": named, "currency": "USD"}],
            "external_id": "G-1",
        },
        status=201,
    )
    assert (group["available"], group["used"]) == (eur(50_000), eur(0))
    order = {"buyer": named, "amount": {"amount": 25_000, "currency": "USD"}}
    assert shop.ask("POST", "/orders", order, status=201)["decision"] == "approved"
    shown = shop.ask("GET", f"/group-limits/{group['id']}")
    assert shown["used"] == eur(20_000)
    assert [(line["currency"], line["exposure"]["amount"]) for line in shown["lines"]] == [
        ("EUR", 0),
        ("USD", 25_000),
    ]
    declined = shop.ask("POST", "/orders", {"buyer": named, "amount": eur(30_001)}, status=201)
    assert (declined["decision"], declined["up_to"]) == ("declined", eur(30_000))
    assert declined["alternatives"][0] == {
        "kind": "up_to",
        "amount": eur(30_000),
        "percent": None,
        "invoices": [],
    }
    shop.ask("PATCH", f"/group-limits/{group['id']}", {"limit": eur(60_000)})
    again = shop.ask("POST", "/orders", {"buyer": named, "amount": eur(30_001)}, status=201)
    assert again["decision"] == "approved"


def test_the_same_request_makes_one_group(shop: Shop, buyer: Buyer) -> None:
    body = {
        "name": "Acme",
        "limit": eur(1_000),
        "lines": [{"buyer": public_id("buyer", buyer.id), "currency": "EUR"}],
    }
    answers = [shop.send("POST", "/group-limits", body, once="g").json()["id"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(shop.ask("GET", "/group-limits")["data"]) == 1


def test_refusals_say_what_to_do(shop: Shop, buyer: Buyer) -> None:
    named = public_id("buyer", buyer.id)
    no_rate = {"name": "x", "limit": eur(1), "lines": [{"buyer": named, "currency": "JPY"}]}
    problem = shop.ask("POST", "/group-limits", no_rate, status=409)
    assert problem["code"] == "no_exchange_rate"
    assert "store one first" in problem["detail"]
    for rate in ("0", "-1", "1.0000000000001"):
        wrong = {"source": "USD", "target": "EUR", "rate": rate}
        assert shop.ask("POST", "/exchange-rates", wrong, status=422)["code"] == "invalid_request"
    same = {"source": "EUR", "target": "EUR", "rate": "1"}
    assert shop.ask("POST", "/exchange-rates", same, status=422)["code"] == "invalid_rate"
    assert shop.ask("GET", "/group-limits")["data"] == []


def test_what_the_erp_has_open_uses_the_limit(shop: Shop, buyer: Buyer, line: Any) -> None:
    named = public_id("buyer", buyer.id)
    items = [{"number": "A-1", "amount": 120_000, "due_on": "2026-02-01"}]
    shown = shop.ask("PUT", f"/buyers/{named}/external-items", {"currency": "EUR", "items": items})
    assert shown["exposure"]["external"] == eur(120_000)
    assert shown["available"] == eur(line.limit - 120_000)
