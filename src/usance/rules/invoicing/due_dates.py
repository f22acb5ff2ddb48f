"""When an invoice falls due by its terms, its instalments and discounts with it.

Terms run from the invoice, or from the shipment, the delivery or the end of the month, as buyer and
seller have agreed. Nothing falls due before the invoice is issued.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from usance.rules.terms import Terms
from usance.rules.terms.days import Move, WorkingDays, end_of_month


@dataclass(frozen=True, slots=True)
class Dues:
    """What falls due when, and what paying early saves; minor units. ``due_on`` is the last day.

    ``discounts`` are the last day of each, what it takes off, and its percent.
    """

    due_on: date
    instalments: tuple[tuple[date, int], ...]
    discounts: tuple[tuple[date, int, Decimal], ...]


def base_of(
    base: str, *, issued_on: date, shipped_on: Sequence[date], delivered_on: Sequence[date | None]
) -> date:
    """The day that terms run from: of several shipments or deliveries the last.

    As long as nobody has said that everything was delivered, it is the day of the invoice.
    """
    if base == "month_end":
        return end_of_month(issued_on)
    if base == "shipment" and shipped_on:
        return max(shipped_on)
    arrived = [day for day in delivered_on if day is not None]
    if base == "delivery" and arrived and len(arrived) == len(delivered_on):
        return max(arrived)
    return issued_on


def dues(
    terms: Terms,
    *,
    amount: int,
    base_on: date,
    issued_on: date,
    working: WorkingDays | None = None,
    move: Move = "none",
) -> Dues:
    """What an invoice of ``amount`` by ``terms`` is due when they run from ``base_on``."""
    parts: dict[date, int] = {}
    for part in terms.schedule(base_on, amount, working=working, move=move):
        due = max(part.due_on, issued_on)
        parts[due] = parts.get(due, 0) + part.amount
    due_on = max(terms.due_on(base_on, working=working, move=move), issued_on)
    discounts = tuple(
        (found.until, found.amount, Decimal(tier.rate) / 100)
        for tier, found in zip(
            terms.tiers, terms.discounts(base_on, amount, working=working, move=move), strict=True
        )
        if found.until >= issued_on and found.amount
    )
    return Dues(due_on, tuple(sorted(parts.items())), discounts)
