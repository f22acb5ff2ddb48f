"""Secrets at rest: encrypted with the installation's keys, so that a copied table tells nothing."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SecretUnreadable(Exception):
    """No key of this installation opens the secret. Put the key it was written with back into
    USANCE_ENCRYPTION_KEYS, or rotate the secret."""

    code = "secret_unreadable"


def encrypt(text: str) -> str:
    """``text`` under the newest key."""
    return _keys().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """What :func:`encrypt` was given, under whichever key. Raises SecretUnreadable."""
    try:
        return _keys().decrypt(token).decode()
    except InvalidToken:
        raise SecretUnreadable(" ".join((SecretUnreadable.__doc__ or "").split())) from None


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])
