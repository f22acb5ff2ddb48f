"""The credit policy of a seller: a few settings, and rules it writes itself.

Amounts of the settings are minor units by currency, since a ceiling of 10,000 means something else
in each. The rules read facts whose amounts are in the seller's own currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, get_args

from usance.rules.credit.facts import AT_CHECKOUT, STANDING
from usance.rules.credit.policy_program import (
    MOST_RULES,
    AtCheckout,
    Compiled,
    compile_rules,
)
from usance.rules.credit.policy_rules import (
    NAME,
    Effect,
    InvalidPolicy,
    Rule,
    rule_from_document,
    rule_to_document,
)
from usance.rules.money import LARGEST_AMOUNT, UnknownCurrency, exponent
from usance.rules.terms import Terms, UnknownTerms, parse_terms

__all__ = ["BUYER_SAFE", "DEFAULT", "InvalidPolicy", "Policy", "policy_from_document"]

BUYER_SAFE: Final[Mapping[str, bool]] = {
    "no_credit_line": True,
    "line_on_hold": False,
    "line_suspended": False,
    "line_closed": False,
    "overdue": True,
    "over_order_ceiling": False,
    "limit_exceeded": True,
    "terms_not_offered": True,
    "prepayment_required": True,
    "above_review_amount": False,
    "unknown_facts": False,
    "buyer_approval_needed": True,
    "po_number_required": True,
    "po_number_used": True,
    "member_required": True,
    "unknown_member": True,
    "over_member_order_limit": True,
    "over_member_period_limit": True,
    "unknown_cost_centre": True,
}
"""Every reason of the house's own that a decision can give, and whether the buyer may be told it.
The rules of a policy add their names; each says for itself whether the buyer may be told."""


@dataclass(frozen=True)
class Policy:
    """What a seller decides by.

    ``overdue_days``: decline while an invoice is overdue by more than this many days; None: never.
    ``order_ceiling``: decline a single order above this.
    ``review_above``: a person decides about an order above this.
    ``terms``: terms that buyers get unless their line or a rule names others; the first is usual.
    ``authorization_days``: how long credit is held for an order that does not ship.
    ``over_limit``: whether an order beyond the limit is declined or goes to a person.
    ``second_person``: the next version takes effect only when a second person approves it.
    ``offer_prepayment``: a buyer who gets no credit is told that it may pay in full before.
    ``currency``: the one that amounts in ``rules`` are in; the seller's own.
    ``values``: expressions with names, for use in the rules.
    """

    overdue_days: int | None = 30
    order_ceiling: Mapping[str, int] = field(default_factory=dict)
    review_above: Mapping[str, int] = field(default_factory=dict)
    terms: tuple[Terms, ...] = (Terms(30),)
    authorization_days: int = 30
    over_limit: Effect = "decline"
    second_person: bool = False
    offer_prepayment: bool = False
    currency: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """The policy as it is stored and shown."""
        return {
            "overdue_days": self.overdue_days,
            "order_ceiling": dict(self.order_ceiling),
            "review_above": dict(self.review_above),
            "terms": [terms.code for terms in self.terms],
            "authorization_days": self.authorization_days,
            "over_limit": self.over_limit,
            "second_person": self.second_person,
            "offer_prepayment": self.offer_prepayment,
            "currency": self.currency,
            "values": dict(self.values),
            "rules": [rule_to_document(rule) for rule in self.rules],
        }

    @cached_property
    def compiled(self) -> Compiled:
        """The rules, checked and compiled. Raises InvalidPolicy."""
        return compile_rules(self.rules, values=self.values, currency=self.currency)

    @cached_property
    def checkout(self) -> AtCheckout | None:
        """What a checkout evaluates; None for a policy whose settings say it all."""
        return self.compiled.checkout if self.rules else None

    @cached_property
    def reads(self) -> frozenset[str]:
        """Every fact of an order and its buyer that one of the rules reads at a checkout."""
        if not self.rules:
            return frozenset()
        compiled = self.compiled
        at_checkout = compiled.checkout.reads if compiled.checkout else frozenset()
        return at_checkout | compiled.pricing.reads | compiled.routing.reads & AT_CHECKOUT.keys()

    @property
    def needs_standing(self) -> bool:
        """Whether a rule reads what is kept ready about the buyer."""
        return not self.reads.isdisjoint(STANDING | {"order.new_ship_to"})

    @cached_property
    def told(self) -> Mapping[str, bool]:
        """Whether the buyer may be told, by reason."""
        return {
            **BUYER_SAFE,
            **{rule.name: getattr(rule, "tell_buyer", False) for rule in self.rules},
        }

    def rule(self, name: str) -> Rule | None:
        """The rule of that name."""
        return next((rule for rule in self.rules if rule.name == name), None)


DEFAULT: Final = Policy()


def policy_from_document(document: Mapping[str, Any]) -> Policy:
    """Read and check a policy. Raises InvalidPolicy naming what is wrong and where."""
    unknown = set(document) - set(DEFAULT.to_document())
    if unknown:
        raise InvalidPolicy(f"Unknown setting {min(unknown)!r}; remove it.")
    merged = DEFAULT.to_document() | dict(document)
    overdue = merged["overdue_days"]
    if overdue is not None:
        overdue = _whole("overdue_days", overdue, most=3650)
    terms = merged["terms"]
    if not isinstance(terms, list) or not terms:
        raise InvalidPolicy("terms must be a list with at least one terms code.")
    if merged["over_limit"] not in get_args(Effect):
        raise InvalidPolicy("over_limit must be decline or review.")
    for flag in ("second_person", "offer_prepayment"):
        if not isinstance(merged[flag], bool):
            raise InvalidPolicy(f"{flag} must be true or false.")
    policy = Policy(
        overdue_days=overdue,
        order_ceiling=_amounts("order_ceiling", merged["order_ceiling"]),
        review_above=_amounts("review_above", merged["review_above"]),
        terms=_terms(terms),
        authorization_days=_whole("authorization_days", merged["authorization_days"], most=365),
        over_limit=merged["over_limit"],
        second_person=merged["second_person"],
        offer_prepayment=merged["offer_prepayment"],
        currency=_currency(merged["currency"]),
        values=_values(merged["values"]),
        rules=_rules(merged["rules"]),
    )
    if policy.rules or policy.values:
        if not policy.currency:
            raise InvalidPolicy("A policy with rules must name the currency of their amounts.")
        _ = policy.compiled
    return policy


def _terms(codes: list[Any]) -> tuple[Terms, ...]:
    try:
        return tuple(parse_terms(str(code)) for code in codes)
    except UnknownTerms as error:
        raise InvalidPolicy(f"terms: {error}") from None


def _currency(code: Any) -> str:
    if code:
        try:
            exponent(str(code))
        except UnknownCurrency as error:
            raise InvalidPolicy(f"currency: {error}") from None
    return str(code or "")


def _values(document: Any) -> dict[str, str]:
    if not isinstance(document, Mapping):
        raise InvalidPolicy("values must map a name to an expression.")
    for name, text in document.items():
        if not NAME.fullmatch(str(name)):
            raise InvalidPolicy(
                f"values: {name!r} must be small letters, digits and underscores, at most 40."
            )
        if not isinstance(text, str):
            raise InvalidPolicy(f"values.{name} must be an expression.")
    return dict(document)


def _rules(document: Any) -> tuple[Rule, ...]:
    if not isinstance(document, list) or len(document) > MOST_RULES:
        raise InvalidPolicy(f"rules must be a list of at most {MOST_RULES} rules.")
    rules = tuple(rule_from_document(one, at=f"rules[{n}]") for n, one in enumerate(document))
    seen: set[str] = set()
    for rule in rules:
        if rule.name in BUYER_SAFE or rule.name in seen:
            raise InvalidPolicy(
                f"Rule {rule.name!r}: the name is taken; choose another.", rule=rule.name
            )
        seen.add(rule.name)
    return rules


def _amounts(name: str, value: Any) -> dict[str, int]:
    if not isinstance(value, Mapping):
        raise InvalidPolicy(f"{name} must map a currency to an amount in minor units.")
    for currency in value:
        try:
            exponent(str(currency))
        except UnknownCurrency as error:
            raise InvalidPolicy(f"{name}: {error}") from None
    return {str(c): _whole(f"{name}.{c}", a, most=LARGEST_AMOUNT) for c, a in value.items()}


def _whole(name: str, value: Any, *, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise InvalidPolicy(f"{name} must be a whole number from 0 to {most}.")
    return value
