"""A buyer asks about a line of an invoice and is answered, in the real browser and by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.web import house as houses
from tests.web.browsing import NARROW, WIDE, Visit, look_over, press_until, sideways, violations
from tests.web.house import House
from usance.flows import invoice_questions
from usance.records.identity import public_id

pytestmark = pytest.mark.browser


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
def scene(pages: dict[str, str]) -> dict[str, str]:
    """All of it is there before the browser runs."""
    return pages


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [(WIDE, "light", "en"), (NARROW, "dark", "en"), (NARROW, "light", "hi")],
)
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(
    visit: Visit, pages: dict[str, str], width: int, scheme: str, language: str
) -> None:
    page = visit("/account/", who="lucia")
    look_over(page, pages.values(), looks=[(width, scheme)], language=language)


def test_a_line_is_asked_about_and_answered_by_keyboard(
    visit: Visit, pages: dict[str, str]
) -> None:
    # Her own language would be Italian.
    mine = visit(pages["invoice"], who="lucia", width=NARROW, language="en")
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
    assert sideways(mine) <= 0
