"""Documents over the API: as files, sent, followed, and what comes back handed in."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.flows.delivered import attend, only
from usance.flows import onboarding
from usance.flows.deliveries import queueing
from usance.flows.deliveries.carriers import Carriers
from usance.gateways.mail.memory import MemoryMail
from usance.records.deliveries.models import Delivery
from usance.records.identity import parse_public_id

from .conftest import Shop, shop_of

EUR = {"currency": "EUR"}
PLACE = {"street": "Hafenstraße 1", "city": "Hamburg", "postal_code": "20457", "country": "DE"}


@pytest.fixture
def invoice(shop: Shop, at: datetime) -> dict[str, Any]:
    """An invoice to a buyer in Hamburg that wants e-mail, of a seller that has said who it is."""
    details = {
        "legal_name": "Officine Brera S.r.l.",
        "address": {"line_1": "Via Brera 12", "city": "Milano", "post_code": "20121"},
        "vat_id": "IT00743110157",
    }
    shop.ask("PUT", "/seller", details)
    buyer = shop.ask(
        "POST",
        "/buyers",
        {"name": "Nordwind", "country": "DE", "email": "pay@nordwind.example"},
        status=201,
    )["id"]
    shop.ask("PUT", f"/buyers/{buyer}/credit-line", {"limit": EUR | {"amount": 10**7}})
    order = shop.ask(
        "POST",
        "/orders",
        {"buyer": buyer, "amount": EUR | {"amount": 100_000}, "ship_to": PLACE},
        status=201,
    )["id"]
    found: dict[str, Any] = shop.ask("POST", f"/orders/{order}/invoices", {}, status=201)
    queueing.queue_issued(
        shop.seller, kind="invoice", subject_id=parse_public_id("invoice", found["id"]), at=at
    )
    return found


def test_a_file_in_each_format_and_the_same_one_again(shop: Shop, invoice: dict[str, Any]) -> None:
    address = f"/invoices/{invoice['id']}/document"
    for format_, media_type, begins in (
        ("pdf", "application/pdf", b"%PDF"),
        ("facturx", "application/pdf", b"%PDF"),
        ("ubl", "application/xml", b"<?xml"),
        ("cii", "application/xml", b"<?xml"),
    ):
        first = shop.send("GET", f"{address}?format={format_}")
        assert first.status_code == 200, first.content
        assert first["Content-Type"] == media_type
        assert first.content.startswith(begins)
        assert invoice["number"] in first["Content-Disposition"]
        assert first["ETag"].strip('"') == hashlib.sha256(first.content).hexdigest()
        assert shop.send("GET", f"{address}?format={format_}").content == first.content
    hindi = shop.send("GET", f"{address}?format=pdf&language=hi")
    assert hindi.content != shop.send("GET", address).content


def test_what_is_missing_for_a_format_is_listed(shop: Shop, invoice: dict[str, Any]) -> None:
    problem = shop.ask("GET", f"/invoices/{invoice['id']}/document?format=peppol", status=422)
    assert problem["code"] == "format_unavailable"
    told = [error["detail"] for error in problem["errors"]]
    assert any("Set endpoint in the seller details" in one for one in told)
    assert any("Set endpoint in the billing profile" in one for one in told)
    assert {error["parameter"] for error in problem["errors"]} == {"format"}


def test_what_is_another_sellers_is_not_there(
    shop: Shop, invoice: dict[str, Any], at: datetime
) -> None:
    stranger = onboarding.create_seller(
        name="Altra",
        handle=f"altra-{invoice['id'][-12:]}",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=at,
    )
    other = shop_of(stranger, at=at)
    row = only(shop.seller, channel="email")
    delivery = f"dlv_{row.id.hex}"
    for method, path in (
        ("GET", f"/invoices/{invoice['id']}/document"),
        ("GET", f"/invoices/{invoice['id']}/deliveries"),
        ("POST", f"/invoices/{invoice['id']}/send"),
        ("GET", f"/deliveries/{delivery}"),
        ("POST", f"/deliveries/{delivery}/resend"),
    ):
        other.ask(method, path, {} if method == "POST" else None, status=404)
    assert other.ask("GET", "/deliveries")["data"] == []
    assert Delivery.objects.filter(seller_id=stranger.id).count() == 0


def test_sent_followed_and_sent_again(shop: Shop, invoice: dict[str, Any], at: datetime) -> None:
    attend(only(shop.seller, channel="email"), Carriers(mail=MemoryMail()), at=at)
    stories = shop.ask("GET", f"/invoices/{invoice['id']}/deliveries")["data"]
    by_mail = next(one for one in stories if one["channel"] == "email")
    assert by_mail["state"] == "sent"
    assert [event["type"] for event in by_mail["history"]] == ["document.queued", "document.sent"]
    assert by_mail["history"][0]["object_id"] == by_mail["id"]

    once = {"once": "resend-1"}
    path = f"/deliveries/{by_mail['id']}/resend"
    first = shop.send("POST", path, {"recipient": "boss@nordwind.example"}, **once)
    again = shop.send("POST", path, {"recipient": "boss@nordwind.example"}, **once)
    assert (first.status_code, first.json()) == (202, again.json())
    assert (first.json()["previous"], first.json()["recipient"]) == (
        by_mail["id"],
        "boss@nordwind.example",
    )
    listed = shop.ask("GET", "/deliveries?channel=email&state=queued")["data"]
    assert [one["id"] for one in listed] == [first.json()["id"]]

    made = shop.ask(
        "POST",
        f"/invoices/{invoice['id']}/send",
        {"channel": "email", "recipient": "x@y.example"},
        status=202,
    )["data"]
    assert [one["recipient"] for one in made] == ["x@y.example"]
    refused = shop.ask(
        "POST",
        f"/invoices/{invoice['id']}/send",
        {"channel": "sdi", "recipient": "x@y.example"},
        status=422,
    )
    assert refused["code"] == "invalid_recipient"


def test_a_bounce_is_handed_in(shop: Shop, invoice: dict[str, Any], at: datetime) -> None:
    row = attend(only(shop.seller, channel="email"), Carriers(mail=MemoryMail()), at=at)
    bounce = (
        "From: mailer-daemon@nordwind.example\r\nSubject: failed\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.nordwind.example\r\n\r\n"
        "Final-Recipient: rfc822; pay@nordwind.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 no such user\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: <{row.reference}>\r\n\r\n--b--\r\n"
    ).encode()
    for _ in range(2):
        answer = shop.send(
            "POST", "/receipts?source=email", raw=bounce, content_type="application/octet-stream"
        )
        assert answer.status_code == 201, answer.content
    shown = answer.json()
    assert (shown["delivery"], shown["code"], shown["problem"]) == (
        f"dlv_{row.id.hex}",
        "5.1.1",
        "",
    )
    now = shop.ask("GET", f"/deliveries/dlv_{row.id.hex}")
    assert (now["state"], now["reason"]) == ("bounced", "550 no such user")


def test_a_download_is_opened_when_it_is_fetched(shop: Shop, invoice: dict[str, Any]) -> None:
    made = shop.ask("POST", f"/invoices/{invoice['id']}/send", {"channel": "download"}, status=202)[
        "data"
    ]
    row = Delivery.objects.get(id=parse_public_id("delivery", made[0]["id"]))
    assert attend(row, Carriers(), at=datetime.now(UTC)).state == "delivered"
    shop.send("GET", f"/invoices/{invoice['id']}/document?format=facturx")
    assert shop.ask("GET", f"/deliveries/{made[0]['id']}")["state"] == "opened"


def test_a_credit_note_has_a_document_of_its_own(
    shop: Shop, invoice: dict[str, Any], at: datetime
) -> None:
    note = shop.ask(
        "POST",
        f"/invoices/{invoice['id']}/credit-notes",
        {"amount": EUR | {"amount": 10_000}, "reason": "Damaged"},
        status=201,
    )
    file = shop.send("GET", f"/credit-notes/{note['id']}/document?format=ubl")
    assert file.status_code == 200, file.content
    assert b"<CreditNote" in file.content or b":CreditNote" in file.content
    assert note["number"].encode() in file.content
    shop.ask("POST", f"/credit-notes/{note['id']}/send", {"channel": "portal"}, status=202)
    [story] = shop.ask("GET", f"/credit-notes/{note['id']}/deliveries")["data"]
    assert (story["kind"], story["document"]) == ("credit_note", note["id"])


def test_a_statement_of_account_is_a_document(shop: Shop, invoice: dict[str, Any]) -> None:
    address = f"/buyers/{invoice['buyer']}/statement/document"
    found = shop.send("GET", f"{address}?currency=EUR&language=it")
    assert found["Content-Type"] == "application/pdf"
    assert found.content.startswith(b"%PDF")
    assert shop.ask("GET", f"{address}?currency=EUR&on=2099-01-01", status=422)["code"] == (
        "invalid_period"
    )
    assert shop.ask("GET", f"{address}?currency=XXX", status=422)["code"]


def test_a_statement_is_sent_on_demand_and_listed(
    shop: Shop, invoice: dict[str, Any], settings: Any
) -> None:
    settings.EMAIL_HOST = "localhost"
    address = f"/buyers/{invoice['buyer']}/statement"
    table = shop.send("GET", f"{address}/document?currency=EUR&format=csv")
    assert table["Content-Type"].startswith("text/csv")
    assert b"open_item" in table.content
    sent = shop.ask("POST", f"{address}/send", status=202)
    assert (sent["period"], sent["recipients"]) == (None, ["pay@nordwind.example"])
    assert sent["accounts"] == [{"currency": "EUR", "open": 100_000, "overdue": 0}]
    assert shop.ask("GET", f"/sent-statements?buyer={invoice['buyer']}")["data"] == [sent]
    schedule = {"every": "weekly", "day": 5}
    set_ = shop.ask("PUT", f"/statement-schedule?buyer={invoice['buyer']}", schedule)
    assert set_ == {"object": "statement_schedule", "own": True} | schedule
    assert shop.ask("GET", "/statement-schedule")["every"] == "never"
    own = f"/statement-schedule?buyer={invoice['buyer']}"
    assert shop.ask("DELETE", own)["own"] is False
    assert shop.ask("DELETE", own, status=404)["code"] == "not_found"
    bad = shop.ask("PUT", "/statement-schedule", schedule | {"day": 8}, status=422)
    assert bad["code"] == "invalid_statement_schedule"
