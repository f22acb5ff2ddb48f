"""Payment providers: cards taken, held, captured and given back, behind one protocol."""

from usance.gateways.psp.provider import (
    Authorization,
    CannotIncrease,
    CardToken,
    Decline,
    Dispute,
    Forged,
    Notice,
    Page,
    PageWanted,
    PaymentProvider,
    PaymentRefund,
    Payout,
    PayoutPart,
)

__all__ = [
    "Authorization",
    "CannotIncrease",
    "CardToken",
    "Decline",
    "Dispute",
    "Forged",
    "Notice",
    "Page",
    "PageWanted",
    "PaymentProvider",
    "PaymentRefund",
    "Payout",
    "PayoutPart",
]
