"""Registrations with India's portal and split payment, over HTTP. Amounts are minor units."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from tests.flows.countries import CASES, content, goods, placed, sold
from tests.flows.registering import answer, cancellation, irn_of
from tests.flows.test_split_payment import SPLIT
from tests.flows.trading import Trade
from usance.records.identity import public_id
from usance.records.parties.models import Seller
from usance.web.api import keys

from .conftest import Shop, shop_of

INDIA = CASES["IN in a state"]


@pytest.fixture
def trade(seller: Seller, at: datetime) -> Trade:
    keys._kept.clear()
    return placed(seller, at, INDIA)


@pytest.fixture
def shop(trade: Trade, at: datetime) -> Shop:
    return shop_of(trade.seller, at=at)


def test_an_answer_is_handed_in_and_stays(trade: Trade, shop: Shop, at: datetime) -> None:
    invoice = sold(trade, INDIA, goods(INDIA.rate, net=12_345))
    path = f"/invoices/{public_id('invoice', invoice.id)}/registration"
    assert shop.ask("GET", path, status=404)["code"] == "not_found"
    given = json.loads(answer(content(trade, "invoice", invoice.id, "gst"), at=at))
    made = shop.ask("PUT", path, given)
    assert (made["state"], made["irn"], made["acknowledgement"], made["verified"]) == (
        "registered",
        irn_of(invoice.number),
        "112610098765432",
        False,
    )
    assert made["document"] == public_id("invoice", invoice.id)
    assert made["acknowledged_at"].startswith("2026-03-02T")
    assert shop.ask("PUT", path, given) == made == shop.ask("GET", path)
    pdf = shop.send("GET", path.replace("registration", "document"))
    assert pdf.content.startswith(b"%PDF")
    other = json.loads(answer(content(trade, "invoice", invoice.id, "gst"), at=at, irn="e" * 64))
    assert shop.ask("PUT", path, other, status=409)["code"] == "already_registered"
    cancel = json.loads(cancellation(made["irn"], at=at + timedelta(hours=2)))
    gone = shop.ask("POST", f"{path}/cancel", cancel)
    assert gone["state"] == "cancelled"
    assert shop.ask("PUT", path, given, status=409)["code"] == "already_registered"


def test_what_does_not_fit_is_refused(trade: Trade, shop: Shop, at: datetime) -> None:
    invoice = sold(trade, INDIA, goods(INDIA.rate, net=12_345))
    path = f"/invoices/{public_id('invoice', invoice.id)}/registration"
    wrong = json.loads(
        answer(content(trade, "invoice", invoice.id, "gst"), at=at, DocNo="INV-2026-000009")
    )
    refused = shop.ask("PUT", path, wrong, status=422)
    assert refused["code"] == "registration_differs"
    assert "number" in refused["detail"]
    assert shop.ask("PUT", path, {"Irn": "x"}, status=422)["code"] == "invalid_irn"
    assert shop.ask("POST", f"{path}/cancel", {}, status=422)["code"] == "not_a_cancellation"
    stranger = f"/credit-notes/{public_id('credit_note', invoice.id)}/registration"
    assert shop.ask("PUT", stranger, wrong, status=404)["code"] == "not_found"


def test_split_payment_is_said_beside_what_is_owed(seller: Seller, at: datetime) -> None:
    trade = placed(seller, at, SPLIT)
    shop = shop_of(trade.seller, at=at)
    invoice = sold(trade, SPLIT, goods(SPLIT.rate, net=10_000))
    path = f"/invoices/{public_id('invoice', invoice.id)}"
    shown = shop.ask("GET", path)
    amounts = [shown[name]["amount"] for name in ("amount", "tax_amount", "split_tax")]
    assert amounts == [10_000, 0, 2_200]
    assert shown["outstanding"]["amount"] == 10_000
    assert shown["payment_reference"].startswith("RF")
    note = shop.ask("POST", f"{path}/credit-notes", {"reason": "Reso"}, status=201)
    assert (note["amount"]["amount"], note["split_tax"]["amount"]) == (10_000, 2_200)
