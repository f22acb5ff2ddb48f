"""Split payment: VAT that a document states and the buyer pays to the treasury itself.

Article 17-ter of DPR 633/1972 (Italy): public bodies, companies that these control and listed companies
pay their suppliers without the VAT. It is of category B (UNTDID 5305). The seller states it and neither
collects nor owes it, so that it is in no amount due: EN 16931 has it among what is prepaid (BT-113,
BR-CO-16).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from usance.rules.invoicing.document import InvoiceDocument, InvoiceLine, VatBreakdown

SPLIT_PAYMENT: Final = "B"
"""The category of such tax."""
TREATMENT: Final = "split_payment"
"""What a billing profile says of a buyer that pays so."""
_NONE: Final = Decimal(0)


def split_tax(vat: Iterable[VatBreakdown]) -> Decimal:
    """The tax among ``vat`` that the buyer pays to the treasury, in major units."""
    return sum((entry.tax for entry in vat if entry.category == SPLIT_PAYMENT), _NONE)


def owed_tax(entry: VatBreakdown) -> Decimal:
    """What of the tax of ``entry`` the buyer owes to the seller: all of it, or nothing."""
    return _NONE if entry.category == SPLIT_PAYMENT else entry.tax


def collected_tax(document: InvoiceDocument) -> Decimal:
    """The tax of ``document`` that the seller collects and owes to the treasury (of BT-110)."""
    return (document.totals.vat or _NONE) - split_tax(document.vat)


def split_taxes(
    document: InvoiceDocument, lines: Sequence[InvoiceLine], *, before: Sequence[InvoiceDocument]
) -> dict[tuple[str, Decimal | None], Decimal]:
    """What of its split tax a credit note of ``lines`` takes back, by category and rate.

    In proportion to what the notes ``before`` have left of the taxable amount; who takes the last of
    it takes the rest of the tax.
    """
    found: dict[tuple[str, Decimal | None], Decimal] = {}
    for entry in document.vat:
        if entry.category != SPLIT_PAYMENT:
            continue
        net = sum(
            (line.net for line in lines if _same(line.vat_category, line.vat_rate, entry)), _NONE
        )
        gone = [e for note in before for e in note.vat if _same(e.category, e.rate, entry)]
        net_left = entry.taxable - sum((e.taxable for e in gone), _NONE)
        tax_left = entry.tax - sum((e.tax for e in gone), _NONE)
        if net and net_left:
            share = (Decimal(tax_left) * net / net_left).quantize(entry.tax, rounding=ROUND_HALF_UP)
            key = (entry.category, (entry.rate or _NONE).normalize() + _NONE)
            found[key] = tax_left if net == net_left else share
    return found


def _same(category: str, rate: Decimal | None, entry: VatBreakdown) -> bool:
    return category == entry.category and (rate or _NONE) == (entry.rate or _NONE)


def owed(*, amount: int, tax_amount: int, tax_treatment: str) -> int:
    """What a buyer of ``tax_treatment`` owes of ``amount`` with ``tax_amount`` in it; minor units."""
    return amount - tax_amount if tax_treatment == TREATMENT else amount
