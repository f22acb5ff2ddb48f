"""Alarms and watches over HTTP."""

from __future__ import annotations

from typing import Any

from tests.flows.trading import Trade
from tests.flows.watching import follow
from tests.web.api.conftest import Shop, shop_of
from usance.flows import onboarding
from usance.records.identity import new_id, public_id

WATCH = {
    "name": "Too fast",
    "triggers": ["order.authorized"],
    "when": "history.orders_1d >= 2",
    "severity": "critical",
    "actions": [{"do": "hold"}, {"do": "lower_limit", "percent": 50}],
    "quiet_days": 1,
}


def raised(shop: Shop, account: Any, at: Any) -> Trade:
    """A trade that has raised an alarm."""
    trade = Trade(account.seller, account.buyer, account.line, at)
    shop.ask("POST", "/watches", WATCH, status=201)
    follow(trade)
    trade.order(100)
    trade.order(100)
    follow(trade)
    return trade


def test_a_watch_is_set_shown_and_changed(shop: Shop) -> None:
    made = shop.ask("POST", "/watches", WATCH, status=201)
    assert made["id"].startswith("wat_")
    assert {name: made[name] for name in WATCH} == WATCH
    assert (made["is_active"], made["version"]) == (True, 1)
    changed = shop.ask("PUT", f"/watches/{made['id']}", WATCH | {"is_active": False})
    assert (changed["is_active"], changed["version"]) == (False, 2)
    assert shop.ask("GET", "/watches")["data"] == [changed]


def test_a_mistake_in_a_condition_is_told_with_its_place(shop: Shop) -> None:
    answer = shop.ask(
        "POST", "/watches", WATCH | {"when": "true &&\n  history.ordrs > 3"}, status=422
    )
    assert answer["code"] == "invalid_watch"
    [fault] = answer["errors"]
    assert (fault["pointer"], fault["line"], fault["column"]) == ("#/when", 2, 3)
    assert "history.orders" in fault["detail"]


def test_other_mistakes_name_their_member(shop: Shop) -> None:
    for wrong, pointer in (
        ({"triggers": ["order.eaten"]}, "#/triggers"),
        ({"actions": [{"do": "hold", "percent": 5}]}, "#/actions"),
        ({"actions": [{"do": "lower_limit"}]}, "#/actions"),
    ):
        answer = shop.ask("POST", "/watches", WATCH | wrong, status=422)
        assert answer["errors"][0]["pointer"] == pointer
    shop.ask("POST", "/watches", WATCH, status=201)
    assert shop.ask("POST", "/watches", WATCH, status=409)["code"] == "duplicate"
    assert shop.ask("PUT", f"/watches/{public_id('watch', new_id())}", WATCH, status=404)


def test_alarms_are_listed_shown_and_acknowledged(shop: Shop, account: Any, at: Any) -> None:
    raised(shop, account, at)
    [alarm] = shop.ask("GET", "/alarms?state=open&severity=critical")["data"]
    assert alarm["buyer"] == public_id("buyer", account.buyer.id)
    assert alarm["facts"] == {"history.orders_1d": 2}
    assert alarm["actions"] == [
        {"do": "hold", "lines": ["EUR"]},
        {
            "do": "lower_limit",
            "percent": 50,
            "lines": [{"currency": "EUR", "before": 1_000_000, "limit": 500_000}],
        },
    ]
    assert shop.ask("GET", f"/alarms/{alarm['id']}") == alarm
    assert shop.ask("GET", "/alarms?severity=notice")["data"] == []
    assert shop.ask("GET", f"/alarms?buyer={public_id('buyer', new_id())}")["data"] == []
    done = shop.ask("POST", f"/alarms/{alarm['id']}/acknowledge", {"note": "called"})
    assert (done["state"], done["note"]) == ("acknowledged", "called")
    again = shop.ask("POST", f"/alarms/{alarm['id']}/acknowledge", {}, status=409)
    assert again["code"] == "illegal_state"
    assert shop.ask("GET", "/alarms?state=open")["data"] == []


def test_another_seller_sees_nothing_of_it(shop: Shop, account: Any, at: Any) -> None:
    raised(shop, account, at)
    [alarm] = shop.ask("GET", "/alarms")["data"]
    other = onboarding.create_seller(
        name="Other", handle=f"o-{new_id().hex}", country="IT", currency="EUR",
        time_zone="Europe/Rome", at=at,
    )  # fmt: skip
    stranger = shop_of(other, at=at)
    assert stranger.ask("GET", "/alarms")["data"] == stranger.ask("GET", "/watches")["data"] == []
    assert stranger.ask("GET", f"/alarms/{alarm['id']}", status=404)
    assert stranger.ask("POST", f"/alarms/{alarm['id']}/acknowledge", {}, status=404)
    assert stranger.ask("PUT", f"/watches/{alarm['watch']}", WATCH, status=404)


def test_scopes_are_asked_for(account: Any, at: Any) -> None:
    reader = shop_of(account.seller, scopes=["credit:read"], at=at)
    reader.ask("GET", "/alarms")
    reader.ask("POST", "/watches", WATCH, status=403)
