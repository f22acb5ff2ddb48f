"""A credit decision in words: its reasons, and each rule that was applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usance.rules.credit.decide import BUYER_SAFE
from usance.web.design.parts import State
from usance.web.words.amounts import money_text
from usance.web.words.terms import terms_text

REASONS: Final[Mapping[str, Promise]] = {
    "no_credit_line": gettext_lazy("The buyer has no credit line in this currency."),
    "line_on_hold": gettext_lazy("The credit line is on hold."),
    "line_suspended": gettext_lazy("The credit line is suspended."),
    "line_closed": gettext_lazy("The credit line is closed."),
    "overdue": gettext_lazy("An invoice is overdue for longer than the policy allows."),
    "over_order_ceiling": gettext_lazy("The order is above the largest that is taken on account."),
    "limit_exceeded": gettext_lazy("The order is more than what is left of the limit."),
    "terms_not_offered": gettext_lazy("The payment terms asked for are not offered to the buyer."),
    "above_review_amount": gettext_lazy("An order of this size is decided by a person."),
}
"""Every reason, as staff read it."""

BUYER_REASONS: Final[Mapping[str, Promise]] = {
    "no_credit_line": gettext_lazy("You have no credit in this currency yet."),
    "overdue": gettext_lazy("An invoice of yours is overdue."),
    "limit_exceeded": gettext_lazy("The order is more than the credit you have left."),
    "terms_not_offered": gettext_lazy("The payment terms you asked for are not offered to you."),
}
"""The reasons a buyer may be told, as a buyer reads them."""

RULES: Final[Mapping[str, Promise]] = {
    "line_active": gettext_lazy("The credit line is active"),
    "terms_not_offered": gettext_lazy("The payment terms are offered"),
    "overdue": gettext_lazy("Nothing is overdue for too long"),
    "over_order_ceiling": gettext_lazy("The order is not too large to be taken on account"),
    "limit_exceeded": gettext_lazy("The order fits into the limit"),
    "above_review_amount": gettext_lazy("The order needs no person"),
}
"""What each rule of the trace asks."""
_OF_THE_LINE: Final = ("no_credit_line", "line_on_hold", "line_suspended", "line_closed")


def reason_text(code: str) -> str:
    """A reason as staff read it."""
    return str(REASONS.get(code, code))


def buyer_reasons(codes: Sequence[str]) -> list[str]:
    """Those of the reasons that the buyer may be told, in the buyer's words."""
    return [str(BUYER_REASONS[code]) for code in codes if BUYER_SAFE.get(code)]


def rule_of(step: Sequence[Any]) -> str:
    """What the rule of a step of the trace asks."""
    name = "line_active" if step[0] in _OF_THE_LINE else step[0]
    return str(RULES.get(name, name))


def compared_in(step: Sequence[Any], *, currency: str) -> object:
    """What a step of the trace compared with what: a value to show."""
    rule, _held, compared = step
    if "state" in compared:
        state = compared["state"]
        return State("line", state) if state else _("There is no credit line")
    if rule == "terms_not_offered":
        offered = ", ".join(terms_text(code) for code in compared["offered"])
        asked = terms_text(compared["asked"])
        return _("Asked for: %(asked)s. Offered: %(offered)s") % {
            "asked": asked,
            "offered": offered,
        }
    if rule == "overdue":
        return _overdue(compared["days_overdue"], compared["allowed"])
    amount = money_text(compared["amount"], currency)
    bound = next(value for name, value in compared.items() if name != "amount")
    if bound is None:
        return _("%(amount)s; no bound is set") % {"amount": amount}
    return _("%(amount)s of at most %(bound)s") % {
        "amount": amount,
        "bound": money_text(bound, currency),
    }


def _overdue(days: int, allowed: int | None) -> str:
    late = ngettext("%(count)s day overdue", "%(count)s days overdue", days) % {"count": days}
    if allowed is None:
        return _("%(late)s; any number is allowed") % {"late": late}
    return _("%(late)s of at most %(allowed)s") % {"late": late, "allowed": allowed}
