"""The credit limit of a buyer nobody knows yet, and how it grows with what is learnt.

Named rules, so that a seller can say which one it follows. Amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class PaymentRecord:
    """What a buyer has bought and how it paid, up to one day.

    ``purchases`` is what was invoiced less credit notes, over ``days`` since the first invoice;
    ``paid`` how many invoices are paid in full; ``worst_days_late`` the latest of them, or of those
    still open, after its due date.
    """

    purchases: int
    days: int
    paid: int
    worst_days_late: int


@dataclass(frozen=True, slots=True)
class LimitRule:
    """``first_order_multiple``: a multiple of the first order, then of a usual month.

    The first limit is ``multiple`` times the first order, between ``floor`` and ``cap``. A review
    gives ``months`` of average purchases, up to ``ceiling``, to a buyer that has paid at least one
    invoice and was never more than ``patience`` days late. Limits are rounded up to ``step``; a
    review never lowers one.
    """

    name: str = "first_order_multiple"
    multiple: int = 4
    floor: int = 50_000
    cap: int = 500_000
    months: int = 3
    ceiling: int = 5_000_000
    patience: int = 20
    step: int = 5_000

    def starting_limit(self, first_order: int) -> int:
        """The limit for a buyer whose first order is ``first_order``, decided after it is set."""
        return self._stepped(min(max(first_order * self.multiple, self.floor), self.cap))

    def reviewed_limit(self, limit: int, record: PaymentRecord) -> int:
        """The limit after a review: ``limit``, or more where the record has earned it."""
        if not record.paid or record.worst_days_late > self.patience:
            return limit
        usual_month = record.purchases * 30 // max(record.days, 30)
        return max(limit, self._stepped(min(usual_month * self.months, self.ceiling)))

    def _stepped(self, amount: int) -> int:
        return -(-amount // self.step) * self.step


RULES: Final[Mapping[str, LimitRule]] = {"first_order_multiple": LimitRule()}
"""Every rule by its name."""
