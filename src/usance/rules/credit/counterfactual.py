"""What would have been approved instead: a smaller order, a part paid before, an invoice paid.

Each alternative that is offered has been decided to pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from usance.rules.credit.application import Application
from usance.rules.credit.decide import Decision, decide
from usance.rules.credit.exposure import Exposure
from usance.rules.credit.known_facts import in_policy_currency
from usance.rules.credit.policy import Policy

STEP: Final = 5
"""A part to pay before is asked in steps of so many percent."""


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An open invoice: its number, what is left of it in minor units, and when it is due."""

    number: str
    outstanding: int
    due_on: date


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to a yes. ``kind`` is up_to | prepaid | after_paying | prepaid_in_full.

    ``amount`` is the largest order, what to pay before, or what to pay of the invoices
    ``numbers``; ``percent`` that part of the order.
    """

    kind: str
    amount: int
    percent: int | None = None
    numbers: tuple[str, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """The alternative as it is stored and shown."""
        document: dict[str, Any] = {"kind": self.kind, "amount": self.amount}
        if self.percent is not None:
            document["percent"] = self.percent
        if self.numbers:
            document["invoices"] = list(self.numbers)
        return document


def alternatives(
    decision: Decision,
    application: Application,
    exposure: Exposure,
    policy: Policy,
    on: date,
    *,
    open_items: Sequence[OpenItem] = (),
) -> tuple[Alternative, ...]:
    """Ways to a yes for an order that was not approved; ``open_items`` the oldest first."""
    if decision.outcome == "approved":
        return ()
    found: list[Alternative | None] = []
    if decision.up_to is not None and decision.up_to < application.amount:
        found.append(Alternative("up_to", decision.up_to))
    found.append(_prepaid(application, exposure, policy, on))
    found.append(_after_paying(application, exposure, policy, on, open_items))
    ways = [way for way in found if way is not None]
    if policy.offer_prepayment:
        ways.append(Alternative("prepaid_in_full", application.amount, percent=100))
    return tuple(ways)


def _prepaid(
    application: Application, exposure: Exposure, policy: Policy, on: date
) -> Alternative | None:
    """The smallest part, in whole steps, that makes the order pass when it is paid before."""
    if not _passes_prepaid(application, exposure, policy, on, paid=application.amount):
        return None  # no money would help
    for percent in range(STEP, 100, STEP):
        amount = -(-application.amount * percent // 100)
        if _passes_prepaid(application, exposure, policy, on, paid=amount):
            return Alternative("prepaid", amount, percent=percent)
    return None


def _passes_prepaid(
    application: Application, exposure: Exposure, policy: Policy, on: date, *, paid: int
) -> bool:
    line = _with_group_room(
        replace(exposure, unapplied_cash=exposure.unapplied_cash + paid), more=paid
    )
    return decide(application, line, policy, on, explain=False).outcome == "approved"


def _with_group_room(exposure: Exposure, *, more: int) -> Exposure:
    """What a line uses less, its group uses less. One that bears nothing at all may be on hold, or
    not to be converted, and no money helps there."""
    if exposure.group_available is None or exposure.group_available < 0:
        return exposure
    return replace(exposure, group_available=exposure.group_available + more)


def _after_paying(
    application: Application,
    exposure: Exposure,
    policy: Policy,
    on: date,
    open_items: Sequence[OpenItem],
) -> Alternative | None:
    """The fewest of the oldest invoices whose payment makes the order pass."""
    paid, overdue, count = 0, 0, 0
    for n, item in enumerate(open_items):
        paid += item.outstanding
        if item.due_on < on:
            overdue, count = overdue + item.outstanding, count + 1
        oldest: date | None = None
        if n + 1 < len(open_items):
            oldest = open_items[n + 1].due_on
        elif paid < exposure.receivable:
            # More is open than was listed; of the rest it is only known that it falls due no sooner.
            oldest = item.due_on
        asked = replace(
            application,
            oldest_due_on=oldest,
            facts=_facts_after(application, policy, paid=paid, overdue=overdue, count=count),
        )
        line = _with_group_room(replace(exposure, receivable=exposure.receivable - paid), more=paid)
        if decide(asked, line, policy, on, explain=False).outcome == "approved":
            numbers = tuple(item.number for item in open_items[: n + 1])
            return Alternative("after_paying", paid, numbers=numbers)
    return None


_MOVED_BY_PAYING: Final = frozenset(
    {
        "history.paid_invoices",
        "history.late_share",
        "history.average_days_late",
        "history.worst_days_late_12m",
        "score.late_probability",
        "score.days_late",
        "score.band",
    }
)
"""Paying late invoices changes these, perhaps for the worse: nothing is promised that rests on them."""


def _facts_after(
    application: Application, policy: Policy, *, paid: int, overdue: int, count: int
) -> Mapping[str, Any]:
    """What is known of the buyer once ``paid`` is paid, ``overdue`` of it in ``count`` invoices."""
    facts = {n: v for n, v in application.facts.items() if n not in _MOVED_BY_PAYING}
    for name, less in (("history.overdue", overdue), ("buyer.exposure", paid)):
        change = in_policy_currency(less, asked=application, policy=policy)
        if facts.get(name) is not None and change is not None:
            facts[name] = max(facts[name] - change, 0)
    if facts.get("history.overdue_invoices") is not None:
        facts["history.overdue_invoices"] = max(facts["history.overdue_invoices"] - count, 0)
    return facts
