"""How a buyer is organised, in words: roles, limits, and the steps of an approval chain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from usance.web.words.amounts import money_text

ROLES: Final[Mapping[str, Promise]] = {
    "purchaser": _lazy("Purchaser"),
    "approver": _lazy("Approver"),
    "payer": _lazy("Payer"),
    "admin": _lazy("Administrator"),
}
WHAT_ROLES_DO: Final[Mapping[str, Promise]] = {
    "purchaser": _lazy("orders, and sees its own orders"),
    "approver": _lazy("orders, sees every order and approves"),
    "payer": _lazy("sees invoices, statement and orders"),
    "admin": _lazy("does all of this, and sees to people and rules"),
}
PERIODS: Final[Mapping[str, Promise]] = {
    "day": pgettext_lazy("limit", "a day"),
    "week": pgettext_lazy("limit", "a week"),
    "month": pgettext_lazy("limit", "a month"),
}
_PER: Final[Mapping[str, Promise]] = {
    "day": _lazy("%(amount)s a day"),
    "week": _lazy("%(amount)s a week"),
    "month": _lazy("%(amount)s a month"),
}


def role_text(role: str) -> str:
    """A role of a buyer's member."""
    return str(ROLES.get(role, role))


def period_limit_text(amount: int, currency: str, *, period: str) -> str:
    """What all orders of a period may be together."""
    return str(_PER[period]) % {"amount": money_text(amount, currency)}


def step_text(above: int, currency: str, *, cost_centre: str) -> str:
    """Which orders go through a step."""
    words = {"amount": money_text(above, currency), "cost_centre": cost_centre}
    if above and cost_centre:
        return _("Orders above %(amount)s of %(cost_centre)s") % words
    if above:
        return _("Orders above %(amount)s") % words
    if cost_centre:
        return _("Every order of %(cost_centre)s") % words
    return _("Every order")


def approver_text(role: str, name: str | None) -> str:
    """Who takes a step: ``name`` if it names somebody."""
    if name:
        return name
    return _("An administrator") if role == "admin" else _("Any approver")
