"""When to pay: BT-9, BT-20, and what only the EXTENDED profile can say in figures.

Factur-X EXTENDED has one SpecifiedTradePaymentTerms for each due date (with PartialPaymentAmount)
and for each discount (with ApplicableTradePaymentDiscountTerms). The other profiles have one, with a
text and a date.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from lxml import etree

from usance.formats.cii.elements import WRITER, day, is_extended, write_day
from usance.formats.einvoice import payment_terms
from usance.formats.einvoice.parsing import (
    amount,
    attribute,
    child,
    children,
    number,
    optional_amount,
    optional_number,
    text,
)
from usance.formats.einvoice.profiles import Profile
from usance.rules.invoicing.document import DueAmount, EarlyDiscount, InvoiceDocument
from usance.rules.money import Money, MoneyError

_TERMS: Final = "SpecifiedTradePaymentTerms"
_LONGEST_PERIOD: Final = 36_600
"""Days. A longer time to pay is a slip of the pen, and would leave the calendar."""


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """What the SpecifiedTradePaymentTerms of an invoice say together."""

    text: str  # BT-20
    due_on: date | None  # BT-9: the first date that is named
    mandate: str  # BT-89
    instalments: tuple[DueAmount, ...]
    early_discounts: tuple[EarlyDiscount, ...]


def read_terms(
    settlement: etree._Element, *, issued_on: date, currency: str, payable: Decimal
) -> PaymentTerms:
    """The payment terms of a HeaderTradeSettlement. Raises FormatError for figures that are none.

    A discount without a day to count from counts from the day of issue; one without a time to count
    lasts until the due date beside it, which is the invoice's only if there is no other. One without a
    base is on ``payable``, one without an amount is its share of the base, rounded. A discount whose
    last day or share is not said stays with the text that speaks of it.
    """
    descriptions, mandates, due, last_days = [], [], [], []
    instalments: list[DueAmount] = []
    discounts: list[EarlyDiscount] = []
    for terms in children(settlement, _TERMS):
        descriptions += [text(each) for each in children(terms, "Description")]
        mandates += [text(each) for each in children(terms, "DirectDebitMandateID")]
        due_on = day(terms, "DueDateDateTime")
        discount_terms = child(terms, "ApplicableTradePaymentDiscountTerms")
        until = _last_day(discount_terms, issued_on=issued_on)
        discount = _read_discount(
            discount_terms, until=until or due_on, currency=currency, payable=payable
        )
        if discount is not None:
            discounts.append(discount)
        if due_on is None:
            continue
        if discount is not None and until is None:
            last_days.append(due_on)
        else:
            due.append(due_on)
            for part in children(terms, "PartialPaymentAmount"):
                instalments.append(DueAmount(due_on, amount(part, currency=currency)))
    said = payment_terms.read_terms(
        "\n".join(filter(None, descriptions)),
        issued_on=issued_on,
        payable=payable,
        currency=currency,
    )
    return PaymentTerms(
        text=said.words,
        due_on=next(iter(due or last_days), None),
        mandate=next(filter(None, mandates), ""),
        instalments=tuple(instalments),
        # A sender may say one discount both ways.
        early_discounts=tuple(dict.fromkeys((*discounts, *said.early_discounts))),
    )


def _read_discount(
    element: etree._Element | None, *, until: date | None, currency: str, payable: Decimal
) -> EarlyDiscount | None:
    percent = optional_number(element, "CalculationPercent")
    if until is None or percent is None:
        return None
    base = optional_amount(element, "BasisAmount", currency=currency)
    base = payable if base is None else base
    taken_off = optional_amount(element, "ActualDiscountAmount", currency=currency)
    if taken_off is None:
        try:
            taken_off = Money.rounded(base * percent / 100, currency=currency).decimal()
        except (MoneyError, ArithmeticError):
            return None
    return EarlyDiscount(until=until, percent=percent, amount=taken_off, base=base)


def _last_day(element: etree._Element | None, *, issued_on: date) -> date | None:
    start = day(element, "BasisDateTime")
    measure = child(element, "BasisPeriodMeasure")
    if measure is None or not text(measure):
        return start
    count = number(measure)
    if count != count.to_integral_value() or not 0 <= count <= _LONGEST_PERIOD:
        return None
    return _later(start or issued_on, int(count), unit=attribute(measure, "unitCode"))


def _later(start: date, count: int, *, unit: str) -> date | None:
    """``start`` and ``count`` units of UN/ECE Recommendation 20; None for a unit that is no time."""
    try:
        match unit:
            case "DAY":
                return start + timedelta(days=count)
            case "WEE":
                return start + timedelta(weeks=count)
            case "MON" | "ANN":
                months = start.month - 1 + count * (12 if unit == "ANN" else 1)
                year, month = start.year + months // 12, months % 12 + 1
                return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))
    except (OverflowError, ValueError, calendar.IllegalMonthError):
        pass
    return None


def write_terms(settlement: etree._Element, document: InvoiceDocument, *, profile: Profile) -> None:
    """The payment terms: in figures where ``profile`` is EXTENDED, else in the text of BT-20."""
    extended = is_extended(profile)
    said = (
        document.payment_terms
        if extended
        else payment_terms.written_terms(document, profile=profile)
    )
    mandate = ""
    if document.payment is not None and document.payment.direct_debit is not None:
        mandate = document.payment.direct_debit.mandate
    instalments = document.instalments if extended else ()
    due_on = document.due_on or (instalments[0].due_on if instalments else None)
    if said or due_on or mandate:
        first = WRITER.group(settlement, f"ram:{_TERMS}")
        WRITER.value(first, "ram:Description", said)
        write_day(first, "ram:DueDateDateTime", due_on)
        WRITER.value(first, "ram:DirectDebitMandateID", mandate)
        if instalments and instalments[0].due_on == due_on:
            WRITER.value(first, "ram:PartialPaymentAmount", instalments[0].amount)
            instalments = instalments[1:]
    for part in instalments:
        terms = WRITER.group(settlement, f"ram:{_TERMS}")
        write_day(terms, "ram:DueDateDateTime", part.due_on)
        WRITER.value(terms, "ram:PartialPaymentAmount", part.amount)
    for discount in document.early_discounts if extended else ():
        _write_discount(settlement, discount, issued_on=document.issued_on)


def _write_discount(
    settlement: etree._Element, discount: EarlyDiscount, *, issued_on: date
) -> None:
    terms = WRITER.group(settlement, f"ram:{_TERMS}")
    element = WRITER.group(terms, "ram:ApplicableTradePaymentDiscountTerms")
    days = (discount.until - issued_on).days
    write_day(element, "ram:BasisDateTime", issued_on if days >= 0 else discount.until)
    WRITER.value(element, "ram:BasisPeriodMeasure", str(max(days, 0)), unitCode="DAY")
    WRITER.value(element, "ram:BasisAmount", discount.base)
    WRITER.value(element, "ram:CalculationPercent", discount.percent)
    WRITER.value(element, "ram:ActualDiscountAmount", discount.amount)
