"""The letter that brings a buyer's person the answer to a question."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from usance.gateways.mail import Action, Letter
from usance.records.collections.models import Question
from usance.records.identity import public_id
from usance.records.invoices.models import Invoice
from usance.records.parties.models import Seller


def write_answer(
    seller: Seller, *, question: Question, invoice: Invoice, text: str, name: str, language: str
) -> Letter:
    """In ``language``. Without a public address of this installation the letter has no link."""
    with translation.override(language):
        action = None
        if settings.PUBLIC_URL:
            href = f"{settings.PUBLIC_URL}/account/invoices/{public_id('invoice', invoice.id)}"
            action = Action(_("See the invoice"), href)
        facts = [(_("Invoice"), invoice.number)]
        if question.line:
            facts.append((_("Line"), f"{question.line}  {question.subject}"))
        return Letter(
            language=language,
            sender=seller.name,
            subject=_("Your question about invoice %(number)s") % {"number": invoice.number},
            greeting=_("Hello,"),
            paragraphs=(_("%(name)s has answered your question:") % {"name": name},),
            quoted=text,
            facts=tuple(facts),
            action=action,
        )
