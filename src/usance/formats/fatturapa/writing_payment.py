"""DatiPagamento of a FatturaPA from the payment terms of the model."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from lxml import etree

from usance.formats.fatturapa.codes import METHODS
from usance.formats.fatturapa.elements import group, value
from usance.formats.fatturapa.fattura import FatturaDetails, Payment, PaymentBlock
from usance.formats.fatturapa.reading_lines import to_cents
from usance.formats.fatturapa.texts import amount, basic, latin
from usance.rules.invoicing.document import InvoiceDocument, PaymentInstructions

INSTALMENTS, WHOLE = "TP01", "TP02"

_IBAN: Final = re.compile(r"[a-zA-Z]{2}[0-9]{2}[a-zA-Z0-9]{11,30}")
_BIC: Final = re.compile(r"[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?")


def payment_blocks(document: InvoiceDocument, details: FatturaDetails) -> tuple[PaymentBlock, ...]:
    """The amounts to pay: as the details say, else from due dates, instalments and BG-16."""
    if details.payments:
        return details.payments
    due = amount_due(document) - withheld(details)
    timed = document.due_on is not None or bool(document.instalments)
    if not due or (document.payment is None and not timed):
        return ()
    template = _template(document, details)
    parts = _instalments(document, due)
    if not parts:
        return (PaymentBlock(WHOLE, (_with_discount(template, document, due),)),)
    return (
        PaymentBlock(
            INSTALMENTS if len(parts) > 1 else WHOLE,
            tuple(replace(template, due_on=on, amount=part) for on, part in parts),
        ),
    )


def amount_due(document: InvoiceDocument) -> Decimal:
    """What the buyer pays to the seller: BT-115 without VAT that it pays to the treasury itself.

    Under split payment (art. 17-ter DPR 633/1972) that VAT is not the seller's to collect. A document
    that has it among what is prepaid (BT-113) has left it out already.
    """
    totals = document.totals
    split = sum((each.tax for each in document.vat if each.category == "B"), Decimal(0))
    most = totals.with_vat + (totals.rounding or Decimal(0)) - split
    return totals.payable - split if split and totals.payable > most else totals.payable


def withheld(details: FatturaDetails) -> Decimal:
    """What the buyer keeps back for the treasury [DatiRitenuta]."""
    return sum((each.amount for each in details.withholdings), Decimal(0))


def _template(document: InvoiceDocument, details: FatturaDetails) -> Payment:
    instructions = document.payment or PaymentInstructions()
    transfer = instructions.transfers[0] if instructions.transfers else None
    method = details.payment_method or METHODS.get(instructions.code, "MP05")
    abi, cab = details.buyer_bank or ("", "")
    return Payment(
        method=method,
        amount=Decimal(0),
        due_on=document.due_on,
        payee=(document.payee.name if document.payee else "")
        or (transfer.name if transfer else ""),
        iban="".join(transfer.account.split()) if transfer else "",
        bic=transfer.service_provider if transfer else "",
        abi=abi,
        cab=cab,
        reference=instructions.remittance,
    )


def _with_discount(template: Payment, document: InvoiceDocument, due: Decimal) -> Payment:
    """One amount can say one discount, the first; all of them are in Causale if there are more."""
    first = min(document.early_discounts, key=lambda each: each.until, default=None)
    if first is None:
        return replace(template, amount=due)
    return replace(template, amount=due, early_discount=first.amount, early_until=first.until)


def _instalments(document: InvoiceDocument, due: Decimal) -> list[tuple[date, Decimal]]:
    """The instalments, in proportion where less than the whole is the seller's to collect."""
    whole = sum((each.amount for each in document.instalments), Decimal(0))
    if not document.instalments or not whole:
        return []
    if whole == due:
        return [(each.due_on, each.amount) for each in document.instalments]
    parts = [(each.due_on, to_cents(due * each.amount / whole)) for each in document.instalments]
    on, last = parts[-1]
    rest = due - sum((part for _, part in parts), Decimal(0))
    return [*parts[:-1], (on, last + rest)]


def write_payments(body: etree._Element, blocks: tuple[PaymentBlock, ...]) -> None:
    """DatiPagamento, one of each condition. Raises FormatError."""
    for block in blocks:
        element = group(body, "DatiPagamento")
        value(element, "CondizioniPagamento", block.condition)
        for payment in block.payments:
            _write_payment(element, payment)


def _write_payment(parent: etree._Element, payment: Payment) -> None:
    element = group(parent, "DettaglioPagamento")
    value(element, "Beneficiario", latin(payment.payee, name="the payee", limit=200, cut=True))
    value(element, "ModalitaPagamento", payment.method)
    value(element, "DataRiferimentoTerminiPagamento", payment.terms_from)
    value(element, "GiorniTerminiPagamento", payment.terms_days)
    value(element, "DataScadenzaPagamento", payment.due_on)
    value(element, "ImportoPagamento", amount(payment.amount, name="an amount to pay"))
    value(element, "IstitutoFinanziario", latin(payment.bank, name="the bank", limit=80, cut=True))
    value(element, "IBAN", payment.iban if _IBAN.fullmatch(payment.iban) else "")
    value(element, "ABI", payment.abi)
    value(element, "CAB", payment.cab)
    value(element, "BIC", payment.bic if _BIC.fullmatch(payment.bic) else "")
    if payment.early_discount is not None:
        value(
            element,
            "ScontoPagamentoAnticipato",
            amount(payment.early_discount, name="a discount for paying early"),
        )
    value(element, "DataLimitePagamentoAnticipato", payment.early_until)
    if payment.late_penalty is not None:
        value(
            element,
            "PenalitaPagamentiRitardati",
            amount(payment.late_penalty, name="a penalty for paying late"),
        )
    value(element, "DataDecorrenzaPenale", payment.penalty_from)
    value(element, "CodicePagamento", basic(payment.reference, name="BT-83", limit=60))
