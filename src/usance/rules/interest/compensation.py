"""The fixed sum for the cost of recovery, and what reasonable costs exceed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal

from usance.rules.money import Money, convert
from usance.rules.terms.holiday_calendar import holiday_calendar

ConvertedOn = Literal["claim", "start", "month_before"]
"""Of which day the rate of exchange of a fixed sum is: the day of the claim; the first day of interest; or
the end of the month before the one in which that day is. Of the latter two it is the last working day by
then, and that day's own."""

_ONE_DAY: Final = timedelta(days=1)
_PLACES: Final = 6
"""Decimals with which a rate of exchange is told."""


@dataclass(frozen=True, slots=True)
class FixedSum:
    """``amount`` (major units) for a debt of at least ``least`` (major units), or of more than that
    where ``beyond``."""

    amount: Decimal
    least: Decimal = Decimal(0)
    beyond: bool = False

    def covers(self, debt: Decimal) -> bool:
        """Whether it is for a debt of ``debt`` major units."""
        return debt > self.least if self.beyond else debt >= self.least


@dataclass(frozen=True, slots=True)
class CompensationLaw:
    """What a law gives for each invoice that is paid late.

    ``sums`` are in ``currency``, from the smallest debt to the largest; their bounds are in
    ``bounds_in``, the same currency where that is empty. ``converted_on`` says at which day's rate they
    are converted, ``calendar`` whose working days count for that.
    """

    currency: str
    sums: tuple[FixedSum, ...]
    clause: str
    costs_clause: str
    bounds_in: str = ""
    converted_on: ConvertedOn = "claim"
    calendar: str = ""

    def foreign_to(self, currency: str) -> tuple[str, ...]:
        """The currencies whose rates are needed to say the sum in ``currency``."""
        bounds = {self.bounds_in or self.currency} if len(self.sums) > 1 else set()
        return tuple(sorted(({self.currency} | bounds) - {currency}))

    def exchange_day(self, start: date) -> date | None:
        """The day whose rate of exchange counts for a debt that bears interest from ``start`` on; None:
        that of the claim."""
        if self.converted_on == "claim":
            return None
        day = start if self.converted_on == "start" else start.replace(day=1) - _ONE_DAY
        working = holiday_calendar(self.calendar)
        while not working.is_working_day(day):
            day -= _ONE_DAY
        return day


@dataclass(frozen=True, slots=True)
class Compensation:
    """What is owed beside interest, minor units of the invoice's currency.

    ``fixed`` is the fixed sum, ``costs`` the reasonable costs of recovery beyond it. ``left_out`` are costs
    that were named and are not owed, or cannot be said yet. ``missing`` are currencies without whose
    exchange rate of the day ``rate_on`` (None: of the claim) the fixed sum cannot be said; it is then 0.
    """

    currency: str
    fixed: int = 0
    costs: int = 0
    clause: str = ""
    missing: tuple[str, ...] = ()
    left_out: int = 0
    rate_on: date | None = None

    @property
    def amount(self) -> int:
        """Both together."""
        return self.fixed + self.costs

    @property
    def grounds(self) -> str:
        """The clause, and that costs were left out where they were: as it is kept with a claim."""
        if not self.left_out:
            return self.clause
        less = f"costs of {Money(self.left_out, self.currency).decimal()} {self.currency} left out"
        return f"{self.clause}; {less}" if self.clause else less


def compensation_for(
    debt: int,
    *,
    currency: str,
    law: CompensationLaw | None,
    costs: int = 0,
    rates: Mapping[str, Decimal] | None = None,
    rate_on: date | None = None,
) -> Compensation:
    """What is owed beside the interest on a debt of ``debt`` minor units that is overdue.

    ``costs`` are what recovering it has cost reasonably, minor units of ``currency``: of them, what
    exceeds the fixed sum is owed too (Directive 2011/7/EU, art. 6(3)); where no fixed sum is owed they are
    left out, and said to be. ``rates`` says how many units of ``currency`` one unit of another was worth on
    the day ``rate_on`` (None: of the claim), by its code.
    """
    if law is None or debt <= 0:
        return Compensation(currency, left_out=costs)
    known = {**(rates or {}), currency: Decimal(1)}
    missing = tuple(code for code in law.foreign_to(currency) if code not in known)
    if missing:
        return Compensation(
            currency, clause=law.clause, missing=missing, left_out=costs, rate_on=rate_on
        )
    size = Decimal(0)
    if len(law.sums) > 1:
        size = Money(debt, currency).decimal() / Decimal(known[law.bounds_in or law.currency])
    found = [one for one in law.sums if one.covers(size)][-1]
    whole = Money.rounded(found.amount, currency=law.currency).amount
    fixed = convert(whole, rate=known[law.currency], source=law.currency, target=currency)
    more = max(costs - fixed, 0)
    clause = f"{law.clause}; {law.costs_clause}" if more else law.clause
    if law.currency != currency:
        clause = f"{clause}; {_conversion(found, law.currency, known, currency, on=rate_on)}"
    return Compensation(currency, fixed=fixed, costs=more, clause=clause, rate_on=rate_on)


def _conversion(
    sum_: FixedSum,
    source: str,
    rates: Mapping[str, Decimal],
    target: str,
    *,
    on: date | None,
) -> str:
    """How the fixed sum was converted, so that it can be checked by hand."""
    rate = round(Decimal(rates[source]), _PLACES).normalize()
    said = f"{sum_.amount:f} {source} x {rate:f} {target}"
    return f"{said} ({on})" if on is not None else said
