"""What a counterpart outside can do to us, in one hierarchy for all of them.

No adapter lets an exception of its HTTP client or its parser out: whoever asks a registry, a bureau
or a list meets these and nothing else. None of them is an answer. That a number could not be checked
says nothing about the number.
"""

from __future__ import annotations

from typing import Any, Final

LONGEST_WAIT: Final = 24 * 60 * 60
"""Seconds. A counterpart may ask for more patience; after a day it is asked again all the same."""


class CounterpartError(Exception):
    """The counterpart gave no usable answer.

    ``code`` is stable and meant for programs; the text tells a person what happened and what to do.
    ``counterpart`` names who was asked, ``detail`` is the counterpart's own word for it (a fault
    code, a status), and ``retry_after`` the seconds to wait before asking again; None where it did
    not say.
    """

    code = "counterpart_error"
    retryable = False
    """Whether the same question may be answered later, with nobody having changed anything."""

    def __init__(
        self,
        message: str,
        *,
        counterpart: str,
        detail: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.counterpart = counterpart
        self.detail = detail
        self.retry_after = None if retry_after is None else min(max(retry_after, 0), LONGEST_WAIT)

    @property
    def said(self) -> str:
        """What a person reads: our sentence, and the counterpart's own words."""
        return f"{self.message} ({self.detail})" if self.detail else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        # Keyword-only arguments are not restored by the default, and jobs hand errors across
        # processes.
        rest = {
            "counterpart": self.counterpart,
            "detail": self.detail,
            "retry_after": self.retry_after,
        }
        return _rebuild, (type(self), self.message, rest)


def _rebuild(kind: type[CounterpartError], message: str, rest: dict[str, Any]) -> CounterpartError:
    return kind(message, **rest)


class Unavailable(CounterpartError):
    """It is down, does not answer in time, or says that it cannot answer now."""

    code = "counterpart_unavailable"
    retryable = True


class RateLimited(Unavailable):
    """It is asked too often; ``retry_after`` is to be kept."""

    code = "counterpart_rate_limited"


class Refused(CounterpartError):
    """It does not let us ask: bad credentials, no subscription, or a question it will not take."""

    code = "counterpart_refused"


class CredentialsRefused(Refused):
    """It does not know us, or no longer: what was asked may be asked again once that is set right."""


class MaybeTaken(Unavailable):
    """It was given something and did not answer; whether it took it is seen there only."""

    code = "may_have_been_taken"


class Malformed(CounterpartError):
    """It answered something that its own contract does not know, or about something else."""

    code = "counterpart_malformed"


class NotCovered(CounterpartError):
    """It knows nothing about such things, such as a registry of another country. Nothing was sent."""

    code = "counterpart_not_covered"
