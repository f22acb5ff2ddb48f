"""A mail as a file (RFC 5322, MIME) taken apart: who wrote it, its text and what is attached."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr
from typing import Final

from usance.formats.errors import FormatError
from usance.formats.remittance import kept_text

LARGEST_MAIL: Final = 30 * 1024 * 1024
_MOST_PARTS: Final = 200
_LARGEST_BODY: Final = 2_000_000
_HEADERS: Final = re.compile(
    rb"\A(?:(?:[!-9;-~]{1,60}:[^\r\n]{0,2000}|[ \t][^\r\n]{0,2000})\r?\n){2,200}\r?\n"
)
_NAMES: Final = re.compile(rb"(?im)^(?:from|date|subject|mime-version|message-id|to):")
_MOST_BOUNDARIES: Final = 2_000


@dataclass(frozen=True, slots=True)
class Attached:
    """One attachment."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a mail holds. ``html`` and ``text`` are two forms of the same body."""

    sender_name: str
    sender_address: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attached, ...]


def looks_like(data: bytes) -> bool:
    """Whether ``data`` begins with the headers of a mail."""
    start = data[:65_536]
    head = _HEADERS.match(start)
    return head is not None and len(_NAMES.findall(head[0])) >= 2


def read(data: bytes) -> Letter:
    """Take a mail apart. Raises FormatError ``too_large``, ``too_many_parts`` or ``mail_unreadable``."""
    if len(data) > LARGEST_MAIL:
        raise FormatError(
            f"The mail has {len(data)} bytes; mails of up to {LARGEST_MAIL} bytes are read. Take its"
            " attachments singly.",
            code="too_large",
        )
    if data.lower().count(b"content-type:") > _MOST_BOUNDARIES:
        raise _too_many()
    try:
        message = BytesParser(policy=policy.default).parsebytes(data)
        assert isinstance(message, EmailMessage)
        return _letter(message)
    except FormatError:
        raise
    except Exception as error:  # noqa: BLE001  the parser fails in ways nobody listed
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise FormatError(
            f"The mail cannot be read ({reason}); save it again from the mailbox.",
            code="mail_unreadable",
        ) from None


def _letter(message: EmailMessage) -> Letter:
    name, address = parseaddr(str(message.get("from", ""))[:500])
    texts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    attached: list[Attached] = []
    for part in _parts(message):
        kind, file_name = part.get_content_type(), part.get_filename() or ""
        if kind in texts and not part.is_attachment() and not file_name:
            texts[kind].append(_text(part))
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and payload.strip():
            attached.append(Attached(kept_text(file_name), payload))
    return Letter(
        sender_name=kept_text(name),
        sender_address=kept_text(address),
        subject=kept_text(str(message.get("subject", ""))[:500]),
        text="\n".join(texts["text/plain"])[:_LARGEST_BODY],
        html="\n".join(texts["text/html"])[:_LARGEST_BODY],
        attachments=tuple(attached),
    )


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """The parts that hold something; of a forwarded mail, its own."""
    for count, part in enumerate(message.walk()):
        if count >= _MOST_PARTS:
            raise _too_many()
        if not part.is_multipart() and isinstance(part, EmailMessage):
            yield part


def _text(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    payload = payload[:_LARGEST_BODY]
    charset = part.get_content_charset() or "utf-8"
    try:
        return payload.decode(charset)
    except (LookupError, UnicodeError, ValueError):
        return payload.decode("cp1252", "replace")


def _too_many() -> FormatError:
    return FormatError(
        f"The mail has more than {_MOST_PARTS} parts; take its attachments singly.",
        code="too_many_parts",
    )
