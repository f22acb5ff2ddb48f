"""Trying a policy on past orders over HTTP."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from usance.flows import backtests, onboarding
from usance.records.identity import parse_public_id

from .conftest import Shop, shop_of

LARGE = {"kind": "hold", "name": "large", "when": "order.amount > 500"}
POLICY = {"terms": ["net_30"], "rules": [LARGE]}


@pytest.fixture
def buyer(shop: Shop) -> str:
    made = shop.ask("POST", "/buyers", {"name": "Nordwind", "country": "DE"}, status=201)["id"]
    limit = {"amount": 1_000_000, "currency": "EUR"}
    shop.ask("PUT", f"/buyers/{made}/credit-line", {"limit": limit})
    for number, amount in enumerate((100_00, 600_00, 700_00), 1):
        body = {
            "buyer": made,
            "amount": {"amount": amount, "currency": "EUR"},
            "external_id": f"W-{number}",
        }
        order = shop.ask("POST", "/orders", body, status=201)["id"]
        shop.ask("POST", f"/orders/{order}/invoices", {}, status=201)
    return str(made)


def play(shop: Shop, backtest: str) -> Any:
    backtests.run_backtest(
        seller_id=shop.seller.id,
        backtest_id=parse_public_id("backtest", backtest),
        clock=lambda: datetime.now(UTC),
    )
    return shop.ask("GET", f"/policies/backtests/{backtest}")


def test_from_the_request_to_the_result(shop: Shop, buyer: str) -> None:
    asked = shop.ask("POST", "/policies/backtest", {"policy": POLICY}, status=202)
    assert (asked["state"], asked["progress"], asked["result"]) == ("queued", "0", None)
    window = date.fromisoformat(asked["until_on"]) - date.fromisoformat(asked["from_on"])
    assert window == timedelta(days=364)
    done = play(shop, asked["id"])
    assert (done["state"], done["progress"], done["changed"]) == ("done", "1", 2)
    result = done["result"]
    assert result["live"]["approved"] == {
        "count": 3, "amount": {"amount": 1_400_00, "currency": "EUR"},
    }  # fmt: skip
    assert result["draft"]["approval_rate"] == "0.3333"
    assert result["difference"]["not_known"]["count"] == 2
    assert [rule["rule"] for rule in result["rules"]] == ["large"]
    assert result["series"][-1]["draft"] == 100_00
    assert shop.ask("GET", "/policies")["data"][0]["version"] == 1  # nothing was published


def test_the_orders_that_change_come_in_pages(shop: Shop, buyer: str) -> None:
    asked = shop.ask("POST", "/policies/backtest", {"policy": POLICY}, status=202)["id"]
    play(shop, asked)
    place = f"/policies/backtests/{asked}/changes"
    first = shop.ask("GET", f"{place}?limit=1")
    second = shop.ask("GET", f"{place}?limit=1&after={first['next']}")
    shown = [*first["data"], *second["data"]]
    assert [(row["order_number"], row["live"], row["draft"]) for row in shown] == [
        ("W-3", "approved", "declined"), ("W-2", "approved", "declined"),
    ]  # fmt: skip
    assert (second["has_more"], shown[0]["rules"], shown[0]["buyer"]) == (False, ["large"], buyer)
    assert shown[0]["buyer_name"] == "Nordwind"
    assert len(shop.ask("GET", f"{place}?rule=large")["data"]) == 2
    assert shop.ask("GET", f"{place}?rule=other")["data"] == []
    assert shop.send("GET", f"{place}?rule=A'--").status_code == 422


def test_a_stored_version_against_another(shop: Shop, buyer: str) -> None:
    draft = shop.ask("POST", "/policies", POLICY | {"mode": "draft"}, status=201)["id"]
    asked = shop.ask(
        "POST", "/policies/backtest",
        {"policy_id": draft, "against": draft, "from_on": "2026-01-01", "until_on": "2026-01-31",
         "reviews": "decline", "late_days": 5},
        status=202,
    )  # fmt: skip
    assert (asked["policy"], asked["against"], asked["late_days"]) == (draft, draft, 5)
    assert play(shop, asked["id"])["changed"] == 0


def test_the_list_has_no_results(shop: Shop, buyer: str) -> None:
    ids = [
        shop.ask("POST", "/policies/backtest", {"policy": POLICY}, status=202)["id"]
        for _ in range(2)
    ]
    play(shop, ids[0])
    shown = shop.ask("GET", "/policies/backtests")["data"]
    assert [(one["id"], one["state"], one["result"]) for one in shown] == [
        (ids[1], "queued", None), (ids[0], "done", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        ({}, 422, "invalid_request", "#/policy"),
        ({"policy": POLICY, "policy_id": "pol_" + "0" * 32}, 422, "invalid_request", "#/policy"),
        ({"policy_id": "pol_" + "0" * 32}, 404, "not_found", None),
        ({"policy": POLICY, "against": "pol_" + "0" * 32}, 404, "not_found", None),
        (
            {"policy": POLICY, "from_on": "2026-02-01", "until_on": "2026-01-01"},
            422, "empty_window", None,
        ),
        ({"policy": POLICY, "reviews": "maybe"}, 422, "invalid_request", "#/reviews"),
        (
            {"policy": POLICY | {"rules": [LARGE | {"when": "order.amuont > 1"}]}},
            422, "invalid_policy", "#/policy/rules/0/when",
        ),
    ],
)  # fmt: skip
def test_what_is_refused(
    shop: Shop, body: Any, status: int, code: str, pointer: str | None
) -> None:
    problem = shop.ask("POST", "/policies/backtest", body, status=status)
    assert problem["code"] == code
    if pointer:
        assert problem["errors"][0]["pointer"] == pointer
    assert shop.ask("GET", "/policies/backtests")["data"] == []


def test_another_sellers_backtest_does_not_exist(shop: Shop, at: Any) -> None:
    other = onboarding.create_seller(
        name="Other", handle=f"other-{uuid4().hex[:8]}", country="IT", currency="EUR",
        time_zone="Europe/Rome", at=at,
    )  # fmt: skip
    asked = shop.ask("POST", "/policies/backtest", {"policy": POLICY}, status=202)["id"]
    stranger = shop_of(other, at=at)
    stranger.ask("GET", f"/policies/backtests/{asked}", status=404)
    stranger.ask("GET", f"/policies/backtests/{asked}/changes", status=404)
    assert stranger.ask("GET", "/policies/backtests")["data"] == []


def test_it_needs_the_scope(shop: Shop, at: Any) -> None:
    reader = shop_of(shop.seller, scopes=["credit:read"], at=at)
    assert reader.send("POST", "/policies/backtest", {"policy": POLICY}).status_code == 403
    assert reader.send("GET", "/policies/backtests").status_code == 200
