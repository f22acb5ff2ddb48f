"""What of an issued invoice a credit note can name: its lines, and its allowances and charges."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from usance.rules.invoicing.document import (
    Classification,
    InvoiceDocument,
    InvoiceLine,
    Item,
    Price,
)
from usance.rules.invoicing.supplies import PIECE
from usance.rules.invoicing.totals import TaxKey, signed, tax_key

CHARGE_LINES: Final = "C"
"""How an allowance or charge of an invoice is named where lines are credited: C1, C2 ..."""


def lines_to_credit(document: InvoiceDocument) -> tuple[InvoiceLine, ...]:
    """The lines of an invoice, and after them its allowances and charges (BG-20, BG-21) as a credit
    note says them: as lines, since a note may be about freight alone, and needs a line (BR-16)."""
    charges = [
        InvoiceLine(
            id=f"{CHARGE_LINES}{n}",
            item=Item(
                name=one.reason or one.reason_code,
                classifications=commodity_of(document, tax_key(one.vat_category, one.vat_rate)),
            ),
            quantity=Decimal(1),
            unit=PIECE,
            net=signed(one),
            price=Price(one.amount),
            vat_category=one.vat_category,
            vat_rate=one.vat_rate,
        )
        for n, one in enumerate(document.allowances_charges, 1)
    ]
    return (*document.lines, *charges)


def commodity_of(document: InvoiceDocument, key: TaxKey) -> tuple[Classification, ...]:
    """The commodity code of what is mostly sold at a category and rate: India's law asks for one."""
    lines = [line for line in document.lines if tax_key(line.vat_category, line.vat_rate) == key]
    return max(lines, key=lambda line: line.net).item.classifications if lines else ()
