"""A buyer asks about a line of an invoice and is answered, in the real browser and by keyboard."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.web import house as houses
from tests.web import live
from tests.web.house import House
from usance.flows import invoice_questions
from usance.records.identity import public_id

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("portal invoices in the browser")]

WIDE, NARROW = 1440, 390
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def pages(house: House) -> dict[str, str]:
    """A page of each kind. Nothing here reads the database once a browser runs."""
    act: dict[str, Any] = {"at": houses.TODAY, "by": "test"}
    talked = house.invoices["88052"]
    asked = invoice_questions.ask(
        house.seller,
        invoice_id=talked.id,
        line="2",
        text="Which works was this for?",
        member_id=house.members["lucia"].id,
        **act,
    )
    invoice_questions.answer(
        house.seller, question_id=asked.id, text="For Brescia.", name="Chiara Fontana", **act
    )
    fresh = f"/account/invoices/{public_id('invoice', house.invoices['88110'].id)}"
    return {
        "invoice": fresh,
        "ask": f"{fresh}/ask",
        "talked": f"/account/invoices/{public_id('invoice', talked.id)}",
    }


@pytest.fixture(scope="module")
def address(pages: dict[str, str]) -> Iterator[str]:
    """Where the site is."""
    del pages
    with live.served() as served:
        yield served


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    """Chromium, for this file."""
    del address
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=live.CHROMIUM, args=live.FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def doors(browser: Browser, address: str, house: House) -> dict[str, Any]:
    """The cookies of those who have signed in."""
    kept = {}
    for who, place in (("lucia", "account"), ("chiara", "office")):
        context = browser.new_context(base_url=address)
        page = context.new_page()
        page.goto("/accounts/login/")
        page.get_by_label("Email").fill(house.email(who))
        page.get_by_label("Password").fill(houses.PASSWORD)
        page.locator("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"**/{place}/")
        kept[who] = context.storage_state()
        context.close()
    return kept


@pytest.fixture
def visit(browser: Browser, address: str, doors: dict[str, Any]) -> Iterator[Visit]:
    """Open a page as somebody; at the end nothing may have been complained about."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_page(
        path: str, *, who: str = "lucia", width: int = WIDE, scheme: str = "light"
    ) -> Page:
        context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": 844},
            color_scheme=scheme,  # type: ignore[arg-type]
            storage_state=doors[who],
            reduced_motion="reduce",
            locale="en",
        )
        # The buyer's own language would be Italian.
        context.add_cookies([{"name": "django_language", "value": "en", "url": address}])
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # A form with mistakes is answered with 422 on purpose, which the browser tells.
    assert [text for text in complaints if "422" not in text] == []


def violations(page: Page) -> list[str]:
    """What axe finds wrong, each with its place."""
    found = Axe().run(page).response["violations"]
    return [f"{it['id']}: {node['target']}" for it in found for node in it["nodes"]]


def press_until(page: Page, name: str) -> None:
    """Go on with the tabulator until the button or link of that name has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [(WIDE, "light", "en"), (NARROW, "dark", "en"), (NARROW, "light", "hi")],
)
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(
    visit: Visit, pages: dict[str, str], width: int, scheme: str, language: str
) -> None:
    page = visit(pages["invoice"], width=width, scheme=scheme)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    pictures = os.environ.get("USANCE_PICTURES")
    for name, path in pages.items():
        page.goto(path)
        if pictures:
            page.screenshot(path=Path(pictures) / f"{width}-{language}-{name}.png", full_page=True)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


def test_a_line_is_asked_about_and_answered_by_keyboard(
    visit: Visit, pages: dict[str, str]
) -> None:
    mine = visit(pages["invoice"], width=NARROW)
    press_until(mine, "Ask about it")
    mine.keyboard.press("Enter")
    dialog = mine.get_by_role("dialog", name="Ask about this invoice")
    expect(dialog).to_be_visible()
    assert violations(mine) == []
    line = dialog.get_by_label("About")
    while not line.evaluate("it => it === document.activeElement"):
        mine.keyboard.press("Tab")
    mine.keyboard.type("2")
    mine.keyboard.press("Tab")
    mine.keyboard.type("We have counted 13, not 14.")
    press_until(mine, "Ask about it")
    mine.keyboard.press("Enter")
    expect(mine.get_by_text("The answer comes here and by e-mail.")).to_be_visible()
    panel = mine.locator("section.panel", has_text="Line 2: Angle grinder 125 mm")
    expect(panel).to_contain_text("Waits for an answer")
    assert violations(mine) == []

    desk = visit("/office/questions?state=open", who="chiara")
    press_until(desk, "Line 2: Angle grinder 125 mm")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("We have counted 13, not 14.")).to_be_visible()
    press_until(desk, "Answer")
    desk.keyboard.press("Enter")
    text = desk.get_by_role("dialog").get_by_role("textbox")
    while not text.evaluate("it => it === document.activeElement"):
        desk.keyboard.press("Tab")
    desk.keyboard.type("One follows tomorrow.")
    press_until(desk, "Answer")
    desk.keyboard.press("Enter")
    expect(desk.locator(".page-heading .badge")).to_have_text("Answered")

    mine.reload()
    expect(panel).to_contain_text("One follows tomorrow.")
    expect(panel).to_contain_text("Answered")
    assert mine.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
