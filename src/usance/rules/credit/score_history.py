"""How a buyer has paid, in the few figures that the score reads.

The summary of one day holds only what was known at the end of that day, so the same function serves
a decision now and a back-test over past years. It is small whatever the number of invoices.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

EARLIEST: Final = -30
LATEST: Final = 90
"""Lateness counts within these days: one forgotten invoice must not outweigh all the others, and a
buyer on long terms who pays at once is not three months better than one who pays on the day."""

HALF_LIFE: Final = 365
"""After so many days an invoice counts half in the recent average."""


class InvalidPaymentHistory(ValueError):
    """A stored history cannot be read; the message names the figure."""

    code = "invalid_payment_history"


@dataclass(frozen=True, slots=True)
class PaidInvoice:
    """An invoice as it stands today; ``amount`` in minor units.

    ``settled_on`` is the day it was paid in full, None while it is open. ``disputed`` says that the
    buyer has contested it at some time.
    """

    amount: int
    issued_on: date
    due_on: date
    settled_on: date | None
    disputed: bool


@dataclass(frozen=True, slots=True)
class PaymentHistory:
    """What was known of one buyer on the day ``on``. Days late are negative for early payment.

    ``settled`` and ``days_late`` are the number of invoices paid in full and the sum of their days
    late; ``recent_settled`` and ``recent_days_late`` the same with each invoice counted half for
    every HALF_LIFE since its issue. ``open_overdue`` has the days overdue of open invoices and how
    many have them, longest first. ``disputed`` counts disputes among the settled: for an open one
    nobody recorded on what day the dispute was raised. ``invoices`` and ``amounts`` are the number
    of all invoices issued and the sum of their amounts in minor units.
    """

    on: date
    settled: int = 0
    days_late: int = 0
    recent_settled: float = 0.0
    recent_days_late: float = 0.0
    open_overdue: tuple[tuple[int, int], ...] = ()
    disputed: int = 0
    invoices: int = 0
    amounts: int = 0

    @property
    def observations(self) -> int:
        """Invoices that say something about lateness: the settled, and the open past due."""
        return self.settled + sum(count for _, count in self.open_overdue)

    def to_document(self) -> dict[str, Any]:
        """The history as it is stored."""
        return {
            "on": self.on.isoformat(),
            "settled": self.settled,
            "days_late": self.days_late,
            "recent_settled": self.recent_settled,
            "recent_days_late": self.recent_days_late,
            "open_overdue": [list(pair) for pair in self.open_overdue],
            "disputed": self.disputed,
            "invoices": self.invoices,
            "amounts": self.amounts,
        }


def as_weight(value: Decimal | int) -> float:
    """A faded count as the model reckons with it."""
    return float(value)


def payment_history(invoices: Iterable[PaidInvoice], on: date) -> PaymentHistory:
    """Sum up the ``invoices`` of one buyer as they stood at the end of the day ``on``.

    What happened after ``on`` is not looked at: later invoices are left out, and one that was
    settled later is still open. The order of the invoices does not matter.
    """
    settled = days_late = disputed = count = amounts = 0
    weights: list[float] = []
    weighted: list[float] = []
    overdue: Counter[int] = Counter()
    for invoice in invoices:
        if invoice.issued_on > on:
            continue
        count += 1
        amounts += invoice.amount
        if invoice.settled_on is not None and invoice.settled_on <= on:
            days = _within(invoice.settled_on, invoice.due_on)
            weight = 0.5 ** ((on - invoice.issued_on).days / HALF_LIFE)
            settled += 1
            days_late += days
            disputed += invoice.disputed
            weights.append(weight)
            weighted.append(weight * days)
        elif invoice.due_on < on:
            overdue[_within(on, invoice.due_on)] += 1
    return PaymentHistory(
        on=on,
        settled=settled,
        days_late=days_late,
        recent_settled=math.fsum(weights),
        recent_days_late=math.fsum(weighted),
        open_overdue=tuple(sorted(overdue.items(), reverse=True)),
        disputed=disputed,
        invoices=count,
        amounts=amounts,
    )


def _within(day: date, due_on: date) -> int:
    return max(EARLIEST, min(LATEST, (day - due_on).days))


def history_from_document(document: Mapping[str, Any]) -> PaymentHistory:
    """Read a stored history. Raises InvalidPaymentHistory naming the figure that is wrong."""
    names = PaymentHistory.__slots__
    if set(document) != set(names):
        odd = min(set(document) ^ set(names))
        raise InvalidPaymentHistory(f"{odd}: missing or unknown; sum the invoices up again.")
    try:
        on = date.fromisoformat(document["on"])
    except (TypeError, ValueError):
        raise InvalidPaymentHistory("on: must be a day such as 2026-03-02.") from None
    overdue = document["open_overdue"]
    if not isinstance(overdue, list) or not all(_is_pair(entry) for entry in overdue):
        raise InvalidPaymentHistory("open_overdue: must list pairs of days and a count.")
    return PaymentHistory(
        on=on,
        settled=_count(document, "settled"),
        days_late=_whole(document, "days_late"),
        recent_settled=_number(document, "recent_settled"),
        recent_days_late=_number(document, "recent_days_late"),
        open_overdue=tuple(sorted(((d, c) for d, c in overdue), reverse=True)),
        disputed=_count(document, "disputed"),
        invoices=_count(document, "invoices"),
        amounts=_count(document, "amounts"),
    )


def _is_pair(entry: Any) -> bool:
    return (
        isinstance(entry, list)
        and len(entry) == 2
        and all(type(figure) is int and figure > 0 for figure in entry)
    )


def _count(document: Mapping[str, Any], name: str) -> int:
    value = _whole(document, name)
    if value < 0:
        raise InvalidPaymentHistory(f"{name}: must not be negative.")
    return value


def _whole(document: Mapping[str, Any], name: str) -> int:
    value = document[name]
    if type(value) is not int:
        raise InvalidPaymentHistory(f"{name}: must be a whole number.")
    return value


def _number(document: Mapping[str, Any], name: str) -> float:
    value = document[name]
    if type(value) not in (int, float) or not math.isfinite(value):
        raise InvalidPaymentHistory(f"{name}: must be a number.")
    return float(value)
