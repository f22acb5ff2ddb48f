"""The headers that tell a browser what a page may do. One strict policy, loosened by name where a
page must."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Final, TypeVar, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase

View = TypeVar("View", bound=Callable[..., Any])

POLICY: Final[dict[str, str]] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
"""Content Security Policy, level 3. No inline script or style anywhere, nothing from elsewhere."""

PERMISSIONS: Final = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=(), "
    "clipboard-write=(self), publickey-credentials-create=(self), publickey-credentials-get=(self)"
)
"""Nothing of the device, except copying an id and signing in with a passkey."""

_FIXED: Final[dict[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": Django's protection of forms reads the referrer over HTTPS.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "Cross-Origin-Opener-Policy": "same-origin",
    # For browsers that do not know frame-ancestors.
    "X-Frame-Options": "DENY",
}


def policy(**changes: str) -> str:
    """The policy as a header, with directives changed by name: ``policy(img_src="'self'")``.

    An empty value leaves the directive out, so that ``default-src`` applies.
    """
    directives = POLICY | {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(f"{name} {value}" for name, value in directives.items() if value)


def content_policy(**changes: str) -> Callable[[View], View]:
    """Decorator of a view, plain or asynchronous, whose pages need another policy.

    A form that ends at a payment provider's page, for one, must name the provider in
    ``form_action``, since browsers hold redirects to it too.
    """
    header = policy(**changes)

    def marked(response: HttpResponseBase) -> HttpResponseBase:
        response.headers["Content-Security-Policy"] = header
        return response

    def decorate(view: View) -> View:
        @wraps(view)
        def plain(*args: Any, **kwargs: Any) -> HttpResponseBase:
            return marked(view(*args, **kwargs))

        @wraps(view)
        async def asynchronous(*args: Any, **kwargs: Any) -> HttpResponseBase:
            return marked(await view(*args, **kwargs))

        return cast(View, asynchronous if iscoroutinefunction(view) else plain)

    return decorate


class SecurityHeaders:
    """Middleware: puts the headers on every response that does not bring its own.

    Stands first, so that what later middleware answers (static files, redirects) carries them too.
    Works in both worlds without a change of thread, because the checkout path is asynchronous.
    """

    sync_capable = True
    async_capable = True

    def __init__(
        self,
        get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]],
    ) -> None:
        self._get_response = get_response
        self._headers = {"Content-Security-Policy": policy(), **_FIXED}
        self._asynchronous = iscoroutinefunction(get_response)
        if self._asynchronous:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer ``request`` and add the headers."""
        response = self._get_response(request)
        if isinstance(response, HttpResponseBase):
            return self._add(response)
        return self._add_later(response)

    async def _add_later(self, response: Awaitable[HttpResponseBase]) -> HttpResponseBase:
        return self._add(await response)

    def _add(self, response: HttpResponseBase) -> HttpResponseBase:
        for name, value in self._headers.items():
            response.headers.setdefault(name, value)
        return response
