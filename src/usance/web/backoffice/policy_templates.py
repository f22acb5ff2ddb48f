"""Rules to begin with, for needs that most sellers have. Each is written to be read and changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy


@dataclass(frozen=True, slots=True)
class RuleTemplate:
    """A few rules under a title; ``rules`` are documents. Amounts are whole units of any currency."""

    name: str
    title: str | Promise
    explanation: str | Promise
    rules: tuple[dict[str, Any], ...]


TEMPLATES: Final = (
    RuleTemplate(
        "overdue",
        _lazy("Stop who owes"),
        _lazy("Declines while too much is overdue, and asks a person when a little is."),
        (
            {
                "kind": "hold",
                "name": "much_overdue",
                "when": "history.overdue > 1000 || buyer.days_overdue > 30",
                "then": "decline",
            },
            {
                "kind": "hold",
                "name": "a_little_overdue",
                "when": "history.overdue > 100",
                "then": "review",
            },
        ),
    ),
    RuleTemplate(
        "new_buyers",
        _lazy("Careful with new buyers"),
        _lazy("The first three orders are bounded, and go to a person when they ship elsewhere."),
        (
            {
                "kind": "limit",
                "name": "new_buyer_limit",
                "when": "history.orders < 3",
                "amount": "2500",
            },
            {
                "kind": "hold",
                "name": "new_buyer_new_address",
                "when": "history.orders < 3 && order.new_ship_to",
                "then": "review",
            },
        ),
    ),
    RuleTemplate(
        "verified",
        _lazy("Only verified companies"),
        _lazy("The tax register must have confirmed the number, and no list may name the buyer."),
        (
            {
                "kind": "eligibility",
                "name": "tax_number_confirmed",
                "when": "buyer.vat_verified",
                "otherwise": "review",
            },
            {
                "kind": "hold",
                "name": "sanctioned_or_insolvent",
                "when": "buyer.sanctioned || buyer.insolvent",
                "then": "decline",
            },
        ),
    ),
    RuleTemplate(
        "two_months",
        _lazy("No more than two months of turnover"),
        _lazy("What may be outstanding follows what the buyer usually buys."),
        (
            {
                "kind": "limit",
                "name": "two_months",
                "when": "history.orders >= 3",
                "amount": "history.monthly_turnover * 2",
            },
        ),
    ),
    RuleTemplate(
        "four_eyes",
        _lazy("Four eyes for large amounts"),
        _lazy("One person decides up to a bound, two above it, and time does not run out unseen."),
        (
            {
                "kind": "route",
                "name": "large_amounts",
                "when": "review.amount > 25000",
                "roles": ["credit_manager", "admin"],
                "people": 2,
                "hours": 24,
                "escalate_to": "admin",
            },
            {
                "kind": "route",
                "name": "all_other",
                "roles": ["credit_manager", "admin"],
                "people": 1,
                "hours": 48,
                "escalate_to": "admin",
            },
        ),
    ),
    RuleTemplate(
        "terms_by_tier",
        _lazy("Terms by tier"),
        _lazy(
            "Gold buyers get 60 days for a price, everybody else 30, new ones pay a part before."
        ),
        (
            {
                "kind": "terms",
                "name": "gold_terms",
                "when": "line.tier == 'gold'",
                "offer": ["net_30", "net_60"],
            },
            {
                "kind": "terms",
                "name": "new_buyer_terms",
                "when": "history.orders < 3",
                "offer": ["net_30"],
                "prepay_percent": 20,
            },
            {"kind": "price", "name": "price_of_60_days", "terms": "net_60", "percent": "1.5"},
        ),
    ),
)


def template_rules(name: str) -> tuple[dict[str, Any], ...]:
    """The rules of a template; none for a name that there is not."""
    return next((one.rules for one in TEMPLATES if one.name == name), ())
