"""The letter that tells a buyer of a debit before it comes (pre-notification)."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_currency
from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from usance.flows.document_writers import language_of
from usance.gateways.mail import Action, Letter
from usance.records.debits.models import Debit, DebitPart, Mandate
from usance.records.parties.models import Seller
from usance.rules.money import exponent


def write_notice(
    seller: Seller,
    *,
    debit: Debit,
    mandate: Mandate,
    parts: list[DebitPart],
    creditor_id: str,
    language: str,
) -> Letter:
    """In ``language``: amount, day, account, mandate and creditor, as EPC016-06 (section 5.4) asks."""
    with translation.override(language):
        amount = Decimal(debit.amount).scaleb(-exponent(debit.currency))
        facts = [
            (
                _("Amount"),
                str(format_currency(amount, debit.currency, locale=language_of(language))),
            ),
            (_("Day"), date_format(debit.collect_on)),
            (_("Account"), f"···· {mandate.last4}"),
            (_("Mandate"), mandate.reference),
        ]
        if creditor_id:
            facts.append((_("Creditor identifier"), creditor_id))
        facts += [(_("Invoice"), part.invoice.number) for part in parts]
        action = None
        if settings.PUBLIC_URL:
            action = Action(_("See your invoices"), f"{settings.PUBLIC_URL}/account/invoices")
        return Letter(
            language=language,
            sender=seller.name,
            subject=_("We will debit your account on %(day)s")
            % {"day": date_format(debit.collect_on)},
            greeting=_("Hello,"),
            paragraphs=(
                _("as agreed in the mandate, we will debit your account as follows."),
                _("Please see to it that there is enough money in it on that day."),
            ),
            facts=tuple(facts),
            action=action,
        )
