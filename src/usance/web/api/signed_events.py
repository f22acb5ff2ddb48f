"""Where a payment provider or a funding partner tells what happened. A signature is all the credentials
that it has."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from config.clock import CLOCK
from usance.flows.cards import notices as card_notices
from usance.flows.funding import notices as funding_notices
from usance.flows.refusals import NotFound
from usance.gateways import funding, psp
from usance.gateways.errors import Malformed
from usance.gateways.funding.notices import LARGEST_NOTICE as LARGEST_OF_FUNDING
from usance.gateways.psp.stripe_notices import LARGEST_NOTICE as LARGEST_OF_CARDS
from usance.records.connections import queries
from usance.records.events.secrets import SecretUnreadable
from usance.records.identity import NotAnId, parse_public_id
from usance.web.api import problems
from usance.web.api.api import problem_response
from usance.web.api.requests import bound_body

_FORGED: Final = (psp.Forged, funding.Forged)


@csrf_exempt
@require_POST
def psp_events(request: HttpRequest, connection: str) -> HttpResponse:
    """Keep a notice of a payment provider; it is worked on by a job. The same one again is answered the
    same."""
    return _answer(request, connection, card_notices.take_notice, most=LARGEST_OF_CARDS)


@csrf_exempt
@require_POST
def funding_events(request: HttpRequest, connection: str) -> HttpResponse:
    """Keep a notice of a funding partner, in the same way."""
    return _answer(request, connection, funding_notices.take_notice, most=LARGEST_OF_FUNDING)


def _answer(
    request: HttpRequest, connection: str, keep: Callable[..., object], *, most: int
) -> HttpResponse:
    try:
        _take(request, connection, keep, most=min(most, settings.DATA_UPLOAD_MAX_MEMORY_SIZE))
    except problems.Problem as error:
        return problem_response(error)
    return HttpResponse(json.dumps({"received": True}), content_type="application/json")


def _take(request: HttpRequest, connection: str, keep: Callable[..., object], *, most: int) -> None:
    try:
        connection_id = parse_public_id("connection", connection)
    except NotAnId:
        raise problems.NotFound("address") from None
    seller_id = queries.seller_of(connection_id)
    if seller_id is None:
        raise problems.NotFound("address")
    bound_body(request, most=most)
    if len(request.body) > most:
        raise problems.TooLarge(most)
    try:
        keep(
            seller_id=seller_id,
            connection_id=connection_id,
            body=request.body,
            headers=request.headers,
            at=CLOCK.now(),
        )
    except NotFound:
        raise problems.NotFound("address") from None
    except (*_FORGED, Malformed) as error:
        raise problems.Problem(error.message, status=400, code=error.code) from None
    except SecretUnreadable as error:
        raise problems.Problem(str(error), status=503, code=error.code) from None
