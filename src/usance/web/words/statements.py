"""Statements of account in words: their schedule, what happened, and what a flow refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from usance.web.words.telling import Telling

STATEMENT_TELLINGS: Final[Mapping[str, Telling]] = {
    "statement.sent": Telling(_("A statement of account was sent"), "send", "info"),
    "statement.not_sent": Telling(
        _("A statement of account was due, but the buyer has no e-mail address"),
        "alert",
        "caution",
    ),
    "statement_schedule.set": Telling(_("The schedule of statements was set"), "edit"),
    "statement_schedule.dropped": Telling(
        _("Statements go by the seller's own schedule again"), "refresh"
    ),
}

STATEMENT_REFUSALS: Final[Mapping[str, Promise]] = {
    "no_statement_address": _(
        "The buyer has no e-mail address for invoices. Set one in how it is invoiced."
    ),
    "no_account": _("The buyer has no account yet: nothing was ever sold to it on credit."),
    "invalid_statement_schedule": _(
        "A week has the days 1 (Monday) to 7, a month the days 1 to 31. Choose one of these."
    ),
}

EVERY: Final[Mapping[str, Promise]] = {
    "never": _("Never: only when a person sends one"),
    "weekly": _("Every week"),
    "monthly": _("Every month"),
}
