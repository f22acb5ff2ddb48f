"""A backtest in words: what it changes, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usance.web.design import display, locale
from usance.web.words.decisions import REASONS

ASSUMPTIONS: Final[Mapping[str, Promise]] = {
    "own_world": gettext_lazy(
        "Each policy is played in a world of its own: only what it lets through is owed, and facts"
        " about the buyer come from what happened there."
    ),
    "reviews_approve": gettext_lazy(
        "Orders that went to a person count as approved by that person."
    ),
    "reviews_decline": gettext_lazy(
        "Orders that went to a person count as declined by that person."
    ),
    "late_days": gettext_lazy(
        "An invoice counts as late when it is paid more than %(value)s days after it was due, and as"
        " never paid when it was still open that long after when the history ends."
    ),
    "paid_as_history": gettext_lazy(
        "Orders whose payment is known are paid on the day on which they were, whatever terms the"
        " policy would have given."
    ),
    "paid_as_drawn": gettext_lazy(
        "%(value)s orders have no known payment; their buyers pay as invented payers do, the same on"
        " every run."
    ),
    "remembered": gettext_lazy(
        "%(value)s earlier orders were taken as they were, so that buyers are not all new on the"
        " first day."
    ),
    "history_limits": gettext_lazy("Credit limits are those of the time of each order."),
    "rule_limits": gettext_lazy(
        "Where there was no limit it comes from the policy's own proposals, else from four times the"
        " first order, and is reviewed each month."
    ),
    "unknown_facts": gettext_lazy(
        "What was not known then is not known: rules that need it send the order to a person."
    ),
    "no_prepayment": gettext_lazy(
        "Nobody pays before the order: terms that ask for it are not met."
    ),
    "no_groups": gettext_lazy(
        "Limits that several lines share, and open items that only the ERP knows, are not played."
    ),
    "unconverted": gettext_lazy(
        "%(value)s orders have no exchange rate; they are counted, but their amounts are not."
    ),
}
"""What a result may rest on, by its code."""

EFFECTS: Final[Mapping[str, Promise]] = {
    "loss_avoided": gettext_lazy("Loss avoided"),
    "loss_added": gettext_lazy("Loss added"),
    "sale_lost": gettext_lazy("Sale lost"),
    "sale_gained": gettext_lazy("Sale gained"),
    "not_known": gettext_lazy("Not known how it is paid"),
    "no_difference": gettext_lazy("Delivered or kept either way"),
}
"""What an order that changes means."""

SETTINGS: Final[Mapping[str, Promise]] = {
    "no_credit_line": gettext_lazy("No credit line"),
    "line_on_hold": gettext_lazy("Line on hold"),
    "line_suspended": gettext_lazy("Line suspended"),
    "line_closed": gettext_lazy("Line closed"),
    "overdue": gettext_lazy("Overdue for too long"),
    "over_order_ceiling": gettext_lazy("Larger than orders may be"),
    "limit_exceeded": gettext_lazy("Limit exceeded"),
    "terms_not_offered": gettext_lazy("Terms not offered"),
    "prepayment_required": gettext_lazy("Prepayment missing"),
    "above_review_amount": gettext_lazy("Large enough for a person"),
    "unknown_facts": gettext_lazy("Something is not known"),
}
"""The settings that can change an order, as short as a column needs them."""


def assumption_text(assumption: Mapping[str, Any]) -> str:
    """An assumption as the reader reads it; one that this list does not know as it is stored."""
    known = ASSUMPTIONS.get(assumption["code"])
    if known is None:
        return str(assumption["text"])
    value = assumption["value"]
    if str(value).isdecimal():
        value = locale.number(int(value), language=display.language())
    return str(known) % {"value": value}


def rule_text(name: str) -> str:
    """A rule that made a difference: a setting in words, a written rule by its name."""
    known = SETTINGS.get(name) or REASONS.get(name)
    return str(known) if known else name


def window_text(begin: str, end: str) -> str:
    """From one day to another."""
    return _("%(begin)s to %(end)s") % {"begin": begin, "end": end}
