"""Alarms and watches in the real browser: by keyboard, on a phone, read by a machine."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.horizon import wait_for_events
from tests.web import house as houses
from tests.web.browsing import NARROW, Visit, look_over, violations
from tests.web.house import TODAY, House
from usance.flows import insolvency, limit_reviews, monitoring, standing, watches
from usance.records.identity import public_id
from usance.records.monitoring.models import Alarm, Watch
from usance.rules.monitoring import watch_from_document
from usance.rules.watch_templates import TEMPLATES

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stage(house: House) -> House:
    """A house with watches and alarms. Nothing here reads the database once a browser runs."""
    act: dict[str, Any] = {"at": TODAY, "by": "test"}
    mine = {
        "name": "Orders of the day",
        "triggers": ["order.authorized"],
        "when": "order.amount > 100",
        "actions": [{"do": "lower_limit", "percent": 90}, {"do": "review"}],
        "quiet_days": 0,
    }
    for document in (mine, TEMPLATES["insolvency_suspected"], TEMPLATES["score"]):
        rule = watch_from_document(document, currency="EUR")
        watches.set_watch(house.seller, rule, **act)
    _follow(house)
    houses.order(house, "nordmann", 60_000, ago=0, name="watched")
    feed = (
        "notice id,name,number,country,court,kind,date\n"
        f"1/26,{house.buyers['kuijpers'].name},,NL,Utrecht,Faillissement,2026-11-18\n"
    )
    insolvency.take_notices(house.seller, feed.encode(), **act)
    _follow(house)
    limit_reviews.set_cycle(house.seller, tier="gold", days=180, **act)
    return house


def _follow(house: House) -> None:
    for _ in range(60):
        wait_for_events(house.seller.id)
        counted = standing.follow_events(seller_id=house.seller.id, at=TODAY)
        if not counted + monitoring.watch(seller_id=house.seller.id, at=TODAY):
            return


@pytest.fixture(scope="module")
def pages(stage: House) -> list[str]:
    """A page of each kind."""
    found = Alarm.objects.filter(seller_id=stage.seller.id).order_by("id")
    alarms = [public_id("alarm", one.id) for one in found]
    assert len(alarms) == 2
    watch = public_id("watch", Watch.objects.filter(seller_id=stage.seller.id)[0].id)
    review = found[0].actions[1]["reviews"][0]
    return [
        "/office/alarms",
        "/office/alarms?q=nothing-like-this",
        *(f"/office/alarms/{alarm}" for alarm in alarms),
        f"/office/alarms/{alarms[0]}/acknowledge",
        "/office/alarms/notices",
        "/office/settings/watches",
        f"/office/settings/watches/{watch}",
        f"/office/settings/watches/{watch}/edit",
        "/office/settings/watches/new?template=insolvency",
        "/office/settings/review-cycles",
        f"/office/limit-reviews/{review}",
        f"/office/limit-reviews/{review}/approve",
    ]


@pytest.fixture(scope="module")
def scene(pages: list[str]) -> list[str]:
    """All of it is there before the browser runs."""
    return pages


@pytest.mark.slow
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(visit: Visit, pages: list[str]) -> None:
    look_over(visit("/office/"), pages)


def test_a_watch_is_written_corrected_tried_and_kept_by_keyboard(visit: Visit) -> None:
    page = visit("/office/settings/watches/new")
    page.get_by_role("textbox", name="Name").fill("By keyboard")
    page.get_by_label("Look at every buyer every night").press("Space")
    page.get_by_label("Condition").fill("line.limit >= 50000 && history.ordrs > 0")
    page.get_by_role("button", name="Save").press("Enter")
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("line 1, column 24")
    expect(page.locator("pre.caret b")).to_have_text(" " * 23 + "^")
    assert violations(page) == []
    page.get_by_label("Condition").fill("line.limit >= 50000 && history.orders > 0")
    # Enter in a field looks and keeps nothing.
    page.get_by_role("textbox", name="Name").press("Enter")
    expect(page.get_by_text("of 7 buyers today.")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("By keyboard")
    expect(page.locator(".page-heading .badge")).to_have_text("On")


def test_an_alarm_is_found_and_acknowledged(visit: Visit) -> None:
    page = visit("/office/alarms?state=open", width=NARROW)
    page.get_by_role("link", name="Orders of the day").first.click()
    expect(page.get_by_text("Limit lowered from €80,000.00 to €72,000.00.")).to_be_visible()
    page.get_by_role("button", name="Acknowledge").press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Note").fill("Spoke with them")
    dialog.get_by_role("button", name="Acknowledge").press("Enter")
    expect(page.get_by_text("The alarm is acknowledged.")).to_be_visible()
    expect(page.get_by_text("Spoke with them")).to_be_visible()
