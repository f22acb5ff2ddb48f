"""One invoice of a simplified FatturaPA, FSM10: art. 21-bis DPR 633/1972, up to 400 EUR.

Its lines have their VAT in their amounts; they are read as lines without it, and the groups are summed.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from lxml import etree

from usance.formats.einvoice.parsing import (
    child,
    children,
    day,
    number,
    optional_day,
    optional_number,
    required,
    required_text,
)
from usance.formats.fatturapa.codes import TYPE_CODES
from usance.formats.fatturapa.fattura import Fattura, FatturaDetails, LineDetails, Stamp
from usance.formats.fatturapa.natura import read_category
from usance.formats.fatturapa.reading_body import document_type, read_attachment
from usance.formats.fatturapa.reading_lines import to_cents
from usance.formats.fatturapa.values import text
from usance.rules.invoicing.document import (
    DocumentReference,
    InvoiceDocument,
    InvoiceLine,
    Item,
    Note,
    Party,
    Price,
    Totals,
    VatBreakdown,
)


def read_simplified_body(
    body: etree._Element,
    *,
    seller: Party,
    buyer: Party,
    representative: Party | None,
    details: FatturaDetails,
) -> Fattura:
    """One invoice of a file whose header was read into the parties and ``details``."""
    general = required(body, "DatiGenerali", "DatiGeneraliDocumento", term="The document's data")
    required(body, "DatiBeniServizi", term="What was sold")
    country = buyer.vat_id[:2] if buyer.vat_id[:2].isalpha() else "IT"
    elements = list(children(body, "DatiBeniServizi"))
    alone = len({text(each, "Natura") for each in elements}) == 1
    lines, details_of_lines, taxes = [], [], []
    for position, element in enumerate(elements, start=1):
        natura = text(element, "Natura")
        category, code = (
            read_category(natura, buyer_country=country, regime=details.regime, alone=alone)
            if natura
            else ("S", "")
        )
        gross = number(required(element, "Importo", term="The amount of a line"))
        rate, tax = _tax(child(element, "DatiIVA"), gross=gross)
        line = InvoiceLine(
            id=str(position),
            item=Item(name=text(element, "Descrizione")),
            quantity=Decimal(1),
            unit="C62",
            net=gross - tax,
            price=Price(net=gross - tax),
            vat_category=category,
            vat_rate=None if category == "O" else rate,
            exemption_reason=text(element, "RiferimentoNormativo"),
        )
        lines.append(line)
        details_of_lines.append(
            LineDetails(line=line.id, natura=natura, unit="", without_quantity=True)
        )
        taxes.append((code, tax))
    groups = _groups(lines, taxes)
    kind = document_type(general)
    corrected = child(body, "DatiGenerali", "DatiFatturaRettificata")
    stamp = text(general, "BolloVirtuale") == "SI"
    return Fattura(
        document=InvoiceDocument(
            number=required_text(general, "Numero", term="BT-1, the number"),
            issued_on=day(required(general, "Data", term="BT-2, the date")),
            type_code=TYPE_CODES[kind],
            currency=text(general, "Divisa") or "EUR",
            seller=seller,
            buyer=buyer,
            lines=tuple(lines),
            totals=_totals(lines, groups),
            vat=groups,
            notes=_notes(corrected),
            preceding=_preceding(corrected),
            tax_representative=representative,
            attachments=tuple(read_attachment(each) for each in children(body, "Allegati")),
        ),
        details=replace(
            details,
            document_type=kind,
            stamp=Stamp() if stamp else None,
            lines=tuple(details_of_lines),
        ),
    )


def _tax(element: etree._Element | None, *, gross: Decimal) -> tuple[Decimal | None, Decimal]:
    """Rate and tax in ``gross``. The form gives one of them or both; the other follows.

    A correction of the tax alone has no taxable amount, and so no rate.
    """
    rate = optional_number(element, "Aliquota")
    tax = optional_number(element, "Imposta")
    if tax is None:
        per_cent = rate or Decimal(0)
        return per_cent, to_cents(gross * per_cent / (100 + per_cent))
    if rate is None and gross != tax:
        rate = to_cents(tax * 100 / (gross - tax))
    return rate, tax


def _groups(lines: list[InvoiceLine], taxes: list[tuple[str, Decimal]]) -> tuple[VatBreakdown, ...]:
    groups: dict[tuple[str, Decimal | None, str], VatBreakdown] = {}
    for line, (code, tax) in zip(lines, taxes, strict=True):
        key = (line.vat_category, line.vat_rate, line.exemption_reason)
        so_far = groups.get(key) or VatBreakdown(
            category=line.vat_category,
            taxable=Decimal(0),
            tax=Decimal(0),
            rate=line.vat_rate,
            exemption_reason=line.exemption_reason,
            exemption_code=code,
        )
        groups[key] = replace(so_far, taxable=so_far.taxable + line.net, tax=so_far.tax + tax)
    return tuple(groups.values())


def _totals(lines: list[InvoiceLine], groups: tuple[VatBreakdown, ...]) -> Totals:
    net = sum((line.net for line in lines), Decimal(0))
    tax = sum((group.tax for group in groups), Decimal(0))
    return Totals(lines=net, without_vat=net, with_vat=net + tax, payable=net + tax, vat=tax)


def _preceding(corrected: etree._Element | None) -> tuple[DocumentReference, ...]:
    number_of = text(corrected, "NumeroFR")
    on = optional_day(corrected, "DataFR")
    return (DocumentReference(number=number_of, issued_on=on),) if number_of else ()


def _notes(corrected: etree._Element | None) -> tuple[Note, ...]:
    what = text(corrected, "ElementiRettificati")
    return (Note(text=what),) if what else ()
