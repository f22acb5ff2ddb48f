"""The fixed sum for the cost of recovery, and what reasonable costs exceed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from usance.rules.money import Money, convert


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
    ``bounds_in``, the same currency where that is empty.
    """

    currency: str
    sums: tuple[FixedSum, ...]
    clause: str
    costs_clause: str
    bounds_in: str = ""


@dataclass(frozen=True, slots=True)
class Compensation:
    """What is owed beside interest, minor units of the invoice's currency.

    ``fixed`` is the fixed sum, ``costs`` the reasonable costs of recovery beyond it. ``missing`` are
    currencies without whose exchange rate the fixed sum cannot be said; it is then 0.
    """

    currency: str
    fixed: int = 0
    costs: int = 0
    clause: str = ""
    missing: tuple[str, ...] = ()

    @property
    def amount(self) -> int:
        """Both together."""
        return self.fixed + self.costs


def compensation_for(
    debt: int,
    *,
    currency: str,
    law: CompensationLaw | None,
    costs: int = 0,
    rates: Mapping[str, Decimal] | None = None,
) -> Compensation:
    """What is owed beside the interest on a debt of ``debt`` minor units that is overdue.

    ``costs`` are what recovering it has cost reasonably, minor units of ``currency``: of them, what
    exceeds the fixed sum is owed too (Directive 2011/7/EU, art. 6(3)). ``rates`` says how many units of
    ``currency`` one unit of another is worth, by its code.
    """
    if law is None or debt <= 0:
        return Compensation(currency)
    known = {**(rates or {}), currency: Decimal(1)}
    needed = {law.currency} | ({law.bounds_in or law.currency} if len(law.sums) > 1 else set())
    missing = tuple(sorted(needed - set(known)))
    if missing:
        return Compensation(currency, clause=law.clause, missing=missing)
    size = Decimal(0)
    if len(law.sums) > 1:
        size = Money(debt, currency).decimal() / Decimal(known[law.bounds_in or law.currency])
    found = [one for one in law.sums if one.covers(size)][-1]
    whole = Money.rounded(found.amount, currency=law.currency).amount
    fixed = convert(whole, rate=known[law.currency], source=law.currency, target=currency)
    more = max(costs - fixed, 0)
    clause = f"{law.clause}; {law.costs_clause}" if more else law.clause
    return Compensation(currency, fixed=fixed, costs=more, clause=clause)
