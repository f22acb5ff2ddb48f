"""How receivables are spread over buyers, and how invoices of one month were paid as time went on.

Source of the index: U.S. Department of Justice and Federal Trade Commission, Merger Guidelines (2023),
section 2.1: the sum of the squares of all shares in per cent, from near 0 to 10,000.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

COHORT_DAYS: Final = (-30, -15, -1, 0, 7, 15, 30, 45, 60, 90, 120)
"""Days after the due date at which a cohort's share paid is told; before it, what was paid early."""

MODERATE: Final = 1_000
HIGH: Final = 1_800
"""Above these the index calls a spread moderately and highly concentrated (2023 guidelines)."""


def herfindahl(amounts: Iterable[int]) -> int | None:
    """The Herfindahl-Hirschman index of positive ``amounts``, a whole number up to 10,000.

    None where there is nothing. Amounts below zero (a buyer in credit) are no concentration of debt
    and are left out.
    """
    positive = [amount for amount in amounts if amount > 0]
    total = sum(positive)
    if not total:
        return None
    exact = Decimal(sum(amount * amount for amount in positive)) * 10_000 / (total * total)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class Cohort:
    """Invoices of one month: ``invoiced`` minor units, and ``paid`` of it by each of COHORT_DAYS after
    the due date; None where the latest of them is not that old yet, so that it can only be known
    later."""

    month: str
    invoiced: int
    paid: tuple[int | None, ...]

    @property
    def shares(self) -> tuple[Decimal | None, ...]:
        """``paid`` as shares of what was invoiced, four places."""
        return tuple(
            None
            if paid is None or self.invoiced <= 0
            else (Decimal(paid) / self.invoiced).quantize(Decimal("0.0001"), ROUND_HALF_UP)
            for paid in self.paid
        )


def cohorts(
    months: Iterable[tuple[str, int, int]], payments: Iterable[tuple[str, int, int]]
) -> list[Cohort]:
    """The cohorts by month.

    ``months`` are (month, minor units invoiced, days since the last of its due dates, negative
    before it); ``payments`` are (month, days after the due date of the invoice, minor units paid).
    """
    paid: dict[str, list[tuple[int, int]]] = {}
    for month, days, amount in payments:
        paid.setdefault(month, []).append((days, amount))
    return [
        Cohort(month, invoiced, _paid_by(paid.get(month, ()), age=age))
        for month, invoiced, age in sorted(months)
    ]


def _paid_by(payments: Sequence[tuple[int, int]], *, age: int) -> tuple[int | None, ...]:
    return tuple(
        None if age < days else sum(amount for late, amount in payments if late <= days)
        for days in COHORT_DAYS
    )
