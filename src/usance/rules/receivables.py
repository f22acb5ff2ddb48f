"""How long sales wait for their money, and how well they are collected.

Source: Credit Research Foundation, "Key Performance Measures" (days sales outstanding by the standard
and the count-back method, best possible DSO, average days delinquent, collection effectiveness index).
All amounts are minor units of one currency.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_TENTH: Final = Decimal("0.1")
_TEN_THOUSANDTH: Final = Decimal("0.0001")


def simple_dso(receivable: int, *, sales: int, days: int) -> Decimal | None:
    """``receivable`` / ``sales`` of the last ``days`` x ``days``; None where nothing was sold."""
    if sales <= 0:
        return None
    return (Decimal(receivable) * days / sales).quantize(_TENTH, rounding=ROUND_HALF_UP)


def countback_dso(receivable: int, *, daily_sales: Iterable[tuple[int, int]]) -> Decimal | None:
    """How many of the latest days' sales make up ``receivable``.

    ``daily_sales`` are (days ago, amount sold), the latest first; 0 is the day itself. Sales are
    taken off day after day until the receivable is used up, the last day in proportion. Unlike the
    simple figure it does not move when sales rise or fall with the season. None where the sales
    given do not make up the receivable.
    """
    left = receivable
    if left <= 0:
        return Decimal(0).quantize(_TENTH)
    for days_ago, sold in daily_sales:
        if sold >= left:
            exact = days_ago + Decimal(left) / sold
            return exact.quantize(_TENTH, rounding=ROUND_HALF_UP)
        left -= max(sold, 0)
    return None


def best_possible_dso(not_due: int, *, sales: int, days: int) -> Decimal | None:
    """The DSO if nobody were late: receivables ``not_due`` / ``sales`` x ``days``.

    It is what the terms alone cost in days. None where nothing was sold.
    """
    return simple_dso(not_due, sales=sales, days=days)


def average_days_delinquent(simple: Decimal | None, best: Decimal | None) -> Decimal | None:
    """The days of DSO that lateness adds to what the terms give: DSO less the best possible DSO."""
    return None if simple is None or best is None else simple - best


def collection_effectiveness(
    *, beginning: int, sales: int, ending: int, ending_not_due: int
) -> Decimal | None:
    """The collection effectiveness index: what was collected of what could be, as a ratio.

    (beginning receivables + sales of the period - ending receivables) / (beginning receivables +
    sales - ending receivables not due). 1 where nothing overdue is left. What was written off or
    credited counts as no longer to be collected. None where nothing could be.
    """
    collectable = beginning + sales - ending_not_due
    if collectable <= 0:
        return None
    return share(beginning + sales - ending, of=collectable)


def share(part: int, *, of: int) -> Decimal | None:
    """``part`` / ``of``, four places; None where there is nothing of which it could be a part."""
    if of <= 0:
        return None
    return (Decimal(part) / of).quantize(_TEN_THOUSANDTH, rounding=ROUND_HALF_UP)


def average_days_late(weighted_days: int, *, amount: int) -> Decimal | None:
    """Days late of paid invoices, each weighted by its amount: sum of days x amount / sum of amounts."""
    return simple_dso(weighted_days, sales=amount, days=1) if amount > 0 else None
