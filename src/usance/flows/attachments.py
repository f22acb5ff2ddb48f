"""Files and links that go with an invoice: attached to an order or a shipment before it is billed.

An issued document never changes, so nothing is attached to an invoice. The first one that bills the
order or the shipment takes along what is attached by then; of an order of which a part is billed, the
next one takes what came since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from usance.flows.invoice_documents import Piece
from usance.flows.journal import Journal
from usance.flows.order_books import HELD, PENDING, locked
from usance.flows.refusals import NotFound, Refused, WrongState, external_id_once
from usance.records.identity import new_id
from usance.records.invoices.models import Invoice
from usance.records.orders import actions as orders
from usance.records.orders import attachments as kept
from usance.records.orders import queries
from usance.records.orders.models import Attachment, Order, Shipment
from usance.records.parties.models import Seller
from usance.rules import attachments as rules
from usance.rules.attachments import UnsuitableAttachment
from usance.rules.invoicing import document


class TooManyAttachments(Refused):
    """The order has as many attachments as an invoice should carry; remove one first."""

    code = "too_many_attachments"


class Unsuitable(Refused):
    """The file or link cannot go with an invoice; the text says why."""

    code = UnsuitableAttachment.code


@dataclass(frozen=True, slots=True)
class Offered:
    """What somebody hands in: a file (``content`` and ``file_name``) or a ``location``, which is a link.

    ``reference`` is its own number or title (BT-122); empty: the name of the file, or the link.
    """

    content: bytes = field(default=b"", repr=False)
    file_name: str = ""
    location: str = ""
    reference: str = ""
    description: str = ""
    external_id: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def attach_to_order(
    seller: Seller, *, order_id: UUID, offered: Offered, at: datetime, by: str
) -> Attachment:
    """Attach to an order. The same file or link again is the one that waits there already; where an
    invoice has taken that, it is attached anew, for the next one.

    Raises NotFound, WrongState (it is over), Unsuitable, TooManyAttachments, or Duplicate (the
    external_id is taken).
    """
    return _attach(seller, order_id=order_id, shipment=None, offered=offered, at=at, by=by)


@transaction.atomic
def attach_to_shipment(
    seller: Seller, *, shipment_id: UUID, offered: Offered, at: datetime, by: str
) -> Attachment:
    """Attach to a shipment that is not billed yet; raises what :func:`attach_to_order` does."""
    shipment = queries.shipment(seller_id=seller.id, shipment_id=shipment_id)
    if shipment is None:
        raise NotFound("There is no such shipment.")
    return _attach(
        seller, order_id=shipment.order_id, shipment=shipment, offered=offered, at=at, by=by
    )


def _attach(
    seller: Seller,
    *,
    order_id: UUID,
    shipment: Shipment | None,
    offered: Offered,
    at: datetime,
    by: str,
) -> Attachment:
    made = _suitable(offered)
    order = locked(seller, order_id=order_id, states=(*HELD, *PENDING))
    if shipment is not None:
        _require_unbilled(shipment)
    there = list(kept.attachments(seller_id=seller.id, order_id=order.id))
    for one in there:
        if one.shipment_id == (shipment.id if shipment else None) and _same(one, made):
            said_again = offered.external_id is not None and one.external_id == offered.external_id
            if one.invoice_id is None or said_again:
                return one
    waiting = sum(one.invoice_id is None for one in there)
    if waiting >= rules.MOST_ATTACHMENTS:
        raise TooManyAttachments(
            f"The order has {waiting} attachments, which is the most; remove one first."
        )
    with external_id_once("attachment", offered.external_id):
        found = kept.keep(
            order,
            id=new_id(),
            created_at=at,
            shipment_id=shipment.id if shipment else None,
            external_id=offered.external_id,
            metadata=offered.metadata,
            **made,
        )
    _tell(seller, order, "order.attachment_added", found, at=at, by=by)
    return found


def _suitable(offered: Offered) -> dict[str, Any]:
    """What is kept of ``offered``. Raises Unsuitable."""
    try:
        if bool(offered.content) == bool(offered.location):
            raise UnsuitableAttachment("Send a file or a link to one, not both.")
        if offered.location:
            location = rules.safe_location(offered.location)
            found: dict[str, Any] = {"location": location, "reference": location}
        else:
            media_type = rules.media_type_of(offered.content, file_name=offered.file_name)
            name = rules.safe_name(offered.file_name, media_type=media_type)
            found = {
                "file_name": name,
                "reference": name,
                "media_type": media_type,
                "size": len(offered.content),
                "digest": hashlib.sha256(offered.content).digest(),
                "content": offered.content,
            }
    except UnsuitableAttachment as error:
        raise Unsuitable(str(error)) from error
    found["reference"] = (" ".join(offered.reference.split()) or found["reference"])[
        : rules.LONGEST_REFERENCE
    ]
    found["description"] = " ".join(offered.description.split())[: rules.LONGEST_DESCRIPTION]
    return found


def _same(one: Attachment, made: dict[str, Any]) -> bool:
    """Whether ``made`` is the same file as ``one``, or the same link."""
    if "digest" in made:
        return one.digest is not None and bool(bytes(one.digest) == made["digest"])
    return bool(one.location == made["location"])


def _require_unbilled(shipment: Shipment) -> None:
    shipment = (
        orders.lock_shipment(seller_id=shipment.seller_id, shipment_id=shipment.id) or shipment
    )
    if shipment.billed:
        raise WrongState("The shipment is billed; its invoice never changes.")
    if shipment.canceled_at is not None:
        raise WrongState("The shipment was taken back and will not be billed; attach to the order.")


@transaction.atomic
def remove_attachment(seller: Seller, *, attachment_id: UUID, at: datetime, by: str) -> None:
    """Forget an attachment that no invoice has taken yet. Raises NotFound or WrongState."""
    found = kept.attachment(seller_id=seller.id, attachment_id=attachment_id)
    order = orders.lock_order(seller_id=seller.id, order_id=found.order_id) if found else None
    found = kept.attachment(seller_id=seller.id, attachment_id=attachment_id)
    if order is None or found is None:
        raise NotFound("There is no such attachment.")
    if found.invoice_id is not None:
        raise WrongState("It stands on an issued invoice, which never changes.")
    kept.drop(found)
    _tell(seller, order, "order.attachment_removed", found, at=at, by=by)


def _tell(
    seller: Seller, order: Order, event: str, found: Attachment, *, at: datetime, by: str
) -> None:
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        event,
        object_type="order",
        object_id=order.id,
        buyer_id=order.buyer_id,
        data={"name": found.reference},
    )
    journal.close()


def waiting_for(pieces: Sequence[Piece]) -> list[Attachment]:
    """What goes onto an invoice about ``pieces``."""
    order_ids = {piece.order.id for piece in pieces if piece.order.attached}
    if not order_ids:
        return []
    return kept.waiting(
        seller_id=pieces[0].order.seller_id,
        order_ids=order_ids,
        shipment_ids=[piece.shipment.id for piece in pieces if piece.shipment],
    )


def on_document(found: Sequence[Attachment]) -> tuple[document.Attachment, ...]:
    """``found`` as the document of an invoice names them; their files are kept beside it."""
    return rules.distinct(
        document.Attachment(
            reference=one.reference,
            description=one.description,
            location=one.location,
            media_type=one.media_type,
            filename=one.file_name,
            digest=bytes(one.digest).hex() if one.digest is not None else "",
        )
        for one in found
    )


def of_invoice(invoice: Invoice) -> list[Attachment]:
    """What the document of an issued invoice carries or names. One that was issued again has the first
    one's."""
    while invoice.replaces_id is not None:
        invoice = Invoice.objects.get(seller_id=invoice.seller_id, id=invoice.replaces_id)
    return list(kept.attachments(seller_id=invoice.seller_id, invoice_id=invoice.id))


def with_files(
    it: document.InvoiceDocument, *, seller_id: UUID, format_: str
) -> document.InvoiceDocument:
    """``it`` with the files that ``format_`` carries inside, as far as they fit (see MOST_EMBEDDED); the
    others are named alone."""
    if not any(one.digest for one in it.attachments):
        return it
    there = kept.contents(
        seller_id=seller_id, digests=[one.digest for one in it.attachments if one.digest]
    )
    left = rules.MOST_EMBEDDED.get(format_, rules.USUALLY_EMBEDDED)
    made = []
    for one in it.attachments:
        content = there.get(one.digest)
        if content is None or len(content) > left:
            made.append(replace(one, filename="", media_type="") if one.digest else one)
            continue
        left -= len(content)
        made.append(replace(one, content=content))
    return replace(it, attachments=tuple(made))


def files_of(it: document.InvoiceDocument, *, seller_id: UUID) -> list[tuple[str, str, bytes]]:
    """Name, media type and content of each file that goes with ``it``, as far as they fit in a mail."""
    held = with_files(it, seller_id=seller_id, format_="email")
    return [
        (one.filename, one.media_type, one.content)
        for one in held.attachments
        if one.content is not None
    ]
