"""Dunning over HTTP: a policy is written, previewed, switched on; cases are paused, noted, spoken to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, get_args

import pytest

from usance.rules.dunning.standard import standard_policy
from usance.rules.dunning.worklist import REASONS
from usance.web.api.dunning_schemas import ContactReason

from .conftest import Shop

AMOUNT = {"amount": 100_000, "currency": "EUR"}


@pytest.fixture
def buyer(shop: Shop) -> str:
    """A buyer with an open invoice of EUR 1,000.00."""
    made: str = shop.ask("POST", "/buyers", {"name": "Nordwind", "country": "DE"}, status=201)["id"]
    shop.ask("PUT", f"/buyers/{made}/credit-line", {"limit": AMOUNT | {"amount": 900_000}})
    order = shop.ask("POST", "/orders", {"buyer": made, "amount": AMOUNT}, status=201)["id"]
    shop.ask("POST", f"/orders/{order}/invoices", status=201)
    return made


def test_the_schemas_name_every_reason() -> None:
    assert set(get_args(ContactReason)) == set(REASONS)


def test_a_policy_that_cannot_be_followed_says_where(shop: Shop) -> None:
    steps = [{"level": "notice_1", "days": 5}, {"level": "friendly", "days": -1}]
    refused = shop.ask("POST", "/dunning/policies", {"name": "A", "steps": steps}, status=422)
    assert refused["code"] == "invalid_dunning_policy"
    assert refused["errors"][0]["pointer"] == "#/steps/2"
    texts = {"final": {"en": {"subject": "Pay {sum}", "body": "Now"}}}
    wrong = {"name": "A", "steps": steps[:1], "texts": texts}
    refused = shop.ask("POST", "/dunning/policies", wrong, status=422)
    assert "{total}" in refused["detail"]


def test_from_the_policy_to_the_call(shop: Shop, buyer: str) -> None:
    written = standard_policy("Usual") | {
        "hours": {"from": 8, "until": 18},
        "quiet": [{"from": "2026-12-24", "until": "2027-01-06"}],
    }
    kept = shop.ask("POST", "/dunning/policies", written, status=201)
    assert kept["policy"]["steps"] == written["steps"] and kept["state"] == "draft"
    path = f"/dunning/policies/{kept['id']}"
    assert shop.ask("POST", f"{path}/switch-on", status=409)["code"] == (
        "dunning_policy_not_previewed"
    )
    assert shop.ask("POST", "/dunning/runs", status=409)["code"] == "no_dunning_policy"
    seen = shop.ask("POST", f"{path}/preview", {"days": 60})
    assert seen["total"] == sum(sum(day["messages"].values()) for day in seen["by_day"]) > 2
    assert seen["messages"][0]["buyer"] == buyer
    assert shop.ask("POST", f"{path}/switch-on")["state"] == "active"
    assert shop.ask("GET", "/dunning/simulation")["days"] == 30
    run = shop.ask("POST", "/dunning/runs", status=201)
    assert shop.ask("GET", f"/dunning/runs/{run['id']}")["finished_at"] is None

    account = {"buyer": buyer, "currency": "EUR"}
    case: Any = shop.ask("POST", "/dunning/cases", account, status=201)
    assert (case["state"], case["waits"], case["open"]["amount"]) == (
        "running",
        "nothing_due",
        100_000,
    )
    path = f"/dunning/cases/{case['id']}"
    pause = {"until": str(shop_day(case) + timedelta(days=400)), "reason": "Too long"}
    assert shop.ask("POST", f"{path}/pause", pause, status=422)["code"] == "invalid_pause"
    pause = {"until": str(shop_day(case) + timedelta(days=10)), "reason": "They change banks"}
    assert shop.ask("POST", f"{path}/pause", pause)["state"] == "paused"
    assert [one["id"] for one in shop.ask("GET", "/dunning/cases?paused=true")["data"]] == [
        case["id"]
    ]
    assert shop.ask("POST", f"{path}/resume")["state"] == "running"
    shop.ask("POST", f"{path}/resume", status=409)
    note = {"outcome": "will_pay", "words": "On Friday.", "contact": "Mr Kern"}
    assert shop.ask("POST", f"{path}/notes", note, status=201)["contact"] == "Mr Kern"
    assert shop.ask("GET", path)["items"][0]["level"] is None
    assert shop.ask("GET", f"{path}/messages")["data"] == []
    assert shop.ask("GET", "/dunning/worklist")["object"] == "dunning_worklist"
    assert shop.ask("GET", "/dunning/tasks")["data"] == []
    assert shop.ask("POST", f"/dunning/policies/{kept['id']}/switch-off")["state"] == "retired"


def shop_day(case: Any) -> Any:
    """The day on which the case was made."""
    return date.fromisoformat(case["created_at"][:10])
