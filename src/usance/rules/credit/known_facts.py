"""The facts of one decision: what came with the application, and what follows from the line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple

from usance.rules.credit.application import Application
from usance.rules.credit.exposure import Exposure
from usance.rules.credit.policy import Policy
from usance.rules.money import convert, exponent


def known_facts(
    application: Application, exposure: Exposure, policy: Policy, *, on: date, reads: frozenset[str]
) -> dict[str, Any]:
    """Those of ``reads`` that are known. Amounts are in the policy's currency."""
    derived, given = _plan(reads)
    known = application.facts
    facts = {name: value for name in given if (value := known.get(name)) is not None}
    asked = _Asked(application, exposure, policy, on)
    for name, derive in derived:
        value = derive(asked)
        if value is not None:
            facts[name] = value
    return facts


@lru_cache(maxsize=256)
def _plan(
    reads: frozenset[str],
) -> tuple[tuple[tuple[str, Callable[[_Asked], Any]], ...], tuple[str, ...]]:
    """What is derived and what is given: the same for every order that a policy decides."""
    derived = tuple((name, _DERIVED[name]) for name in sorted(reads) if name in _DERIVED)
    return derived, tuple(name for name in sorted(reads) if name not in _DERIVED)


def in_policy_currency(amount: int, *, asked: Application, policy: Policy) -> int | None:
    """``amount`` of the order's currency as rules compare it; None without an exchange rate.

    A policy of settings alone compares nothing and need not name a currency.
    """
    if asked.currency == policy.currency:
        return amount
    if asked.rate is None or not policy.currency:
        return None
    return convert(amount, rate=asked.rate, source=asked.currency, target=policy.currency)


def in_order_currency(amount: int, *, asked: Application, policy: Policy) -> int | None:
    """``amount`` of the policy's currency in the order's, rounded down, since it is what a limit
    allows; None without an exchange rate."""
    if asked.currency == policy.currency:
        return amount
    if not asked.rate or not policy.currency:
        return None
    # In whole numbers: the reverse of a rate may have no end, and to cut it could cost a minor unit.
    units, parts = asked.rate.as_integer_ratio()
    scale: int = 10 ** exponent(asked.currency)
    own_scale: int = 10 ** exponent(policy.currency)
    return (amount * parts * scale) // (units * own_scale)


def days_overdue(application: Application, on: date) -> int:
    """Days the oldest open invoice is past due."""
    oldest = application.oldest_due_on
    return max((on - oldest).days, 0) if oldest else 0


class _Asked(NamedTuple):
    application: Application
    exposure: Exposure
    policy: Policy
    on: date

    def amount(self, amount: int) -> int | None:
        """In the policy's currency."""
        return in_policy_currency(amount, asked=self.application, policy=self.policy)

    def terms_days(self) -> int:
        """Of what was asked for, or of what is usual before any rule has spoken."""
        asked = self.application
        return (asked.requested_terms or (asked.offered or self.policy.terms)[0]).days

    def largest_line(self) -> int | None:
        """A line cannot be larger than its order, which matters when a smaller order is tried."""
        largest = self.application.largest_line
        return None if largest is None else self.amount(min(largest, self.application.amount))

    def used(self) -> Decimal | None:
        """Exposure over limit."""
        line = self.exposure
        return Decimal(line.exposure) / line.limit if line.limit else None


_DERIVED: Final[Mapping[str, Callable[[_Asked], Any]]] = {
    "order.amount": lambda asked: asked.amount(asked.application.amount),
    "order.currency": lambda asked: asked.application.currency,
    "order.terms_days": _Asked.terms_days,
    "order.largest_line": _Asked.largest_line,
    "buyer.days_overdue": lambda asked: days_overdue(asked.application, asked.on),
    "line.limit": lambda asked: asked.amount(asked.exposure.limit),
    "line.exposure": lambda asked: asked.amount(asked.exposure.exposure),
    "line.available": lambda asked: asked.amount(asked.exposure.available),
    "line.used": _Asked.used,
}
