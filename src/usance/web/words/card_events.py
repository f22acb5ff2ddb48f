"""What happens to cards, what they hold and what the provider pays out, as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from usance.web.words.telling import Telling

CARD_TELLINGS: Final[Mapping[str, Telling]] = {
    "card.consented": Telling(
        _("The card ending in %(last4)s is charged when invoices are due"), "calendar", "info"
    ),
    "card.consent_withdrawn": Telling(
        _("The card ending in %(last4)s is not charged at due dates any more"), "ban"
    ),
    "card.forgotten": Telling(_("The card ending in %(last4)s was forgotten"), "trash"),
    "card_page.wanted": Telling(_("The buyer was sent to the provider of payments"), "external"),
    "card_page.completed": Telling(_("The buyer has typed its card"), "check", "positive"),
    "card_page.expired": Telling(_("The page for the card was left unused"), "clock"),
    "card_authorization.requested": Telling(_("A card is asked for %(amount)s"), "clock", "info"),
    "card_authorization.authorized": Telling(
        _("A card holds %(authorized)s"), "shield", "positive"
    ),
    "card_authorization.captured": Telling(
        _("%(captured)s were taken from a card"), "check-circle", "positive"
    ),
    "card_authorization.voided": Telling(_("What a card held was let go"), "ban"),
    "card_authorization.expired": Telling(_("What a card held ran out"), "calendar", "caution"),
    "card_authorization.declined": Telling(
        _("A card was declined for %(amount)s"), "cross-circle", "negative"
    ),
    "card_authorization.changed": Telling(
        _("Of %(captured)s taken from a card %(refunded)s went back"), "return"
    ),
    "card_authorization.refund_failed": Telling(
        _("Of what was given back to a card %(refund_failed)s did not arrive"), "return", "caution"
    ),
    "card_authorization.paid_twice": Telling(
        _("%(amount)s went to a card twice: claim it from the buyer"), "alert", "negative"
    ),
    "order.card_released": Telling(
        _("Released from its card: %(amount)s stand on the buyer's credit"), "shield", "caution"
    ),
    "card_payout.announced": Telling(_("The provider sends %(amount)s"), "clock", "info"),
    "card_payout.booked": Telling(
        _("The bank has booked the provider's %(amount)s"), "check-circle", "positive"
    ),
    "card_payout.failed": Telling(
        _("The provider could not send %(amount)s"), "cross-circle", "negative"
    ),
    "card_payout.returned": Telling(_("The provider's %(amount)s went back"), "return", "caution"),
}
