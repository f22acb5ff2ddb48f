"""(g) Invoices set in type, a page maker beside another: ours beside WeasyPrint, in one process.

``python -m benchmarks.documents`` needs no database. Each document differs in every line, so that
neither side lives from its cache; ours has letterhead, tax summary, payment code and tags on top.
"""

from __future__ import annotations

import argparse
import resource
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from benchmarks import weasyprint_invoice
from benchmarks.measure import Rates, alternate
from usance.formats.invoice_pdf import render
from usance.formats.payment_codes import creditor_reference
from usance.rules.invoicing.document import (
    Address,
    CreditTransfer,
    InvoiceDocument,
    InvoiceLine,
    Item,
    Party,
    PaymentInstructions,
    Price,
    Totals,
    VatBreakdown,
)

LINES = 40
"""Lines of an invoice: two pages."""

_SELLER = Party(
    name="Nordwind Werkzeug GmbH",
    address=Address(country="DE", line_1="Speicherstraße 12", city="Hamburg", post_code="20457"),
    vat_id="DE123456789",
)
_BUYER = Party(
    name="Hedgerow Joinery Ltd",
    address=Address(country="IE", line_1="Mill Lane 7", city="Cork", post_code="T12 X8N6"),
    vat_id="IE6388047V",
)


def invoice(number: int, *, lines: int = LINES) -> InvoiceDocument:
    """The ``number``-th invoice; no two have a line in common."""
    rows = tuple(
        InvoiceLine(
            id=str(place),
            item=Item(name=f"Tool {number}-{place} for wood", seller_id=f"T{number}{place}"),
            quantity=Decimal(place),
            unit="H87",
            net=Decimal(place * (number * 100 + place)) / 100,
            price=Price(net=Decimal(number * 100 + place) / 100),
            vat_category="S",
            vat_rate=Decimal(19),
        )
        for place in range(1, lines + 1)
    )
    net = sum((row.net for row in rows), Decimal(0))
    tax = (net * 19 / 100).quantize(Decimal("0.01"))
    name = f"2026-{number:05d}"
    return InvoiceDocument(
        number=name,
        issued_on=date(2026, 3, 2),
        due_on=date(2026, 4, 1),
        type_code="380",
        currency="EUR",
        seller=_SELLER,
        buyer=_BUYER,
        lines=rows,
        totals=Totals(lines=net, without_vat=net, vat=tax, with_vat=net + tax, payable=net + tax),
        vat=(VatBreakdown(category="S", taxable=net, tax=tax, rate=Decimal(19)),),
        payment=PaymentInstructions(
            code="58",
            remittance=creditor_reference(name),
            transfers=(CreditTransfer("DE89370400440532013000", _SELLER.name),),
        ),
    )


@dataclass
class _Pages:
    """Documents set one after another, a second of CPU at a time, by both makers of pages."""

    count: int
    made: int = 0

    def rate(self, make: Callable[[InvoiceDocument], bytes]) -> float:
        """Documents a second of this process's CPU, which other work on the machine leaves alone."""
        begun = self.made
        self.made += self.count
        documents = [invoice(number) for number in range(begun, begun + self.count)]
        before = _cpu()
        for document in documents:
            assert make(document).startswith(b"%PDF")
        return self.count / (_cpu() - before)


def _ours(document: InvoiceDocument) -> bytes:
    return render(document, language="en")


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def pdf(*, rounds: int, count: int) -> Rates:
    """``count`` invoices of forty lines by both, ``rounds`` times, after one that warms each up."""
    pages = _Pages(count=count)
    warm = replace(invoice(0), number="warm")
    for make in (_ours, weasyprint_invoice.pages):
        make(warm)
    ours, theirs = alternate(
        lambda: pages.rate(_ours), lambda: pages.rate(weasyprint_invoice.pages), rounds=rounds
    )
    sizes = [len(make(warm)) // 1024 for make in (_ours, weasyprint_invoice.pages)]
    return Rates(
        name=f"(g) an invoice of {LINES} lines as PDF",
        unit="documents a second of CPU",
        ours=ours,
        yardstick=theirs,
        yardstick_name="WeasyPrint",
        note=f"ours is PDF/A-3b and tagged, {sizes[0]} KB; WeasyPrint's is a plain page, {sizes[1]} KB",
    )


def main() -> None:
    """Print the ratio and the milliseconds of CPU for one document."""
    parser = argparse.ArgumentParser(prog="benchmarks.documents")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs")
    quick = parser.parse_args().quick
    rates = pdf(rounds=1 if quick else 3, count=5 if quick else 40)
    print("\n".join(rates.lines()))
    print(f"  ours {1000 / max(rates.ours):.0f} ms of CPU a document at best")


if __name__ == "__main__":
    main()
