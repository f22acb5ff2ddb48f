"""Watches and their alarms in words: triggers, severities, and what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from usance.rules.monitoring import CHANGE, NIGHTLY
from usance.web.design.locale import percent
from usance.web.design.parts import Badge, Tone
from usance.web.words.amounts import money_text
from usance.web.words.facts import fact_name, fact_value
from usance.web.words.policies import role_text

EVENT_NAMES: Final[Mapping[str, Promise]] = {
    "order.authorized": gettext_lazy("An order is authorized"),
    "order.pending_review": gettext_lazy("An order waits for a person"),
    "order.pending_approval": gettext_lazy("An order waits for the buyer's approval"),
    "order.declined": gettext_lazy("An order is declined"),
    "order.adjusted": gettext_lazy("An order is changed"),
    "order.canceled": gettext_lazy("An order is canceled"),
    "order.expired": gettext_lazy("An authorization runs out"),
    "invoice.opened": gettext_lazy("An invoice is issued"),
    "invoice.credited": gettext_lazy("A credit note is issued"),
    "invoice.written_off": gettext_lazy("An invoice is written off"),
    "invoice.reopened": gettext_lazy("A paid invoice is open again"),
    "invoice.paid": gettext_lazy("An invoice is paid in full"),
    "payment.received": gettext_lazy("Money is received"),
    "payment.released": gettext_lazy("A payment is taken back"),
    "credit_line.changed": gettext_lazy("A limit is changed"),
    "credit_line.on_hold": gettext_lazy("A credit line is put on hold"),
    "credit_line.active": gettext_lazy("A credit line is released"),
    "credit_line.suspended": gettext_lazy("A credit line is suspended"),
    "buyer.created": gettext_lazy("A buyer is added"),
    "buyer.updated": gettext_lazy("What is known of a buyer is changed"),
    "member.created": gettext_lazy("A member is added to a buyer"),
    "report.received": gettext_lazy("A register or bureau has answered"),
    "insolvency.reported": gettext_lazy("An insolvency notice names a buyer"),
    "insolvency.suspected": gettext_lazy("An insolvency notice names somebody like a buyer"),
}
OWN_NAMES: Final[Mapping[str, Promise]] = {
    "event.type": gettext_lazy("What happened"),
    "order.is_first": gettext_lazy("First order of the buyer"),
    "order.person_at_domain": gettext_lazy("Person has an address at the buyer's domain"),
    "change.before": gettext_lazy("Before"),
    "change.after": gettext_lazy("Now"),
}
SEVERITIES: Final[Mapping[str, tuple[Promise, Tone, str]]] = {
    "notice": (gettext_lazy("Notice"), "info", "info"),
    "warning": (gettext_lazy("Warning"), "caution", "alert"),
    "critical": (gettext_lazy("Critical"), "negative", "cross-circle"),
}


def trigger_text(trigger: str) -> str:
    """What pulls a watch."""
    if trigger == NIGHTLY:
        return _("Every night")
    if trigger.startswith(CHANGE):
        return _("Changes: %(fact)s") % {"fact": fact_name(trigger.removeprefix(CHANGE))}
    return str(EVENT_NAMES.get(trigger, trigger))


def severity_badge(severity: str) -> Badge:
    """How grave an alarm is."""
    label, tone, icon = SEVERITIES[severity]
    return Badge(label=str(label), tone=tone, icon=icon)


def watched_fact_name(name: str) -> str:
    """What a fact is called that a condition reads."""
    return str(OWN_NAMES.get(name) or fact_name(name))


def watched_fact_value(name: str, value: Any, *, trigger: str, currency: str) -> object:
    """The value of such a fact; before and after are shown as the fact that changed."""
    if name.startswith("change.") and trigger.startswith(CHANGE):
        name = trigger.removeprefix(CHANGE)
    if name == "event.type":
        return trigger_text(str(value))
    return fact_value(name, value, currency=currency)


def planned_text(action: Mapping[str, Any]) -> str:
    """What a watch will do."""
    if action["do"] == "hold":
        return _("Put the credit lines on hold")
    if action["do"] == "review":
        return _("Ask for a review of the limits")
    if action["do"] == "notify":
        told = [one if "@" in one else role_text(one) for one in action.get("people", ())]
        return _("Tell by e-mail: %(people)s") % {"people": ", ".join(told) or _("nobody")}
    if action.get("percent") is not None:
        part = percent(Decimal(action["percent"]) / 100, language=get_language() or "en")
        return _("Lower the limits to %(percent)s") % {"percent": part}
    if action.get("to") == "insured":
        return _("Lower the limits to what is insured")
    return _("Lower the limits to what the bureau recommends")


def done_text(action: Mapping[str, Any]) -> str:
    """What an alarm did."""
    lines: Sequence[Any] = action.get("lines", ())
    if action["do"] == "hold":
        if not lines:
            return _("No credit line was active; none was put on hold.")
        return _("On hold: %(lines)s.") % {"lines": ", ".join(lines)}
    if action["do"] == "lower_limit":
        if not lines:
            return _("No limit had to be lowered.")
        return " ".join(
            _("Limit lowered from %(before)s to %(limit)s.")
            % {
                "before": money_text(one["before"], one["currency"]),
                "limit": money_text(one["limit"], one["currency"]),
            }
            for one in lines
        )
    if action["do"] == "review":
        count = len(action.get("reviews", ()))
        return ngettext("%(count)s review is open.", "%(count)s reviews are open.", count) % {
            "count": count
        }
    told = ", ".join(action.get("told", ()))
    return _("Told by e-mail: %(people)s.") % {"people": told or _("nobody")}
