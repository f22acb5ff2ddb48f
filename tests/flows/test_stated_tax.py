"""The tax of an invoice is what its document states (Directive 2006/112/EC, Article 203), and its credit
notes take back that and no more. Amounts are cents.

The fixture ``trade`` checks the books after each test, documents against the ledger too.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.flows import books
from tests.flows.billing import document, invoices, parts, run, scheduled, sell
from tests.flows.trading import Trade
from usance.flows import billing, corrections
from usance.records.invoices.models import CreditNote, Invoice
from usance.rules.invoicing.crediting import CannotCredit, CreditedLine
from usance.rules.orders import Line

ROUNDED_UP = Line("Screws", 1_280, 280, tax_rate=Decimal(22))
"""EUR 10.00 with 2.80 of tax, which a shop may have rounded by piece; 22 % are 2.20."""


def consolidated(trade: Trade) -> Invoice:
    """EUR 25.60 with 5.60 of the shop's tax, of which 22 % make 4.40: more than the rules let stand."""
    scheduled(trade, "daily")
    for _ in range(2):
        sell(trade, 1_280, 280, lines=[ROUNDED_UP])
    run(trade)
    [invoice] = invoices(trade)
    return invoice


def credit(trade: Trade, invoice: Invoice, **fields: Any) -> CreditNote:
    return billing.credit_invoice(trade.seller, invoice_id=invoice.id, **fields, **trade.act)


def test_the_ledger_owes_the_tax_that_the_invoice_states(trade: Trade) -> None:
    invoice = consolidated(trade)
    totals = document(invoice).totals
    assert (totals.vat, totals.rounding) == (Decimal("4.40"), Decimal("1.20"))
    assert (totals.payable, invoice.amount) == (Decimal("25.60"), 2_560)
    assert invoice.tax_amount == 440
    assert books.balances(trade.seller, trade.buyer.id)["tax"] == -440
    # What was charged of each order stays in the parts.
    assert [part.tax_amount for part in parts(invoice)] == [280, 280]


@pytest.mark.parametrize("amounts", [[None], [1_280, None], [1, 853, 854, None], [2_559, None]])
def test_credit_notes_take_back_that_tax_to_the_cent(
    trade: Trade, amounts: list[int | None]
) -> None:
    invoice = consolidated(trade)
    notes = [credit(trade, invoice, amount=amount) for amount in amounts]
    assert sum(note.tax_amount for note in notes) == 440
    assert sum((document(note).vat[0].taxable for note in notes), Decimal(0)) == Decimal("20.00")
    assert books.balances(trade.seller, trade.buyer.id).get("tax", 0) == 0


def test_its_lines_take_back_their_share(trade: Trade) -> None:
    invoice = consolidated(trade)
    first = credit(trade, invoice, lines=[CreditedLine("1", amount=700)])
    second = credit(trade, invoice, lines=[CreditedLine("1"), CreditedLine("2")])
    assert first.amount + second.amount == 2_560
    assert first.tax_amount + second.tax_amount == 440
    assert document(second).totals.rounding == Decimal("1.20") - (
        document(first).totals.rounding or Decimal(0)
    )


def test_what_is_corrected_twice_states_the_same(trade: Trade) -> None:
    invoice = sell(trade, 1_220, 220).invoice
    assert invoice is not None
    for lines in ([ROUNDED_UP], []):
        invoice = corrections.correct_invoice(
            trade.seller, invoice_id=invoice.id, lines=lines, **trade.act
        ).invoice
        assert (invoice.amount, invoice.tax_amount) == (1_280, 220)  # to the cent in Italy
        assert [part.tax_amount for part in parts(invoice)] == [280]


def test_a_consolidated_one_is_corrected_with_the_tax_that_was_charged(trade: Trade) -> None:
    again = corrections.correct_invoice(
        trade.seller, invoice_id=consolidated(trade).id, **trade.act
    ).invoice
    assert again.tax_amount == 440
    assert [part.tax_amount for part in parts(again)] == [280, 280]


def mixed(trade: Trade) -> Invoice:
    """EUR 122.00 at 22 %, and 100.00 exempt."""
    lines = [
        Line("Bolts", 12_200, 2_200, tax_rate=Decimal(22)),
        Line("Book", 10_000, tax_category="E", exemption_reason="Art. 10 DPR 633/72"),
    ]
    invoice = sell(trade, 22_200, 2_200, lines=lines).invoice
    assert invoice is not None
    return invoice


def test_lines_are_taken_back_within_what_is_left_of_their_rate(trade: Trade) -> None:
    invoice = mixed(trade)
    credit(trade, invoice, amount=11_100)
    with books.refused(trade.seller, CannotCredit, match="of which 5000 and 0 are left"):
        credit(trade, invoice, lines=[CreditedLine("2")])
    credit(trade, invoice, lines=[CreditedLine("2", amount=5_000)])
    rest = credit(trade, invoice)
    [taxed] = document(rest).vat
    assert (taxed.taxable, taxed.tax) == (Decimal("50.00"), Decimal("11.00"))
    assert rest.tax_amount == 1_100
