"""Mandates and debits in words: the scheme, the steps after a return, what a file holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from usance.records.debits.models import Debit, Mandate

SCHEMES: Final[Mapping[str, Promise]] = {
    "sepa_core": gettext_lazy("SEPA Core"),
    "sepa_b2b": gettext_lazy("SEPA B2B"),
    "ach_ccd": gettext_lazy("ACH, firm (CCD)"),
    "ach_ppd": gettext_lazy("ACH, consumer (PPD)"),
    "ach_ctx": gettext_lazy("ACH, firm with many invoices (CTX)"),
}
STEPS: Final[Mapping[str, Promise]] = {
    "try_again": gettext_lazy("It may be collected once more as it was."),
    "correct_and_try_again": gettext_lazy("Put right what was wrong, then collect it anew."),
    "ask_for_mandate": gettext_lazy("Have the buyer give a new mandate."),
    "ask_for_account": gettext_lazy("Ask the buyer for another account."),
    "look_at_it": gettext_lazy("Talk to the buyer before it is collected again."),
    "nothing": gettext_lazy("Nothing: the money stays."),
}
VERIFICATIONS: Final[Mapping[str, Promise]] = {
    "none": gettext_lazy("Not asked for"),
    "wanted": gettext_lazy("Is asked for with the next file"),
    "sent": gettext_lazy("Is being asked for"),
    "verified": gettext_lazy("Confirmed"),
    "failed": gettext_lazy("Refused by its bank"),
}
REVERSALS: Final[Mapping[str, Promise]] = {
    "rejected": gettext_lazy("Not taken by the bank"),
    "returned": gettext_lazy("Came back"),
    "dishonored": gettext_lazy("Our bank sent the return back"),
    "contested": gettext_lazy("The other bank upheld its return"),
    "corrected": gettext_lazy("The account was put right"),
    "noted": gettext_lazy("Told, and nothing followed"),
}


def mandate_text(mandate: Mandate) -> str:
    """A mandate by its scheme and the end of its account."""
    return f"{SCHEMES[mandate.scheme]} ···· {mandate.last4}"


def step_text(debit: Debit) -> str:
    """What to do about a debit that came back."""
    return str(STEPS.get(debit.next_step, ""))
