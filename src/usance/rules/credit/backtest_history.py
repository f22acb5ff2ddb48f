"""What a backtest is played with: orders as they were placed, and how they were paid where it is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

from usance.rules.money import convert
from usance.rules.payer_behaviour import Habit, habit_of, pays_on
from usance.rules.terms import Terms

SEED: Final = 20101201
"""Of the payers that are drawn; the same seed, the same payments."""

Fate = Literal["paid", "late", "unpaid", "open"]
"""What became of an invoice: paid in time or a little late; paid, but more days late than are
tolerated; never paid (written off, or open that long after it was due when the history ends); or
not known yet, because it was not due long enough when the history ends."""


class InvalidHistory(ValueError):
    """The history cannot be played; the message names the order."""

    code = "invalid_history"


@dataclass(frozen=True, slots=True)
class PastInvoice:
    """One invoice of an order, in minor units of the order's currency.

    ``settled_on`` is the day on which it was paid or credited in full, ``lost_on`` the day on which
    it was written off. Neither: it was open when the history ended.
    """

    amount: int
    issued_on: date
    due_on: date
    settled_on: date | None = None
    lost_on: date | None = None
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class PastOrder:
    """An order as it was placed, whatever was decided then. ``amount`` in minor units.

    ``on`` is the business day of ``at``. ``invoices`` None: nobody knows how it was or would have
    been paid, and a payer is drawn. What of the amount was not invoiced was given up on
    ``withdrawn_on`` (None: when the authorization ran out). ``rate`` is what one unit of the
    currency was worth in the currency of the backtest, None: not known. ``terms`` are those asked
    for, ``offered`` those of the buyer's own line. ``limit`` None: the history does not know it.
    ``facts`` are facts by name that do not depend on what was decided before.
    """

    id: str
    buyer: str
    at: datetime
    on: date
    amount: int
    currency: str
    invoices: tuple[PastInvoice, ...] | None = None
    withdrawn_on: date | None = None
    buyer_name: str = ""
    segment: str = ""
    known_since: date | None = None
    rate: Decimal | None = None
    terms: Terms | None = None
    offered: tuple[Terms, ...] = ()
    limit: int | None = None
    tolerance: int = 0
    line_state: str | None = "active"
    largest_line: int | None = None
    ship_to: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PastReturn:
    """Goods that came back: ``amount`` is credited against what the buyer owes, the latest first."""

    id: str
    buyer: str
    at: datetime
    on: date
    amount: int
    currency: str


PastEvent = PastOrder | PastReturn


def in_order(events: Iterable[PastEvent]) -> Iterator[PastEvent]:
    """``events`` as they came; those of one instant by their ids, so that the order they happened to
    be read in decides nothing. Raises InvalidHistory where one is earlier than the one before."""
    same: list[PastEvent] = []
    for event in events:
        if event.amount <= 0:
            raise InvalidHistory(f"{event.id}: the amount must be above zero; leave the order out.")
        if same and event.at != same[0].at:
            if event.at < same[0].at:
                raise InvalidHistory(
                    f"{event.id} is earlier than {same[0].id}, which comes before it; sort the"
                    " history by time."
                )
            yield from sorted(same, key=_name)
            same.clear()
        same.append(event)
    yield from sorted(same, key=_name)


def _name(event: PastEvent) -> str:
    return event.id


class Payers:
    """How orders are paid: as the history says, or as drawn for the buyer from a seed."""

    def __init__(self, *, seed: int) -> None:
        self._seed = seed
        self._habits: dict[str, Habit] = {}

    def invoices(self, order: PastOrder, *, terms: Terms) -> tuple[PastInvoice, ...]:
        """The invoices of an order that was approved on ``terms``. One that is drawn is issued on the
        day of the order, for all of it."""
        if order.invoices is not None:
            return order.invoices
        habit = self._habits.get(order.buyer)
        if habit is None:
            habit = self._habits[order.buyer] = habit_of(order.buyer, seed=self._seed)
        due_on = terms.due_on(order.on)
        paid_on = pays_on(
            habit, seed=self._seed, invoice=order.id, issued_on=order.on, due_on=due_on
        )
        return (PastInvoice(order.amount, order.on, due_on, settled_on=paid_on),)


def fate(invoice: PastInvoice, *, late_days: int, known_until: date) -> Fate:
    """What became of ``invoice``, as far as it was known on the day ``known_until``.

    A payer that is drawn pays when it pays, even beyond that day.
    """
    if invoice.lost_on is not None:
        return "unpaid"
    if invoice.settled_on is not None:
        return "late" if (invoice.settled_on - invoice.due_on).days > late_days else "paid"
    return "unpaid" if (known_until - invoice.due_on).days > late_days else "open"


def in_base(amount: int, order: PastOrder, *, base: str) -> int | None:
    """``amount`` of ``order`` in minor units of ``base``; None without a rate."""
    if order.currency == base:
        return amount
    if order.rate is None:
        return None
    return convert(amount, rate=order.rate, source=order.currency, target=base)
