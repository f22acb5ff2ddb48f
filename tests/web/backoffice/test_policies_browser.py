"""Policies and reviews in the real browser: by keyboard, on a phone, without scripts, read by a machine."""

from __future__ import annotations

from itertools import product

import pytest
from playwright.sync_api import Page, expect

from tests.web import house as houses
from tests.web.backoffice import ruled
from tests.web.backoffice.ruled import Ruled
from tests.web.browsing import NARROW, WIDE, Visit, look_over, sideways, speak, violations
from tests.web.house import House
from usance.records.credit.models import Review
from usance.records.identity import public_id

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def ruling(house: House) -> Ruled:
    """The house under written rules. Nothing here reads the database once a browser runs."""
    made = ruled.rule(house)
    asked = houses.order(house, "nordmann", 2_600_000, ago=0, name="by-keyboard")
    review = Review.objects.get(seller_id=house.seller.id, subject_id=asked.order_id)
    house.orders["review"] = public_id("review", review.id)
    return made


@pytest.fixture(scope="module")
def pages(ruling: Ruled) -> list[str]:
    """A page of each kind."""
    return [
        "/office/policies",
        f"/office/policies/{ruling.deciding}",
        f"/office/policies/{ruling.trial}",
        f"/office/policies/{ruling.trial}/publish",
        f"/office/policies/{ruling.former}/diff/{ruling.deciding}",
        f"/office/policies/{ruling.deciding}/diff/{ruling.waiting}",
        f"/office/policies/new?from={ruling.deciding}",
        f"/office/policies/new?from={ruling.former}",
        f"/office/decisions/{ruling.decision}",
        f"/office/decisions/{ruling.old_decision}",
        "/office/reviews",
        "/office/reviews?view=open&kind=policy",
        "/office/reviews?view=closed",
        f"/office/reviews/{ruling.order_review}",
        f"/office/reviews/{ruling.order_review}/approve",
        f"/office/reviews/{ruling.policy_review}",
        "/office/settings/delegations",
        "/office/settings/delegations/new",
        f"/office/orders/{ruling.order}",
    ]


@pytest.fixture(scope="module")
def scene(ruling: Ruled) -> Ruled:
    """All of it is there before the browser runs."""
    return ruling


@pytest.mark.slow
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(visit: Visit, pages: list[str]) -> None:
    look_over(visit(pages[0]), pages, looks=list(product((WIDE, NARROW), ("light", "dark"))))


@pytest.mark.slow
@pytest.mark.parametrize("language", ["it", "ro", "hi"])
def test_no_language_runs_off_a_phone(visit: Visit, pages: list[str], language: str) -> None:
    page = visit(pages[0], width=NARROW)
    speak(page, language)
    for path in pages:
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == language
        assert sideways(page) <= 0, path


def focused(page: Page) -> str:
    """The id of what has the focus."""
    return str(page.evaluate("document.activeElement.id"))


def tab_to(page: Page, name: str, value: str) -> None:
    """Press the tab key until a button has the focus."""
    wanted = f'button[name="{name}"][value="{value}"]:focus'
    for _ in range(400):
        if page.locator(wanted).count():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The tab key does not lead to {value}.")


def test_a_rule_is_written_by_keyboard_alone(visit: Visit, ruling: Ruled) -> None:
    page = visit(f"/office/policies/new?from={ruling.former}")
    page.locator("main").focus()
    tab_to(page, "do", "add:hold")
    page.keyboard.press("Enter")
    # The new rule has the focus, and its first field is the next but for its three buttons.
    page.wait_for_selector("#r0:focus")
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.type("Owes too much")
    for _ in range(2):
        page.keyboard.press("Tab")
    assert focused(page) == "id_r0c0-fact"
    page.keyboard.type("Overdue am")
    page.keyboard.press("Tab")
    page.keyboard.type("is more")
    page.keyboard.press("Tab")
    page.keyboard.type("a lot")
    # Enter checks, and what is wrong gets the focus.
    page.keyboard.press("Enter")
    page.wait_for_selector(".error-summary:focus")
    expect(page.locator(".error-summary")).to_contain_text("Enter an amount such as 1,234.00.")
    assert violations(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page) == "id_r0c0-value"
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("500.00")
    page.keyboard.press("Enter")
    page.wait_for_selector("#checked:focus")
    expect(page.locator("#checked")).to_contain_text("history.overdue > 500")
    assert violations(page) == []
    tab_to(page, "do", "draft")
    page.keyboard.press("Enter")
    expect(page.locator(".page-heading .badge")).to_have_text("Draft")
    expect(page.locator("main")).to_contain_text(
        "While Overdue amount is more than €500.00, an order is declined."
    )


def test_a_policy_is_written_without_scripts_on_a_phone(visit: Visit, ruling: Ruled) -> None:
    page = visit(f"/office/policies/new?from={ruling.former}", width=NARROW, scripts=False)
    page.get_by_text("Begin with rules that most sellers need").click()
    page.get_by_role("button", name="Add: Four eyes for large amounts").click()
    page.get_by_role("button", name="Remove all_other").click()
    page.get_by_role("button", name="Write as an expression").click()
    page.get_by_label("Condition").fill("review.amount > 5000 &&\n  review.amout < 9000")
    page.get_by_role("button", name="Check").last.click()
    expect(page.locator(".error-summary")).to_contain_text("Line 2, column 3")
    expect(page.locator("pre.caret")).to_contain_text("^")
    assert sideways(page) <= 0
    page.get_by_label("Condition").fill("review.amount > 5000")
    page.get_by_label("What changed and why").fill("Four eyes")
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.locator(".page-heading .badge")).to_have_text("Draft")
    expect(page.get_by_text("2 different people decide")).to_be_visible()


def test_mistakes_have_no_faults_of_access(visit: Visit, ruling: Ruled) -> None:
    page = visit(f"/office/policies/new?from={ruling.deciding}", width=NARROW, scheme="dark")
    page.get_by_role("button", name="Write as an expression").first.click()
    page.locator("#id_r0-when").fill("history.ordrs > 3")
    page.locator("#id_r3-formula").fill("month *")
    page.get_by_role("button", name="Check").last.click()
    expect(page.locator(".error-summary")).to_be_focused()
    assert page.locator("pre.caret").count() == 2
    assert violations(page) == []
    assert sideways(page) <= 0


def test_an_order_is_let_past_the_limit_by_keyboard(visit: Visit, ruling: Ruled) -> None:
    page = visit("/office/reviews")
    review = ruling.house.orders["review"]
    page.locator(f'a[href="/office/reviews/{review}"]').press("Enter")
    opener = page.get_by_role("button", name="Approve").first
    opener.press("Enter")
    dialog = page.get_by_role("dialog", name="Approve this?")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    dialog.get_by_label("Note").fill("Known for years")
    if dialog.get_by_role("checkbox").count():
        dialog.get_by_role("checkbox").press("Space")
    dialog.get_by_role("button", name="Approve").press("Enter")
    expect(page.get_by_text("You have approved; another person must too.")).to_be_visible()
    expect(page.get_by_text("Known for years")).to_be_visible()


def test_a_decision_is_taken_again(visit: Visit, ruling: Ruled) -> None:
    page = visit(f"/office/decisions/{ruling.decision}")
    page.get_by_role("button", name="Decide again").press("Enter")
    expect(page.get_by_text("The same answer")).to_be_visible()
    assert violations(page) == []
