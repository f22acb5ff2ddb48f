"""Whether a company that applies for a trade account gets one, and with which limit.

Pure: what the checks found comes in as facts, the answer goes out. A fact that is not known lets
nobody in and keeps nobody out: such an application goes to a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from usance.rules.credit.policy import Policy
from usance.rules.credit.policy_rules import Admission
from usance.rules.terms import Terms

Outcome = Literal["approved", "declined", "review"]

NO_RULE: Final = "no_rule"
UNKNOWN_FACTS: Final = "unknown_facts"
NO_LIMIT: Final = "no_limit_suggested"
_OUTCOMES: Final[Mapping[str, Outcome]] = {
    "approve": "approved",
    "decline": "declined",
    "review": "review",
}


class Tried(NamedTuple):
    """One rule as it was tried, in the order of the policy: true, false, or None for unknown."""

    rule: str
    result: bool | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Admitted:
    """The answer to an application.

    ``rule`` is the policy's rule that decided, empty where none did. ``suggested_limit`` is in minor
    units of the policy's currency, never more than what was asked for; None where no rule suggests
    one. ``limit_rule`` suggested it. ``terms`` are those the account would be offered. ``facts`` are
    those that the rules read and that were known.
    """

    outcome: Outcome
    rule: str
    reasons: tuple[str, ...]
    suggested_limit: int | None
    limit_rule: str
    terms: tuple[Terms, ...]
    trace: tuple[Tried, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)


def admit(policy: Policy, facts: Mapping[str, Any]) -> Admitted:
    """Decide by ``facts`` (:mod:`usance.rules.credit.facts`), amounts in the policy's currency.

    The first rule of kind application that is true decides. Where one cannot be answered before, or
    none is true, or none suggests a limit for what would be approved, a person decides.
    """
    limit, limit_rule = suggested_limit(policy, facts)
    if not policy.rules:
        return Admitted("review", "", (NO_RULE,), limit, limit_rule, policy.terms, ())
    compiled = policy.compiled
    program = compiled.admitting.program
    reads = compiled.admitting.reads | compiled.suggesting.reads
    known = {name: facts[name] for name in sorted(reads) if facts.get(name) is not None}
    outcome: Outcome = "review"
    rule = ""
    reasons: tuple[str, ...] = (NO_RULE,)
    trace: list[Tried] = []
    for admission, result in zip(compiled.admissions, program.evaluate(facts), strict=True):
        missing = _missing(program.reads_of(admission.name), facts) if result is None else ()
        trace.append(Tried(admission.name, result, missing))
        if result is None:
            reasons = (UNKNOWN_FACTS,)
            break
        if result:
            outcome, rule, reasons = _verdict(admission, limit)
            break
    return Admitted(
        outcome=outcome,
        rule=rule,
        reasons=reasons,
        suggested_limit=limit,
        limit_rule=limit_rule,
        terms=policy.terms,
        trace=tuple(trace),
        facts=known,
    )


def suggested_limit(policy: Policy, facts: Mapping[str, Any]) -> tuple[int | None, str]:
    """The limit that the policy suggests and the rule that does: the first that applies.

    One that cannot be answered is passed over. Never above ``application.requested``.
    """
    if not policy.rules or not policy.compiled.suggestions:
        return None, ""
    compiled = policy.compiled
    results = compiled.suggesting.program.evaluate(facts)
    for place, limit in enumerate(compiled.suggestions):
        applies, amount = results[2 * place], results[2 * place + 1]
        if applies and amount is not None:
            requested = facts.get("application.requested")
            bounded = amount if requested is None else min(amount, requested)
            return max(bounded, 0), limit.name
    return None, ""


def _verdict(admission: Admission, limit: int | None) -> tuple[Outcome, str, tuple[str, ...]]:
    if admission.then == "approve" and not limit:
        return "review", admission.name, (NO_LIMIT,)
    reasons = (admission.name,)
    return _OUTCOMES[admission.then], admission.name, reasons


def _missing(reads: frozenset[str], facts: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(name for name in reads if facts.get(name) is None))
