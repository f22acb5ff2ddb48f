"""The lines of an invoice (BG-25 to BG-32)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from lxml import etree

from usance.formats.cii.allowances import read_allowances, write_allowances
from usance.formats.cii.elements import WRITER, day, joined, write_day
from usance.formats.einvoice.parsing import (
    amount,
    attribute,
    child,
    children,
    is_true,
    number,
    optional_number,
    required,
    required_text,
    text,
)
from usance.rules.invoicing.document import (
    Attribute,
    Classification,
    Identifier,
    InvoiceLine,
    Item,
    Period,
    Price,
)

OBJECT: Final = "130"
"""UNTDID 1001: the reference is to the object that is invoiced (BT-18, BT-128)."""


def read_lines(transaction: etree._Element, *, currency: str) -> tuple[InvoiceLine, ...]:
    """The lines that count towards the total, of a SupplyChainTradeTransaction.

    Of the EXTENDED profile's sub-invoice lines, those that group others (LineStatusReasonCode GROUP)
    become the heading of the lines below them, and those that only inform (INFORMATION) are left out:
    neither is part of BT-106.
    """
    elements = list(children(transaction, "IncludedSupplyChainTradeLineItem"))
    headings: dict[str, str] = {}
    lines = []
    for element in elements:
        about = child(element, "AssociatedDocumentLineDocument")
        match text(about, "LineStatusReasonCode"):
            case "GROUP":
                headings[text(about, "LineID")] = text(element, "SpecifiedTradeProduct", "Name")
            case "INFORMATION":
                continue
            case _:
                heading = headings.get(text(about, "ParentLineID"), "")
                lines.append(_read_line(element, currency=currency, group=heading))
    return tuple(lines)


def _read_line(element: etree._Element, *, currency: str, group: str) -> InvoiceLine:
    about = child(element, "AssociatedDocumentLineDocument")
    settlement = required(element, "SpecifiedLineTradeSettlement", term="the settlement of a line")
    quantity = required(
        element, "SpecifiedLineTradeDelivery", "BilledQuantity", term="BT-129, a line's quantity"
    )
    net = required(
        settlement,
        "SpecifiedTradeSettlementLineMonetarySummation",
        "LineTotalAmount",
        term="BT-131, a line's net amount",
    )
    tax = child(settlement, "ApplicableTradeTax")
    return InvoiceLine(
        id=required_text(
            element, "AssociatedDocumentLineDocument", "LineID", term="BT-126, a line's number"
        ),
        item=_read_item(required(element, "SpecifiedTradeProduct", term="BG-31, a line's item")),
        quantity=number(quantity),
        unit=attribute(quantity, "unitCode"),
        net=amount(net, currency=currency),
        price=_read_price(element, currency=currency),
        vat_category=text(tax, "CategoryCode"),
        vat_rate=optional_number(tax, "RateApplicablePercent"),
        note="\n".join(joined(note, "Content") for note in children(about, "IncludedNote")),
        object=_read_object(settlement),
        order_line=text(
            element, "SpecifiedLineTradeAgreement", "BuyerOrderReferencedDocument", "LineID"
        ),
        accounting=text(settlement, "ReceivableSpecifiedTradeAccountingAccount", "ID"),
        period=read_period(child(settlement, "BillingSpecifiedPeriod")),
        allowances_charges=read_allowances(settlement, currency=currency),
        exemption_reason=text(tax, "ExemptionReason"),
        group=group,
    )


def _read_item(product: etree._Element) -> Item:
    standard = child(product, "GlobalID")
    return Item(
        name=required_text(product, "Name", term="BT-153, an item's name"),
        description=joined(product, "Description"),
        seller_id=text(product, "SellerAssignedID"),
        buyer_id=text(product, "BuyerAssignedID"),
        standard_id=(
            Identifier(text(standard), attribute(standard, "schemeID")) if text(standard) else None
        ),
        classifications=tuple(
            Classification(text(code), attribute(code, "listID"), attribute(code, "listVersionID"))
            for each in children(product, "DesignatedProductClassification")
            for code in children(each, "ClassCode")
            if text(code)
        ),
        origin=text(product, "OriginTradeCountry", "ID"),
        attributes=tuple(
            Attribute(joined(each, "Description"), joined(each, "Value"))
            for each in children(product, "ApplicableProductCharacteristic")
        ),
    )


def _read_price(line: etree._Element, *, currency: str) -> Price:
    agreement = child(line, "SpecifiedLineTradeAgreement")
    gross = child(agreement, "GrossPriceProductTradePrice")
    charge = required(
        line,
        "SpecifiedLineTradeAgreement",
        "NetPriceProductTradePrice",
        "ChargeAmount",
        term="BT-146, an item's net price",
    )
    gross_charge = child(gross, "ChargeAmount")
    base = child(agreement, "NetPriceProductTradePrice", "BasisQuantity")
    if not text(base):
        base = child(gross, "BasisQuantity")
    return Price(
        net=amount(charge, currency=currency),
        discount=_read_discount(gross, currency=currency),
        gross=amount(gross_charge, currency=currency)
        if gross_charge is not None and text(gross_charge)
        else None,
        base_quantity=number(base) if base is not None and text(base) else None,
        base_unit=attribute(base, "unitCode") if text(base) else "",
    )


def _read_discount(gross: etree._Element | None, *, currency: str) -> Decimal | None:
    """BT-147: what the price allowances take off, less what price charges put on."""
    total: Decimal | None = None
    for each in children(gross, "AppliedTradeAllowanceCharge"):
        actual = required(each, "ActualAmount", term="BT-147, the discount on a price")
        indicator = child(each, "ChargeIndicator", "Indicator")
        is_charge = indicator is not None and is_true(indicator)
        value = amount(actual, currency=currency)
        value = -value if is_charge else value
        # A sum has a context's digits only, and one allowance is what nearly everyone writes.
        total = value if total is None else total + value
    return total


def _read_object(settlement: etree._Element) -> Identifier | None:
    for each in children(settlement, "AdditionalReferencedDocument"):
        number = text(each, "IssuerAssignedID")
        if number and text(each, "TypeCode") in (OBJECT, ""):
            return Identifier(number, text(each, "ReferenceTypeCode"))
    return None


def read_period(element: etree._Element | None) -> Period | None:
    """A SpecifiedPeriod; None if it names neither day."""
    period = Period(start=day(element, "StartDateTime"), end=day(element, "EndDateTime"))
    return None if period == Period() else period


def write_lines(
    transaction: etree._Element, lines: Iterable[InvoiceLine], *, extended: bool
) -> None:
    """An IncludedSupplyChainTradeLineItem for each line."""
    for line in lines:
        element = WRITER.group(transaction, "ram:IncludedSupplyChainTradeLineItem")
        about = WRITER.group(element, "ram:AssociatedDocumentLineDocument")
        WRITER.value(about, "ram:LineID", line.id)
        if line.note:
            WRITER.value(WRITER.group(about, "ram:IncludedNote"), "ram:Content", line.note)
        _write_item(element, line.item)
        _write_agreement(element, line)
        delivery = WRITER.group(element, "ram:SpecifiedLineTradeDelivery")
        WRITER.value(delivery, "ram:BilledQuantity", line.quantity, unitCode=line.unit)
        _write_settlement(element, line, extended=extended)


def _write_item(parent: etree._Element, item: Item) -> None:
    product = WRITER.group(parent, "ram:SpecifiedTradeProduct")
    if item.standard_id is not None:
        WRITER.value(
            product, "ram:GlobalID", item.standard_id.value, schemeID=item.standard_id.scheme
        )
    WRITER.value(product, "ram:SellerAssignedID", item.seller_id)
    WRITER.value(product, "ram:BuyerAssignedID", item.buyer_id)
    WRITER.value(product, "ram:Name", item.name)
    WRITER.value(product, "ram:Description", item.description)
    for each in item.attributes:
        characteristic = WRITER.group(product, "ram:ApplicableProductCharacteristic")
        WRITER.value(characteristic, "ram:Description", each.name)
        WRITER.value(characteristic, "ram:Value", each.value)
    for code in item.classifications:
        classification = WRITER.group(product, "ram:DesignatedProductClassification")
        WRITER.value(
            classification,
            "ram:ClassCode",
            code.code,
            listID=code.scheme,
            listVersionID=code.version,
        )
    if item.origin:
        country = WRITER.group(product, "ram:OriginTradeCountry")
        WRITER.value(country, "ram:ID", item.origin)


def _write_agreement(parent: etree._Element, line: InvoiceLine) -> None:
    agreement = WRITER.group(parent, "ram:SpecifiedLineTradeAgreement")
    if line.order_line:
        order = WRITER.group(agreement, "ram:BuyerOrderReferencedDocument")
        WRITER.value(order, "ram:LineID", line.order_line)
    price = line.price
    gross = price.gross
    if gross is None and price.discount is not None:
        # CII says a discount below the gross price only, and BT-148 is BT-146 plus BT-147.
        gross = price.net + price.discount
    if gross is not None:
        element = WRITER.group(agreement, "ram:GrossPriceProductTradePrice")
        WRITER.value(element, "ram:ChargeAmount", gross)
        WRITER.value(element, "ram:BasisQuantity", price.base_quantity, unitCode=price.base_unit)
        if price.discount is not None:
            discount = WRITER.group(element, "ram:AppliedTradeAllowanceCharge")
            indicator = WRITER.group(discount, "ram:ChargeIndicator")
            WRITER.value(indicator, "udt:Indicator", "false")
            WRITER.value(discount, "ram:ActualAmount", price.discount)
    element = WRITER.group(agreement, "ram:NetPriceProductTradePrice")
    WRITER.value(element, "ram:ChargeAmount", price.net)
    WRITER.value(element, "ram:BasisQuantity", price.base_quantity, unitCode=price.base_unit)


def _write_settlement(parent: etree._Element, line: InvoiceLine, *, extended: bool) -> None:
    settlement = WRITER.group(parent, "ram:SpecifiedLineTradeSettlement")
    tax = WRITER.group(settlement, "ram:ApplicableTradeTax")
    WRITER.value(tax, "ram:TypeCode", "VAT")
    if extended:
        WRITER.value(tax, "ram:ExemptionReason", line.exemption_reason)
    WRITER.value(tax, "ram:CategoryCode", line.vat_category)
    WRITER.value(tax, "ram:RateApplicablePercent", line.vat_rate)
    write_period(settlement, line.period)
    write_allowances(settlement, line.allowances_charges)
    totals = WRITER.group(settlement, "ram:SpecifiedTradeSettlementLineMonetarySummation")
    WRITER.value(totals, "ram:LineTotalAmount", line.net)
    if line.object is not None:
        document = WRITER.group(settlement, "ram:AdditionalReferencedDocument")
        WRITER.value(document, "ram:IssuerAssignedID", line.object.value)
        WRITER.value(document, "ram:TypeCode", OBJECT)
        WRITER.value(document, "ram:ReferenceTypeCode", line.object.scheme)
    if line.accounting:
        account = WRITER.group(settlement, "ram:ReceivableSpecifiedTradeAccountingAccount")
        WRITER.value(account, "ram:ID", line.accounting)


def write_period(parent: etree._Element, period: Period | None) -> None:
    """A BillingSpecifiedPeriod; none for None."""
    if period is not None and period != Period():
        element = WRITER.group(parent, "ram:BillingSpecifiedPeriod")
        write_day(element, "ram:StartDateTime", period.start)
        write_day(element, "ram:EndDateTime", period.end)
