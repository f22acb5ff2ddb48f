"""The facts that policies read, as a credit manager calls them, and their values."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usance.rules.credit.facts import FACTS
from usance.rules.money import Money

NAMES: Final[Mapping[str, Promise]] = {
    "order.amount": gettext_lazy("Order total"),
    "order.currency": gettext_lazy("Order currency"),
    "order.terms_days": gettext_lazy("Days of the payment terms"),
    "order.lines": gettext_lazy("Lines of the order"),
    "order.largest_line": gettext_lazy("Largest line of the order"),
    "order.skus": gettext_lazy("Article numbers of the order"),
    "order.has_po_number": gettext_lazy("Order names a purchase order"),
    "order.ship_to_country": gettext_lazy("Country it ships to"),
    "order.new_ship_to": gettext_lazy("Ships to a new address"),
    "buyer.country": gettext_lazy("Country of the buyer"),
    "buyer.group": gettext_lazy("Customer group"),
    "buyer.days_known": gettext_lazy("Days since the account was opened"),
    "buyer.days_overdue": gettext_lazy("Days the oldest invoice is overdue"),
    "line.limit": gettext_lazy("Credit limit"),
    "line.exposure": gettext_lazy("Used of the limit"),
    "line.available": gettext_lazy("Left of the limit"),
    "line.used": gettext_lazy("Share of the limit that is used"),
    "line.tier": gettext_lazy("Tier of the credit line"),
    "line.insured_limit": gettext_lazy("Insured limit"),
    "buyer.vat_verified": gettext_lazy("Tax number confirmed"),
    "buyer.vat_checked_days_ago": gettext_lazy("Days since the tax number was checked"),
    "buyer.registered": gettext_lazy("Known to the company register"),
    "buyer.sanctioned": gettext_lazy("On a sanctions list"),
    "buyer.insolvent": gettext_lazy("Named in an insolvency notice"),
    "buyer.exposure": gettext_lazy("Owed over all lines and currencies"),
    "history.orders": gettext_lazy("Orders so far"),
    "history.orders_1d": gettext_lazy("Orders in 24 hours"),
    "history.orders_30d": gettext_lazy("Orders in 30 days"),
    "history.days_since_last_order": gettext_lazy("Days since the last order"),
    "history.first_order": gettext_lazy("First order"),
    "history.largest_order": gettext_lazy("Largest order in twelve months"),
    "history.average_order": gettext_lazy("Average order in twelve months"),
    "history.turnover_30d": gettext_lazy("Turnover of 30 days"),
    "history.turnover_90d": gettext_lazy("Turnover of 90 days"),
    "history.turnover_12m": gettext_lazy("Turnover of twelve months"),
    "history.monthly_turnover": gettext_lazy("Average monthly turnover"),
    "history.paid_invoices": gettext_lazy("Invoices paid so far"),
    "history.late_share": gettext_lazy("Share of invoices paid late"),
    "history.average_days_late": gettext_lazy("Average days late"),
    "history.worst_days_late_12m": gettext_lazy("Worst days late in twelve months"),
    "history.overdue": gettext_lazy("Overdue amount"),
    "history.overdue_invoices": gettext_lazy("Overdue invoices"),
    "history.written_off": gettext_lazy("Written off so far"),
    "history.disputes": gettext_lazy("Invoices in dispute"),
    "history.disputed": gettext_lazy("Amount in dispute"),
    "history.broken_promises_12m": gettext_lazy("Promises broken in twelve months"),
    "score.late_probability": gettext_lazy("Probability of paying over 30 days late"),
    "score.days_late": gettext_lazy("Days late expected"),
    "score.band": gettext_lazy("Score band, A to E"),
    "bureau.score": gettext_lazy("Bureau score, 0 to 100"),
    "bureau.rating": gettext_lazy("Bureau rating"),
    "bureau.limit": gettext_lazy("Limit the bureau recommends"),
    "bureau.days_old": gettext_lazy("Age of the bureau report in days"),
    "application.requested": gettext_lazy("Limit applied for"),
    "application.country": gettext_lazy("Country of the applicant"),
    "application.days_registered": gettext_lazy("Days since the company was registered"),
    "application.number_valid": gettext_lazy("Numbers of the applicant are well formed"),
    "application.registry_confirmed": gettext_lazy("A register confirmed the applicant"),
    "application.name_confirmed": gettext_lazy("The register has the same name"),
    "application.duplicate": gettext_lazy("Applicant is like a known buyer"),
    "application.email_verified": gettext_lazy("E-mail address proved with a code"),
    "application.email_at_domain": gettext_lazy("E-mail address at the company's website"),
    "application.sanctions_hit": gettext_lazy("Applicant is like a sanctioned party"),
    "application.references": gettext_lazy("Trade references named"),
    "application.persons": gettext_lazy("Authorized persons named"),
    "application.has_documents": gettext_lazy("Documents were sent"),
    "review.kind": gettext_lazy("What is reviewed"),
    "review.amount": gettext_lazy("Amount to approve"),
    "review.over_limit": gettext_lazy("Amount beyond what is available"),
    "review.reasons": gettext_lazy("Reasons of the review"),
}
"""Every fact by its name; one that is missing here is called by its own."""

GROUPS: Final[Mapping[str, Promise]] = {
    "order": gettext_lazy("The order"),
    "buyer": gettext_lazy("The buyer"),
    "line": gettext_lazy("The credit line"),
    "history": gettext_lazy("What the buyer did so far"),
    "score": gettext_lazy("The score"),
    "bureau": gettext_lazy("The credit bureau"),
    "application": gettext_lazy("The application"),
    "review": gettext_lazy("The review"),
}
"""The first word of a fact's name, as a heading."""

KINDS: Final[Mapping[str, Promise]] = {
    "boolean": gettext_lazy("yes or no"),
    "number": gettext_lazy("number"),
    "amount": gettext_lazy("amount"),
    "text": gettext_lazy("text"),
    "texts": gettext_lazy("list of texts"),
}
"""What a fact may be."""


def fact_name(name: str) -> str:
    """What a fact is called."""
    return str(NAMES.get(name, name))


def fact_value(name: str, value: Any, *, currency: str) -> object:
    """The value of a fact as a thing to show; what is not known says so."""
    if value is None:
        return _("not known")
    kind = FACTS[name].kind if name in FACTS else "text"
    if kind == "amount":
        return Money(int(value), currency)
    if kind == "number":
        try:
            # Up to four decimals: a share of invoices is exact to the last of dozens.
            number = Decimal(str(value))
            return number if number == number.to_integral_value() else round(number, 4)
        except InvalidOperation:
            return str(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or _("none")
    return value if isinstance(value, bool) else str(value) or _("empty")
