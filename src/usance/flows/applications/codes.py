"""A person proves its address: a code is sent to it, and typed into the form."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from usance.flows.applications import letters
from usance.flows.applications.handling import APPLICANT, UNDECIDED, locked, tell
from usance.flows.applications.refusals import TooManyRequests, WrongCode
from usance.flows.refusals import Refused
from usance.gateways.mail.smtp import is_configured
from usance.records.applications import actions, queries
from usance.records.applications.models import Application, Code
from usance.records.parties.models import Seller
from usance.rules.applications.codes import DIGITS, LASTS, MOST_TRIES, wait_until


class MailNotConfigured(Refused):
    """This installation has no mail server, so no code can be sent. The application can be sent
    without one; the seller sees that the address is not proved."""

    code = "mail_not_configured"


@transaction.atomic
def send_code(seller: Seller, *, application_id: UUID, at: datetime) -> Code:
    """Send a fresh code to the applicant's address; the ones before it end.

    Raises NotFound, WrongState, MailNotConfigured or TooManyRequests.
    """
    application = locked(seller, application_id, states=("draft", *UNDECIDED))
    if not is_configured():
        raise MailNotConfigured(" ".join((MailNotConfigured.__doc__ or "").split()))
    sent = queries.codes_sent(
        seller_id=seller.id, email=application.contact_email, since=at - timedelta(days=1)
    )
    until = wait_until(sent, at=at)
    if until is not None:
        raise TooManyRequests(
            "A code was sent to this address a moment ago. Look into the mailbox, spam included,"
            " or ask for another later.",
            until=until,
        )
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    code = Code.objects.create(
        seller=seller,
        application=application,
        created_at=at,
        email=application.contact_email,
        digest=_digest(application, digits),
        expires_at=at + LASTS,
    )
    letters.send_code(seller, application, digits=digits, at=at, expires_at=code.expires_at)
    return code


def verify_code(seller: Seller, *, application_id: UUID, digits: str, at: datetime) -> Application:
    """Take the address for proved if ``digits`` are those of the latest code.

    A wrong try is counted, and stays counted. Raises NotFound, WrongState or WrongCode.
    """
    application, left = _try(seller, application_id, digits, at=at)
    if application is None:
        raise WrongCode(
            f"This is not the code, or it has run out. {left} tries are left; ask for a new code."
            if left
            else "This code is of no use any more. Ask for a new one.",
            tries_left=left,
        )
    return application


@transaction.atomic
def _try(
    seller: Seller, application_id: UUID, digits: str, *, at: datetime
) -> tuple[Application | None, int]:
    """The application if the code was right; else None and the tries left. Both are committed."""
    application = locked(seller, application_id, states=("draft", *UNDECIDED))
    if application.email_verified_at is not None:
        return application, 0
    code = actions.lock_latest_code(seller_id=seller.id, application_id=application.id)
    usable = (
        code is not None
        and code.used_at is None
        and code.attempts < MOST_TRIES
        and code.expires_at > at
        and code.email == application.contact_email
    )
    if code is None or not usable:
        return None, 0
    wanted = "".join(character for character in digits if character.isdigit())
    if not hmac.compare_digest(_digest(application, wanted), bytes(code.digest)):
        actions.change(code, attempts=code.attempts + 1)
        return None, MOST_TRIES - code.attempts
    actions.change(code, used_at=at)
    actions.change(application, email_verified_at=at)
    tell(seller, "application.email_verified", application=application, at=at, by=APPLICANT)
    return application, 0


def _digest(application: Application, digits: str) -> bytes:
    """SHA-256 of the code with the application it belongs to."""
    return hashlib.sha256(application.id.bytes + digits.encode()).digest()
