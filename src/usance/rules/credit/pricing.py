"""What terms cost: the surcharge or discount that a policy puts on each of the terms on offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from usance.rules.credit.application import Application
from usance.rules.credit.decide import Decision
from usance.rules.credit.exposure import Exposure
from usance.rules.credit.known_facts import known_facts
from usance.rules.credit.policy import Policy
from usance.rules.money import round_half_up
from usance.rules.terms import Terms


@dataclass(frozen=True, slots=True)
class Offered:
    """Terms on offer: when an order of today would fall due, and what they add to it.

    ``percent`` of the order, and ``fee`` in its minor units; both negative for a discount.
    """

    terms: Terms
    due_on: date
    percent: Decimal
    fee: int


def offers(
    policy: Policy, application: Application, exposure: Exposure, decision: Decision, on: date
) -> tuple[Offered, ...]:
    """Each of the terms that ``decision`` found on offer, with its price."""
    prices = _prices(policy, application, exposure, on)
    return tuple(
        Offered(
            terms=terms,
            due_on=terms.due_on(on),
            percent=prices.get(terms, Decimal(0)),
            fee=round_half_up(application.amount * prices.get(terms, Decimal(0)) / 100),
        )
        for terms in decision.offered
    )


def _prices(
    policy: Policy, application: Application, exposure: Exposure, on: date
) -> dict[Terms, Decimal]:
    """The percentage of each priced set of terms: of the first price that fits, and of those before
    it that might, the highest. A discount that nobody can tell of is not given."""
    found: dict[Terms, Decimal] = {}
    if not policy.rules or not policy.compiled.prices:
        return found
    pricing = policy.compiled.pricing
    facts = known_facts(application, exposure, policy, on=on, reads=pricing.reads)
    settled: set[Terms] = set()
    for price, applies in zip(policy.compiled.prices, pricing.program.evaluate(facts), strict=True):
        if price.terms in settled or applies is False:
            continue
        if applies or price.percent > 0:
            found[price.terms] = max(price.percent, found.get(price.terms, price.percent))
        if applies:
            settled.add(price.terms)
    return found
