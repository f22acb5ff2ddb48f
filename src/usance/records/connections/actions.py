"""Writing connections."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from usance.records.connections.models import Connection


def lock_connection(*, seller_id: UUID, connection_id: UUID) -> Connection | None:
    """The connection, locked until the transaction ends."""
    return (
        Connection.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=connection_id)
        .first()
    )


def change(row: Connection, **fields: Any) -> None:
    """Set ``fields`` on the connection, here and in the database."""
    for name, value in fields.items():
        setattr(row, name, value)
    Connection.objects.filter(seller_id=row.seller_id, id=row.id).update(**fields)
