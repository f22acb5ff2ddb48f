"""One invoice of an ordinary FatturaPA [FatturaElettronicaBody]."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from lxml import etree

from usance.formats.einvoice.parsing import (
    binary,
    child,
    children,
    day,
    invalid,
    number,
    optional_day,
    optional_number,
    required,
    required_text,
)
from usance.formats.fatturapa.codes import TYPE_CODES
from usance.formats.fatturapa.fattura import (
    RELATED_ELEMENTS,
    DeliveryNote,
    Fattura,
    FatturaDetails,
    PaymentBlock,
    RelatedDocument,
    RelatedKind,
    Stamp,
    Transport,
    Withholding,
)
from usance.formats.fatturapa.reading_lines import (
    VatGroups,
    fund_charge,
    goods_of,
    read_adjustments,
    read_funds,
    read_groups,
    read_lines,
    unit_amounts,
)
from usance.formats.fatturapa.reading_parties import address
from usance.formats.fatturapa.reading_payment import (
    each_payment,
    early_discounts,
    instalments,
    instructions,
    read_payments,
)
from usance.formats.fatturapa.values import text, texts
from usance.rules.invoicing.document import (
    AllowanceCharge,
    Attachment,
    Delivery,
    DocumentReference,
    InvoiceDocument,
    InvoiceLine,
    Note,
    Party,
    Totals,
    VatBreakdown,
)

_MEDIA_TYPES: Final = {
    "PDF": "application/pdf",
    "XML": "application/xml",
    "CSV": "text/csv",
    "TXT": "text/plain",
    "PNG": "image/png",
    "JPG": "image/jpeg",
    "JPEG": "image/jpeg",
    "ZIP": "application/zip",
}


def document_type(general: etree._Element) -> str:
    """TipoDocumento. Raises FormatError ``unknown_document_type``."""
    element = required(general, "TipoDocumento", term="The kind of document")
    if text(element) not in TYPE_CODES:
        raise invalid(element, "a kind from TD01 to TD29", code="unknown_document_type")
    return text(element)


def read_body(
    body: etree._Element,
    *,
    seller: Party,
    buyer: Party,
    representative: Party | None,
    details: FatturaDetails,
) -> Fattura:
    """One invoice of a file whose header was read into the parties and ``details``."""
    general = required(body, "DatiGenerali", "DatiGeneraliDocumento", term="The document's data")
    goods = goods_of(body)
    groups = read_groups(goods, buyer_country=_country(buyer), regime=details.regime)
    details = _details(body, general, details, groups)
    lines, adjustments, line_details = read_lines(goods, groups=groups, related=details.related)
    details = replace(details, lines=line_details)
    funds = tuple(fund_charge(fund, groups=groups) for fund in details.pension_funds)
    charges = adjustments + funds
    rounding = optional_number(general, "Arrotondamento")
    document = InvoiceDocument(
        number=required_text(general, "Numero", term="BT-1, the number"),
        issued_on=day(required(general, "Data", term="BT-2, the date")),
        type_code=TYPE_CODES[details.document_type],
        currency=text(general, "Divisa") or "EUR",
        seller=seller,
        buyer=buyer,
        lines=lines,
        totals=_totals(lines, charges, groups.breakdown, details=details, rounding=rounding),
        vat=groups.breakdown,
        accounting=_accounting(body),
        notes=tuple(Note(text=each) for each in texts(general, "Causale")),
        tax_representative=representative,
        allowances_charges=charges,
        attachments=tuple(read_attachment(each) for each in children(body, "Allegati")),
    )
    return Fattura(
        document=_with_references(_payable_when(document, details), details), details=details
    )


def _details(
    body: etree._Element, general: etree._Element, header: FatturaDetails, groups: VatGroups
) -> FatturaDetails:
    """The national data of the header with those of this invoice, but for the lines."""
    return replace(
        header,
        document_type=document_type(general),
        stamp=_stamp(child(general, "DatiBollo")),
        withholdings=_withholdings(general),
        pension_funds=read_funds(general),
        adjustments=read_adjustments(general),
        total=optional_number(general, "ImportoTotaleDocumento"),
        article_73=text(general, "Art73") == "SI",
        related=tuple(_related(body)),
        stages=_numbers(body, "DatiGenerali", "DatiSAL", child_name="RiferimentoFase"),
        delivery_notes=tuple(_delivery_notes(body)),
        transport=_transport(child(body, "DatiGenerali", "DatiTrasporto")),
        main_invoice=_main_invoice(body),
        summaries=groups.details,
        payments=read_payments(body),
    )


def _payable_when(document: InvoiceDocument, details: FatturaDetails) -> InvoiceDocument:
    """``document`` with its terms of payment."""
    blocks = details.payments
    due = [payment.due_on for payment in each_payment(blocks) if payment.due_on]
    return replace(
        document,
        due_on=max(due, default=None),
        payment=instructions(blocks),
        instalments=instalments(blocks),
        early_discounts=early_discounts(blocks),
    )


def _with_references(document: InvoiceDocument, details: FatturaDetails) -> InvoiceDocument:
    """``document`` with the documents and deliveries that it refers to."""
    related, notes = details.related, details.delivery_notes
    return replace(
        document,
        contract=_first(related, "contract"),
        purchase_order=_first(related, "order"),
        receiving_advice=_first(related, "receiving"),
        despatch_advice=notes[0].number if notes else "",
        tender=next((each.cig for each in related if each.cig), ""),
        project=next((each.cup for each in related if each.cup), ""),
        preceding=tuple(
            DocumentReference(number=each.number, issued_on=each.on)
            for each in related
            if each.kind == "invoice"
        ),
        delivery=_delivery(details.transport, notes),
    )


def _country(buyer: Party) -> str:
    prefix = buyer.vat_id[:2]
    return prefix if prefix.isalpha() else buyer.address.country if buyer.address else ""


def _accounting(body: etree._Element) -> str:
    return text(
        body.getparent(),
        "FatturaElettronicaHeader",
        "CedentePrestatore",
        "RiferimentoAmministrazione",
    )


def _stamp(element: etree._Element | None) -> Stamp | None:
    return None if element is None else Stamp(amount=optional_number(element, "ImportoBollo"))


def _withholdings(general: etree._Element) -> tuple[Withholding, ...]:
    return tuple(
        Withholding(
            kind=text(each, "TipoRitenuta"),
            amount=number(required(each, "ImportoRitenuta", term="An amount withheld")),
            rate=optional_number(each, "AliquotaRitenuta") or Decimal(0),
            reason=text(each, "CausalePagamento"),
        )
        for each in children(general, "DatiRitenuta")
    )


def _numbers(element: etree._Element, *path: str, child_name: str) -> tuple[int, ...]:
    found = [text(each, child_name) for each in children(element, *path)]
    return tuple(int(each) for each in found if _is_small_number(each))


def _is_small_number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 4


def _lines_of(element: etree._Element) -> tuple[int, ...]:
    found = texts(element, "RiferimentoNumeroLinea")
    return tuple(int(each) for each in found if _is_small_number(each))


def _related(body: etree._Element) -> list[RelatedDocument]:
    return [
        RelatedDocument(
            kind=kind,
            number=text(each, "IdDocumento"),
            on=optional_day(each, "Data"),
            lines=_lines_of(each),
            item=text(each, "NumItem"),
            project=text(each, "CodiceCommessaConvenzione"),
            cup=text(each, "CodiceCUP"),
            cig=text(each, "CodiceCIG"),
        )
        for kind, name in RELATED_ELEMENTS.items()
        for each in children(body, "DatiGenerali", name)
    ]


def _first(related: tuple[RelatedDocument, ...], kind: RelatedKind) -> str:
    return next((each.number for each in related if each.kind == kind), "")


def _delivery_notes(body: etree._Element) -> list[DeliveryNote]:
    return [
        DeliveryNote(
            number=text(each, "NumeroDDT"),
            on=day(required(each, "DataDDT", term="The date of a delivery note")),
            lines=_lines_of(each),
        )
        for each in children(body, "DatiGenerali", "DatiDDT")
    ]


def _main_invoice(body: etree._Element) -> DocumentReference | None:
    found = child(body, "DatiGenerali", "FatturaPrincipale")
    if found is None:
        return None
    return DocumentReference(
        number=text(found, "NumeroFatturaPrincipale"),
        issued_on=optional_day(found, "DataFatturaPrincipale"),
    )


def _transport(element: etree._Element | None) -> Transport | None:
    if element is None:
        return None
    packages = text(element, "NumeroColli")
    place = child(element, "IndirizzoResa")
    return Transport(
        means=text(element, "MezzoTrasporto"),
        reason=text(element, "CausaleTrasporto"),
        packages=int(packages) if _is_small_number(packages) else None,
        description=text(element, "Descrizione"),
        weight_unit=text(element, "UnitaMisuraPeso"),
        gross_weight=optional_number(element, "PesoLordo"),
        net_weight=optional_number(element, "PesoNetto"),
        collected_at=_instant(child(element, "DataOraRitiro")),
        started_on=optional_day(element, "DataInizioTrasporto"),
        terms=text(element, "TipoResa"),
        address=None if place is None else address(place),
        delivered_at=_instant(child(element, "DataOraConsegna")),
    )


def _instant(element: etree._Element | None) -> datetime | None:
    if element is None or not text(element):
        return None
    try:
        return datetime.fromisoformat(text(element))
    except ValueError:
        raise invalid(
            element, "a date and time such as 2026-04-30T17:00:00", code="invalid_date"
        ) from None


def _delivery(transport: Transport | None, notes: tuple[DeliveryNote, ...]) -> Delivery | None:
    """Where the goods went, and on which day: as the carrier says, else as the last delivery note."""
    on: date | None = max((note.on for note in notes), default=None)
    if transport is not None and transport.delivered_at is not None:
        on = transport.delivered_at.date()
    place = transport.address if transport is not None else None
    return Delivery(delivered_on=on, address=place) if on or place else None


def _totals(
    lines: tuple[InvoiceLine, ...],
    charges: tuple[AllowanceCharge, ...],
    groups: tuple[VatBreakdown, ...],
    *,
    details: FatturaDetails,
    rounding: Decimal | None,
) -> Totals:
    """BG-22. What the buyer does not pay to the seller stands as prepaid (BT-113).

    That is what it withholds, what it pays to the treasury under split payment, and a discount on the
    total: EN 16931 has no other term between the total with VAT and the amount due (BR-CO-16).
    """
    taxable = sum((group.taxable for group in groups), Decimal(0))
    tax = sum((group.tax for group in groups), Decimal(0))
    with_vat = taxable + tax
    payable = _payable(
        with_vat + (rounding or Decimal(0)),
        split=sum((group.tax for group in groups if group.category == "B"), Decimal(0)),
        details=details,
    )
    allowances = [each.amount for each in charges if not each.is_charge]
    surcharges = [each.amount for each in charges if each.is_charge]
    return Totals(
        lines=sum((line.net for line in lines), Decimal(0)),
        without_vat=taxable,
        with_vat=with_vat,
        payable=payable,
        allowances=sum(allowances, Decimal(0)) if allowances else None,
        charges=sum(surcharges, Decimal(0)) if surcharges else None,
        vat=tax,
        prepaid=(with_vat + (rounding or Decimal(0)) - payable) or None,
        rounding=rounding,
    )


def _payable(total: Decimal, *, split: Decimal, details: FatturaDetails) -> Decimal:
    """What the document asks for: its amounts to pay, else its total without what is kept back."""
    changes = zip(details.adjustments, unit_amounts(details.adjustments, price=total), strict=True)
    own = total + sum((a if each.is_charge else -a for each, a in changes), Decimal(0))
    if details.total is not None:
        own = details.total
    asked = _asked(details.payments)
    if asked is not None and abs(asked) <= max(abs(own), abs(total)):
        return asked  # more than the total: the same amount in several ways to pay it
    return own - split - sum((each.amount for each in details.withholdings), Decimal(0))


def _asked(blocks: tuple[PaymentBlock, ...]) -> Decimal | None:
    amounts = [payment.amount for payment in each_payment(blocks)]
    return sum(amounts, Decimal(0)) if amounts else None


def read_attachment(element: etree._Element) -> Attachment:
    """A file in the file [Allegati]; a compressed one is not unpacked."""
    name = text(element, "NomeAttachment")
    written = text(element, "FormatoAttachment").upper() or name.rpartition(".")[2].upper()
    packed = text(element, "AlgoritmoCompressione").upper()
    content = child(element, "Attachment")
    return Attachment(
        reference=name,
        description=text(element, "DescrizioneAttachment"),
        content=None if content is None else binary(content),
        media_type=_MEDIA_TYPES.get(packed or written, "application/octet-stream"),
        filename=name,
    )
