"""Credit notes and write-offs. Amounts are cents."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flows import books
from tests.flows.trading import Trade
from usance.flows import billing, settlement
from usance.flows.refusals import AmountTooLarge, Duplicate, NotFound, WrongState
from usance.records.identity import new_id
from usance.records.invoices.models import CreditNote, Invoice
from usance.records.payments.models import Payment
from usance.rules.orders import InvalidOrder


def credit(trade: Trade, invoice: Invoice, amount: int | None = None, **fields: Any) -> CreditNote:
    return billing.credit_invoice(
        trade.seller, invoice_id=invoice.id, amount=amount, **trade.act, **fields
    )


def figures(trade: Trade, invoice: Invoice) -> tuple[str, int, int, int, int]:
    """State, credited, allocated, written off, outstanding."""
    i = trade.stored(Invoice, invoice.id)
    return i.state, i.credited, i.allocated, i.written_off, i.outstanding


def test_an_open_invoice_is_credited_whole(trade: Trade) -> None:
    invoice = trade.invoice(122_000, 22_000)
    note = credit(trade, invoice, reason="Never arrived")
    assert (note.number, note.amount, note.tax_amount) == ("CN-2026-000001", 122_000, 22_000)
    assert figures(trade, invoice) == ("void", 122_000, 0, 0, 0)
    assert trade.balances() == {}
    assert trade.counters() == {}
    assert trade.events(invoice)[-1] == ("invoice.credited", "void", -122_000)
    with books.refused(trade.seller, WrongState):
        credit(trade, invoice)


def test_credit_notes_in_parts_carry_the_whole_tax(trade: Trade) -> None:
    invoice = trade.invoice(1_000, 100)
    notes = [credit(trade, invoice, 333), credit(trade, invoice, 333), credit(trade, invoice)]
    assert [(n.amount, n.tax_amount) for n in notes] == [(333, 33), (333, 33), (334, 34)]
    assert figures(trade, invoice) == ("void", 1_000, 0, 0, 0)
    assert trade.balances() == {}


def test_a_partly_paid_invoice_is_credited_within_what_is_open(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    trade.pay(invoice, 6_000)
    credit(trade, invoice, 3_000)
    assert figures(trade, invoice) == ("open", 3_000, 6_000, 0, 1_000)
    credit(trade, invoice, 1_000)
    assert figures(trade, invoice) == ("paid", 4_000, 6_000, 0, 0)
    assert trade.balances() == {"bank": 6_000, "revenue": -6_000}


def test_crediting_more_than_is_open_frees_the_payment(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    payment = trade.pay(invoice, 6_000)
    credit(trade, invoice, 7_000)
    assert figures(trade, invoice) == ("paid", 7_000, 3_000, 0, 0)
    kept = trade.stored(Payment, payment.id)
    assert (kept.state, kept.allocated, kept.unapplied) == ("partially_allocated", 3_000, 3_000)
    assert trade.counters() == {"unapplied_cash": 3_000}


def test_a_paid_invoice_is_credited_and_the_money_is_unapplied(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    payment = trade.pay(invoice)
    credit(trade, invoice)
    assert figures(trade, invoice) == ("void", 10_000, 0, 0, 0)
    assert trade.stored(Payment, payment.id).state == "unapplied"
    assert trade.counters() == {"unapplied_cash": 10_000}
    assert trade.balances() == {"bank": 10_000, "unapplied_cash": -10_000}
    assert trade.events(invoice)[-2:] == [
        ("invoice.reopened", "open", 10_000),
        ("invoice.credited", "void", -10_000),
    ]
    # The freed money pays the next invoice.
    trade.allocate(payment, trade.invoice(10_000))
    assert trade.counters() == {}


def test_one_payment_that_paid_twice_is_freed_twice(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    payment = trade.payment(10_000)
    trade.allocate(payment, invoice, 3_000)
    trade.allocate(payment, invoice, 7_000)
    credit(trade, invoice)
    kept = trade.stored(Payment, payment.id)
    assert (kept.state, kept.allocated, kept.unapplied) == ("unapplied", 0, 10_000)
    assert trade.counters() == {"unapplied_cash": 10_000}


def test_the_latest_payment_is_freed_first(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    first = trade.pay(invoice, 4_000)
    second = trade.days_later(1).pay(invoice, 6_000)
    credit(trade, invoice, 7_000)
    assert trade.stored(Payment, first.id).allocated == 3_000
    assert trade.stored(Payment, second.id).allocated == 0
    assert figures(trade, invoice) == ("paid", 7_000, 3_000, 0, 0)


def test_an_allocation_taken_back_before_is_not_taken_back_again(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    payment = trade.payment(10_000)
    made = trade.allocate(payment, invoice)
    settlement.release_allocation(trade.seller, allocation_id=made.id, **trade.act)
    trade.allocate(payment, invoice, 4_000)
    credit(trade, invoice, 8_000)
    assert trade.stored(Payment, payment.id).allocated == 2_000
    assert figures(trade, invoice) == ("paid", 8_000, 2_000, 0, 0)


def test_what_will_not_be_paid_becomes_a_loss(trade: Trade) -> None:
    invoice = trade.invoice(12_200, 2_200)
    trade.pay(invoice, 2_200)
    done = billing.write_off_invoice(trade.seller, invoice_id=invoice.id, **trade.act)
    assert done.state == "written_off"
    assert figures(trade, invoice) == ("written_off", 0, 2_200, 10_000, 0)
    assert trade.balances() == {
        "bad_debt": 10_000,
        "bank": 2_200,
        "revenue": -10_000,
        "tax": -2_200,
    }
    assert trade.counters() == {}
    assert trade.events(invoice)[-1] == ("invoice.written_off", "written_off", -10_000)


def test_only_what_was_paid_can_be_credited_after_a_write_off(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    trade.pay(invoice, 4_000)
    billing.write_off_invoice(trade.seller, invoice_id=invoice.id, **trade.act)
    with books.refused(trade.seller, AmountTooLarge):
        credit(trade, invoice, 4_001)
    credit(trade, invoice, 4_000)
    assert figures(trade, invoice) == ("written_off", 4_000, 0, 6_000, 0)
    assert trade.counters() == {"unapplied_cash": 4_000}
    with books.refused(trade.seller, WrongState):
        credit(trade, invoice)


def test_a_closed_invoice_cannot_be_written_off(trade: Trade) -> None:
    paid, void = trade.invoice(100), trade.invoice(100)
    trade.pay(paid)
    credit(trade, void)
    for invoice in (paid, void):
        with books.refused(trade.seller, WrongState):
            billing.write_off_invoice(trade.seller, invoice_id=invoice.id, **trade.act)


@pytest.mark.parametrize(
    ("amount", "error"), [(10_001, AmountTooLarge), (0, InvalidOrder), (-1, InvalidOrder)]
)
def test_what_cannot_be_credited(trade: Trade, amount: int, error: type[Exception]) -> None:
    invoice = trade.invoice(10_000)
    with books.refused(trade.seller, error):
        credit(trade, invoice, amount)


def test_a_refused_credit_note_takes_no_number(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    credit(trade, invoice, 1, external_id="R-1")
    with books.refused(trade.seller, Duplicate):
        credit(trade, invoice, 1, external_id="R-1")
    assert credit(trade, invoice, 1).number == "CN-2026-000002"


def test_nothing_happens_to_an_invoice_that_is_not_there(trade: Trade) -> None:
    for act in (billing.credit_invoice, billing.write_off_invoice):
        with books.refused(trade.seller, NotFound):
            act(trade.seller, invoice_id=new_id(), **trade.act)
