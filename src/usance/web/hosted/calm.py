"""How often one address of the network may do something here.

Counted in each process by itself, which is enough against a flood; what one mailbox or one
application may cost is bounded by the flows, in the database.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

WINDOW = 600
"""Seconds."""


def at_most(times: int) -> Callable[[View[P]], View[P]]:
    """Let one network address send the view's form ``times`` in ten minutes; then 429."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def respond(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method == "POST" and _count(request, view.__name__) > times:
                response = render(request, "429.html", status=429)
                response["Retry-After"] = str(WINDOW)
                return response
            return view(request, *args, **kwargs)

        return respond

    return decorate


def _count(request: HttpRequest, name: str) -> int:
    key = f"calm:{name}:{network_address(request)}"
    cache.add(key, 0, WINDOW)
    try:
        return int(cache.incr(key))
    except ValueError:  # it ran out between the two
        return 1


def network_address(request: HttpRequest) -> str:
    """From where a request comes; behind a proxy, what it has seen itself: the last of the header."""
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
        if forwarded:
            return forwarded.rpartition(",")[2].strip()[:60]
    return str(request.META.get("REMOTE_ADDR", ""))
