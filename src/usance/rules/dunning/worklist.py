"""Whom to speak to today, why, and what it is worth.

What a contact is worth is the money expected to be late: of what is overdue or falls due within a week,
each item times the chance that it is paid more than 30 days late. That chance comes from the score
(:mod:`usance.rules.credit.score`); an item that is more than 30 days late already is late for certain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from usance.rules.dunning.account import Account, Item
from usance.rules.dunning.decide import held_by
from usance.rules.dunning.policy import rank
from usance.rules.money import round_half_up

LATE_BEYOND: Final = 30
AHEAD: Final = 7
"""Days ahead within which what falls due counts too."""
UNSCORED: Final = Decimal("0.5")
"""The chance where nothing is known of the buyer yet: as likely as not."""
SOON_AGAIN: Final = 3
"""Days after a contact during which an account is not brought up again."""
_UNANSWERED: Final = 4

Reason = Literal[
    "task_due",
    "promise_broken",
    "debit_failed",
    "no_address",
    "long_overdue",
    "unanswered",
    "often_late",
    "overdue",
    "falls_due",
]
REASONS: Final[tuple[Reason, ...]] = (
    "task_due",
    "promise_broken",
    "debit_failed",
    "no_address",
    "long_overdue",
    "unanswered",
    "often_late",
    "overdue",
    "falls_due",
)
"""Why an account is on the list, the weightiest first."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an account beside its items. ``late_probability`` is that of the score, None
    where there is none; ``contacted_on`` the day when a person last spoke to the buyer."""

    late_probability: Decimal | None = None
    has_address: bool = True
    broken_promises: int = 0
    failed_debits: int = 0
    tasks: int = 0
    contacted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """One line of the list: ``worth`` and the other amounts in minor units of the account."""

    account: Account
    worth: int
    overdue: int
    oldest_days: int
    reasons: tuple[Reason, ...]


def contact(account: Account, *, known: Known, on: date) -> Contact | None:
    """The account's line on the list of the day ``on``; None where nobody needs to speak to it: nothing
    is late or about to be, all of it is held back, it is paused, or somebody just has."""
    items = [item for item in account.items if held_by(item, account=account) is None]
    near = [item for item in items if item.days_late(on) >= -AHEAD]
    paused = account.paused_until is not None and on <= account.paused_until
    spoken = known.contacted_on is not None and (on - known.contacted_on).days < SOON_AGAIN
    quiet = paused or account.proposed or spoken
    if not known.tasks and (not near or quiet):
        return None
    late = [item for item in near if item.days_late(on) > 0]
    return Contact(
        account,
        worth=sum(expected_late(item, chance=known.late_probability, on=on) for item in near),
        overdue=sum(item.open for item in late),
        oldest_days=max((item.days_late(on) for item in late), default=0),
        reasons=_reasons(account, late, known=known, on=on),
    )


def expected_late(item: Item, *, chance: Decimal | None, on: date) -> int:
    """What of ``item`` is expected to be paid more than 30 days late, in minor units."""
    if item.days_late(on) > LATE_BEYOND:
        return item.open
    return round_half_up(item.open * (UNSCORED if chance is None else chance))


def in_order(contacts: Sequence[Contact]) -> list[Contact]:
    """What is worth most first; of the same worth the longest overdue, then by buyer."""
    return sorted(
        contacts, key=lambda one: (-one.worth, -one.oldest_days, str(one.account.buyer_id))
    )


def _reasons(
    account: Account, late: Sequence[Item], *, known: Known, on: date
) -> tuple[Reason, ...]:
    silent = account.last_on is not None and (on - account.last_on).days >= _UNANSWERED
    often = known.late_probability is not None and known.late_probability >= UNSCORED
    written = any(rank(item.level) >= rank("notice_1") for item in late)
    holds: dict[Reason, bool] = {
        "task_due": known.tasks > 0,
        "promise_broken": known.broken_promises > 0,
        "debit_failed": known.failed_debits > 0,
        "no_address": not known.has_address,
        "long_overdue": any(item.days_late(on) > LATE_BEYOND for item in late),
        "unanswered": silent and written,
        "often_late": often,
        "overdue": bool(late),
        "falls_due": not late,
    }
    return tuple(reason for reason in REASONS if holds[reason])
