"""What is owed and when, what took something off it, and what of it is in dispute."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """``amount`` minor units to be paid until the end of the day ``on``."""

    on: date
    amount: int


@dataclass(frozen=True, slots=True)
class Movement:
    """``amount`` minor units less are owed since the day ``on``; more, if it is negative.

    Interest runs on that day still: a payment stops it from the next day on, as the day after the due
    day is the first that bears it. ``kind`` says what it was: payment, credit_note or write_off.
    """

    on: date
    amount: int
    kind: str = "payment"


@dataclass(frozen=True, slots=True)
class Suspension:
    """``amount`` minor units bear no interest from ``first`` to ``last`` (None: until further notice),
    because they are disputed."""

    amount: int
    first: date
    last: date | None = None

    @classmethod
    def of_dispute(
        cls, amount: int, *, state: str, opened_on: date, settled_on: date | None
    ) -> Suspension | None:
        """What a dispute means for interest, by its state.

        While it is open, what is disputed bears none. Resolved by a credit note, the buyer was right:
        the amount was never owed, and bore none from the beginning until the note took it off. Rejected
        or withdrawn, it was owed all along.
        """
        if state == "open":
            return cls(amount, opened_on)
        if state == "resolved_credit":
            return cls(amount, date.min, settled_on)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """One invoice: what falls due when, and what became of it. All amounts in minor units.

    ``accepted_on`` is the day on which the goods were accepted (India counts from it), ``issued_on`` that of
    the invoice.
    ``interest_paid`` is what was paid of interest charged already; it no longer compounds.
    """

    currency: str
    dues: tuple[Due, ...]
    movements: tuple[Movement, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    accepted_on: date | None = None
    interest_paid: tuple[Movement, ...] = ()
    issued_on: date | None = None

    @property
    def arisen_by(self) -> date:
        """The day by which it had arisen at the latest: it was invoiced, or some of it was due. The contract
        may be older."""
        known = [due.on for due in self.dues]
        return min([*known, self.issued_on] if self.issued_on else known, default=date.max)


@dataclass(frozen=True, slots=True)
class Instalment:
    """One due amount of a debt; ``before`` is what falls due earlier and is settled first."""

    due: Due
    before: int
    debt: Debt

    def principal(self, day: date) -> int:
        """What of it bears interest on ``day``: owed, overdue and not disputed."""
        if day <= self.due.on:
            return 0
        less = sum(move.amount for move in self.debt.movements if move.on < day)
        less += sum(
            one.amount
            for one in self.debt.suspensions
            if one.first <= day and (one.last is None or day <= one.last)
        )
        return max(self.due.amount - max(less - self.before, 0), 0)

    def turns(self) -> Iterable[date]:
        """The days on which the principal may be another than on the day before."""
        yield self.due.on + _ONE_DAY
        for move in self.debt.movements:
            if move.on < date.max:
                yield move.on + _ONE_DAY
        for one in self.debt.suspensions:
            yield one.first
            if one.last is not None and one.last < date.max:
                yield one.last + _ONE_DAY


def instalments_of(debt: Debt) -> list[Instalment]:
    """The dues of ``debt`` in order, each with what is settled before it."""
    found, before = [], 0
    for due in sorted(debt.dues, key=lambda one: one.on):
        found.append(Instalment(due, before, debt))
        before += due.amount
    return found
