"""Files and links that go with the invoices about orders: kept, read, taken onto an invoice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from usance.records.orders.models import Attachment, Order


def attachments(
    *,
    seller_id: UUID,
    order_id: UUID | None = None,
    shipment_id: UUID | None = None,
    invoice_id: UUID | None = None,
) -> QuerySet[Attachment]:
    """Those of an order (its shipments' among them), of a shipment or on an invoice, in the order in
    which they came; without their content."""
    wanted = {"order_id": order_id, "shipment_id": shipment_id, "invoice_id": invoice_id}
    found = Attachment.objects.defer("content").filter(
        seller_id=seller_id, **{name: value for name, value in wanted.items() if value is not None}
    )
    return found.order_by("id")


def attachment(*, seller_id: UUID, attachment_id: UUID) -> Attachment | None:
    """One of them, without its content."""
    return attachments(seller_id=seller_id).filter(id=attachment_id).first()


def content_of(found: Attachment) -> bytes:
    """The file; empty where it is a link."""
    content: Any = found.content
    return b"" if content is None else bytes(content)


def contents(*, seller_id: UUID, digests: Collection[str]) -> dict[str, bytes]:
    """The files of these SHA-256 (hex) that stand on an invoice."""
    rows = (
        Attachment.objects.filter(
            seller_id=seller_id,
            invoice__isnull=False,
            digest__in=[bytes.fromhex(digest) for digest in digests],
        )
        # Terms of trade go with every invoice: of a thousand equal files one is read.
        .order_by("digest")
        .distinct("digest")
        .values_list("digest", "content")
    )
    return {bytes(digest).hex(): bytes(content) for digest, content in rows if digest and content}


def keep(order: Order, **fields: Any) -> Attachment:
    """A new one of the locked ``order``."""
    made = Attachment(seller_id=order.seller_id, order_id=order.id, **fields)
    made.save(force_insert=True)
    if not order.attached:
        order.attached = True
        Order.objects.filter(seller_id=order.seller_id, id=order.id).update(attached=True)
    return made


def drop(found: Attachment) -> None:
    """Forget one of a locked order that no invoice has taken."""
    Attachment.objects.filter(seller_id=found.seller_id, id=found.id, invoice__isnull=True).delete()


def waiting(
    *, seller_id: UUID, order_ids: Collection[UUID], shipment_ids: Collection[UUID]
) -> list[Attachment]:
    """What goes onto an invoice about these shipments of these locked orders: theirs, and the orders'
    own, that no invoice has taken yet."""
    found = attachments(seller_id=seller_id).filter(
        Q(shipment__isnull=True) | Q(shipment_id__in=shipment_ids),
        order_id__in=order_ids,
        invoice__isnull=True,
    )
    return list(found)


def take(found: Sequence[Attachment], *, invoice_id: UUID) -> None:
    """They stand on this invoice now."""
    if found:
        ids = [one.id for one in found]
        Attachment.objects.filter(seller_id=found[0].seller_id, id__in=ids).update(
            invoice_id=invoice_id
        )
