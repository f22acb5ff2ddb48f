"""Indian sellers, buyers and invoices for the tests of the GST e-invoice."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from tests.formats.sample_invoices import INDIAN_BUYER, INDIAN_SELLER
from usance.formats import gst_india
from usance.formats.gst_india import GstDetails
from usance.rules.invoicing.document import (
    Address,
    AllowanceCharge,
    Classification,
    InvoiceDocument,
    InvoiceLine,
    Item,
    Party,
    Price,
)
from usance.rules.invoicing.totals import total

SELLER = INDIAN_SELLER  # Karnataka, 29
NEIGHBOUR = INDIAN_BUYER  # Karnataka, 29
MUMBAI = Party(
    name="Konkan Engineering Pvt Ltd",
    address=Address(
        "IN", line_1="3 Marine Drive", city="Mumbai", post_code="400020", subdivision="IN-MH"
    ),
    tax_registration="27AAPFU0939F1ZV",
)
DUBAI = Party(
    name="Gulf Tools LLC",
    address=Address("AE", line_1="Sheikh Zayed Road 8", city="Dubai"),
)
D = Decimal


def line(
    quantity: str = "4",
    price: str = "3000.00",
    *,
    rate: str = "18",
    number: str = "1",
    hsn: str = "82041120",
    category: str = "S",
    unit: str = "H87",
    allowances: Sequence[AllowanceCharge] = (),
) -> InvoiceLine:
    """A line whose net is quantity x price with its allowances, rounded half up."""
    net = D(round(D(quantity) * D(price) * 100 + D("1e-9"))).scaleb(-2)
    for each in allowances:
        net += each.amount if each.is_charge else -each.amount
    return InvoiceLine(
        id=number,
        item=Item(name="Torque wrench", classifications=(Classification(hsn, "HS"),)),
        quantity=D(quantity),
        unit=unit,
        net=net,
        price=Price(net=D(price)),
        vat_category=category,
        vat_rate=D(rate),
        allowances_charges=tuple(allowances),
    )


def invoice(
    *lines: InvoiceLine, buyer: Party = NEIGHBOUR, allowances: Sequence[AllowanceCharge] = ()
) -> InvoiceDocument:
    """An invoice of those lines in rupees, due in 30 days."""
    given = lines or (line(),)
    sums = total(given, currency="INR", allowances_charges=allowances)
    return InvoiceDocument(
        number="DT/26-27/0043",
        issued_on=date(2026, 11, 2),
        type_code="380",
        currency="INR",
        seller=SELLER,
        buyer=buyer,
        lines=given,
        totals=sums.totals,
        vat=sums.vat,
        due_on=date(2026, 12, 2),
        allowances_charges=tuple(allowances),
    )


def written(document: InvoiceDocument, details: GstDetails | None = None) -> dict[str, Any]:
    """The e-invoice as its reader sees it, numbers as decimals; no rule is broken."""
    data = gst_india.render(document, details=details)
    assert gst_india.broken_rules(data) == ()
    found: dict[str, Any] = json.loads(data, parse_float=Decimal, parse_int=Decimal)
    return found


def abroad(document: InvoiceDocument) -> InvoiceDocument:
    """The same document in dollars, at 88 rupees each."""
    return replace(
        document, currency="USD", tax_currency="INR", tax_exchange_rate=D("88.00"), buyer=DUBAI
    )
