"""Backtests at the desk: started, watched, read."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from lxml import html

from tests.web import house as houses
from tests.web.backoffice.test_pages import read, text
from tests.web.house import House
from usance.flows import backtests
from usance.records.credit import backtest_queries
from usance.records.credit.backtests import Backtest
from usance.records.identity import public_id
from usance.web.backoffice.backtest_chart import exposure_chart, grid_step

SignIn = Callable[[str], Client]

TOML = """
terms = ["net_30"]
[[rules]]
kind = "hold"
name = "large"
when = "order.amount > 10000"
"""


def fields(it: html.HtmlElement) -> dict[str, str]:
    """What the form holds as it is drawn."""
    [form] = it.xpath("//main//form[@method='post']")
    return {name: value or "" for name, value in form.form_values()}


def start(client: Client, **typed: str) -> Any:
    """Send the form with what was typed."""
    drawn = fields(read(client, "/office/policies/backtests/new"))
    return client.post("/office/policies/backtests/new", drawn | typed)


def play(house: House) -> Backtest:
    """The house's newest backtest, played."""
    newest = backtest_queries.backtests(seller_id=house.seller.id).order_by("-id")[0]
    backtests.run_backtest(
        seller_id=house.seller.id, backtest_id=newest.id, clock=lambda: houses.TODAY
    )
    found = backtest_queries.backtest(seller_id=house.seller.id, backtest_id=newest.id)
    assert found is not None
    return found


def test_from_a_policy_written_here_to_its_orders(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    response = start(client, policy="", text=TOML)
    assert response.status_code == 302, response.content
    address = response["Location"]
    waiting = read(client, address)
    assert "Waiting for a worker" in text(waiting)
    assert waiting.xpath("//*[@id='backtest']/@hx-trigger") == ["every 2s"]
    assert waiting.xpath("//main//progress")
    assert waiting.xpath(f"//main//a[@href='{address}']")  # without a script one looks again

    asking = {"HX-Request": "true"}
    assert "HX-Refresh" not in client.get(address, headers=asking)
    done = play(house)
    assert client.get(address, headers=asking)["HX-Refresh"] == "true"
    it = read(client, address)
    assert it.xpath("//*[@hx-trigger='every 2s']") == []
    shown = text(it)
    for words in (
        "Losses avoided",
        "Sales lost",
        "Highest exposure",
        "large",
        "What this rests on",
    ):
        assert words in shown
    assert done.changed >= 2
    assert len(it.xpath("//section[@id='changes']//tbody/tr")) == done.changed
    assert len(it.xpath("//figure//polyline")) == 2
    assert it.xpath("//details//table//tbody/tr")
    assert "{" not in shown
    assert "%(" not in shown


def test_the_orders_of_one_rule_and_as_a_file(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    two = TOML + '[[rules]]\nkind = "hold"\nname = "small"\nwhen = "order.amount < 3000"\n'
    address = start(client, policy="", text=two)["Location"]
    done = play(house)
    small = read(client, f"{address}?rule=small")
    large = read(client, f"{address}?rule=large")
    rows = "//section[@id='changes']//tbody/tr"
    counts = {"small": len(small.xpath(rows)), "large": len(large.xpath(rows))}
    assert "No order changed by this rule" in text(read(client, f"{address}?rule=nothing"))
    table = list(csv.DictReader(client.get(f"{address}?format=csv").content.decode().splitlines()))
    assert len(table) == done.changed
    told = [row["rules"].split() for row in table]
    assert counts == {name: sum(name in rules for rules in told) for name in counts}
    assert min(counts.values()) > 0
    some = client.get(f"{address}?format=csv&rule=small").content.decode().splitlines()
    assert len(some) == 1 + counts["small"]
    assert {row["tried"] for row in table} == {"declined", "review"}  # rupees have no rate
    href = read(client, address).xpath("//main//a[contains(@href, 'rule=small')]/@href")
    assert href == [f"{address}?rule=small#changes"]


def test_a_version_against_itself_changes_nothing(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    drawn = fields(read(client, "/office/policies/backtests/new"))
    address = start(client, policy=drawn["against"], text="")["Location"]
    play(house)
    assert "No order would have ended otherwise" in text(read(client, address))
    chosen = read(client, f"/office/policies/backtests/new?policy={drawn['against']}")
    assert fields(chosen)["policy"] == drawn["against"]


def test_the_same_form_starts_one(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    drawn = fields(read(client, "/office/policies/backtests/new")) | {"policy": "", "text": TOML}
    before = backtest_queries.backtests(seller_id=house.seller.id).count()
    first = client.post("/office/policies/backtests/new", drawn)
    second = client.post("/office/policies/backtests/new", drawn)
    assert first["Location"] == second["Location"]
    assert backtest_queries.backtests(seller_id=house.seller.id).count() == before + 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"policy": "", "text": ""}, "one of the two"),
        ({"policy": "", "text": TOML.replace("order.amount", "order.amuont")}, "line 6, column 9"),
        ({"policy": "", "text": '{"currency": "USD"}'}, "must be EUR"),
        ({"policy": "", "text": TOML, "until_on": "2020-01-01"}, "before the first one"),
        ({"policy": "pol_" + "0" * 32, "text": ""}, "Select a valid choice"),
    ],
)
def test_a_mistake_comes_back(
    sign_in: SignIn, house: House, typed: dict[str, str], told: str
) -> None:
    before = backtest_queries.backtests(seller_id=house.seller.id).count()
    response = start(sign_in("chiara"), **typed)
    assert response.status_code == 422
    assert told in text(html.document_fromstring(response.content.decode()))
    assert backtest_queries.backtests(seller_id=house.seller.id).count() == before


def test_what_failed_says_so(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    address = start(client, policy="", text=TOML)["Location"]
    newest = backtest_queries.backtests(seller_id=house.seller.id).order_by("-id")[0]
    Backtest.objects.filter(id=newest.id).update(state="failed", error="It went wrong.")
    assert "It went wrong." in text(read(client, address))


def test_the_list_and_who_may_start(sign_in: SignIn, house: House) -> None:
    client = sign_in("chiara")
    address = start(client, policy="", text=TOML)["Location"]
    shown = read(client, "/office/policies/backtests")
    assert shown.xpath(f"//main//a[@href='{address}']")
    assert shown.xpath("//main//a[@href='/office/policies/backtests/new']")
    viewer = sign_in("vera")
    assert read(viewer, address) is not None
    assert not read(viewer, "/office/policies/backtests").xpath(
        "//main//a[@href='/office/policies/backtests/new']"
    )
    assert viewer.get("/office/policies/backtests/new").status_code == 403
    read(client, f"/office/policies/backtests/{public_id('backtest', house.seller.id)}", status=404)
    read(client, "/office/policies/backtests/nonsense", status=404)


@pytest.mark.parametrize(
    ("highest", "step"),
    [
        (1, 1),
        (4, 1),
        (5, 2),
        (100, 25),
        (101, 50),
        (999, 250),
        (1001, 500),
        (59_663_740, 20_000_000),
    ],
)
def test_the_grid_has_round_amounts(highest: int, step: int) -> None:
    assert grid_step(highest) == step
    assert -(-highest // step) <= 4 or highest < 4


def test_the_drawing_keeps_inside_its_box() -> None:
    series = [
        {"on": f"2026-01-{day:02}", "live": day * 1_000_00, "draft": 0} for day in range(1, 32)
    ]
    chart = exposure_chart(series, currency="EUR")
    assert chart is not None
    points = [tuple(map(int, pair.split(","))) for pair in chart.live.split()]
    assert all(0 <= x <= chart.width and 0 <= y <= chart.height for x, y in points)
    assert [y for _, y in points] == sorted((y for _, y in points), reverse=True)
    assert chart.rows[-1][0].isoformat() == "2026-01-31"
    assert len(chart.rows) <= 24
    assert exposure_chart(series[:1], currency="EUR") is None
