"""What a person is told when a flow says no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

_WORDS: Final[Mapping[str, Promise]] = {
    "not_found": gettext_lazy("It is not there any more. Go back to the list and look again."),
    "illegal_state": gettext_lazy(
        "This cannot be done any more: somebody else, or the calendar, was faster."
        " Look at where it stands now."
    ),
    "amount_too_large": gettext_lazy(
        "The amount is more than there is. Look at what is left now and enter less."
    ),
    "limit_exceeded": gettext_lazy(
        "The credit line does not bear the amount, or is not active."
        " Raise the limit or release the line first."
    ),
    "duplicate": gettext_lazy("There is another one with this number already."),
    "mismatch": gettext_lazy("The two belong to different buyers or are in different currencies."),
    "invalid_amount": gettext_lazy("This is not a possible amount."),
    "invalid_order": gettext_lazy("This is not a possible amount."),
    "unknown_currency": gettext_lazy("This is not a currency; write one such as EUR."),
    "unknown_terms": gettext_lazy("These are not payment terms; write them like net_30."),
    "not_a_statement": gettext_lazy(
        "This file tells of bookings that the bank's statement will bring again."
        " Download the account statement (camt.053) instead."
    ),
    "idempotency_key_in_flight": gettext_lazy("This is being done already. Reload in a moment."),
    "idempotency_key_reused": gettext_lazy(
        "This form was sent before with other values. Reload the page to see what was done."
    ),
}


def refusal_text(error: Exception) -> str:
    """Why nothing was done, and what to do now."""
    return str(_WORDS.get(getattr(error, "code", ""), error))
