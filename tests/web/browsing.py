"""Looking at the site in the real browser: who visits, what axe and a narrow screen find, the keyboard.

The fixtures are in ``conftest``: a file says what it looks at in a fixture ``scene``, and ``visit``
opens pages of it as somebody. While a browser runs, its event loop keeps this thread from the database:
what must be written or read then is done ``aside``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.web.house import House

T = TypeVar("T")

WIDE, NARROW = 1440, 390
LOOKS: Final = ((WIDE, "light"), (NARROW, "dark"))
"""A screen on a desk by day, a phone by night."""
Visit = Callable[..., Page]

_AXE: Final = "axe.run({resultTypes: ['violations']}).then(found => found.violations)"


def aside(act: Callable[[], T]) -> T:
    """Do something with the database while a browser runs."""

    def run() -> T:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


@dataclass
class Visitors:
    """Opens pages as people of the house, who need not sign in for it, and keeps what is complained of."""

    browser: Browser
    address: str
    house: House
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    doors: dict[str, dict[str, Any]] = field(default_factory=dict)

    def open(
        self,
        path: str,
        *,
        who: str | None = "chiara",
        width: int = WIDE,
        scheme: str = "light",
        scripts: bool = True,
        language: str | None = None,
    ) -> Page:
        """The page at ``path`` as ``who`` sees it, in the person's own language unless one is given."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": 844},
            color_scheme=scheme,  # type: ignore[arg-type]
            java_script_enabled=scripts,
            reduced_motion="reduce",
            locale="en",
        )
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        if who:
            context.add_cookies([self._door(who)])  # type: ignore[list-item]
        page = context.new_page()
        if language:
            speak(page, language, address=self.address)
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._require_ours)
        page.goto(path)
        return page

    def _require_ours(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.complaints.append(request.url)

    def _door(self, who: str) -> dict[str, Any]:
        """The cookie of somebody who has signed in."""
        if who not in self.doors:
            self.doors[who] = aside(lambda: self._signed_in(who))
        return self.doors[who]

    def _signed_in(self, who: str) -> dict[str, Any]:
        row = self.house.staff.get(who) or self.house.members[who]
        client = Client()
        client.force_login(row.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        name = settings.SESSION_COOKIE_NAME
        return {
            "name": name,
            "value": client.cookies[name].value,
            "domain": urlsplit(self.address).hostname,
            "path": "/",
        }

    def leave(self) -> list[str]:
        """Close what was opened; what was complained of. A form with mistakes is answered with 422 on
        purpose, which the browser tells."""
        for context in self.contexts:
            context.close()
        said = [text for text in self.complaints if "422" not in text]
        self.contexts, self.complaints = [], []
        return said


def speak(page: Page, language: str, *, address: str = "") -> None:
    """From the next page on the site is in ``language``."""
    cookie: Any = {"name": "django_language", "value": language, "url": address or page.url}
    page.context.add_cookies([cookie])


def violations(page: Page) -> list[str]:
    """What axe finds wrong, each with its place."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [f"{it['id']}: {node['target']}" for it in page.evaluate(_AXE) for node in it["nodes"]]


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def look_over(
    page: Page,
    paths: Iterable[str],
    *,
    looks: Sequence[tuple[int, str]] = LOOKS,
    language: str | None = None,
) -> None:
    """Go to each of ``paths`` and look at it in each of ``looks``: axe finds nothing, and nothing runs
    off the screen. A page is loaded once for all looks. Pictures go to ``USANCE_PICTURES``, if set."""
    if language:
        speak(page, language)
    pictures = os.environ.get("USANCE_PICTURES")
    for n, path in enumerate(paths):
        page.goto(path)
        if language:
            assert page.locator("html").get_attribute("lang") == language, path
        for width, scheme in looks:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            page.set_viewport_size({"width": width, "height": 844})
            if pictures:
                name = f"{urlsplit(path).path.strip('/').replace('/', '-')}-{n:02}"
                place = Path(pictures) / f"{name}-{width}-{scheme}-{language or ''}.png"
                page.screenshot(path=place, full_page=True)
            assert violations(page) == [], (path, width, scheme)
            assert sideways(page) <= 0, (path, width, scheme)


def press_until(page: Page, name: str) -> None:
    """Go on with the tabulator until the button, link or field of that name has the focus."""
    for _ in range(90):
        page.keyboard.press("Tab")
        try:
            found = page.evaluate(
                "(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()"
            )
        except Error:  # what was pressed before leads to another page
            page.wait_for_load_state("networkidle")
            continue
        if name in (found, found.rstrip("* \n")):  # a star marks what is required
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")
