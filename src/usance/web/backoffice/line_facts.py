"""What was known of a credit line when a decision was taken."""

from __future__ import annotations

from django.utils.translation import gettext as _

from usance.records.credit.models import Decision
from usance.rules.money import Money
from usance.web.design.parts import Fact


def line_facts(decision: Decision) -> list[Fact]:
    """The limit, what of it was used and by what, and what was left, all in the order's currency."""
    known = decision.facts

    def money(name: str) -> Money:
        return Money(int(known.get(name) or 0), decision.currency)

    limit, tolerance = money("limit"), money("tolerance") + money("secured")
    used = money("commitments") + money("receivable") + money("external") - money("unapplied_cash")
    return [
        Fact(_("Limit"), limit),
        Fact(_("Tolerance"), tolerance),
        Fact(_("Open invoices"), money("receivable")),
        Fact(_("Authorized, not yet invoiced"), money("commitments")),
        Fact(_("Open items outside Usance"), money("external")),
        Fact(_("Unapplied cash, deducted"), -money("unapplied_cash")),
        Fact(_("Available"), limit + tolerance - used),
    ]
