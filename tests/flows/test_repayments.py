"""Money that was received is gone again: refunded, returned, charged back. Amounts are cents."""

from __future__ import annotations

from datetime import date
from functools import partial
from uuid import UUID

import pytest

from tests.flows import books
from tests.flows.trading import Trade
from usance.flows import billing, repayments, settlement
from usance.flows.allocating import Applications, InvoiceState
from usance.flows.journal import Journal
from usance.flows.refusals import AmountTooLarge, Duplicate, NotFound, WrongState
from usance.records.identity import new_id
from usance.records.invoices.models import Invoice
from usance.records.payments.models import Allocation, Payment, Repayment


def test_unapplied_cash_is_refunded(trade: Trade) -> None:
    payment = trade.payment(50_000)
    made = repayments.refund_payment(
        trade.seller, payment_id=payment.id, amount=20_000, at=trade.at, by="anna", reason="twice"
    )
    assert (made.kind, made.amount, made.on) == ("refund", 20_000, trade.at.date())
    assert trade.balances() == {"bank": 30_000, "unapplied_cash": -30_000}
    kept = trade.stored(Payment, payment.id)
    assert (kept.state, kept.refunded, kept.unapplied) == ("unapplied", 20_000, 30_000)
    repayments.refund_payment(trade.seller, payment_id=payment.id, at=trade.at, by="anna")
    assert trade.stored(Payment, payment.id).state == "refunded"
    assert trade.events(payment)[-1] == ("payment.refunded", "refunded", 0)
    assert trade.counters() == {}
    assert books.broken(trade.seller) == []


def test_what_pays_an_invoice_is_not_refunded(trade: Trade) -> None:
    invoice, payment = trade.invoice(10_000), trade.payment(12_000)
    trade.allocate(payment, invoice)
    with books.refused(trade.seller, AmountTooLarge):
        repayments.refund_payment(
            trade.seller, payment_id=payment.id, amount=2_001, at=trade.at, by="anna"
        )
    with books.refused(trade.seller, NotFound):
        repayments.refund_payment(trade.seller, payment_id=new_id(), at=trade.at, by="anna")


def test_a_return_opens_what_was_paid(trade: Trade) -> None:
    invoice, payment = trade.invoice(10_000), trade.payment(10_000)
    trade.allocate(payment, invoice)
    made = repayments.return_payment(
        trade.seller,
        payment_id=payment.id,
        at=trade.at,
        by="bank",
        reason_code="AC04",
        fee=350,
        on=date(2026, 4, 3),
    )
    assert (made.kind, made.reason_code, made.on) == ("return", "AC04", date(2026, 4, 3))
    assert trade.balances() == {
        "bank": -350,
        "fees": 350,
        "receivable": 10_000,
        "revenue": -10_000,
    }
    kept = trade.stored(Invoice, invoice.id)
    assert (kept.state, kept.outstanding, kept.closed_on) == ("open", 10_000, None)
    returned = trade.stored(Payment, payment.id)
    assert (returned.state, returned.returned, returned.unapplied) == ("returned", 10_000, 0)
    assert trade.events(payment)[-1] == ("payment.returned", "returned", 0)
    assert books.broken(trade.seller) == []
    with books.refused(trade.seller, WrongState):
        repayments.return_payment(trade.seller, payment_id=payment.id, at=trade.at, by="bank")


def test_part_of_a_payment_is_charged_back_and_the_latest_it_paid_is_open_again(
    trade: Trade,
) -> None:
    first, second = trade.invoice(6_000), trade.invoice(5_000)
    payment = trade.payment(12_000)
    trade.allocate(payment, first)
    trade.allocate(payment, second)
    repayments.return_payment(
        trade.seller,
        payment_id=payment.id,
        amount=3_000,
        kind="chargeback",
        at=trade.at,
        by="provider",
    )
    # 1,000 were unapplied, so only 2,000 are taken from what the second was paid.
    assert trade.stored(Invoice, first.id).outstanding == 0
    assert trade.stored(Invoice, second.id).outstanding == 2_000
    kept = trade.stored(Payment, payment.id)
    assert (kept.state, kept.allocated, kept.returned) == ("allocated", 9_000, 3_000)
    assert books.broken(trade.seller) == []


def test_a_return_told_twice_is_one_return(trade: Trade) -> None:
    payment, other = trade.payment(10_000), trade.payment(10_000)
    told = [
        repayments.return_payment(
            trade.seller, payment_id=payment.id, at=trade.at, by="bank", external_id="R-1"
        ).id
        for _ in range(2)
    ]
    assert told[0] == told[1]
    assert Repayment.objects.filter(seller_id=trade.seller.id).count() == 1
    with books.refused(trade.seller, Duplicate):
        repayments.return_payment(
            trade.seller, payment_id=other.id, at=trade.at, by="bank", external_id="R-1"
        )


def settle_with_discount(trade: Trade, invoice: Invoice, payment: Payment) -> None:
    """10,000 are settled by 9,800 of money and a discount of 200."""
    journal = Journal(trade.seller, at=trade.at, by="anna")
    applied = Applications(journal)
    applied.add(
        payment,
        InvoiceState.of(invoice),
        amount=10_000,
        rule="reference",
        reverses=None,
        deduction=200,
        deduction_kind="discount",
    )
    applied.write()
    journal.close()


@pytest.fixture
def discounted(trade: Trade) -> tuple[Invoice, Payment]:
    """An invoice of 10,000 settled by 9,800."""
    invoice, payment = trade.invoice(10_000), trade.payment(9_800)
    settle_with_discount(
        trade, trade.stored(Invoice, invoice.id), trade.stored(Payment, payment.id)
    )
    return invoice, payment


def test_a_discount_settles_what_the_money_does_not(
    trade: Trade, discounted: tuple[Invoice, Payment]
) -> None:
    invoice, payment = discounted
    assert trade.balances() == {"bank": 9_800, "discounts": 200, "revenue": -10_000}
    assert trade.stored(Invoice, invoice.id).state == "paid"
    assert trade.stored(Payment, payment.id).state == "allocated"
    assert books.broken(trade.seller) == []


def test_undoing_takes_the_discount_back_too(
    trade: Trade, discounted: tuple[Invoice, Payment]
) -> None:
    invoice, payment = discounted
    made = payment_allocation(trade, payment)
    settlement.release_allocation(trade.seller, allocation_id=made, at=trade.at, by="anna")
    assert trade.stored(Invoice, invoice.id).outstanding == 10_000
    assert trade.stored(Payment, payment.id).unapplied == 9_800
    assert books.broken(trade.seller) == []


def test_a_returned_payment_takes_its_discount_with_it(
    trade: Trade, discounted: tuple[Invoice, Payment]
) -> None:
    invoice, payment = discounted
    repayments.return_payment(
        trade.seller, payment_id=payment.id, amount=100, at=trade.at, by="bank"
    )
    assert trade.stored(Invoice, invoice.id).outstanding == 10_000
    assert trade.stored(Payment, payment.id).unapplied == 9_700
    assert trade.balances()["receivable"] == 10_000
    assert "discounts" not in trade.balances()
    assert books.broken(trade.seller) == []


def test_what_a_return_leaves_paid_keeps_what_was_given_up_for_it(trade: Trade) -> None:
    first, second = trade.invoice(10_000), trade.invoice(5_000)
    payment = trade.stored(Payment, trade.payment(14_700).id)
    journal = Journal(trade.seller, at=trade.at, by="anna")
    applied = Applications(journal)
    state = InvoiceState.of(trade.stored(Invoice, first.id))
    # Two kinds of deduction are two allocations; the second uses no money.
    for amount, deduction, kind in ((9_900, 200, "discount"), (100, 100, "bank_charges")):
        applied.add(
            payment,
            state,
            amount=amount,
            rule="reference",
            reverses=None,
            deduction=deduction,
            deduction_kind=kind,
        )
    applied.write()
    journal.close()
    trade.allocate(payment, second)
    returned = partial(repayments.return_payment, trade.seller, payment_id=payment.id, by="bank")
    returned(amount=5_000, at=trade.at)
    assert trade.stored(Invoice, second.id).outstanding == 5_000
    assert trade.stored(Invoice, first.id).outstanding == 0, "its money is still there"
    assert books.broken(trade.seller) == []
    returned(at=trade.at)
    assert trade.stored(Invoice, first.id).outstanding == 10_000
    assert trade.balances() == {"receivable": 15_000, "revenue": -15_000}
    assert books.broken(trade.seller) == []


def test_a_credit_note_takes_its_share_of_the_discount_back(
    trade: Trade, discounted: tuple[Invoice, Payment]
) -> None:
    invoice, payment = discounted
    billing.credit_invoice(
        trade.seller, invoice_id=invoice.id, amount=5_000, at=trade.at, by="anna"
    )
    assert trade.stored(Invoice, invoice.id).outstanding == 0
    assert trade.stored(Payment, payment.id).unapplied == 4_900
    assert trade.balances()["discounts"] == 100
    assert books.broken(trade.seller) == []


def payment_allocation(trade: Trade, payment: Payment) -> UUID:
    """The one allocation of ``payment``."""
    return Allocation.objects.get(seller_id=trade.seller.id, payment_id=payment.id).id
