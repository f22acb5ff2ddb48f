"""The whole site with a seller at work, as people and their browsers meet it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.test import Client, override_settings
from playwright.sync_api import Browser, sync_playwright

from config.clock import Clock
from tests.web import house as houses
from tests.web import live
from tests.web.browsing import Visit, Visitors
from tests.web.house import House


@pytest.fixture(scope="module")
def _today() -> Iterator[None]:
    """The site's clock stands at the day of the house."""
    patch = pytest.MonkeyPatch()
    patch.setattr(Clock, "now", lambda _self: now())
    yield
    patch.undo()


def now() -> datetime:
    """What the site's clock says."""
    return houses.TODAY


@pytest.fixture(scope="module")
def whole_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Settings of a site without TLS, whose files need not be collected first."""
    with override_settings(
        ALLOWED_HOSTS=["testserver", "127.0.0.1"],
        CSRF_COOKIE_SECURE=False,
        SESSION_COOKIE_SECURE=False,
        STATIC_ROOT=tmp_path_factory.mktemp("static"),
        ACCOUNT_RATE_LIMITS=False,
    ):
        yield


@pytest.fixture(scope="module")
def house(
    migrated: None, django_db_blocker: Any, whole_site: None, _today: None
) -> Iterator[House]:
    """One seller at work for a file of tests. Tests that change it make their own objects."""
    del migrated
    with django_db_blocker.unblock():
        yield houses.build()
        from django.db import connections

        connections.close_all()


@pytest.fixture
def sign_in(house: House) -> Callable[[str], Client]:
    """A person of the house, signed in."""

    def signed_in(who: str) -> Client:
        row = house.staff.get(who) or house.members[who]
        client = Client()
        client.force_login(row.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in


@pytest.fixture(scope="module")
def scene(house: House) -> Any:
    """What a file looks at in the browser: one that needs more than the house has its own."""
    return house


@pytest.fixture(scope="module")
def address(scene: Any) -> Iterator[str]:
    """Where the site is, once everything is on the scene."""
    del scene
    with live.served() as served:
        yield served


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    """Chromium, for one file of tests."""
    del address
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=live.CHROMIUM, args=live.FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def visitors(browser: Browser, address: str, house: House) -> Visitors:
    """The people of the house, signed in where they have to be."""
    return Visitors(browser, address, house)


@pytest.fixture
def visit(visitors: Visitors) -> Iterator[Visit]:
    """Open a page as somebody; at the end nothing may have been complained about."""
    yield visitors.open
    assert visitors.leave() == []
