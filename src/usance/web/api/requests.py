"""What a view of the API knows of a request: who asks, when, and the body within its limits."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from ninja.parser import Parser
from pydantic_core import from_json

from config.clock import CLOCK
from usance.flows.journal import business_day
from usance.web.api import keys
from usance.web.api.problems import MalformedJson, TooLarge, WrongMediaType

_JSON: Final = ("application/json", "")


class ApiRequest(HttpRequest):
    """A request whose key has been looked up."""

    auth: keys.Principal
    at: datetime


def today(request: ApiRequest) -> date:
    """The day of the request where the seller is."""
    return business_day(request.auth.seller, at=request.at)


class ApiKey:
    """Lets a request in whose key has ``scope``; the name is that of the scheme in the document."""

    openapi_security_schema: Final = {
        "type": "http",
        "scheme": "bearer",
        "description": "A key of the seller's, made in the back office: `Authorization: Bearer usk_...`.",
    }

    def __init__(self, scope: str, *, json: bool) -> None:
        self.scope = scope
        self._json = json

    def __call__(self, request: Any) -> keys.Principal:
        """Whose key it is. Sets the moment of the request and bounds a JSON body."""
        request.at = CLOCK.now()
        principal = keys.authenticate(request.headers.get("Authorization"), scope=self.scope)
        if self._json:
            bound_body(request, most=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        return principal


def bound_body(request: HttpRequest, *, most: int) -> None:
    """Read a body of undeclared length, up to ``most`` bytes. Raises TooLarge.

    Django holds a body to its limit by the declared length alone, which a chunked body has not.
    """
    if not request.META.get("CONTENT_LENGTH"):
        data = request.read(most + 1)
        if len(data) > most:
            raise TooLarge(most)
        request._body = data  # where Django keeps it


class StrictJson(Parser):
    """Reads bodies as RFC 8259 has them: no NaN, no lone surrogates, no endless nesting."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as Python values. Raises MalformedJson or WrongMediaType."""
        if request.content_type not in _JSON:
            raise WrongMediaType
        try:
            return from_json(request.body, allow_inf_nan=False)
        except ValueError as error:
            raise MalformedJson(f"The body is not JSON: {error}.") from None
