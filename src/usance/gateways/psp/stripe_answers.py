"""What Stripe answers, read into the words of the protocol.

Objects of version 2023-08-16. What later versions add about authorizations (how long they hold, and
whether they may be raised) is read where it is there.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from usance.gateways.errors import Malformed
from usance.gateways.exchange import Reply
from usance.gateways.json_answers import Document, read_document
from usance.gateways.psp.provider import (
    Authorization,
    AuthorizationState,
    CardToken,
    Decline,
    Page,
    PaymentRefund,
)
from usance.gateways.psp.stripe_amounts import from_stripe
from usance.gateways.psp.stripe_declines import reason_of

OWN_REFERENCE: Final = "usance"
"""The member of ``metadata`` that carries our name for an object."""
_LONGEST_WORDS: Final = 500

_STATES: Final[dict[str, AuthorizationState]] = {
    "requires_payment_method": "pending",
    "requires_confirmation": "pending",
    "requires_action": "action_required",
    "processing": "pending",
    "requires_capture": "authorized",
    "canceled": "voided",
    "succeeded": "captured",
}


def payment_intent(it: Document) -> Authorization:
    """A payment intent, its latest charge expanded or not."""
    status = it.required_text("status")
    state = _STATES.get(status)
    if state is None:
        it.refuse("status", "a status that is known")
    currency = it.required_text("currency").upper()
    charge = expanded(it, "latest_charge")
    failure = it.child("last_payment_error")
    decline = None
    if status == "requires_payment_method" and failure.names():
        state, decline = "declined", decline_of(failure)
    amount = amount_of(it, "amount", currency=currency)
    received = _optional(it, "amount_received", currency=currency)
    capturable = _optional(it, "amount_capturable", currency=currency)
    if received is None:  # an older answer, which leaves it to the charge
        received = _optional(charge, "amount", currency=currency) if state == "captured" else 0
    if capturable is None:
        capturable = amount if state == "authorized" else 0
    card = expanded(charge, "payment_method_details").child("card")
    return Authorization(
        reference=it.required_text("id"),
        state=state,
        currency=currency,
        authorized=amount,
        captured=received or 0,
        refunded=_optional(charge, "amount_refunded", currency=currency) or 0,
        capturable=capturable,
        expires_at=moment(card, "capture_before"),
        can_increase=_can_increase(card) if state == "authorized" else None,
        decline=decline,
        card=_card_of_intent(it),
        own_reference=it.child("metadata").text(OWN_REFERENCE) or "",
    )


def _can_increase(card: Document) -> bool | None:
    """Whether the network lets the amount be raised; None where the answer does not say."""
    if "incremental_authorization" not in card:
        return None
    return card.child("incremental_authorization").text("status") == "available"


def _card_of_intent(it: Document) -> CardToken | None:
    method = expanded(it, "payment_method")
    return card_token(method) if "card" in method else None


def card_token(method: Document) -> CardToken:
    """A payment method that is a card."""
    card = method.child("card")
    year, month = card.number("exp_year"), card.number("exp_month")
    return CardToken(
        reference=method.required_text("id"),
        payer=reference_of(method, "customer"),
        brand=card.text("brand") or "",
        last4=card.text("last4") or "",
        expires_year=None if year is None else int(year),
        expires_month=None if month is None else int(month),
    )


def checkout_session(it: Document) -> Page:
    """A session of Stripe's own page, its intents expanded."""
    status = it.text("status") or "open"
    if status not in ("open", "complete", "expired"):
        it.refuse("status", "open, complete or expired")
    setup, paid = expanded(it, "setup_intent"), expanded(it, "payment_intent")
    authorization = payment_intent(paid) if "status" in paid else None
    card = authorization.card if authorization else None
    if "payment_method" in setup:
        card = card_token(expanded(setup, "payment_method"))
    return Page(
        reference=it.required_text("id"),
        state="completed" if status == "complete" else "expired" if status == "expired" else "open",
        url=it.text("url") or "",
        expires_at=moment(it, "expires_at"),
        card=card,
        authorization=authorization,
    )


def setup_intent(it: Document) -> Page:
    """A setup intent: fields that the caller embeds, with the card once there is one."""
    status = it.required_text("status")
    method = expanded(it, "payment_method")
    done = status == "succeeded"
    return Page(
        reference=it.required_text("id"),
        state="completed" if done else "expired" if status == "canceled" else "open",
        secret="" if done else it.text("client_secret") or "",
        card=card_token(method) if done and "card" in method else None,
    )


def refund(it: Document) -> PaymentRefund:
    """A refund."""
    currency = it.required_text("currency").upper()
    status = it.text("status") or "pending"
    failed = status in ("failed", "canceled")
    return PaymentRefund(
        reference=it.required_text("id"),
        state="failed" if failed else "succeeded" if status == "succeeded" else "pending",
        amount=amount_of(it, "amount", currency=currency),
    )


def decline_of(error: Document) -> Decline:
    """Why a card was declined; ``error`` is what Stripe tells of it."""
    decline_code, code = error.text("decline_code"), error.text("code")
    return Decline(
        reason=reason_of(decline_code, code),
        network_code=decline_code or code or "",
        words=(error.text("message") or "")[:_LONGEST_WORDS],
    )


def declined(reply: Reply, *, currency: str, amount: int) -> Authorization:
    """The authorization that an answer with status 402 tells of."""
    error = read_document(reply).child("error")
    intent = error.child("payment_intent")
    return Authorization(
        reference=intent.text("id") or "",
        state="declined",
        currency=currency,
        authorized=amount,
        decline=decline_of(error),
        own_reference=intent.child("metadata").text(OWN_REFERENCE) or "",
    )


def expanded(it: Document, name: str) -> Document:
    """The object that a member holds; an empty one where it holds a bare id."""
    if it.shown(name) is not None:
        return Document({}, counterpart="Stripe", path=name)
    return it.child(name)


def reference_of(it: Document, name: str) -> str:
    """The id that a member holds, expanded or not."""
    return it.shown(name) or expanded(it, name).text("id") or ""


def moment(it: Document, name: str) -> datetime | None:
    """Seconds since 1970 as an instant. Raises Malformed for one that no calendar has."""
    seconds = it.number(name)
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(int(seconds), tz=UTC)
    except (ValueError, OverflowError, OSError):
        it.refuse(name, "a moment")


def _optional(it: Document, name: str, *, currency: str) -> int | None:
    value = it.number(name)
    if value is None:
        return None
    if value != int(value) or value < 0:
        it.refuse(name, "an amount")
    return from_stripe(int(value), currency=currency)


def amount_of(it: Document, name: str, *, currency: str) -> int:
    """An amount that must be there, in minor units of ISO 4217. Raises Malformed."""
    value = _optional(it, name, currency=currency)
    if value is None:
        raise Malformed(f"Stripe answered without {name}.", counterpart="Stripe", detail=name)
    return value
