"""Early money over HTTP: a partner is connected, an invoice funded, and repaid when its buyer pays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from config.clock import CLOCK
from tests.gateways.contracts.funding import KEY, PartnerServer
from tests.gateways.contracts.server import serving
from tests.horizon import wait_for_events
from usance.flows.funding import following, notices, sending
from usance.gateways.funding.memory import SECRET
from usance.records.ledger.invariants import verify

from .conftest import Shop

EUR = {"amount": 1_000_000, "currency": "EUR"}


@pytest.fixture
def partner(monkeypatch: pytest.MonkeyPatch) -> Iterator[PartnerServer]:
    monkeypatch.setenv("USANCE_CONNECTIONS_ALLOW_PRIVATE", "1")
    with serving(PartnerServer()) as found:
        found.memory.on = CLOCK.now().date()
        yield found


@pytest.fixture
def program(shop: Shop, partner: PartnerServer) -> dict[str, Any]:
    given = {
        "kind": "funding_partner",
        "settings": {"base_url": partner.url},
        "secrets": {"api_key": KEY, "webhook_secret": SECRET},
    }
    connection = shop.ask("POST", "/connections", given, status=201)
    program = {
        "name": "Bank, with recourse",
        "kind": "with_recourse",
        "currency": "EUR",
        "connection": connection["id"],
        "rate": 8000,
        "flat_fee": 200,
        "condition": "buyer.country == 'DE' && invoice.amount >= 1000",
    }
    made = shop.ask("POST", "/funding-programs", program, status=201)
    assert isinstance(made, dict)
    return made


@pytest.fixture
def invoice(shop: Shop, program: dict[str, Any]) -> dict[str, Any]:
    """An invoice that is opened after the programme was set up."""
    buyer = shop.ask("POST", "/buyers", {"name": "Nordwind", "country": "DE"}, status=201)
    shop.ask("PUT", f"/buyers/{buyer['id']}/credit-line", {"limit": EUR})
    order = shop.ask("POST", "/orders", {"buyer": buyer["id"], "amount": EUR}, status=201)
    made = shop.ask("POST", f"/orders/{order['id']}/invoices", status=201)
    return {"id": made["id"], "buyer": buyer["id"], "number": made["number"]}


def work(shop: Shop) -> None:
    """What a worker does for this seller."""
    wait_for_events(shop.seller.id)
    for _ in range(5):
        at = CLOCK.now()
        following.follow_events(seller_id=shop.seller.id, at=at)
        for seller_id, id_ in sending.due(at=at, limit=10_000):
            if seller_id == shop.seller.id:
                sending.attend(seller_id=seller_id, instruction_id=id_, at=at, chance=0.0)
        for seller_id, id_ in notices.due(at=at, limit=10_000):
            if seller_id == shop.seller.id:
                notices.work_on(seller_id=seller_id, event_id=id_, at=at, chance=0.0)


def test_an_invoice_is_funded_and_repaid(
    shop: Shop, partner: PartnerServer, program: dict[str, Any], invoice: dict[str, Any]
) -> None:
    work(shop)
    [asked] = shop.ask("GET", f"/advances?invoice={invoice['id']}")["data"]
    assert asked["state"] == "requested"
    assert asked["advanced"] == {"amount": 800_000, "currency": "EUR"}
    assert float(asked["annual_rate"]) > 20
    [reference] = partner.memory.advances
    partner.memory.pay_out(reference)
    told = notice(shop, partner, program, reference, "advance.paid_out")
    assert told.json() == {"received": True}
    work(shop)
    shown = shop.ask("GET", f"/advances/{asked['id']}")
    assert (shown["state"], shown["still_out"]["amount"]) == ("paid_out", 800_000)
    payment = {
        "buyer": invoice["buyer"], "amount": EUR,
        "received_on": CLOCK.now().date().isoformat(),
    }  # fmt: skip
    paid = shop.ask("POST", "/payments", payment, status=201)
    shop.ask("POST", "/allocations", {"payment": paid["id"], "invoice": invoice["id"]}, status=201)
    work(shop)
    done = shop.ask("GET", f"/advances/{asked['id']}")
    assert (done["state"], done["repaid"]["amount"]) == ("repaid", 800_000)
    assert done["reserve_released"]["amount"] == 200_000
    assert done["cost"]["amount"] == 16_000
    assert verify(seller_id=shop.seller.id) == []
    assert shop.send("POST", f"/advances/{asked['id']}/cancel").status_code == 409


def notice(
    shop: Shop, partner: PartnerServer, program: dict[str, Any], reference: str, type_: str,
    **wrong: str,
) -> Any:  # fmt: skip
    body, headers = partner.memory.notice(reference, type_, at=CLOCK.now())
    return shop.client.post(
        f"/v1/funding/{program['connection']}/events", body, content_type="application/json",
        headers=headers | wrong,
    )  # fmt: skip


def test_notices_need_their_signature(
    shop: Shop, partner: PartnerServer, program: dict[str, Any], invoice: dict[str, Any]
) -> None:
    work(shop)
    [reference] = partner.memory.advances
    wrong = {"webhook-signature": "v1,AAAA"}
    refused = notice(shop, partner, program, reference, "advance.paid_out", **wrong)
    assert (refused.status_code, refused.json()["code"]) == (400, "notice_forged")
    assert shop.client.get(f"/v1/funding/{program['connection']}/events").status_code == 405
    missing = shop.client.post("/v1/funding/con_x/events", b"{}", content_type="application/json")
    assert missing.status_code == 404


def test_programmes_are_changed_paused_and_asked_by_hand(
    shop: Shop, partner: PartnerServer, program: dict[str, Any], invoice: dict[str, Any]
) -> None:
    assert shop.ask("GET", f"/funding-programs/{program['id']}") == program
    kept = ("name", "kind", "currency", "connection", "rate", "flat_fee")
    changed = {name: program[name] for name in kept} | {"state": "paused", "smallest": 2_000_000}
    after = shop.ask("PUT", f"/funding-programs/{program['id']}", changed)
    assert (after["state"], after["condition"], after["smallest"]) == ("paused", "", 2_000_000)
    work(shop)
    assert shop.ask("GET", "/advances")["data"] == []
    refused = shop.send("POST", f"/invoices/{invoice['id']}/advance", once="a1")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_eligible")
    shop.ask("PUT", f"/funding-programs/{program['id']}", changed | {"state": "active"})
    refused = shop.send("POST", f"/invoices/{invoice['id']}/advance", once="a2")
    assert "too_small" in refused.json()["detail"]
    shop.ask(
        "PUT", f"/funding-programs/{program['id']}",
        changed | {"state": "active", "smallest": None, "flat_fee": 300},
    )  # fmt: skip
    made = shop.ask("POST", f"/invoices/{invoice['id']}/advance", {}, status=201)
    assert made["state"] == "eligible"
    gone = shop.ask("POST", f"/advances/{made['id']}/cancel")
    assert gone["state"] == "canceled"
    shop.ask("PUT", f"/funding-programs/{program['id']}", changed | {"state": "closed"})
    wrong = shop.send("PUT", f"/funding-programs/{program['id']}", changed)
    assert wrong.status_code == 409
    bad = shop.send("POST", "/funding-programs", changed | {"condition": "invoice."}, once="b")
    assert bad.status_code == 422
