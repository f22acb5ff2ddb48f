"""Mail goes through an outbox: written with what it tells of, sent by a job once that is certain.

A message is sent at least once; its message-id stays the same, so that a mailbox can tell.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings

from usance.flows.dunning import rechecks
from usance.gateways.errors import CounterpartError
from usance.gateways.mail import Enclosure, Letter, Mail, MailSender, render_html, render_text
from usance.gateways.mail.smtp import is_configured
from usance.records.events import mails
from usance.records.events.models import OutgoingMail
from usance.records.events.secrets import SecretUnreadable, decrypt, encrypt
from usance.records.identity import new_id
from usance.records.parties.models import Seller
from usance.rules.retries import next_attempt

NOT_CONFIGURED: Final = "mail_not_configured"
EXPIRED: Final = "expired"
OVERTAKEN: Final = "overtaken"
"""What the message was about is paid, or in dispute, since it was written."""
LEASE: Final = timedelta(minutes=2)
"""How long one worker has a message to itself; one that breaks down leaves it to others then."""


def queue_mail(
    seller: Seller,
    letter: Letter,
    *,
    kind: str,
    to: str,
    object_type: str,
    object_id: UUID,
    at: datetime,
    expires_at: datetime | None = None,
    reply_to: str = "",
    enclosures: Sequence[Enclosure] = (),
) -> OutgoingMail:
    """Have ``letter`` sent with ``enclosures`` once the caller's transaction is committed.

    Without a mail server nothing can be sent: the message is kept without its content, so that the
    office can show that it was not.
    """
    row = written_mail(
        seller,
        letter,
        kind=kind,
        to=to,
        object_type=object_type,
        object_id=object_id,
        at=at,
        expires_at=expires_at,
        reply_to=reply_to,
        enclosures=enclosures,
    )
    row.save(force_insert=True)
    return row


def queue_written(rows: Sequence[OutgoingMail]) -> None:
    """Have many mails sent, each as :func:`written_mail` made it, in one statement."""
    mails.add_mails(rows)


def written_mail(
    seller: Seller,
    letter: Letter,
    *,
    kind: str,
    to: str,
    object_type: str,
    object_id: UUID,
    at: datetime,
    expires_at: datetime | None = None,
    reply_to: str = "",
    enclosures: Sequence[Enclosure] = (),
) -> OutgoingMail:
    """The mail that :func:`queue_mail` would queue; it is not queued yet."""
    id_ = new_id()
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    message = Mail(
        to=to,
        subject=letter.subject,
        text=render_text(letter),
        html=render_html(letter),
        message_id=f"{id_.hex}@{domain}",
        from_name=letter.sender,
        reply_to=reply_to,
        language=letter.language,
        enclosures=tuple(enclosures),
    )
    works = is_configured()
    return OutgoingMail(
        id=id_,
        seller=seller,
        created_at=at,
        kind=kind,
        object_type=object_type,
        object_id=object_id,
        recipient=to,
        content=encrypt(_kept(message)) if works else "",
        message_id=message.message_id,
        due_at=at if works else None,
        expires_at=expires_at,
        last_error="" if works else NOT_CONFIGURED,
    )


def due(*, at: datetime, limit: int = 200) -> list[tuple[UUID, UUID]]:
    """(seller, message) of every message to be sent now."""
    return mails.due_mails(at=at, limit=limit)


def send_mail(
    *, seller_id: UUID, mail_id: UUID, sender: MailSender, at: datetime, chance: float
) -> datetime | None:
    """Send one message; when to try again if it was not taken, None if that is all.

    No transaction is open while the server is asked. ``chance`` is a random number from 0 to 1.
    """
    row = mails.mail(seller_id=seller_id, mail_id=mail_id)
    if row is None or not mails.take_mail(row, at=at, until=at + LEASE):
        return None
    if row.expires_at is not None and row.expires_at <= at:
        mails.change_mail(row, due_at=None, content="", last_error=EXPIRED)
        return None
    if row.kind == rechecks.KIND and not rechecks.still_wanted(
        seller_id=seller_id, message_id=row.object_id, at=at
    ):
        mails.change_mail(row, due_at=None, content="", last_error=OVERTAKEN)
        return None
    try:
        sender.send(_read(decrypt(row.content)))
    except SecretUnreadable as error:
        mails.change_mail(row, due_at=None, last_error=error.code)
        return None
    except CounterpartError as error:
        return _failed(row, error, at=at, chance=chance)
    mails.change_mail(
        row, due_at=None, content="", sent_at=at, attempts=row.attempts + 1, last_error=""
    )
    return None


def _kept(message: Mail) -> str:
    """The message as text; files in Base64."""
    files = [
        asdict(one) | {"content": base64.b64encode(one.content).decode()}
        for one in message.enclosures
    ]
    return json.dumps(asdict(message) | {"enclosures": files})


def _read(kept: str) -> Mail:
    values = json.loads(kept)
    files = [
        Enclosure(**one | {"content": base64.b64decode(one["content"])})
        for one in values.pop("enclosures", ())
    ]
    return Mail(**values, enclosures=tuple(files))


def _failed(
    row: OutgoingMail, error: CounterpartError, *, at: datetime, chance: float
) -> datetime | None:
    attempts = row.attempts + 1
    again = next_attempt(attempts, at=at, chance=chance) if error.retryable else None
    if again is not None and row.expires_at is not None and again >= row.expires_at:
        again = None
    mails.change_mail(
        row,
        attempts=attempts,
        due_at=again,
        content=row.content if again else "",
        last_error=f"{error.code}: {error.detail or ''}"[:200],
    )
    return again
