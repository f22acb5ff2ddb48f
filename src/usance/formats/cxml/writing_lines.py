"""The lines of an InvoiceDetailRequest, and what is put on or taken off a line or the whole."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lxml import etree

from usance.formats.cxml.elements import (
    LINE_ID,
    LINE_NOTE,
    VAT_CATEGORY,
    add,
    add_extrinsic,
    add_money,
    add_text,
)
from usance.formats.einvoice.writing import decimal_text
from usance.rules.invoicing.document import AllowanceCharge, InvoiceLine, Item


def add_line(
    order: etree._Element,
    line: InvoiceLine,
    *,
    place: int,
    currency: str,
    sign: Decimal,
    language: str,
) -> None:
    """The line at ``place``, from 1. ``sign`` is -1 on a credit memo."""
    item = add(
        order,
        "InvoiceDetailItem",
        invoiceLineNumber=str(place),
        quantity=decimal_text(_signed(line.quantity, sign)),
    )
    add(item, "UnitOfMeasure", line.unit)
    add_money(item, "UnitPrice", line.price.net, currency=currency)
    base = line.price.base_quantity
    if base is not None and base != 1:
        basis = add(item, "PriceBasisQuantity", quantity=decimal_text(base), conversionFactor="1")
        add(basis, "UnitOfMeasure", line.price.base_unit or line.unit)
    of_order = line.order_line if line.order_line.isdecimal() else str(place)
    reference = add(item, "InvoiceDetailItemReference", lineNumber=of_order)
    _item(reference, line.item, language=language)
    charges = sum((one.amount for one in line.allowances_charges if one.is_charge), Decimal(0))
    taken = sum((one.amount for one in line.allowances_charges if not one.is_charge), Decimal(0))
    gross = line.net + taken - charges
    add_money(item, "SubtotalAmount", _signed(gross, sign), currency=currency)
    add_modifications(
        item, "InvoiceItemModifications", line.allowances_charges, currency=currency, sign=sign
    )
    if charges:
        add_money(item, "TotalCharges", _signed(charges, sign), currency=currency)
    if taken:
        add_money(item, "TotalAllowances", _signed(taken, sign), currency=currency)
    add_money(item, "NetAmount", _signed(line.net, sign), currency=currency)
    _extrinsics(item, line, place=place)


def _item(reference: etree._Element, item: Item, *, language: str) -> None:
    if item.seller_id or item.buyer_id:
        numbers = add(reference, "ItemID")
        add(numbers, "SupplierPartID", item.seller_id)
        if item.buyer_id:
            add(numbers, "BuyerPartID", item.buyer_id)
    if item.description:
        text = add_text(reference, "Description", "", language=language)
        add(text, "ShortName", item.name).tail = item.description
    else:
        add_text(reference, "Description", item.name, language=language)


def _extrinsics(item: etree._Element, line: InvoiceLine, *, place: int) -> None:
    add_extrinsic(item, VAT_CATEGORY, line.vat_category)
    if line.vat_rate is not None:
        add_extrinsic(item, "vatRate", decimal_text(line.vat_rate))
    if line.id != str(place):
        add_extrinsic(item, LINE_ID, line.id)
    add_extrinsic(item, LINE_NOTE, line.note)


def add_modifications(
    parent: etree._Element,
    name: str,
    entries: Sequence[AllowanceCharge],
    *,
    currency: str,
    sign: Decimal,
) -> None:
    """Each allowance and charge as a Modification, in a new last child of ``parent``; none without."""
    if not entries:
        return
    group = add(parent, name)
    for entry in entries:
        found = add(group, "Modification")
        amount = decimal_text(_signed(entry.amount, sign))
        if entry.is_charge:
            add(add(found, "AdditionalCost"), "Money", amount, currency=currency)
        else:
            deduction = add(add(found, "AdditionalDeduction"), "DeductionAmount")
            add(deduction, "Money", amount, currency=currency)
        reason = entry.reason or ("Charge" if entry.is_charge else "Allowance")
        detail = add(found, "ModificationDetail", name=reason, code=entry.reason_code)
        add_extrinsic(detail, VAT_CATEGORY, entry.vat_category)
        if entry.vat_rate is not None:
            add_extrinsic(detail, "vatRate", decimal_text(entry.vat_rate))


def _signed(amount: Decimal, sign: Decimal) -> Decimal:
    return amount * sign if amount else amount
