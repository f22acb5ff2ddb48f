"""The entry point of a web process: checkouts take their own lane, everything else is Django's."""

from __future__ import annotations

import gc
import os
import re
import warnings
from collections.abc import Awaitable, Callable
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

_django = get_asgi_application()

from django.conf import settings  # noqa: E402

from usance.flows.dispute_evidence import MOST_AT_ONCE  # noqa: E402 - needs Django's apps
from usance.web.api import problems  # noqa: E402
from usance.web.api.checkout_lane import PATH, CheckoutLane  # noqa: E402
from usance.web.api.uploads import largest_body  # noqa: E402

ATTACHMENTS = re.compile(r"/v1/(orders|shipments)/[^/]+/attachments|/office/orders/[^/]+/attach")
"""Addresses that take a file that goes with an invoice."""
EVIDENCE = re.compile(
    r"/v1/disputes/[^/]+/files|/(office|account)/(invoices/[^/]+/dispute|disputes/[^/]+/say)"
)
"""Addresses that take files about a dispute."""
BANK_FILES = frozenset({"/v1/bank-statements", "/office/bank/upload"})
"""Addresses that take files from a bank, which are larger than anything else that is sent."""

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
    elif _declared(scope) > _most(scope["path"]):
        await _refuse(send, most=_most(scope["path"]))
    else:
        receive = _bounded(receive, most=_most(scope["path"]))
        # Django types its ASGI messages more loosely than it reads them.
        await cast(Any, _django)(scope, receive, send)


def _most(path: str) -> int:
    """Bytes of body that an address reads. Django keeps a body on disk before any view looks at it,
    so what is too large must be stopped here."""
    if path in BANK_FILES:
        return settings.BANK_FILE_MAX_BYTES + 65_536
    if ATTACHMENTS.fullmatch(path):
        return largest_body()
    if EVIDENCE.fullmatch(path):
        return largest_body(files=MOST_AT_ONCE)
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 65_536


def _declared(scope: dict[str, Any]) -> int:
    length = dict(scope.get("headers", ())).get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


async def _refuse(send: Callable[[dict[str, Any]], Awaitable[None]], *, most: int) -> None:
    status, body = problems.render(problems.TooLarge(most))
    headers = [
        (b"content-type", problems.CONTENT_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _bounded(
    receive: Callable[[], Awaitable[dict[str, Any]]], *, most: int
) -> Callable[[], Awaitable[dict[str, Any]]]:
    """A body of undeclared length that grows past ``most`` ends as if the client had gone."""
    left = most

    async def bounded() -> dict[str, Any]:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        return message if left >= 0 else {"type": "http.disconnect"}

    return bounded


async def _lifespan(
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
