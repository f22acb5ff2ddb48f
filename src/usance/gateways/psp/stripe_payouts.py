"""Stripe's payouts, and the balance transactions that each is made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from usance.gateways.json_answers import Document
from usance.gateways.psp.provider import Payout, PayoutPart, PayoutPartKind
from usance.gateways.psp.stripe_amounts import from_stripe
from usance.gateways.psp.stripe_answers import expanded, reference_of

_KINDS: Final[dict[str, PayoutPartKind]] = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund",
    "payment_failure_refund": "refund",
    "stripe_fee": "fee",
    "stripe_fx_fee": "fee",
    "tax_fee": "fee",
    "application_fee": "fee",
}
_PAYOUTS: Final = frozenset({"payout", "payout_failure", "payout_cancel"})
"""Balance transactions that are a payout, or the undoing of one, and no payment of a card."""
_USUAL_MARK: Final = "STRIPE"
"""What stands on statements of the bank where the account has no descriptor of its own."""


def payout(it: Document, moved: Sequence[Document]) -> Payout:
    """A payout and its balance transactions, their sources expanded."""
    currency = it.required_text("currency").upper()
    arrives = it.number("arrival_date")
    if arrives is None:
        it.refuse("arrival_date", "a moment")
    reference = it.required_text("id")
    trace = it.child("trace_id").text("value") or ""
    own = it.text("statement_descriptor") or ""
    state = it.text("status") or ""
    return Payout(
        reference=reference,
        state="failed" if state in ("failed", "canceled") else "announced",
        amount=_amount(it, "amount", currency=currency),
        currency=currency,
        # Stripe gives the day as its midnight in UTC.
        arrives_on=datetime.fromtimestamp(int(arrives), tz=UTC).date(),
        names=tuple(name for name in (reference, trace) if name),
        marks=tuple(dict.fromkeys(mark for mark in (own, _USUAL_MARK) if mark)),
        parts=tuple(
            made for one in moved if (made := part(one, currency=currency)).payout != reference
        ),
    )


def part(it: Document, *, currency: str) -> PayoutPart:
    """A balance transaction; its source says of which card payment, and in which currency that was."""
    source = expanded(it, "source")
    type_ = it.text("type") or ""
    is_dispute = source.text("object") == "dispute"
    kind: PayoutPartKind = "dispute" if is_dispute else _KINDS.get(type_, "other")
    if type_ in _PAYOUTS:
        kind = "payout"
    own_currency = (source.text("currency") or "").upper()
    amount = _amount(it, "amount", currency=currency)
    own_amount = None
    if own_currency and own_currency != currency and kind in ("charge", "refund", "dispute"):
        name = "amount_captured" if "amount_captured" in source else "amount"
        size = abs(_amount(source, name, currency=own_currency))
        own_amount = size if amount >= 0 else -size
    return PayoutPart(
        reference=it.required_text("id"),
        kind=kind,
        amount=amount,
        fee=_amount(it, "fee", currency=currency),
        authorization=reference_of(source, "payment_intent"),
        dispute=source.required_text("id") if is_dispute else "",
        payout=reference_of(it, "source") if kind == "payout" else "",
        own_amount=own_amount,
        own_currency=own_currency if own_amount is not None else "",
    )


def _amount(it: Document, name: str, *, currency: str) -> int:
    """An amount that may be negative, in minor units of ISO 4217. Raises Malformed."""
    value = it.number(name)
    if value is None or value != int(value):
        it.refuse(name, "an amount")
    size = from_stripe(abs(int(value)), currency=currency)
    return size if value >= 0 else -size
