"""Notices of a partner, signed as Standard Webhooks says (https://www.standardwebhooks.com).

``webhook-signature`` has HMAC-SHA256 signatures over ``id.timestamp.body``, in base64, one for each
secret while a secret is rolled. A notice that is older than five minutes may be a recorded one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from usance.gateways.errors import Malformed
from usance.gateways.funding.partner import Forged, Notice
from usance.gateways.json_answers import Document

LARGEST_NOTICE: Final = 64 * 1024
TOLERANCE: Final = timedelta(minutes=5)
_PREFIX: Final = "whsec_"


def sign(body: bytes, *, id_: str, at: datetime, secret: str) -> dict[str, str]:
    """The headers with which a partner sends ``body``. Raises ValueError for a secret that is none."""
    moment = str(int(at.timestamp()))
    return {
        "webhook-id": id_,
        "webhook-timestamp": moment,
        "webhook-signature": "v1," + _signature(body, id_=id_, moment=moment, key=_key(secret)),
    }


def read(body: bytes, headers: Mapping[str, str], *, secret: str, at: datetime) -> Notice:
    """The event in ``body``. Raises Forged or Malformed."""
    if len(body) > LARGEST_NOTICE:
        raise _forged("is larger than any notice")
    given = {name.lower(): value for name, value in headers.items()}
    id_, moment = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not id_ or len(id_) > 200 or not (moment.isascii() and moment.isdigit()):
        raise _forged("has no id or no moment in its headers")
    try:
        right = _signature(body, id_=id_, moment=moment, key=_key(secret))
        sent_at = datetime.fromtimestamp(int(moment[:12]), tz=UTC)
    except (ValueError, OverflowError, OSError):
        raise _forged("is not signed with the secret of this connection") from None
    signatures = given.get("webhook-signature", "").split()
    # Every signature is looked at, so that the time taken tells nothing.
    found = [hmac.compare_digest(f"v1,{right}".encode(), one.encode()) for one in signatures]
    if not any(found):
        raise _forged("is not signed with the secret of this connection")
    if abs(at - sent_at) > TOLERANCE:
        raise _forged("was sent too long ago, or the clock of this server is wrong")
    event = _document(body)
    about = event.child("data")
    return Notice(
        id=id_,
        type=event.required_text("type")[:80],
        reference=about.text("id") or "",
        own_reference=about.text("own_reference") or "",
        sent_at=sent_at,
    )


def _key(secret: str) -> bytes:
    """The bytes of a secret, written ``whsec_`` and base64."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("The secret is not base64.") from None
    if not key:
        raise ValueError("There is no secret.")
    return key


def _signature(body: bytes, *, id_: str, moment: str, key: bytes) -> str:
    signed = f"{id_}.{moment}.".encode() + body
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _document(body: bytes) -> Document:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Malformed(
            "The notice is not a JSON object.", counterpart="Funding partner", detail="notice"
        )
    return Document(value, counterpart="Funding partner")


def _forged(why: str) -> Forged:
    return Forged(f"The notice {why}.", counterpart="Funding partner", detail="webhook-signature")
