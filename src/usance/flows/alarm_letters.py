"""The letter that tells a person of an alarm."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from usance.gateways.mail import Action, Letter
from usance.records.identity import public_id
from usance.records.parties.models import Seller
from usance.rules.monitoring import WatchRule


def write_alarm(
    seller: Seller, *, rule: WatchRule, buyer_name: str, alarm_id: UUID, language: str
) -> Letter:
    """In the language that is active, which ``language`` names. Without a public address of this
    installation the letter has no link."""
    severity = {"notice": _("Notice"), "warning": _("Warning"), "critical": _("Critical")}
    action = None
    if settings.PUBLIC_URL:
        href = f"{settings.PUBLIC_URL}/office/alarms/{public_id('alarm', alarm_id)}"
        action = Action(_("See the alarm"), href)
    return Letter(
        language=language,
        sender=seller.name,
        subject=_("Alarm: %(watch)s, %(buyer)s") % {"watch": rule.name, "buyer": buyer_name},
        greeting=_("Hello,"),
        paragraphs=(_("A watch over the portfolio has raised an alarm."),),
        facts=(
            (_("Buyer"), buyer_name),
            (_("Watch"), rule.name),
            (_("Severity"), severity[rule.severity]),
        ),
        action=action,
    )
