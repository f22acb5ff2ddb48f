"""The Idempotency-Key of a request, and the one answer it gets however often it is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from pydantic_core import to_json

from usance.flows.idempotency import answer_once
from usance.web.api.requests import ApiRequest
from usance.web.api.schemas import checked_key, request_hash


def key_of(request: ApiRequest) -> str | None:
    """The key that the request carries. Raises InvalidRequest for one that cannot be kept."""
    return checked_key(request.headers.get("Idempotency-Key"))


def hash_of(request: ApiRequest, *, body: bytes) -> bytes:
    """What tells this request from another under the same key."""
    return request_hash(str(request.method), request.get_full_path(), body)


def answer(
    request: ApiRequest, act: Callable[[], Any], *, status: int, body: bytes
) -> HttpResponse:
    """What ``act`` answers, once: the same key and body get the first answer again.

    An ``act`` that raises leaves nothing behind, so the key may be used again.
    """
    key = key_of(request)
    if key is None:
        return json_response(to_json(act()), status=status)
    answered = answer_once(
        request.auth.seller,
        key=key,
        request_hash=hash_of(request, body=body),
        at=request.at,
        act=lambda: (status, to_json(act()).decode()),
    )
    return json_response(answered.body.encode(), status=answered.status, replayed=answered.replayed)


def json_response(body: bytes, *, status: int, replayed: bool = False) -> HttpResponse:
    """An answer of the API."""
    response = HttpResponse(body, status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    if replayed:
        response["Idempotency-Replayed"] = "true"
    return response
