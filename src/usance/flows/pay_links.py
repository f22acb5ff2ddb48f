"""Links to the pay page: signed, for a time, and taken back at will.

The address carries seller and link with a signature by the installation's keys; what the database has
says whether it is still good. Nothing that opens the page is kept.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from usance.flows.journal import Journal
from usance.flows.refusals import NotFound, Refused, WrongState, external_id_once
from usance.records.collections import actions, queries
from usance.records.collections.models import PayLink
from usance.records.identity import new_id
from usance.records.invoices.models import Invoice
from usance.records.orders.models import Order
from usance.records.parties.models import Buyer, Seller

USUAL_DAYS: Final = 30
LONGEST_DAYS: Final = 365
_PURPOSE: Final = b"usance pay link 1"
_SIGNED: Final = 18
"""Bytes of the signature: 144 bits."""
_LENGTH: Final = 16 + 16 + _SIGNED


class InvalidLink(Refused):
    """A link that cannot be made as it was asked for."""

    code = "invalid_pay_link"


class LinkOver(Refused):
    """The link has run out or was taken back; ask the seller for a new one."""

    code = "pay_link_over"


@transaction.atomic
def create_link(
    seller: Seller,
    *,
    at: datetime,
    by: str,
    buyer_id: UUID | None = None,
    invoice_id: UUID | None = None,
    order_id: UUID | None = None,
    days: int = USUAL_DAYS,
    external_id: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> PayLink:
    """A link for one invoice, for an order that a card has to secure, or for all that a buyer owes.

    Raises NotFound, InvalidLink or Duplicate.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidLink(f"A link is good for 1 to {LONGEST_DAYS} days, not {days}.")
    if invoice_id is not None and order_id is not None:
        raise InvalidLink("A link is for an invoice, an order or a buyer; name one of them.")
    link = PayLink(
        id=new_id(),
        seller_id=seller.id,
        created_at=at,
        buyer_id=_buyer(seller, buyer_id=buyer_id, invoice_id=invoice_id, order_id=order_id),
        invoice_id=invoice_id,
        order_id=order_id,
        author=by,
        expires_at=at + timedelta(days=days),
        external_id=external_id,
        metadata=dict(metadata or {}),
    )
    with external_id_once("pay link", external_id):
        link.save(force_insert=True)
    _tell(seller, [link], "created", at=at, by=by)
    return link


@transaction.atomic
def create_account_links(
    seller: Seller, *, buyer_ids: Sequence[UUID], at: datetime, by: str
) -> list[PayLink]:
    """For each of these buyers, in their order, a link for all that it owes, in as many statements as for
    one. Raises NotFound."""
    known = Buyer.objects.filter(seller_id=seller.id, id__in=buyer_ids).count()
    if known != len(set(buyer_ids)):
        raise NotFound("There is no such invoice, order or buyer.")
    links = [
        PayLink(
            id=new_id(),
            seller_id=seller.id,
            created_at=at,
            buyer_id=buyer_id,
            author=by,
            expires_at=at + timedelta(days=USUAL_DAYS),
        )
        for buyer_id in buyer_ids
    ]
    PayLink.objects.bulk_create(links)
    _tell(seller, links, "created", at=at, by=by)
    return links


@transaction.atomic
def link_in_mail(
    seller: Seller, *, invoice: Invoice, delivery: str, due_on: date, at: datetime
) -> PayLink:
    """The link that a mail with an ``invoice`` carries, good until a month after ``due_on``. The same
    ``delivery`` has the same link, however often it is tried."""
    known = PayLink.objects.filter(
        seller_id=seller.id, invoice_id=invoice.id, metadata__delivery=delivery
    ).first()
    if known is not None:
        return known
    days = (due_on - at.date()).days + USUAL_DAYS
    return create_link(
        seller,
        at=at,
        by="deliveries",
        invoice_id=invoice.id,
        days=min(max(days, USUAL_DAYS), LONGEST_DAYS),
        metadata={"delivery": delivery},
    )


@transaction.atomic
def revoke_link(seller: Seller, *, link_id: UUID, at: datetime, by: str) -> PayLink:
    """Take a link back. Raises NotFound, or WrongState where it was taken back before."""
    link = actions.lock_link(seller_id=seller.id, link_id=link_id)
    if link is None:
        raise NotFound("There is no such link.")
    if link.revoked_at is not None:
        raise WrongState("The link has been taken back already.")
    actions.set_fields(link, revoked_at=at)
    _tell(seller, [link], "revoked", at=at, by=by)
    return link


def address_of(link: PayLink, *, site: str = "") -> str:
    """Where the link leads; without ``site`` at the installation's public address."""
    return f"{(settings.PUBLIC_URL or site).rstrip('/')}/pay/{token_of(link)}"


def token_of(link: PayLink) -> str:
    """What the address carries."""
    known = link.seller_id.bytes + link.id.bytes
    signed = known + _signature(known, str(settings.ENCRYPTION_KEYS[0]))
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")


def link_at(token: str, *, at: datetime) -> PayLink:
    """The link that ``token`` opens. Raises NotFound for what nobody signed, or LinkOver."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raw = b""
    known, signature = raw[:32], raw[32:]
    right = [_signature(known, str(key)) for key in settings.ENCRYPTION_KEYS]
    if len(raw) != _LENGTH or not any(hmac.compare_digest(signature, one) for one in right):
        raise NotFound("There is no such link.")
    link = queries.pay_link(seller_id=UUID(bytes=known[:16]), link_id=UUID(bytes=known[16:]))
    if link is None:
        raise NotFound("There is no such link.")
    if link.revoked_at is not None or link.expires_at <= at:
        raise LinkOver(" ".join((LinkOver.__doc__ or "").split()))
    return link


def _signature(known: bytes, key: str) -> bytes:
    return hmac.new(key.encode(), _PURPOSE + known, hashlib.sha256).digest()[:_SIGNED]


def _buyer(
    seller: Seller, *, buyer_id: UUID | None, invoice_id: UUID | None, order_id: UUID | None
) -> UUID:
    """The buyer that the link is for."""
    about: Invoice | Order | Buyer | None = None
    if invoice_id is not None:
        about = Invoice.objects.filter(seller_id=seller.id, id=invoice_id).first()
    elif order_id is not None:
        about = Order.objects.filter(seller_id=seller.id, id=order_id).first()
    elif buyer_id is not None:
        about = Buyer.objects.filter(seller_id=seller.id, id=buyer_id).first()
    owner: UUID | None = None
    if about is not None:
        owner = about.id if isinstance(about, Buyer) else about.buyer_id
    if owner is None or buyer_id not in (None, owner):
        raise NotFound("There is no such invoice, order or buyer.")
    return owner


def _tell(seller: Seller, links: Iterable[PayLink], what: str, *, at: datetime, by: str) -> None:
    journal = Journal(seller, at=at, by=by)
    for link in links:
        journal.tell(
            f"pay_link.{what}",
            object_type="pay_link",
            object_id=link.id,
            buyer_id=link.buyer_id,
            data={"expires_at": link.expires_at.isoformat()},
        )
    journal.close()
