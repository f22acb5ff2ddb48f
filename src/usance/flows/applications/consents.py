"""What an applicant must agree to: two sentences that every seller needs, and the seller's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from usance.records.applications.models import ApplicationForm
from usance.records.parties.models import Seller

STANDARD: Final[dict[str, str | Promise]] = {
    "authority": _("I may act for this company, and what I have written is true and complete."),
    "checks": _(
        "%(seller)s may check what I have written with public registers, credit bureaus, sanctions"
        " lists and the references named, and may keep it for as long as the law requires."
    ),
}
"""Asked by every seller, by name."""


@dataclass(frozen=True, slots=True)
class Consent:
    """One sentence to agree to, in the applicant's language where it is a standard one."""

    name: str
    text: str


def consents_of(seller: Seller, form: ApplicationForm, *, language: str) -> tuple[Consent, ...]:
    """The standard sentences, then the seller's own in the words the seller wrote."""
    with translation.override(language):
        standard = [
            Consent(name, str(text) % {"seller": seller.name}) for name, text in STANDARD.items()
        ]
    own = [Consent(name, str(text)) for name, text in sorted(form.consents.items()) if text]
    return (*standard, *own)
