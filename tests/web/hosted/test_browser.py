"""A company applies in the real browser: by keyboard alone, on a phone, and read by a machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.db import connections as databases
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.flows.applying import (
    CLEAR,
    ITALIAN,
    World,
    again,
    begin,
    code_in,
    decide_by,
    fill,
    mail_server,
    mails,
    open_form,
    submitted,
)
from tests.web import house as houses
from tests.web import live
from tests.web.house import House
from usance.flows.applications import correspondence, decide
from usance.records.applications.models import Application
from usance.records.identity import public_id

pytestmark = pytest.mark.browser

T = TypeVar("T")
STEPS = ("company", "numbers", "request", "people", "documents", "consents", "check")


def aside(act: Callable[[], T]) -> T:
    """Do something with the database while a browser runs, which keeps this thread to itself."""

    def run() -> T:
        try:
            return act()
        finally:
            databases.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


@dataclass
class Stage:
    """The site, a browser, and applications in every state."""

    address: str
    browser: Browser
    house: House
    draft: str
    asked: str
    waiting: str
    worker: World

    @property
    def door(self) -> str:
        return f"/apply/{self.house.seller.handle}"

    def open(self, path: str, *, width: int = 1440, scripts: bool = True, **more: Any) -> Page:
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": 844},
            java_script_enabled=scripts,
            reduced_motion="reduce",
            locale="en",
            **more,
        )
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.goto(path)
        return page


@pytest.fixture(scope="module")
def stage(house: House) -> Iterator[Stage]:
    """The house takes applications and lets the clear ones in."""
    cache.clear()
    seller, at = house.seller, houses.TODAY
    with mail_server():
        open_form(seller, at=at, prepaid_allowed=True, introduction="Fasteners since 1952.")
        decide_by(seller, *CLEAR, at=at)
        world = World()
        draft = begin(seller, at=at)
        fill(seller, draft, at=at)
        asked = submitted(seller, at=at, name="Acciai Brescia S.p.A.")
        waiting = submitted(seller, at=at, name="Ferramenta Bianchi")
        for application in (asked, waiting):
            world.check(application, at=at)
            assert again(application).state == "in_review"  # the register has another name
        decide.request_information(
            seller, application_id=asked.id, text="Who signs?", author="Chiara", at=at, by="c"
        )
        correspondence.answer(seller, application_id=asked.id, text="Our director.", at=at)
        from usance.flows.applications.links import secret_of

        with live.served() as address, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=live.CHROMIUM, args=live.FLAGS)
            yield Stage(
                address,
                chromium,
                house,
                draft.secret,
                str(secret_of(asked)),
                public_id("application", waiting.id),
                world,
            )
            chromium.close()


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{it['id']}: {node['target']}" for it in found for node in it["nodes"]]


def sideways(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def press_to(page: Page, selector: str) -> None:
    """Tab until the focus is there."""
    wanted = page.locator(selector).first
    for _ in range(80):
        if wanted.evaluate("it => it === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by keyboard on {page.url}")


def fill_in(page: Page, **values: str) -> None:
    """Type into fields, and go on, without a mouse."""
    for name, value in values.items():
        press_to(page, f"main [name={name}]")
        page.keyboard.press("Control+A")
        page.keyboard.type(value)


def arrived(page: Page, step: str) -> None:
    """Wait for the page of a step; the place on a page that was gone to before stays in the address."""
    page.wait_for_url(re.compile(rf"/{step}(#|$)"))


def test_the_whole_way_by_keyboard_alone(stage: Stage) -> None:
    page = stage.open(stage.door)
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    fill_in(
        page,
        name="Ferramenta Lodi S.r.l.",
        contact_name="Paola Conti",
        email="keyboard@ferramentalodi.example",
    )
    page.keyboard.press("Enter")
    arrived(page, "company")
    fill_in(
        page,
        street="Via Roma 1",
        postal_code="20121",
        city="Milano",
        website="www.ferramentalodi.example",
    )
    page.keyboard.press("Enter")
    arrived(page, "numbers")
    fill_in(page, partita_iva="IT00743110158")
    page.keyboard.press("Enter")
    # The mistake takes the focus and leads to its field.
    expect(page.locator(".error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[name=partita_iva]")).to_be_focused()
    fill_in(page, partita_iva=ITALIAN)
    page.keyboard.press("Enter")
    arrived(page, "request")
    fill_in(page, requested_limit="5,000.00")
    page.keyboard.press("Enter")
    arrived(page, "people")
    fill_in(page, reference_0_company="Acciai Brescia")
    page.keyboard.press("Enter")
    arrived(page, "documents")
    press_to(page, "main a.button-primary")
    page.keyboard.press("Enter")
    arrived(page, "consents")
    for name in ("consent_authority", "consent_checks"):
        press_to(page, f"[name={name}]")
        page.keyboard.press("Space")
    page.keyboard.press("Enter")
    arrived(page, "check")
    press_to(page, ".panel .button-primary")
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=digits]")

    def application() -> Application:
        return Application.objects.get(contact_email="keyboard@ferramentalodi.example")

    digits = aside(lambda: code_in(mails(application(), "application_code")[-1]))
    fill_in(page, digits=digits)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thank you; your address is proved.")).to_be_visible()
    press_to(page, "main form[action$='/send'] .button-primary")
    page.keyboard.press("Enter")
    expect(page.get_by_text("your application has arrived")).to_be_visible()
    expect(page.get_by_text("You can order already")).to_be_visible()
    aside(lambda: stage.worker.check(application(), at=houses.TODAY))
    page.reload()
    # Two companies of one number have applied, so a person looks at it.
    expect(page.locator(".page-heading .badge")).to_have_text("In review")


@pytest.mark.slow
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(
    stage: Stage, width: int, scheme: str
) -> None:
    page = stage.open(stage.door, width=width, color_scheme=scheme)
    for path in ("", "/link", *(f"/{stage.draft}/{step}" for step in STEPS), f"/{stage.asked}"):
        page.goto(stage.door + path)
        assert violations(page) == [], path
        assert sideways(page) <= 0, path


@pytest.mark.slow
@pytest.mark.parametrize("language", ["it", "ro", "hi"])
def test_no_language_runs_off_a_phone(stage: Stage, language: str) -> None:
    page = stage.open(stage.door, width=390)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": stage.address}])
    for path in ("", *(f"/{stage.draft}/{step}" for step in STEPS), f"/{stage.asked}"):
        page.goto(stage.door + path)
        assert page.locator("html").get_attribute("lang") == language
        assert sideways(page) <= 0, path


def test_the_way_works_without_scripts(stage: Stage) -> None:
    page = stage.open(stage.door, scripts=False)
    page.get_by_label("Name of the company").fill("No Script S.r.l.")
    page.get_by_label("Your name").fill("Paola")
    page.get_by_label("Your e-mail address at work").fill("noscript@lodi.example")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Step 1 of 7: Company")


def test_the_language_is_switched_on_the_page(stage: Stage) -> None:
    page = stage.open(stage.door)
    page.locator("summary.person").click()
    page.locator("button[name=language][value=it]").click()
    expect(page.locator("html")).to_have_attribute("lang", "it")
    assert page.url.endswith(stage.door)


def test_a_manager_reads_and_approves_in_the_office(stage: Stage) -> None:
    page = stage.open("/accounts/login/")
    page.get_by_label("Email").fill(stage.house.email("chiara"))
    page.get_by_label("Password").fill(houses.PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/office/")
    for path in (
        "/office/applications",
        f"/office/applications/{stage.waiting}",
        "/office/settings/applications",
        "/office/settings/connections",
        "/office/settings/connections/new/creditsafe",
    ):
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 844})
            page.goto(path)
            assert violations(page) == [], path
            assert sideways(page) <= 0, (path, width)
    page.set_viewport_size({"width": 1440, "height": 844})
    page.goto(f"/office/applications/{stage.waiting}")
    page.get_by_role("button", name="Approve").first.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Limit")).to_have_value("5,000.00")  # what the policy suggests
    assert violations(page) == []
    dialog.get_by_label("Limit").fill("3,000.00")
    dialog.get_by_role("button", name="Approve").press("Enter")
    expect(page.get_by_text("The account is open with a limit of €3,000.00.")).to_be_visible()
    expect(page.locator(".page-heading .badge")).to_have_text("Approved")
