"""What each written rule of a policy said to one order: for the page and the document of a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from usance.rules.credit.application import Application
from usance.rules.credit.exposure import Exposure
from usance.rules.credit.known_facts import known_facts
from usance.rules.credit.policy import Policy
from usance.rules.credit.policy_program import AtCheckout
from usance.rules.credit.policy_rules import Eligibility, Hold, Limit, Offer


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule as it was applied.

    ``applies`` is what its condition came to, None where a fact was not known; ``amount`` what a cap
    came to, in minor units of the policy's currency. ``facts`` are those it read, None: not known.
    """

    rule: Eligibility | Hold | Limit | Offer
    applies: bool | None
    amount: int | None
    facts: Mapping[str, Any]

    @property
    def held(self) -> bool:
        """Whether nothing spoke against the order. A cap is compared elsewhere; terms never do."""
        if isinstance(self.rule, Eligibility):
            return self.applies is True
        if isinstance(self.rule, Hold):
            return self.applies is False
        return self.applies is not None and not (
            isinstance(self.rule, Limit) and self.applies and self.amount is None
        )


def rule_results(
    policy: Policy,
    application: Application,
    exposure: Exposure,
    *,
    on: Any,
    letters: str | None = None,
) -> tuple[RuleResult, ...]:
    """Every rule that a checkout applies, in the policy's order, with what it said.

    ``letters`` are the results as a trace has them; where they are given they bind.
    """
    checkout = policy.checkout
    if checkout is None:
        return ()
    facts = known_facts(application, exposure, policy, on=on, reads=checkout.reads)
    results = checkout.program.evaluate(facts)
    if letters is not None and len(letters) == len(results):
        results = [
            _READ.get(letter, result) for letter, result in zip(letters, results, strict=True)
        ]
    found = {one.rule.name: one for one in _paired(checkout, results, facts)}
    return tuple(found[rule.name] for rule in policy.rules if rule.name in found)


_READ: Final[Mapping[str, Any]] = {"1": True, "0": False, "?": None}


def _paired(checkout: AtCheckout, results: list[Any], facts: Mapping[str, Any]) -> list[RuleResult]:
    def facts_of(*names: str) -> dict[str, Any]:
        read = sorted(set().union(*(checkout.program.reads_of(name) for name in names)))
        return {name: facts.get(name) for name in read}

    found = [
        RuleResult(test, result, None, facts_of(test.name))
        for test, result in zip(checkout.tests, results, strict=False)
    ]
    place = len(checkout.tests)
    for cap in checkout.caps:
        applies, amount = results[place], results[place + 1]
        place += 2
        found.append(RuleResult(cap, applies, amount, facts_of(cap.name, f"{cap.name}.amount")))
    found += [
        RuleResult(offer, result, None, facts_of(offer.name))
        for offer, result in zip(checkout.offers, results[place:], strict=True)
    ]
    return found
