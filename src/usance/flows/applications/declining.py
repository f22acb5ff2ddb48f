"""The reasons for declining, as an applicant may read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from usance.rules.applications.declining import told

TEXTS: Final[dict[str, str | Promise]] = {
    "number_not_confirmed": _lazy(
        "The register did not confirm the tax or registration number that was given."
    ),
    "identity_not_confirmed": _lazy(
        "We could not confirm that the person who applied may act for the company."
    ),
    "incomplete": _lazy("What we asked for is still missing."),
    "existing_account": _lazy("The company has an account with us already; please use that one."),
    "outside_our_market": _lazy("We do not sell on account in this country or line of business."),
    "not_a_business": _lazy("Trade accounts are for businesses only."),
    "new_business": _lazy("The company has not traded for long enough yet."),
    "limit_not_supported": _lazy("We cannot offer credit of the amount that was asked for."),
}
"""Those that may be told; ``rules.applications.declining`` says which."""


def decline_texts(reasons: Sequence[str]) -> list[str]:
    """What the applicant is told, in the active language; a general word where nothing may be."""
    texts = [str(TEXTS[reason]) for reason in told(reasons) if reason in TEXTS]
    return texts or [_("This is the result of our assessment of the information we have.")]
