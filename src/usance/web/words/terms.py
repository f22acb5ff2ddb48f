"""Payment terms, ways of paying and matching rules in words."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usance.rules.terms import UnknownTerms, parse_terms

METHODS: Final[dict[str, Promise]] = {
    "bank_transfer": gettext_lazy("Bank transfer"),
    "cheque": gettext_lazy("Cheque"),
    "cash": gettext_lazy("Cash"),
    "card": gettext_lazy("Card"),
    "direct_debit": gettext_lazy("Direct debit"),
}
"""How money may have come."""

MATCHED_BY: Final[dict[str, Promise]] = {
    "reference": gettext_lazy("Invoice number in the payer's text"),
    "amount_and_payer": gettext_lazy("Exact amount from a known payer"),
    "balance_and_payer": gettext_lazy("Whole balance from a known payer"),
    "manual": gettext_lazy("By a person"),
}
"""What told which invoice a payment pays."""


def terms_text(code: str) -> str:
    """``net_30_eom`` as "30 days, end of month"."""
    try:
        terms = parse_terms(code)
    except UnknownTerms:
        return code
    if terms.code == "due_on_receipt":
        return _("Due on receipt")
    if terms.end_of_month:
        text = ngettext("%(count)s day, end of month", "%(count)s days, end of month", terms.days)
    else:
        text = ngettext("%(count)s day net", "%(count)s days net", terms.days)
    return text % {"count": terms.days}


def method_text(method: str) -> str:
    """How money came, in words; an unknown way by its code."""
    return str(METHODS.get(method, method))


def rule_text(rule: str) -> str:
    """What told which invoice a payment pays, in words."""
    return str(MATCHED_BY.get(rule, rule))


def late_text(days: int) -> str:
    """How late something is: "12 days late"."""
    return ngettext("%(count)s day late", "%(count)s days late", days) % {"count": days}
