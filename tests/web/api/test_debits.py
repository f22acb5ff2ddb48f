"""Mandates, debits, files and answers over HTTP: a whole cycle, and what is not given away."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from config.clock import CLOCK
from tests.flows.collecting import (
    ACH_RULES,
    CREDITOR,
    DEBTOR_IBAN,
    OWN_IBAN,
    ROUTING,
    status_report,
)
from usance.flows import onboarding
from usance.flows.debits import calendar
from usance.formats.sepa import parse_direct_debits
from usance.records.debits.models import Debit
from usance.records.identity import parse_public_id

from .conftest import Shop, shop_of

DAY = date(2026, 3, 16)
"""A Monday on which TARGET and the Federal Reserve are open."""


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> object:
    """Sets the house's clock to the morning of a day."""

    def to(day: date) -> None:
        now = datetime(day.year, day.month, day.day, 9, 30, tzinfo=UTC)
        monkeypatch.setattr(type(CLOCK), "now", lambda self: now)

    to(DAY)
    return to


@pytest.fixture
def buyer(shop: Shop, on: object) -> str:
    shop.ask("PUT", "/seller", {"legal_name": "Officine Brera", "creditor_id": CREDITOR})
    account = {"currency": "EUR", "iban": OWN_IBAN}
    shop.ask("POST", "/seller/bank-accounts", account, status=201)
    rules = {"notice_days": 0, "lead_days": 1} | ACH_RULES
    assert shop.ask("PUT", "/collection-rules", rules)["lead_days"] == 1
    made = shop.ask("POST", "/buyers", {"name": "Nordwind", "country": "DE"}, status=201)
    limit = {"limit": {"amount": 500_000, "currency": "EUR"}}
    shop.ask("PUT", f"/buyers/{made['id']}/credit-line", limit)
    return str(made["id"])


def mandate_of(shop: Shop, buyer: str, **fields: object) -> dict:
    given = {
        "buyer": buyer,
        "scheme": "sepa_b2b",
        "debtor_name": "Nordwind Handels GmbH",
        "account": DEBTOR_IBAN,
        "signature": {"name": "Anna Nord", "words": "You may debit our account."},
    }
    return shop.ask("POST", "/mandates", given | fields, status=201)


def order_of(shop: Shop, buyer: str, amount: int = 119_00) -> dict:
    given = {"buyer": buyer, "amount": {"amount": amount, "currency": "EUR"}}
    return shop.ask("POST", "/orders", given, status=201)


def invoice_of(shop: Shop, buyer: str, amount: int = 119_00) -> dict:
    order = order_of(shop, buyer, amount)
    return shop.ask("POST", f"/orders/{order['id']}/invoices", {}, status=201)


def test_a_whole_cycle(shop: Shop, buyer: str, on: object) -> None:
    mandate = mandate_of(shop, buyer)
    assert (mandate["state"], mandate["account_last4"]) == ("active", "3000")
    assert DEBTOR_IBAN not in str(mandate)
    paid, refused = (invoice_of(shop, buyer, amount) for amount in (119_00, 50_00))
    debits = [
        shop.ask(
            "POST",
            "/debits",
            {"mandate": mandate["id"], "invoices": [one["id"]], "wanted_on": DAY.isoformat()},
            status=201,
        )
        for one in (paid, refused)
    ]
    assert [one["collect_on"] for one in debits] == ["2026-03-17"] * 2
    again = shop.send("POST", "/debits", {"mandate": mandate["id"], "invoices": [paid["id"]]})
    assert (again.status_code, again.json()["code"]) == (409, "illegal_state")
    written = shop.ask("POST", "/debit-files", status=201)
    [file] = written["files"]
    assert (file["count"], file["amount"]["amount"], file["state"]) == (2, 169_00, "written")
    assert sum(group["amount"]["amount"] for group in file["groups"]) == 169_00
    got = shop.send("GET", f"/debit-files/{file['id']}/download")
    message = parse_direct_debits(got.content)
    assert message.message_id == file["message_id"]
    sent = shop.ask("POST", f"/debit-files/{file['id']}/sent")
    assert sent["state"] == "sent" and shop.ask("POST", f"/debit-files/{file['id']}/sent") == sent
    row = Debit.objects.get(id=parse_public_id("debit", debits[1]["id"]))
    report = status_report(row, "AC04", at=CLOCK.now())
    answer = shop.send("POST", "/debit-returns", raw=report, content_type="application/xml")
    assert answer.status_code == 201, answer.content
    assert (answer.json()["applied"], answer.json()["findings"]) == (1, [])
    shown = shop.ask("GET", f"/debits/{debits[1]['id']}")
    assert (shown["state"], shown["next_step"]) == ("rejected", "ask_for_account")
    assert shop.ask("GET", f"/mandates/{mandate['id']}")["state"] == "suspended"
    on(DAY + timedelta(days=1))
    calendar.tend(seller_id=shop.seller.id, at=CLOCK.now())
    assert shop.ask("GET", f"/debits/{debits[0]['id']}")["state"] == "settled"
    assert shop.ask("GET", f"/invoices/{paid['id']}")["state"] == "paid"
    assert shop.ask("GET", f"/invoices/{refused['id']}")["state"] == "open"
    listed = shop.ask("GET", f"/debits?buyer={buyer}&limit=1")
    assert len(listed["data"]) == 1 and listed["has_more"]


def test_goods_wait_until_the_funds_are_good(shop: Shop, buyer: str, on: object) -> None:
    mandate = mandate_of(shop, buyer)
    order = order_of(shop, buyer)
    address = f"/orders/{order['id']}"
    assert shop.ask("GET", f"{address}/release")["may_ship"] is True
    said = shop.ask("PUT", f"/buyers/{buyer}/ship-after", {"ship_after": "funds_good"})
    assert said["ship_after"] == "funds_good"
    assert shop.ask("GET", f"{address}/release")["waits_for"] == "debit"
    given = {"mandate": mandate["id"], "order": order["id"]}
    debit = shop.ask("POST", "/debits", given, status=201)
    release = shop.ask("GET", f"{address}/release")
    # B2B: Tuesday 17 March, three banking days of returns, and the day after.
    assert (release["may_ship"], release["release_on"]) == (False, "2026-03-21")
    refused = shop.send("POST", f"{address}/shipments", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "funds_not_good")
    [file] = shop.ask("POST", "/debit-files", status=201)["files"]
    shop.ask("POST", f"/debit-files/{file['id']}/sent")
    for day in (DAY + timedelta(days=1), date(2026, 3, 21)):
        on(day)
        calendar.tend(seller_id=shop.seller.id, at=CLOCK.now())
    assert shop.ask("GET", f"/debits/{debit['id']}")["good_at"] is not None
    assert shop.ask("GET", f"{address}/release")["may_ship"] is True
    shop.ask("POST", f"{address}/shipments", {}, status=201)
    calendar.tend(seller_id=shop.seller.id, at=CLOCK.now())
    [invoice] = shop.ask("GET", f"/invoices?buyer={buyer}")["data"]
    assert invoice["state"] == "paid"


def test_mandates_are_checked_signed_and_ended(shop: Shop, buyer: str, on: object) -> None:
    wrong = {"buyer": buyer, "scheme": "sepa_core", "debtor_name": "N", "account": "DE00123"}
    refused = shop.send("POST", "/mandates", wrong)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_mandate")
    pending = mandate_of(shop, buyer, signature=None)
    assert pending["state"] == "pending"
    signed = shop.ask(
        "POST", f"/mandates/{pending['id']}/sign", {"signature": {"name": "Anna Nord"}}
    )
    assert (signed["state"], signed["signed_on"]) == ("active", DAY.isoformat())
    ach = mandate_of(shop, buyer, scheme="ach_ccd", account="123456789", bank=ROUTING)
    assert ach["account_kind"] == "checking"
    assert shop.ask("POST", f"/mandates/{ach['id']}/suspend")["state"] == "suspended"
    assert shop.ask("POST", f"/mandates/{ach['id']}/resume")["state"] == "active"
    gone = shop.ask("POST", f"/mandates/{ach['id']}/cancel", {"reason": "moved"})
    assert (gone["state"], gone["reason"]) == ("canceled", "moved")
    assert shop.send("POST", f"/mandates/{ach['id']}/resume").status_code == 409
    assert [one["state"] for one in shop.ask("GET", "/mandates?state=active")["data"]] == ["active"]


def test_another_seller_sees_nothing_and_a_reader_no_account(
    shop: Shop, buyer: str, on: object
) -> None:
    mandate = mandate_of(shop, buyer)
    invoice = invoice_of(shop, buyer)
    shop.ask("POST", "/debits", {"mandate": mandate["id"], "invoices": [invoice["id"]],
                                 "wanted_on": DAY.isoformat()}, status=201)  # fmt: skip
    [file] = shop.ask("POST", "/debit-files", status=201)["files"]
    stranger = onboarding.create_seller(
        name="X", handle=f"x-{shop.seller.handle}", country="IT", currency="EUR",
        time_zone="Europe/Rome", at=CLOCK.now(),
    )  # fmt: skip
    other = shop_of(stranger, at=CLOCK.now())
    for path in (f"/mandates/{mandate['id']}", f"/debit-files/{file['id']}/download"):
        assert other.send("GET", path).status_code == 404
    assert other.send("POST", f"/debit-files/{file['id']}/sent").status_code == 404
    reader = shop_of(shop.seller, scopes=("payments:read",), at=CLOCK.now())
    assert reader.send("GET", f"/debit-files/{file['id']}").status_code == 200
    assert reader.send("GET", f"/debit-files/{file['id']}/download").status_code == 403


def test_what_is_no_answer_is_refused_whole(shop: Shop, buyer: str, on: object) -> None:
    for body in (b"<a/>", b"no file of anybody", b"101 231380104"):
        response = shop.send("POST", "/debit-returns", raw=body, content_type="text/plain")
        assert response.status_code in (400, 422), response.content
    assert shop.ask("GET", "/debit-returns")["data"] == []
