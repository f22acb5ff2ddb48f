"""When a register, a bureau or a list is asked about a buyer again, and what its answer leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

CHECKS: Final = ("tax_number", "company", "credit", "sanctions")
"""Everything that can be asked about a buyer."""

UNAVAILABLE: Final = "unavailable"
"""The outcome of a question that got no answer. It says nothing about the buyer."""

KEPT: Final[Mapping[str, timedelta]] = {
    "tax_number": timedelta(hours=24),
    "company": timedelta(hours=24),
    "credit": timedelta(days=7),
    "sanctions": timedelta(hours=24),
}
"""How long an answer will do. Reports of a bureau are paid for one by one."""

_TELLS: Final[Mapping[str, Mapping[str, str]]] = {
    "tax_number": {"buyer.vat_verified": "outcome"},
    "company": {"buyer.registered": "outcome", "buyer.insolvent": "insolvent"},
    "credit": {
        "bureau.score": "score",
        "bureau.rating": "rating",
        "bureau.limit": "limit",
        "buyer.insolvent": "insolvent",
    },
    "sanctions": {"buyer.sanctioned": "outcome"},
}
"""The facts of a policy that an answer of each kind may tell, and what of the answer tells it."""

PAUSES: Final = (
    timedelta(minutes=5),
    timedelta(minutes=20),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""Between a question that got no answer and the next try; the last for every further one."""

_A_PERSON_MUST_ACT: Final = frozenset({"counterpart_refused", "counterpart_malformed"})


def untold(kind: str, *, outcome: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The facts of a policy that an answer of ``kind`` leaves unknown. An answer that a company was
    not found tells nothing of what a report on it would say."""
    told = _TELLS.get(kind, {})
    if outcome == UNAVAILABLE:
        return tuple(told)
    return tuple(
        name for name, where in told.items() if where != "outcome" and facts.get(where) is None
    )


def ask_again_at(
    attempts: int, *, at: datetime, reason: str, retry_after: int | None = None
) -> datetime:
    """When to ask again after ``attempts`` (1 or more) in a row got no answer, the last at ``at``.

    ``retry_after`` are the seconds that the counterpart asked for. What a person must put right first
    is tried once a day.
    """
    pause = PAUSES[-1]
    if reason not in _A_PERSON_MUST_ACT:
        pause = PAUSES[min(attempts, len(PAUSES)) - 1]
    return at + max(pause, timedelta(seconds=retry_after or 0))
