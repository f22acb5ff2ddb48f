"""What happens to mandates and debits, as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from usance.web.words.telling import Telling

DEBIT_TELLINGS: Final[Mapping[str, Telling]] = {
    "mandate.created": Telling(_("Mandate %(reference)s was recorded"), "edit", "info"),
    "mandate.signed": Telling(_("The buyer signed mandate %(reference)s"), "check", "positive"),
    "mandate.canceled": Telling(_("Mandate %(reference)s was canceled"), "ban"),
    "mandate.suspended": Telling(_("Mandate %(reference)s was suspended"), "pause", "caution"),
    "mandate.resumed": Telling(_("Mandate %(reference)s may be used again"), "refresh"),
    "mandate.expired": Telling(_("Mandate %(reference)s ran out"), "calendar"),
    "mandate.completed": Telling(_("Mandate %(reference)s is used up"), "check"),
    "mandate.account_changed": Telling(_("Mandate %(reference)s has another account"), "bank"),
    "mandate.account_confirmed": Telling(
        _("The account of mandate %(reference)s is confirmed"), "check", "positive"
    ),
    "mandate.corrected": Telling(_("The bank corrected the account: %(code)s"), "bank", "info"),
    "mandate.correction_noted": Telling(_("The bank sent a notice: %(code)s"), "alert"),
    "debit.scheduled": Telling(_("A debit of %(amount)s is scheduled"), "calendar", "info"),
    "debit.submitted": Telling(_("The bank has the debit of %(amount)s"), "clock", "info"),
    "debit.settled": Telling(_("The debit of %(amount)s settled"), "check", "positive"),
    "debit.funds_good": Telling(
        _("The money of the debit, %(amount)s, can come back no more"), "shield", "positive"
    ),
    "debit.returned": Telling(
        _("The debit of %(amount)s came back: %(reason_code)s"), "return", "negative"
    ),
    "debit.rejected": Telling(
        _("The bank did not take the debit of %(amount)s: %(reason_code)s"),
        "cross-circle",
        "negative",
    ),
    "debit.canceled": Telling(_("The debit of %(amount)s was canceled"), "ban"),
    "debit.paid_twice": Telling(
        _("%(amount)s had gone back to the buyer before the debit came back"), "alert", "negative"
    ),
    "debit_file.written": Telling(_("File %(number)s of debits was written"), "edit"),
    "debit_file.sent": Telling(_("The bank has file %(number)s of debits"), "check", "info"),
    "debit_file.withdrawn": Telling(_("File %(number)s of debits was withdrawn"), "return"),
    "debit_file.booked": Telling(_("The bank booked %(amount)s of debits"), "bank", "positive"),
    "debit_returns.booked": Telling(
        _("The bank took back %(amount)s of debits that came back"), "bank", "negative"
    ),
    "debit_answer.received": Telling(_("The bank answered to debits"), "bank", "info"),
    "collection_rules.changed": Telling(_("How debits are collected was changed"), "settings"),
    "buyer.ship_after_changed": Telling(_("When goods may leave was changed"), "clock"),
}
