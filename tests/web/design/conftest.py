"""The design's pages on a site of their own, without a database and without the rest of the house."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest
from django.test import Client, override_settings
from django.urls import include, path


def refuse(request: HttpRequest) -> NoReturn:
    """A view that somebody may not see."""
    raise PermissionDenied


def misunderstand(request: HttpRequest) -> NoReturn:
    """A view that cannot read its request."""
    raise SuspiciousOperation


def fail(request: HttpRequest) -> NoReturn:
    """A view with a defect."""
    raise RuntimeError


SITE = (
    path("", include("usance.web.design.urls")),
    path("accounts/", include("allauth.urls")),
    path("refuse", refuse),
    path("misunderstand", misunderstand),
    path("fail", fail),
)


@pytest.fixture(scope="module", autouse=True)
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Settings of the site: its addresses, cookies that work without TLS, files as they lie."""
    with override_settings(
        ROOT_URLCONF=SITE,
        ALLOWED_HOSTS=["testserver", "127.0.0.1"],
        DEBUG=False,
        CSRF_COOKIE_SECURE=False,
        SESSION_COOKIE_SECURE=False,
        SECURE_SSL_REDIRECT=False,
        STATIC_ROOT=tmp_path_factory.mktemp("static"),
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
    ):
        yield


@pytest.fixture
def visitor() -> Client:
    """Somebody who is not signed in; errors come back as pages."""
    return Client(raise_request_exception=False)
