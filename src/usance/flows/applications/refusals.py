"""The ways in which an application cannot go on. Nothing was written when one is raised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from usance.flows.refusals import Conflict, Refused
from usance.rules.applications.completeness import Missing


class ApplicationsClosed(Conflict):
    """The seller takes no applications now."""

    code = "applications_closed"


class CountryNotServed(Refused):
    """The seller takes no applications from this country."""

    code = "country_not_served"


class InvalidApplication(Refused):
    """A value of the application cannot be kept."""

    code = "invalid_application"


class Incomplete(Refused):
    """The application lacks something; ``missing`` says what and where."""

    code = "application_incomplete"

    def __init__(self, missing: Sequence[Missing]) -> None:
        names = ", ".join(f"{each.field} ({each.why})" for each in missing)
        super().__init__(
            f"The application is not complete: {names}. Complete it, then send it again."
        )
        self.missing = tuple(missing)


class TooManyRequests(Refused):
    """Asked too often; wait a while, then try again. ``until`` says when, if it is known."""

    code = "too_many_requests"

    def __init__(self, message: str, *, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until


class WrongCode(Refused):
    """The code is not the one that was sent, or has run out. Ask for a new one."""

    code = "wrong_code"

    def __init__(self, message: str, *, tries_left: int) -> None:
        super().__init__(message)
        self.tries_left = tries_left


class UnsuitableDocument(Refused):
    """The file is none of those that are taken: PDF, PNG or JPEG, at most 10 MB each, at most ten."""

    code = "unsuitable_document"


class TermsDiffer(Conflict):
    """Somebody has approved other figures. Approve those, or decline and begin anew."""

    code = "terms_differ"
