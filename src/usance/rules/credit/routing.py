"""Who approves what: the route that a policy names for something a person must decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from usance.rules.credit.application import Application
from usance.rules.credit.exposure import Exposure
from usance.rules.credit.known_facts import in_policy_currency, known_facts
from usance.rules.credit.policy import Policy
from usance.rules.credit.policy_rules import Route


def choose_route(
    policy: Policy,
    application: Application,
    exposure: Exposure,
    *,
    kind: str,
    reasons: Sequence[str],
    on: date,
) -> Route | None:
    """The first route that is true; None: the policy names none.

    A route before it that reads a fact nobody knows might have been the one: of all that might, the
    first of those that ask most people is taken.
    """
    if not policy.rules:
        return None
    compiled = policy.compiled
    if not compiled.routes:
        return None
    facts = known_facts(application, exposure, policy, on=on, reads=compiled.routing.reads)
    facts["review.kind"] = kind
    facts["review.reasons"] = list(reasons)
    amount = in_policy_currency(application.amount, asked=application, policy=policy)
    over = in_policy_currency(
        max(application.amount - exposure.available, 0), asked=application, policy=policy
    )
    if amount is not None and over is not None:
        facts["review.amount"], facts["review.over_limit"] = amount, over
    return _first_route(policy, facts)


def route_of_policies(policy: Policy) -> Route | None:
    """Who approves the next version of a policy, where the deciding one asks for a second person."""
    if not policy.rules or not policy.compiled.routes:
        return None
    return _first_route(policy, {"review.kind": "policy", "review.reasons": ["second_person"]})


def _first_route(policy: Policy, facts: Mapping[str, Any]) -> Route | None:
    compiled = policy.compiled
    results = compiled.routing.program.evaluate(facts)
    possible: list[Route] = []
    for route, applies in zip(compiled.routes, results, strict=True):
        if applies is not False:
            possible.append(route)
        if applies:
            break
    return max(possible, key=lambda route: route.people, default=None)
