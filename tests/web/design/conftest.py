"""The design's pages on a site of their own, without a database and without the rest of the house,
and the real browser that visits them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from socketserver import ThreadingMixIn
from typing import Any, NoReturn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.test import Client, override_settings
from django.urls import include, path
from playwright.sync_api import Browser, Page, sync_playwright


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


CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Open = Callable[..., Page]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(site: None) -> Iterator[str]:
    """Where the site is served, files and all, without a database."""
    handler = StaticFilesHandler(WSGIHandler())
    server = make_server("127.0.0.1", 0, handler, _Server, _Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for one file at a time: while it is open its event loop keeps Django's database out."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Open]:
    """Open a page; at the end nothing may have been complained about or asked of elsewhere."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_page(
        path: str,
        *,
        width: int = 1440,
        scheme: str = "light",
        language: str = "en",
        scripts: bool = True,
    ) -> Page:
        context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": 844},
            color_scheme=scheme,  # type: ignore[arg-type]
            locale=language,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith(address) else complaints.append(request.url)
            ),
        )
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # A page that is not there is asked for on purpose.
    assert [text for text in complaints if "404" not in text] == []
