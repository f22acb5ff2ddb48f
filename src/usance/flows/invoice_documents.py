"""The documents that invoices are issued as: what was shipped, as the law and its reader want it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar
from uuid import UUID

from usance.records.credit.group_queries import rate_on
from usance.records.identity import public_id
from usance.records.orders.models import Order, Shipment
from usance.records.parties.invoicing_queries import billing_profile, seller_details
from usance.records.parties.models import Seller
from usance.records.parties.versions import billing_versions
from usance.rules.invoicing.composing import Heading, compose
from usance.rules.invoicing.document import InvoiceDocument
from usance.rules.invoicing.identifiers import is_qr_iban
from usance.rules.invoicing.profiles import BillingProfileView, SellerDetailsView
from usance.rules.invoicing.supplies import Supply
from usance.rules.orders import Line, charges_of, goods_of
from usance.rules.payment_references import payment_reference


@dataclass(frozen=True, slots=True)
class Piece:
    """What of one locked order is invoiced: a shipment, or what ships with the invoice.

    ``amount`` includes ``tax_amount``, minor units; ``lines`` sum to both, or those that are goods are
    left out: then there are allowances and charges alone, or none.
    """

    order: Order
    amount: int
    tax_amount: int
    shipped_on: date
    lines: tuple[Line, ...] = ()
    shipment: Shipment | None = None

    @classmethod
    def of(cls, shipment: Shipment, order: Order) -> Piece:
        """All of ``shipment``, which is of ``order``."""
        return cls(
            order=order,
            amount=shipment.amount,
            tax_amount=shipment.tax_amount,
            shipped_on=shipment.shipped_on,
            lines=tuple(Line.from_document(line) for line in shipment.lines),
            shipment=shipment,
        )

    @property
    def ship_to(self) -> Mapping[str, str] | None:
        """Where it goes."""
        own = self.shipment.ship_to if self.shipment else None
        return own or self.order.ship_to

    @property
    def delivered_on(self) -> date | None:
        """When it arrived, as far as anybody has said."""
        return self.shipment.delivered_on if self.shipment else None


@dataclass(slots=True)
class Issuer:
    """A seller that issues documents: what is the same on all of them, read once."""

    seller: Seller
    details: SellerDetailsView
    _rates: dict[tuple[str, date], Decimal | None] = field(default_factory=dict)

    @classmethod
    def of(cls, seller: Seller) -> Issuer:
        """The seller as it is now."""
        return cls(seller, seller_details(seller_id=seller.id))

    @classmethod
    def with_profile(cls, seller: Seller, *, buyer_id: UUID) -> tuple[Issuer, BillingProfileView]:
        """The seller and how the buyer wants its invoices, read again only where they have changed."""
        of_seller, of_buyer = billing_versions(seller_id=seller.id, buyer_id=buyer_id)
        details = _DETAILS.get((seller.id, of_seller))
        profile = _PROFILES.get((buyer_id, of_seller, of_buyer))
        if details is None:
            details = seller_details(seller_id=seller.id)
            _remember(_DETAILS, (seller.id, of_seller), details)
        if profile is None:
            profile = billing_profile(seller_id=seller.id, buyer_id=buyer_id, seller=details)
            _remember(_PROFILES, (buyer_id, of_seller, of_buyer), profile)
        return cls(seller, details), profile

    def profile(self, buyer_id: UUID) -> BillingProfileView:
        """How the buyer wants its invoices."""
        return billing_profile(seller_id=self.seller.id, buyer_id=buyer_id, seller=self.details)

    def tax_rate(self, currency: str, *, on: date) -> Decimal | None:
        """How much of the seller's own currency one of ``currency`` is worth, for the tax (BT-111);
        None where that is the same currency, or nobody has said."""
        own = self.details.currency
        if currency == own:
            return None
        if (currency, on) not in self._rates:
            self._rates[currency, on] = rate_on(
                seller_id=self.seller.id, source=currency, target=own, on=on
            )
        return self._rates[currency, on]


LONGEST_CODE: Final = 50
MOST_REMEMBERED: Final = 2000
"""Sellers, and buyers, that a process remembers; then it begins anew."""
_DETAILS: Final[dict[tuple[UUID, str], SellerDetailsView]] = {}
_PROFILES: Final[dict[tuple[UUID, str, str], BillingProfileView]] = {}
Key = TypeVar("Key")
Kept = TypeVar("Kept")


def _remember(kept: dict[Key, Kept], key: Key, value: Kept) -> None:
    if len(kept) >= MOST_REMEMBERED:
        kept.clear()
    kept[key] = value


def document_of(
    pieces: Sequence[Piece],
    *,
    issuer: Issuer,
    profile: BillingProfileView,
    heading: Heading,
) -> InvoiceDocument:
    """The document about ``pieces``, without its number if ``heading`` has none yet."""
    return compose(
        [_supply(piece) for piece in pieces],
        seller=issuer.details,
        profile=profile,
        heading=heading,
    )


def numbered(document: InvoiceDocument, number: str) -> InvoiceDocument:
    """``document`` with its ``number``, and the reference that a payer is asked to quote."""
    payment = document.payment
    if payment is not None:
        to_qr_iban = bool(payment.transfers) and is_qr_iban(payment.transfers[0].account)
        payment = replace(payment, remittance=payment_reference(number, to_qr_iban=to_qr_iban))
    return replace(document, number=number, payment=payment)


def order_name(order: Order) -> str:
    """The name by which the buyer knows an order: the shop's number, or the buyer's own."""
    return order.external_id or order.po_number or public_id("order", order.id)


def _supply(piece: Piece) -> Supply:
    order, shipment = piece.order, piece.shipment
    goods = goods_of(piece.lines)
    return Supply(
        order=order_name(order),
        amount=piece.amount,
        tax_amount=piece.tax_amount,
        shipped_on=piece.shipped_on,
        lines=goods,
        charges=charges_of(piece.lines),
        like=() if goods else goods_of([Line.from_document(line) for line in order.lines]),
        shipment=(shipment.external_id or "") if shipment else "",
        delivered_on=piece.delivered_on,
        purchase_order=order.po_number,
        cost_centre=order.cost_centre,
        ship_to=piece.ship_to,
        tender=_code(order, "cig"),
        project=_code(order, "cup"),
    )


def _code(order: Order, name: str) -> str:
    """A code of public procurement that the shop keeps with the order, as its metadata has it."""
    found = order.metadata.get(name)
    return "".join(found.split()).upper()[:LONGEST_CODE] if isinstance(found, str) else ""
