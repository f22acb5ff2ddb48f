"""The two secrets of an installation: the signing key and the encryption keys.

Both come from the environment. Where neither is set they are made once and kept, readable by their
owner alone, in ``USANCE_HOME``, so that a first installation works and survives a restart.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

from config import database


def secret_key() -> str:
    """Django's signing key (``USANCE_SECRET_KEY``)."""
    return os.environ.get("USANCE_SECRET_KEY") or _kept("secret_key", secrets.token_urlsafe(50))


def encryption_keys() -> list[str]:
    """Fernet keys, newest first (``USANCE_ENCRYPTION_KEYS``, separated by commas).

    The first encrypts; all of them decrypt, so a key is rotated by putting a new one in front.
    """
    given = os.environ.get("USANCE_ENCRYPTION_KEYS") or _kept(
        "encryption_keys", Fernet.generate_key().decode()
    )
    return [key.strip() for key in given.split(",") if key.strip()]


def _kept(name: str, fresh: str) -> str:
    path: Path = database.home() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(fresh)
    return fresh
