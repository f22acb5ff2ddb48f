"""Late interest in steps: from, to, base, rate, days, amount and clause, as a debtor checks it by hand.

For whoever prints interest (notices, statements, pages) this is the one function::

    accrued(debt, agreement=..., tables=..., on=..., since=None, costs=0, rates=None) -> Accrual

``flows.late_charges.late_charges_of`` calls it for a stored invoice.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from usance.rules.interest.agreements import OLDER_THAN_LAW, Agreement
from usance.rules.interest.compensation import Compensation, compensation_for
from usance.rules.interest.day_counts import DayCount, days_of, share_of_year
from usance.rules.interest.debts import Debt, Due, Instalment, instalments_of
from usance.rules.interest.laws import Law
from usance.rules.interest.rate_tables import (
    RateTable,
    RateUnknown,
    eve_of_half_year,
    half_year_of,
)
from usance.rules.money import proportion

_ONE_DAY: Final = timedelta(days=1)
_RATE_UNITS: Final = 10**6
"""Rates are computed in millionths of a per cent: exact for what may be agreed or loaded."""
EXCHANGE_RATE_MISSING: Final = "exchange_rate_missing"
"""Warning: the fixed sum is in a currency whose rate of exchange is not known; it is left out."""
COSTS_LEFT_OUT: Final = "costs_left_out"
"""Warning: costs of recovery were named, and by this law, contract or claim nothing is owed for them."""

RateOf = Callable[[str, date | None], Decimal | None]
"""How many units of the invoice's currency one unit of another was worth on its own day, or on the day of
the claim (None); None where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Interest of days on which nothing changed.

    From ``first`` to ``last``, both included, ``base`` minor units bore ``rate`` per cent a year:
    ``amount = base x rate / 100 x part of the year``, rounded half up once. ``due_on`` is when the base
    fell due, ``reference`` the reference rate behind ``rate`` and ``reference_on`` the day that it was
    read (None: agreed). ``compounded`` is the interest in the base.
    """

    due_on: date
    first: date
    last: date
    days: int
    base: int
    rate: Decimal
    amount: int
    clause: str
    day_count: DayCount
    reference: Decimal | None = None
    reference_on: date | None = None
    compounded: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Accrual:
    """What paying late costs until the end of the day ``on``; amounts in minor units.

    ``steps`` sum to ``interest``. ``warnings`` are codes: see ``agreements``,
    :data:`EXCHANGE_RATE_MISSING` and :data:`COSTS_LEFT_OUT`. ``owes_costs`` is whether costs of recovery
    beyond the fixed sum are owed.
    """

    currency: str
    law: str
    on: date
    steps: tuple[Step, ...]
    compensation: Compensation
    warnings: tuple[str, ...] = ()
    owes_costs: bool = False

    @property
    def interest(self) -> int:
        """The sum of the steps."""
        return sum(step.amount for step in self.steps)

    @property
    def total(self) -> int:
        """Interest, fixed sum and costs together."""
        return self.interest + self.compensation.amount


def accrued(
    debt: Debt,
    *,
    agreement: Agreement,
    tables: Mapping[str, RateTable],
    on: date,
    since: date | None = None,
    costs: int = 0,
    rates: RateOf | None = None,
) -> Accrual:
    """What ``debt`` has cost its debtor in interest and compensation until the end of the day ``on``.

    Interest runs from the day after each due day. It is cut where the principal, the rate or the half
    year changes, and at ``since``: only days from then on are returned (None: all), so that what was
    charged before is not charged again. The fixed sum is owed once per invoice as soon as a day of
    interest is (Directive 2011/7/EU, art. 6(1)), whatever ``since`` is; ``costs`` are minor units,
    ``rates`` tells the rates of exchange that it needs. A debt that is older than the law goes by what
    held before, as far as that is known here.

    Raises RateUnknown where a reference rate is needed of a day for which ``tables`` has none.
    """
    warnings: list[str] = []
    dated = agreement.of_debt(debt.arisen_by)
    if dated.in_force.is_newer_than(debt.arisen_by):
        warnings.append(OLDER_THAN_LAW)
    agreement, law = dated, dated.in_force
    steps: list[Step] = []
    for instalment in instalments_of(_due_by_law(debt, law)):
        found, warned = _steps_of(instalment, agreement, tables=tables, on=on, since=since)
        steps += found
        warnings += warned
    shown = sorted(
        (step for step in steps if since is None or step.first >= since),
        key=lambda step: (step.first, step.due_on),
    )
    compensation = _compensation(steps, debt, agreement, costs=costs, rates=rates)
    if compensation.missing:
        warnings.append(EXCHANGE_RATE_MISSING)
    if compensation.left_out:
        warnings.append(COSTS_LEFT_OUT)
    return Accrual(
        currency=debt.currency,
        law=law.code,
        on=on,
        steps=tuple(shown),
        compensation=compensation,
        warnings=tuple(dict.fromkeys(warnings)),
        owes_costs=agreement.owes_compensation,
    )


def _due_by_law(debt: Debt, law: Law) -> Debt:
    """``debt`` with no due day later than the law allows (MSMED Act 2006, s. 15, proviso)."""
    if law.most_days is None or debt.accepted_on is None:
        return debt
    latest = debt.accepted_on + timedelta(days=law.most_days)
    return replace(debt, dues=tuple(Due(min(due.on, latest), due.amount) for due in debt.dues))


def _compensation(
    steps: list[Step], debt: Debt, agreement: Agreement, *, costs: int, rates: RateOf | None
) -> Compensation:
    """The fixed sum and what the costs exceed it. It goes by how large the debt was on the first day that
    bore interest, and where it is converted by the rate of exchange that the law says."""
    law = agreement.in_force
    if not steps or not agreement.owes_compensation or law.compensation is None:
        return Compensation(debt.currency, left_out=costs)
    first = min(step.first for step in steps)
    day = law.compensation.exchange_day(first)
    told = {
        code: rate
        for code in law.compensation.foreign_to(debt.currency)
        if rates is not None and (rate := rates(code, day)) is not None
    }
    return compensation_for(
        sum(one.principal(first) for one in instalments_of(_due_by_law(debt, law))),
        currency=debt.currency,
        law=law.compensation,
        costs=costs,
        rates=told,
        rate_on=day,
    )


def _steps_of(
    instalment: Instalment,
    agreement: Agreement,
    *,
    tables: Mapping[str, RateTable],
    on: date,
    since: date | None,
) -> tuple[list[Step], list[str]]:
    """The steps of one due amount from its first day on, and warnings."""
    start = instalment.due.on + _ONE_DAY
    if on < start:
        return [], []
    law = agreement.in_force
    table = tables.get(law.table)
    rests = _rests(start, on, months=agreement.compounds)
    cuts = {start, *rests}
    cuts |= set(_rate_turns(law, table, start, on)) if agreement.needs_reference else set()
    cuts |= {since} if since is not None else set()
    cuts |= {
        day
        for day in instalment.turns()
        if day > start and instalment.principal(day) != instalment.principal(day - _ONE_DAY)
    }
    firsts = sorted(day for day in cuts if start <= day <= on)
    steps: list[Step] = []
    warnings: list[str] = []
    compounded = 0
    for place, first in enumerate(firsts):
        last = firsts[place + 1] - _ONE_DAY if place + 1 < len(firsts) else on
        if first in rests:
            compounded = _unpaid_interest(steps, instalment.debt, first)
        principal = instalment.principal(first)
        if not principal:
            continue
        step, warned = _step(
            instalment, agreement, table, first=first, last=last, base=principal + compounded
        )
        warnings += warned
        if step is not None:
            steps.append(replace(step, compounded=compounded))
    return steps, warnings


def _step(
    instalment: Instalment,
    agreement: Agreement,
    table: RateTable | None,
    *,
    first: date,
    last: date,
    base: int,
) -> tuple[Step | None, tuple[str, ...]]:
    """Interest on ``base`` from ``first`` to ``last``; none where no rate was agreed."""
    needed = agreement.needs_reference
    read_on, reference = None, None
    if table is not None:
        read_on = rate_day(agreement.in_force, start=instalment.due.on + _ONE_DAY, day=first)
        try:
            reference = table.on(read_on)
        except RateUnknown as error:
            # An agreed rate needs none; it is only held against the law's where that is known.
            if needed:
                raise RateUnknown(table, on=error.on, first_day=first) from None
        if needed and agreement.in_force.fixing == "daily":
            unknown = table.first_unknown(first, last)
            if unknown is not None:
                raise RateUnknown(table, on=unknown, first_day=unknown)
    rate, clause, warnings = agreement.rate_at(reference)
    if not rate:
        return None, warnings
    part, whole = share_of_year(agreement.day_count, first=first, last=last)
    amount = proportion(base, part=int(rate * _RATE_UNITS) * part, whole=100 * _RATE_UNITS * whole)
    step = Step(
        due_on=instalment.due.on,
        first=first,
        last=last,
        days=days_of(agreement.day_count, first=first, last=last),
        base=base,
        rate=rate,
        amount=amount,
        clause=clause,
        day_count=agreement.day_count,
        reference=reference if needed else None,
        reference_on=read_on if needed else None,
    )
    return step, warnings


def rate_day(law: Law, *, start: date, day: date) -> date:
    """The day whose reference rate ``law`` uses for interest of ``day`` on a debt late since ``start``."""
    if law.fixing == "daily":
        return day
    if law.fixing == "eve_of_start":
        return eve_of_half_year(start)
    return half_year_of(start if law.fixing == "half_year_of_start" else day)


def _rate_turns(law: Law, table: RateTable | None, start: date, on: date) -> list[date]:
    """The days after ``start`` from which another reference rate may hold."""
    if table is None or law.fixing in ("eve_of_start", "half_year_of_start"):
        return []
    if law.fixing == "daily":
        return table.changes_between(start, on)
    return [
        date(year, month, 1)
        for year in range(start.year, on.year + 1)
        for month in (1, 7)
        if start < date(year, month, 1) <= on
    ]


def _rests(start: date, on: date, *, months: int) -> list[date]:
    """The days after ``start`` on which so many ``months`` of interest are over and join what bears it;
    none where ``months`` is 0."""
    found: list[date] = []
    while months and (day := _months_after(start, months * (len(found) + 1))) <= on:
        found.append(day)
    return found


def _months_after(day: date, months: int) -> date:
    """``day`` so many months later; the last day of the month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def _unpaid_interest(steps: list[Step], debt: Debt, day: date) -> int:
    """The interest of ``steps`` that is not paid before ``day``."""
    paid = sum(move.amount for move in debt.interest_paid if move.on < day)
    return max(sum(step.amount for step in steps) - paid, 0)
