"""Cards, pay links and promises over HTTP, with a Stripe that holds us to its contract."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.clock import CLOCK
from tests.gateways.contracts.server import serving
from tests.gateways.contracts.stripe import KEY, StripeMock
from usance.flows.cards import notices, sending, tending
from usance.flows.journal import business_day
from usance.records.cards.models import CardEvent, CardInstruction
from usance.records.identity import parse_public_id

from .conftest import Shop
from .everything import Everything

EUR = {"amount": 12_200, "currency": "EUR"}
SECRET = "whsec_x"


@pytest.fixture
def stripe(shared: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeMock]:
    folder = shared / "contracts" / "stripe"
    if not folder.is_dir():
        pytest.skip("the contract of Stripe is not among the shared documents")
    monkeypatch.setenv("USANCE_CONNECTIONS_ALLOW_PRIVATE", "1")
    with serving(StripeMock(folder / "spec3.cut.json", folder / "fixtures3.json")) as found:
        yield found


@pytest.fixture
def buyer(shop: Shop) -> str:
    made = shop.ask("POST", "/buyers", {"name": "Nordwind", "country": "DE"}, status=201)
    shop.ask("PUT", f"/buyers/{made['id']}/credit-line", {"limit": EUR | {"amount": 50_000}})
    return str(made["id"])


@pytest.fixture
def connection(shop: Shop, stripe: StripeMock) -> str:
    given = {
        "kind": "stripe",
        "settings": {"base_url": stripe.url},
        "secrets": {"secret_key": KEY, "webhook_secret": SECRET},
    }
    return str(shop.ask("POST", "/connections", given, status=201)["id"])


def work(shop: Shop) -> None:
    """What a worker does for this seller."""
    for _ in range(6):
        at = CLOCK.now()
        for seller_id, order_id in tending.to_tend(at=at, limit=10_000):
            if seller_id == shop.seller.id:
                tending.tend(seller_id=seller_id, order_id=order_id, at=at)
        for seller_id, event_id in notices.due(at=at, limit=10_000):
            if seller_id == shop.seller.id:
                notices.work_on(seller_id=seller_id, event_id=event_id, at=at, chance=0.0)
        for seller_id, id_ in sending.due(at=at, limit=10_000):
            if seller_id == shop.seller.id:
                sending.attend(seller_id=seller_id, instruction_id=id_, at=at, chance=0.0)


def tell(shop: Shop, connection: str, type_: str, id_: str, *, secret: str = SECRET) -> Any:
    """A webhook of Stripe's."""
    about = {"id": f"evt_{type_}_{id_}", "type": type_, "created": int(time.time())}
    body = json.dumps(about | {"data": {"object": {"id": id_}}}).encode()
    moment = str(int(CLOCK.now().timestamp()))
    signed = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return shop.client.generic(
        "POST", f"/v1/psp/{connection}/events", body, content_type="application/json",
        headers={"Stripe-Signature": f"t={moment},v1={signed}"},
    )  # fmt: skip


@pytest.fixture
def card(shop: Shop, stripe: StripeMock, buyer: str, connection: str) -> str:
    """A card that the buyer typed on Stripe's page."""
    page = shop.ask(
        "POST", "/cards", {"buyer": buyer, "return_url": "https://shop.example/back"}, status=201
    )
    assert page["url"].startswith("https://checkout.stripe.com")
    assert page["state"] == "open"
    [session] = stripe.sessions
    typed = stripe.card("cus_x")
    stripe.sessions[session] |= {
        "status": "complete",
        "url": None,
        "setup_intent": {"id": "seti_1", "status": "succeeded", "payment_method": typed},
    }
    assert tell(shop, connection, "checkout.session.completed", session).status_code == 200
    work(shop)
    done = shop.ask("GET", f"/card-pages/{page['id']}")
    assert done["state"] == "completed"
    return str(done["card"])


def test_a_card_secures_an_order_and_pays_its_invoice(
    shop: Shop, stripe: StripeMock, buyer: str, card: str
) -> None:
    shown = shop.ask("GET", f"/cards/{card}")
    assert len(shown["last4"]) == 4
    assert [it["id"] for it in shop.ask("GET", f"/cards?buyer={buyer}")["data"]] == [card]
    order = shop.ask("POST", "/orders", {"buyer": buyer, "amount": EUR}, status=201)["id"]
    held = shop.ask("POST", "/card-authorizations", {"card": card, "order": order}, status=201)
    assert (held["state"], held["amount"]) == ("pending", EUR)
    work(shop)
    held = shop.ask("GET", f"/card-authorizations/{held['id']}")
    assert (held["state"], held["capturable"]) == ("authorized", EUR)
    credit = shop.ask("GET", f"/buyers/{buyer}/credit")
    assert "12200" in json.dumps(credit)
    shop.ask("POST", f"/orders/{order}/adjust", {"amount": EUR | {"amount": 15_000}})
    work(shop)
    invoice = shop.ask("POST", f"/orders/{order}/invoices", status=201)
    work(shop)
    paid = shop.ask("GET", f"/invoices/{invoice['id']}")
    assert (paid["state"], paid["outstanding"]["amount"]) == ("paid", 0)
    [taken] = shop.ask("GET", f"/card-authorizations?order={order}")["data"]
    assert (taken["state"], taken["captured"]["amount"]) == ("captured", 15_000)
    back = {"amount": EUR | {"amount": 5_000}, "reason": "Returned"}
    shop.ask("POST", f"/card-authorizations/{taken['id']}/refund", back)
    work(shop)
    taken = shop.ask("GET", f"/card-authorizations/{taken['id']}")
    assert taken["refunded"]["amount"] == 5_000
    assert [asked for asked in stripe.asked if KEY in str(asked.body)] == []


def test_by_hand_part_void_and_what_is_refused(
    shop: Shop, stripe: StripeMock, buyer: str, card: str
) -> None:
    made = shop.ask("POST", "/card-authorizations", {"card": card, "amount": EUR}, status=201)
    path = f"/card-authorizations/{made['id']}"
    shop.ask("POST", f"{path}/capture", {}, status=409)
    work(shop)
    too_much = {"amount": EUR | {"amount": 12_201}}
    assert shop.ask("POST", f"{path}/capture", too_much, status=422)["code"] == "amount_too_large"
    shop.ask("POST", f"{path}/increase", {"amount": EUR | {"amount": 13_000}})
    work(shop)
    assert shop.ask("GET", path)["authorized"]["amount"] == 13_000
    shop.ask("POST", f"{path}/capture", {"amount": EUR | {"amount": 5_000}})
    work(shop)
    done = shop.ask("GET", path)
    assert (done["state"], done["captured"]["amount"]) == ("captured", 5_000)
    other = shop.ask("POST", "/card-authorizations", {"card": card, "amount": EUR}, status=201)
    work(shop)
    assert shop.ask("DELETE", f"/cards/{card}", status=409)["code"] == "illegal_state"
    shop.ask("POST", f"/card-authorizations/{other['id']}/void", {})
    work(shop)
    assert shop.ask("GET", f"/card-authorizations/{other['id']}")["state"] == "voided"
    gone = [shop.send("DELETE", f"/cards/{card}").content for _ in range(2)]
    assert gone[0] == gone[1]
    assert json.loads(gone[0])["state"] == "forgotten"
    assert len([asked for asked in stripe.asked if asked.path.endswith("/detach")]) == 2


def test_the_same_request_opens_one_page(
    shop: Shop, stripe: StripeMock, buyer: str, connection: str
) -> None:
    given = {"buyer": buyer, "return_url": "https://shop.example/back"}
    twice = [shop.send("POST", "/cards", given, once="k1").json() for _ in range(2)]
    assert twice[0] == twice[1]
    assert len(stripe.sessions) == 1
    embedded = shop.ask("POST", "/cards", {"buyer": buyer}, status=201)
    assert embedded["client_secret"]
    assert not embedded["url"]


def test_without_a_provider_no_card_is_taken(shop: Shop, buyer: str) -> None:
    given = {"buyer": buyer, "return_url": "https://shop.example/back"}
    assert shop.ask("POST", "/cards", given, status=409)["code"] == "no_payment_provider"


def test_a_provider_that_is_down_may_be_asked_again(
    shop: Shop, stripe: StripeMock, buyer: str, connection: str
) -> None:
    stripe.down()
    given = {"buyer": buyer, "return_url": "https://shop.example/back"}
    response = shop.send("POST", "/cards", given, once="k2")
    assert response.status_code == 503
    stripe.instead = []
    again = shop.send("POST", "/cards", given, once="k2")
    assert again.status_code == 201
    assert again.json()["url"]


def test_a_notice_is_believed_by_its_signature_alone(
    shop: Shop, stripe: StripeMock, connection: str
) -> None:
    forged = tell(shop, connection, "payment_intent.canceled", "pi_1", secret="another")
    assert (forged.status_code, forged.json()["code"]) == (400, "notice_forged")
    for _ in range(2):
        assert tell(shop, connection, "payment_intent.canceled", "pi_1").status_code == 200
    assert CardEvent.objects.filter(seller_id=shop.seller.id).count() == 1
    for path in ("con_" + "0" * 32, "nonsense", connection.replace("con_", "inv_")):
        response = shop.client.post(f"/v1/psp/{path}/events", b"{}", content_type="text/plain")
        assert response.status_code == 404
    assert shop.client.get(f"/v1/psp/{connection}/events").status_code == 405
    large = shop.client.post(
        f"/v1/psp/{connection}/events", b"x" * 600_000, content_type="text/plain"
    )
    assert large.status_code == 413


def test_consent_over_http(shop: Shop, card: str) -> None:
    words = {"words": "Charge my invoices when they are due."}
    assert shop.ask("PUT", f"/cards/{card}/consent", words)["charge_at_due"] is True
    assert shop.ask("PUT", f"/cards/{card}/consent", {})["charge_at_due"] is False
    given = {"buyer": shop.ask("GET", f"/cards/{card}")["buyer"], "charge_at_due": True}
    refused = shop.ask("POST", "/cards", given, status=422)
    assert refused["code"] == "consent_required"


def test_the_connection_is_tried_out(shop: Shop, connection: str) -> None:
    from usance.flows.connections import try_connection

    tried = try_connection(
        shop.seller, connection_id=parse_public_id("connection", connection),
        at=CLOCK.now(), by="test",
    )  # fmt: skip
    assert tried.test_result == "ok"
    assert not CardInstruction.objects.filter(seller_id=shop.seller.id).exists()


def test_pay_links_and_promises(shop: Shop, buyer: str) -> None:
    order = shop.ask("POST", "/orders", {"buyer": buyer, "amount": EUR}, status=201)["id"]
    invoice = shop.ask("POST", f"/orders/{order}/invoices", status=201)["id"]
    link = shop.ask("POST", "/pay-links", {"invoice": invoice, "days": 10}, status=201)
    assert "/pay/" in link["url"]
    assert [it["id"] for it in shop.ask("GET", f"/pay-links?buyer={buyer}")["data"]] == [link["id"]]
    assert shop.client.get("/pay/" + link["url"].rpartition("/")[2]).status_code == 200
    shop.ask("DELETE", f"/pay-links/{link['id']}")
    assert shop.client.get("/pay/" + link["url"].rpartition("/")[2]).status_code == 410
    rules = {"most_parts": 2, "most_days": 400, "first_percent": 50}
    assert shop.ask("PUT", "/promise-rules", rules)["most_parts"] == 2
    day = business_day(shop.seller, at=CLOCK.now()).isoformat()
    parts = [{"due_on": day, "amount": EUR | {"amount": 6_000}}]
    given = {"buyer": buyer, "invoices": [invoice], "parts": parts}
    assert shop.ask("POST", "/promises", given, status=422)["code"] == "invalid_promise"
    given["parts"] = [{"due_on": day, "amount": EUR}]
    promise = shop.ask("POST", "/promises", given, status=201)
    assert (promise["state"], promise["amount"]) == ("proposed", EUR)
    assert shop.ask("POST", "/promises", given, status=409)["code"] == "promise_stands"
    path = f"/promises/{promise['id']}"
    assert shop.ask("POST", f"{path}/accept", {"words": "Fine"})["state"] == "accepted"
    assert shop.ask("GET", path)["answer"] == "Fine"
    assert shop.ask("POST", f"{path}/withdraw")["state"] == "withdrawn"
    shop.ask("POST", f"{path}/decline", {}, status=409)


def test_payouts_and_releases_over_http(shop: Shop) -> None:
    known = Everything(shop)
    path = f"/card-payouts/{known['card_payout']}"
    [listed] = shop.ask("GET", "/card-payouts?state=announced&limit=1")["data"]
    assert (listed["amount"]["amount"], listed["fees"]["amount"]) == (870, 30)
    assert shop.ask("GET", "/card-payouts?state=booked")["data"] == []
    shown = shop.ask("GET", path)
    assert [(it["kind"], it["count"], it["fee"]["amount"]) for it in shown["totals"]] == [
        ("charge", 1, 30)
    ]
    assert shown["findings"] == [
        {"code": "strangers", "amount": {"amount": 870, "currency": "EUR"}}
    ]
    table = b"Date,Amount,Currency,Counterparty,Description\n2026-03-20,8.00,EUR,A,x\n"
    shop.send("POST", "/bank-statements", raw=table, content_type="text/csv")
    line = {"bank_transaction": shop.ask("GET", "/bank-transactions")["data"][0]["id"]}
    refused = shop.ask("POST", f"{path}/book", line, status=409)
    assert refused["code"] == "payout_differs"
    for _ in range(2):
        booked = shop.ask("POST", f"{path}/book", line | {"accept_difference": True})
        assert (booked["state"], booked["booked"]["amount"]) == ("booked", 800)
        assert [it["bank_transaction"] for it in booked["bank_lines"]] == [line["bank_transaction"]]
    [told] = shop.ask("GET", "/bank-transactions")["data"]
    assert [told[it] for it in ("state", "outcome", "books")] == [
        "settled",
        "booked",
        "card_payout",
    ]
    release = f"/orders/{known['order']}/release-from-card"
    assert shop.ask("POST", release, {"reason": "x"}, status=409)["code"] == "not_secured"
    assert shop.ask("POST", release, {"reason": " "}, status=422)["code"] == "invalid_request"
