"""Files and links for invoices over HTTP. Amounts are cents."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.flows import books
from usance.rules.attachments import LARGEST_ATTACHMENT

from .conftest import Shop, shop_of

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def order(shop: Shop) -> Any:
    buyer = shop.ask("POST", "/buyers", {"name": "Nordwind", "country": "IT"}, status=201)["id"]
    limit = {"limit": {"amount": 1_000_000, "currency": "EUR"}}
    shop.ask("PUT", f"/buyers/{buyer}/credit-line", limit)
    amount = {"amount": 10_000, "currency": "EUR"}
    return shop.ask("POST", "/orders", {"buyer": buyer, "amount": amount}, status=201)["id"]


def body(data: bytes = PDF, **fields: Any) -> dict[str, Any]:
    return {"content": base64.b64encode(data).decode(), "file_name": "note.pdf"} | fields


def send_form(shop: Shop, path: str, **fields: Any) -> Any:
    raw = encode_multipart(BOUNDARY, fields)
    return shop.send("POST", path, raw=raw, content_type=MULTIPART_CONTENT)


def test_a_file_goes_with_the_invoice_and_comes_back_as_it_was(shop: Shop, order: str) -> None:
    path = f"/orders/{order}/attachments"
    made = shop.ask("POST", path, body(reference="DN 87", external_id="f-1"), status=201)
    assert (made["reference"], made["media_type"], made["size"]) == ("DN 87", "application/pdf", 15)
    assert (made["order"], made["shipment"], made["invoice"]) == (order, None, None)
    link = {"url": "https://files.example/pod", "description": "Proof of delivery"}
    shop.ask("POST", path, link, status=201)
    invoice = shop.ask("POST", f"/orders/{order}/invoices", {}, status=201)["id"]
    listed = shop.ask("GET", f"/invoices/{invoice}/attachments")["data"]
    assert [(one["file_name"], one["url"], one["invoice"]) for one in listed] == [
        ("note.pdf", "", invoice),
        ("", "https://files.example/pod", invoice),
    ]
    assert shop.ask("GET", path)["data"] == listed
    file = shop.send("GET", f"/attachments/{made['id']}/file")
    assert (file.content, file["Content-Type"]) == (PDF, "application/pdf")
    assert file["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in file["Content-Security-Policy"]
    shop.ask("GET", f"/attachments/{listed[1]['id']}/file", status=404)
    refused = shop.ask("DELETE", f"/attachments/{made['id']}", status=409)
    assert refused["code"] == "illegal_state"
    xml = shop.send("GET", f"/invoices/{invoice}/document?format=cii")
    if xml.status_code == 200:
        assert base64.b64encode(PDF) in xml.content


def test_a_form_brings_the_same_as_json(shop: Shop, order: str) -> None:
    path = f"/orders/{order}/attachments"
    file = SimpleUploadedFile("note.pdf", PDF)
    made = send_form(shop, path, file=file, reference="DN 87")
    assert made.status_code == 201, made.content
    again = shop.ask("POST", path, body(), status=201)
    assert again["id"] == made.json()["id"]


def test_a_shipments_own(shop: Shop, order: str) -> None:
    buyer = shop.ask("GET", f"/orders/{order}")["buyer"]
    shop.ask("PUT", f"/buyers/{buyer}/billing-profile", {"schedule": "monthly:last"})
    shipped = shop.ask("POST", f"/orders/{order}/shipments", status=201)["shipment"]["id"]
    path = f"/shipments/{shipped}/attachments"
    made = shop.ask("POST", path, body(), status=201)
    assert made["shipment"] == shipped
    assert [one["id"] for one in shop.ask("GET", path)["data"]] == [made["id"]]
    removed = shop.ask("DELETE", f"/attachments/{made['id']}")
    assert removed["id"] == made["id"]
    assert shop.ask("GET", path)["data"] == []


def test_the_same_key_answers_once(shop: Shop, order: str) -> None:
    path = f"/orders/{order}/attachments"
    first = shop.send("POST", path, body(), once="k-1")
    again = shop.send("POST", path, body(), once="k-1")
    assert (again.json(), again["Idempotency-Replayed"]) == (first.json(), "true")
    other = shop.send("POST", path, body(PDF + b" "), once="k-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({}, 422, "unsuitable_attachment"),
        ({"content": "???"}, 422, "invalid_request"),
        (body(b"<html>"), 422, "unsuitable_attachment"),
        (body(url="https://a.example/x"), 422, "unsuitable_attachment"),
        ({"url": "http://a.example/x"}, 422, "unsuitable_attachment"),
        (body(kind="x"), 422, "invalid_request"),
        (body(PDF + bytes(LARGEST_ATTACHMENT)), 422, "invalid_request"),
        (body(PDF + bytes(LARGEST_ATTACHMENT * 2)), 413, "too_large"),
    ],
)
def test_what_cannot_be_attached_leaves_nothing(
    shop: Shop, order: str, sent: dict[str, Any], status: int, code: str
) -> None:
    with books.nothing_written(shop.seller):
        refused = shop.ask("POST", f"/orders/{order}/attachments", sent, status=status)
    assert refused["code"] == code, refused


def test_a_stranger_finds_none_of_it(shop: Shop, order: str, other: Any, at: Any) -> None:
    made = shop.ask("POST", f"/orders/{order}/attachments", body(), status=201)["id"]
    stranger = shop_of(other, at=at)
    for method, path in (
        ("GET", f"/orders/{order}/attachments"),
        ("POST", f"/orders/{order}/attachments"),
        ("GET", f"/attachments/{made}/file"),
        ("DELETE", f"/attachments/{made}"),
    ):
        stranger.ask(method, path, body() if method == "POST" else None, status=404)


@pytest.fixture
def other(at: Any) -> Any:
    from usance.flows import onboarding

    return onboarding.create_seller(
        name="Another",
        handle="another",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=at,
    )
