"""Cards in words: which one, what for, and why one was declined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usance.records.cards.models import StoredCard

BRANDS: Final[Mapping[str, str]] = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "American Express",
    "diners": "Diners Club",
    "discover": "Discover",
    "jcb": "JCB",
    "unionpay": "UnionPay",
    "cartes_bancaires": "Cartes Bancaires",
}

DECLINES: Final[Mapping[str, Promise]] = {
    "insufficient_funds": gettext_lazy("Not enough money on the account"),
    "limit_reached": gettext_lazy("The limit of the card is reached"),
    "try_later": gettext_lazy("The bank could not answer"),
    "do_not_honor": gettext_lazy("The bank does not say why"),
    "authentication_required": gettext_lazy("The holder has to confirm it with its bank"),
    "expired_card": gettext_lazy("The card has expired"),
    "wrong_details": gettext_lazy("The details of the card are wrong"),
    "not_supported": gettext_lazy("The card does not allow such payments"),
    "lost_or_stolen": gettext_lazy("The card was reported lost or stolen"),
    "consent_revoked": gettext_lazy("The holder has told its bank not to pay"),
    "suspected_fraud": gettext_lazy("The bank suspects fraud"),
}
"""Why a card was declined."""


def card_text(card: StoredCard | None) -> str:
    """A card by its brand and last digits; one that is not kept has neither."""
    if card is None:
        return _("Card that is not kept")
    brand = BRANDS.get(card.brand, card.brand.replace("_", " ").title() or _("Card"))
    return f"{brand} ···· {card.last4}" if card.last4 else brand


def decline_text(reason: str) -> str:
    """Why a card was declined."""
    return str(DECLINES.get(reason, reason))


def purpose_text(purpose: str) -> str:
    """What an authorization is for."""
    words = {"order": _("An order to come"), "charge": _("At the due date"), "page": _("Pay page")}
    return words.get(purpose, purpose)
