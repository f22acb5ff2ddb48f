"""An invoice or credit note as its reader understands it, whatever syntax it is written in.

The semantic model of EN 16931-1:2017. Each field names its business term (BT) or group (BG). Amounts
are decimals in major units of ``currency``, exactly as the document writes them: a document that we
read keeps every digit of its sender's. An empty text is a term that is not there.

What EN 16931 does not know but the trade does (instalments, discounts for paying early, the parts of
a tax such as CGST and SGST) has fields of its own, marked "beyond EN 16931"; a syntax that cannot say
them leaves them to BT-20 and to the notes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

INVOICE: Final = "380"
"""Commercial invoice (UNTDID 1001)."""
CREDIT_NOTE: Final = "381"

CREDIT_TYPES: Final = frozenset(
    {"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"}
)
"""Codes of UNTDID 1001 whose positive amounts are owed to the buyer (EN 16931-1, BT-3)."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier and the list it is taken from (ISO 6523 ICD, EAS or another scheme)."""

    value: str
    scheme: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address (BG-5, BG-8, BG-12, BG-15)."""

    country: str = ""  # BT-40, 55, 69, 80: ISO 3166-1 alpha-2
    line_1: str = ""
    line_2: str = ""
    line_3: str = ""
    city: str = ""
    post_code: str = ""
    subdivision: str = ""  # BT-39, 54, 68, 79: province, county, state


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask (BG-6, BG-9)."""

    name: str = ""
    telephone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A seller (BG-4), buyer (BG-7), payee (BG-10) or tax representative (BG-11)."""

    name: str  # BT-27, 44, 59, 62
    address: Address | None = None
    trading_name: str = ""  # BT-28, 45
    identifiers: tuple[Identifier, ...] = ()  # BT-29, 46, 60
    registration: Identifier | None = None  # BT-30, 47, 61: legal registration
    vat_id: str = ""  # BT-31, 48, 63: with its country's prefix
    tax_registration: str = ""  # BT-32: local tax number
    legal_information: str = ""  # BT-33
    endpoint: Identifier | None = None  # BT-34, 49: electronic address with its EAS code
    contact: Contact | None = None  # BG-6, 9


@dataclass(frozen=True, slots=True)
class Note:
    """Free text, with what it is about (BG-1; subject code of UNTDID 4451)."""

    text: str  # BT-22
    subject: str = ""  # BT-21


@dataclass(frozen=True, slots=True)
class DocumentReference:
    """An earlier invoice that this one is about (BG-3)."""

    number: str  # BT-25
    issued_on: date | None = None  # BT-26


@dataclass(frozen=True, slots=True)
class Period:
    """What the charges are for (BG-14, BG-26). Either end may be missing."""

    start: date | None = None  # BT-73, 134
    end: date | None = None  # BT-74, 135


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where and when the goods went (BG-13)."""

    name: str = ""  # BT-70
    location: Identifier | None = None  # BT-71
    delivered_on: date | None = None  # BT-72
    address: Address | None = None  # BG-15


@dataclass(frozen=True, slots=True)
class CreditTransfer:
    """An account to pay to (BG-17)."""

    account: str  # BT-84: IBAN or national number
    name: str = ""  # BT-85
    service_provider: str = ""  # BT-86: BIC


@dataclass(frozen=True, slots=True)
class PaymentCard:
    """The card that paid (BG-18); at most the first six and last four digits."""

    account: str  # BT-87
    holder: str = ""  # BT-88


@dataclass(frozen=True, slots=True)
class DirectDebit:
    """How the amount will be collected (BG-19)."""

    mandate: str = ""  # BT-89
    creditor: str = ""  # BT-90
    account: str = ""  # BT-91: the debited account


@dataclass(frozen=True, slots=True)
class PaymentInstructions:
    """How to pay (BG-16). ``code`` is UNTDID 4461: 30 credit transfer, 58 SEPA, 59 SEPA debit."""

    code: str = ""  # BT-81
    text: str = ""  # BT-82
    remittance: str = ""  # BT-83: the reference to quote
    transfers: tuple[CreditTransfer, ...] = ()
    card: PaymentCard | None = None
    direct_debit: DirectDebit | None = None


@dataclass(frozen=True, slots=True)
class DueAmount:
    """A part of the amount and the day it falls due. Beyond EN 16931."""

    due_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class EarlyDiscount:
    """What paying by ``until`` takes off, on ``base``. Beyond EN 16931 but for the text of BT-20."""

    until: date
    percent: Decimal
    amount: Decimal
    base: Decimal


@dataclass(frozen=True, slots=True)
class ThirdPartyPayment:
    """What the seller collects for someone else; it is part of the amount due, and of no other total.

    Beyond EN 16931: BG-DEX-09 of the extension of XRechnung.
    """

    kind: str
    amount: Decimal
    description: str


@dataclass(frozen=True, slots=True)
class TaxComponent:
    """A named part of a tax: CGST and SGST of a GST, a state's and a city's sales tax. Beyond EN 16931."""

    name: str
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class AllowanceCharge:
    """Something taken off or put on, of a line (BG-27, 28) or of the document (BG-20, 21).

    The VAT terms are the document's only. ``amount`` is positive; ``is_charge`` says which way.
    """

    is_charge: bool
    amount: Decimal  # BT-92, 99, 136, 141
    base: Decimal | None = None  # BT-93, 100, 137, 142
    percent: Decimal | None = None  # BT-94, 101, 138, 143
    reason: str = ""  # BT-97, 104, 139, 144
    reason_code: str = ""  # BT-98, 105, 140, 145: UNTDID 5189 or 7161
    vat_category: str = ""  # BT-95, 102
    vat_rate: Decimal | None = None  # BT-96, 103


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of the document (BG-22)."""

    lines: Decimal  # BT-106
    without_vat: Decimal  # BT-109
    with_vat: Decimal  # BT-112
    payable: Decimal  # BT-115
    allowances: Decimal | None = None  # BT-107
    charges: Decimal | None = None  # BT-108
    vat: Decimal | None = None  # BT-110
    vat_in_tax_currency: Decimal | None = None  # BT-111
    prepaid: Decimal | None = None  # BT-113
    rounding: Decimal | None = None  # BT-114


@dataclass(frozen=True, slots=True)
class VatBreakdown:
    """The tax of one category and rate (BG-23)."""

    category: str  # BT-118
    taxable: Decimal  # BT-116
    tax: Decimal  # BT-117
    rate: Decimal | None = None  # BT-119: percent
    exemption_reason: str = ""  # BT-120
    exemption_code: str = ""  # BT-121: VATEX list
    components: tuple[TaxComponent, ...] = ()  # beyond EN 16931


@dataclass(frozen=True, slots=True)
class Attachment:
    """A supporting document (BG-24)."""

    reference: str  # BT-122
    description: str = ""  # BT-123
    location: str = ""  # BT-124
    content: bytes | None = field(default=None, repr=False)  # BT-125
    media_type: str = ""
    filename: str = ""
    digest: str = ""  # beyond EN 16931: SHA-256 (hex) of a content that is kept beside the document


@dataclass(frozen=True, slots=True)
class Classification:
    """A code of the item in a list (BT-158): UNTDID 7143 list, its version."""

    code: str
    scheme: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A property of the item (BG-32)."""

    name: str  # BT-160
    value: str  # BT-161


@dataclass(frozen=True, slots=True)
class Item:
    """What was sold (BG-31)."""

    name: str  # BT-153
    description: str = ""  # BT-154
    seller_id: str = ""  # BT-155
    buyer_id: str = ""  # BT-156
    standard_id: Identifier | None = None  # BT-157
    classifications: tuple[Classification, ...] = ()  # BT-158
    origin: str = ""  # BT-159
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one unit, or of ``base_quantity`` units (BG-29)."""

    net: Decimal  # BT-146
    discount: Decimal | None = None  # BT-147
    gross: Decimal | None = None  # BT-148
    base_quantity: Decimal | None = None  # BT-149
    base_unit: str = ""  # BT-150


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A line (BG-25). ``net`` is without VAT, after the line's allowances and charges."""

    id: str  # BT-126
    item: Item
    quantity: Decimal  # BT-129
    unit: str  # BT-130: UN/ECE Recommendation 20 or 21
    net: Decimal  # BT-131
    price: Price
    vat_category: str  # BT-151
    vat_rate: Decimal | None = None  # BT-152
    note: str = ""  # BT-127
    object: Identifier | None = None  # BT-128
    order_line: str = ""  # BT-132
    accounting: str = ""  # BT-133
    period: Period | None = None  # BG-26
    allowances_charges: tuple[AllowanceCharge, ...] = ()  # BG-27, 28
    despatch: DocumentReference | None = None  # beyond EN 16931: the delivery note it came with
    exemption_reason: str = ""  # beyond EN 16931: why this line bears no VAT
    group: str = ""  # beyond EN 16931: the heading it stands under (cost centre, PO, ship-to)


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """A whole invoice or credit note (BT-1 to BT-161)."""

    number: str  # BT-1
    issued_on: date  # BT-2
    type_code: str  # BT-3: UNTDID 1001
    currency: str  # BT-5
    seller: Party  # BG-4
    buyer: Party  # BG-7
    lines: tuple[InvoiceLine, ...]  # BG-25
    totals: Totals  # BG-22
    vat: tuple[VatBreakdown, ...]  # BG-23
    tax_currency: str = ""  # BT-6
    tax_point_on: date | None = None  # BT-7
    tax_point_code: str = ""  # BT-8: UNTDID 2005 (3, 35, 432)
    due_on: date | None = None  # BT-9
    buyer_reference: str = ""  # BT-10
    project: str = ""  # BT-11
    contract: str = ""  # BT-12
    purchase_order: str = ""  # BT-13
    sales_order: str = ""  # BT-14
    receiving_advice: str = ""  # BT-15
    despatch_advice: str = ""  # BT-16
    tender: str = ""  # BT-17
    object: Identifier | None = None  # BT-18
    accounting: str = ""  # BT-19
    payment_terms: str = ""  # BT-20
    notes: tuple[Note, ...] = ()  # BG-1
    process: str = ""  # BT-23
    specification: str = ""  # BT-24
    preceding: tuple[DocumentReference, ...] = ()  # BG-3
    payee: Party | None = None  # BG-10
    tax_representative: Party | None = None  # BG-11
    delivery: Delivery | None = None  # BG-13
    period: Period | None = None  # BG-14
    payment: PaymentInstructions | None = None  # BG-16
    allowances_charges: tuple[AllowanceCharge, ...] = ()  # BG-20, 21
    attachments: tuple[Attachment, ...] = ()  # BG-24
    instalments: tuple[DueAmount, ...] = ()  # beyond EN 16931
    early_discounts: tuple[EarlyDiscount, ...] = ()  # beyond EN 16931
    third_party_payments: tuple[ThirdPartyPayment, ...] = ()  # beyond EN 16931
    tax_exchange_rate: Decimal | None = None  # beyond EN 16931: tax currency per unit of currency

    @property
    def is_credit(self) -> bool:
        """Whether its positive amounts are owed to the buyer."""
        return self.type_code in CREDIT_TYPES
