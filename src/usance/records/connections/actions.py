"""Writing connections."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from usance.records.connections.models import Connection
from usance.records.row_changes import change_row


def lock_connection(*, seller_id: UUID, connection_id: UUID) -> Connection | None:
    """The connection, locked until the transaction ends."""
    return (
        Connection.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=connection_id)
        .first()
    )


def change(row: Connection, **fields: Any) -> None:
    """Set ``fields`` on the connection, here and in the database."""
    change_row(row, fields)
