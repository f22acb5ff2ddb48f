"""How and when a FatturaPA is to be paid."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from usance.formats.einvoice.parsing import (
    children,
    number,
    optional_day,
    optional_number,
    required,
)
from usance.formats.fatturapa.codes import MEANS
from usance.formats.fatturapa.fattura import Payment, PaymentBlock
from usance.formats.fatturapa.reading_lines import to_cents
from usance.formats.fatturapa.values import text
from usance.rules.invoicing.document import (
    CreditTransfer,
    DueAmount,
    EarlyDiscount,
    PaymentInstructions,
)

_TRANSFER, _UNDEFINED = "30", "1"
"""UNTDID 4461."""


def read_payments(body: etree._Element) -> tuple[PaymentBlock, ...]:
    """The conditions of payment [DatiPagamento] with their amounts, as written."""
    return tuple(
        PaymentBlock(
            condition=text(block, "CondizioniPagamento"),
            payments=tuple(_payment(each) for each in children(block, "DettaglioPagamento")),
        )
        for block in children(body, "DatiPagamento")
    )


def _payment(element: etree._Element) -> Payment:
    days = text(element, "GiorniTerminiPagamento")
    return Payment(
        method=text(element, "ModalitaPagamento"),
        amount=number(required(element, "ImportoPagamento", term="An amount to pay")),
        due_on=optional_day(element, "DataScadenzaPagamento"),
        terms_from=optional_day(element, "DataRiferimentoTerminiPagamento"),
        terms_days=int(days) if days.isascii() and days.isdigit() and len(days) <= 3 else None,
        payee=text(element, "Beneficiario"),
        bank=text(element, "IstitutoFinanziario"),
        iban="".join(text(element, "IBAN").split()),
        abi=text(element, "ABI"),
        cab=text(element, "CAB"),
        bic=text(element, "BIC"),
        early_discount=optional_number(element, "ScontoPagamentoAnticipato"),
        early_until=optional_day(element, "DataLimitePagamentoAnticipato"),
        late_penalty=optional_number(element, "PenalitaPagamentiRitardati"),
        penalty_from=optional_day(element, "DataDecorrenzaPenale"),
        reference=text(element, "CodicePagamento"),
    )


def each_payment(blocks: tuple[PaymentBlock, ...]) -> Iterator[Payment]:
    """All amounts to pay, in their order."""
    for block in blocks:
        yield from block.payments


def instructions(blocks: tuple[PaymentBlock, ...]) -> PaymentInstructions | None:
    """How to pay (BG-16): the means of the first amount, and every account once."""
    payments = list(each_payment(blocks))
    if not payments:
        return None
    accounts = {
        each.iban: CreditTransfer(account=each.iban, name=each.payee, service_provider=each.bic)
        for each in reversed(payments)
        if each.iban
    }
    code = MEANS.get(payments[0].method, "")
    return PaymentInstructions(
        # A credit transfer needs an account (BR-61); without one the means are not defined.
        code=_UNDEFINED if code == _TRANSFER and not accounts else code,
        remittance=next((each.reference for each in payments if each.reference), ""),
        transfers=tuple(reversed(accounts.values())),
    )


def instalments(blocks: tuple[PaymentBlock, ...]) -> tuple[DueAmount, ...]:
    """The amounts with their days, if there are several and each has one."""
    payments = list(each_payment(blocks))
    dated = tuple(
        DueAmount(due_on=each.due_on, amount=each.amount) for each in payments if each.due_on
    )
    return dated if len(dated) == len(payments) > 1 else ()


def early_discounts(blocks: tuple[PaymentBlock, ...]) -> tuple[EarlyDiscount, ...]:
    """What paying early takes off, and what share of its amount that is."""
    return tuple(
        EarlyDiscount(
            until=each.early_until,
            percent=to_cents(each.early_discount * 100 / each.amount)
            if each.amount
            else Decimal(0),
            amount=each.early_discount,
            base=each.amount,
        )
        for each in each_payment(blocks)
        if each.early_discount is not None and each.early_until is not None
    )
