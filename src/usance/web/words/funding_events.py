"""What happens to funding programmes and advances, as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from usance.web.words.telling import Telling

FUNDING_TELLINGS: Final[Mapping[str, Telling]] = {
    "funding_program.created": Telling(_("The funding programme %(name)s was set up"), "plus"),
    "funding_program.changed": Telling(_("The funding programme %(name)s was changed"), "edit"),
    "advance.eligible": Telling(_("An advance of %(advanced)s is asked for"), "clock"),
    "advance.requested": Telling(_("The partner was asked for %(advanced)s"), "send", "info"),
    "advance.paid_out": Telling(_("%(payout)s were paid out early"), "payment", "positive"),
    "advance.declined": Telling(_("The advance was declined"), "cross-circle", "negative"),
    "advance.canceled": Telling(_("The advance was withdrawn"), "ban"),
    "advance.repayment": Telling(_("%(amount)s of the advance were repaid"), "return", "info"),
    "advance.dilution": Telling(_("%(amount)s went back for what was credited"), "return"),
    "advance.recourse": Telling(
        _("%(amount)s were taken back by the partner"), "alert", "negative"
    ),
    "advance.reclaim": Telling(_("The partner gave %(amount)s back again"), "refresh"),
    "advance.collected": Telling(_("The buyer paid %(amount)s to the partner"), "payment", "info"),
    "advance.reserve_released": Telling(
        _("The reserve released has changed by %(amount)s"), "payment"
    ),
    "advance.repaid": Telling(_("The advance is repaid"), "check-circle", "positive"),
    "advance.recoursed": Telling(_("The advance was taken back"), "alert", "negative"),
    "advance.absorbed": Telling(_("The partner bears the loss"), "shield", "caution"),
    "advance.reopened": Telling(_("The advance is out again"), "refresh", "caution"),
    "advance.borne": Telling(
        _("A payment was returned: %(amount)s are the seller's to bear"), "alert", "negative"
    ),
    "advance.loss_shared": Telling(_("Of the loss %(amount)s are the partner's"), "shield"),
    "advance.recourse_asked": Telling(_("The partner asks its money back"), "alert", "caution"),
    "advance.claim_due": Telling(
        _("%(amount)s can be claimed from the insurer"), "shield", "caution"
    ),
    "advance.compensated": Telling(_("The insurer paid %(amount)s"), "check-circle", "positive"),
    "advance.instruction_refused": Telling(
        _("The partner did not take what it was told"), "alert", "negative"
    ),
}
"""Every type of event about a funding programme or an advance."""
