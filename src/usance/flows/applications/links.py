"""The secret link by which an applicant comes back to its application.

The secret is 256 bits derived from the installation's keys and the application's id, so that mails
can carry it again; the database has its SHA-256 only, which alone decides whether a link is good.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import UUID

from django.conf import settings

from usance.records.applications.models import Application
from usance.records.parties.models import Seller

_PURPOSE = b"usance application link 1"


def new_secret(application_id: UUID) -> str:
    """The secret of a new application, 43 characters fit for an address."""
    return _derived(application_id, str(settings.ENCRYPTION_KEYS[0]))


def digest_of(secret: str) -> bytes:
    """What is kept of a secret. It has 256 bits, so one round of SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).digest()


def secret_of(application: Application) -> str | None:
    """The secret of ``application`` once more; None if the key it came from is gone."""
    kept = bytes(application.secret)
    for key in settings.ENCRYPTION_KEYS:
        secret = _derived(application.id, str(key))
        if hmac.compare_digest(digest_of(secret), kept):
            return secret
    return None


def link_to(seller: Seller, application: Application) -> str:
    """The address of the application's page; the way to a new link where its own is not known."""
    base = f"{settings.PUBLIC_URL or application.site}".rstrip("/")
    secret = secret_of(application)
    return f"{base}/apply/{seller.handle}/{secret or 'link'}"


def _derived(application_id: UUID, key: str) -> str:
    digest = hmac.new(key.encode(), _PURPOSE + application_id.bytes, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
