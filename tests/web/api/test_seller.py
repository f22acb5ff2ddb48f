"""Who the seller is, how buyers are invoiced, and keys for payment terms, over the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flows import books
from tests.web.api.conftest import Shop, shop_of
from usance.flows import onboarding
from usance.records.identity import new_id, public_id

IBAN = "IT60X0542811101000000123456"


@pytest.fixture
def buyer(shop: Shop) -> str:
    """The id of a buyer in Germany."""
    body = {"name": "Nordwind", "country": "DE", "email": "ap@nordwind.example"}
    made = shop.ask("POST", "/buyers", body, status=201)
    return str(made["id"])


@pytest.fixture
def stranger(shop: Shop, at: Any) -> Shop:
    """A program of another seller's."""
    other = onboarding.create_seller(
        name="Altra",
        handle=f"{shop.seller.handle}-altra",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=at,
    )
    return shop_of(other, at=at)


def faults(answer: Any) -> list[tuple[str, str]]:
    return [(fault["pointer"], fault["code"]) for fault in answer["errors"]]


def test_a_seller_says_who_it_is(shop: Shop) -> None:
    shown = shop.ask("GET", "/seller")
    assert (shown["country"], shown["details"]["legal_name"]) == ("IT", "")
    body = {
        "legal_name": "Officine Brera S.r.l.",
        "address": {"line_1": "Via Solferino 11", "city": "Milano", "post_code": "20121"},
        "vat_id": "IT 00743110157",
        "contact": {"email": "conti@brera.example"},
        "endpoint": {"id": "conti@brera.example", "scheme": "EM"},
        "national": {"rea_office": "mi", "rea_number": "1234567"},
    }
    kept = shop.ask("PUT", "/seller", body)["details"]
    assert kept["address"]["city"] == "Milano"
    assert (kept["vat_id"], kept["contact"]["email"]) == ("IT00743110157", "conti@brera.example")
    assert kept["endpoint"] == {"id": "conti@brera.example", "scheme": "EM"}
    assert kept["national"]["liquidation"] == "LN"
    with books.nothing_written(shop.seller):
        assert shop.ask("PUT", "/seller", kept)["details"] == kept, (
            "what was shown can be sent back"
        )
    assert shop.ask("GET", "/seller")["details"] == kept


def test_each_wrong_field_is_named_in_its_place(shop: Shop) -> None:
    body = {
        "address": {"country": "RO", "subdivision": "Cluj"},
        "vat_id": "IT00743110157",
        "contact": {"email": "conti"},
        "endpoint": {"id": "1", "scheme": "1234"},
        "national": {"tax_regime": "RF01"},
    }
    with books.nothing_written(shop.seller):
        answer = shop.ask("PUT", "/seller", body, status=422)
    assert answer["code"] == "wrong_fields"
    assert faults(answer) == [
        ("#/vat_id", "vat_id_of_another_country"),
        ("#/address/subdivision", "unknown_subdivision"),
        ("#/endpoint/scheme", "unknown_eas_scheme"),
        ("#/contact/email", "invalid_email"),
        ("#/national/tax_regime", "not_asked"),
    ]
    one = shop.ask("PUT", "/seller", {"brand_colour": "blue"}, status=422)
    assert one["code"] == "invalid_colour"
    assert "six hexadecimal digits" in one["detail"]


def test_bank_accounts(shop: Shop) -> None:
    body = {"currency": "EUR", "iban": f"{IBAN[:4]} {IBAN[4:]}", "external_id": "main"}
    made = shop.ask("POST", "/seller/bank-accounts", body, status=201)
    assert (made["iban"], made["external_id"]) == (IBAN, "main")
    assert shop.ask("GET", "/seller/bank-accounts")["data"] == [made]
    with books.nothing_written(shop.seller):
        again = shop.ask("POST", "/seller/bank-accounts", body, status=409)
        wrong = shop.ask(
            "POST", "/seller/bank-accounts", body | {"iban": IBAN[:-1] + "7"}, status=422
        )
    assert again["code"] == "duplicate"
    assert faults(wrong) == [("#/iban", "invalid_iban")]
    gone = shop.ask("DELETE", f"/seller/bank-accounts/{made['id']}")
    assert gone["id"] == made["id"]
    shop.ask("DELETE", f"/seller/bank-accounts/{made['id']}", status=404)


def test_how_a_buyer_is_invoiced(shop: Shop, buyer: str) -> None:
    usual = shop.ask("GET", f"/buyers/{buyer}/billing-profile")
    assert (usual["schedule"], usual["formats"], usual["updated_at"]) == ("per_shipment", [], None)
    assert usual["in_effect"]["formats"] == ["facturx"]
    assert usual["in_effect"]["email_to"] == ["ap@nordwind.example"]
    body = {
        "schedule": "monthly:25",
        "group_by": "cost_centre",
        "address": {"city": "Hamburg"},
        "buyer_reference": "04011000-1234512345-06",
        "calendar": "buyer",
        "calendar_code": "DE-HH",
        "move": "next",
    }
    kept = shop.ask("PUT", f"/buyers/{buyer}/billing-profile", body)
    assert kept["address"]["city"] == "Hamburg"
    assert kept["in_effect"]["formats"] == ["xrechnung", "pdf"]
    assert (kept["in_effect"]["calendar"], kept["in_effect"]["move"]) == ("DE-HH", "next")
    assert kept["updated_at"]
    with books.nothing_written(shop.seller):
        wrong = shop.ask(
            "PUT",
            f"/buyers/{buyer}/billing-profile",
            body | {"buyer_reference": "04011000-1234512345-07", "schedule": "monthly:31"},
            status=422,
        )
    assert faults(wrong) == [
        ("#/schedule", "unknown_schedule"),
        ("#/buyer_reference", "invalid_leitweg_id"),
    ]


def test_keys_of_payment_terms(shop: Shop) -> None:
    keys = {"0001": "due_on_receipt", "ZB30": "2/10 net 30", "ZI60": "60 gg DFFM"}
    shown = shop.ask("PUT", "/terms-keys", {"keys": keys})
    assert shown["keys"] == {
        "0001": "due_on_receipt",
        "ZB30": "d2_10_net_30",
        "ZI60": "net_60_eom",
    }
    assert shop.ask("GET", "/terms-keys") == shown
    with books.nothing_written(shop.seller):
        wrong = shop.ask("PUT", "/terms-keys", {"keys": {"A/B": "soon", "C": "net_7"}}, status=422)
    assert faults(wrong) == [("#/keys/A~1B", "unknown_terms")]


def test_an_order_may_name_its_terms_by_a_key(shop: Shop, buyer: str) -> None:
    eur = {"amount": 1_000, "currency": "EUR"}
    line = {"limit": eur | {"amount": 100_000}, "terms": ["net_30", "d2_10_net_30"]}
    shop.ask("PUT", f"/buyers/{buyer}/credit-line", line)
    shop.ask("PUT", "/terms-keys", {"keys": {"ZB30": "2/10 net 30", "ZI": "net 14"}})
    for name, code in (("ZB30", "d2_10_net_30"), ("zb30", "d2_10_net_30"), ("n/30", "net_30")):
        order = {"buyer": buyer, "amount": eur, "terms": name}
        assert shop.ask("POST", "/orders", order, status=201)["terms"] == code
    batch = {"orders": [{"buyer": buyer, "amount": eur, "terms": t} for t in ("ZB30", "soon")]}
    good, wrong = shop.ask("POST", "/orders/batch", batch)["results"]
    assert good["order"]["terms"] == "d2_10_net_30"
    assert faults(wrong["problem"]) == [("#/orders/1/terms", "unknown_terms")]


def test_another_sellers_are_not_there(shop: Shop, buyer: str, stranger: Shop) -> None:
    account = shop.ask(
        "POST", "/seller/bank-accounts", {"currency": "EUR", "iban": IBAN}, status=201
    )
    shop.ask("PUT", "/terms-keys", {"keys": {"A": "net_7"}})
    with books.nothing_written(shop.seller), books.nothing_written(stranger.seller):
        stranger.ask("GET", f"/buyers/{buyer}/billing-profile", status=404)
        stranger.ask("PUT", f"/buyers/{buyer}/billing-profile", {}, status=404)
        stranger.ask("DELETE", f"/seller/bank-accounts/{account['id']}", status=404)
        shop.ask("GET", f"/buyers/{public_id('buyer', new_id())}/billing-profile", status=404)
    assert stranger.ask("GET", "/seller/bank-accounts")["data"] == []
    assert stranger.ask("GET", "/terms-keys")["keys"] == {}


def test_who_may_say_where_money_goes(shop: Shop, at: Any) -> None:
    """A key for orders and invoices does not change the account that they are paid to."""
    scopes = [s for s in onboarding.SCOPES if s != "seller:write"]
    clerk = shop_of(shop.seller, scopes=scopes, at=at)
    with books.nothing_written(shop.seller):
        clerk.ask("PUT", "/seller", {}, status=403)
        clerk.ask("POST", "/seller/bank-accounts", {"currency": "EUR", "iban": IBAN}, status=403)
        clerk.ask("PUT", "/terms-keys", {"keys": {}}, status=403)


def test_the_same_request_once(shop: Shop) -> None:
    body = {"currency": "EUR", "iban": IBAN}
    first = shop.send("POST", "/seller/bank-accounts", body, once="k1")
    again = shop.send("POST", "/seller/bank-accounts", body, once="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
