"""Stripe's webhooks: whose they are, and what they are about.

The header ``Stripe-Signature`` has the moment of sending and HMAC-SHA256 signatures over moment and
body (scheme v1); while a secret is rolled there are two. A notice older than five minutes may be a
recorded one sent again; one that comes twice in time has the same id.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from usance.gateways.errors import Malformed
from usance.gateways.json_answers import Document
from usance.gateways.psp.provider import Dispute, DisputeState, Forged, Notice, NoticeKind
from usance.gateways.psp.stripe_amounts import from_stripe
from usance.gateways.psp.stripe_answers import amount_of, moment, reference_of

TOLERANCE: Final = timedelta(minutes=5)
LARGEST_NOTICE: Final = 512 * 1024
_SESSIONS: Final = ("checkout.session", "setup_intent")


def signed_at(header: str, body: bytes, *, secret: str) -> datetime:
    """When the notice was sent. Raises Forged unless one of the signatures is right."""
    moments: list[str] = []
    signatures: list[str] = []
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        if name == "t":
            moments.append(value)
        elif name == "v1":
            signatures.append(value)
    if len(moments) != 1 or not moments[0].isascii() or not moments[0].isdigit():
        raise _forged("has no moment in its signature")
    right = hmac.new(secret.encode(), moments[0].encode() + b"." + body, hashlib.sha256).hexdigest()
    # Every signature is looked at, so that the time taken tells nothing.
    found = [hmac.compare_digest(right.encode(), one.encode()) for one in signatures]
    if not secret or not any(found):
        raise _forged("is not signed with the secret of this connection")
    try:
        return datetime.fromtimestamp(int(moments[0]), tz=UTC)
    except (ValueError, OverflowError, OSError):
        raise _forged("has no moment in its signature") from None


def read(body: bytes, headers: Mapping[str, str], *, secret: str, at: datetime) -> Notice:
    """The event in ``body``. Raises Forged or Malformed."""
    if len(body) > LARGEST_NOTICE:
        raise _forged("is larger than any notice")
    header = next((v for k, v in headers.items() if k.lower() == "stripe-signature"), "")
    sent_at = signed_at(header, body, secret=secret)
    if abs(at - sent_at) > TOLERANCE:
        raise _forged("was sent too long ago, or the clock of this server is wrong")
    event = _document(body)
    type_ = event.required_text("type")
    about = event.child("data").child("object")
    kind, reference = _subject(type_, about)
    return Notice(
        id=event.required_text("id"),
        kind=kind,
        type=type_,
        reference=reference,
        sent_at=moment(event, "created") or sent_at,
        dispute=_dispute(about) if kind == "dispute" else None,
    )


def _document(body: bytes) -> Document:
    try:
        value = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError, ArithmeticError):
        value = None
    if not isinstance(value, dict):
        raise Malformed(
            "Stripe sent a notice that is not a JSON object.", counterpart="Stripe", detail="body"
        )
    return Document(value, counterpart="Stripe")


def _subject(type_: str, about: Document) -> tuple[NoticeKind, str]:
    """What an event is about, and the reference to ask for."""
    if type_.startswith("charge.dispute."):
        # Of an inquiry no money was taken.
        inquiry = (about.text("status") or "").startswith("warning_")
        return ("other", "") if inquiry else ("dispute", about.required_text("id"))
    if type_.startswith(_SESSIONS):
        return "session", about.required_text("id")
    if type_.startswith("payment_intent."):
        return "authorization", about.required_text("id")
    if type_.startswith("payout."):
        return "payout", about.required_text("id")
    if type_.startswith(("charge.", "refund.")):
        intent = reference_of(about, "payment_intent")
        return ("authorization", intent) if intent else ("other", "")
    return "other", ""


def _dispute(about: Document) -> Dispute:
    currency = about.required_text("currency").upper()
    states: dict[str, DisputeState] = {"lost": "lost", "won": "won"}
    moved = about.children("balance_transactions") or []
    fee = sum((one.number("fee") or Decimal(0) for one in moved), start=Decimal(0))
    return Dispute(
        reference=about.required_text("id"),
        authorization=reference_of(about, "payment_intent"),
        state=states.get(about.text("status") or "", "open"),
        amount=amount_of(about, "amount", currency=currency),
        currency=currency,
        reason=about.text("reason") or "",
        fee=from_stripe(int(max(fee, Decimal(0))), currency=currency),
    )


def _forged(what: str) -> Forged:
    return Forged(
        f"The notice {what}; it was not taken.", counterpart="Stripe", detail="stripe-signature"
    )
