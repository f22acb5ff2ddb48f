"""The entry point of a web process: checkouts take their own lane, everything else is Django's."""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import Awaitable, Callable
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

_django = get_asgi_application()

from usance.web.api.checkout_lane import PATH, CheckoutLane  # noqa: E402 - needs Django's apps

_lane = CheckoutLane()

# What is loaded by now stays; looking through it again and again would take a tenth of the time of a
# busy process. New objects are looked through less often, since requests leave few cycles behind.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)

# WhiteNoise hands its files to Django as plain iterators, which Django reads at once. They are small.
warnings.filterwarnings(
    "ignore", message="StreamingHttpResponse must consume synchronous iterators"
)


async def application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """The ASGI application."""
    if scope["type"] == "http" and scope["path"] == PATH and scope["method"] == "POST":
        await _lane.serve(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _lifespan(receive, send)
    else:
        # Django types its ASGI messages more loosely than it reads them.
        await cast(Any, _django)(scope, receive, send)


async def _lifespan(
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
