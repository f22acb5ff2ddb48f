"""Mail by SMTP, with the server that the operator has set (``USANCE_EMAIL_HOST``)."""

from __future__ import annotations

import smtplib
from email.encoders import encode_base64
from email.mime.base import MIMEBase
from email.utils import formataddr, parseaddr
from typing import Final

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives, get_connection

from usance.gateways.errors import Refused, Unavailable
from usance.gateways.mail.sender import Enclosure, Mail, RecipientRefused

TIMEOUT: Final = 20
"""Seconds for each step with the server."""


def is_configured() -> bool:
    """Whether there is a server that carries mail."""
    return bool(settings.EMAIL_HOST)


class SmtpMail:
    """Sends through Django's SMTP connection, one message a connection."""

    source = "smtp"

    def send(self, mail: Mail) -> None:
        """Hand ``mail`` to the server."""
        message = EmailMultiAlternatives(
            subject=" ".join(mail.subject.split()),
            body=mail.text,
            from_email=_from(mail.from_name),
            to=[mail.to],
            reply_to=[mail.reply_to] if mail.reply_to else None,
            headers={
                "Message-ID": f"<{mail.message_id}>",
                "Auto-Submitted": "auto-generated",  # RFC 3834, 5: no out-of-office replies
                "Content-Language": mail.language,
            },
        )
        message.attach_alternative(mail.html, "text/html")
        for enclosure in mail.enclosures:
            # As bytes: XML must arrive as it was written, whatever its line ends.
            message.attach(_part(enclosure))
        connection = get_connection(
            "django.core.mail.backends.smtp.EmailBackend", timeout=TIMEOUT, fail_silently=False
        )
        try:
            connection.send_messages([message])
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
            raise _answered(error) from None
        except BadHeaderError as error:
            raise Refused(
                "The message has a line end where none may be; look at the seller's name and address.",
                counterpart="mail server",
                detail=str(error)[:160],
            ) from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            # ValueError: certificates that cannot be read, addresses that cannot be written.
            raise Unavailable(
                "The mail server cannot be reached or broke off; it is tried again.",
                counterpart="mail server",
                detail=type(error).__name__,
            ) from None


def _part(enclosure: Enclosure) -> MIMEBase:
    """The file as a part of its own, in base64 (RFC 2045, 6.8; RFC 2183)."""
    main, _, sub = enclosure.media_type.partition("/")
    part = MIMEBase(main, sub)
    part.set_payload(enclosure.content)
    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=enclosure.file_name)
    return part


def _from(name: str) -> str:
    """The seller's name before the installation's own address: mail of another domain would not
    pass its checks (RFC 7489)."""
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    line = " ".join(name.split())  # a header has no line ends of its own
    return formataddr((line, address)) if line else settings.DEFAULT_FROM_EMAIL


def _answered(
    error: smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException,
) -> Unavailable | Refused:
    """What the server's reply code means (RFC 5321, 4.2.1: 4yz may pass later, 5yz will not)."""
    code, text = _reply(error)
    detail = f"SMTP {code} {_words(text)}".strip()
    if isinstance(error, smtplib.SMTPAuthenticationError):
        # Somebody changed the password: what waits goes out once it is set right.
        return Unavailable(
            "The mail server does not accept the user and password; the operator has to set them.",
            counterpart="mail server",
            detail=detail,
        )
    if not 500 <= code < 600:
        return Unavailable(
            "The mail server cannot take the message now.",
            counterpart="mail server",
            detail=detail,
        )
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return RecipientRefused(
            "The mail server does not take mail for the address; look at how it is written.",
            counterpart="mail server",
            detail=detail,
        )
    return Refused(
        "The mail server does not take the message; look at the address and at the sender's.",
        counterpart="mail server",
        detail=detail,
    )


def _reply(
    error: smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException,
) -> tuple[int, bytes | str]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        replies = list(error.recipients.values())
        return replies[0] if replies else (0, b"")
    return error.smtp_code, error.smtp_error


def _words(text: bytes | str) -> str:
    """The server's own words on one line, such as ``5.1.1 no such user``."""
    whole = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join("".join(c if c.isprintable() else " " for c in whole).split())[:160]
