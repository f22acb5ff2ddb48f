"""Policies, decisions, replays and reviews over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Shop, shop_of

HOLD = {"kind": "hold", "name": "large", "when": "order.amount > 500", "then": "review"}
CAP = {"kind": "limit", "name": "two_months", "amount": "history.turnover_12m / 12 * 2"}
VAT = {"kind": "eligibility", "name": "vat", "when": "buyer.vat_verified", "tell_buyer": True}
ROUTE = {"kind": "route", "name": "board", "roles": ["admin"], "people": 2, "hours": 24}
PRICE = {"kind": "price", "name": "sixty", "terms": "net_60", "percent": "1.5"}
WHOLE = {
    "terms": ["net_30", "net_60"],
    "overdue_days": 14,
    "order_ceiling": {"EUR": 5_000_000},
    "over_limit": "review",
    "second_person": False,
    "offer_prepayment": True,
    "values": {"month": "history.turnover_12m / 12"},
    "rules": [HOLD, CAP | {"amount": "month * 2"}, PRICE, ROUTE],
    "note": "Two months of turnover, agreed on 1 March",
}


def publish(shop: Shop, **changes: Any) -> Any:
    return shop.ask("POST", "/policies", {"terms": ["net_30"]} | changes, status=201)


@pytest.fixture
def buyer(shop: Shop) -> str:
    made = shop.ask("POST", "/buyers", {"name": "A", "country": "IT"}, status=201)["id"]
    limit = {"amount": 1_000_000, "currency": "EUR"}
    shop.ask("PUT", f"/buyers/{made}/credit-line", {"limit": limit})
    return str(made)


def order(shop: Shop, buyer: str, amount: int = 100_000) -> Any:
    body = {"buyer": buyer, "amount": {"amount": amount, "currency": "EUR"}}
    return shop.ask("POST", "/orders", body, status=201)


def test_the_whole_document_is_kept_and_shown(shop: Shop) -> None:
    made = shop.ask("POST", "/policies", WHOLE, status=201)
    assert (made["version"], made["state"]) == (2, "deciding")
    assert made["effective_at"] is not None
    shown = shop.ask("GET", f"/policies/{made['id']}")
    assert shown == made
    for name, value in WHOLE.items():
        if name != "rules":
            assert shown[name] == value
    assert [rule["name"] for rule in shown["rules"]] == ["large", "two_months", "sixty", "board"]
    assert shown["rules"][0] == HOLD | {"tell_buyer": False, "note": ""}


def test_versions_stand_newest_first_each_with_its_state(shop: Shop) -> None:
    publish(shop, rules=[HOLD])
    draft = publish(shop, mode="draft")
    publish(shop, mode="shadow", rules=[HOLD])
    coming = publish(shop, effective_at="2126-01-01T00:00:00Z")
    assert draft["effective_at"] is None
    assert coming["effective_at"] == "2126-01-01T00:00:00Z"
    told = [(p["version"], p["state"]) for p in shop.ask("GET", "/policies")["data"]]
    assert told == [(5, "scheduled"), (4, "shadow"), (3, "draft"), (2, "deciding"), (1, "former")]
    page = shop.ask("GET", "/policies?limit=2")
    rest = shop.ask("GET", f"/policies?limit=2&after={page['next']}")
    assert [p["version"] for p in rest["data"]] == [3, 2]


def test_a_draft_is_released_tried_and_its_trial_ended(shop: Shop) -> None:
    draft = publish(shop, mode="draft", rules=[HOLD])
    place = f"/policies/{draft['id']}"
    assert shop.ask("POST", f"{place}/try")["state"] == "shadow"
    assert shop.ask("POST", "/policies/end-trial")["state"] == "draft"
    shop.ask("POST", "/policies/end-trial", status=404)
    assert shop.ask("POST", f"{place}/release")["state"] == "deciding"
    past = {"effective_at": "2001-01-01T00:00:00Z"}
    refused = shop.ask("POST", f"{place}/release", past, status=422)
    assert refused["code"] == "effective_in_the_past"


def test_a_second_person_is_waited_for(shop: Shop) -> None:
    publish(shop, second_person=True)
    made = publish(shop, rules=[HOLD], note="Fewer large orders")
    assert made["state"] == "waiting_for_second_person"
    [review] = shop.ask("GET", "/reviews?kind=policy&state=open")["data"]
    # Whoever holds the key may be one of those who approve, so two must.
    assert (review["subject"], review["approved"], review["people"]) == (made["id"], 0, 2)
    assert shop.ask("GET", f"/reviews/{review['id']}") == review
    assert shop.ask("GET", "/reviews?kind=order")["data"] == []


@pytest.mark.parametrize(
    ("changes", "pointer", "place"),
    [
        (
            {"rules": [HOLD, CAP | {"when": "history.orders >\n  'a'"}]},
            "#/rules/1/when",
            {"rule": "two_months", "line": 2, "column": 3},
        ),
        (
            {"rules": [CAP | {"amount": "history.orders"}]},
            "#/rules/0/amount",
            {"rule": "two_months", "line": 1, "column": 1},
        ),
        (
            {"rules": [CAP], "values": {"month": "history.turnovr_12m / 12"}},
            "#/values/month",
            {"rule": "month", "line": 1, "column": 1},
        ),
        ({"rules": [HOLD, HOLD]}, "#/rules/1", {"rule": "large"}),
        ({"rules": [HOLD | {"kind": "wish"}]}, "#/rules/0", {"rule": "large"}),
        ({"rules": [{"kind": "hold"}]}, "#/rules/0/name", {}),
        ({"rules": [HOLD | {"then": "maybe"}]}, "#/rules/0", {"rule": "large"}),
        ({"rules": [ROUTE | {"people": 9}]}, "#/rules/0", {"rule": "board"}),
        ({"values": {"A B": "1"}}, "#/values", {}),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    shop: Shop, changes: dict[str, Any], pointer: str, place: dict[str, Any]
) -> None:
    problem = shop.ask("POST", "/policies", {"terms": ["net_30"]} | changes, status=422)
    assert problem["code"] == "invalid_policy"
    [error] = problem["errors"]
    assert error["pointer"] == pointer
    assert {name: error.get(name) for name in place} == place
    assert len(shop.ask("GET", "/policies")["data"]) == 1, "nothing was written"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"mode": "draft", "effective_at": "2126-01-01T00:00:00Z"}, "#/effective_at"),
        ({"mode": "later"}, "#/mode"),
        ({"effective_at": "2126-01-01"}, "#/effective_at"),
        ({"rules": ["no"]}, "#/rules/0"),
        ({"rules": [HOLD | {"note": "a\0b"}]}, "#/rules/0"),
        ({"second_person": "yes"}, "#/second_person"),
        ({"over_limit": "ignore"}, "#/over_limit"),
        ({"values": {"a": 5}}, "#/values/a"),
    ],
)
def test_what_does_not_fit_the_document_is_refused(
    shop: Shop, changes: dict[str, Any], pointer: str
) -> None:
    problem = shop.ask("POST", "/policies", {"terms": ["net_30"]} | changes, status=422)
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


def test_terms_codes_of_every_kind_are_taken(shop: Shop) -> None:
    codes = ["d2_10_net_30", "3x30", "day_15_1", "cash_in_advance"]
    assert publish(shop, terms=codes)["terms"] == codes


def test_a_decision_shows_every_rule_with_what_it_read(shop: Shop, buyer: str) -> None:
    publish(shop, rules=[HOLD, VAT | {"otherwise": "review"}, CAP | {"amount": "20000"}])
    asked = order(shop, buyer)
    assert asked["decision"] == "review"
    shown = shop.ask("GET", f"/decisions/{asked['decision_id']}")
    assert shown["policy_version"] == 2
    [step] = [one for one in shown["trace"] if one["rule"] == "policy_rules"]
    large, vat, cap = step["rules"]
    assert (large["name"], large["result"], large["held"]) == ("large", "true", False)
    assert large["when"] == "order.amount > 500"
    [fact] = large["facts"]
    assert fact["value"] == {"amount": 100_000, "currency": "EUR"}
    assert fact["since"] == shown["created_at"]
    assert (vat["result"], vat["held"]) == ("unknown", False)
    assert vat["facts"] == [
        {"name": "buyer.vat_verified", "known": False, "value": None, "since": None}
    ]
    assert (cap["result"], cap["cap"]) == ("true", {"amount": 2_000_000, "currency": "EUR"})
    assert all(not one["rules"] for one in shown["trace"] if one["rule"] != "policy_rules")


def test_a_decision_tells_ways_to_a_yes_and_what_the_trial_says(shop: Shop, buyer: str) -> None:
    trial = publish(shop, mode="shadow", rules=[HOLD | {"then": "decline", "tell_buyer": True}])
    shown = shop.ask("GET", f"/decisions/{order(shop, buyer, 1_500_000)['decision_id']}")
    assert [way["kind"] for way in shown["alternatives"]] == ["up_to", "prepaid"]
    assert shown["shadow"]["policy"] == trial["id"]
    assert {"code": "large", "buyer_safe": True} in shown["shadow"]["reasons"]
    assert {"code": "limit_exceeded", "buyer_safe": True} in shown["shadow"]["reasons"]


def test_a_decision_is_taken_again_with_the_same_answer(shop: Shop, buyer: str) -> None:
    publish(shop, rules=[HOLD])
    asked = order(shop, buyer)
    publish(shop, rules=[])
    told = shop.ask("POST", f"/decisions/{asked['decision_id']}/replay")
    assert told["result"] == "same"
    assert told["policy_version"] == 2
    assert told["recorded"] == told["replayed"]
    assert told["recorded"]["reasons"] == ["large"]


def test_an_order_in_review_is_listed_with_who_decides(shop: Shop, buyer: str) -> None:
    publish(shop, rules=[HOLD, ROUTE])
    asked = order(shop, buyer)
    [review] = shop.ask("GET", "/reviews?state=open&kind=order")["data"]
    assert review["subject"] == asked["id"]
    assert review["buyer"] == buyer
    assert (review["route"], review["roles"], review["people"]) == ("board", ["admin"], 2)
    assert review["due_at"] is not None
    assert review["amount"] == {"amount": 100_000, "currency": "EUR"}
    refused = shop.ask("POST", f"/orders/{asked['id']}/confirm", status=422)
    assert refused["code"] == "not_your_review"
    shop.ask("POST", f"/orders/{asked['id']}/decline")
    [ended] = shop.ask("GET", "/reviews?state=declined")["data"]
    assert ended["id"] == review["id"]
    assert shop.ask("GET", "/reviews?state=nothing", status=422)["code"] == "invalid_request"


def test_another_sellers_policies_and_decisions_do_not_exist(
    shop: Shop, buyer: str, at: Any
) -> None:
    from usance.flows import onboarding

    other = onboarding.create_seller(
        name="B", handle=f"b-{shop.seller.id.hex}", country="IT", currency="EUR",
        time_zone="Europe/Rome", at=at,
    )  # fmt: skip
    stranger = shop_of(other, at=at)
    made = publish(shop)
    decision = order(shop, buyer)["decision_id"]
    for method, path in (
        ("GET", f"/policies/{made['id']}"),
        ("POST", f"/policies/{made['id']}/release"),
        ("POST", f"/policies/{made['id']}/try"),
        ("GET", f"/decisions/{decision}"),
        ("POST", f"/decisions/{decision}/replay"),
    ):
        stranger.ask(method, path, status=404)
