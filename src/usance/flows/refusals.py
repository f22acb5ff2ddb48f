"""The ways in which a flow says no. Nothing was written when one is raised."""

from __future__ import annotations


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


class Duplicate(Conflict):
    """Another object has this external_id or e-mail address."""

    code = "duplicate"


class Mismatch(Refused):
    """The objects do not belong together: another buyer, another currency."""

    code = "mismatch"
