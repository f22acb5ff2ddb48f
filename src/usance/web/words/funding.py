"""Early money in words: kinds of programmes, and why an invoice is not funded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: Final[Mapping[str, Promise]] = {
    "own_book": _("Own book"),
    "with_recourse": _("Partner, with recourse"),
    "without_recourse": _("Partner, without recourse"),
    "insured": _("Partner, with recourse and insured"),
}

REASONS: Final[Mapping[str, Promise]] = {
    "wrong_currency": _("another currency"),
    "nothing_outstanding": _("nothing is outstanding"),
    "not_open": _("the invoice is not open"),
    "disputed": _("the invoice is disputed"),
    "overdue": _("the invoice is overdue"),
    "too_small": _("the invoice is too small"),
    "too_old": _("the invoice is too old"),
    "due_too_late": _("the invoice is due too late"),
    "already_funded": _("it is funded already"),
    "program_limit": _("the programme is used up"),
    "buyer_limit": _("the buyer's limit is used up"),
    "concentration": _("too much of the programme would be one buyer's"),
    "fee_too_high": _("the fee would take all"),
    "condition": _("the condition does not hold"),
    "invoice_changed": _("The invoice changed before the partner was asked"),
    "not_offered": _("The partner does not want it"),
    "offer_unusable": _("The partner's offer does not fit the invoice"),
    "offer_too_dear": _("The partner's offer is dearer than the programme"),
    "partner_declined": _("The partner declined"),
    "partner_canceled": _("The partner withdrew it"),
    "canceled": _("It was withdrawn"),
}


def kind_text(kind: str) -> str:
    """What a kind of programme is called."""
    return str(KINDS.get(kind, kind))


def reason_text(code: str) -> str:
    """Why there is no money; the code itself where it is the partner's."""
    return str(REASONS.get(code, code))
