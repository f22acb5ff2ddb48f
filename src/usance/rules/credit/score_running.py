"""A payment history that grows with every invoice, for whoever plays years of them.

:func:`usance.rules.credit.score_history.payment_history` sums up all invoices of a buyer; this keeps
the sums instead, so that each decision of a long history costs the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from usance.rules.credit.score_history import EARLIEST, HALF_LIFE, LATEST, PaymentHistory


class RunningHistory:
    """The sums of one buyer. Days must not run backwards."""

    __slots__ = (
        "_amounts",
        "_days_late",
        "_disputed",
        "_invoices",
        "_recent_days_late",
        "_recent_settled",
        "_settled",
        "_since",
    )

    def __init__(self) -> None:
        self._settled = self._days_late = self._disputed = self._invoices = self._amounts = 0
        self._recent_settled = self._recent_days_late = 0.0
        self._since: date | None = None

    def issue(self, amount: int) -> None:
        """Count an invoice of ``amount`` minor units."""
        self._invoices += 1
        self._amounts += amount

    def settle(self, *, issued_on: date, due_on: date, settled_on: date, disputed: bool) -> None:
        """Count an invoice as paid in full."""
        days = max(EARLIEST, min(LATEST, (settled_on - due_on).days))
        self._settled += 1
        self._days_late += days
        self._disputed += disputed
        # All weights halve together, so the sums are kept as they were on one day.
        if self._since is None:
            self._since = issued_on
        weight = 0.5 ** ((self._since - issued_on).days / HALF_LIFE)
        self._recent_settled += weight
        self._recent_days_late += weight * days

    def at(self, on: date, *, open_due_on: Iterable[date]) -> PaymentHistory:
        """What is known on the day ``on``; ``open_due_on`` are the due dates of open invoices."""
        overdue = Counter(min(LATEST, (on - due_on).days) for due_on in open_due_on if due_on < on)
        faded = 0.5 ** ((on - self._since).days / HALF_LIFE) if self._since else 0.0
        return PaymentHistory(
            on=on,
            settled=self._settled,
            days_late=self._days_late,
            recent_settled=faded * self._recent_settled,
            recent_days_late=faded * self._recent_days_late,
            open_overdue=tuple(sorted(overdue.items(), reverse=True)),
            disputed=self._disputed,
            invoices=self._invoices,
            amounts=self._amounts,
        )
