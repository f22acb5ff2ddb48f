"""What is known of an account when it is decided whether it is written to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from uuid import UUID

Held = Literal["handed_over", "dispute", "promise", "on_its_way", "may_be_paid"]
"""Why an item is left out: with a collection agency, in dispute, promised, about to be paid, or perhaps
paid by money that is here and not assigned yet."""


@dataclass(frozen=True, slots=True)
class Item:
    """What of an invoice is due on one day: the whole of it, or one instalment.

    ``open`` is what is owed of it, in minor units. ``level`` is the highest level that it was written
    about, empty for none. ``held`` keeps it out of every message; ``was_disputed`` has it climb by one
    level at a time, since its buyer could not expect what came meanwhile.
    """

    invoice_id: UUID
    number: str
    issued_on: date
    due_on: date
    amount: int
    open: int
    level: str = ""
    held: Held | None = None
    was_disputed: bool = False

    def days_late(self, on: date) -> int:
        """Days since it fell due; negative before."""
        return (on - self.due_on).days


@dataclass(frozen=True, slots=True)
class Account:
    """A buyer's account in one currency: its open items, and what stops a message.

    ``last_on`` is the day of the last message. ``unassigned`` (minor units) is money of the buyer's that
    nobody has assigned yet, the latest of which came on ``unassigned_on``; ``proposed`` says that the
    matching waits for a person's answer about money of this buyer.
    """

    buyer_id: UUID
    currency: str
    items: tuple[Item, ...]
    paused_until: date | None = None
    last_on: date | None = None
    unassigned: int = 0
    unassigned_on: date | None = None
    proposed: bool = False

    def with_levels(self, taken: dict[tuple[UUID, date], str], *, on: date) -> Account:
        """The account after a message of the day ``on`` that took these levels."""
        items = tuple(
            replace(item, level=taken.get((item.invoice_id, item.due_on), item.level))
            for item in self.items
        )
        return replace(self, items=items, last_on=on)
