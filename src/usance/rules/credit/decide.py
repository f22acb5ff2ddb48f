"""The credit decision: may this buyer order this much on account, and on what terms.

Pure: the facts come in, the decision goes out, and the same facts give the same decision for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal, NamedTuple

from usance.rules.credit.exposure import Exposure
from usance.rules.credit.policy import Policy
from usance.rules.terms import Terms

Outcome = Literal["approved", "declined", "review"]

BUYER_SAFE: Final[Mapping[str, bool]] = {
    "no_credit_line": True,
    "line_on_hold": False,
    "line_suspended": False,
    "line_closed": False,
    "overdue": True,
    "over_order_ceiling": False,
    "limit_exceeded": True,
    "terms_not_offered": True,
    "above_review_amount": False,
}
"""Every reason a decision can give, and whether the buyer may be told it."""


@dataclass(frozen=True, slots=True)
class Application:
    """What the buyer asks for, and what is known of the buyer at that moment.

    ``amount`` is the order's total in minor units of ``currency``. ``oldest_due_on`` is the due date
    of the oldest invoice still open, if any. ``line_state`` is None when the buyer has no line in
    the currency. ``offered`` are the terms of the buyer's own line; empty means the policy's.
    """

    amount: int
    currency: str
    line_state: str | None
    oldest_due_on: date | None
    requested_terms: Terms | None = None
    offered: tuple[Terms, ...] = ()


class Step(NamedTuple):
    """One rule as it was applied: what was compared with what, and the reason if it did not hold."""

    rule: str
    held: bool
    compared: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, with why, and what would have been approved instead.

    ``up_to`` is the largest order, in minor units, that would have been approved; None where no
    amount would have been.
    """

    outcome: Outcome
    reasons: tuple[str, ...]
    terms: Terms
    due_on: date
    expires_on: date
    up_to: int | None
    trace: tuple[Step, ...]


def decide(application: Application, exposure: Exposure, policy: Policy, on: date) -> Decision:
    """Decide ``application`` on the day ``on``.

    Declined if any rule fails; else sent to a person if the amount asks for one; else approved.
    """
    offered = application.offered or policy.terms
    terms = application.requested_terms or offered[0]
    ceiling = policy.order_ceiling.get(application.currency)
    oldest = application.oldest_due_on
    days_overdue = max((on - oldest).days, 0) if oldest else 0
    late = policy.overdue_days is not None and days_overdue > policy.overdue_days

    trace = [
        _line_step(application.line_state),
        Step(
            "terms_not_offered",
            terms in offered,
            (("asked", terms.code), ("offered", [t.code for t in offered])),
        ),
        Step(
            "overdue",
            not late,
            (("days_overdue", days_overdue), ("allowed", policy.overdue_days)),
        ),
        Step(
            "over_order_ceiling",
            ceiling is None or application.amount <= ceiling,
            (("amount", application.amount), ("ceiling", ceiling)),
        ),
        Step(
            "limit_exceeded",
            application.amount <= exposure.available,
            (("amount", application.amount), ("available", exposure.available)),
        ),
    ]
    failed = tuple(step.rule for step in trace if not step.held)
    outcome: Outcome = "declined" if failed else "approved"
    review_above = policy.review_above.get(application.currency)
    if not failed and review_above is not None:
        trace.append(
            Step(
                "above_review_amount",
                application.amount <= review_above,
                (("amount", application.amount), ("review_above", review_above)),
            )
        )
        if not trace[-1].held:
            outcome, failed = "review", ("above_review_amount",)
    return Decision(
        outcome=outcome,
        reasons=failed,
        terms=terms,
        due_on=terms.due_on(on),
        expires_on=on + timedelta(days=policy.authorization_days),
        up_to=_up_to(trace, exposure, ceiling=ceiling, review_above=review_above),
        trace=tuple(trace),
    )


_LINE_REASONS: Final = {
    None: "no_credit_line",
    "on_hold": "line_on_hold",
    "suspended": "line_suspended",
    "closed": "line_closed",
}


def _line_step(state: str | None) -> Step:
    return Step(_LINE_REASONS.get(state, "line_active"), state == "active", (("state", state),))


_BY_AMOUNT: Final = {"over_order_ceiling", "limit_exceeded", "above_review_amount"}


def _up_to(
    trace: list[Step], exposure: Exposure, *, ceiling: int | None, review_above: int | None
) -> int | None:
    """The largest amount that passes, provided only amounts stand in the way."""
    if any(not step.held and step.rule not in _BY_AMOUNT for step in trace):
        return None
    bounds = [exposure.available, ceiling, review_above]
    largest = min(bound for bound in bounds if bound is not None)
    return largest if largest > 0 else None
