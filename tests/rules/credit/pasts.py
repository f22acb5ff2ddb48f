"""Histories for backtests, an order a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from usance.rules.credit.backtest import Assumed, Backtest, Change, backtest
from usance.rules.credit.backtest_history import PastEvent, PastInvoice, PastOrder, PastReturn
from usance.rules.credit.policy import Policy, policy_from_document

FIRST = date(2026, 1, 5)
"""Day 0 of every history: a Monday."""
END = FIRST + timedelta(days=1_000)
GENEROUS = 10**9


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def at(number: int, hour: int = 12) -> datetime:
    return datetime.combine(day(number), datetime.min.time(), tzinfo=UTC).replace(hour=hour)


def order(
    name: str,
    on: int,
    amount: int,
    *,
    buyer: str = "nordwind",
    due: int = 30,
    paid: int | None = None,
    lost: int | None = None,
    never: bool = False,
    disputed: bool = False,
    hour: int = 12,
    **more: Any,
) -> PastOrder:
    """An order of day ``on``, invoiced at once. ``due``, ``paid`` and ``lost`` are days after it; with
    ``never`` it was still open at the end; with none of them nobody knows how it was paid."""
    known = paid is not None or lost is not None or never
    invoice = PastInvoice(
        amount=amount,
        issued_on=day(on),
        due_on=day(on + due),
        settled_on=None if paid is None else day(on + paid),
        lost_on=None if lost is None else day(on + lost),
        disputed=disputed,
    )
    given: dict[str, Any] = {"currency": "EUR", "limit": GENEROUS} | more
    return PastOrder(
        id=name,
        buyer=buyer,
        at=at(on, hour),
        on=day(on),
        amount=amount,
        invoices=(invoice,) if known else None,
        **given,
    )


def returned(name: str, on: int, amount: int, *, buyer: str = "nordwind") -> PastReturn:
    return PastReturn(name, buyer, at(on), day(on), amount, "EUR")


def policy(*rules: Mapping[str, Any], **settings: Any) -> Policy:
    """A policy in EUR that asks for nothing but ``rules`` and ``settings``."""
    document = {"currency": "EUR", "overdue_days": None, "rules": list(rules)} | settings
    return policy_from_document(document)


def hold(name: str, when: str, then: str = "decline") -> dict[str, Any]:
    return {"kind": "hold", "name": name, "when": when, "then": then}


def play(
    events: Iterable[PastEvent],
    *,
    live: Policy | None = None,
    draft: Policy | None = None,
    **assumed: Any,
) -> tuple[Backtest, list[Change]]:
    """The result, and the orders that change."""
    changes: list[Change] = []
    given: dict[str, Any] = {"currency": "EUR", "known_until": END} | assumed
    result = backtest(
        events,
        live=live or policy(),
        draft=draft or policy(),
        assumed=Assumed(**given),
        on_change=changes.append,
    )
    return result, changes


def decided(events: Iterable[PastEvent], tried: Policy, **assumed: Any) -> dict[str, str]:
    """What ``tried`` says to each order, beside a policy that declines everything."""
    never = policy(hold("never", "true"))
    events = list(events)
    found = {event.id: "declined" for event in events if isinstance(event, PastOrder)}
    _, changes = play(events, live=never, draft=tried, **assumed)
    return found | {change.order: change.draft for change in changes}
