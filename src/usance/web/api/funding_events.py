"""Where a funding partner tells what happened. Its signature is all the credentials that it has."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from config.clock import CLOCK
from usance.flows.funding import notices
from usance.flows.refusals import NotFound
from usance.gateways.errors import Malformed
from usance.gateways.funding import Forged
from usance.gateways.funding.notices import LARGEST_NOTICE
from usance.records.connections import queries
from usance.records.events.secrets import SecretUnreadable
from usance.records.identity import NotAnId, parse_public_id
from usance.web.api import problems
from usance.web.api.api import problem_response
from usance.web.api.requests import bound_body


@csrf_exempt
@require_POST
def funding_events(request: HttpRequest, connection: str) -> HttpResponse:
    """Keep a notice; it is worked on by a job. The same one again is answered the same."""
    try:
        _take(request, connection)
    except problems.Problem as error:
        return problem_response(error)
    return HttpResponse(json.dumps({"received": True}), content_type="application/json")


def _take(request: HttpRequest, connection: str) -> None:
    most = min(LARGEST_NOTICE, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
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
        notices.take_notice(
            seller_id=seller_id,
            connection_id=connection_id,
            body=request.body,
            headers=request.headers,
            at=CLOCK.now(),
        )
    except NotFound:
        raise problems.NotFound("address") from None
    except (Forged, Malformed) as error:
        raise problems.Problem(error.message, status=400, code=error.code) from None
    except SecretUnreadable as error:
        raise problems.Problem(str(error), status=503, code=error.code) from None
