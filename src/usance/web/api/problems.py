"""Every way in which the API says no: RFC 9457 problem details with a stable ``code``.

One table leads from the typed errors of rules, formats and flows to a status. What is wrong with the
payload is 422, what the state of things does not allow 409, what the seller does not have 404.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import DatabaseError, DataError, IntegrityError, OperationalError
from django.http import UnreadablePostError
from psycopg import errors as database
from pydantic_core import to_json

from usance.flows import checkout, refusals
from usance.formats.errors import FormatError
from usance.records.identity import NotAnId
from usance.rules.billing import BillingError
from usance.rules.credit.policy import InvalidPolicy
from usance.rules.invoicing.totals import ArithmeticRefused
from usance.rules.money import MoneyError
from usance.rules.orders import InvalidOrder
from usance.rules.states import IllegalTransition
from usance.rules.terms import UnknownTerms
from usance.rules.terms.days import NoWorkingDay

CONTENT_TYPE: Final = "application/problem+json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a request, and where.

    ``place`` is a JSON pointer into the body as a URI fragment (RFC 6901, section 6) or, with
    ``source`` "query" or "header", the name of the parameter.
    """

    place: str
    code: str
    detail: str
    source: str = "body"

    def to_document(self) -> dict[str, Any]:
        """The fault as it is shown."""
        where = (
            {"pointer": self.place}
            if self.source == "body"
            else {"parameter": self.place, "in": self.source}
        )
        return where | {"code": self.code, "detail": self.detail}


class Problem(Exception):
    """An answer that is not what was asked for."""

    status = 400
    code = "bad_request"
    detail = "The request cannot be understood."

    def __init__(
        self,
        detail: str | None = None,
        *,
        status: int | None = None,
        code: str | None = None,
        errors: Sequence[Fault] = (),
    ) -> None:
        self.detail = detail if detail is not None else self.detail
        self.status = status if status is not None else self.status
        self.code = code if code is not None else self.code
        self.errors = tuple(errors)
        super().__init__(self.detail)

    def to_document(self) -> dict[str, Any]:
        """The members of RFC 9457, section 3.1, with ``code`` and, for a payload, ``errors``."""
        document: dict[str, Any] = {
            "type": f"urn:usance:problem:{self.code}",
            "title": self.code.replace("_", " ").capitalize(),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.errors or self.status == 422:
            faults = self.errors or (Fault("#", self.code, self.detail),)
            document["errors"] = [fault.to_document() for fault in faults]
        return document


class NotSignedIn(Problem):
    """No key, or one that does not exist or was revoked."""

    status = 401
    code = "invalid_api_key"
    detail = "Send a valid key in the header Authorization: Bearer usk_..."


class NotAllowed(Problem):
    """The key does not have the scope."""

    status = 403
    code = "missing_scope"

    def __init__(self, scope: str) -> None:
        super().__init__(f"This key lacks the scope {scope}; use one that has it.")


class NotFound(Problem):
    """The seller has no such object, or there is no such address."""

    status = 404
    code = "not_found"

    def __init__(self, what: str = "object") -> None:
        super().__init__(f"There is no such {what}.")


class MethodNotAllowed(Problem):
    """The address exists, but not for this method."""

    status = 405
    code = "method_not_allowed"
    detail = "This address does not answer this method; the header Allow names those it does."


class TooLarge(Problem):
    """The body is larger than is read."""

    status = 413
    code = "too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body may have {limit} bytes; split what you send.")


class WrongMediaType(Problem):
    """The body is not what this address reads."""

    status = 415
    code = "unsupported_media_type"
    detail = "Send JSON with Content-Type: application/json."


class MalformedJson(Problem):
    """The body is not JSON."""

    status = 400
    code = "malformed_json"


class InvalidRequest(Problem):
    """The request does not keep to the schema; ``errors`` says where."""

    status = 422
    code = "invalid_request"

    def __init__(self, errors: Sequence[Fault]) -> None:
        first = errors[0]
        code = first.code if len(errors) == 1 and first.code in DOMAIN_CODES else None
        more = f" There are {len(errors)} errors in all." if len(errors) > 1 else ""
        super().__init__(f"{first.place}: {first.detail}{more}", code=code, errors=errors)


DOMAIN_CODES: Final = frozenset({"unknown_currency", "unknown_terms", "currency_mismatch"})
"""Faults of a field that name the whole problem when they stand alone."""


class Overloaded(Problem):
    """More is waiting than can be answered soon."""

    status = 503
    code = "overloaded"
    detail = "Too many requests are waiting; try again in a moment."


class DatabaseUnavailable(Problem):
    """The database does not answer."""

    status = 503
    code = "database_unavailable"
    detail = "The database does not answer; repeat the request with the same Idempotency-Key."


class Internal(Problem):
    """Something we did not foresee."""

    status = 500
    code = "internal_error"
    detail = "Something went wrong on our side; it has been logged."


_STATUS: Final[tuple[tuple[type[Exception], int], ...]] = (
    (refusals.NotFound, 404),
    (checkout.UnknownBuyer, 404),
    (NotAnId, 404),
    (checkout.KeyReused, 422),
    (checkout.CheckoutRefused, 409),
    (refusals.Conflict, 409),
    (IllegalTransition, 409),
    (refusals.Refused, 422),
    (FormatError, 422),
    (MoneyError, 422),
    (InvalidOrder, 422),
    (UnknownTerms, 422),
    (InvalidPolicy, 422),
    (BillingError, 422),
    (ArithmeticRefused, 422),
    (NoWorkingDay, 409),
)
"""The status of each typed error; the first that fits."""


def describe(error: Exception) -> Problem:
    """The problem that ``error`` is. An error that is none of ours is logged and told as a 500."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, FormatError):
        return _format_problem(error)
    for kind, status in _STATUS:
        if isinstance(error, kind):
            code = getattr(error, "code", "not_found")
            return Problem(str(error), status=status, code=code)
    return _unforeseen(error)


def _format_problem(error: FormatError) -> Problem:
    if error.code == "too_large":
        return Problem(error.message, status=413, code="too_large")
    return FileProblem(error)


class FileProblem(Problem):
    """A file that cannot be read, with the place where reading stopped."""

    status = 422

    def __init__(self, error: FormatError) -> None:
        super().__init__(str(error), code=error.code)
        self._error = error

    def to_document(self) -> dict[str, Any]:
        """Line, column and path stand beside the one error, where they are known."""
        document = super().to_document()
        for name in ("line", "column", "path"):
            value = getattr(self._error, name)
            if value is not None:
                document["errors"][0][name] = value
        return document


def _unforeseen(error: Exception) -> Problem:
    """What Django and the database say by themselves."""
    if isinstance(error, RequestDataTooBig):
        return Problem(str(error), status=413, code="too_large")
    if isinstance(error, (UnreadablePostError, TooManyFieldsSent)):
        return Problem()
    if isinstance(error, IntegrityError) and isinstance(
        error.__cause__, (database.UniqueViolation, database.ExclusionViolation)
    ):
        return Problem(
            "Somebody else wrote the same at the same moment; try again.",
            status=409,
            code="conflict",
        )
    if isinstance(error, OperationalError):
        _log.error("the database does not answer", exc_info=error)
        return DatabaseUnavailable()
    if isinstance(error, DataError):
        # A value that the schema let through and no column can hold: ours to find, not to crash on.
        _log.error("a value that cannot be stored", exc_info=error)
        return Problem("A value cannot be stored.", status=422, code="invalid_value")
    kind = "database error" if isinstance(error, DatabaseError) else "unforeseen error"
    _log.error("%s while answering", kind, exc_info=error)
    return Internal()


def render(error: Exception) -> tuple[int, bytes]:
    """Status and body of the answer to a request that ended in ``error``."""
    problem = describe(error)
    return problem.status, to_json(problem.to_document())


def headers(status: int) -> dict[str, str]:
    """The headers that go with a problem of this status."""
    if status == 401:
        return {"WWW-Authenticate": 'Bearer realm="usance"'}
    if status == 503:
        return {"Retry-After": "1"}
    return {}
