"""Elements of totals, taxes, allowances, charges and lines of a UBL document."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from lxml import etree

from usance.formats.einvoice.writing import Writer
from usance.formats.ubl.names import OBJECT_CODE, Kind
from usance.formats.ubl.writing_parties import write_identifier, write_period
from usance.rules.invoicing.document import (
    AllowanceCharge,
    InvoiceDocument,
    InvoiceLine,
    Item,
    Price,
    ThirdPartyPayment,
    Totals,
    VatBreakdown,
)

_VAT: Final = "VAT"


def write_document_allowance_charge(
    writer: Writer, parent: etree._Element, given: AllowanceCharge, *, currency: str
) -> None:
    """BG-20 or BG-21, with its VAT."""
    element = _write_allowance_charge(writer, parent, given, currency=currency)
    _write_category(
        writer, element, "cac:TaxCategory", category=given.vat_category, rate=given.vat_rate
    )


def _write_allowance_charge(
    writer: Writer, parent: etree._Element, given: AllowanceCharge, *, currency: str
) -> etree._Element:
    element = writer.group(parent, "cac:AllowanceCharge")
    writer.value(element, "cbc:ChargeIndicator", "true" if given.is_charge else "false")
    writer.value(element, "cbc:AllowanceChargeReasonCode", given.reason_code)
    writer.value(element, "cbc:AllowanceChargeReason", given.reason)
    writer.value(element, "cbc:MultiplierFactorNumeric", given.percent)
    writer.value(element, "cbc:Amount", given.amount, currencyID=currency)
    writer.value(element, "cbc:BaseAmount", given.base, currencyID=currency)
    return element


def _write_category(
    writer: Writer,
    parent: etree._Element,
    name: str,
    *,
    category: str,
    rate: Decimal | None,
    breakdown: VatBreakdown | None = None,
) -> None:
    if not category and rate is None:
        return
    element = writer.group(parent, name)
    writer.value(element, "cbc:ID", category)
    writer.value(element, "cbc:Percent", rate)
    if breakdown is not None:
        writer.value(element, "cbc:TaxExemptionReasonCode", breakdown.exemption_code)
        writer.value(element, "cbc:TaxExemptionReason", breakdown.exemption_reason)
    writer.within(element, "cac:TaxScheme", "cbc:ID", _VAT)


def write_tax_totals(writer: Writer, parent: etree._Element, document: InvoiceDocument) -> None:
    """The tax with its breakdown (BT-110, BG-23), then the tax in the currency of accounting (BT-111)."""
    currency, totals = document.currency, document.totals
    total = writer.group(parent, "cac:TaxTotal")
    writer.value(total, "cbc:TaxAmount", totals.vat, currencyID=currency)
    for breakdown in document.vat:
        subtotal = writer.group(total, "cac:TaxSubtotal")
        writer.value(subtotal, "cbc:TaxableAmount", breakdown.taxable, currencyID=currency)
        writer.value(subtotal, "cbc:TaxAmount", breakdown.tax, currencyID=currency)
        _write_category(
            writer,
            subtotal,
            "cac:TaxCategory",
            category=breakdown.category,
            rate=breakdown.rate,
            breakdown=breakdown,
        )
    accounting = writer.group(parent, "cac:TaxTotal")
    writer.value(
        accounting,
        "cbc:TaxAmount",
        totals.vat_in_tax_currency,
        currencyID=document.tax_currency,
    )


def write_totals(writer: Writer, parent: etree._Element, totals: Totals, *, currency: str) -> None:
    """The sums of the document (BG-22)."""
    monetary = writer.group(parent, "cac:LegalMonetaryTotal")
    for name, figure in (
        ("LineExtensionAmount", totals.lines),
        ("TaxExclusiveAmount", totals.without_vat),
        ("TaxInclusiveAmount", totals.with_vat),
        ("AllowanceTotalAmount", totals.allowances),
        ("ChargeTotalAmount", totals.charges),
        ("PrepaidAmount", totals.prepaid),
        ("PayableRoundingAmount", totals.rounding),
        ("PayableAmount", totals.payable),
    ):
        writer.value(monetary, f"cbc:{name}", figure, currencyID=currency)


def write_third_party_payment(
    writer: Writer, parent: etree._Element, given: ThirdPartyPayment, *, currency: str
) -> None:
    """What is collected for someone else (BG-DEX-09 of XRechnung's extension)."""
    payment = writer.group(parent, "cac:PrepaidPayment")
    writer.value(payment, "cbc:ID", given.kind)
    writer.value(payment, "cbc:PaidAmount", given.amount, currencyID=currency)
    writer.value(payment, "cbc:InstructionID", given.description)


def write_line(
    writer: Writer, parent: etree._Element, given: InvoiceLine, *, kind: Kind, currency: str
) -> None:
    """A line (BG-25)."""
    line = writer.group(parent, f"cac:{kind.line}")
    writer.value(line, "cbc:ID", given.id)
    writer.value(line, "cbc:Note", given.note)
    writer.value(line, f"cbc:{kind.quantity}", given.quantity, unitCode=given.unit)
    writer.value(line, "cbc:LineExtensionAmount", given.net, currencyID=currency)
    writer.value(line, "cbc:AccountingCost", given.accounting)
    write_period(writer, line, given.period)
    writer.within(line, "cac:OrderLineReference", "cbc:LineID", given.order_line)
    if given.object is not None:
        reference = writer.group(line, "cac:DocumentReference")
        write_identifier(writer, reference, "cbc:ID", given.object)
        writer.value(reference, "cbc:DocumentTypeCode", OBJECT_CODE)
    for entry in given.allowances_charges:
        _write_allowance_charge(writer, line, entry, currency=currency)
    _write_item(writer, line, given.item, category=given.vat_category, rate=given.vat_rate)
    _write_price(writer, line, given.price, currency=currency)


def _write_item(
    writer: Writer, line: etree._Element, given: Item, *, category: str, rate: Decimal | None
) -> None:
    item = writer.group(line, "cac:Item")
    writer.value(item, "cbc:Description", given.description)
    writer.value(item, "cbc:Name", given.name)
    writer.within(item, "cac:BuyersItemIdentification", "cbc:ID", given.buyer_id)
    writer.within(item, "cac:SellersItemIdentification", "cbc:ID", given.seller_id)
    if given.standard_id is not None:
        standard = writer.group(item, "cac:StandardItemIdentification")
        write_identifier(writer, standard, "cbc:ID", given.standard_id)
    writer.within(item, "cac:OriginCountry", "cbc:IdentificationCode", given.origin)
    for each in given.classifications:
        writer.within(
            item,
            "cac:CommodityClassification",
            "cbc:ItemClassificationCode",
            each.code,
            listID=each.scheme,
            listVersionID=each.version,
        )
    _write_category(writer, item, "cac:ClassifiedTaxCategory", category=category, rate=rate)
    for attribute in given.attributes:
        element = writer.group(item, "cac:AdditionalItemProperty")
        writer.value(element, "cbc:Name", attribute.name)
        writer.value(element, "cbc:Value", attribute.value)


def _write_price(writer: Writer, line: etree._Element, given: Price, *, currency: str) -> None:
    price = writer.group(line, "cac:Price")
    writer.value(price, "cbc:PriceAmount", given.net, currencyID=currency)
    writer.value(price, "cbc:BaseQuantity", given.base_quantity, unitCode=given.base_unit)
    discount = given.discount
    if discount is None and given.gross is not None:
        # UBL has the gross price (BT-148) only beside the discount (BT-147) that leads to the net one.
        discount = given.gross - given.net
    if discount is not None:
        element = writer.group(price, "cac:AllowanceCharge")
        writer.value(element, "cbc:ChargeIndicator", "false")
        writer.value(element, "cbc:Amount", discount, currencyID=currency)
        writer.value(element, "cbc:BaseAmount", given.gross, currencyID=currency)
