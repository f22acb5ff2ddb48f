"""Italian sellers, buyers and invoices for the tests of FatturaPA."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from tests.formats.sample_invoices import ITALIAN_SELLER
from usance.formats import fatturapa
from usance.formats.fatturapa import FatturaDetails, TaxId, Transmission
from usance.rules.invoicing.document import (
    Address,
    AllowanceCharge,
    CreditTransfer,
    Identifier,
    InvoiceDocument,
    InvoiceLine,
    Item,
    Party,
    PaymentInstructions,
    Price,
)
from usance.rules.invoicing.totals import total

SELLER = ITALIAN_SELLER
BUYER = Party(
    name="Rossi Impianti S.p.A.",
    address=Address(
        "IT", line_1="Via Garibaldi 5", city="Torino", post_code="10121", subdivision="TO"
    ),
    vat_id="IT12345670017",
    endpoint=Identifier("ABC1234", "0205"),
)
COUNCIL = Party(
    name="Comune di Esempio",
    address=Address(
        "IT", line_1="Piazza Maggiore 1", city="Bologna", post_code="40124", subdivision="BO"
    ),
    identifiers=(Identifier("80002090589", "0210"),),
    endpoint=Identifier("UFE1AB", "0201"),
)
BERLIN = Party(
    name="Hansen Bau AG",
    address=Address("DE", line_1="Werftallee 4", city="Kiel", post_code="24103"),
    vat_id="DE811907980",
)
ZURICH = Party(
    name="Zürcher Maschinen AG",
    address=Address("CH", line_1="Limmatquai 3", city="Zürich", post_code="8001"),
)
SENDER = TaxId("IT", "00743110157")
D = Decimal


def line(
    quantity: str = "10",
    price: str = "12.50",
    *,
    rate: str | None = "22",
    category: str = "S",
    number: str = "1",
    name: str = "Chiave dinamometrica",
    allowances: Sequence[AllowanceCharge] = (),
) -> InvoiceLine:
    """A line whose net is quantity x price with its allowances, rounded half up."""
    exact = D(quantity) * D(price)
    net = D(round(exact * 100 + D("1e-9"))).scaleb(-2)
    for each in allowances:
        net += each.amount if each.is_charge else -each.amount
    return InvoiceLine(
        id=number,
        item=Item(name=name),
        quantity=D(quantity),
        unit="H87",
        net=net,
        price=Price(net=D(price)),
        vat_category=category,
        vat_rate=None if rate is None else D(rate),
        allowances_charges=tuple(allowances),
    )


def invoice(
    *lines: InvoiceLine,
    buyer: Party = BUYER,
    seller: Party = SELLER,
    allowances: Sequence[AllowanceCharge] = (),
    exemption_code: str = "",
    exemption_reason: str = "",
) -> InvoiceDocument:
    """An invoice of those lines, due in 30 days by credit transfer."""
    given = lines or (line(),)
    sums = total(given, currency="EUR", allowances_charges=allowances)
    return InvoiceDocument(
        number="FT-2026-18",
        issued_on=date(2026, 11, 2),
        type_code="380",
        currency="EUR",
        seller=seller,
        buyer=buyer,
        lines=given,
        totals=sums.totals,
        vat=tuple(
            replace(group, exemption_code=exemption_code, exemption_reason=exemption_reason)
            if not group.tax
            else group
            for group in sums.vat
        ),
        due_on=date(2026, 12, 2),
        payment=PaymentInstructions(
            code="30", transfers=(CreditTransfer("IT60X0542811101000000123456"),)
        ),
        allowances_charges=tuple(allowances),
    )


def transmission(document: InvoiceDocument) -> Transmission:
    return fatturapa.addressed(document, sender=SENDER, progressive="00A1F")


def written(
    document: InvoiceDocument, details: FatturaDetails | None = None, *, controls: bool = True
) -> etree._Element:
    """The document as a FatturaPA; valid by the schema, where it is at hand, and by SdI's controls."""
    data = fatturapa.render(
        document, transmission=transmission(document), details=details, keep_controls=controls
    )
    root = etree.fromstring(data)
    xsd = italian_schema()
    if xsd is not None:
        assert xsd.validate(root), xsd.error_log
    if controls:
        assert fatturapa.broken_controls(data) == ()
    return root


@cache
def italian_schema() -> etree.XMLSchema | None:
    """The schema 1.2.3, which is not ours to keep here; see tests/corpus/locations.py."""
    shared = Path(os.environ.get("USANCE_SHARED", Path(__file__).resolve().parents[3] / "shared"))
    file = shared / "corpora/fatturapa/schema/v1.2.3/pa_1.2.xsd"
    return etree.XMLSchema(etree.parse(file)) if file.is_file() else None


def said(root: etree._Element, name: str) -> list[str]:
    """The texts of all elements of that name."""
    return [element.text or "" for element in root.iter(name)]


needs_schema = pytest.mark.skipif(
    italian_schema() is None, reason="NO SCHEMA: set USANCE_SHARED to the shared folder"
)
