"""The credit policy of a seller: the few settings that a decision reads.

Amounts are minor units by currency, since a ceiling of 10,000 means something else in each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from usance.rules.money import LARGEST_AMOUNT, UnknownCurrency, exponent
from usance.rules.terms import Terms, UnknownTerms, parse_terms


class InvalidPolicy(ValueError):
    """The policy cannot be read; the message names the setting."""

    code = "invalid_policy"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a seller decides by.

    ``overdue_days``: decline while an invoice is overdue by more than this many days; None: never.
    ``order_ceiling``: decline a single order above this.
    ``review_above``: a person decides about an order above this.
    ``terms``: terms that buyers get unless their line names its own; the first is the usual one.
    ``authorization_days``: how long credit is held for an order that does not ship.
    """

    overdue_days: int | None = 30
    order_ceiling: Mapping[str, int] = field(default_factory=dict)
    review_above: Mapping[str, int] = field(default_factory=dict)
    terms: tuple[Terms, ...] = (Terms(30),)
    authorization_days: int = 30

    def to_document(self) -> dict[str, Any]:
        """The policy as it is stored and shown."""
        return {
            "overdue_days": self.overdue_days,
            "order_ceiling": dict(self.order_ceiling),
            "review_above": dict(self.review_above),
            "terms": [terms.code for terms in self.terms],
            "authorization_days": self.authorization_days,
        }


DEFAULT: Final = Policy()


def policy_from_document(document: Mapping[str, Any]) -> Policy:
    """Read a stored policy. Raises InvalidPolicy naming the setting that is wrong."""
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
    return Policy(
        overdue_days=overdue,
        order_ceiling=_amounts("order_ceiling", merged["order_ceiling"]),
        review_above=_amounts("review_above", merged["review_above"]),
        terms=_terms(terms),
        authorization_days=_whole("authorization_days", merged["authorization_days"], most=365),
    )


def _terms(codes: list[Any]) -> tuple[Terms, ...]:
    try:
        return tuple(parse_terms(str(code)) for code in codes)
    except UnknownTerms as error:
        raise InvalidPolicy(f"terms: {error}") from None


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
