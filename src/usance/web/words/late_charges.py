"""Late interest in words: laws, settings, warnings, what happened, and what a flow refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from usance.web.words.telling import Telling

LATE_TELLINGS: Final[Mapping[str, Telling]] = {
    "late_charge.opened": Telling(
        _("%(number)s claims %(amount)s for paying %(invoice)s late, due on %(due_on)s"),
        "clock",
        "caution",
    ),
    "invoice.late_charged": Telling(
        _("Late interest and compensation of %(amount)s were claimed"), "clock", "caution"
    ),
    "invoice.late_charge_waived": Telling(
        _("%(amount)s of late charges were waived"), "minus", "special"
    ),
    "late_interest_terms.set": Telling(_("The terms of late interest were set"), "edit"),
    "late_interest_terms.dropped": Telling(
        _("Late interest goes by the seller's own terms again"), "refresh"
    ),
    "reference_rate.set": Telling(_("A reference rate was stored"), "plus"),
}

LATE_REFUSALS: Final[Mapping[str, Promise]] = {
    "nothing_to_claim": _("Nothing has accrued that is not claimed or waived already."),
    "held_by_dispute": _(
        "Part of the invoice is disputed. Claim until the day before, or wait until that is settled."
    ),
    "reference_rate_unknown": _(
        "A reference rate is not known for one of these days. Load it in the settings of late interest."
    ),
    "taxable_charge": _(
        "By this law late interest is part of the taxable supply. Claim it with tax from your ERP."
    ),
    "reason_missing": _("Say why it is waived."),
    "prefix_taken": _(
        "Invoices or credit notes have numbers with this prefix. Choose another for claims in the"
        " settings of late interest."
    ),
    "invalid_late_interest_terms": _(
        "One of these values cannot be. Look at what each field takes."
    ),
}

WARNINGS: Final[Mapping[str, Promise]] = {
    "contract_below_law": _(
        "The agreed rate is below the law's. Such a term may be grossly unfair, and then does not bind."
    ),
    "cap_below_law": _("The cap keeps the rate below what the law gives."),
    "law_instead_of_contract": _("The law does not let a contract say less; its own rate is used."),
    "not_a_small_supplier": _(
        "The law protects micro and small suppliers only; the agreed rate is used. If you are one, say"
        " so in the settings of late interest."
    ),
    "exchange_rate_missing": _(
        "The fixed sum is left out: the rate of exchange of its currency is not stored."
    ),
    "costs_left_out": _(
        "The costs of recovery are left out: by this law, contract or claim nothing is owed for them, or"
        " a rate of exchange is not stored."
    ),
    "older_than_law": _(
        "This debt is older than the law as it is computed here. Look up what held then before you claim."
    ),
}

LAW_NAMES: Final[Mapping[str, Promise]] = {
    "contract": _("No law: only what was agreed"),
    "EU": _("Directive 2011/7/EU as it is"),
}
"""Laws that do not go by the name of a country."""

CHARGING: Final[Mapping[str, Promise]] = {
    "never": _("Only a person claims"),
    "at_notice": _("Each dunning notice claims what has accrued"),
}
COUNTRY_OF: Final[Mapping[str, Promise]] = {
    "seller": _("Your own"),
    "buyer": _("The buyer's"),
}
DAY_COUNTS: Final[Mapping[str, Promise]] = {
    "act/365": _("Actual days, a year of 365"),
    "act/360": _("Actual days, a year of 360"),
    "30e/360": _("Months of 30 days, a year of 360"),
    "act/act": _("Actual days, each year as long as it is"),
}


def warning_text(code: str) -> str:
    """A warning for a person."""
    return str(WARNINGS.get(code, code))
