"""Stripe's adapter as tests set it up."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.gateways.contracts.stripe import KEY
from usance.gateways.exchange import Patience
from usance.gateways.psp.stripe import Stripe

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SECRET = "whsec_not_to_be_seen"


def adapter(url: str, key: str = KEY, patience: Patience | None = None) -> Stripe:
    return Stripe(
        secret_key=key,
        webhook_secret=SECRET,
        base_url=url,
        private_network=True,
        patience=patience,
    )
