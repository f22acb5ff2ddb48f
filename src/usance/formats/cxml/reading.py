"""An InvoiceDetailRequest from anyone as the model: leniently, every amount as its sender states it.

A sum that is not stated is worked out from those that are. A credit memo's amounts below zero become
the positive ones of a credit note (EN 16931-1, BT-3).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
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
)
from usance.formats.cxml.reading_lines import category_of, lines_of, modifications_of
from usance.formats.cxml.reading_parties import (
    buyer_of,
    delivery_of,
    payee_of,
    seller_of,
    transfers_of,
)
from usance.formats.cxml.reading_values import (
    Reading,
    day_of,
    extrinsic,
    extrinsics,
    money,
    whole_text,
)
from usance.formats.einvoice.parsing import attribute, child, children, parse_xml
from usance.formats.errors import FormatError, refuse_too_large
from usance.rules.invoicing.document import (
    CREDIT_NOTE,
    INVOICE,
    AllowanceCharge,
    DocumentReference,
    EarlyDiscount,
    InvoiceDocument,
    InvoiceLine,
    Note,
    PaymentInstructions,
    Period,
    Totals,
    VatBreakdown,
)

_DOCTYPE: Final = re.compile(
    rb"""<!DOCTYPE\s+cXML\s+(?:SYSTEM|PUBLIC\s+(?:"[^"<>]{0,300}"|'[^'<>]{0,300}'))"""
    rb"""\s+(?:"[^"<>]{0,300}"|'[^'<>]{0,300}')\s*>"""
)
_HEAD: Final = 4096
"""Bytes within which a type declaration stands: a declaration and a comment or two before it."""
_CREDITS: Final = frozenset({"creditMemo", "lineLevelCreditMemo"})
_NOTHING: Final = Decimal(0)


def read(data: bytes) -> InvoiceDocument:
    """The invoice or credit note that ``data`` is.

    The type declaration that every cXML document begins with is taken off unread; one that declares
    anything itself is refused. Raises FormatError, ``not_an_invoice`` for another cXML document.
    """
    refuse_too_large(data)
    root = parse_xml(without_doctype(data))
    request = child(root, "Request", "InvoiceDetailRequest")
    head = child(request, "InvoiceDetailRequestHeader")
    if root.tag != "cXML" or request is None or head is None:
        raise FormatError(
            "This is no InvoiceDetailRequest of cXML; ask its sender for the invoice.",
            code="not_an_invoice",
        )
    if attribute(head, "operation") == "delete":
        raise FormatError(
            f"This asks to delete invoice {attribute(head, 'invoiceID')!r} and is none itself; ask its"
            " sender for a credit memo.",
            code="not_an_invoice",
        )
    is_credit = attribute(head, "purpose") in _CREDITS
    reading = Reading(_currency(request), Decimal(-1) if is_credit else Decimal(1))
    return _document(root, request, head, reading=reading, is_credit=is_credit)


def without_doctype(data: bytes) -> bytes:
    """``data`` without the type declaration that a cXML document begins with; lines keep their number."""
    found = _DOCTYPE.search(data, 0, _HEAD)
    if found is None:
        return data
    # As many lines, so that errors name the right one.
    return data[: found.start()] + b"\n" * found[0].count(b"\n") + data[found.end() :]


def _currency(request: etree._Element) -> str:
    summary = child(request, "InvoiceDetailSummary")
    for name in ("NetAmount", "SubtotalAmount"):
        currency = attribute(child(summary, name, "Money"), "currency")
        if re.fullmatch("[A-Z]{3}", currency):
            return currency
    raise FormatError(
        "Its summary has no amount in a currency; ask the sender for a complete invoice.",
        code="missing_element",
        path="cXML/Request/InvoiceDetailRequest/InvoiceDetailSummary",
    )


def _document(
    root: etree._Element,
    request: etree._Element,
    head: etree._Element,
    *,
    reading: Reading,
    is_credit: bool,
) -> InvoiceDocument:
    issued_on = day_of(head, "invoiceDate", required=True)
    assert issued_on is not None
    summary = child(request, "InvoiceDetailSummary")
    vat = tuple(_breakdown(summary, reading=reading))
    lines = lines_of(request, reading=reading, only=vat[0] if len(vat) == 1 else None)
    allowances_charges = tuple(_allowances_charges(summary, vat=vat, reading=reading))
    totals = _totals(summary, lines, allowances_charges, reading=reading)
    if not vat:
        vat = (_whole(lines, totals),)
    due_on = _due_on(head, issued_on=issued_on)
    return InvoiceDocument(
        number=attribute(head, "invoiceID"),
        issued_on=issued_on,
        type_code=extrinsic(head, TYPE_CODE) or (CREDIT_NOTE if is_credit else INVOICE),
        currency=reading.currency,
        seller=seller_of(root, head),
        buyer=buyer_of(root, head),
        lines=lines,
        totals=totals,
        vat=vat,
        tax_currency=attribute(child(summary, "Tax", "Money"), "alternateCurrency"),
        tax_point_on=_tax_point(summary),
        due_on=due_on,
        buyer_reference=extrinsic(head, BUYER_REFERENCE),
        project=extrinsic(head, PROJECT),
        contract=_order(request, "MasterAgreementIDInfo", "agreementID")
        or _order(request, "MasterAgreementReference", "agreementID"),
        purchase_order=_purchase_order(request),
        sales_order=_sales_order(request, number=attribute(head, "invoiceID")),
        payment_terms=extrinsic(head, PAYMENT_TERMS),
        notes=tuple(Note(one) for one in (whole_text(child(head, "Comments")),) if one),
        preceding=tuple(_preceding(head)),
        payee=payee_of(head),
        delivery=delivery_of(head),
        period=_period(head),
        payment=_payment(head),
        allowances_charges=allowances_charges,
        early_discounts=tuple(_discounts(head, issued_on=issued_on, totals=totals)),
    )


def _breakdown(summary: etree._Element | None, *, reading: Reading) -> Iterator[VatBreakdown]:
    for detail in children(summary, "Tax", "TaxDetail"):
        if attribute(detail, "isWithholdingTax") == "yes":
            continue
        rate = reading.number(detail, "percentageRate")
        tax = money(detail, "TaxAmount", reading=reading) or _NOTHING
        taxable = money(detail, "TaxableAmount", reading=reading)
        if taxable is None:
            taxable = money(summary, "SubtotalAmount", reading=reading) or _NOTHING
        yield VatBreakdown(
            category=extrinsic(detail, VAT_CATEGORY)
            or category_of(attribute(detail, "exemptDetail"), tax=tax, rate=rate),
            taxable=taxable,
            tax=tax,
            rate=rate,
            exemption_reason=whole_text(child(detail, "Description")),
            exemption_code=extrinsic(detail, EXEMPTION_CODE),
        )


def _whole(lines: tuple[InvoiceLine, ...], totals: Totals) -> VatBreakdown:
    """The tax of an invoice that says no more of it than its sum."""
    tax = totals.vat or _NOTHING
    return VatBreakdown(
        category=lines[0].vat_category if lines else category_of("", tax=tax, rate=None),
        taxable=totals.without_vat,
        tax=tax,
        rate=lines[0].vat_rate if lines else None,
    )


def _tax_point(summary: etree._Element | None) -> date | None:
    days = {day_of(one, "taxPointDate") for one in children(summary, "Tax", "TaxDetail")}
    return days.pop() if len(days) == 1 else None


def _allowances_charges(
    summary: etree._Element | None, *, vat: tuple[VatBreakdown, ...], reading: Reading
) -> Iterator[AllowanceCharge]:
    usual = vat[0] if vat else None
    category, rate = (usual.category, usual.rate) if usual else ("", None)
    yield from modifications_of(summary, "InvoiceHeaderModifications", reading=reading)
    for name, reason, code in (
        ("SpecialHandlingAmount", "Special handling", "SH"),
        ("ShippingAmount", "Shipping", "FC"),
    ):
        amount = money(summary, name, reading=reading)
        if amount:
            yield AllowanceCharge(
                is_charge=True,
                amount=amount,
                reason=reason,
                reason_code=code,
                vat_category=category,
                vat_rate=rate,
            )
    discount = money(summary, "InvoiceDetailDiscount", reading=reading)
    if discount:
        yield AllowanceCharge(
            is_charge=False,
            amount=discount,
            reason="Discount",
            reason_code="95",
            vat_category=category,
            vat_rate=rate,
        )


def _totals(
    summary: etree._Element | None,
    lines: tuple[InvoiceLine, ...],
    entries: tuple[AllowanceCharge, ...],
    *,
    reading: Reading,
) -> Totals:
    subtotal = money(summary, "SubtotalAmount", reading=reading)
    of_lines = subtotal if subtotal is not None else sum((one.net for one in lines), _NOTHING)
    charges = sum((one.amount for one in entries if one.is_charge), _NOTHING)
    allowances = sum((one.amount for one in entries if not one.is_charge), _NOTHING)
    without = money(summary, "TotalAmountWithoutTax", reading=reading)
    if without is None:
        without = of_lines + charges - allowances
    tax = money(summary, "Tax", reading=reading)
    with_vat = money(summary, "NetAmount", reading=reading)
    if with_vat is None:
        with_vat = without + (tax or _NOTHING)
    prepaid = money(summary, "DepositAmount", reading=reading)
    payable = money(summary, "DueAmount", reading=reading)
    unrounded = with_vat - (prepaid or _NOTHING)
    if payable is None:
        payable = unrounded
    return Totals(
        lines=of_lines,
        without_vat=without,
        with_vat=with_vat,
        payable=payable,
        allowances=allowances or None,
        charges=charges or None,
        vat=tax,
        vat_in_tax_currency=reading.signed(
            reading.number(child(summary, "Tax", "Money"), "alternateAmount")
        ),
        prepaid=prepaid,
        rounding=(payable - unrounded) or None,
    )


def _due_on(head: etree._Element, *, issued_on: date) -> date | None:
    stated = extrinsic(head, DUE_DATE)
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", stated):
        try:
            return date.fromisoformat(stated)
        except ValueError:
            pass
    days = [
        _days(one)
        for name in ("PaymentTerm", "InvoiceDetailPaymentTerm")
        for one in children(head, name)
        if child(one, "Discount") is None and not attribute(one, "percentageRate").strip("0.")
    ]
    known = [one for one in days if one is not None]
    return issued_on + timedelta(days=max(known)) if known else None


def _days(term: etree._Element) -> int | None:
    days = attribute(term, "payInNumberOfDays")
    return int(days) if re.fullmatch("[0-9]{1,4}", days) else None


def _discounts(head: etree._Element, *, issued_on: date, totals: Totals) -> Iterator[EarlyDiscount]:
    for term in children(head, "PaymentTerm"):
        days = _days(term)
        percent = Reading("", Decimal(1)).number(
            child(term, "Discount", "DiscountPercent"), "percent"
        )
        if days is None or not percent:
            continue
        base = totals.payable
        amount = (base * percent / 100).quantize(Decimal("0.01"))
        yield EarlyDiscount(issued_on + timedelta(days=days), percent, amount, base)


def _order(request: etree._Element, name: str, key: str) -> str:
    """The order or agreement that all of the invoice is about; empty where there are several."""
    found = [
        attribute(info, key) or attribute(child(info, "DocumentReference"), "payloadID")
        for order in children(request, "InvoiceDetailOrder")
        for info in children(order, "InvoiceDetailOrderInfo", name)
    ]
    return found[0] if len(set(found)) == 1 else ""


def _purchase_order(request: etree._Element) -> str:
    return _order(request, "OrderIDInfo", "orderID") or _order(request, "OrderReference", "orderID")


def _sales_order(request: etree._Element, *, number: str) -> str:
    """The seller's own order; a document without any order names itself there."""
    found = _order(request, "SupplierOrderInfo", "orderID")
    return "" if found == number else found


def _preceding(head: etree._Element) -> Iterator[DocumentReference]:
    for info in children(head, "InvoiceIDInfo"):
        yield DocumentReference(attribute(info, "invoiceID"), day_of(info, "invoiceDate"))
    for number in extrinsics(head, PRECEDING):
        yield DocumentReference(number)


def _period(head: etree._Element) -> Period | None:
    found = child(head, "Period")
    if found is None:
        return None
    return Period(day_of(found, "startDate"), day_of(found, "endDate"))


def _payment(head: etree._Element) -> PaymentInstructions | None:
    transfers = tuple(transfers_of(head))
    remittance = extrinsic(head, PAYMENT_REFERENCE)
    if not (transfers or remittance):
        return None
    return PaymentInstructions(
        code="30" if transfers else "", remittance=remittance, transfers=transfers
    )
