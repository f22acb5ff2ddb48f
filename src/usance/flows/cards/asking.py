"""The buyer is asked where its card does not do: by mail, with a link to the pay page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from babel.numbers import format_currency
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from usance.flows.document_writers import About, language_of
from usance.flows.journal import Journal
from usance.flows.outgoing_mails import queue_mail
from usance.flows.pay_links import address_of, create_link
from usance.gateways.mail import Action, Letter
from usance.records.cards import actions
from usance.records.cards.models import SecuredOrder
from usance.records.collections.models import PayLink
from usance.records.invoices.models import Invoice
from usance.records.orders.models import Order
from usance.records.parties.models import Member, Seller
from usance.rules.invoicing.identifiers import is_email
from usance.rules.money import exponent

_MOST_ADDRESSES: Final = 5


def ask_for_cover(
    seller: Seller, order: Order, *, secured: SecuredOrder, short: int, at: datetime
) -> None:
    """The cards of the locked ``order`` lack ``short`` minor units: keep that, tell it, and ask the
    buyer, once for each amount."""
    if short == secured.short and secured.asked_at is not None:
        return
    actions.change(secured, short=short, asked_at=at)
    journal = Journal(seller, at=at, by="cards")
    journal.tell(
        "order.card_short",
        object_type="order",
        object_id=order.id,
        buyer_id=order.buyer_id,
        data={"short": short, "external_id": order.external_id, "card_currency": order.currency},
    )
    journal.close()
    link = create_link(seller, at=at, by="cards", order_id=order.id)
    number = order.external_id or order.po_number

    def letter(language: str) -> Letter:
        return Letter(
            language=language,
            sender=seller.name,
            subject=_("Your card does not cover order %(number)s") % {"number": number},
            greeting=_("Hello,"),
            paragraphs=(
                _(
                    "%(amount)s of your order are not covered by your card. What is not covered waits."
                )
                % {"amount": _money(short, order.currency, language)},
            ),
            action=_action(_("Pay by another card"), link),
        )

    _send(seller, order.buyer_id, link, letter, at=at)


def ask_for_payment(
    seller: Seller, invoice: Invoice, *, last4: str, reason: str, at: datetime
) -> None:
    """The card was not charged for an ``invoice`` that is due, and trying again does not help.

    ``reason`` is one of DECLINE_REASONS.
    """
    link = create_link(seller, at=at, by="cards", invoice_id=invoice.id)

    def letter(language: str) -> Letter:
        return Letter(
            language=language,
            sender=seller.name,
            subject=_("Invoice %(number)s could not be charged") % {"number": invoice.number},
            greeting=_("Hello,"),
            paragraphs=(
                _("Your card ending in %(last4)s was declined for invoice %(number)s.")
                % {"last4": last4, "number": invoice.number},
            ),
            facts=((_("Reason"), why),) if (why := _why(reason)) else (),
            action=_action(_("Pay now"), link),
        )

    _send(seller, invoice.buyer_id, link, letter, at=at)


def _why(reason: str) -> str:
    """What helps the buyer to do something about it, in its language; of theft and fraud its bank
    speaks, not the seller."""
    words = {
        "insufficient_funds": _("Not enough money on the account"),
        "limit_reached": _("The limit of the card is reached"),
        "try_later": _("The bank could not answer"),
        "authentication_required": _("The holder has to confirm it with its bank"),
        "expired_card": _("The card has expired"),
        "wrong_details": _("The details of the card are wrong"),
        "not_supported": _("The card does not allow such payments"),
        "consent_revoked": _("The holder has told its bank not to pay"),
    }
    return words.get(reason, "")


def _send(
    seller: Seller,
    buyer_id: UUID,
    link: PayLink,
    letter: Callable[[str], Letter],
    *,
    at: datetime,
) -> None:
    """Mail to those who get the buyer's invoices, or to its people where nobody is named."""
    profile = About(seller, buyer_id, at=at).profile
    people = Member.objects.filter(
        seller_id=seller.id, buyer_id=buyer_id, left_at__isnull=True
    ).order_by("id")
    addresses = list(profile.email_to) or [person.email for person in people]
    language = language_of(profile.language)
    with translation.override(language):
        written = letter(language)
    for address in [one for one in dict.fromkeys(addresses) if is_email(one)][:_MOST_ADDRESSES]:
        queue_mail(
            seller,
            written,
            kind="pay_link",
            to=address,
            object_type="pay_link",
            object_id=link.id,
            at=at,
            expires_at=link.expires_at,
        )


def _action(words: str, link: PayLink) -> Action | None:
    """Without a public address of this installation a letter has no link."""
    return Action(words, address_of(link)) if settings.PUBLIC_URL else None


def _money(amount: int, currency: str, language: str) -> str:
    major = Decimal(amount).scaleb(-exponent(currency))
    return str(format_currency(major, currency, locale=language))
