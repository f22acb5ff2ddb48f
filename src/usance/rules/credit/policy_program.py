"""A policy's written rules, checked against the facts and compiled for the places that apply them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from usance.rules.credit.expressions import (
    InvalidExpression,
    Program,
    Source,
    compile_program,
)
from usance.rules.credit.facts import AT_ADMISSION, AT_CHECKOUT, IN_ROUTING, Kind
from usance.rules.credit.policy_rules import (
    Admission,
    Eligibility,
    Hold,
    InvalidPolicy,
    Limit,
    Offer,
    Price,
    Route,
    Rule,
)
from usance.rules.money import exponent

MOST_RULES: Final = 200

AMOUNT_FACTS: Final = frozenset({"order.amount", "order.largest_line"})
"""Facts of an order that differ when only its amount does."""

USAGE_FACTS: Final = frozenset({"line.exposure", "line.available", "line.used"})
"""Facts of a line that every order held on it changes."""


@dataclass(frozen=True, slots=True)
class AtCheckout:
    """What every checkout evaluates: tests, then caps (two results each), then offers.

    ``expected`` are the results of the tests of a buyer with whom nothing is wrong.
    """

    program: Program
    tests: tuple[Eligibility | Hold, ...]
    caps: tuple[Limit, ...]
    offers: tuple[Offer, ...]
    expected: list[Any]
    reads: frozenset[str]

    @property
    def reads_amount(self) -> bool:
        """Whether a rule may judge a smaller order differently."""
        return bool(self.reads & AMOUNT_FACTS)

    @property
    def reads_usage(self) -> bool:
        """Whether a rule may judge the next order of a line differently once this one is held."""
        return bool(self.reads & USAGE_FACTS)

    def names(self) -> tuple[str, ...]:
        """The rules in the order of the results; a cap stands twice."""
        caps = (name for cap in self.caps for name in (cap.name, cap.name))
        return (*(t.name for t in self.tests), *caps, *(o.name for o in self.offers))


@dataclass(frozen=True, slots=True)
class Choices:
    """Rules of which the first that fits is taken: suggested limits, prices, routes or admissions."""

    program: Program
    reads: frozenset[str]


@dataclass(frozen=True, slots=True)
class Compiled:
    """Everything a policy's rules became."""

    checkout: AtCheckout | None
    suggestions: tuple[Limit, ...]
    suggesting: Choices
    prices: tuple[Price, ...]
    pricing: Choices
    routes: tuple[Route, ...]
    routing: Choices
    admissions: tuple[Admission, ...]
    admitting: Choices


def compile_rules(rules: Iterable[Rule], *, values: Mapping[str, str], currency: str) -> Compiled:
    """Check and compile. Raises InvalidPolicy with rule, line and column."""
    rules = tuple(rules)
    tests = tuple(r for r in rules if isinstance(r, Eligibility | Hold))
    limits = tuple(r for r in rules if isinstance(r, Limit))
    caps = tuple(r for r in limits if r.use == "cap")
    suggestions = tuple(r for r in limits if r.use == "suggest")
    offers = tuple(r for r in rules if isinstance(r, Offer))
    prices = tuple(r for r in rules if isinstance(r, Price))
    routes = tuple(r for r in rules if isinstance(r, Route))
    admissions = tuple(r for r in rules if isinstance(r, Admission))

    def compiled(sources: Mapping[str, Source], facts: Mapping[str, Kind]) -> Program:
        return _compile(sources, values=values, facts=facts, currency=currency)

    at_checkout = {t.name: Source(t.when, "boolean") for t in tests}
    at_checkout |= _amounts(caps)
    at_checkout |= {o.name: Source(o.when, "boolean") for o in offers}
    # Compiled whether or not a checkout needs it: the values are checked here.
    program = compiled(at_checkout, AT_CHECKOUT)
    suggesting = compiled(_amounts(suggestions), AT_ADMISSION)
    pricing = compiled({p.name: Source(p.when, "boolean") for p in prices}, AT_CHECKOUT)
    routing = compiled({r.name: Source(r.when, "boolean") for r in routes}, IN_ROUTING)
    admitting = compiled({a.name: Source(a.when, "boolean") for a in admissions}, AT_ADMISSION)
    checkout = AtCheckout(
        program=program,
        tests=tests,
        caps=caps,
        offers=offers,
        expected=[isinstance(test, Eligibility) for test in tests],
        reads=program.reads,
    )
    return Compiled(
        checkout=checkout if at_checkout else None,
        suggestions=suggestions,
        suggesting=Choices(suggesting, suggesting.reads),
        prices=prices,
        pricing=Choices(pricing, pricing.reads),
        routes=routes,
        routing=Choices(routing, routing.reads),
        admissions=admissions,
        admitting=Choices(admitting, admitting.reads),
    )


def facts_for(kind: str) -> Mapping[str, Kind]:
    """What a rule of this kind may read; a suggested limit may read what an admission may."""
    return {"route": IN_ROUTING, "application": AT_ADMISSION}.get(kind, AT_CHECKOUT)


_AMOUNT: Final = ".amount"


def _amounts(limits: Iterable[Limit]) -> dict[str, Source]:
    """Two results a limit: whether it applies, and what it is."""
    sources: dict[str, Source] = {}
    for limit in limits:
        sources[limit.name] = Source(limit.when, "boolean")
        sources[limit.name + _AMOUNT] = Source(limit.amount, "amount")
    return sources


def _compile(
    sources: Mapping[str, Source],
    *,
    values: Mapping[str, str],
    facts: Mapping[str, Kind],
    currency: str,
) -> Program:
    try:
        return compile_program(
            values=values, rules=sources, facts=facts, exponent=exponent(currency)
        )
    except InvalidExpression as error:
        raise InvalidPolicy(
            str(error),
            rule=error.name.removesuffix(_AMOUNT),
            field=_field(error),
            line=error.line,
            column=error.column,
            problem=f"{error.message}; {error.hint}" if error.hint else error.message,
        ) from None


def _field(error: InvalidExpression) -> str:
    """Which text of the policy the error is in."""
    if error.part == "value":
        return "values"
    return "amount" if error.name.endswith(_AMOUNT) else "when"
