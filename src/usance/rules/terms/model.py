"""Payment terms: when an invoice falls due, in which parts, and what paying early saves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from usance.rules.money import proportion
from usance.rules.terms import days as calendar
from usance.rules.terms.days import Move, WorkingDays
from usance.rules.terms.marks import (
    LONGEST_TERM,
    WHOLE,
    Cash,
    DayOfMonth,
    Discount,
    EndOfWeek,
    FixedDate,
    Instalment,
    Mark,
    Part,
    Tier,
    UnknownTerms,
    checked_parts,
    checked_tiers,
)
from usance.rules.terms.spelling import LONGEST_CODE, spell


@dataclass(frozen=True, slots=True)
class Terms:
    """Due ``days`` after the invoice date, then moved to the end of that month if asked.

    ``extra_days`` run from that end of month. A ``mark`` is another day of the calendar to move to,
    or says that nothing is lent. ``deposit`` (hundredths of a percent) is due with the invoice, the
    balance by the rest of the terms. ``parts`` are instalments; ``days`` is then the last one's, and
    with ``end_of_month`` each is moved. ``tiers`` are discounts for paying early, the best first.

    Raises UnknownTerms for what contradicts itself or has a code too long to be stored.
    """

    days: int = 0
    end_of_month: bool = False
    extra_days: int = 0
    mark: Mark | None = None
    deposit: int = 0
    parts: tuple[Part, ...] = ()
    tiers: tuple[Tier, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.days <= LONGEST_TERM:
            raise UnknownTerms(f"Terms run from 0 to {LONGEST_TERM} days, not {self.days}.")
        if not 0 <= self.extra_days <= LONGEST_TERM - self.days:
            raise UnknownTerms(f"Terms run at most {LONGEST_TERM} days in all.")
        if self.extra_days and not self.end_of_month:
            raise UnknownTerms("Only the end of a month has days after it.")
        if self.mark and (self.end_of_month or (self.days and self.mark != EndOfWeek())):
            raise UnknownTerms("Terms have one mark of the calendar to fall due on.")
        if not 0 <= self.deposit < WHOLE:
            raise UnknownTerms("A deposit is less than the whole.")
        if self.deposit and not self.longest_days:
            raise UnknownTerms("A deposit needs a balance that is due later.")
        if self.parts and (self.mark or self.deposit or self.extra_days):
            raise UnknownTerms("Instalments are counted in days, with no deposit beside them.")
        if isinstance(self.mark, Cash) and (self.deposit or self.tiers):
            raise UnknownTerms("Cash has neither a deposit nor a discount for paying early.")
        checked_parts(self.parts, days=self.days)
        if self.tiers:
            checked_tiers(self.tiers, longest=self.longest_days)
        if len(self.code) > LONGEST_CODE:
            raise UnknownTerms(
                f"{self.code!r} is longer than the {LONGEST_CODE} characters that are kept;"
                " use fewer parts or rounder shares."
            )

    @property
    def code(self) -> str:
        """The stable code of these terms."""
        return spell(self)

    @property
    def longest_days(self) -> int:
        """The most days that can pass from the invoice to its last due date, to compare terms by.

        A fixed date counts as the longest term there is: how far away it is depends on the invoice.
        Working days are not looked at.
        """
        if isinstance(self.mark, FixedDate):
            return LONGEST_TERM
        if not self.end_of_month and self.mark is None:
            return self.days
        return _longest(self.days, self.end_of_month, self.extra_days, self.mark)

    def due_on(
        self, issued_on: date, *, working: WorkingDays | None = None, move: Move = "next"
    ) -> date:
        """The day on which an invoice issued on ``issued_on`` falls due, its last part if it has parts.

        With ``working``, a day on which nobody works is moved; never to before ``issued_on``. Raises
        NoWorkingDay.
        """
        due = self._day(issued_on, self.days)
        return calendar.moved(due, working=working, move=move, not_before=issued_on)

    def first_due_on(
        self, issued_on: date, *, working: WorkingDays | None = None, move: Move = "next"
    ) -> date:
        """The day on which the first part of an invoice falls due. Moved like :meth:`due_on`."""
        if self.deposit:
            due = issued_on
        else:
            due = self._day(issued_on, self.parts[0].days if self.parts else self.days)
        return calendar.moved(due, working=working, move=move, not_before=issued_on)

    def schedule(
        self,
        issued_on: date,
        amount: int,
        *,
        working: WorkingDays | None = None,
        move: Move = "next",
    ) -> tuple[Instalment, ...]:
        """What falls due when, of ``amount`` minor units; the sum is ``amount``.

        Each part is rounded down to the minor unit and the last takes the rest, so no part is more
        than its share but the last. Parts of a fixed amount take what there is, the first first: a
        small invoice may be due before the day of its last part. Parts that come to nothing are left
        out; parts that come to the same day are one. Raises ValueError for a negative amount, or
        NoWorkingDay.
        """
        if amount < 0:
            raise ValueError(f"{amount} minor units cannot fall due.")
        sums: dict[date, int] = {}
        left = amount
        for days, wanted in self._shares(amount):
            due = issued_on if days is None else self._day(issued_on, days)
            due = calendar.moved(due, working=working, move=move, not_before=issued_on)
            part = min(wanted, left)  # a fixed amount may be more than the invoice
            sums[due] = sums.get(due, 0) + part
            left -= part
        last = self.due_on(issued_on, working=working, move=move)
        sums[last] = sums.get(last, 0) + left
        return tuple(Instalment(day, part) for day, part in sorted(sums.items()) if part)

    def discounts(
        self,
        issued_on: date,
        amount: int,
        *,
        working: WorkingDays | None = None,
        move: Move = "next",
    ) -> tuple[Discount, ...]:
        """What paying all of ``amount`` (minor units) early takes off, the best first.

        The discount is rounded to the nearest minor unit, halves up. A tier ends no later than the
        invoice falls due, so one that the due date has overtaken ends on it.
        """
        last = self.due_on(issued_on, working=working, move=move)
        found = []
        for tier in self.tiers:
            until = issued_on + timedelta(days=tier.days)
            until = calendar.moved(until, working=working, move=move, not_before=issued_on)
            saved = proportion(amount, part=tier.rate, whole=WHOLE)
            found.append(Discount(min(until, last), saved))
        return tuple(found)

    def _shares(self, amount: int) -> list[tuple[int | None, int]]:
        """All parts but the last: days after the invoice (None: with it), and amount."""
        if self.deposit:
            return [(None, amount * self.deposit // WHOLE)]
        return [(part.days, self._of(part, amount)) for part in self.parts[:-1]]

    def _of(self, part: Part, amount: int) -> int:
        """What a part that is not the last comes to."""
        if part.amount is not None:
            return part.amount
        return amount // len(self.parts) if part.share is None else amount * part.share // WHOLE

    def _day(self, issued_on: date, days: int) -> date:
        return _due(issued_on, days, self.end_of_month, self.extra_days, self.mark)


def _due(
    issued_on: date, days: int, end_of_month: bool, extra_days: int, mark: Mark | None
) -> date:
    """The day that ``days`` and what follows them lead to, never before ``issued_on``."""
    due = issued_on + timedelta(days=days)
    if end_of_month:
        return calendar.end_of_month(due) + timedelta(days=extra_days)
    if isinstance(mark, EndOfWeek):
        return calendar.end_of_week(due)
    if isinstance(mark, DayOfMonth):
        due = calendar.day_of_month(mark.day, month_of=issued_on, later=mark.months)
        if due < issued_on:
            due = calendar.day_of_month(mark.day, month_of=issued_on, later=mark.months + 1)
    elif isinstance(mark, FixedDate):
        return max(mark.on, issued_on)
    return due


_FOUR_YEARS = tuple(date(2024, 1, 1) + timedelta(days=n) for n in range(4 * 365 + 1))
"""Every place that a day can have among months, weeks and leap days; none of it is about now."""


@lru_cache(maxsize=1024)
def _longest(days: int, end_of_month: bool, extra_days: int, mark: Mark | None) -> int:
    return max((_due(day, days, end_of_month, extra_days, mark) - day).days for day in _FOUR_YEARS)
