"""Cash application over HTTP: what is proposed, accepted, undone, given back, disputed and written off."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flows import books
from usance.flows import onboarding

from .conftest import Shop, shop_of

EUR = {"amount": 20_000, "currency": "EUR"}


@pytest.fixture
def buyer(shop: Shop) -> str:
    id_ = shop.ask("POST", "/buyers", {"name": "Nordwind", "country": "DE"}, status=201)["id"]
    shop.ask("PUT", f"/buyers/{id_}/credit-line", {"limit": EUR | {"amount": 900_000}})
    return str(id_)


def invoiced(shop: Shop, buyer: str, amount: int = 20_000) -> Any:
    order = shop.ask(
        "POST", "/orders", {"buyer": buyer, "amount": EUR | {"amount": amount}}, status=201
    )
    return shop.ask("POST", f"/orders/{order['id']}/invoices", status=201)


def bring(shop: Shop, amount: str, text: str) -> Any:
    """What became of one bank line."""
    table = (
        f"Date,Amount,Currency,Counterparty,Description\n2026-03-20,{amount},EUR,Nordwind,{text}\n"
    )
    taken = shop.send("POST", "/bank-statements", raw=table.encode(), content_type="text/csv")
    assert taken.status_code == 201, taken.content
    [line] = shop.ask("GET", f"/bank-transactions?statement={taken.json()['id']}")["data"]
    return line


def test_a_proposal_is_accepted_undone_and_dismissed(shop: Shop, buyer: str) -> None:
    first, second = invoiced(shop, buyer), invoiced(shop, buyer)
    line = bring(shop, "200.00", "thanks")
    assert (line["outcome"], line["set_aside"]) == ("proposed", None)
    payment = shop.ask("GET", f"/payments/{line['payment']}")
    assert payment["match"]["state"] == "open"
    assert {one["code"] for one in payment["held_back"]} >= {"ambiguous"}
    assert all(one["text"] for one in payment["match"]["reasons"])
    [shown] = shop.ask("GET", "/match-proposals?state=open")["data"]
    assert shown["id"] == payment["match"]["proposal"]
    named = [one["shares"][0]["invoice"] for one in shown["readings"]]
    assert set(named) == {first["id"], second["id"]}
    missing = shop.send("POST", f"/match-proposals/{shown['id']}/accept", {"reading": 7})
    assert missing.status_code == 404
    one = named.index(second["id"])
    for _ in range(2):
        taken = shop.send(
            "POST", f"/match-proposals/{shown['id']}/accept", {"reading": one}, once="a"
        )
        assert (taken.status_code, taken.json()["state"]) == (200, "accepted")
    assert taken["Idempotency-Replayed"] == "true"
    assert shop.ask("GET", f"/invoices/{second['id']}")["state"] == "paid"
    undone = shop.ask("POST", f"/payments/{payment['id']}/undo-match")
    assert (undone["unapplied"]["amount"], undone["match"]["state"]) == (20_000, "undone")
    assert shop.ask("GET", f"/invoices/{second['id']}")["state"] == "open"
    again = shop.send("POST", f"/payments/{payment['id']}/undo-match")
    assert (again.status_code, again.json()["code"]) == (409, "illegal_state")
    other = bring(shop, "200.00", "more thanks")
    proposal = shop.ask("GET", f"/payments/{other['payment']}")["match"]["proposal"]
    gone = shop.ask("POST", f"/match-proposals/{proposal}/dismiss")
    assert gone["state"] == "dismissed"
    assert books.broken(shop.seller) == []


def test_what_is_sure_says_why(shop: Shop, buyer: str) -> None:
    invoice = invoiced(shop, buyer)
    line = bring(shop, "200.00", invoice["number"])
    payment = shop.ask("GET", f"/payments/{line['payment']}")
    assert (line["outcome"], payment["match"]["state"]) == ("matched", "booked")
    assert (payment["match"]["rule"], payment["held_back"]) == ("reference", [])
    assert payment["match"]["confidence"] >= 9_900
    codes = [reason["code"] for reason in payment["match"]["reasons"]]
    assert "reference_exact" in codes
    away = shop.ask("POST", f"/payments/{payment['id']}/unidentify")
    assert (away["buyer"], away["state"]) == (None, "unapplied")
    assert books.broken(shop.seller) == []


def test_money_is_given_back_and_taken_back(shop: Shop, buyer: str) -> None:
    invoice = invoiced(shop, buyer)
    money = {"amount": EUR | {"amount": 25_000}, "received_on": "2026-03-02", "buyer": buyer}
    payment = shop.ask("POST", "/payments", money, status=201)["id"]
    pair = {"payment": payment, "invoice": invoice["id"]}
    made = shop.ask("POST", "/allocations", pair, status=201)
    assert (made["used"], made["deduction"]["amount"], made["deduction_kind"]) == (EUR, 0, None)
    back = {"amount": EUR | {"amount": 2_000}, "reason": "twice", "external_id": "R1"}
    for _ in range(2):
        refund = shop.ask("POST", f"/payments/{payment}/refund", back, status=201)
    assert (refund["kind"], refund["amount"]["amount"]) == ("refund", 2_000)
    too_much = shop.send("POST", f"/payments/{payment}/refund", {"amount": EUR})
    assert (too_much.status_code, too_much.json()["code"]) == (422, "amount_too_large")
    returned = {"reason_code": "AC04", "on": "2026-03-09", "fee": EUR | {"amount": 500}}
    shop.ask("POST", f"/payments/{payment}/return", returned, status=201)
    kept = shop.ask("GET", f"/payments/{payment}")
    assert (kept["state"], kept["returned"]["amount"], kept["refunded"]["amount"]) == (
        "returned",
        23_000,
        2_000,
    )
    assert shop.ask("GET", f"/invoices/{invoice['id']}")["outstanding"] == EUR
    assert books.broken(shop.seller) == []


def test_rules_are_what_was_set(shop: Shop) -> None:
    usual = shop.ask("GET", "/matching-rules")
    assert (usual["self_book_from"], usual["second_person_from"]) == (9_900, None)
    shop.ask("PUT", "/matching-rules", {"self_book_from": 9_950, "second_person_from": 0})
    kept = shop.ask("GET", "/matching-rules")
    assert (kept["self_book_from"], kept["second_person_from"]) == (9_950, 0)
    refused = shop.send("PUT", "/matching-rules", {"self_book_from": 8_999})
    assert refused.status_code == 422


def test_a_dispute_is_opened_listed_and_credited(shop: Shop, buyer: str) -> None:
    invoice = invoiced(shop, buyer)
    said = {"reason_code": "quantity", "amount": EUR | {"amount": 5_000}, "words": "one short"}
    dispute = shop.ask("POST", f"/invoices/{invoice['id']}/dispute", said, status=201)
    assert (dispute["state"], dispute["invoice"]) == ("open", invoice["id"])
    more = shop.send(
        "POST", f"/invoices/{invoice['id']}/dispute", {"reason_code": "tax", "amount": EUR}
    )
    assert (more.status_code, more.json()["code"]) == (422, "amount_too_large")
    assert [it["id"] for it in shop.ask("GET", "/disputes?state=open")["data"]] == [dispute["id"]]
    ended = shop.ask("POST", f"/disputes/{dispute['id']}/resolve", {"outcome": "credit"})
    assert (ended["state"], bool(ended["credit_note"])) == ("resolved_credit", True)
    assert shop.ask("GET", f"/invoices/{invoice['id']}")["outstanding"]["amount"] == 15_000
    again = shop.send("POST", f"/disputes/{dispute['id']}/resolve", {"outcome": "rejected"})
    assert again.status_code == 409
    assert shop.ask("GET", f"/disputes/{dispute['id']}")["state"] == "resolved_credit"


def test_a_key_asks_for_a_write_off_and_approves_none(shop: Shop, buyer: str, at: Any) -> None:
    invoice = invoiced(shop, buyer)
    shop.ask("PUT", "/matching-rules", {"second_person_from": 10_000})
    alone = shop.send("POST", f"/invoices/{invoice['id']}/write-off", {"reason": "gone"})
    assert (alone.status_code, alone.json()["code"]) == (409, "second_person_needed")
    path = f"/invoices/{invoice['id']}/write-off-requests"
    asked = shop.ask("POST", path, {"reason": "gone"}, status=201)
    second = shop_of(shop.seller, scopes=onboarding.SCOPES, at=at)
    for key in (shop, second):
        approved = key.send("POST", f"/write-off-requests/{asked['id']}/approve")
        assert approved.status_code == 404
    [shown] = shop.ask("GET", "/write-off-requests")["data"]
    assert (shown["id"], shown["state"], shown["seconded_by"]) == (asked["id"], "open", "")
    declined = second.ask("POST", f"/write-off-requests/{asked['id']}/decline")
    assert declined["state"] == "declined"
    assert shop.ask("GET", f"/invoices/{invoice['id']}")["state"] == "open"
    assert books.broken(shop.seller) == []


def test_scopes(shop: Shop, at: Any) -> None:
    reader = shop_of(shop.seller, scopes=["payments:read"], at=at)
    reader.ask("GET", "/match-proposals")
    assert reader.send("PUT", "/matching-rules", {}).status_code == 403
    assert reader.send("GET", "/disputes").status_code == 403
