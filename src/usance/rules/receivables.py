"""Days sales outstanding, two ways.

Source: Credit Research Foundation, "Days Sales Outstanding" (standard method and count-back method).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_TENTH: Final = Decimal("0.1")


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
