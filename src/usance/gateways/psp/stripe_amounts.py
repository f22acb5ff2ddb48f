"""Amounts as Stripe counts them, which for a few currencies is not as ISO 4217 does."""

from __future__ import annotations

from typing import Final

from usance.gateways.errors import NotCovered

_TIMES: Final = {"ISK": 100, "UGX": 100}
"""Without a minor unit in ISO 4217, with two decimals at Stripe."""
_BY: Final = {"MGA": 100}
"""With a minor unit in ISO 4217, without one at Stripe."""
_ROUND: Final = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
"""Three decimals, of which the networks take two: the last has to be zero."""


def to_stripe(amount: int, *, currency: str) -> int:
    """``amount`` minor units as Stripe wants them. Raises NotCovered for what it cannot say."""
    step = _BY.get(currency, 10 if currency in _ROUND else 1)
    if amount % step:
        raise NotCovered(
            f"Stripe takes {currency} in steps of {step} minor units; {amount} is none. Round it, or"
            " have it paid by transfer.",
            counterpart="Stripe",
            detail=currency,
        )
    return amount * _TIMES.get(currency, 1) // _BY.get(currency, 1)


def from_stripe(amount: int, *, currency: str) -> int:
    """Minor units of ISO 4217 for an ``amount`` that Stripe tells."""
    return amount * _BY.get(currency, 1) // _TIMES.get(currency, 1)
