"""Which rules spoke, by the names that a person gave them, and which of them made two policies differ."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from usance.rules.credit.application import Application
from usance.rules.credit.decide import Decision
from usance.rules.credit.exposure import Exposure
from usance.rules.credit.known_facts import in_order_currency
from usance.rules.credit.policy import Policy

_RANK: Final = {"declined": 0, "review": 1, "approved": 2}


def named_reasons(
    decision: Decision, *, application: Application, exposure: Exposure, policy: Policy
) -> tuple[str, ...]:
    """The reasons of ``decision``. A limit that a written cap made smaller goes by the cap's name, and
    ``unknown_facts`` is followed by the rules that nobody could answer."""
    if not decision.reasons or policy.checkout is None:
        return decision.reasons
    names: list[str] = []
    for reason in decision.reasons:
        if reason == "limit_exceeded" and application.amount <= exposure.available:
            names += _binding_caps(decision, application, policy) or [reason]
        else:
            names.append(reason)
        if reason == "unknown_facts":
            names += _unknown(decision)
    return tuple(dict.fromkeys(names))


def _binding_caps(decision: Decision, application: Application, policy: Policy) -> list[str]:
    """The caps that are as low as the lowest that applies."""
    checkout = policy.checkout
    assert checkout is not None
    results = checkout.program.evaluate(decision.facts)
    place = len(checkout.tests)
    amounts: dict[str, int] = {}
    for cap in checkout.caps:
        applies, amount = results[place], results[place + 1]
        place += 2
        if applies and amount is not None:
            here = in_order_currency(max(amount, 0), asked=application, policy=policy)
            if here is not None:
                amounts[cap.name] = here
    lowest = min(amounts.values(), default=0)
    return [name for name, amount in amounts.items() if amount == lowest]


def _unknown(decision: Decision) -> Iterable[str]:
    for step in decision.trace:
        if step.rule == "policy_rules":
            compared: dict[str, Any] = dict(step.compared)
            return list(compared["unknown"])
    return ()


def stricter(live: str, draft: str) -> int:
    """Above zero if the outcome ``draft`` is stricter than ``live``, below if it is looser."""
    return _RANK[live] - _RANK[draft]


def what_changed(
    *, live: str, live_reasons: tuple[str, ...], draft: str, draft_reasons: tuple[str, ...]
) -> tuple[str, ...]:
    """The reasons that the stricter of two outcomes has and the other has not; all of its reasons
    where they are the same and only say more now."""
    if stricter(live, draft) > 0:
        mine, others = draft_reasons, live_reasons
    else:
        mine, others = live_reasons, draft_reasons
    return tuple(reason for reason in mine if reason not in others) or mine
