"""The credit decision: may this buyer order this much on account, and on what terms.

Pure: the facts come in, the decision goes out, and the same facts give the same decision for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final, Literal, NamedTuple

from usance.rules.credit.application import Application
from usance.rules.credit.exposure import Exposure
from usance.rules.credit.known_facts import days_overdue, in_order_currency, known_facts
from usance.rules.credit.policy import BUYER_SAFE, Policy
from usance.rules.credit.policy_program import AtCheckout
from usance.rules.credit.policy_rules import Eligibility
from usance.rules.terms import Cash, Terms

__all__ = ["BUYER_SAFE", "Application", "Decision", "Step", "decide"]

Outcome = Literal["approved", "declined", "review"]


class Step(NamedTuple):
    """One rule as it was applied: what was compared with what, and the reason if it did not hold."""

    rule: str
    held: bool
    compared: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, with why, and what would have been approved instead.

    ``up_to`` is the largest order, in minor units, that would have been approved; None where no
    amount would have been, or where it was not looked for. ``offered`` are the terms this buyer
    could have had. ``most_exposure`` is what a capping rule lets the exposure reach, tolerance
    included; None: no rule caps it. ``prepays``: a part of it had to be paid before. ``facts`` are
    those that the rules read and that were known.
    """

    outcome: Outcome
    reasons: tuple[str, ...]
    terms: Terms
    due_on: date
    expires_on: date
    up_to: int | None
    trace: tuple[Step, ...]
    offered: tuple[Terms, ...] = ()
    most_exposure: int | None = None
    prepays: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)


class _Ruled(NamedTuple):
    """What the written rules say."""

    facts: Mapping[str, Any]
    declined: tuple[str, ...] = ()
    reviewed: tuple[str, ...] = ()
    step: Step | None = None
    cap: int | None = None
    offered: tuple[Terms, ...] = ()
    prepay_percent: int = 0


IN_ADVANCE: Final = Cash("in_advance")
"""The mark of terms that are paid before; those paid on delivery are held like any other order,
since the goods are on their way before the money is."""
_NO_RULES: Final = _Ruled({})
_BY_AMOUNT: Final = frozenset(
    {
        "over_order_ceiling",
        "limit_exceeded",
        "above_review_amount",
        "prepayment_required",
        "policy_rules",
    }
)
"""Steps that a smaller order might pass."""


def decide(
    application: Application,
    exposure: Exposure,
    policy: Policy,
    on: date,
    *,
    explain: bool = True,
    seek: bool = True,
) -> Decision:
    """Decide ``application`` on the day ``on``.

    Declined if any rule refuses; else sent to a person if a rule asks for one or a fact that a rule
    needs is not known; else approved. Without ``explain`` no larger amount is sought by trying where
    the order is approved and the policy's rules read its amount. Without ``seek`` none is sought at
    all, for those who want the outcome of many orders.
    """
    judged = _judge(application, exposure, policy, on)
    return Decision(
        outcome=judged.outcome,
        reasons=judged.reasons,
        terms=judged.terms,
        due_on=judged.terms.due_on(on),
        expires_on=on + timedelta(days=policy.authorization_days),
        up_to=_up_to(judged, application, exposure, policy, on, explain=explain) if seek else None,
        trace=tuple(judged.trace),
        offered=judged.offered,
        most_exposure=judged.most_exposure,
        prepays=judged.prepays,
        facts=judged.facts,
    )


class _Judged(NamedTuple):
    """A decision without its counterfactual. ``bound``: the most that the plain amounts allow."""

    outcome: Outcome
    reasons: tuple[str, ...]
    terms: Terms
    trace: list[Step]
    offered: tuple[Terms, ...]
    most_exposure: int | None
    prepays: bool
    facts: Mapping[str, Any]
    bound: int


def _judge(application: Application, exposure: Exposure, policy: Policy, on: date) -> _Judged:
    checkout = policy.checkout if policy.rules else None
    ruled = _rules(checkout, application, exposure, policy, on) if checkout else _NO_RULES
    offered = application.offered or ruled.offered or policy.terms
    terms = application.requested_terms or offered[0]
    ceiling = policy.order_ceiling.get(application.currency)
    beside = exposure.tolerance + exposure.secured
    most = None if ruled.cap is None else min(ruled.cap, exposure.limit) + beside
    available = exposure.available
    if most is not None:
        available = min(available, most - exposure.exposure)
    trace = _settings_steps(
        application, policy, offered=offered, terms=terms, available=available, on=on
    )
    bounds = [available] if ceiling is None else [available, ceiling]
    # Cash in advance is no credit: all of it must be there, whatever part a rule asks for.
    prepay_percent = 100 if terms.mark == IN_ADVANCE else ruled.prepay_percent
    if prepay_percent:
        trace.append(_prepayment_step(application, exposure, prepay_percent))
        bounds.append(_not_promised(exposure, prepay_percent) * 100 // prepay_percent)
    failed = [step.rule for step in trace if not step.held]
    to_review = list(ruled.reviewed)
    if policy.over_limit == "review" and "limit_exceeded" in failed:
        failed.remove("limit_exceeded")
        to_review.insert(0, "limit_exceeded")
    failed += ruled.declined
    if ruled.step is not None:
        trace.append(ruled.step)
    review_above = policy.review_above.get(application.currency)
    if review_above is not None:
        bounds.append(review_above)
        if not failed:
            held = application.amount <= review_above
            compared = (("amount", application.amount), ("review_above", review_above))
            trace.append(Step("above_review_amount", held, compared))
            if not held:
                to_review.insert(0, "above_review_amount")
    return _Judged(
        outcome="declined" if failed else "review" if to_review else "approved",
        reasons=tuple(failed or to_review),
        terms=terms,
        trace=trace,
        offered=offered,
        most_exposure=most,
        prepays=bool(prepay_percent),
        facts=ruled.facts,
        bound=min(bounds),
    )


def _settings_steps(
    application: Application,
    policy: Policy,
    *,
    offered: tuple[Terms, ...],
    terms: Terms,
    available: int,
    on: date,
) -> list[Step]:
    """What the line and the settings say, before the written rules."""
    ceiling = policy.order_ceiling.get(application.currency)
    overdue = days_overdue(application, on)
    return [
        _line_step(application.line_state),
        Step(
            "terms_not_offered",
            terms in offered,
            (("asked", terms.code), ("offered", [t.code for t in offered])),
        ),
        Step(
            "overdue",
            policy.overdue_days is None or overdue <= policy.overdue_days,
            (("days_overdue", overdue), ("allowed", policy.overdue_days)),
        ),
        Step(
            "over_order_ceiling",
            ceiling is None or application.amount <= ceiling,
            (("amount", application.amount), ("ceiling", ceiling)),
        ),
        Step(
            "limit_exceeded",
            application.amount <= available,
            (("amount", application.amount), ("available", available)),
        ),
    ]


def _rules(
    checkout: AtCheckout,
    application: Application,
    exposure: Exposure,
    policy: Policy,
    on: date,
) -> _Ruled:
    """Apply the written rules."""
    facts = known_facts(application, exposure, policy, on=on, reads=checkout.reads)
    results = checkout.program.evaluate(facts)
    declined, reviewed, unknown = _tests(checkout, results)
    cap, place = None, len(checkout.tests)
    for limit in checkout.caps:
        applies, amount = results[place], results[place + 1]
        place += 2
        if applies is False:
            continue
        here = (
            None
            if amount is None
            else in_order_currency(max(amount, 0), asked=application, policy=policy)
        )
        if applies is None or here is None:
            unknown.append(limit.name)
        else:
            cap = here if cap is None else min(cap, here)
    offered: tuple[Terms, ...] = ()
    prepay = 0
    if not application.offered:
        for offer, result in zip(checkout.offers, results[place:], strict=True):
            if result is None:
                unknown.append(offer.name)
            if result:
                offered, prepay = offer.offer, offer.prepay_percent
                break
    if unknown:
        reviewed.append("unknown_facts")
    held = not (declined or reviewed)
    return _Ruled(
        facts=facts,
        declined=tuple(declined),
        reviewed=tuple(reviewed),
        step=Step("policy_rules", held, (("results", _letters(results)), ("unknown", unknown))),
        cap=cap,
        offered=offered,
        prepay_percent=prepay,
    )


def _tests(checkout: AtCheckout, results: list[Any]) -> tuple[list[str], list[str], list[str]]:
    """The tests that decline, that ask for a review, and that nobody can answer."""
    declined: list[str] = []
    reviewed: list[str] = []
    unknown: list[str] = []
    if results[: len(checkout.tests)] != checkout.expected:
        for test, result, expected in zip(checkout.tests, results, checkout.expected, strict=False):
            if result is None:
                unknown.append(test.name)
            elif result != expected:
                effect = test.otherwise if isinstance(test, Eligibility) else test.then
                (declined if effect == "decline" else reviewed).append(test.name)
    return declined, reviewed, unknown


def _letters(results: list[Any]) -> str:
    """One letter a result: 1 true, 0 false, ? unknown, = an amount. Rules are named by the policy."""
    return "".join(["=" if type(result) is int else _LETTER[result] for result in results])


_LETTER: Final[Mapping[Any, str]] = {True: "1", False: "0", None: "?"}


def _not_promised(exposure: Exposure, percent: int) -> int:
    """The cash that no order before this one was given the same terms for."""
    promised = -(-exposure.commitments * percent // 100)
    return max(exposure.unapplied_cash - promised, 0)


def _prepayment_step(application: Application, exposure: Exposure, percent: int) -> Step:
    needed = -(-application.amount * percent // 100)
    paid = _not_promised(exposure, percent)
    return Step("prepayment_required", paid >= needed, (("prepaid", paid), ("needed", needed)))


_LINE_REASONS: Final = {
    None: "no_credit_line",
    "on_hold": "line_on_hold",
    "suspended": "line_suspended",
    "closed": "line_closed",
}


def _line_step(state: str | None) -> Step:
    return Step(_LINE_REASONS.get(state, "line_active"), state == "active", (("state", state),))


def _up_to(
    judged: _Judged,
    application: Application,
    exposure: Exposure,
    policy: Policy,
    on: date,
    *,
    explain: bool,
) -> int | None:
    """The largest amount that passes, provided only amounts stand in the way.

    Where rules read the amount it is looked for by halving, and what is found was decided to pass.
    """
    bound = judged.bound
    if bound <= 0 or any(not step.held and step.rule not in _BY_AMOUNT for step in judged.trace):
        return None
    checkout = policy.checkout if policy.rules else None
    if checkout is None or not checkout.reads_amount:
        rules_hold = all(step.held for step in judged.trace if step.rule == "policy_rules")
        return bound if rules_hold else None
    if judged.outcome == "approved" and not explain:
        return None

    def passes(amount: int) -> bool:
        asked = replace(application, amount=amount)
        return _judge(asked, exposure, policy, on).outcome == "approved"

    if passes(bound):
        return bound
    low, high = 0, bound
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if passes(middle) else (low, middle)
    return low or None
