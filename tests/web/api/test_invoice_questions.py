"""Questions about invoices over the API."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from tests.web.api.conftest import Shop, shop_of
from usance.flows import onboarding
from usance.records.identity import new_id, public_id


def invoice_of(shop: Shop) -> Any:
    buyer = shop.ask("POST", "/buyers", {"name": "Nordwind", "country": "DE"}, status=201)["id"]
    limit = {"amount": 1_000_000, "currency": "EUR"}
    shop.ask("PUT", f"/buyers/{buyer}/credit-line", {"limit": limit})
    lines = [{"description": "Castings", "amount": 12_200, "tax_amount": 2_200}]
    amount = {"amount": 12_200, "currency": "EUR"}
    order = shop.ask(
        "POST",
        "/orders",
        {"buyer": buyer, "amount": amount, "tax_amount": 2_200, "lines": lines},
        status=201,
    )
    return shop.ask("POST", f"/orders/{order['id']}/invoices", {}, status=201)


def test_a_question_is_asked_listed_answered_and_closed(shop: Shop) -> None:
    invoice = invoice_of(shop)
    asked = shop.ask(
        "POST",
        f"/invoices/{invoice['id']}/questions",
        {"line": "1", "text": "Grey or white iron?", "external_id": "Q-1"},
        status=201,
    )
    assert (asked["state"], asked["line"], asked["subject"]) == ("open", "1", "Castings")
    listed = shop.ask("GET", f"/invoice-questions?invoice={invoice['id']}&state=open")
    assert [one["id"] for one in listed["data"]] == [asked["id"]]
    answered = shop.ask(
        "POST",
        f"/invoice-questions/{asked['id']}/answers",
        {"text": "Grey.", "name": "Carla", "close": True},
        status=201,
    )
    assert answered["state"] == "closed"
    assert [(r["author"], r["text"]) for r in answered["remarks"]] == [
        ("buyer", "Grey or white iron?"),
        ("seller", "Grey."),
    ]
    assert shop.ask("GET", f"/invoice-questions/{asked['id']}") == answered


def test_what_cannot_be_asked_says_why(shop: Shop) -> None:
    invoice = invoice_of(shop)
    place = f"/invoices/{invoice['id']}/questions"
    for body, status, code in (
        ({"text": " "}, 422, "invalid_text"),
        ({"text": "Why?", "line": "7"}, 422, "no_such_line"),
        ({"text": "Why?", "member": "nobody@nordwind.example"}, 404, "not_found"),
    ):
        assert shop.ask("POST", place, body, status=status)["code"] == code
    nothing = public_id("invoice", new_id())
    said = shop.ask("POST", f"/invoices/{nothing}/questions", {"text": "Why?"}, status=404)
    assert said["code"] == "not_found"


def test_another_seller_has_no_such_question(shop: Shop, at: datetime) -> None:
    asked = shop.ask(
        "POST", f"/invoices/{invoice_of(shop)['id']}/questions", {"text": "Why?"}, status=201
    )
    other = onboarding.create_seller(
        name="Altra",
        handle=f"altra-{secrets.token_hex(6)}",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=at,
    )
    stranger = shop_of(other, at=at)
    stranger.ask("GET", f"/invoice-questions/{asked['id']}", status=404)
    assert stranger.ask("GET", "/invoice-questions")["data"] == []
