"""What a GST e-invoice says that the semantic model of EN 16931 has no place for.

Names in brackets are those of the schema INV-01, version 1.1. Every field has a default that says "not
there" or "derive it from the document".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from usance.rules.invoicing.document import Address, InvoiceDocument

VERSION: Final = "1.1"

UNREGISTERED: Final = "URP"
"""GSTIN of a buyer outside India [BuyerDtls.Gstin]."""
ABROAD: Final = "96"
"""State code of a place outside India, with the PIN 999999."""
PIN_ABROAD: Final = 999_999

SUPPLY_TYPES: Final = frozenset({"B2B", "SEZWP", "SEZWOP", "EXPWP", "EXPWOP", "DEXP"})
"""To a business, to a special economic zone with or without payment of IGST, export with or without it,
deemed export."""


@dataclass(frozen=True, slots=True)
class GstLine:
    """What a line says beyond the model, by the line's id (BT-126).

    ``hsn`` and ``unit`` override what the item's classification (list HS) and unit code say. Cess
    amounts are in rupees.
    """

    line: str
    hsn: str = ""
    is_service: bool | None = None
    unit: str = ""  # UQC, such as NOS, KGS
    barcode: str = ""
    free_quantity: Decimal | None = None
    cess_rate: Decimal | None = None
    cess: Decimal | None = None
    cess_fixed: Decimal | None = None  # CesNonAdvlAmt
    state_cess_rate: Decimal | None = None
    state_cess: Decimal | None = None
    state_cess_fixed: Decimal | None = None
    other_charges: Decimal | None = None
    serial_number: str = ""
    batch: str = ""
    batch_expires_on: date | None = None
    batch_warranty_on: date | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place that goods come from or go to [DispDtls, ShipDtls]."""

    name: str
    address: Address
    state: str = ""  # two digits; empty: from the address
    gstin: str = ""
    trade_name: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """The customs data of an export [ExpDtls]; a shipping bill may come later than the invoice."""

    shipping_bill: str = ""
    shipped_on: date | None = None
    port: str = ""
    refund_claimed: bool | None = None
    currency: str = ""
    country: str = ""
    duty: Decimal | None = None


@dataclass(frozen=True, slots=True)
class GstDetails:
    """The national data of one invoice; see the module.

    ``rupees_per_unit`` is the customs rate of an invoice in another currency; empty: the document's own
    ``tax_exchange_rate``, if its tax currency is INR.
    """

    supply_type: str = ""
    reverse_charge: bool | None = None
    igst_on_intra: bool = False
    ecommerce_gstin: str = ""
    seller_gstin: str = ""
    seller_state: str = ""
    buyer_gstin: str = ""
    buyer_state: str = ""
    place_of_supply: str = ""
    rupees_per_unit: Decimal | None = None
    total_in_currency: Decimal | None = None  # TotInvValFc, as read
    dispatched_from: Place | None = None
    shipped_to: Place | None = None
    export: Export | None = None
    lines: tuple[GstLine, ...] = ()
    other_charges: Decimal | None = None  # of the whole invoice, after tax [ValDtls.OthChrg]
    discount: Decimal | None = None  # of the whole invoice, after tax [ValDtls.Discount]


@dataclass(frozen=True, slots=True)
class GstInvoice:
    """One e-invoice: the model, and beside it what only India says."""

    document: InvoiceDocument
    details: GstDetails = field(default_factory=GstDetails)
