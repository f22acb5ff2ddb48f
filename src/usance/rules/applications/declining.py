"""Why an application is declined, and which reasons the applicant is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

DECLINE_REASONS: Final[Mapping[str, bool]] = {
    "number_not_confirmed": True,
    "identity_not_confirmed": True,
    "incomplete": True,
    "existing_account": True,
    "outside_our_market": True,
    "not_a_business": True,
    "new_business": True,
    "limit_not_supported": True,
    "payment_history": False,
    "credit_information": False,
    "sanctions": False,
    "suspected_fraud": False,
    "other": False,
}
"""Every reason a person can give, and whether the applicant may be told it. What a bureau said it
must be told by the bureau; a suspicion must not be told at all."""

MOST_REASONS: Final = 5


def told(reasons: Iterable[str], *, rules: Mapping[str, bool] | None = None) -> tuple[str, ...]:
    """Those of ``reasons`` that the applicant may hear; ``rules`` says it for a policy's own."""
    safe = {**(rules or {}), **DECLINE_REASONS}
    return tuple(reason for reason in reasons if safe.get(reason, False))
