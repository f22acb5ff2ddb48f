"""What browsers are told about every page."""

from __future__ import annotations

import asyncio

from django.http import HttpRequest, HttpResponse
from django.test import Client

from usance.web.design.security_headers import SecurityHeaders, content_policy, policy

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)


def test_every_page_carries_them(visitor: Client) -> None:
    for address in ("/styleguide", "/no-such-page", "/refuse", "/fail"):
        headers = visitor.get(address).headers
        assert headers["Content-Security-Policy"] == STRICT
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert headers["X-Frame-Options"] == "DENY"


def test_a_view_may_name_what_it_needs() -> None:
    @content_policy(form_action="'self' https://pay.example", img_src="")
    def pay(_request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    response = SecurityHeaders(pay)(HttpRequest())
    assert isinstance(response, HttpResponse)
    header = response.headers["Content-Security-Policy"]
    assert header == policy(form_action="'self' https://pay.example", img_src="")
    assert "form-action 'self' https://pay.example;" in header
    assert "img-src" not in header
    assert "default-src 'none'" in header


def test_an_asynchronous_view_may_name_what_it_needs() -> None:
    @content_policy(script_src="'self' 'unsafe-inline'")
    async def docs(_request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    response = asyncio.run(docs(HttpRequest()))
    assert "script-src 'self' 'unsafe-inline';" in response.headers["Content-Security-Policy"]


def test_an_asynchronous_view_is_answered_asynchronously() -> None:
    async def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    async def ask() -> HttpResponse:
        response = await SecurityHeaders(view)(HttpRequest())  # type: ignore[misc]
        assert isinstance(response, HttpResponse)
        return response

    assert asyncio.run(ask()).headers["Content-Security-Policy"] == STRICT
