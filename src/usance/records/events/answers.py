"""The answers given to requests with an idempotency key, for when the same request comes again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from usance.records.identity import new_id
from usance.records.statements import execute


def try_lock_key(*, seller_id: UUID, key: str) -> bool:
    """Take the key until the transaction ends; False if another transaction has it.

    The same lock as ``orders_authorize`` takes, so that no two ways into the house miss each other.
    """
    rows = execute(
        "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{seller_id}{key}"]
    )
    return bool(rows[0][0])


def answer_to(*, seller_id: UUID, key: str) -> tuple[bytes, int, str] | None:
    """Hash of the request, status and body of the answer first given under ``key``."""
    rows = execute(
        "SELECT request_hash, status, body FROM events_idempotencyrecord"
        " WHERE seller_id = %s AND key = %s",
        [seller_id, key],
    )
    return (bytes(rows[0][0]), rows[0][1], rows[0][2]) if rows else None


def keep_answer(
    *, seller_id: UUID, key: str, request_hash: bytes, status: int, body: str, at: datetime
) -> None:
    """Keep the first answer to a request, in the transaction that did what it asked."""
    execute(
        "INSERT INTO events_idempotencyrecord"
        " (id, seller_id, created_at, key, request_hash, status, body)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [new_id(), seller_id, at, key, request_hash, status, body],
    )
