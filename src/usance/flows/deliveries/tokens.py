"""Tokens that a network renews, and that several workers use at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction

from usance.records.connections import actions, queries
from usance.records.events.secrets import decrypt, encrypt
from usance.records.statements import execute


class KeptTokens:
    """The tokens of one connection, under a lock of the database's session: they are renewed over
    the network, and no transaction may be open meanwhile."""

    def __init__(self, *, seller_id: UUID, connection_id: UUID) -> None:
        self._seller_id = seller_id
        self._connection_id = connection_id

    @contextmanager
    def alone(self) -> Iterator[Mapping[str, str]]:
        """The tokens as they are kept now. Raises SecretUnreadable."""
        name = str(self._connection_id)
        execute("SELECT pg_advisory_lock(hashtextextended(%s, 9))", [name])
        try:
            yield self._read()
        finally:
            execute("SELECT pg_advisory_unlock(hashtextextended(%s, 9))", [name])

    @transaction.atomic
    def keep(self, renewed: Mapping[str, str]) -> None:
        """Put the new pair in the place of the old; what else is secret stays."""
        row = actions.lock_connection(seller_id=self._seller_id, connection_id=self._connection_id)
        if row is not None:
            secret = json.loads(decrypt(row.secret)) if row.secret else {}
            actions.change(row, secret=encrypt(json.dumps(secret | dict(renewed))))

    def _read(self) -> Mapping[str, str]:
        row = queries.connection(seller_id=self._seller_id, connection_id=self._connection_id)
        found: dict[str, str] = json.loads(decrypt(row.secret)) if row and row.secret else {}
        return found
