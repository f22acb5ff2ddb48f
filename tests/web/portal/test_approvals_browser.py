"""Approving and seeing to people in the real browser: by keyboard, on a phone, read by a machine."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.web import house as houses
from tests.web.browsing import NARROW, WIDE, Visit, look_over, press_until, violations
from tests.web.house import House
from tests.web.portal import company
from usance.flows import organisation
from usance.records.identity import public_id
from usance.rules.ordering import ChainStep

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stage(house: House) -> House:
    """An organised buyer with orders that wait. Nothing here reads the database once a browser runs."""
    company.organise(house)
    one = {"buyer_id": house.buyers["nordmann"].id, "at": houses.days_ago(60), "by": "test"}
    for code, name in (("4711", "Workshop"), ("4712", "Yard")):
        organisation.add_cost_centre(house.seller, code=code, name=name, **one)
    company.chain(house, "nordmann", *company.STEPS, ChainStep(3, 0, "EUR", cost_centre="4712"))
    company.add(
        house,
        "nordmann",
        "Lena Lager",
        "purchaser",
        email=f"lena-{house.seller.handle}@nordmann.example",
        order_limit=50_000,
        period_limit=200_000,
    )
    for name in ("b-keyboard", "b-look", "b-decline"):
        company.waiting(house, 1_200_000, name=name, po_number="PO-77", cost_centre="4711")
    return house


@pytest.fixture(scope="module")
def pages(stage: House) -> dict[str, list[str]]:
    """A page of each kind, by who looks at it."""
    order = f"/account/orders/{public_id('order', stage.orders['b-look'].order_id)}"
    paul = public_id("member", stage.members["paul"].id)
    buyer = f"/office/buyers/{public_id('buyer', stage.buyers['nordmann'].id)}"
    return {
        "karl": [
            "/account/",
            "/account/approvals",
            order,
            f"{order}/approve",
            "/account/people",
            "/account/people/new/person",
            f"/account/people/{paul}",
            f"/account/people/{paul}/change",
            "/account/cost-centres",
            "/account/approval-rules",
            "/account/approval-rules/chain",
        ],
        "paul": ["/account/", "/account/orders", order],
        "chiara": [buyer, f"{buyer}/organisation/chain", f"{buyer}/members/{paul}"],
    }


@pytest.fixture(scope="module")
def scene(pages: dict[str, list[str]]) -> dict[str, list[str]]:
    """All of it is there before the browser runs."""
    return pages


@pytest.mark.slow
@pytest.mark.parametrize("who", ["karl", "paul", "chiara"])
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(
    visit: Visit, pages: dict[str, list[str]], who: str
) -> None:
    looks = [(WIDE, "light"), (WIDE, "dark"), (NARROW, "light")]
    look_over(visit(pages[who][0], who=who), pages[who], looks=looks)


def test_approving_by_keyboard_alone(visit: Visit, stage: House) -> None:
    order = public_id("order", stage.orders["b-keyboard"].order_id)
    page = visit(f"/account/orders/{order}", who="anja")
    press_until(page, "Approve")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Approve this order?")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    note = dialog.get_by_label("Note")
    while not note.evaluate("it => it === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.type("Needed in May")
    page.keyboard.press("Enter")
    expect(page.get_by_text("it waits for the next step")).to_be_visible()
    assert page.url.endswith("/account/approvals")


def test_declining_on_a_phone(visit: Visit, stage: House) -> None:
    page = visit("/account/approvals", who="anja", width=NARROW)
    panel = page.locator("section.panel", has_text="Order ORD-b-decline")
    panel.get_by_role("button", name="Decline").click()
    dialog = page.get_by_role("dialog", name="Decline this order?")
    dialog.get_by_label("Note").fill("No budget")
    dialog.get_by_role("button", name="Decline").click()
    expect(page.get_by_text("The order of €12,000.00 is declined.")).to_be_visible()
    expect(panel).to_have_count(0)


def test_adding_a_person_in_the_dialog_and_correcting_a_mistake(visit: Visit, stage: House) -> None:
    page = visit("/account/people", who="karl")
    page.get_by_role("button", name="Add a person").click()
    dialog = page.get_by_role("dialog", name="Add a person")
    dialog.get_by_label("Name").fill("Bruno Baum")
    dialog.get_by_label("E-mail address").fill(f"bruno-{stage.seller.handle}@nordmann.example")
    dialog.get_by_label("Limit of one order").fill("much")
    dialog.get_by_role("button", name="Add a person").click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    assert violations(page) == []
    page.get_by_label("Limit of one order").fill("1,500")
    page.get_by_role("button", name="Add a person").click()
    expect(page.get_by_text("Bruno Baum is added.")).to_be_visible()
    row = page.get_by_role("row", name="Bruno Baum")
    expect(row).to_contain_text("€1,500.00")


def test_the_office_sets_the_rules_of_a_buyer(visit: Visit, stage: House) -> None:
    buyer = public_id("buyer", stage.buyers["kuijpers"].id)
    page = visit(f"/office/buyers/{buyer}", who="chiara")
    page.get_by_role("button", name="Set the order rules").click()
    dialog = page.get_by_role("dialog", name="What an order must carry")
    dialog.get_by_label("Every order carries a purchase-order number").check()
    dialog.get_by_role("button", name="Set the order rules").click()
    expect(page.get_by_text("The rules bind from the next order on.")).to_be_visible()
    page.get_by_role("link", name="Set the approval rules").click()
    page.get_by_label("Orders above").first.fill("2500")
    page.get_by_role("button", name="Set the approval rules").click()
    expect(page.get_by_role("cell", name="Orders above €2,500.00")).to_be_visible()
