"""Stripe's words for why a card was declined, and ours."""

from __future__ import annotations

from typing import Final

from usance.rules.cards import DeclineReason

_REASONS: Final[dict[DeclineReason, str]] = {
    "insufficient_funds": "insufficient_funds",
    "limit_reached": "card_velocity_exceeded withdrawal_count_limit_exceeded"
    " amount_too_large charge_exceeds_source_limit",
    "try_later": "try_again_later processing_error issuer_not_available reenter_transaction"
    " approve_with_id lock_timeout",
    "authentication_required": "authentication_required authentication_not_handled"
    " payment_intent_authentication_failure online_or_offline_pin_required",
    "expired_card": "expired_card invalid_expiry_month invalid_expiry_year",
    "wrong_details": "incorrect_number invalid_number incorrect_cvc invalid_cvc incorrect_zip"
    " incorrect_address invalid_account new_account_information_available",
    "not_supported": "card_not_supported currency_not_supported transaction_not_allowed"
    " service_not_allowed not_permitted restricted_card invalid_amount testmode_decline",
    "lost_or_stolen": "lost_card stolen_card pickup_card",
    "consent_revoked": "stop_payment_order revocation_of_authorization"
    " revocation_of_all_authorizations",
    "suspected_fraud": "fraudulent merchant_blacklist security_violation",
}
_BY_CODE: Final = {code: reason for reason, codes in _REASONS.items() for code in codes.split()}


def reason_of(*codes: str | None) -> DeclineReason:
    """Our reason for the first of Stripe's ``codes`` that says something; issuers often do not."""
    for code in codes:
        if code in _BY_CODE:
            return _BY_CODE[code]
    return "do_not_honor"
