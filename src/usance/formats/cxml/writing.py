"""An InvoiceDetailRequest of an invoice or credit note (cXML Reference Guide, "Invoices").

A credit note is a credit memo: its amounts and quantities are below zero there, where EN 16931 states
them positive. Nothing is computed anew but the gross amount of a line: every sum is the document's own.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Final

from lxml import etree

from usance.formats.cxml.elements import (
    BUYER_REFERENCE,
    DUE_DATE,
    EXEMPTION_CODE,
    PAYMENT_REFERENCE,
    PAYMENT_TERMS,
    PRECEDING,
    PROJECT,
    TYPE_CODE,
    VAT_CATEGORY,
    add,
    add_extrinsic,
    add_money,
    add_text,
    instant,
)
from usance.formats.cxml.writing_lines import add_line, add_modifications
from usance.formats.cxml.writing_parties import add_header, add_partners, add_shipping
from usance.formats.einvoice.writing import decimal_text
from usance.rules.invoicing.document import (
    CREDIT_NOTE,
    INVOICE,
    InvoiceDocument,
    VatBreakdown,
)

DTD: Final = "http://xml.cxml.org/schemas/cXML/1.2.063/InvoiceDetail.dtd"
"""What a document says it keeps to."""
_NOTHING: Final = Decimal(0)
_DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def payload_id(document: InvoiceDocument) -> str:
    """The document's payloadID: ever the same for the same document, and of no other.

    ``<day>.<digest>@<who>`` as the guide recommends, with a digest in place of a process and a random
    number.
    """
    party = document.seller
    told = (
        party.vat_id,
        party.tax_registration,
        party.name,
        document.type_code,
        document.number,
        document.issued_on.isoformat(),
        document.currency,
        decimal_text(document.totals.payable),
    )
    digest = hashlib.sha256("\0".join(told).encode()).hexdigest()[:32]
    return f"{document.issued_on:%Y%m%d}.{digest}@usance"


def render(document: InvoiceDocument, *, language: str = "en") -> bytes:
    """``document`` as UTF-8, its descriptions marked as in ``language``; the same bytes every time.

    Raises FormatError for a text that XML cannot carry.
    """
    root = etree.Element(
        "cXML", payloadID=payload_id(document), timestamp=instant(document.issued_on)
    )
    root.set("{http://www.w3.org/XML/1998/namespace}lang", language)
    add_header(root, document)
    request = add(add(root, "Request", deploymentMode="production"), "InvoiceDetailRequest")
    sign = Decimal(-1) if document.is_credit else Decimal(1)
    _head(request, document, language=language)
    order = add(request, "InvoiceDetailOrder")
    _order_info(order, document)
    for place, line in enumerate(document.lines, 1):
        add_line(order, line, place=place, currency=document.currency, sign=sign, language=language)
    _summary(request, document, sign=sign, language=language)
    etree.indent(root)
    doctype = f'<!DOCTYPE cXML SYSTEM "{DTD}">\n'.encode()
    return _DECLARATION + doctype + etree.tostring(root, encoding="UTF-8") + b"\n"


def _head(request: etree._Element, document: InvoiceDocument, *, language: str) -> None:
    head = add(
        request,
        "InvoiceDetailRequestHeader",
        invoiceID=document.number,
        purpose="creditMemo" if document.is_credit else "standard",
        operation="new",
        invoiceDate=instant(document.issued_on),
        invoiceOrigin="supplier",
    )
    add(head, "InvoiceDetailHeaderIndicator")
    discounted = any(line.allowances_charges for line in document.lines)
    add(
        head,
        "InvoiceDetailLineIndicator",
        isPriceAdjustmentInLine="yes" if discounted else "",
    )
    add_partners(head, document)
    for preceding in document.preceding[:1]:
        add(
            head,
            "InvoiceIDInfo",
            invoiceID=preceding.number,
            invoiceDate=instant(preceding.issued_on),
        )
    add_shipping(head, document)
    _payment_terms(head, document)
    if document.period and document.period.start and document.period.end:
        period = document.period
        add(head, "Period", startDate=instant(period.start), endDate=instant(period.end))
    if document.notes:
        told = "\n".join(note.text for note in document.notes)
        add_text(head, "Comments", told, language=language)
    _extrinsics(head, document)


def _payment_terms(head: etree._Element, document: InvoiceDocument) -> None:
    """Days from the invoice: of each discount, and those in which the whole is due."""
    for tier in document.early_discounts:
        days = (tier.until - document.issued_on).days
        if days >= 0:
            discount = add(add(head, "PaymentTerm", payInNumberOfDays=str(days)), "Discount")
            add(discount, "DiscountPercent", percent=decimal_text(tier.percent))
    if document.due_on is not None and document.due_on >= document.issued_on:
        days = (document.due_on - document.issued_on).days
        add(head, "PaymentTerm", payInNumberOfDays=str(days))


def _extrinsics(head: etree._Element, document: InvoiceDocument) -> None:
    if document.type_code not in (INVOICE, CREDIT_NOTE):
        add_extrinsic(head, TYPE_CODE, document.type_code)
    add_extrinsic(head, BUYER_REFERENCE, document.buyer_reference)
    add_extrinsic(head, PROJECT, document.project)
    add_extrinsic(head, PAYMENT_TERMS, document.payment_terms)
    add_extrinsic(head, DUE_DATE, document.due_on.isoformat() if document.due_on else "")
    if document.payment is not None:
        add_extrinsic(head, PAYMENT_REFERENCE, document.payment.remittance)
    for preceding in document.preceding[1:]:
        add_extrinsic(head, PRECEDING, preceding.number)


def _order_info(order: etree._Element, document: InvoiceDocument) -> None:
    """What was ordered; an invoice without an order names itself, since the element may not be empty."""
    info = add(order, "InvoiceDetailOrderInfo")
    if document.purchase_order:
        add(info, "OrderIDInfo", orderID=document.purchase_order)
    if document.contract:
        add(info, "MasterAgreementIDInfo", agreementID=document.contract)
    own = document.sales_order
    if own or not len(info):
        add(info, "SupplierOrderInfo", orderID=own or document.number)


def _summary(
    request: etree._Element, document: InvoiceDocument, *, sign: Decimal, language: str
) -> None:
    totals, currency = document.totals, document.currency
    summary = add(request, "InvoiceDetailSummary")

    def money(name: str, amount: Decimal | None) -> None:
        add_money(
            summary, name, None if amount is None else _signed(amount, sign), currency=currency
        )

    money("SubtotalAmount", totals.lines)
    _tax(summary, document, sign=sign, language=language)
    add_modifications(
        summary,
        "InvoiceHeaderModifications",
        document.allowances_charges,
        currency=currency,
        sign=sign,
    )
    money("TotalCharges", totals.charges)
    money("TotalAllowances", totals.allowances)
    money("TotalAmountWithoutTax", totals.without_vat)
    money("NetAmount", totals.with_vat)
    money("DepositAmount", totals.prepaid)
    money("DueAmount", totals.payable)


def _tax(
    summary: etree._Element, document: InvoiceDocument, *, sign: Decimal, language: str
) -> None:
    totals = document.totals
    tax = add(summary, "Tax")
    amount = _signed(totals.vat if totals.vat is not None else _NOTHING, sign)
    money = add(tax, "Money", decimal_text(amount), currency=document.currency)
    if totals.vat_in_tax_currency is not None and document.tax_currency:
        money.set("alternateAmount", decimal_text(_signed(totals.vat_in_tax_currency, sign)))
        money.set("alternateCurrency", document.tax_currency)
    add_text(tax, "Description", _name_of_tax(document), language=language)
    for each in document.vat:
        _tax_detail(tax, each, document=document, sign=sign, language=language)


def _tax_detail(
    tax: etree._Element,
    each: VatBreakdown,
    *,
    document: InvoiceDocument,
    sign: Decimal,
    language: str,
) -> None:
    exempt = {"Z": "zeroRated", "E": "exempt"}.get(each.category, "")
    detail = add(
        tax,
        "TaxDetail",
        purpose="tax",
        category=_name_of_tax(document).lower(),
        percentageRate=decimal_text(each.rate) if each.rate is not None else "",
        taxPointDate=instant(document.tax_point_on),
        exemptDetail=exempt,
    )
    for name, amount in (("TaxableAmount", each.taxable), ("TaxAmount", each.tax)):
        add_money(detail, name, _signed(amount, sign), currency=document.currency)
    if each.exemption_reason:
        add_text(detail, "Description", each.exemption_reason, language=language)
    add_extrinsic(detail, VAT_CATEGORY, each.category)
    add_extrinsic(detail, EXEMPTION_CODE, each.exemption_code)
    for part in each.components:
        add_extrinsic(detail, part.name, decimal_text(_signed(part.amount, sign)))


def _name_of_tax(document: InvoiceDocument) -> str:
    address = document.seller.address
    return {"IN": "GST", "US": "Sales tax"}.get(address.country if address else "", "VAT")


def _signed(amount: Decimal, sign: Decimal) -> Decimal:
    """``amount`` as a credit memo states it; a zero stays one without a sign."""
    return amount * sign if amount else amount
