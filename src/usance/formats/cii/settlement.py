"""Payment means, the tax of each category and the sums (BG-16 to BG-19, BG-22, BG-23)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from lxml import etree

from usance.formats.cii.elements import WRITER, write_day, written_tax_point_code
from usance.formats.einvoice.parsing import (
    amount,
    attribute,
    child,
    children,
    number,
    optional_amount,
    optional_number,
    required,
    text,
)
from usance.formats.errors import FormatError
from usance.rules.invoicing.document import (
    CreditTransfer,
    DirectDebit,
    PaymentCard,
    PaymentInstructions,
    Totals,
    VatBreakdown,
)

_IBAN: Final = re.compile(r"[A-Za-z]{2}[0-9]{2}[A-Za-z0-9 ]*")

_MEANS: Final = "SpecifiedTradeSettlementPaymentMeans"
_SUMS: Final = "SpecifiedTradeSettlementHeaderMonetarySummation"


def read_payment(settlement: etree._Element, *, mandate: str) -> PaymentInstructions | None:
    """How to pay, of a HeaderTradeSettlement; ``mandate`` stands with the payment terms (BT-89).

    None if it does not say. Where several means name different codes, the first counts.
    """
    means = list(children(settlement, _MEANS))
    codes = [text(each, "TypeCode") for each in means]
    texts = [text(each, "Information") for each in means]
    debit = DirectDebit(
        mandate=mandate,
        creditor=text(settlement, "CreditorReferenceID"),
        account=_first(means, "PayerPartyDebtorFinancialAccount"),
    )
    instructions = PaymentInstructions(
        code=next(filter(None, codes), ""),
        text=next(filter(None, texts), ""),
        remittance=text(settlement, "PaymentReference"),
        transfers=tuple(_transfers(means)),
        card=_read_card(means),
        direct_debit=None if debit == DirectDebit() else debit,
    )
    return None if instructions == PaymentInstructions() else instructions


def _first(means: list[etree._Element], name: str) -> str:
    return next(filter(None, (_account(child(each, name)) for each in means)), "")


def _account(element: etree._Element | None) -> str:
    return text(element, "IBANID") or text(element, "ProprietaryID")


def _transfers(means: list[etree._Element]) -> Iterable[CreditTransfer]:
    for each in means:
        holder = child(each, "PayeePartyCreditorFinancialAccount")
        account = _account(holder)
        if account:
            yield CreditTransfer(
                account=account,
                name=text(holder, "AccountName"),
                service_provider=text(each, "PayeeSpecifiedCreditorFinancialInstitution", "BICID"),
            )


def _read_card(means: list[etree._Element]) -> PaymentCard | None:
    for each in means:
        card = child(each, "ApplicableTradeSettlementFinancialCard")
        if text(card, "ID"):
            return PaymentCard(account=text(card, "ID"), holder=text(card, "CardholderName"))
    return None


def write_payment_means(settlement: etree._Element, payment: PaymentInstructions | None) -> None:
    """A SpecifiedTradeSettlementPaymentMeans for each account to pay to, or one for other means."""
    if payment is None or not (
        payment.code or payment.transfers or payment.card or payment.direct_debit
    ):
        return
    transfers: tuple[CreditTransfer | None, ...] = payment.transfers or (None,)
    for place, transfer in enumerate(transfers):
        means = WRITER.group(settlement, f"ram:{_MEANS}")
        WRITER.value(means, "ram:TypeCode", payment.code)
        if place == 0:
            WRITER.value(means, "ram:Information", payment.text)
            _write_card_and_debit(means, payment)
        if transfer is not None:
            _write_transfer(means, transfer)


def _write_card_and_debit(means: etree._Element, payment: PaymentInstructions) -> None:
    if payment.card is not None:
        card = WRITER.group(means, "ram:ApplicableTradeSettlementFinancialCard")
        WRITER.value(card, "ram:ID", payment.card.account)
        WRITER.value(card, "ram:CardholderName", payment.card.holder)
    if payment.direct_debit is not None and payment.direct_debit.account:
        debtor = WRITER.group(means, "ram:PayerPartyDebtorFinancialAccount")
        WRITER.value(debtor, "ram:IBANID", payment.direct_debit.account)


def _write_transfer(means: etree._Element, transfer: CreditTransfer) -> None:
    creditor = WRITER.group(means, "ram:PayeePartyCreditorFinancialAccount")
    is_iban = _IBAN.fullmatch(transfer.account) is not None
    if is_iban:
        WRITER.value(creditor, "ram:IBANID", transfer.account)
    WRITER.value(creditor, "ram:AccountName", transfer.name)
    if not is_iban:
        WRITER.value(creditor, "ram:ProprietaryID", transfer.account)
    if transfer.service_provider:
        bank = WRITER.group(means, "ram:PayeeSpecifiedCreditorFinancialInstitution")
        WRITER.value(bank, "ram:BICID", transfer.service_provider)


def read_vat(settlement: etree._Element, *, currency: str) -> tuple[VatBreakdown, ...]:
    """The tax of each category and rate. Raises FormatError ``missing_element``."""
    found = []
    for each in children(settlement, "ApplicableTradeTax"):
        taxable = required(each, "BasisAmount", term="BT-116, the taxable amount of a category")
        tax = required(each, "CalculatedAmount", term="BT-117, the tax of a category")
        found.append(
            VatBreakdown(
                category=text(each, "CategoryCode"),
                taxable=amount(taxable, currency=currency),
                tax=amount(tax, currency=currency),
                rate=optional_number(each, "RateApplicablePercent"),
                exemption_reason=text(each, "ExemptionReason"),
                exemption_code=text(each, "ExemptionReasonCode"),
            )
        )
    return tuple(found)


def write_vat(
    settlement: etree._Element,
    breakdowns: Iterable[VatBreakdown],
    *,
    tax_point_on: date | None,
    tax_point_code: str,
) -> None:
    """An ApplicableTradeTax for each.

    The day of the tax point stands in the first only (rule CII-SR-461), its code in all of them.
    """
    for place, each in enumerate(breakdowns):
        tax = WRITER.group(settlement, "ram:ApplicableTradeTax")
        WRITER.value(tax, "ram:CalculatedAmount", each.tax)
        WRITER.value(tax, "ram:TypeCode", "VAT")
        WRITER.value(tax, "ram:ExemptionReason", each.exemption_reason)
        WRITER.value(tax, "ram:BasisAmount", each.taxable)
        WRITER.value(tax, "ram:CategoryCode", each.category)
        WRITER.value(tax, "ram:ExemptionReasonCode", each.exemption_code)
        if place == 0:
            write_day(tax, "ram:TaxPointDate", tax_point_on, kind="udt:DateString")
        WRITER.value(tax, "ram:DueDateTypeCode", written_tax_point_code(tax_point_code))
        WRITER.value(tax, "ram:RateApplicablePercent", each.rate)


def read_totals(settlement: etree._Element, *, currency: str, tax_currency: str) -> Totals:
    """The sums. Raises FormatError ``missing_element``, ``invalid_number``, ``currency_mismatch``.

    The profile MINIMUM leaves BT-106 out; it is then what follows from the sums that are there.
    """
    sums = required(settlement, _SUMS, term="BG-22, the document totals")

    def optional(name: str) -> Decimal | None:
        return optional_amount(sums, name, currency=currency)

    def demanded(name: str, term: str) -> Decimal:
        return amount(required(sums, name, term=term), currency=currency)

    without_vat = demanded("TaxBasisTotalAmount", "BT-109, the total without VAT")
    allowances, charges = optional("AllowanceTotalAmount"), optional("ChargeTotalAmount")
    lines = optional("LineTotalAmount")
    if lines is None:
        lines = without_vat
        if allowances is not None:
            lines += allowances
        if charges is not None:
            lines -= charges
    vat, vat_in_tax_currency = _read_vat_totals(sums, currency=currency, tax_currency=tax_currency)
    return Totals(
        lines=lines,
        without_vat=without_vat,
        with_vat=demanded("GrandTotalAmount", "BT-112, the total with VAT"),
        payable=demanded("DuePayableAmount", "BT-115, the amount due"),
        allowances=allowances,
        charges=charges,
        vat=vat,
        vat_in_tax_currency=vat_in_tax_currency,
        prepaid=optional("TotalPrepaidAmount"),
        rounding=optional("RoundingAmount"),
    )


def _read_vat_totals(
    sums: etree._Element, *, currency: str, tax_currency: str
) -> tuple[Decimal | None, Decimal | None]:
    """BT-110 and BT-111, which only their currencies tell apart."""
    vat = in_tax_currency = None
    for each in children(sums, "TaxTotalAmount"):
        if not text(each):
            continue
        stated = attribute(each, "currencyID") or currency
        if stated == currency and vat is None:
            vat = number(each)
        elif stated == tax_currency and in_tax_currency is None:
            in_tax_currency = number(each)
        else:
            raise FormatError(
                f"There is one total of VAT too many, in {stated}; ask the sender for a corrected "
                "invoice.",
                code="currency_mismatch",
            )
    return vat, in_tax_currency


def write_totals(
    settlement: etree._Element, totals: Totals, *, currency: str, tax_currency: str
) -> None:
    """The SpecifiedTradeSettlementHeaderMonetarySummation."""
    sums = WRITER.group(settlement, f"ram:{_SUMS}")
    WRITER.value(sums, "ram:LineTotalAmount", totals.lines)
    WRITER.value(sums, "ram:ChargeTotalAmount", totals.charges)
    WRITER.value(sums, "ram:AllowanceTotalAmount", totals.allowances)
    WRITER.value(sums, "ram:TaxBasisTotalAmount", totals.without_vat)
    WRITER.value(sums, "ram:TaxTotalAmount", totals.vat, currencyID=currency)
    WRITER.value(sums, "ram:TaxTotalAmount", totals.vat_in_tax_currency, currencyID=tax_currency)
    WRITER.value(sums, "ram:RoundingAmount", totals.rounding)
    WRITER.value(sums, "ram:GrandTotalAmount", totals.with_vat)
    WRITER.value(sums, "ram:TotalPrepaidAmount", totals.prepaid)
    WRITER.value(sums, "ram:DuePayableAmount", totals.payable)
