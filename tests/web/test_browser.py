"""A working day in the real browser: by keyboard, on a phone, in Hindi, and read by a machine."""

from __future__ import annotations

import re
from itertools import product

import pytest
from playwright.sync_api import expect

from tests.web import house as houses
from tests.web.browsing import NARROW, WIDE, Visit, look_over, sideways, speak, violations
from tests.web.house import House
from usance.records.identity import public_id

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stage(house: House) -> House:
    """The house with an invoice to be paid. Nothing here reads the database once a browser runs."""
    houses.order(house, "girard", 84_000, ago=0, name="browser")
    houses.ship(house, "browser", ago=0)
    return house


@pytest.fixture(scope="module")
def pages(stage: House) -> dict[str, list[str]]:
    """A page of each kind, by who looks at it."""
    order = public_id("order", stage.orders["88131"].order_id)
    invoice = public_id("invoice", stage.invoices["88052"].id)
    payment = public_id("payment", stage.payments["88010"].id)
    buyer = public_id("buyer", stage.buyers["nordmann"].id)
    statement = public_id("bank_statement", stage.statement.id)
    declined = public_id("order", stage.orders["88133"].order_id)
    return {
        "chiara": [
            "/office/",
            "/office/orders",
            f"/office/orders/{order}",
            "/office/invoices?state=overdue",
            f"/office/invoices/{invoice}",
            f"/office/invoices/{invoice}/credit",
            "/office/payments",
            "/office/payments/new",
            f"/office/payments/{payment}",
            "/office/bank",
            "/office/bank/upload",
            f"/office/bank/{statement}",
            "/office/buyers",
            f"/office/buyers/{buyer}",
            "/office/reports",
            "/office/search?q=bianchi",
            "/office/orders?q=nothing-like-this",
        ],
        "lucia": [
            "/account/",
            "/account/invoices",
            f"/account/invoices/{invoice}",
            "/account/orders",
            f"/account/orders/{declined}",
            "/account/statement",
        ],
    }


@pytest.fixture(scope="module")
def scene(stage: House) -> House:
    """All of it is there before the browser runs."""
    return stage


@pytest.mark.slow
@pytest.mark.parametrize("who", ["chiara", "lucia"])
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(
    visit: Visit, pages: dict[str, list[str]], who: str
) -> None:
    looks = list(product((WIDE, NARROW), ("light", "dark")))
    look_over(visit(pages[who][0], who=who), pages[who], looks=looks)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["it", "ro", "hi"])
def test_no_language_runs_off_a_phone(
    visit: Visit, pages: dict[str, list[str]], language: str
) -> None:
    for who, paths in pages.items():
        page = visit(paths[0], who=who, width=NARROW)
        speak(page, language)
        for path in paths:
            page.goto(path)
            assert page.locator("html").get_attribute("lang") == language
            assert sideways(page) <= 0, path


def test_signing_in_by_keyboard_alone(visit: Visit, stage: House) -> None:
    page = visit("/office/invoices", who=None)
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    for key in ("Tab", stage.email("marco"), "Tab", houses.PASSWORD, "Enter"):
        if key in ("Tab", "Enter"):
            page.keyboard.press(key)
        else:
            page.keyboard.type(key)
    page.wait_for_url("**/office/invoices")
    expect(page.get_by_role("heading", level=1)).to_have_text("Invoices")


def test_finding_an_overdue_invoice(visit: Visit) -> None:
    page = visit("/office/")
    page.get_by_role("link", name="Overdue").first.click()
    expect(page.get_by_role("link", name="Overdue").first).to_have_attribute("aria-current", "page")
    search = page.get_by_label("Search invoices").last
    search.fill("bianchi")
    rows = page.locator("main tbody tr")
    expect(rows).to_have_count(1)
    # The list was filtered without loading the page anew, and its address says so.
    expect(page).to_have_url(re.compile("state=overdue&q=bianchi"))
    rows.get_by_role("rowheader").get_by_role("link").click()
    expect(page.get_by_text("20 days late")).to_be_visible()


def test_recording_and_allocating_a_payment(visit: Visit, stage: House) -> None:
    number = stage.invoices["browser"].number
    page = visit("/office/payments")
    page.get_by_role("link", name="Record a payment").click()
    page.get_by_label("Buyer", exact=True).fill("Atelier Girard & Fils SARL")
    page.get_by_label("Amount").fill("1,000.00")
    page.get_by_label("Reference").fill("browser payment")
    page.get_by_role("button", name="Record a payment").click()
    expect(page.get_by_text("€1,000.00 is recorded.")).to_be_visible()
    page.get_by_role("button", name="Allocate").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Invoice").select_option(number)
    dialog.get_by_role("button", name="Allocate").click()
    expect(page.get_by_text(f"€840.00 pays invoice {number} now.")).to_be_visible()
    expect(page.locator(".page-heading .badge")).to_have_text("Partially allocated")
    page.get_by_role("rowheader", name=number).get_by_role("link").click()
    expect(page.locator(".page-heading .badge")).to_have_text("Paid")


def test_a_mistake_comes_back_with_the_focus_on_what_to_correct(visit: Visit, stage: House) -> None:
    invoice = public_id("invoice", stage.invoices["88110"].id)
    page = visit(f"/office/invoices/{invoice}")
    page.locator(".page-actions summary", has_text="More").click()
    page.get_by_role("button", name="Credit an amount").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Amount with tax").fill("1,000,000")
    dialog.get_by_role("button", name="Credit an amount").click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Enter at most €8,450.00.")
    assert violations(page) == []
    page.get_by_role("link", name="Reason").press("Enter")
    expect(page.get_by_label("Reason")).to_be_focused()


def test_an_act_works_without_scripts(visit: Visit, stage: House) -> None:
    buyer = public_id("buyer", stage.buyers["girard"].id)
    page = visit(f"/office/buyers/{buyer}", scripts=False)
    page.get_by_role("button", name="Put on hold").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("Address is wrong")
    dialog.get_by_role("button", name="Put on hold").click()
    expect(page.get_by_text("The credit line is on hold. New orders are declined.")).to_be_visible()
    page.get_by_role("button", name="Release").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Release").click()
    expect(page.get_by_text("The credit line is active again.")).to_be_visible()


def test_the_credit_bar_is_refreshed_in_place(visit: Visit, stage: House) -> None:
    buyer = public_id("buyer", stage.buyers["bianchi"].id)
    page = visit(f"/office/buyers/{buyer}")
    page.evaluate("document.querySelector('#credit-EUR').dataset.old = 1")
    page.get_by_role("link", name="Refresh").click()
    expect(page.locator("#credit-EUR:not([data-old])")).to_be_visible()
    assert violations(page) == []


def test_in_hindi_amounts_are_grouped_as_in_india(visit: Visit, stage: House) -> None:
    page = visit("/office/buyers")
    page.locator("summary.person").click()
    page.locator("button[name=language][value=hi]").click()
    expect(page.locator("html")).to_have_attribute("lang", "hi")
    expect(page.get_by_role("heading", level=1)).to_have_text("ख़रीदार")
    page.get_by_role("link", name="महावीर वस्त्र उद्योग प्रा. लि.").click()
    expect(page.get_by_text("₹1,50,000.00").first).to_be_visible()
    assert violations(page) == []


def test_a_buyer_sees_what_it_owes(visit: Visit) -> None:
    page = visit("/account/", who="ravi", width=NARROW)
    expect(page.locator("html")).to_have_attribute("lang", "hi")
    expect(page.locator(".figure-value").first).to_have_text("₹58,024.57")
    page.get_by_role("link", name="खाता विवरण").first.click()
    expect(page.locator("tfoot")).to_contain_text("₹58,024.57")
    assert sideways(page) <= 0


def test_a_dialog_has_no_faults_and_gives_the_focus_back(visit: Visit, stage: House) -> None:
    buyer = public_id("buyer", stage.buyers["nordmann"].id)
    page = visit(f"/office/buyers/{buyer}", width=NARROW)
    opener = page.get_by_role("button", name="Change limit").first
    opener.press("Enter")
    dialog = page.get_by_role("dialog", name="Change the limit")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
