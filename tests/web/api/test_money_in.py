"""Bank files over HTTP, and the reports on what is owed."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.formats.zip_archives import zipped
from usance.records.payments.models import BankStatement

from .conftest import Shop

EUR = {"amount": 12_200, "currency": "EUR"}


@pytest.fixture
def invoice(shop: Shop) -> Any:
    """An open invoice of EUR 122.00."""
    id_ = shop.ask("POST", "/buyers", {"name": "Nordwind", "country": "DE"}, status=201)["id"]
    shop.ask("PUT", f"/buyers/{id_}/credit-line", {"limit": EUR | {"amount": 50_000}})
    order = shop.ask("POST", "/orders", {"buyer": id_, "amount": EUR}, status=201)["id"]
    return shop.ask("POST", f"/orders/{order}/invoices", status=201)


def csv(reference: str) -> bytes:
    return (
        "Date,Amount,Currency,Counterparty,Reference\n"
        f"2026-03-20,122.00,EUR,Nordwind,{reference}\n"
        "2026-03-20,5.00,EUR,Nobody Known,thanks\n"
        "2026-03-20,-9.90,EUR,Bank,fees\n"
    ).encode()


def test_a_bank_file_pays_the_invoice_that_it_names(shop: Shop, invoice: Any) -> None:
    raw = csv(invoice["number"])
    response = shop.send(
        "POST", "/bank-statements?file_name=march.csv&account=IT1", raw=raw, content_type="text/csv"
    )
    assert response.status_code == 201, response.content
    statement = response.json()
    assert (statement["transactions"], statement["duplicates"]) == (3, 0)
    assert (statement["file_name"], statement["account"]) == ("march.csv", "IT1")
    paid = shop.ask("GET", f"/invoices/{invoice['id']}")
    assert (paid["state"], paid["outstanding"]["amount"]) == ("paid", 0)
    lines = shop.ask("GET", f"/bank-transactions?statement={statement['id']}")["data"]
    assert sorted((line["amount"]["amount"], line["state"]) for line in lines) == [
        (-990, "outgoing"),
        (500, "settled"),
        (12_200, "settled"),
    ]
    (settled,) = [line for line in lines if line["amount"]["amount"] == 12_200]
    payment = shop.ask("GET", f"/payments/{settled['payment']}")
    assert (payment["state"], payment["buyer"]) == ("allocated", invoice["buyer"])


def test_the_same_file_twice_changes_nothing(shop: Shop, invoice: Any) -> None:
    raw = csv(invoice["number"])
    first = shop.send("POST", "/bank-statements", raw=raw, content_type="text/csv", once="f")
    replayed = shop.send("POST", "/bank-statements", raw=raw, content_type="text/csv", once="f")
    again = shop.send("POST", "/bank-statements", raw=raw, content_type="text/csv")
    assert first.json() == replayed.json() == again.json()
    assert replayed["Idempotency-Replayed"] == "true"
    other = shop.send(
        "POST", "/bank-statements", raw=raw + b"\n", content_type="text/csv", once="f"
    )
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(shop.ask("GET", "/payments")["data"]) == 2


def test_a_form_brings_the_file_too(shop: Shop, invoice: Any) -> None:
    file = SimpleUploadedFile("bank.csv", csv(invoice["number"]), "text/csv")
    response = shop.client.post(
        "/v1/bank-statements",
        {"file": file},
        headers={"Authorization": f"Bearer {shop.key}"},
    )
    assert (response.status_code, response.json()["file_name"]) == (201, "bank.csv")
    assert shop.ask("GET", f"/invoices/{invoice['id']}")["state"] == "paid"


@pytest.mark.parametrize(
    ("raw", "media", "status", "code"),
    [
        (b"", "text/csv", 422, "invalid_request"),
        (b"%PDF-1.7 ...", "application/pdf", 422, "unknown_format"),
        (b"\x00\x01\x02", "application/octet-stream", 422, "unknown_format"),
        (b"<Document", "application/xml", 422, None),
        (b"no form", "multipart/form-data", 400, "bad_request"),
        (b"no form", "multipart/form-data; boundary=x", 422, "invalid_request"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    shop: Shop, raw: bytes, media: str, status: int, code: str | None
) -> None:
    response = shop.send("POST", "/bank-statements", raw=raw, content_type=media)
    assert response.status_code == status, response.content
    assert code is None or response.json()["code"] == code
    assert not BankStatement.objects.filter(seller_id=shop.seller.id).exists()


def test_a_fault_in_a_file_has_its_place(shop: Shop) -> None:
    raw = b"Date,Amount,Currency\n2026-03-20,1.00,EUR\n2026-03-21,one,EUR\n"
    response = shop.send("POST", "/bank-statements", raw=raw, content_type="text/csv")
    assert response.status_code == 422
    assert response.json()["errors"][0]["line"] == 3


def test_an_archive_is_taken_whole_or_not_at_all(shop: Shop, invoice: Any) -> None:
    data = zipped(("a.csv", csv(invoice["number"])), ("b.csv", b"Date,Amount\nnever,1\n"))
    refused = shop.send("POST", "/bank-archives", raw=data, content_type="application/octet-stream")
    assert refused.status_code == 422, refused.content
    assert refused.json()["detail"].startswith("b.csv: ")
    assert shop.ask("GET", "/bank-statements")["data"] == []
    data = zipped(("a.csv", csv(invoice["number"])))
    taken = shop.send("POST", "/bank-archives", raw=data, content_type="application/octet-stream")
    assert taken.status_code == 201, taken.content
    [file] = taken.json()["files"]
    assert (file["name"], file["new"]) == ("a.csv", True)
    assert shop.ask("GET", f"/bank-statements/{file['bank_statement']}")["transactions"] == 3
    assert shop.ask("GET", f"/invoices/{invoice['id']}")["state"] == "paid"
    wrong = shop.send("POST", "/bank-statements", raw=data, content_type="application/octet-stream")
    assert (wrong.status_code, "/v1/bank-archives" in wrong.json()["detail"]) == (422, True)


def test_a_file_beyond_the_limit_is_413(shop: Shop, settings: Any) -> None:
    settings.BANK_FILE_MAX_BYTES = 100
    for media in ("text/csv", "multipart/form-data; boundary=x"):
        response = shop.send("POST", "/bank-statements", raw=b"x" * 70_000, content_type=media)
        assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_a_file_larger_than_a_json_body_is_read(shop: Shop, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    response = shop.send("POST", "/bank-statements", raw=csv("x"), content_type="text/csv")
    assert response.status_code == 201


def test_the_reports_add_up(shop: Shop, invoice: Any) -> None:
    later = "2199-01-01"
    (row,) = shop.ask("GET", f"/reports/aging?on={later}")["data"]
    assert row["days_over_90"] == row["total"] == row["overdue"] == EUR
    assert row["buyer"] is None
    (row,) = shop.ask("GET", "/reports/aging?by=buyer&currency=EUR")["data"]
    assert (row["buyer"], row["not_due"], row["invoices"]) == (invoice["buyer"], EUR, 1)
    assert shop.ask("GET", "/reports/aging?on=1999-12-31")["data"] == []
    (row,) = shop.ask("GET", "/reports/dso?days=30")["data"]
    assert (row["sales"], row["receivable"], row["days"]) == (EUR, EUR, 30)
    (row,) = shop.ask("GET", "/reports/exposure")["data"]
    assert (row["exposure"], row["available"]["amount"]) == (EUR, 50_000 - 12_200)


def test_overdue_invoices_are_found(shop: Shop, invoice: Any) -> None:
    from usance.records.invoices.models import Invoice

    assert shop.ask("GET", "/invoices?overdue=true")["data"] == []
    Invoice.objects.filter(seller_id=shop.seller.id).update(due_on="2020-01-01")
    (found,) = shop.ask("GET", "/invoices?overdue=true")["data"]
    assert (found["id"], found["overdue"]) == (invoice["id"], True)
    assert found["days_overdue"] > 2000
    assert shop.ask("GET", f"/invoices?buyer={invoice['buyer']}&state=paid")["data"] == []


def test_webhook_endpoints_show_their_secret_once(shop: Shop) -> None:
    made = shop.ask(
        "POST",
        "/webhook-endpoints",
        {"url": "https://shop.example/hook", "types": ["order.authorized"]},
        status=201,
    )
    assert made["secret"].startswith("whsec_")
    path = f"/webhook-endpoints/{made['id']}"
    (listed,) = shop.ask("GET", "/webhook-endpoints")["data"]
    assert "secret" not in listed
    rotated = shop.ask("POST", f"{path}/rotate-secret")
    assert rotated["secret"] not in ("", made["secret"])
    assert shop.ask("POST", f"{path}/replay", {"since": "2026-01-01T00:00:00Z"})["events"] >= 0
    assert shop.ask("POST", f"{path}/disable")["state"] == "disabled"
    assert shop.ask("POST", f"{path}/enable")["state"] == "active"
    for body in ({}, {"since": "yesterday"}, {"event": "evt_1"}):
        assert shop.send("POST", f"{path}/replay", body).status_code == 422
    refused = shop.send("POST", "/webhook-endpoints", {"url": "ftp://a.example"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_webhook_endpoint")
