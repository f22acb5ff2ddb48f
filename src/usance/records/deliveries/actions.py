"""Writing kept documents, deliveries and receipts."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from usance.records.deliveries.models import (
    Delivery,
    KeptDocument,
    Receipt,
    Registration,
)
from usance.records.identity import new_id
from usance.records.row_changes import change_row
from usance.records.statements import execute

_DEFLATED: Final = frozenset({"application/xml", "application/json"})
"""A PDF is deflated inside already; text shrinks to a tenth."""


def kept(
    *,
    seller_id: UUID,
    buyer_id: UUID,
    kind: str,
    subject_id: UUID,
    format_: str,
    language: str,
    revision: int,
    media_type: str,
    file_name: str,
    content: bytes,
    at: datetime,
) -> KeptDocument:
    """A document to be stored by ``keep``."""
    compressed = media_type in _DEFLATED
    return KeptDocument(
        id=new_id(),
        seller_id=seller_id,
        created_at=at,
        buyer_id=buyer_id,
        kind=kind,
        subject_id=subject_id,
        format=format_,
        language=language,
        revision=revision,
        media_type=media_type,
        file_name=file_name,
        digest=hashlib.sha256(content).digest(),
        size=len(content),
        compressed=compressed,
        content=zlib.compress(content, 6) if compressed else content,
    )


def keep(documents: Sequence[KeptDocument]) -> None:
    """Store documents. One that is kept already stays as it is: whoever races writes the same."""
    KeptDocument.objects.bulk_create(documents, ignore_conflicts=True)


def add(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Store new deliveries; those that were new. One that the event of its issue has made before is
    passed over."""
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    ids = [one.id for one in deliveries]
    stored = set(Delivery.objects.filter(id__in=ids).values_list("id", flat=True))
    return [one for one in deliveries if one.id in stored]


def lock_subject(*, seller_id: UUID, subject_id: UUID) -> None:
    """Until the transaction ends, nobody else decides over which ways the document goes."""
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 8))", [f"{seller_id} {subject_id}"])


def lock_delivery(*, seller_id: UUID, delivery_id: UUID) -> Delivery | None:
    """The delivery, locked until the transaction ends."""
    return (
        Delivery.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=delivery_id)
        .first()
    )


def take(row: Delivery, *, at: datetime, until: datetime) -> bool:
    """Whether the delivery is due and now the caller's; others leave it alone ``until`` then."""
    taken = Delivery.objects.filter(seller_id=row.seller_id, id=row.id, due_at__lte=at).update(
        due_at=until
    )
    return bool(taken)


def change(row: Delivery | Receipt | Registration, **fields: Any) -> None:
    """Set ``fields`` on the row, here and in the database."""
    change_row(row, fields)


def keep_receipt(
    *, seller_id: UUID, source: str, file_name: str, content: bytes, at: datetime
) -> tuple[Receipt, bool]:
    """The receipt as it is stored, and whether it is new. The same bytes are kept once."""
    digest = hashlib.sha256(content).digest()
    Receipt.objects.bulk_create(
        [
            Receipt(
                id=new_id(),
                seller_id=seller_id,
                created_at=at,
                source=source,
                file_name=file_name,
                digest=digest,
                content=content,
            )
        ],
        ignore_conflicts=True,
    )
    row = Receipt.objects.get(seller_id=seller_id, source=source, digest=digest)
    return row, row.processed_at is None


def lock_receipt(*, seller_id: UUID, receipt_id: UUID) -> Receipt | None:
    """The receipt, locked until the transaction ends."""
    return (
        Receipt.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=receipt_id)
        .first()
    )


def register(row: Registration) -> None:
    """Store a registration. Raises IntegrityError where the document or the IRN has one."""
    row.save(force_insert=True)


def wake(*, seller_id: UUID, subject_id: UUID, reason_code: str, at: datetime) -> int:
    """Let the queued deliveries of a document that wait for ``reason_code`` go at once; how many."""
    waiting = Delivery.objects.filter(
        seller_id=seller_id, subject_id=subject_id, state="queued", reason_code=reason_code
    )
    return waiting.update(due_at=at, reason_code="", reason="")


_NEXT: Final = """
INSERT INTO deliveries_transmissionnumber (id, seller_id, created_at, network, last_number)
VALUES (%(id)s, %(seller)s, %(at)s, %(network)s, 1)
    ON CONFLICT (seller_id, network) DO UPDATE
   SET last_number = deliveries_transmissionnumber.last_number + 1
RETURNING last_number
"""


def next_transmission(*, seller_id: UUID, network: str, at: datetime) -> int:
    """A number that no other file of the seller's for ``network`` has; gaps do not matter."""
    rows = execute(_NEXT, {"id": new_id(), "seller": seller_id, "at": at, "network": network})
    return int(rows[0][0])
