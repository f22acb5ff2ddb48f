"""The letter that brings an invoice or credit note, in the buyer's language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from usance.flows.document_writers import About, language_of
from usance.flows.documents import Issued
from usance.gateways.mail import Action, Letter
from usance.records.deliveries.models import Delivery
from usance.records.identity import public_id


def letter_with(it: Issued, row: Delivery, *, about: About, pay_at: str = "") -> Letter:
    """What stands in the mail beside the document. ``pay_at`` is where an invoice can be paid online."""
    language = language_of(row.language)
    with translation.override(language):
        if it.kind == "credit_note":
            return _credit_note(it, row, about)
        return _invoice(it, row, about, pay_at=pay_at)


def _invoice(it: Issued, row: Delivery, about: About, *, pay_at: str) -> Letter:
    document = it.document
    facts = [
        (_("Invoice"), it.number),
        (_("Date"), _day(document.issued_on, row)),
        (_("Amount to pay"), _money(document.totals.payable, document.currency, row)),
    ]
    if document.due_on is not None:
        facts.append((_("Due on"), _day(document.due_on, row)))
    if document.purchase_order:
        facts.append((_("Your order"), document.purchase_order))
    if document.payment is not None and document.payment.remittance:
        facts.append((_("Reference for your payment"), document.payment.remittance))
    words = {"number": it.number, "seller": about.details.legal_name}
    return _letter(
        it,
        row,
        about,
        subject=_("Invoice %(number)s from %(seller)s") % words,
        paragraph=_("Enclosed you find invoice %(number)s.") % words,
        facts=facts,
        pay_at=pay_at,
    )


def _credit_note(it: Issued, row: Delivery, about: About) -> Letter:
    document = it.document
    facts = [
        (_("Credit note"), it.number),
        (_("Date"), _day(document.issued_on, row)),
        (_("Amount"), _money(document.totals.with_vat, document.currency, row)),
    ]
    if document.preceding:
        facts.append((_("For invoice"), document.preceding[0].number))
    words = {"number": it.number, "seller": about.details.legal_name}
    return _letter(
        it,
        row,
        about,
        subject=_("Credit note %(number)s from %(seller)s") % words,
        paragraph=_("Enclosed you find credit note %(number)s.") % words,
        facts=facts,
    )


def _letter(
    it: Issued,
    row: Delivery,
    about: About,
    *,
    subject: str,
    paragraph: str,
    facts: list[tuple[str, str]],
    pay_at: str = "",
) -> Letter:
    name = it.document.buyer.contact.name if it.document.buyer.contact else ""
    contact = about.details.contact
    after = []
    if contact is not None and (contact.email or contact.telephone):
        reached = ", ".join(filter(None, (contact.name, contact.telephone, contact.email)))
        after.append(_("Your contact for questions: %(contact)s") % {"contact": reached})
    return Letter(
        language=language_of(row.language),
        sender=about.details.legal_name,
        subject=subject,
        greeting=_("Hello %(name)s,") % {"name": name} if name else _("Hello,"),
        paragraphs=(paragraph,),
        facts=tuple(facts),
        action=_action(it, row),
        second=Action(_("Pay now"), pay_at) if pay_at else None,
        after=tuple(after),
        closing=(
            _("%(seller)s sends you this because %(buyer)s has an account there.")
            % {"seller": about.details.legal_name, "buyer": it.document.buyer.name},
        ),
    )


def _action(it: Issued, row: Delivery) -> Action | None:
    """The invoice in the portal, where it opens for who may sign in; the address says which mail led
    there."""
    if not settings.PUBLIC_URL or it.kind != "invoice":
        return None
    page = f"{settings.PUBLIC_URL}/account/invoices/{public_id('invoice', it.id)}"
    return Action(_("See the invoice"), f"{page}?from={public_id('delivery', row.id)}")


def _locale(row: Delivery) -> str:
    return language_of(row.language)


def _money(amount: Decimal, currency: str, row: Delivery) -> str:
    return str(format_currency(amount, currency, locale=_locale(row)))


def _day(day: date, row: Delivery) -> str:
    return str(format_date(day, format="long", locale=_locale(row)))
