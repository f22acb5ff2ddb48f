"""What a message is, and what a carrier of messages promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from usance.gateways.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that a message brings along. ``file_name`` is plain ASCII without a path."""

    file_name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One message to one address, as text and as HTML, with files.

    ``message_id`` (RFC 5322, 3.6.4, without angle brackets) is the sender's own and stays the same
    however often the message is tried, so that a receiver can tell a repetition.
    """

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    from_name: str = ""
    reply_to: str = ""
    language: str = "en"
    enclosures: tuple[Enclosure, ...] = ()


class RecipientRefused(Refused):
    """There is no such mailbox, or it takes nothing from us."""

    code = "recipient_refused"


class MailSender(Protocol):
    """Carries messages. ``source`` names the carrier."""

    source: str

    def send(self, mail: Mail) -> None:
        """Hand ``mail`` over. Raises Unavailable where trying again may help, Refused where the
        receiver's server will not take it."""
        ...
