"""Disputes about lines over HTTP: opened, talked about, by a day, and credited in part."""

from __future__ import annotations

import base64
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.flows import books

from .conftest import Shop

EUR = {"currency": "EUR"}


def test_lines_are_disputed_talked_about_and_credited(shop: Shop) -> None:
    buyer = shop.ask("POST", "/buyers", {"name": "Nordwind", "country": "DE"}, status=201)["id"]
    shop.ask("PUT", f"/buyers/{buyer}/credit-line", {"limit": EUR | {"amount": 900_000}})
    lines = [
        {"description": "Hex bolts", "amount": 12_200, "tax_amount": 2_200, "quantity": "10"},
        {"description": "Freight", "amount": 2_440, "tax_amount": 440, "quantity": "1"},
    ]
    wanted = {
        "buyer": buyer,
        "amount": EUR | {"amount": 14_640},
        "tax_amount": 2_640,
        "lines": lines,
    }
    order = shop.ask("POST", "/orders", wanted, status=201)
    invoice = shop.ask("POST", f"/orders/{order['id']}/invoices", status=201)
    rules = {"answer_days": 10, "warn_days": 3, "email": "carla@seller.example"}
    assert shop.ask("PUT", "/dispute-rules", rules)["answer_days"] == 10
    assert shop.ask("GET", "/dispute-rules")["email"] == "carla@seller.example"
    late = shop.send("PUT", "/dispute-rules", {"answer_days": 3, "warn_days": 4})
    assert (late.status_code, late.json()["code"]) == (422, "invalid_dispute_rules")

    path = f"/invoices/{invoice['id']}/dispute"
    said: dict[str, Any] = {
        "reason_code": "damaged",
        "lines": [{"line": "1", "quantity": "3"}, {"line": "2"}],
        "words": "Three are bent.",
    }
    for _ in range(2):
        made = shop.send("POST", path, said, once="bent")
        assert made.status_code == 201, made.content
    dispute = made.json()
    assert dispute["amount"] == EUR | {"amount": 3_660 + 2_440}
    assert [(it["line"], it["subject"]) for it in dispute["lines"]] == [
        ("1", "Hex bolts"),
        ("2", "Freight"),
    ]
    again = shop.send("POST", path, said)
    assert (again.status_code, again.json()["code"]) == (409, "illegal_state")

    address = f"/disputes/{dispute['id']}"
    asked = {"text": "A photo?", "name": "Carla"}
    shop.ask("POST", f"{address}/messages", asked, status=201)
    told = shop.ask(
        "POST",
        f"{address}/messages",
        {"text": "Here.", "name": "Eva", "author": "buyer"},
        status=201,
    )
    assert [(it["author"], it["text"]) for it in told["messages"]] == [
        ("seller", "A photo?"),
        ("buyer", "Here."),
    ]
    for query, count in (
        (f"answer_until={dispute['answer_by']}", 1),
        ("answer_until=2020-01-01", 0),
    ):
        assert len(shop.ask("GET", f"/disputes?state=open&{query}")["data"]) == count
    part = {"outcome": "credit", "lines": [{"line": "1"}], "words": "Three bent"}
    ended = shop.ask("POST", f"{address}/resolve", part)
    assert ended["state"] == "resolved_credit"
    left = shop.ask("GET", f"/invoices/{invoice['id']}")["outstanding"]["amount"]
    assert left == 14_640 - 3_660
    closed = shop.send("POST", f"{address}/messages", asked)
    assert (closed.status_code, closed.json()["code"]) == (409, "illegal_state")
    assert books.broken(shop.seller) == []


def test_files_are_handed_in_listed_and_fetched(shop: Shop) -> None:
    pdf, jpeg = b"%PDF-1.7\n%%EOF\n", b"\xff\xd8\xff\xe0 bent"
    buyer = shop.ask("POST", "/buyers", {"name": "Nordwind", "country": "DE"}, status=201)["id"]
    shop.ask("PUT", f"/buyers/{buyer}/credit-line", {"limit": EUR | {"amount": 900_000}})
    wanted = {"buyer": buyer, "amount": EUR | {"amount": 5_000}}
    order = shop.ask("POST", "/orders", wanted, status=201)
    invoice = shop.ask("POST", f"/orders/{order['id']}/invoices", status=201)
    path = f"/invoices/{invoice['id']}/dispute"
    dispute = shop.ask("POST", path, {"reason_code": "damaged"}, status=201)
    assert dispute["files"] == []
    address = f"/disputes/{dispute['id']}/files"

    note = {"content": base64.b64encode(pdf).decode(), "file_name": "note.pdf", "name": "Carla"}
    for _ in range(2):  # the same file again is the one that is there
        [kept] = shop.ask("POST", address, note, status=201)["files"]
    assert (kept["file_name"], kept["size"], kept["author"]) == ("note.pdf", len(pdf), "seller")
    sent = {
        "file": [SimpleUploadedFile("a.jpg", jpeg), SimpleUploadedFile("b.jpg", jpeg + b"!")],
        "name": "Eva",
        "author": "buyer",
        "text": "Bent, both of them.",
    }
    raw = encode_multipart(BOUNDARY, sent)
    for _ in range(2):
        made = shop.send("POST", address, raw=raw, content_type=MULTIPART_CONTENT, once="photos")
        assert made.status_code == 201, made.content
    [message] = made.json()["messages"]
    listed = shop.ask("GET", address)["data"]
    assert listed == made.json()["files"] == shop.ask("GET", "/disputes")["data"][0]["files"]
    assert [(it["file_name"], it["name"]) for it in listed] == [
        ("note.pdf", "Carla"),
        ("a.jpg", "Eva"),
        ("b.jpg", "Eva"),
    ]
    assert message["files"] == [it["id"] for it in listed[1:]]
    file = shop.send("GET", f"/dispute-files/{listed[1]['id']}/file")
    assert (file.content, file["Content-Type"]) == (jpeg, "image/jpeg")
    assert file["Content-Disposition"].startswith("attachment;")

    said = {"name": "Carla", "text": "No file."}
    shop.ask("POST", address, said, status=422)
    bad = shop.ask("POST", address, note | {"content": "PGh0bWw+"}, status=422)
    assert bad["code"] == "unsuitable_file"
    many = [SimpleUploadedFile(f"{n}.pdf", pdf) for n in range(6)]
    raw = encode_multipart(BOUNDARY, {"file": many, "name": "Carla"})
    most = shop.send("POST", address, raw=raw, content_type=MULTIPART_CONTENT)
    assert (most.status_code, most.json()["code"]) == (422, "invalid_request")
    shop.ask("POST", f"/disputes/{dispute['id']}/resolve", {"outcome": "rejected"})
    closed = shop.ask("POST", address, note, status=409)
    assert closed["code"] == "illegal_state"
    assert len(shop.ask("GET", address)["data"]) == 3
