"""Who may do what: keys, scopes, revocation, and the walls between sellers."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from usance.flows import onboarding
from usance.records.applications.models import Application
from usance.records.credit.models import Review
from usance.records.identity import PREFIXES, parse_public_id, public_id
from usance.records.monitoring.models import Alarm
from usance.records.parties.models import ApiKey
from usance.web.api import keys, openapi, problems

from .conftest import Shop, shop_of

OPERATIONS = [
    (method.upper(), path, operation)
    for path, operations in openapi.document()["paths"].items()
    for method, operation in operations.items()
]


def body_of(operation: Any, ids: dict[str, str]) -> Any:
    """A body that fits, naming other people's objects."""
    eur = {"amount": 100, "currency": "EUR"}
    return {
        "create_member": {"name": "Eva", "email": "eva@a.example"},
        "update_buyer": {"name": "Stolen"},
        "update_member": {"role": "admin"},
        "create_cost_centre": {"code": "4711"},
        "set_approval_chain": {"steps": []},
        "create_approval": {"member": ids["member"], "verdict": "approved"},
        "set_credit_line": {"limit": eur},
        "hold_credit_line": {"currency": "EUR"},
        "release_credit_line": {"currency": "EUR"},
        "revoke_credit_line": {"currency": "EUR"},
        "adjust_order": {"amount": eur},
        "replay_webhook_endpoint": {"since": "2026-01-01T00:00:00Z"},
        "create_order": {"buyer": ids["buyer"], "amount": eur},
        "create_order_intent": {"buyer": ids["buyer"], "amount": eur},
        "create_payment": {"buyer": ids["buyer"], "amount": eur, "received_on": "2026-03-02"},
        "create_allocation": {"payment": ids["payment"], "invoice": ids["invoice"]},
        "approve_application": {"limit": eur},
        "create_checks": {},
        "acknowledge_alarm": {},
        "decline_application": {"reasons": ["other"]},
        "request_information": {"text": "Why?"},
        "change_group_limit": {"name": "Stolen"},
        "change_watch": WATCH,
        "create_group_limit": {
            "name": "Stolen",
            "limit": eur,
            "lines": [{"buyer": ids["buyer"], "currency": "EUR"}],
        },
        "put_external_items": {"currency": "EUR", "items": []},
        "set_billing_profile": {"channels": ["portal"]},
        "create_question": {"text": "Why?"},
        "create_answer": {"text": "So.", "name": "Eva"},
    }.get(operation["operationId"])


WATCH = {"name": "sales", "triggers": ["order.authorized"]}


def about_credit(shop: Shop, buyer: str, at: Any) -> dict[str, str]:
    """One object of each kind that the credit desk works with."""
    eur = {"amount": 100, "currency": "EUR"}
    line = {"buyer": buyer, "currency": "EUR"}
    group = {"name": "House", "limit": eur, "lines": [line]}
    ids = {
        "group": shop.ask("POST", "/group-limits", group, status=201)["id"],
        "watch": shop.ask("POST", "/watches", WATCH, status=201)["id"],
        "connection": shop.ask("POST", "/connections", {"kind": "vies"}, status=201)["id"],
        "policy": shop.ask("GET", "/policies")["data"][0]["id"],
    }
    seller_id = shop.seller.id
    buyer_id = parse_public_id("buyer", buyer)
    review = Review.objects.create(
        seller_id=seller_id,
        created_at=at,
        kind="limit",
        subject_id=buyer_id,
        buyer_id=buyer_id,
        roles=["admin"],
    )
    alarm = Alarm.objects.create(
        seller_id=seller_id,
        created_at=at,
        watch_id=parse_public_id("watch", ids["watch"]),
        buyer_id=buyer_id,
        trigger="order.authorized",
    )
    application = Application.objects.create(
        seller_id=seller_id,
        created_at=at,
        secret=seller_id.bytes,
        name="B",
        country="IT",
        contact_email="b@b.example",
        currency="EUR",
    )
    kept = {"review": review, "alarm": alarm, "application": application}
    ids |= {kind: public_id(kind, one.id) for kind, one in kept.items()}
    ids["backtest"] = public_id("backtest", review.id)  # of nobody
    return ids


def about_invoicing(shop: Shop, ids: dict[str, str]) -> dict[str, str]:
    """One object of each kind that comes of shipping and billing."""
    part = {"amount": {"amount": 10, "currency": "EUR"}}
    shipped = shop.ask("POST", f"/orders/{ids['order']}/shipments", part, status=201)
    invoice = f"/invoices/{ids['invoice']}"
    sent = shop.ask("POST", f"{invoice}/send", {"channel": "download"}, status=202)
    account = {"currency": "EUR", "iban": "DE02120300000000202051"}
    return {
        "shipment": shipped["shipment"]["id"],
        "credit_note": shop.ask("POST", f"{invoice}/credit-notes", part, status=201)["id"],
        "delivery": sent["data"][0]["id"],
        "question": shop.ask("POST", f"{invoice}/questions", {"text": "Why?"}, status=201)["id"],
        "billing_run": shop.ask("POST", "/billing-runs", status=201)["id"],
        "bank_account": shop.ask("POST", "/seller/bank-accounts", account, status=201)["id"],
    }


@pytest.fixture
def others(shop: Shop, at: Any) -> tuple[Shop, dict[str, str]]:
    """Another seller's program, and the ids of one object of each kind of ``shop``'s."""
    eur = {"amount": 100, "currency": "EUR"}
    ids = {"buyer": shop.ask("POST", "/buyers", {"name": "A", "country": "IT"}, status=201)["id"]}
    shop.ask("PUT", f"/buyers/{ids['buyer']}/credit-line", {"limit": eur})
    eva = {"name": "Eva", "email": f"eva-{ids['buyer']}@a.example"}
    ids["member"] = shop.ask("POST", f"/buyers/{ids['buyer']}/members", eva, status=201)["id"]
    ids["cost_centre"] = shop.ask(
        "POST", f"/buyers/{ids['buyer']}/cost-centres", {"code": "4711"}, status=201
    )["id"]
    order = shop.ask("POST", "/orders", {"buyer": ids["buyer"], "amount": eur}, status=201)
    ids |= {"order": order["id"], "decision": order["decision_id"]}
    ids["invoice"] = shop.ask(
        "POST", f"/orders/{order['id']}/invoices", {"amount": eur | {"amount": 40}}, status=201
    )["id"]
    money = {"amount": eur, "received_on": "2026-03-02", "buyer": ids["buyer"]}
    ids["payment"] = shop.ask("POST", "/payments", money, status=201)["id"]
    ids["allocation"] = shop.ask(
        "POST",
        "/allocations",
        {"payment": ids["payment"], "invoice": ids["invoice"], "amount": eur | {"amount": 1}},
        status=201,
    )["id"]
    ids |= about_credit(shop, ids["buyer"], at) | about_invoicing(shop, ids)
    endpoint = {"url": "https://shop.example/hook"}
    ids["webhook_endpoint"] = shop.ask("POST", "/webhook-endpoints", endpoint, status=201)["id"]
    seller = onboarding.create_seller(
        name="Other",
        handle=f"other-{shop.seller.id.hex[-12:]}",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=at,
    )
    return shop_of(seller, at=at), ids


def filled(path: str, ids: dict[str, str]) -> str:
    kinds = {"endpoint": "webhook_endpoint", "account": "bank_account", "run": "billing_run"}
    if "group" not in ids:
        kinds["group"] = "group_limit"
    return re.sub(r"{(\w+)_id}", lambda m: ids[kinds.get(m[1], m[1])], path.removeprefix("/v1"))


def test_what_is_anothers_does_not_exist(others: tuple[Shop, dict[str, str]]) -> None:
    stranger, ids = others
    tried = 0
    for method, path, operation in OPERATIONS:
        body = body_of(operation, ids)
        names_an_object = "{" in path or (body and "ids" not in body and path.count("/") == 2)
        if not names_an_object or operation["operationId"] in ("create_webhook_endpoint",):
            continue
        asked = "?currency=EUR" if path.endswith("/statement/document") else ""
        response = stranger.send(method, filled(path, ids) + asked, body)
        assert response.status_code == 404, (method, path, response.content)
        assert response["Content-Type"] == problems.CONTENT_TYPE
        tried += 1
    assert tried >= 30


def test_lists_show_only_ones_own(others: tuple[Shop, dict[str, str]]) -> None:
    stranger, ids = others
    lists = [path for method, path, op in OPERATIONS if method == "GET" and "{" not in path]
    assert len(lists) >= 11
    for path in lists:
        text = stranger.send("GET", path.removeprefix("/v1")).content.decode()
        for id_ in ids.values():
            assert id_ not in text, path
    found = stranger.ask("GET", f"/orders?buyer={ids['buyer']}")
    assert found["data"] == []


def test_every_operation_needs_a_key_and_its_scope(shop: Shop, at: Any) -> None:
    nothing = shop_of(shop.seller, scopes=(), at=at)
    ids = {kind: f"{prefix}_{'0' * 32}" for kind, prefix in PREFIXES.items()}
    for method, path, operation in OPERATIONS:
        refused = nothing.send(method, filled(path, ids), {})
        assert (refused.status_code, refused.json()["code"]) == (403, "missing_scope")
        assert (
            re.search(r"Scope: `([a-z:]+)`", operation["description"])[1]
            in refused.json()["detail"]
        )
        for header in (
            "",
            "Bearer",
            "Bearer nonsense",
            f"Basic {shop.key}",
            "Bearer " + "x" * 9000,
        ):
            response = shop.send(method, filled(path, ids), {}, Authorization=header)
            assert (response.status_code, response.json()["code"]) == (401, "invalid_api_key")
            assert response["WWW-Authenticate"].startswith("Bearer")


def test_unknown_and_revoked_keys_get_the_same_answer(shop: Shop) -> None:
    unknown = shop.send("GET", "/buyers", Authorization="Bearer usk_" + "a" * 43)
    ApiKey.objects.filter(seller_id=shop.seller.id).update(revoked_at=datetime.now(UTC))
    keys._kept.clear()
    revoked = shop.send("GET", "/buyers")
    assert revoked.status_code == unknown.status_code == 401
    assert revoked.content == unknown.content


def test_a_revoked_key_stops_working_within_a_second(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(keys.time, "monotonic", lambda: now[0])
    assert shop.send("GET", "/buyers").status_code == 200
    ApiKey.objects.filter(seller_id=shop.seller.id).update(revoked_at=datetime.now(UTC))
    now[0] += 0.99
    assert shop.send("GET", "/buyers").status_code == 200
    now[0] += 0.02
    assert shop.send("GET", "/buyers").status_code == 401


def test_a_key_is_looked_up_once_a_second(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = []
    found = keys.queries.key_holder
    monkeypatch.setattr(keys.queries, "key_holder", lambda d: looked_up.append(d) or found(d))
    for _ in range(5):
        principal = keys.authenticate(f"Bearer {shop.key}", scope="orders:write")
    assert len(looked_up) == 1
    assert principal.seller == shop.seller
    assert isinstance(principal.key_id, UUID)
    assert principal.by == f"key_{principal.key_id.hex}"


def test_the_key_is_nowhere_in_the_answers(shop: Shop) -> None:
    shop.ask("POST", "/buyers", {"name": "A", "country": "IT"}, status=201)
    assert shop.key not in json.dumps(shop.ask("GET", "/events"))
