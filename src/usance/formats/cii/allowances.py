"""Allowances and charges, of a line or of the document (BG-20, 21, 27, 28)."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from usance.formats.cii.elements import WRITER
from usance.formats.einvoice.parsing import (
    amount,
    child,
    children,
    is_true,
    optional_amount,
    optional_number,
    required,
    text,
)
from usance.rules.invoicing.document import AllowanceCharge


def read_allowances(
    settlement: etree._Element | None, *, currency: str
) -> tuple[AllowanceCharge, ...]:
    """Every allowance and charge of a line's or the header's settlement.

    A SpecifiedLogisticsServiceCharge of the EXTENDED profile is read as the charge that it is.
    """
    found = [
        _read_allowance(each, currency=currency)
        for each in children(settlement, "SpecifiedTradeAllowanceCharge")
    ]
    for each in children(settlement, "SpecifiedLogisticsServiceCharge"):
        tax = child(each, "AppliedTradeTax")
        applied = required(each, "AppliedAmount", term="BT-99, the amount of a charge")
        found.append(
            AllowanceCharge(
                is_charge=True,
                amount=amount(applied, currency=currency),
                reason=text(each, "Description"),
                vat_category=text(tax, "CategoryCode"),
                vat_rate=optional_number(tax, "RateApplicablePercent"),
            )
        )
    return tuple(found)


def write_allowances(parent: etree._Element, allowances: Iterable[AllowanceCharge]) -> None:
    """A SpecifiedTradeAllowanceCharge for each."""
    for each in allowances:
        element = WRITER.group(parent, "ram:SpecifiedTradeAllowanceCharge")
        indicator = WRITER.group(element, "ram:ChargeIndicator")
        WRITER.value(indicator, "udt:Indicator", "true" if each.is_charge else "false")
        WRITER.value(element, "ram:CalculationPercent", each.percent)
        WRITER.value(element, "ram:BasisAmount", each.base)
        WRITER.value(element, "ram:ActualAmount", each.amount)
        WRITER.value(element, "ram:ReasonCode", each.reason_code)
        WRITER.value(element, "ram:Reason", each.reason)
        if each.vat_category:
            tax = WRITER.group(element, "ram:CategoryTradeTax")
            WRITER.value(tax, "ram:TypeCode", "VAT")
            WRITER.value(tax, "ram:CategoryCode", each.vat_category)
            WRITER.value(tax, "ram:RateApplicablePercent", each.vat_rate)


def _read_allowance(element: etree._Element, *, currency: str) -> AllowanceCharge:
    indicator = required(
        element, "ChargeIndicator", "Indicator", term="whether this is an allowance or a charge"
    )
    actual = required(element, "ActualAmount", term="the amount of an allowance or charge")
    tax = child(element, "CategoryTradeTax")
    return AllowanceCharge(
        is_charge=is_true(indicator),
        amount=amount(actual, currency=currency),
        base=optional_amount(element, "BasisAmount", currency=currency),
        percent=optional_number(element, "CalculationPercent"),
        reason=text(element, "Reason"),
        reason_code=text(element, "ReasonCode"),
        vat_category=text(tax, "CategoryCode"),
        vat_rate=optional_number(tax, "RateApplicablePercent"),
    )
