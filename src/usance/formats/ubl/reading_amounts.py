"""Totals, taxes, allowances, charges and lines of a UBL document."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from lxml import etree

from usance.formats.einvoice.parsing import (
    ANY,
    amount,
    attribute,
    child,
    children,
    is_true,
    line_of,
    number,
    optional_amount,
    optional_number,
    path_of,
    required,
    required_text,
    text,
    texts,
)
from usance.formats.errors import FormatError
from usance.formats.ubl.names import OBJECT_CODE, Kind
from usance.formats.ubl.reading_parties import identifier, period_of
from usance.rules.invoicing.document import (
    AllowanceCharge,
    Attribute,
    Classification,
    Identifier,
    InvoiceLine,
    Item,
    Price,
    ThirdPartyPayment,
    Totals,
    VatBreakdown,
)
from usance.rules.invoicing.totals import signed

_CENT: Final = Decimal("0.01")


def totals_of(root: etree._Element, *, currency: str, tax_currency: str) -> Totals:
    """BG-22. Raises FormatError."""
    monetary = required(root, "LegalMonetaryTotal", term="The totals of the document (BG-22)")

    def needed(name: str, *, term: str) -> Decimal:
        return amount(required(monetary, name, term=term), currency=currency)

    def given(name: str) -> Decimal | None:
        return optional_amount(monetary, name, currency=currency)

    vat, vat_in_tax_currency = _tax_totals(root, currency=currency, tax_currency=tax_currency)
    return Totals(
        lines=needed("LineExtensionAmount", term="The sum of the lines (BT-106)"),
        without_vat=needed("TaxExclusiveAmount", term="The total without VAT (BT-109)"),
        with_vat=needed("TaxInclusiveAmount", term="The total with VAT (BT-112)"),
        payable=needed("PayableAmount", term="The amount due (BT-115)"),
        allowances=given("AllowanceTotalAmount"),
        charges=given("ChargeTotalAmount"),
        vat=vat,
        vat_in_tax_currency=vat_in_tax_currency,
        prepaid=given("PrepaidAmount"),
        rounding=given("PayableRoundingAmount"),
    )


def _tax_totals(
    root: etree._Element, *, currency: str, tax_currency: str
) -> tuple[Decimal | None, Decimal | None]:
    """BT-110 and BT-111: the tax in the currency of the document and in that of accounting."""
    own: list[etree._Element] = []
    accounting: list[etree._Element] = []
    for total in children(root, "TaxTotal"):
        tax = required(total, "TaxAmount", term="The sum of the taxes (BT-110)")
        in_tax_currency = tax_currency and attribute(tax, "currencyID") == tax_currency
        # Where both are one currency, BT-111 is the one that is not broken down.
        broken_down = child(total, "TaxSubtotal") is not None
        if in_tax_currency and (tax_currency != currency or (own and not broken_down)):
            accounting.append(tax)
        else:
            own.append(tax)
    return (
        _only(own, currency=currency),
        _only(accounting, currency=tax_currency),
    )


def _only(found: list[etree._Element], *, currency: str) -> Decimal | None:
    amounts = [amount(each, currency=currency) for each in found]
    if len(set(amounts)) > 1:
        raise FormatError(
            f"The document gives {len(amounts)} different sums of its taxes in {currency}; ask the "
            "sender which one counts.",
            code="contradicting_amounts",
            line=line_of(found[1]),
            path=path_of(found[1]),
        )
    return amounts[0] if amounts else None


def vat_of(root: etree._Element, *, currency: str) -> tuple[VatBreakdown, ...]:
    """BG-23, of the tax total in the currency of the document. Raises FormatError."""
    return tuple(
        _breakdown(subtotal, currency=currency)
        for total in children(root, "TaxTotal")
        if attribute(child(total, "TaxAmount"), "currencyID") in ("", currency)
        for subtotal in children(total, "TaxSubtotal")
    )


def _breakdown(subtotal: etree._Element, *, currency: str) -> VatBreakdown:
    category = child(subtotal, "TaxCategory")
    taxable = required(subtotal, "TaxableAmount", term="The taxable amount (BT-116)")
    tax = required(subtotal, "TaxAmount", term="The tax of a category (BT-117)")
    return VatBreakdown(
        category=text(category, "ID"),
        taxable=amount(taxable, currency=currency),
        tax=amount(tax, currency=currency),
        rate=optional_number(category, "Percent"),
        exemption_reason="\n".join(texts(category, "TaxExemptionReason")),
        exemption_code=text(category, "TaxExemptionReasonCode"),
    )


def document_allowance_charge(element: etree._Element, *, currency: str) -> AllowanceCharge:
    """BG-20 or BG-21, with its VAT. Raises FormatError."""
    category = child(element, "TaxCategory")
    return _allowance_charge(
        element,
        currency=currency,
        vat_category=text(category, "ID"),
        vat_rate=optional_number(category, "Percent"),
    )


def _allowance_charge(
    element: etree._Element,
    *,
    currency: str,
    vat_category: str = "",
    vat_rate: Decimal | None = None,
) -> AllowanceCharge:
    indicator = required(element, "ChargeIndicator", term="Whether it is a charge or an allowance")
    figure = required(element, "Amount", term="The amount of an allowance or charge")
    return AllowanceCharge(
        is_charge=is_true(indicator),
        amount=amount(figure, currency=currency),
        base=optional_amount(element, "BaseAmount", currency=currency),
        percent=optional_number(element, "MultiplierFactorNumeric"),
        reason="\n".join(texts(element, "AllowanceChargeReason")),
        reason_code=text(element, "AllowanceChargeReasonCode"),
        vat_category=vat_category,
        vat_rate=vat_rate,
    )


def third_party_payments_of(
    root: etree._Element, *, currency: str
) -> tuple[ThirdPartyPayment, ...]:
    """BG-DEX-09 of XRechnung's extension. Raises FormatError."""
    return tuple(
        ThirdPartyPayment(
            kind=text(each, "ID"),
            amount=amount(
                required(each, "PaidAmount", term="What is collected for a third party"),
                currency=currency,
            ),
            description=text(each, "InstructionID"),
        )
        for each in children(root, "PrepaidPayment")
    )


def lines_of(
    root: etree._Element, *, kind: Kind, currency: str, total: Decimal
) -> tuple[InvoiceLine, ...]:
    """BG-25; their net amounts should be ``total`` (BT-106).

    Some systems write a wrong currency beside the figures of their lines. Where all lines add up to the
    total, which is in ``currency``, and each to its own amount, the currency beside them was the slip.

    Raises FormatError; ``missing_element`` if there is no line.
    """
    required(root, kind.line, term="A line (BG-25)")
    found = list(children(root, kind.line))
    try:
        return tuple(_line(each, kind=kind, currency=currency) for each in found)
    except FormatError as error:
        if error.code != "currency_mismatch":
            raise
        lines = tuple(_line(each, kind=kind, currency=ANY) for each in found)
        if not total or sum(line.net for line in lines) != total or not all(map(_adds_up, lines)):
            raise
        return lines


def _adds_up(line: InvoiceLine) -> bool:
    """Whether quantity, price, allowances and charges make the net amount, to the cent."""
    gross = line.quantity * line.price.net / (line.price.base_quantity or 1)
    added = sum((signed(each) for each in line.allowances_charges), Decimal(0))
    return abs(gross + added - line.net) <= _CENT


def _line(line: etree._Element, *, kind: Kind, currency: str) -> InvoiceLine:
    quantity = required(line, kind.quantity, term="The quantity (BT-129)")
    net = required(line, "LineExtensionAmount", term="The net amount of the line (BT-131)")
    item = required(line, "Item", term="The item (BG-31)")
    category = child(item, "ClassifiedTaxCategory")
    return InvoiceLine(
        id=required_text(line, "ID", term="The identifier of the line (BT-126)"),
        item=_item(item),
        quantity=number(quantity),
        unit=attribute(quantity, "unitCode"),
        net=amount(net, currency=currency),
        price=_price(required(line, "Price", term="The price (BG-29)"), currency=currency),
        vat_category=text(category, "ID"),
        vat_rate=optional_number(category, "Percent"),
        note="\n".join(texts(line, "Note")),
        object=_object(line),
        order_line=text(line, "OrderLineReference", "LineID"),
        accounting=text(line, "AccountingCost"),
        period=period_of(child(line, "InvoicePeriod")),
        allowances_charges=tuple(
            _allowance_charge(each, currency=currency) for each in children(line, "AllowanceCharge")
        ),
    )


def _object(line: etree._Element) -> Identifier | None:
    for reference in children(line, "DocumentReference"):
        # EN 16931 knows no other reference of a line, so that some leave its type out.
        if text(reference, "DocumentTypeCode") in ("", OBJECT_CODE):
            return identifier(reference, "ID")
    return None


def _item(item: etree._Element) -> Item:
    description = "\n".join(texts(item, "Description"))
    name = text(item, "Name")
    if not name and not description:
        required(item, "Name", term="The name of the item (BT-153)")
    return Item(
        name=name or description,
        description=description if name else "",
        seller_id=text(item, "SellersItemIdentification", "ID"),
        buyer_id=text(item, "BuyersItemIdentification", "ID"),
        standard_id=identifier(item, "StandardItemIdentification", "ID"),
        classifications=tuple(
            Classification(text(code), attribute(code, "listID"), attribute(code, "listVersionID"))
            for each in children(item, "CommodityClassification")
            for code in children(each, "ItemClassificationCode")
        ),
        origin=text(item, "OriginCountry", "IdentificationCode"),
        attributes=tuple(
            Attribute(text(each, "Name"), text(each, "Value"))
            for each in children(item, "AdditionalItemProperty")
        ),
    )


def _price(price: etree._Element, *, currency: str) -> Price:
    net = required(price, "PriceAmount", term="The net price of the item (BT-146)")
    quantity = child(price, "BaseQuantity")
    discount = next(
        (
            each
            for each in children(price, "AllowanceCharge")
            if not is_true(required(each, "ChargeIndicator", term="Whether it is a charge"))
        ),
        None,
    )
    return Price(
        net=amount(net, currency=currency),
        discount=optional_amount(discount, "Amount", currency=currency),
        gross=optional_amount(discount, "BaseAmount", currency=currency),
        base_quantity=optional_number(quantity),
        base_unit=attribute(quantity, "unitCode"),
    )
