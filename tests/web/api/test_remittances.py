"""Remittance advices over HTTP: taken once, shown whole, joined and parted."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from tests.formats import remittances
from usance.formats import x12

from .conftest import Shop


def send(shop: Shop, raw: bytes, *, once: str | None = None, **said: str) -> Any:
    query = f"?{urlencode(said)}" if said else ""
    return shop.send(
        "POST",
        f"/remittances{query}",
        raw=raw,
        content_type="application/octet-stream",
        once=once,
    )


def test_an_advice_is_taken_once_and_shown_whole(shop: Shop) -> None:
    first = send(shop, remittances.X12, once="k1", file_name="advice.edi")
    assert first.status_code == 201, first.content
    taken = first.json()
    assert (taken["new"], taken["format"], taken["advices"]) == (True, "x12.820", 1)
    [advice] = taken["remittances"]
    assert (advice["state"], advice["payment"], advice["findings"]) == ("waiting", None, [])
    assert advice["amount"] == {"amount": 133_000, "currency": "EUR"}
    assert [line["paid"]["amount"] for line in advice["lines"]] == [98_000, 45_000, -10_000]
    assert advice["lines"][1]["deductions"][0]["code"] == "06"
    assert send(shop, remittances.X12).json()["new"] is False
    assert shop.ask("GET", f"/remittances/{advice['id']}") == advice
    listed = shop.ask("GET", "/remittances?state=waiting")["data"]
    assert [one["id"] for one in listed] == [advice["id"]]


def test_an_interchange_of_x12_is_acknowledged(shop: Shop) -> None:
    [advice] = send(shop, remittances.X12).json()["remittances"]
    where = f"/remittances/{advice['id']}/acknowledgement"
    first, second = shop.send("GET", where), shop.send("GET", where)
    assert (first.status_code, first["Content-Type"]) == (200, "application/edi-x12")
    assert first.content == second.content
    answer = x12.read(first.content)
    assert (answer.header.get(6).strip(), answer.header.get(8).strip()) == (
        "987654321",
        "123456789",
    )
    [one] = answer.sets
    assert one.kind == "997"
    assert [(s.tag, *s.elements) for s in one.segments if s.tag in ("AK1", "AK2", "AK5")] == [
        ("AK1", "RA", "42"), ("AK2", "820", "0001"), ("AK5", "A"),
    ]  # fmt: skip
    [other] = send(shop, remittances.TABLE).json()["remittances"]
    assert shop.send("GET", f"/remittances/{other['id']}/acknowledgement").status_code == 404


def test_a_mapping_and_a_layout_are_said_once(shop: Shop) -> None:
    odd = b"Zettel;Wieviel\nRE-1001;980,00\n"
    assert send(shop, odd).json()["code"] == "unknown_table"
    said = '{"columns": {"document": "Zettel", "paid": "Wieviel"}, "decimal_mark": ","}'
    [advice] = send(shop, odd, mapping=said).json()["remittances"]
    assert advice["lines"][0]["paid"] == {"amount": 98_000, "currency": "EUR"}
    [later] = send(shop, odd.replace(b"980", b"970")).json()["remittances"]
    assert later["lines"][0]["paid"]["amount"] == 97_000
    for wrong in ('{"columns": {"no": "Zettel"}}', "[]", "{"):
        assert send(shop, odd, mapping=wrong).json()["code"] == "invalid_mapping"
    fields = {"overflow.document": [12, 20], "overflow.amount": [32, 10]}
    assert shop.ask("PUT", "/lockbox-layout", {"fields": fields})["fields"] == fields
    assert shop.ask("GET", "/lockbox-layout")["fields"] == fields
    refused = shop.ask("PUT", "/lockbox-layout", {"fields": {"x": [1, 1]}}, status=422)
    assert refused["code"] == "invalid_layout"


def test_an_advice_is_joined_by_hand_and_parted(shop: Shop) -> None:
    [advice] = send(shop, remittances.TABLE).json()["remittances"]
    paid = shop.ask(
        "POST",
        "/payments",
        {"amount": {"amount": 500, "currency": "EUR"}, "received_on": "2026-03-01"},
        status=201,
    )
    joined = shop.ask("POST", f"/remittances/{advice['id']}/join", {"payment": paid["id"]})
    assert (joined["state"], joined["payment"], joined["found_by"]) == (
        "joined",
        paid["id"],
        "person",
    )
    listed = shop.ask("GET", f"/remittances?payment={paid['id']}")["data"]
    assert [one["id"] for one in listed] == [advice["id"]]
    assert shop.ask("POST", f"/remittances/{advice['id']}/part")["state"] == "waiting"
    assert shop.ask("POST", f"/remittances/{advice['id']}/dismiss")["state"] == "dismissed"
    refused = shop.send("POST", f"/remittances/{advice['id']}/part")
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal_state")


def test_what_cannot_be_read_says_where(shop: Shop) -> None:
    refused = send(shop, b"Invoice number;Amount paid EUR\nRE-1;10x\n")
    assert refused.status_code == 422
    problem = refused.json()
    assert problem["code"] == "invalid_amount"
    assert shop.ask("GET", "/remittances")["data"] == []
    assert shop.send("GET", "/remittances/rmt_" + "0" * 32).status_code == 404
