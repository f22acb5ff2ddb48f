"""Money is received and put to use: payments and their allocations. Amounts are cents."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flows import books
from tests.flows.trading import Trade
from usance.flows import settlement
from usance.flows.refusals import AmountTooLarge, Duplicate, Mismatch, NotFound, WrongState
from usance.records.credit.models import CreditLine
from usance.records.identity import new_id
from usance.records.invoices.models import Invoice
from usance.records.payments.models import Payment
from usance.rules.money import LARGEST_AMOUNT, UnknownCurrency
from usance.rules.orders import InvalidOrder


def test_money_waits_as_unapplied_cash(trade: Trade) -> None:
    payment = trade.payment(50_000, payer="Nordwind", reference="thanks")
    assert (payment.state, payment.unapplied) == ("unapplied", 50_000)
    assert trade.balances() == {"bank": 50_000, "unapplied_cash": -50_000}
    assert trade.counters() == {"unapplied_cash": 50_000}
    assert trade.events(payment) == [("payment.received", "unapplied", 0)]


def test_money_of_nobody_known_waits_with_the_seller(trade: Trade) -> None:
    trade.payment(50_000, buyer_id=None)
    assert books.balances(trade.seller, None) == {"bank": 50_000, "unapplied_cash": -50_000}
    assert trade.balances() == {}


def test_money_in_a_currency_never_given_credit_in(trade: Trade) -> None:
    trade.payment(1_000, currency="JPY")
    line = CreditLine.objects.get(
        seller_id=trade.seller.id, buyer_id=trade.buyer.id, currency="JPY"
    )
    assert (line.limit, line.unapplied_cash) == (0, 1_000)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"amount": 0}, InvalidOrder),
        ({"amount": -1}, InvalidOrder),
        ({"amount": LARGEST_AMOUNT + 1}, InvalidOrder),
        ({"amount": 1, "currency": "EUX"}, UnknownCurrency),
        ({"amount": 1, "buyer_id": new_id()}, NotFound),
    ],
)
def test_money_that_cannot_be(trade: Trade, fields: dict[str, Any], error: type[Exception]) -> None:
    with books.refused(trade.seller, error):
        trade.payment(**fields)


def test_one_payment_is_recorded_once_by_its_external_id(trade: Trade) -> None:
    trade.payment(100, external_id="BANK-1")
    with books.refused(trade.seller, Duplicate):
        trade.payment(100, external_id="BANK-1")


def test_a_payment_pays_an_invoice(trade: Trade) -> None:
    invoice, payment = trade.invoice(10_000), trade.payment(10_000)
    made = trade.allocate(payment, invoice)
    assert (made.amount, made.rule) == (10_000, "manual")
    kept = trade.stored(Invoice, invoice.id)
    assert (kept.state, kept.outstanding, kept.closed_on) == ("paid", 0, trade.at.date())
    assert trade.stored(Payment, payment.id).state == "allocated"
    assert trade.balances() == {"bank": 10_000, "revenue": -10_000}
    assert trade.counters() == {}
    assert trade.events(invoice)[-1] == ("invoice.paid", "paid", -10_000)
    assert trade.events(payment)[-1] == ("payment.allocated", "allocated", 0)


def test_as_much_as_both_allow(trade: Trade) -> None:
    small, large = trade.invoice(3_000), trade.invoice(9_000)
    payment = trade.payment(10_000)
    assert trade.allocate(payment, small).amount == 3_000
    assert trade.allocate(payment, large).amount == 7_000
    assert trade.stored(Invoice, large.id).outstanding == 2_000
    assert trade.counters() == {"receivable": 2_000}
    assert trade.events(large)[-1] == ("invoice.partially_paid", None, -7_000)


@pytest.mark.parametrize("amount", [0, -1, 3_001, 5_001])
def test_not_more_than_either_allows(trade: Trade, amount: int) -> None:
    invoice, payment = trade.invoice(3_000), trade.payment(5_000)
    with books.refused(trade.seller, AmountTooLarge):
        trade.allocate(payment, invoice, amount)


def test_a_payment_that_is_used_up(trade: Trade) -> None:
    first, second, payment = trade.invoice(100), trade.invoice(100), trade.payment(100)
    trade.allocate(payment, first)
    with books.refused(trade.seller, AmountTooLarge):
        trade.allocate(payment, second)


def test_an_invoice_that_is_paid(trade: Trade) -> None:
    invoice = trade.invoice(100)
    trade.pay(invoice)
    payment = trade.payment(100)
    with books.refused(trade.seller, WrongState):
        trade.allocate(payment, invoice)


def test_money_does_not_cross_buyers_or_currencies(trade: Trade) -> None:
    other = trade.other_buyer()
    invoice = trade.invoice(100)
    theirs, yen = other.payment(100), trade.payment(100, currency="JPY")
    for payment in (theirs, yen):
        with books.refused(trade.seller, Mismatch):
            trade.allocate(payment, invoice)


def test_what_is_not_there_cannot_be_allocated(trade: Trade) -> None:
    invoice, payment = trade.invoice(100), trade.payment(100)
    for ids in (
        {"invoice_id": new_id(), "payment_id": payment.id},
        {"invoice_id": invoice.id, "payment_id": new_id()},
    ):
        with books.refused(trade.seller, NotFound):
            settlement.allocate(trade.seller, **ids, **trade.act)
    with books.refused(trade.seller, NotFound):
        settlement.release_allocation(trade.seller, allocation_id=new_id(), **trade.act)


def test_an_unknown_payer_is_identified_by_what_the_money_pays(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    payment = trade.payment(12_000, buyer_id=None)
    trade.allocate(payment, invoice)
    kept = trade.stored(Payment, payment.id)
    assert (kept.buyer_id, kept.state) == (trade.buyer.id, "partially_allocated")
    assert books.balances(trade.seller, None) == {}
    assert trade.counters() == {"unapplied_cash": 2_000}
    assert [name for name, _, _ in trade.events(payment)] == [
        "payment.received",
        "payment.identified",
        "payment.allocated",
    ]
    theirs = trade.other_buyer().invoice(100)
    with books.refused(trade.seller, Mismatch):
        trade.allocate(payment, theirs)


def test_an_allocation_is_taken_back(trade: Trade) -> None:
    invoice, payment = trade.invoice(10_000), trade.payment(10_000)
    made = trade.allocate(payment, invoice)
    back = settlement.release_allocation(trade.seller, allocation_id=made.id, **trade.act)
    assert (back.amount, back.reverses_id) == (-10_000, made.id)
    kept = trade.stored(Invoice, invoice.id)
    assert (kept.state, kept.outstanding, kept.closed_on) == ("open", 10_000, None)
    assert trade.stored(Payment, payment.id).state == "unapplied"
    assert trade.counters() == {"receivable": 10_000, "unapplied_cash": 10_000}
    assert trade.events(invoice)[-1] == ("invoice.reopened", "open", 10_000)
    with books.refused(trade.seller, WrongState):
        settlement.release_allocation(trade.seller, allocation_id=made.id, **trade.act)
    with books.refused(trade.seller, NotFound):  # the taking back is no allocation itself
        settlement.release_allocation(trade.seller, allocation_id=back.id, **trade.act)


def test_part_of_what_paid_is_taken_back(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    first = trade.payment(4_000)
    made = trade.allocate(first, invoice)
    trade.pay(invoice, 3_000)
    settlement.release_allocation(trade.seller, allocation_id=made.id, **trade.act)
    kept = trade.stored(Invoice, invoice.id)
    assert (kept.state, kept.allocated, kept.outstanding) == ("open", 3_000, 7_000)
    assert trade.events(invoice)[-1] == ("invoice.payment_released", None, 4_000)


def test_paying_frees_the_line_for_the_next_order(trade: Trade) -> None:
    invoice = trade.invoice(1_000_000)
    [made] = trade.authorize(trade.request(1))
    assert made.state == "declined"
    trade.pay(invoice)
    trade.order(1_000_000)
