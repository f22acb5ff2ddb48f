"""Cards in words: which one, what for, and why one was declined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

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

PART_KINDS: Final[Mapping[str, Promise]] = {
    "charge": gettext_lazy("Payments"),
    "refund": gettext_lazy("Refunds"),
    "dispute": gettext_lazy("Disputes"),
    "fee": gettext_lazy("Fees of the provider"),
    "payout": gettext_lazy("Payouts that had failed"),
    "other": gettext_lazy("Other movements"),
}
"""What the parts of a payout are, many at once."""

PARTS: Final[Mapping[str, Promise]] = {
    "charge": gettext_lazy("Payment"),
    "refund": pgettext_lazy("part of a payout", "Refund"),
    "dispute": gettext_lazy("Dispute"),
    "fee": gettext_lazy("Fee of the provider"),
    "payout": gettext_lazy("Payout that had failed"),
    "other": gettext_lazy("Other movement"),
}
"""What one part of a payout is."""

FINDINGS: Final[Mapping[str, Promise]] = {
    "not_told": gettext_lazy(
        "The provider does not say what is in it, as of every payout that is made by hand there. It"
        " is booked as a whole: %(amount)s."
    ),
    "parts_differ": gettext_lazy(
        "Its parts come to another amount; %(amount)s are not explained by the provider."
    ),
    "strangers": gettext_lazy(
        "Other software has taken payments through the same account: %(amount)s are against no buyer."
    ),
    "bank_differs": gettext_lazy(
        "The bank has booked another amount. The difference is %(amount)s."
    ),
    "late": gettext_lazy(
        "The bank should have booked %(amount)s by now. Look whether its line was taken for something"
        " else, or ask the provider."
    ),
    "comes_back": gettext_lazy(
        "It failed after the bank had booked it: %(amount)s are still to be taken back by the bank."
    ),
}
"""What does not add up about a payout, with the amount."""

CARD_REFUSALS: Final[Mapping[str, Promise]] = {
    "not_secured": gettext_lazy(
        "No card secures the order; it stands on the buyer's credit already."
    ),
    "card_busy": gettext_lazy(
        "The provider is being told something about the order's card. Try again in a minute."
    ),
    "line_settled": gettext_lazy(
        "The line is something else in the books already. Take that back first, or choose another line."
    ),
    "payout_differs": gettext_lazy(
        "The line is not of the payout's amount. Say that it is it all the same, or choose another."
    ),
}
"""What a flow about cards refuses."""


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


def parts_text(kind: str) -> str:
    """What the parts of one kind of a payout are."""
    return str(PART_KINDS.get(kind, kind))


def part_text(kind: str) -> str:
    """What one part of a payout is."""
    return str(PARTS.get(kind, kind))


def finding_text(code: str, amount: str) -> str:
    """What does not add up about a payout, by how much as the reader writes it."""
    return str(FINDINGS.get(code, code)) % {"amount": amount}
