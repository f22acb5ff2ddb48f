"""A credit decision in words: its reasons, and each rule that was applied."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usance.rules.credit.policy import BUYER_SAFE, Policy
from usance.web.design import display, locale
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
    "prepayment_required": gettext_lazy("Part of the order must be paid before, and is not."),
    "above_review_amount": gettext_lazy("An order of this size is decided by a person."),
    "unknown_facts": gettext_lazy("Something that a rule needs to know is not known."),
    "buyer_approval_needed": gettext_lazy("The buyer's own house must approve the order first."),
    "po_number_required": gettext_lazy("The buyer wants a purchase order number on every order."),
    "po_number_used": gettext_lazy("The purchase order number was used before."),
    "member_required": gettext_lazy("The buyer wants every order to name who places it."),
    "unknown_member": gettext_lazy("Whoever placed the order is not a member of the buyer's."),
    "over_member_order_limit": gettext_lazy("The order is more than its member may order at once."),
    "over_member_period_limit": gettext_lazy(
        "The order is more than its member may still order in this period."
    ),
    "unknown_cost_centre": gettext_lazy("The buyer has no such cost centre."),
    "second_person": gettext_lazy("The policy asks for a second person."),
    "review_due": gettext_lazy("The day of this review has come."),
    "alarm": gettext_lazy("A watch has raised an alarm about the buyer."),
}
"""Every reason, as staff read it."""

BUYER_REASONS: Final[Mapping[str, Promise]] = {
    "no_credit_line": gettext_lazy("You have no credit in this currency yet."),
    "overdue": gettext_lazy("An invoice of yours is overdue."),
    "limit_exceeded": gettext_lazy("The order is more than the credit you have left."),
    "terms_not_offered": gettext_lazy("The payment terms you asked for are not offered to you."),
    "prepayment_required": gettext_lazy("Part of this order must be paid before it ships."),
    "buyer_approval_needed": gettext_lazy("Somebody in your company must approve this order."),
    "po_number_required": gettext_lazy("Your company wants a purchase order number on each order."),
    "po_number_used": gettext_lazy("This purchase order number was used on another order."),
    "member_required": gettext_lazy("Your company wants each order to name who places it."),
    "unknown_member": gettext_lazy("Whoever placed this order may not order for your company."),
    "over_member_order_limit": gettext_lazy("This order is more than you may order at once."),
    "over_member_period_limit": gettext_lazy(
        "This order is more than you may still order in this period."
    ),
    "unknown_cost_centre": gettext_lazy("Your company has no such cost centre."),
}
"""The reasons a buyer may be told, as a buyer reads them."""

RULES: Final[Mapping[str, Promise]] = {
    "line_active": gettext_lazy("The credit line is active"),
    "terms_not_offered": gettext_lazy("The payment terms are offered"),
    "overdue": gettext_lazy("Nothing is overdue for too long"),
    "over_order_ceiling": gettext_lazy("The order is not too large to be taken on account"),
    "limit_exceeded": gettext_lazy("The order fits into the limit"),
    "prepayment_required": gettext_lazy("What must be paid before is paid"),
    "policy_rules": gettext_lazy("The written rules of the policy"),
    "above_review_amount": gettext_lazy("The order needs no person"),
}
"""What each rule of the trace asks."""
_OF_THE_LINE: Final = ("no_credit_line", "line_on_hold", "line_suspended", "line_closed")


def reason_text(code: str, *, policy: Policy | None = None) -> str:
    """A reason as staff read it; that of a written rule by its note, or its name."""
    known = REASONS.get(code)
    if known is not None:
        return str(known)
    rule = policy.rule(code) if policy else None
    if rule is None:
        return code
    return rule.note or _("Rule %(name)s") % {"name": code}


def buyer_reasons(codes: Sequence[str], *, policy: Policy | None = None) -> list[str]:
    """Those of the reasons that the buyer may be told, in the buyer's words.

    A written rule that tells the buyer is told by its note, which is written for that.
    """
    told = policy.told if policy else BUYER_SAFE
    safe = [code for code in codes if told.get(code)]
    texts = [
        str(BUYER_REASONS[code])
        if code in BUYER_REASONS
        else (rule.note if policy and (rule := policy.rule(code)) else "")
        for code in safe
    ]
    return [text for text in dict.fromkeys(texts) if text]


def way_text(way: Mapping[str, Any], *, currency: str) -> str:
    """One way to a yes, as staff read it."""
    return _way(way, _STAFF_WAYS, currency=currency)


def buyer_way_text(way: Mapping[str, Any], *, currency: str) -> str:
    """One way to a yes, as a buyer reads it."""
    return _way(way, _BUYER_WAYS, currency=currency)


_STAFF_WAYS: Final[Mapping[str, Promise]] = {
    "up_to": gettext_lazy("An order of up to %(amount)s would pass now."),
    "prepaid": gettext_lazy("It would pass with %(percent)s, %(amount)s, paid before."),
    "after_paying": gettext_lazy("It would pass once %(invoices)s is paid: %(amount)s."),
    "prepaid_in_full": gettext_lazy("The buyer may pay all of it before: %(amount)s."),
}
_BUYER_WAYS: Final[Mapping[str, Promise]] = {
    "up_to": gettext_lazy("Order for up to %(amount)s now."),
    "prepaid": gettext_lazy("Pay %(percent)s before, which is %(amount)s."),
    "after_paying": gettext_lazy("Pay %(invoices)s first: %(amount)s."),
    "prepaid_in_full": gettext_lazy("Pay the whole order before it ships: %(amount)s."),
}


def _way(way: Mapping[str, Any], texts: Mapping[str, Promise], *, currency: str) -> str:
    percent = Decimal(way.get("percent") or 0) / 100
    return str(texts[way["kind"]]) % {
        "amount": money_text(way["amount"], currency),
        "percent": locale.percent(percent, language=display.language(), decimals=0),
        "invoices": ", ".join(way.get("invoices", ())),
    }


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
    return _COMPARED.get(rule, _bounded)(compared, currency)


def _terms_compared(compared: Mapping[str, Any], _currency: str) -> str:
    offered = ", ".join(terms_text(code) for code in compared["offered"])
    return _("Asked for: %(asked)s. Offered: %(offered)s") % {
        "asked": terms_text(compared["asked"]),
        "offered": offered,
    }


def _prepaid_compared(compared: Mapping[str, Any], currency: str) -> str:
    return _("%(prepaid)s of %(needed)s is paid before") % {
        "prepaid": money_text(compared["prepaid"], currency),
        "needed": money_text(compared["needed"], currency),
    }


def _bounded(compared: Mapping[str, Any], currency: str) -> str:
    amount = money_text(compared["amount"], currency)
    bound = next(value for name, value in compared.items() if name != "amount")
    if bound is None:
        return _("%(amount)s; no bound is set") % {"amount": amount}
    return _("%(amount)s of at most %(bound)s") % {
        "amount": amount,
        "bound": money_text(bound, currency),
    }


def _overdue(compared: Mapping[str, Any], _currency: str) -> str:
    days, allowed = compared["days_overdue"], compared["allowed"]
    late = ngettext("%(count)s day overdue", "%(count)s days overdue", days) % {"count": days}
    if allowed is None:
        return _("%(late)s; any number is allowed") % {"late": late}
    return _("%(late)s of at most %(allowed)s") % {"late": late, "allowed": allowed}


def _rules_summary(compared: Mapping[str, Any], _currency: str) -> str:
    unknown = compared.get("unknown") or ()
    if unknown:
        return _("Not to be answered: %(rules)s") % {"rules": ", ".join(unknown)}
    return _("All could be answered")


_COMPARED: Final[Mapping[str, Callable[[Mapping[str, Any], str], str]]] = {
    "terms_not_offered": _terms_compared,
    "overdue": _overdue,
    "prepayment_required": _prepaid_compared,
    "policy_rules": _rules_summary,
}
"""How a step tells what it compared; the rest compare an amount with a bound."""
