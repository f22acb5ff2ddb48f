"""The ways in which a flow says no. Nothing was written when one is raised."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

from django.db import IntegrityError

from usance.rules.invoicing.faults import FieldFault, InvalidFields


class Refused(Exception):
    """What was asked cannot be done; ``code`` is stable, the text says what to do."""

    code = "refused"


def first_words(refused: type[Refused]) -> str:
    """What a refusal says by itself, as one line."""
    return " ".join((refused.__doc__ or "").split())


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


class WrongFields(Refused):
    """Fields that cannot be as they were given; ``faults`` names each, and what to do."""

    code = "wrong_fields"

    def __init__(self, faults: Iterable[FieldFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            " ".join(f"{fault.field}: {fault.detail.rstrip('.')}." for fault in self.faults)
        )


@contextlib.contextmanager
def fields_checked() -> Iterator[None]:
    """Raise WrongFields where what is checked inside finds that fields cannot be."""
    try:
        yield
    except InvalidFields as error:
        raise WrongFields(error.faults) from None
