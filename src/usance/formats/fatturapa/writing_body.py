"""DatiGenerali and Allegati of a FatturaPA: what the document is, and what it refers to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from lxml import etree

from usance.formats.errors import FormatError
from usance.formats.fatturapa.codes import DOCUMENT_TYPES, SIMPLIFIED_TYPES, TYPE_CODES
from usance.formats.fatturapa.elements import binary, group, required, value
from usance.formats.fatturapa.fattura import (
    RELATED_ELEMENTS,
    DeliveryNote,
    FatturaDetails,
    RelatedDocument,
    RelatedKind,
    Transport,
)
from usance.formats.fatturapa.reading_lines import unit_amounts
from usance.formats.fatturapa.texts import amount, basic, latin, pieces, price, rate
from usance.formats.fatturapa.writing_lines import line_numbers, write_adjustments
from usance.formats.fatturapa.writing_parties import write_address
from usance.rules.invoicing.document import Address, Attachment, InvoiceDocument

_LONGEST_REFERENCE: Final = 20
_CIG: Final = re.compile(r"[A-Z0-9]{10}")
_CUP: Final = re.compile(r"[A-Z0-9]{15}")


def kind_of(document: InvoiceDocument, details: FatturaDetails) -> str:
    """TipoDocumento: as the details say, else by BT-3; TD24 for goods delivered before the invoice.

    Goods that left with a delivery note may be invoiced by the 15th of the next month, and then the
    invoice is a deferred one (art. 21 c.4 a) DPR 633/1972). Raises FormatError
    ``unknown_document_type``.
    """
    kind = details.document_type or DOCUMENT_TYPES.get(document.type_code, "")
    if kind not in TYPE_CODES or kind in SIMPLIFIED_TYPES:
        raise FormatError(
            f"A document of type {kind or document.type_code} cannot be written as an ordinary "
            "FatturaPA; give its TipoDocumento, TD01 to TD06 or TD16 to TD29.",
            code="unknown_document_type",
        )
    notes = delivery_notes(document, details)
    if kind == "TD01" and not details.document_type and notes:
        deferred = all(note.on < document.issued_on for note in notes)
        return "TD24" if deferred else "TD01"
    return kind


def delivery_notes(document: InvoiceDocument, details: FatturaDetails) -> tuple[DeliveryNote, ...]:
    """The delivery notes: as the details say, else those that the lines of an invoice came with, else
    the one of BT-16 on the day of BT-72. One whose number is longer than its element is left out."""
    on = document.delivery.delivered_on if document.delivery else None
    if details.delivery_notes:
        return details.delivery_notes
    if of_lines := _despatches(document):
        return of_lines
    if not document.despatch_advice or on is None:
        return ()
    if len(document.despatch_advice) > _LONGEST_REFERENCE:
        return ()
    return (DeliveryNote(number=document.despatch_advice, on=on),)


def _despatches(document: InvoiceDocument) -> tuple[DeliveryNote, ...]:
    """The delivery notes of the lines, each with its lines unless it is that of the whole invoice."""
    numbers = line_numbers(document)
    found: dict[tuple[str, date], list[int]] = {}
    for line in () if document.is_credit else document.lines:
        one = line.despatch
        if one is not None and one.issued_on is not None and len(one.number) <= _LONGEST_REFERENCE:
            found.setdefault((one.number, one.issued_on), []).append(numbers[line.id])
    return tuple(
        DeliveryNote(number, on, () if len(lines) == len(document.lines) else tuple(lines))
        for (number, on), lines in found.items()
    )


def write_general(body: etree._Element, document: InvoiceDocument, details: FatturaDetails) -> None:
    """DatiGenerali. Raises FormatError."""
    general = group(body, "DatiGenerali")
    _write_document(general, document, details)
    related = [*details.related, *_derived(document, details)]
    for kind, name in RELATED_ELEMENTS.items():
        for each in related:
            if each.kind == kind:
                _write_related(general, name, each)
    for stage in details.stages:
        value(group(general, "DatiSAL"), "RiferimentoFase", stage)
    for note in delivery_notes(document, details):
        element = group(general, "DatiDDT")
        value(element, "NumeroDDT", basic(note.number, name="a delivery note", limit=20))
        value(element, "DataDDT", note.on)
        for line in note.lines:
            value(element, "RiferimentoNumeroLinea", line)
    _write_transport(general, _transport(document, details))
    main = details.main_invoice
    if main is not None:
        element = group(general, "FatturaPrincipale")
        value(element, "NumeroFatturaPrincipale", basic(main.number, name="main invoice", limit=20))
        value(element, "DataFatturaPrincipale", main.issued_on)


def _write_document(
    general: etree._Element, document: InvoiceDocument, details: FatturaDetails
) -> None:
    element = group(general, "DatiGeneraliDocumento")
    value(element, "TipoDocumento", kind_of(document, details))
    value(element, "Divisa", required(document.currency, name="a currency"))
    value(element, "Data", document.issued_on)
    number = required(document.number, name="a number")
    value(element, "Numero", basic(number, name="the invoice number", limit=20))
    for kept in details.withholdings:
        entry = group(element, "DatiRitenuta")
        value(entry, "TipoRitenuta", kept.kind)
        value(entry, "ImportoRitenuta", amount(kept.amount, name="an amount withheld"))
        value(entry, "AliquotaRitenuta", rate(kept.rate, name="a rate withheld"))
        value(entry, "CausalePagamento", kept.reason)
    if details.stamp is not None:
        entry = group(element, "DatiBollo")
        value(entry, "BolloVirtuale", "SI")
        if details.stamp.amount is not None:
            value(entry, "ImportoBollo", amount(details.stamp.amount, name="stamp duty"))
    _write_funds(element, details)
    write_adjustments(element, details.adjustments)
    value(element, "ImportoTotaleDocumento", amount(total(document, details), name="the total"))
    rounding = document.totals.rounding
    if rounding is not None:
        value(element, "Arrotondamento", amount(rounding, name="the rounding"))
    for text in _reasons(document, details):
        for piece in pieces(text, name="a note", limit=200):
            value(element, "Causale", piece)
    value(element, "Art73", "SI" if details.article_73 else "")


def total(document: InvoiceDocument, details: FatturaDetails) -> Decimal:
    """ImportoTotaleDocumento: with VAT, after rounding and a discount on the total."""
    if details.total is not None:
        return details.total
    whole = document.totals.with_vat + (document.totals.rounding or Decimal(0))
    changes = unit_amounts(details.adjustments, price=whole)
    for each, change in zip(details.adjustments, changes, strict=True):
        whole += change if each.is_charge else -change
    return whole


def _write_funds(element: etree._Element, details: FatturaDetails) -> None:
    for fund in details.pension_funds:
        entry = group(element, "DatiCassaPrevidenziale")
        value(entry, "TipoCassa", fund.kind)
        value(entry, "AlCassa", rate(fund.rate, name="a contribution's rate"))
        value(entry, "ImportoContributoCassa", amount(fund.amount, name="a contribution"))
        if fund.base is not None:
            value(entry, "ImponibileCassa", amount(fund.base, name="a contribution's base"))
        value(entry, "AliquotaIVA", rate(fund.vat_rate, name="a VAT rate"))
        value(entry, "Ritenuta", "SI" if fund.withheld else "")
        value(entry, "Natura", fund.natura)
        value(
            entry,
            "RiferimentoAmministrazione",
            basic(fund.accounting, name="a contribution's reference", limit=20),
        )


def _reasons(document: InvoiceDocument, details: FatturaDetails) -> Iterator[str]:
    """Causale: the notes, and what the model says and FatturaPA has no element for."""
    yield from (note.text for note in document.notes)
    if document.payment_terms:
        yield f"Pagamento: {document.payment_terms}"
    if not details.payments and (
        len(document.early_discounts) > 1
        or (document.early_discounts and len(document.instalments) > 1)
    ):
        for each in document.early_discounts:
            yield (
                f"Sconto {_comma(each.percent)} % ({document.currency} {_comma(each.amount)}) "
                f"per pagamento entro il {_day(each.until)}"
            )
    if document.buyer_reference:
        yield f"Rif. cliente: {document.buyer_reference}"
    if document.sales_order:
        yield f"Ns. ordine: {document.sales_order}"
    period = document.period
    if period is not None and (period.start or period.end):
        days = [_day(day) for day in (period.start, period.end) if day]
        yield f"Periodo: {' - '.join(days)}"
    if document.tax_point_on and document.tax_point_on != document.issued_on:
        yield f"Data di effettuazione dell'operazione: {_day(document.tax_point_on)}"
    for label, text in _too_long(document):
        yield f"{label}: {text}"
    totals = document.totals
    if document.currency != "EUR" and totals.vat_in_tax_currency is not None:
        exchange = document.tax_exchange_rate
        at = f" (cambio {_comma(exchange)})" if exchange is not None else ""
        yield f"IVA in {document.tax_currency}: {_comma(totals.vat_in_tax_currency)}{at}"
    for attachment in document.attachments:
        if attachment.content is None and attachment.location:
            yield f"Allegato {attachment.reference}: {attachment.location}"


def _too_long(document: InvoiceDocument) -> Iterator[tuple[str, str]]:
    """References longer than their elements: written whole as text rather than cut."""
    for label, text in (
        ("Ordine", document.purchase_order),
        ("Contratto", document.contract),
        ("Ricezione", document.receiving_advice),
        ("Documento di trasporto", document.despatch_advice),
        ("Rif. amministrazione", document.accounting),
    ):
        if len(text) > _LONGEST_REFERENCE:
            yield label, text


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def _comma(number: Decimal) -> str:
    return f"{number:f}".replace(".", ",")


def _derived(document: InvoiceDocument, details: FatturaDetails) -> Iterator[RelatedDocument]:
    """References of the model of those kinds that the details do not give."""
    given: set[RelatedKind] = {each.kind for each in details.related}
    tender, project = document.tender, document.project
    known = any(each.cig == tender for each in details.related if tender)
    cig = tender if _CIG.fullmatch(tender) and not known else ""
    known = any(each.cup == project for each in details.related if project)
    cup = project if _CUP.fullmatch(project) and not known else ""
    commission = "" if cup or known else project
    if "order" not in given:
        number = document.purchase_order
        if len(number) <= _LONGEST_REFERENCE and (number or cig or cup or commission):
            yield from _orders(document, number or cig or cup or "N/D", cig, cup, commission)
            cig = cup = commission = ""
    if "contract" not in given and 0 < len(document.contract) <= _LONGEST_REFERENCE:
        yield RelatedDocument("contract", document.contract, cig=cig, cup=cup, project=commission)
    if "agreement" not in given and tender and not _CIG.fullmatch(tender):
        yield RelatedDocument("agreement", tender)
    if "receiving" not in given and 0 < len(document.receiving_advice) <= _LONGEST_REFERENCE:
        yield RelatedDocument("receiving", document.receiving_advice)
    if "invoice" not in given:
        for each in document.preceding:
            yield RelatedDocument("invoice", each.number, on=each.issued_on)


def _orders(
    document: InvoiceDocument, number: str, cig: str, cup: str, project: str
) -> Iterator[RelatedDocument]:
    """The order, or one entry a line where lines say which line of the order they are (BT-132)."""
    numbers = line_numbers(document)
    with_line = [line for line in document.lines if 0 < len(line.order_line) <= 20]
    if not with_line:
        yield RelatedDocument("order", number, cig=cig, cup=cup, project=project)
    for line in with_line:
        yield RelatedDocument(
            "order",
            number,
            lines=(numbers[line.id],),
            item=line.order_line,
            cig=cig,
            cup=cup,
            project=project,
        )


def _write_related(general: etree._Element, name: str, each: RelatedDocument) -> None:
    element = group(general, name)
    for line in each.lines:
        value(element, "RiferimentoNumeroLinea", line)
    number = required(each.number, name="the number of every document referred to")
    value(element, "IdDocumento", basic(number, name="a document referred to", limit=20))
    value(element, "Data", each.on)
    value(element, "NumItem", basic(each.item, name="NumItem", limit=20))
    value(
        element,
        "CodiceCommessaConvenzione",
        latin(each.project, name="CodiceCommessaConvenzione", limit=100),
    )
    value(element, "CodiceCUP", basic(each.cup, name="CUP", limit=15))
    value(element, "CodiceCIG", basic(each.cig, name="CIG", limit=15))


def _transport(document: InvoiceDocument, details: FatturaDetails) -> Transport | None:
    """As the details say, else the place of delivery (BG-15) if it is a whole address."""
    place = document.delivery.address if document.delivery else None
    if details.transport is not None or place is None or not _is_whole(place):
        return details.transport
    return Transport(address=place)


def _is_whole(address: Address) -> bool:
    code = address.country != "IT" or re.fullmatch("[0-9]{5}", address.post_code)
    return bool(address.city and address.country and code)


def _write_transport(general: etree._Element, transport: Transport | None) -> None:
    if transport is None or transport == Transport():
        return
    element = group(general, "DatiTrasporto")
    value(element, "MezzoTrasporto", latin(transport.means, name="means", limit=80, cut=True))
    value(element, "CausaleTrasporto", latin(transport.reason, name="reason", limit=100, cut=True))
    value(element, "NumeroColli", transport.packages)
    value(
        element,
        "Descrizione",
        latin(transport.description, name="packages", limit=100, cut=True),
    )
    value(element, "UnitaMisuraPeso", basic(transport.weight_unit, name="unit", limit=10))
    for name, weight in (
        ("PesoLordo", transport.gross_weight),
        ("PesoNetto", transport.net_weight),
    ):
        if weight is not None:
            value(element, name, price(weight, name=name))
    value(element, "DataOraRitiro", transport.collected_at)
    value(element, "DataInizioTrasporto", transport.started_on)
    value(element, "TipoResa", transport.terms)
    if transport.address is not None:
        write_address(element, "IndirizzoResa", transport.address, who="delivery")
    value(element, "DataOraConsegna", transport.delivered_at)


_FORMATS: Final = {
    "application/pdf": "PDF",
    "application/xml": "XML",
    "text/xml": "XML",
    "text/csv": "CSV",
    "text/plain": "TXT",
    "image/png": "PNG",
    "image/jpeg": "JPG",
    "application/zip": "ZIP",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.oasis.opendocument.spreadsheet": "ODS",
}


def write_attachment(body: etree._Element, attachment: Attachment) -> None:
    """Allegati; an attachment that is elsewhere is named in Causale instead."""
    if attachment.content is None:
        return
    element = group(body, "Allegati")
    name = attachment.filename or attachment.reference
    if len(name) > 60:
        stem, dot, ending = name.rpartition(".")
        name = (stem or name)[: 60 - len(dot + ending)] + dot + ending if dot else name[:60]
    value(element, "NomeAttachment", latin(name, name="the name of a file", limit=60))
    kind = _FORMATS.get(attachment.media_type, "")
    packed = kind == "ZIP" and not name.lower().endswith(".zip")
    value(element, "AlgoritmoCompressione", "ZIP" if packed else "")
    value(element, "FormatoAttachment", "" if packed else kind)
    value(
        element,
        "DescrizioneAttachment",
        latin(attachment.description, name="a file's description", limit=100, cut=True),
    )
    binary(element, "Attachment", attachment.content)
