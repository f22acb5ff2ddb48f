"""The document against the API itself: whatever fits the document, or does not, is answered as the
document says, and never with a 500."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from usance.web.api import openapi

from .conftest import Shop


def without_examples(part: Any) -> Any:
    """The document without its examples, which cannot be drawn together with other data."""
    if isinstance(part, dict):
        return {k: without_examples(v) for k, v in part.items() if k != "examples"}
    return [without_examples(item) for item in part] if isinstance(part, list) else part


schema = schemathesis.openapi.from_dict(without_examples(openapi.document()))
schema.app = get_wsgi_application()

CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
]


@pytest.fixture
def known(shop: Shop) -> dict[str, str]:
    """Ids of real objects, by the name under which requests speak of them."""
    eur = {"amount": 900, "currency": "EUR"}
    buyer = shop.ask("POST", "/buyers", {"name": "A", "country": "IT"}, status=201)["id"]
    shop.ask("PUT", f"/buyers/{buyer}/credit-line", {"limit": eur})
    eva = {"name": "Eva", "email": f"eva-{buyer}@a.example", "role": "approver"}
    member = shop.ask("POST", f"/buyers/{buyer}/members", eva, status=201)["id"]
    centre = shop.ask("POST", f"/buyers/{buyer}/cost-centres", {"code": "1"}, status=201)["id"]
    order = shop.ask("POST", "/orders", {"buyer": buyer, "amount": eur}, status=201)
    part = {"amount": eur | {"amount": 400}}
    issued = shop.ask("POST", f"/orders/{order['id']}/invoices", part, status=201)
    invoice = issued["id"]
    money = part | {"received_on": "2026-03-02", "buyer": buyer}
    payment = shop.ask("POST", "/payments", money, status=201)["id"]
    pair = {"payment": payment, "invoice": invoice, "amount": eur | {"amount": 5}}
    allocation = shop.ask("POST", "/allocations", pair, status=201)["id"]
    said = {"reason_code": "price", "amount": eur | {"amount": 20}}
    dispute = shop.ask("POST", f"/invoices/{invoice}/dispute", said, status=201)["id"]
    shop.ask("PUT", "/matching-rules", {"second_person_from": 1})
    asked = shop.ask("POST", f"/invoices/{invoice}/write-off-requests", status=201)["id"]
    line = f"2026-03-20,2.00,EUR,A,{issued['number']}\n"
    table = "Date,Amount,Currency,Counterparty,Description\n" + line
    shop.send("POST", "/bank-statements", raw=table.encode(), content_type="text/csv")
    waiting = shop.ask("GET", "/match-proposals")["data"]
    assert waiting
    hook = {"url": "https://shop.example/hook"}
    endpoint = shop.ask("POST", "/webhook-endpoints", hook, status=201)["id"]
    tried = {"policy": {"terms": ["net_30"]}}
    backtest = shop.ask("POST", "/policies/backtest", tried, status=202)["id"]
    return {
        "backtest": backtest,
        "buyer": buyer,
        "member": member,
        "cost_centre": centre,
        "order": order["id"],
        "decision": order["decision_id"],
        "invoice": invoice,
        "payment": payment,
        "allocation": allocation,
        "dispute": dispute,
        "request": asked,
        "proposal": waiting[0]["id"],
        "endpoint": endpoint,
        "currency": "EUR",
    }


def make_plausible(part: Any, known: dict[str, str]) -> None:
    """Let a generated request speak of real objects; others hit nothing and get past no door."""
    if isinstance(part, list):
        for item in part:
            make_plausible(item, known)
    if not isinstance(part, dict):
        return
    if "amount" in part and isinstance(part["amount"], dict):
        # An order: one buyer, and lines that need not add up because there are none.
        if "received_on" not in part and "payment" not in part:
            part.setdefault("buyer", known["buyer"])
        part.pop("buyer_external_id", None)
        part.pop("lines", None)
        part.pop("tax_amount", None)
    if "url" in part:
        part["url"] = "https://shop.example/hook"
    for name, value in part.items():
        found = known.get(str(name).removesuffix("_id"))
        if found:
            part[name] = found
        else:
            make_plausible(value, known)


@schema.given(real=st.booleans())
@schema.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_keeps_to_the_document(
    case: Any, real: bool, shop: Shop, known: dict[str, str]
) -> None:
    if real:
        for place in (case.path_parameters, case.query, case.body):
            make_plausible(place, known)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        response = case.call(headers={"Authorization": f"Bearer {shop.key}"})
    case.validate_response(response, checks=CHECKS)
