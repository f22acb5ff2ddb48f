"""The ways in which a flow says no. Nothing was written when one is raised."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.db import IntegrityError


class Refused(Exception):
    """What was asked cannot be done; ``code`` is stable, the text says what to do."""

    code = "refused"


class NotFound(Refused):
    """The seller has no such object."""

    code = "not_found"


class Conflict(Refused):
    """The object's state, or another object, does not allow it."""

    code = "conflict"


class WrongState(Conflict):
    """The object is in a state from which this cannot be done."""

    code = "illegal_state"


class AmountTooLarge(Refused):
    """More was asked for than there is."""

    code = "amount_too_large"


class LimitExceeded(Conflict):
    """The credit line does not bear the amount."""

    code = "limit_exceeded"


class NotApproved(Conflict):
    """The policy does not approve it; the text names its reasons."""

    code = "not_approved"


class Duplicate(Conflict):
    """Another object has this external_id or e-mail address."""

    code = "duplicate"


class ExternalIdTaken(Duplicate):
    """Another object of the kind has this external_id."""

    code = "external_id_taken"


class Mismatch(Refused):
    """The objects do not belong together: another buyer, another currency."""

    code = "mismatch"


@contextlib.contextmanager
def external_id_once(kind: str, external_id: str | None) -> Iterator[None]:
    """Raise ExternalIdTaken where what is stored inside takes an external_id that another ``kind`` has."""
    try:
        yield
    except IntegrityError as error:
        if "external_id_once" in str(error):
            raise ExternalIdTaken(
                f"There is a {kind} with the external_id {external_id!r} already."
            ) from None
        raise
