"""The whole site with a seller at work, as people and their browsers meet it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.test import Client, override_settings

from config.clock import Clock
from tests.web import house as houses
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
