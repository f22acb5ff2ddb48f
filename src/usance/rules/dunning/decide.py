"""Whether an account is written to on a day, about what, and in which tone.

One message gathers all that an account owes. An item is written about once at each level, and only
climbs; where days were left out it is the latest step that counts, and none of those before it, but an
item that was in dispute takes one step after the other. What is not due yet is never part of what a
message calls overdue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from usance.rules.dunning.account import Account, Held, Item
from usance.rules.dunning.policy import DunningPolicy, Level, Step, rank

Waits = Literal[
    "nothing_due",
    "held",
    "paused",
    "money_here",
    "too_soon",
    "below_minimum",
    "quiet_day",
]
"""Why an account is not written to."""

_FIRST_NOTICE = rank("notice_1")


@dataclass(frozen=True, slots=True)
class Demand:
    """An item that a message is about, and the level it reaches by it."""

    item: Item
    level: Level


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done: a message at ``step`` about ``demands``, or why none.

    ``again`` are overdue items that earlier messages demanded and that no step has come for: who is asked
    for the newer ones is asked for them too. ``also`` are other open items, shown without a demand.
    """

    step: Step | None
    demands: tuple[Demand, ...] = ()
    again: tuple[Item, ...] = ()
    also: tuple[Item, ...] = ()
    waits: Waits | None = None

    @property
    def items(self) -> tuple[Item, ...]:
        """All that the message demands, the oldest first."""
        asked = (*(one.item for one in self.demands), *self.again)
        return tuple(sorted(asked, key=lambda item: (item.due_on, item.number)))

    @property
    def amount(self) -> int:
        """What the message demands, in minor units."""
        return sum(item.open for item in self.items)

    @property
    def levels(self) -> dict[tuple[UUID, date], str]:
        """The level that each demanded item reaches."""
        return {(one.item.invoice_id, one.item.due_on): one.level for one in self.demands}


def decide(
    account: Account, *, policy: DunningPolicy, on: date, is_quiet: bool = False
) -> Decision:
    """What ``policy`` says about ``account`` on the day ``on``. ``is_quiet``: nobody is written to on
    that day where the buyer is."""
    found = [
        (item, step)
        for item in account.items
        if (step := next_step(item, policy=policy, on=on)) is not None
    ]
    free = [(item, step) for item, step in found if held_by(item, account=account) is None]
    waits: Waits | None = None
    if not found:
        waits = "nothing_due"
    elif account.paused_until is not None and on <= account.paused_until:
        waits = "paused"
    elif money_is_here(account, policy=policy, on=on):
        waits = "money_here"
    elif not free:
        waits = "held"
    elif is_quiet or policy.is_quiet(on):
        waits = "quiet_day"
    elif account.last_on is not None and (on - account.last_on).days < policy.min_days:
        waits = "too_soon"
    return Decision(None, waits=waits) if waits else _message(account, free, policy=policy, on=on)


def next_step(item: Item, *, policy: DunningPolicy, on: date) -> Step | None:
    """The latest step that has come for ``item`` and is above all that it was written about; the first
    of them, where it was in dispute while they came."""
    late, reached = item.days_late(on), rank(item.level)
    come = (
        step
        for step in (policy.steps if item.was_disputed else reversed(policy.steps))
        if rank(step.level) > reached
        and step.is_timely(late)
        and (not step.needs_notice or reached >= _FIRST_NOTICE)
    )
    return next(come, None)


def held_by(item: Item, *, account: Account) -> Held | None:
    """Why ``item`` is left out: what holds itself, or money not assigned that could have paid it."""
    if item.held is not None:
        return item.held
    return "may_be_paid" if 0 < item.open <= account.unassigned else None


def money_is_here(account: Account, *, policy: DunningPolicy, on: date) -> bool:
    """Whether money of the buyer's is being looked into, so that on the day ``on`` it may have paid
    already."""
    if account.proposed:
        return True
    came = account.unassigned_on
    return account.unassigned > 0 and came is not None and (on - came).days < policy.money_days


def _message(
    account: Account, free: Sequence[tuple[Item, Step]], *, policy: DunningPolicy, on: date
) -> Decision:
    """The message about ``free`` items; at a lower step where the highest asks for a larger sum."""
    left = list(free)
    while left:
        step = max((step for _, step in left), key=lambda one: rank(one.level))
        about = [(item, one) for item, one in left if _goes_with(one, step)]
        total = sum(item.open for item, _ in about)
        least = max(policy.minimum.get(account.currency, 0), step.minimum.get(account.currency, 0))
        if total > 0 and total >= least:
            demands = tuple(Demand(item, one.level) for item, one in about)
            named = {(item.invoice_id, item.due_on) for item, _ in about}
            others = [
                item
                for item in account.items
                if (item.invoice_id, item.due_on) not in named
                and held_by(item, account=account) is None
            ]
            # A reminder of what will fall due says nothing of what is overdue.
            again = {
                item
                for item in others
                if step.days > 0 and item.days_late(on) > 0 and rank(item.level) >= _FIRST_NOTICE
            }
            also = tuple(item for item in others if item not in again)
            return Decision(step, demands, tuple(it for it in others if it in again), also)
        left = [(item, one) for item, one in left if one is not step]
    return Decision(None, waits="below_minimum")


def _goes_with(step: Step, highest: Step) -> bool:
    """Whether a message in the tone of ``highest`` says the truth of an item at ``step``: what is not due
    yet is not overdue, nor due today."""
    return step.days > 0 if highest.days > 0 else step.level == highest.level
