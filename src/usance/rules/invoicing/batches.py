"""What of a buyer's shipments is due at a cut-off, and which of them stand on one invoice together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol
from uuid import UUID

from usance.rules.invoicing.schedule import Period, Schedule


class Waits(Protocol):
    """A shipment that waits to be billed, as its record knows it."""

    @property
    def id(self) -> UUID:
        """Which shipment."""
        ...

    @property
    def order_id(self) -> UUID:
        """The order that it is of."""
        ...

    @property
    def currency(self) -> str:
        """The currency of its order."""
        ...

    @property
    def terms(self) -> str:
        """The terms of its order."""
        ...

    @property
    def shipped_on(self) -> date:
        """When it left."""
        ...

    @property
    def complete(self) -> bool:
        """Whether nothing of its order is still to ship."""
        ...

    @property
    def ship_to(self) -> Mapping[str, str] | None:
        """Where it went; None: to the buyer."""
        ...


@dataclass(frozen=True, slots=True)
class Batch:
    """Shipments that stand on one invoice: of one currency, one set of terms, one destination as the
    tax law sees it, and one period. ``period`` is None where the buyer does not wait for a day."""

    currency: str
    terms: str
    period: Period | None
    order_ids: tuple[UUID, ...]
    shipment_ids: tuple[UUID, ...]


_WHERE_TAX_DIFFERS: Final = ("country", "state")


def batches(waiting: Iterable[Waits], *, schedule: Schedule, cut_off_on: date) -> list[Batch]:
    """What is due when ``cut_off_on`` is over, the earliest period first.

    That is everything shipped up to the last cut-off day of ``schedule`` by then, days that an earlier
    run has missed too, each period by itself. Of what is billed per order, whole orders only.
    """
    until = schedule.last_cut_off(cut_off_on) if schedule.waits else cut_off_on
    groups: defaultdict[tuple[object, ...], list[Waits]] = defaultdict(list)
    periods: dict[tuple[object, ...], Period | None] = {}
    for one in waiting:
        if one.shipped_on > until or (schedule.kind == "per_order" and not one.complete):
            continue
        period = schedule.period_of(one.shipped_on) if schedule.waits else None
        together: object = {"per_shipment": one.id, "per_order": one.order_id}.get(
            schedule.kind, period
        )
        where = tuple((one.ship_to or {}).get(name, "") for name in _WHERE_TAX_DIFFERS)
        key = (together, one.currency, one.terms, where)
        groups[key].append(one)
        periods[key] = period
    found = [
        Batch(
            currency=of_one[0].currency,
            terms=of_one[0].terms,
            period=periods[key],
            order_ids=tuple(sorted({one.order_id for one in of_one})),
            shipment_ids=tuple(one.id for one in of_one),
        )
        for key, of_one in groups.items()
    ]
    return sorted(found, key=lambda batch: batch.period.end if batch.period else until)
