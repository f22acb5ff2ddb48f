"""The rules of a policy as its pages show them: a sentence, the expression, the facts it reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from usance.rules.credit.policy import Policy
from usance.rules.credit.policy_program import Compiled
from usance.rules.credit.policy_rules import Admission, Limit, Offer, Price, Route, Rule
from usance.rules.credit.rule_results import RuleResult
from usance.web.design.parts import Badge
from usance.web.words.amounts import money_text
from usance.web.words.facts import fact_name, fact_value
from usance.web.words.policies import KIND_NAMES, kind_of, rule_sentence


@dataclass(frozen=True, slots=True)
class FactShown:
    """A fact that a rule reads: what it is called, and its name in expressions."""

    name: str
    code: str
    value: object = None
    since: object = None


@dataclass(frozen=True, slots=True)
class RuleCard:
    """A rule. ``expression`` is empty where it always holds; ``amount`` is a limit's formula."""

    name: str
    kind: str
    sentence: str
    note: str
    expression: str
    amount: str
    told: bool
    facts: list[FactShown]
    result: Badge | None = None


def cards_of(policy: Policy, *, currency: str) -> list[RuleCard]:
    """Every rule of a policy, in its order."""
    compiled = policy.compiled if policy.rules else None
    return [
        _card(
            rule,
            currency=currency,
            facts=[
                FactShown(fact_name(name), name)
                for name in (sorted(reads_of(compiled, rule)) if compiled else ())
            ],
        )
        for rule in policy.rules
    ]


def applied_cards(
    results: Iterable[RuleResult], *, currency: str, since: Any = None
) -> list[RuleCard]:
    """Rules as they were applied, each with the facts it read."""
    return [
        _card(
            one.rule,
            currency=currency,
            facts=[
                FactShown(
                    fact_name(name),
                    name,
                    fact_value(name, value, currency=currency),
                    since(name) if since and value is not None else None,
                )
                for name, value in one.facts.items()
            ],
            result=_result(one, currency),
        )
        for one in results
    ]


def _card(
    rule: Rule, *, currency: str, facts: list[FactShown], result: Badge | None = None
) -> RuleCard:
    formula = rule.amount if isinstance(rule, Limit) else ""
    return RuleCard(
        name=rule.name,
        kind=str(KIND_NAMES[kind_of(rule)]),
        sentence=rule_sentence(rule, currency=currency),
        note=rule.note,
        expression="" if rule.when.strip() == "true" else rule.when,
        amount="" if formula.replace(".", "").isdigit() else formula,
        told=getattr(rule, "tell_buyer", False),
        facts=facts,
        result=result,
    )


def reads_of(compiled: Compiled, rule: Rule) -> frozenset[str]:
    """The facts that a rule reads, in its condition or its amount."""
    if isinstance(rule, Limit):
        capped = compiled.checkout if rule.use == "cap" else None
        program = capped.program if capped else compiled.suggesting.program
        return program.reads_of(rule.name) | program.reads_of(f"{rule.name}.amount")
    if isinstance(rule, Price):
        program = compiled.pricing.program
    elif isinstance(rule, Route):
        program = compiled.routing.program
    elif isinstance(rule, Admission):
        program = compiled.admitting.program
    else:
        assert compiled.checkout is not None
        program = compiled.checkout.program
    return program.reads_of(rule.name)


def _result(one: RuleResult, currency: str) -> Badge:
    if one.applies is None or (isinstance(one.rule, Limit) and one.applies and one.amount is None):
        return Badge(label=_("Not to be answered"), tone="caution", icon="question")
    if isinstance(one.rule, Limit | Offer):
        if not one.applies:
            return Badge(label=_("Does not apply"), tone="neutral", icon="minus")
        if one.amount is not None:
            text = _("Applies: %(amount)s") % {"amount": money_text(one.amount, currency)}
            return Badge(label=text, tone="info", icon="check")
        return Badge(label=_("Applies"), tone="info", icon="check")
    if one.held:
        return Badge(label=_("Nothing against it"), tone="positive", icon="check")
    return Badge(label=_("Speaks against it"), tone="negative", icon="close")
