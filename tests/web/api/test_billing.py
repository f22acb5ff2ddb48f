"""Shipments, billing runs, credit by line and corrections over HTTP. Amounts are cents."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flows import books
from usance.flows import billing_profiles, billing_runs
from usance.records.identity import parse_public_id
from usance.records.invoices.models import BillingRun
from usance.rules.invoicing.profiles import ProfileFields

from .conftest import Shop

LINES = [
    {
        "description": "Bolts",
        "quantity": "100",
        "unit_price": "1.00",
        "unit": "H87",
        "amount": 12_200,
        "tax_amount": 2_200,
        "tax_rate": "22",
        "classification": "7318",
    },
    {"description": "Book", "amount": 5_200, "tax_amount": 200, "tax_rate": "4"},
]


@pytest.fixture
def buyer(shop: Shop) -> Any:
    made = shop.ask("POST", "/buyers", {"name": "Nordwind", "country": "IT"}, status=201)
    limit = {"limit": {"amount": 1_000_000, "currency": "EUR"}}
    shop.ask("PUT", f"/buyers/{made['id']}/credit-line", limit)
    return made["id"]


def daily(shop: Shop, buyer: str, at: Any) -> None:
    billing_profiles.set_billing_profile(
        shop.seller,
        buyer_id=parse_public_id("buyer", buyer),
        fields=ProfileFields(schedule="daily"),
        at=at,
        by="test",
    )


def order(shop: Shop, buyer: str, **fields: Any) -> Any:
    body = {
        "buyer": buyer,
        "amount": {"amount": 17_400, "currency": "EUR"},
        "tax_amount": 2_400,
        "lines": LINES,
    } | fields
    return shop.ask("POST", "/orders", body, status=201)


def finish(shop: Shop, run: Any, at: Any) -> None:
    billing_runs.work(
        shop.seller,
        run_id=parse_public_id("billing_run", run["id"]),
        clock=lambda: at,
        by="test",
    )


def test_lines_say_more_and_no_more_than_was_said(shop: Shop, buyer: str) -> None:
    made = order(shop, buyer)
    assert made["lines"][0]["unit"] == "H87"
    assert made["lines"][0]["tax_rate"] == "22"
    assert "unit" not in made["lines"][1]
    assert shop.ask("GET", f"/orders/{made['id']}")["lines"] == made["lines"]
    assert made["to_bill"] == {"amount": 0, "currency": "EUR"}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"tax_rate": "10"}, "tax_contradicted"),
        ({"tax_category": "Z", "tax_rate": None}, "tax_contradicted"),
        ({"tax_category": "X"}, "invalid_request"),
        ({"tax_rate": "-1"}, "invalid_request"),
        ({"unit": "pieces"}, "invalid_request"),
        ({"discount": -1}, "invalid_request"),
    ],
)
def test_tax_that_contradicts_itself_is_refused_with_the_order(
    shop: Shop, buyer: str, line: dict[str, Any], code: str
) -> None:
    body = {
        "buyer": buyer,
        "amount": {"amount": 17_400, "currency": "EUR"},
        "tax_amount": 2_400,
        "lines": [LINES[0] | line, LINES[1]],
    }
    assert shop.ask("POST", "/orders", body, status=422)["code"] == code


def test_a_shipment_is_answered_with_its_invoice(shop: Shop, buyer: str) -> None:
    made = order(shop, buyer)
    body = {"tracking": "1Z999", "carrier": "UPS", "external_id": "W-1"}
    shipped = shop.ask("POST", f"/orders/{made['id']}/shipments", body, status=201)
    assert shipped["invoice"]["number"].endswith("-000001")
    assert shipped["invoice"]["orders"] == [made["id"]] == [shipped["invoice"]["order"]]
    assert [part["amount"]["amount"] for part in shipped["invoice"]["instalments"]] == [17_400]
    shipment = shipped["shipment"]
    assert (shipment["billed"], shipment["tracking"], len(shipment["lines"])) == (True, "1Z999", 2)
    [listed] = shop.ask("GET", f"/orders/{made['id']}/shipments")["data"]
    assert listed == shop.ask("GET", f"/shipments/{shipment['id']}")
    assert shop.ask("GET", "/shipments?external_id=W-1")["data"] == [listed]
    assert shop.ask("GET", "/shipments?billed=false")["data"] == []
    arrived = shop.ask("POST", f"/shipments/{shipment['id']}/deliver")
    assert arrived["delivered_on"] == shipment["shipped_on"]
    again = shop.ask(
        "POST", f"/shipments/{shipment['id']}/deliver", {"delivered_on": "2020-01-01"}, status=409
    )
    assert again["code"] == "illegal_state"


def test_a_shipment_is_taken_back_until_it_is_billed(shop: Shop, buyer: str, at: Any) -> None:
    billed = shop.ask("POST", f"/orders/{order(shop, buyer)['id']}/shipments", status=201)
    path = f"/shipments/{billed['shipment']['id']}/cancel"
    refused = shop.ask("POST", path, status=409)
    assert refused["code"] == "shipment_billed"
    assert billed["invoice"]["number"] in refused["detail"]
    daily(shop, buyer, at)
    made = order(shop, buyer)
    shipped = shop.ask("POST", f"/orders/{made['id']}/shipments", status=201)["shipment"]
    assert shipped["canceled_at"] is None
    back = shop.ask("POST", f"/shipments/{shipped['id']}/cancel")
    assert back["canceled_at"] is not None
    assert shop.ask("POST", f"/shipments/{shipped['id']}/cancel") == back
    assert shop.ask("GET", "/shipments?billed=false")["data"] == []
    release = {"may_ship": True, "release_on": None}
    assert shop.ask("GET", f"/orders/{made['id']}") == made | release
    assert (
        shop.ask("POST", f"/orders/{made['id']}/shipments", status=201)["shipment"]["amount"]
        == (shipped["amount"])
    )


def test_the_same_key_ships_once(shop: Shop, buyer: str) -> None:
    made = order(shop, buyer)
    path = f"/orders/{made['id']}/shipments"
    part = {"amount": {"amount": 5_200, "currency": "EUR"}, "lines": [LINES[1]]}
    first = shop.send("POST", path, part, once="k1")
    second = shop.send("POST", path, part, once="k1")
    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"
    assert shop.ask("GET", f"/orders/{made['id']}")["remaining"]["amount"] == 12_200


def test_a_cut_off_is_previewed_begun_and_read(shop: Shop, buyer: str, at: Any) -> None:
    daily(shop, buyer, at)
    made = [order(shop, buyer) for _ in range(2)]
    for one in made:
        shipped = shop.ask("POST", f"/orders/{one['id']}/shipments", status=201)
        assert shipped["invoice"] is None
    assert shop.ask("GET", f"/orders/{made[0]['id']}")["to_bill"]["amount"] == 17_400
    today = shipped["shipment"]["shipped_on"]
    with books.nothing_written(shop.seller):
        seen = shop.ask("POST", "/billing-runs/preview", {"cut_off_on": today})
    [draft] = seen["drafts"]
    assert (seen["cut_short"], seen["next"]) == (False, None)
    after = {"cut_off_on": today, "after": f"{buyer}.1"}
    assert shop.ask("POST", "/billing-runs/preview", after)["drafts"] == []
    wrong = shop.ask("POST", "/billing-runs/preview", {"after": "x.1"}, status=422)
    assert wrong["errors"][0]["code"] == "invalid_cursor"
    assert (draft["amount"]["amount"], draft["tax_amount"]["amount"]) == (34_800, 4_800)
    assert (draft["document"]["number"], len(draft["shipments"])) == ("draft", 2)
    assert shop.ask("POST", "/billing-runs/preview")["drafts"] == [], "yesterday nothing shipped"
    run = shop.ask("POST", "/billing-runs", {"cut_off_on": today, "buyer": buyer}, status=201)
    assert (run["state"], run["invoices"]) == ("running", 0)
    finish(shop, run, at)
    done = shop.ask("GET", f"/billing-runs/{run['id']}")
    assert (done["state"], done["invoices"], done["buyers_done"]) == ("finished", 1, 1)
    assert done["amounts"] == [{"amount": 34_800, "currency": "EUR"}]
    assert shop.ask("GET", "/billing-runs")["data"] == [done]
    [invoice] = shop.ask("GET", "/invoices")["data"]
    assert (invoice["order"], invoice["billing_run"]) == (None, run["id"])
    assert sorted(invoice["orders"]) == sorted(one["id"] for one in made)
    for one in made:
        assert shop.ask("GET", f"/invoices?order={one['id']}")["data"] == [invoice]
    assert shop.ask("GET", f"/invoices/{invoice['id']}") == invoice
    assert books.broken(shop.seller) == []


def test_a_run_for_a_day_to_come_is_refused(shop: Shop) -> None:
    refused = shop.ask("POST", "/billing-runs", {"cut_off_on": "2199-01-01"}, status=422)
    assert refused["code"] == "invalid_order"
    assert not BillingRun.objects.filter(seller_id=shop.seller.id).exists()


def test_lines_are_credited_and_an_invoice_is_corrected(shop: Shop, buyer: str) -> None:
    made = order(shop, buyer)
    invoice = shop.ask("POST", f"/orders/{made['id']}/invoices", status=201)
    notes = f"/invoices/{invoice['id']}/credit-notes"
    wrong = shop.ask("POST", notes, {"lines": [{"line": "7"}]}, status=422)
    assert wrong["code"] == "cannot_credit"
    corrected = shop.ask(
        "POST", f"/invoices/{invoice['id']}/correct", {"reason": "Wrong address"}, status=201
    )
    assert corrected["credit_note"]["amount"]["amount"] == 17_400
    second = corrected["invoice"]
    assert (second["replaces"], second["orders"]) == (invoice["id"], [made["id"]])
    assert shop.ask("POST", f"/invoices/{invoice['id']}/correct", status=409)["code"] == (
        "illegal_state"
    )
    note = shop.ask(
        "POST",
        f"/invoices/{second['id']}/credit-notes",
        {"lines": [{"line": "1", "quantity": "10"}, {"line": "2", "amount": 1_040}]},
        status=201,
    )
    assert (note["amount"]["amount"], note["tax_amount"]["amount"]) == (2_260, 260)
    assert [line["line"] for line in note["lines"]] == ["1", "2"]
    assert shop.ask("GET", f"/invoices/{second['id']}/credit-notes")["data"] == [note]
    assert books.broken(shop.seller) == []


FREIGHT = {
    "kind": "charge",
    "amount": 1_000,
    "reason": "Freight",
    "reason_code": "FC",
    "tax_rate": "22",
}
REBATE = {"kind": "allowance", "amount": 500, "reason": "Rebate", "tax_rate": "22"}


def test_allowances_and_charges_go_from_order_to_invoice(shop: Shop, buyer: str) -> None:
    whole = {"amount": 18_010, "currency": "EUR"}
    made = order(shop, buyer, amount=whole, tax_amount=2_510, allowances_charges=[FREIGHT, REBATE])
    assert [(one["kind"], one["reason"]) for one in made["allowances_charges"]] == [
        ("charge", "Freight"),
        ("allowance", "Rebate"),
    ]
    assert made["allowances_charges"][0]["tax_amount"] == {"amount": 220, "currency": "EUR"}
    assert len(made["lines"]) == 2
    assert (
        shop.ask("GET", f"/orders/{made['id']}")["allowances_charges"] == made["allowances_charges"]
    )
    pallet = {"kind": "charge", "amount": 100, "reason": "Pallet", "tax_rate": "22"}
    shipped = shop.ask(
        "POST", f"/orders/{made['id']}/shipments", {"allowances_charges": [pallet]}, status=201
    )
    invoice = shipped["invoice"]
    assert invoice["amount"] == {"amount": 18_132, "currency": "EUR"}
    assert [one["reason"] for one in invoice["allowances_charges"]] == [
        "Freight",
        "Rebate",
        "Pallet",
    ]
    assert shop.ask("GET", f"/orders/{made['id']}")["amount"]["amount"] == 18_132
    note = shop.ask(
        "POST", f"/invoices/{invoice['id']}/credit-notes", {"lines": [{"line": "C1"}]}, status=201
    )
    assert note["amount"]["amount"] == 1_220
    assert books.broken(shop.seller) == []


@pytest.mark.parametrize(
    "change",
    [{"reason_code": "95"}, {"tax_rate": None}, {"amount": -1}, {"kind": "fee"}, {"reason": ""}],
)
def test_a_charge_that_cannot_be_invoiced_is_refused_with_its_place(
    shop: Shop, buyer: str, change: dict[str, Any]
) -> None:
    body = {
        "buyer": buyer,
        "amount": {"amount": 18_620, "currency": "EUR"},
        "tax_amount": 2_620,
        "lines": LINES,
        "allowances_charges": [FREIGHT | change],
    }
    problem = shop.ask("POST", "/orders", body, status=422)
    assert problem["errors"][0]["pointer"].startswith("#/allowances_charges/0")
    assert shop.ask("GET", "/orders")["data"] == []


def test_those_of_an_order_are_adjusted(shop: Shop, buyer: str) -> None:
    made = order(shop, buyer)
    body = {
        "amount": {"amount": 18_620, "currency": "EUR"},
        "tax_amount": 2_620,
        "lines": LINES,
        "allowances_charges": [FREIGHT],
    }
    adjusted = shop.ask("POST", f"/orders/{made['id']}/adjust", body)
    assert [one["reason"] for one in adjusted["allowances_charges"]] == ["Freight"]
