"""The lines of an InvoiceDetailRequest, and what is put on or taken off a line or the whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from lxml import etree

from usance.formats.cxml.elements import LINE_ID, LINE_NOTE, VAT_CATEGORY
from usance.formats.cxml.reading_values import Reading, extrinsic, money, whole_text
from usance.formats.einvoice.parsing import attribute, child, children, text
from usance.rules.invoicing.document import (
    AllowanceCharge,
    InvoiceLine,
    Item,
    Price,
    VatBreakdown,
)

_NOTHING: Final = Decimal(0)
_ONE: Final = Decimal(1)
_RATE: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,6})?")
_KINDS: Final = ("InvoiceDetailItem", "InvoiceDetailServiceItem")


def lines_of(
    request: etree._Element, *, reading: Reading, only: VatBreakdown | None
) -> tuple[InvoiceLine, ...]:
    """The lines of all orders. ``only`` is the one tax of the document, for lines that say none."""
    return tuple(
        _line(item, place=place, reading=reading, only=only)
        for place, item in enumerate(_items(request), 1)
    )


def _items(request: etree._Element) -> Iterator[etree._Element]:
    for order in children(request, "InvoiceDetailOrder"):
        for kind in _KINDS:
            yield from children(order, kind)


def _line(
    item: etree._Element, *, place: int, reading: Reading, only: VatBreakdown | None
) -> InvoiceLine:
    number = attribute(item, "invoiceLineNumber") or str(place)
    quantity = reading.number(item, "quantity")
    subtotal = money(item, "SubtotalAmount", reading=reading)
    entries = tuple(modifications_of(item, "InvoiceItemModifications", reading=reading))
    discount = money(item, "InvoiceDetailDiscount", reading=reading)
    if discount and not entries:
        entries = (
            AllowanceCharge(is_charge=False, amount=discount, reason="Discount", reason_code="95"),
        )
    # A price is never below zero; on a credit memo the quantity is.
    plain = Reading(reading.currency, _ONE)
    price = money(item, "UnitPrice", reading=plain)
    count = quantity * reading.sign if quantity is not None else _ONE
    stated = count * (price or _NOTHING) if subtotal is None else subtotal
    changed = sum((one.amount if one.is_charge else -one.amount for one in entries), _NOTHING)
    category, rate = _tax_of(item, reading=reading, only=only)
    reference = child(item, "InvoiceDetailItemReference")
    if reference is None:
        reference = child(item, "InvoiceDetailServiceItemReference")
    return InvoiceLine(
        id=extrinsic(item, LINE_ID) or number,
        item=_item(reference),
        quantity=count,
        unit=text(item, "UnitOfMeasure"),
        net=stated + changed,
        price=Price(
            net=price if price is not None else abs(stated),
            base_quantity=reading.number(child(item, "PriceBasisQuantity"), "quantity"),
            base_unit=text(item, "PriceBasisQuantity", "UnitOfMeasure"),
        ),
        vat_category=category,
        vat_rate=rate,
        note=extrinsic(item, LINE_NOTE),
        order_line=attribute(reference, "lineNumber"),
        allowances_charges=entries,
    )


def _tax_of(
    item: etree._Element, *, reading: Reading, only: VatBreakdown | None
) -> tuple[str, Decimal | None]:
    if category := extrinsic(item, VAT_CATEGORY):
        return category, _rate(item)
    for detail in children(item, "Tax", "TaxDetail"):
        rate = reading.number(detail, "percentageRate")
        tax = money(detail, "TaxAmount", reading=reading) or _NOTHING
        return category_of(attribute(detail, "exemptDetail"), tax=tax, rate=rate), rate
    if only is not None:
        return only.category, only.rate
    tax = money(item, "Tax", reading=reading) or _NOTHING
    return category_of("", tax=tax, rate=None), None


def category_of(exempt: str, *, tax: Decimal, rate: Decimal | None) -> str:
    """The category (UNTDID 5305) of a tax that does not name one: taxed where there is some."""
    if tax or rate:
        return "S"
    return {"zeroRated": "Z", "exempt": "E"}.get(exempt, "O")


def _rate(element: etree._Element) -> Decimal | None:
    stated = extrinsic(element, "vatRate")
    return Decimal(stated) if _RATE.fullmatch(stated) else None


def _item(reference: etree._Element | None) -> Item:
    described = child(reference, "Description")
    short = text(described, "ShortName")
    whole = whole_text(described)
    description = whole.removeprefix(short).strip() if short else ""
    number = text(reference, "ItemID", "SupplierPartID")
    return Item(
        name=short or whole or number,
        description=description,
        seller_id=number,
        buyer_id=text(reference, "ItemID", "BuyerPartID"),
    )


def modifications_of(
    parent: etree._Element | None, name: str, *, reading: Reading
) -> Iterator[AllowanceCharge]:
    """The allowances and charges in the group ``name``; those that say a percentage only are left out,
    since it is not said of what."""
    for one in children(parent, name, "Modification"):
        charge = money(one, "AdditionalCost", reading=reading)
        amount = (
            charge
            if charge is not None
            else money(one, "AdditionalDeduction", "DeductionAmount", reading=reading)
        )
        if amount is None:
            continue
        detail = child(one, "ModificationDetail")
        yield AllowanceCharge(
            is_charge=charge is not None,
            amount=amount,
            reason=attribute(detail, "name"),
            reason_code=attribute(detail, "code"),
            vat_category=extrinsic(detail, VAT_CATEGORY),
            vat_rate=_rate(detail) if detail is not None else None,
        )
