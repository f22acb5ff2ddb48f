"""Reading connections and the files loaded for them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from usance.records.connections.models import Connection, LoadedFile


def connections(*, seller_id: UUID, active: bool | None = None) -> QuerySet[Connection]:
    """The seller's connections, all or those that are used."""
    found = Connection.objects.filter(seller_id=seller_id)
    return found if active is None else found.filter(is_active=active)


def connection(*, seller_id: UUID, connection_id: UUID) -> Connection | None:
    """One connection."""
    return Connection.objects.filter(seller_id=seller_id, id=connection_id).first()


def latest_file(*, seller_id: UUID, connection_id: UUID) -> LoadedFile | None:
    """The file that counts, without its content."""
    return (
        LoadedFile.objects.filter(seller_id=seller_id, connection_id=connection_id)
        .defer("content")
        .order_by("-created_at", "-id")
        .first()
    )


def content_of(*, seller_id: UUID, file_id: UUID) -> bytes:
    """What a loaded file holds."""
    return bytes(LoadedFile.objects.get(seller_id=seller_id, id=file_id).content)


def seller_of(connection_id: UUID) -> UUID | None:
    """Whose connection it is: all that a provider that tells something names is the connection."""
    return Connection.objects.filter(id=connection_id).values_list("seller_id", flat=True).first()


def sellers_with(kind: str) -> list[UUID]:
    """Sellers with an active connection of ``kind``."""
    found = Connection.objects.filter(is_active=True, kind=kind).order_by("seller_id")
    return list(found.values_list("seller_id", flat=True).distinct())
