"""An order from the first question to the cash, over HTTP, with the credit after every step."""

from __future__ import annotations

import time
from typing import Any

from usance.records.events.models import Event

from .conftest import Shop


def eur(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "EUR"}


def credit_of(shop: Shop, buyer: str) -> tuple[int, ...]:
    """Commitments, receivable, unapplied cash and what is available, in cents."""
    (line,) = shop.ask("GET", f"/buyers/{buyer}/credit")["lines"]
    used = line["exposure"]
    figures = [used[name] for name in ("commitments", "receivable", "unapplied_cash")]
    assert (
        used["total"]["amount"]
        == figures[0]["amount"] + figures[1]["amount"] - figures[2]["amount"]
    )
    return (*(figure["amount"] for figure in figures), line["available"]["amount"])


def all_events(shop: Shop, *, count: int, limit: int) -> list[Any]:
    """Every event, page by page; waits for what other transactions on the server hold back."""
    found: list[Any] = []
    after = ""
    for _ in range(200):
        page = shop.ask("GET", f"/events?limit={limit}{after}")
        found += page["data"]
        assert len(page["data"]) == limit or not page["has_more"]
        if page["next"]:
            after = f"&after={page['next']}"
        if not page["has_more"]:
            if len(found) >= count:
                break
            time.sleep(0.05)
    return found


def test_from_the_first_question_to_the_cash(shop: Shop) -> None:
    buyer = shop.ask(
        "POST",
        "/buyers",
        {
            "name": "Nordwind Handels GmbH",
            "country": "DE",
            "external_id": "C-7",
            "metadata": {"a": 1},
        },
        status=201,
    )
    assert buyer["id"].startswith("buy_")
    assert (buyer["external_id"], buyer["metadata"]) == ("C-7", {"a": 1})
    id_ = buyer["id"]
    assert shop.ask("GET", f"/buyers/{id_}/credit")["lines"] == []

    line = shop.ask(
        "PUT", f"/buyers/{id_}/credit-line", {"limit": eur(500_000), "tolerance": 20_000}
    )
    assert line["available"] == eur(520_000)
    assert line["terms"] == ["net_30"]

    wanted = {
        "buyer": id_,
        "amount": eur(366_000),
        "tax_amount": 66_000,
        "po_number": "PO-1",
        "external_id": "S-1",
        "lines": [
            {
                "description": "Bolts",
                "quantity": "30.5",
                "amount": 366_000,
                "tax_amount": eur(66_000),
            }
        ],
    }
    intent = shop.ask("POST", "/order-intents", wanted)
    assert (intent["decision"], intent["up_to"]) == ("approved", eur(520_000))
    assert [offer["terms"] for offer in intent["offers"]] == ["net_30"]
    assert credit_of(shop, id_) == (0, 0, 0, 520_000)

    order = shop.ask("POST", "/orders", wanted, status=201)
    assert (order["decision"], order["state"], order["mark_as_paid"]) == (
        "approved",
        "authorized",
        True,
    )
    assert order["lines"][0]["quantity"] == "30.5"
    assert order["lines"][0]["amount"] == eur(366_000)
    assert credit_of(shop, id_) == (366_000, 0, 0, 154_000)
    at = f"/orders/{order['id']}"
    assert shop.ask("GET", at) == order | {"may_ship": True, "release_on": None}

    refused = shop.ask(
        "POST", "/orders", {"buyer_external_id": "C-7", "amount": eur(200_000)}, status=201
    )
    assert (refused["decision"], refused["mark_as_paid"]) == ("declined", False)
    assert refused["reasons"] == [{"code": "limit_exceeded", "buyer_safe": True}]
    assert refused["up_to"] == eur(154_000)
    decision = shop.ask("GET", f"/decisions/{refused['decision_id']}")
    assert decision["facts"]["commitments"] == 366_000
    assert [s["rule"] for s in decision["trace"] if not s["held"]] == ["limit_exceeded"]

    adjusted = shop.ask("POST", f"{at}/adjust", {"amount": eur(244_000)})
    assert adjusted["tax_amount"] == eur(44_000)
    assert credit_of(shop, id_) == (244_000, 0, 0, 276_000)

    invoice = shop.ask("POST", f"{at}/invoices", {"amount": eur(122_000)}, status=201)
    assert (invoice["tax_amount"], invoice["outstanding"]) == (eur(22_000), eur(122_000))
    assert credit_of(shop, id_) == (122_000, 122_000, 0, 276_000)

    voided = shop.ask("POST", f"{at}/void-remaining")
    assert (voided["state"], voided["voided"], voided["remaining"]) == (
        "invoiced",
        eur(122_000),
        eur(0),
    )
    assert credit_of(shop, id_) == (0, 122_000, 0, 398_000)

    note = shop.ask(
        "POST",
        f"/invoices/{invoice['id']}/credit-notes",
        {"amount": eur(12_200), "reason": "bent"},
        status=201,
    )
    assert note["tax_amount"] == eur(2_200)
    assert credit_of(shop, id_) == (0, 109_800, 0, 410_200)

    payment = shop.ask(
        "POST",
        "/payments",
        {"amount": eur(150_000), "received_on": "2026-03-20", "buyer": id_},
        status=201,
    )
    assert payment["unapplied"] == eur(150_000)
    assert credit_of(shop, id_) == (0, 109_800, 150_000, 560_200)

    made = shop.ask(
        "POST", "/allocations", {"payment": payment["id"], "invoice": invoice["id"]}, status=201
    )
    assert made["amount"] == eur(109_800)
    assert credit_of(shop, id_) == (0, 0, 40_200, 560_200)
    assert shop.ask("GET", f"/invoices/{invoice['id']}")["state"] == "paid"
    assert shop.ask("GET", f"/payments/{payment['id']}")["unapplied"] == eur(40_200)
    (owed,) = shop.ask("GET", f"/buyers/{id_}/statement")["balances"]
    assert (owed["owed"], owed["unapplied_cash"], owed["balance"]) == (
        eur(0),
        eur(40_200),
        eur(-40_200),
    )

    back = shop.ask("DELETE", f"/allocations/{made['id']}")
    assert (back["amount"], back["reverses"]) == (eur(-109_800), made["id"])
    assert credit_of(shop, id_) == (0, 109_800, 150_000, 560_200)
    (owed,) = shop.ask("GET", f"/buyers/{id_}/statement")["balances"]
    assert (owed["owed"], owed["balance"]) == (eur(109_800), eur(-40_200))
    assert [item["number"] for item in owed["open_items"]] == [invoice["number"]]

    gone = shop.ask("POST", f"/invoices/{invoice['id']}/write-off", {"reason": "small"})
    assert (gone["state"], gone["written_off"]) == ("written_off", eur(109_800))
    assert credit_of(shop, id_) == (0, 0, 150_000, 670_000)

    count = Event.objects.filter(seller_id=shop.seller.id).count()
    events = all_events(shop, count=count, limit=4)
    assert len({event["id"] for event in events}) == len(events) == count
    assert [e["type"] for e in events if e["object_id"] == order["id"]] == [
        "order.authorized",
        "order.adjusted",
        "order.partially_invoiced",
        "order.invoiced",
    ]
    assert events[0]["actor"].startswith("key_")
    only = shop.ask("GET", f"/events?object={invoice['id']}")["data"]
    assert [e["type"] for e in only][:2] == ["invoice.opened", "invoice.credited"]
    assert sum(e["owed_change"] for e in only) == 0
    assert {e["type"] for e in shop.ask("GET", "/events?type=buyer.created")["data"]} == {
        "buyer.created"
    }


def test_a_held_line_declines_until_it_is_released(shop: Shop) -> None:
    id_ = shop.ask("POST", "/buyers", {"name": "A", "country": "IT"}, status=201)["id"]
    shop.ask("PUT", f"/buyers/{id_}/credit-line", {"limit": eur(1000), "terms": ["net_60_eom"]})
    order = {"buyer": id_, "amount": eur(10)}
    for act, state, outcome in (
        ("hold", "on_hold", "declined"),
        ("release", "active", "approved"),
        ("revoke", "suspended", "declined"),
    ):
        line = shop.ask(
            "POST", f"/buyers/{id_}/credit-line/{act}", {"currency": "EUR", "reason": "because"}
        )
        assert (line["state"], line["terms"]) == (state, ["net_60_eom"])
        assert shop.ask("POST", "/order-intents", order)["decision"] == outcome


def test_an_order_in_review_waits_for_a_person(shop: Shop) -> None:
    policy = shop.ask(
        "POST",
        "/policies",
        {"terms": ["net_14", "net_30"], "review_above": {"EUR": 500}},
        status=201,
    )
    assert (policy["version"], policy["terms"]) == (2, ["net_14", "net_30"])
    assert [p["version"] for p in shop.ask("GET", "/policies")["data"]] == [2, 1]
    id_ = shop.ask("POST", "/buyers", {"name": "A", "country": "IT"}, status=201)["id"]
    shop.ask("PUT", f"/buyers/{id_}/credit-line", {"limit": eur(1000)})
    order = shop.ask("POST", "/orders", {"buyer": id_, "amount": eur(600)}, status=201)
    assert (order["decision"], order["state"], order["mark_as_paid"]) == (
        "review",
        "pending_review",
        False,
    )
    assert credit_of(shop, id_) == (0, 0, 0, 1000)
    confirmed = shop.ask("POST", f"/orders/{order['id']}/confirm")
    assert (confirmed["state"], confirmed["mark_as_paid"]) == ("authorized", True)
    assert credit_of(shop, id_) == (600, 0, 0, 400)
    renewed = shop.ask("POST", f"/orders/{order['id']}/renew", {"days": 90})
    assert renewed["expires_on"] > order["expires_on"]
    canceled = shop.ask("POST", f"/orders/{order['id']}/cancel")
    assert (canceled["state"], canceled["remaining"]) == ("canceled", eur(0))
    assert credit_of(shop, id_) == (0, 0, 0, 1000)


def test_a_batch_answers_for_each_order_in_its_place(shop: Shop) -> None:
    id_ = shop.ask("POST", "/buyers", {"name": "A", "country": "IT"}, status=201)["id"]
    shop.ask("PUT", f"/buyers/{id_}/credit-line", {"limit": eur(1000)})
    orders = [
        {"buyer": id_, "amount": eur(700), "external_id": "one"},
        {"buyer": id_, "amount": eur(400)},
        {"buyer": "buy_" + "0" * 32, "amount": eur(1)},
        {"buyer": id_, "amount": eur(5), "tax_amount": {"amount": 1, "currency": "USD"}},
        {"buyer": id_, "amount": eur(5), "lines": [{"description": "x", "amount": 4}]},
        {"buyer": id_, "amount": eur(300)},
        {"buyer": id_, "amount": eur(5), "external_id": "one"},
    ]
    response = shop.send("POST", "/orders/batch", {"orders": orders}, once="b-1")
    answer = response.json()
    assert answer["recorded"] == 3
    assert [r["status"] for r in answer["results"]] == [201, 201, 404, 422, 422, 201, 409]
    assert [r["order"]["decision"] for r in answer["results"] if r["order"]] == [
        "approved",
        "declined",
        "approved",
    ]
    assert [r["problem"]["code"] for r in answer["results"] if r["problem"]] == [
        "unknown_buyer",
        "currency_mismatch",
        "lines_do_not_add_up",
        "external_id_taken",
    ]
    assert answer["results"][3]["problem"]["errors"][0]["pointer"] == "#/orders/3/tax_amount"
    assert credit_of(shop, id_) == (1000, 0, 0, 0)
    again = shop.send("POST", "/orders/batch", {"orders": orders}, once="b-1")
    assert again["Idempotency-Replayed"] == "true"
    assert again.content == response.content
    assert credit_of(shop, id_) == (1000, 0, 0, 0)


def test_lists_are_paged_without_gap_or_repetition(shop: Shop) -> None:
    made = [
        shop.ask("POST", "/buyers", {"name": f"B{n}", "country": "IT"}, status=201)["id"]
        for n in range(5)
    ]
    seen: list[str] = []
    after = ""
    while True:
        page = shop.ask("GET", f"/buyers?limit=2{after}")
        seen += [buyer["id"] for buyer in page["data"]]
        if not page["has_more"]:
            assert page["next"] is None
            break
        after = f"&after={page['next']}"
        # What is added meanwhile does not shift the pages.
        shop.ask("POST", "/buyers", {"name": "late", "country": "IT"}, status=201)
    assert seen == made[::-1]
