"""Delivery status notifications: what a mail server says of a message that it could not deliver.

RFC 3461 to 3464: a ``multipart/report`` with a part ``message/delivery-status`` (fields of the message,
then of each recipient) and the message, or its headers, that it is about.
"""

from __future__ import annotations

import email
import re
from dataclasses import dataclass
from email.message import Message
from typing import Final

from usance.formats.errors import FormatError, refuse_too_large

_LONGEST: Final = 500
_MOST_RECIPIENTS: Final = 200


@dataclass(frozen=True, slots=True)
class RecipientStatus:
    """What became of the message for one recipient.

    ``action`` is failed, delayed, delivered, relayed or expanded (RFC 3464, 2.3.3); ``status`` a code
    such as 5.1.1 (RFC 3463); ``diagnostic`` the server's own words.
    """

    recipient: str
    action: str
    status: str
    diagnostic: str


@dataclass(frozen=True, slots=True)
class StatusNotification:
    """A notification. ``message_id`` is that of the message it is about, without angle brackets;
    empty where the server did not give it back."""

    message_id: str
    recipients: tuple[RecipientStatus, ...]


def parse(data: bytes) -> StatusNotification:
    """The notification in the message ``data``.

    Raises FormatError: ``not_a_bounce`` for any other message, ``too_large``.
    """
    refuse_too_large(data)
    try:
        return _parsed(email.message_from_bytes(data))
    except RecursionError:
        raise FormatError(
            "The message has parts within parts without end; no mail server writes such a one.",
            code="not_a_bounce",
        ) from None


def _parsed(message: Message) -> StatusNotification:
    status = _part(message, "message/delivery-status")
    if status is None:
        raise FormatError(
            "The message holds no delivery status (RFC 3464); save the whole message that the mail"
            " server returned, with its parts.",
            code="not_a_bounce",
        )
    payload = status.get_payload()
    blocks = payload[: _MOST_RECIPIENTS + 1] if isinstance(payload, list) else []
    found = [_recipient(block) for block in blocks if isinstance(block, Message)]
    recipients = tuple(one for one in found if one is not None)
    if not recipients:
        raise FormatError(
            "The delivery status names no recipient; save the whole message that the mail server"
            " returned.",
            code="not_a_bounce",
        )
    return StatusNotification(_original_id(message), recipients)


def _part(message: Message, kind: str) -> Message | None:
    return next((part for part in message.walk() if part.get_content_type() == kind), None)


def _recipient(block: Message) -> RecipientStatus | None:
    """The fields of one recipient; None for the block about the message as a whole."""
    final = _typed(block, "Final-Recipient") or _typed(block, "Original-Recipient")
    if not final:
        return None
    return RecipientStatus(
        recipient=final,
        action=_plain(block.get("Action", "")).lower(),
        status=_plain(block.get("Status", "")).partition(" ")[0],
        diagnostic=_typed(block, "Diagnostic-Code"),
    )


def _typed(block: Message, name: str) -> str:
    """The value of a field written ``type; value``."""
    before, semicolon, after = _plain(block.get(name, "")).partition(";")
    return after.strip() if semicolon else before


def _original_id(message: Message) -> str:
    whole = _part(message, "message/rfc822")
    inner = whole.get_payload() if whole is not None else None
    if isinstance(inner, list) and inner and isinstance(inner[0], Message):
        return _id(_plain(inner[0].get("Message-ID", "")))
    headers = _part(message, "text/rfc822-headers")
    if headers is not None:
        content = headers.get_payload(decode=True)
        if isinstance(content, bytes):
            return _id(_plain(email.message_from_bytes(content).get("Message-ID", "")))
    return _id(_plain(message.get("In-Reply-To", "")))


def _id(text: str) -> str:
    found = re.search(r"<([^<>\s]+)>", text)
    return found[1] if found else ""


def _plain(value: object) -> str:
    """A field on one line, without what cannot be printed."""
    text = "".join(c if c.isprintable() else " " for c in str(value))
    return " ".join(text.split())[:_LONGEST]
