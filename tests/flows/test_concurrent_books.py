"""Many at once on invoices, payments and bank files: nothing is paid twice, nobody waits in a ring.

The fixture ``trade`` checks the books after each test.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection

from tests.flows import books
from tests.flows.bank_files import ACCOUNT, Booking, table
from tests.flows.racing import at_once, unless
from tests.flows.trading import Trade
from usance.flows import (
    bank_statements,
    billing,
    cash_application,
    fulfilment,
    settlement,
)
from usance.flows.refusals import Mismatch, Refused
from usance.records.invoices.models import Invoice
from usance.records.payments import matching_queries
from usance.records.payments.models import Allocation, BankStatement, BankTransaction, Payment


def test_one_invoice_is_paid_once_by_many_payments(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    payments = [trade.payment(3_000) for _ in range(8)]
    made = at_once([unless(Refused, partial(trade.allocate, p, invoice)) for p in payments])
    assert sorted(a.amount for a in made if isinstance(a, Allocation)) == [
        1_000,
        3_000,
        3_000,
        3_000,
    ]
    assert trade.counters() == {"unapplied_cash": 14_000}


def test_one_payment_pays_no_more_than_it_is(trade: Trade) -> None:
    payment = trade.payment(10_000)
    invoices = [trade.invoice(3_000) for _ in range(8)]
    made = at_once([unless(Refused, partial(trade.allocate, payment, i)) for i in invoices])
    assert sorted(a.amount for a in made if isinstance(a, Allocation)) == [
        1_000,
        3_000,
        3_000,
        3_000,
    ]
    assert trade.counters() == {"receivable": 14_000}


def test_money_of_nobody_known_is_identified_once(trade: Trade) -> None:
    trades = [trade, *(trade.other_buyer() for _ in range(3))]
    invoices = [each.invoice(1_000) for each in trades]
    payment = trade.payment(10_000, buyer_id=None)
    made = at_once([unless(Refused, partial(trade.allocate, payment, i)) for i in invoices * 2])
    assert sum(isinstance(each, Allocation) for each in made) == 1
    owner = trade.stored(Payment, payment.id).buyer_id
    winner = next(each for each in trades if each.buyer.id == owner)
    assert winner.counters() == {"unapplied_cash": 9_000}
    assert books.balances(trade.seller, None) == {}


def test_one_allocation_is_taken_back_once(trade: Trade) -> None:
    made = trade.allocate(trade.payment(10_000), trade.invoice(10_000))
    act = partial(settlement.release_allocation, trade.seller, allocation_id=made.id, **trade.act)
    outcomes = at_once([unless(Refused, act)] * 8)
    assert sum(isinstance(outcome, Allocation) for outcome in outcomes) == 1


def test_crossed_allocations_do_not_wait_in_a_ring(trade: Trade) -> None:
    """Two people allocate each other's money; both are refused, neither by a deadlock."""
    other = trade.other_buyer()
    mine, theirs = trade.invoice(100), other.invoice(100)
    my_money, their_money = trade.payment(100), other.payment(100)
    acts = [
        unless(Mismatch, partial(trade.allocate, their_money, mine)),
        unless(Mismatch, partial(trade.allocate, my_money, theirs)),
    ] * 4
    for _ in range(10):
        assert {type(outcome) for outcome in at_once(acts)} == {Mismatch}


def test_everything_at_once_on_one_buyer(trade: Trade) -> None:
    """Ship, credit, allocate, take back, void, write off, adjust, pay and check out together."""
    seller, act = trade.seller, trade.act
    orders = [trade.order(20_000, 3_600) for _ in range(6)]
    invoices = [trade.invoice(10_000, 1_800) for _ in range(8)]
    payments = [trade.payment(9_000) for _ in range(8)]
    made = [trade.allocate(p, i, 5_000) for p, i in zip(payments[:4], invoices, strict=False)]
    bank_statements.take_statement(
        seller,
        table(*(Booking(2_500, i.number, reference=i.number) for i in invoices)),
        account=ACCOUNT,
        **act,
    )
    acts: list[Any] = []
    for order in orders:
        on = {"order_id": order.id, **act}
        acts += [partial(fulfilment.invoice_order, seller, amount=7_000, **on)] * 2
        acts += [partial(fulfilment.adjust_order, seller, amount=21_000, **on)]
        acts += [partial(fulfilment.void_remaining, seller, **on)]
    for invoice, payment in zip(invoices, payments, strict=True):
        on = {"invoice_id": invoice.id, **act}
        acts += [partial(billing.credit_invoice, seller, amount=4_000, **on)] * 2
        acts += [partial(trade.allocate, payment, invoice)]
    acts += [partial(billing.write_off_invoice, seller, invoice_id=invoices[7].id, **act)]
    acts += [
        partial(settlement.release_allocation, seller, allocation_id=each.id, **act)
        for each in made
    ]
    acts += [partial(trade.payment, 1_000), partial(trade.payment, 1_000, buyer_id=None)] * 2
    acts += [partial(trade.authorize, trade.request(50_000))] * 4
    acts += [partial(cash_application.settle_all, seller, **act)] * 2
    # Neighbours in time are different acts on the same objects.
    acts = [each for n in range(7) for each in acts[n::7]]
    outcomes = at_once([unless(Refused, each) for each in acts])
    assert sum(isinstance(each, Refused) for each in outcomes) < len(acts) / 2
    assert books.broken(seller) == []
    assert trade.counters()["receivable"] == sum(
        i.outstanding for i in Invoice.objects.filter(seller_id=seller.id)
    )


def test_numbers_are_given_out_once_and_without_a_gap(trade: Trade) -> None:
    trades = [trade, *(trade.other_buyer() for _ in range(3))]
    orders = [each.order(100) for each in trades for _ in range(4)]
    acts: list[Any] = [
        partial(fulfilment.invoice_order, trade.seller, order_id=order.id, **trade.act)
        for order in orders
    ]
    # Refusals in between must not use up a number.
    acts += [
        unless(Refused, partial(
            fulfilment.invoice_order, trade.seller, order_id=order.id, amount=101, **trade.act
        ))
        for order in orders
    ]  # fmt: skip
    at_once(acts)
    numbers = Invoice.objects.filter(seller_id=trade.seller.id).values_list("sequence", flat=True)
    assert sorted(numbers) == list(range(1, 17))


def test_one_bank_file_from_four_threads(trade: Trade) -> None:
    for amount in (100, 200, 300):
        trade.invoice(amount)
    data = table(*(Booking(n * 100, f"INV-2026-00000{n}", reference=f"R{n}") for n in (1, 2, 3)))

    def bring() -> bool:
        _, new = bank_statements.take_statement(trade.seller, data, account=ACCOUNT, **trade.act)
        cash_application.settle_all(trade.seller, **trade.act)
        return new

    assert sorted(at_once([bring] * 4)) == [False, False, False, True]
    assert BankStatement.objects.filter(seller_id=trade.seller.id).count() == 1
    assert BankTransaction.objects.filter(seller_id=trade.seller.id).count() == 3
    paid = Payment.objects.filter(seller_id=trade.seller.id)
    assert sorted(p.allocated for p in paid) == [100, 200, 300]
    assert trade.counters() == {}


def test_overlapping_bank_files_in_opposite_orders(trade: Trade) -> None:
    """One bank tells the newest booking first, another the oldest: neither waits for the other."""
    for trial in range(5):
        bookings = [Booking(n + 1, f"{trial}", reference=f"R{trial}-{n:03d}") for n in range(120)]
        files = [
            table(*bookings),
            table(*bookings[::-1]),
            table(*bookings[40:]),
            table(*bookings[::-1][:100]),
        ]
        at_once(
            [
                partial(
                    bank_statements.take_statement,
                    trade.seller,
                    data,
                    account=ACCOUNT,
                    **trade.act,
                )
                for data in files
            ]
        )
    kept = BankStatement.objects.filter(seller_id=trade.seller.id)
    assert BankTransaction.objects.filter(seller_id=trade.seller.id).count() == 600
    assert sum(each.transactions for each in kept) == 600


def test_an_invoice_opened_while_a_file_is_settled(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line names an invoice that was not there when its buyers were locked, and that somebody
    credits meanwhile: it must not be moved without its buyer's lock."""
    other = trade.other_buyer()
    trade.invoice(500)
    order = other.order(1_000)
    bank_statements.take_statement(
        trade.seller,
        table(Booking(600, "INV-2026-000002", "somebody", reference="R1")),
        account=ACCOUNT,
        **trade.act,
    )
    threads: list[threading.Thread] = []

    def open_invoice() -> None:
        fulfilment.invoice_order(trade.seller, order_id=order.id, **trade.act)
        connection.close()

    def credit_part() -> None:
        invoice = Invoice.objects.get(seller_id=trade.seller.id, order_id=order.id)
        billing.credit_invoice(trade.seller, invoice_id=invoice.id, amount=400, **trade.act)
        connection.close()

    def meanwhile(name: str, act: Callable[[], None], *, wait: int) -> None:
        """Let ``act`` begin in another thread just before the flow reads ``name``."""
        read = getattr(matching_queries, name)

        def reading(**arguments: Any) -> Any:
            if act not in started:
                started.append(act)
                threads.append(threading.Thread(target=act))
                threads[-1].start()
                threads[-1].join(wait)
            return read(**arguments)

        monkeypatch.setattr(matching_queries, name, reading)

    started: list[Callable[[], None]] = []
    meanwhile("items_named", open_invoice, wait=30)  # the open items were read before
    meanwhile("items", credit_part, wait=1)  # it waits for the lock until the settling is done
    cash_application.settle_all(trade.seller, **trade.act)
    for thread in threads:
        thread.join(30)
    assert started == [open_invoice, credit_part]
    invoice = Invoice.objects.get(seller_id=trade.seller.id, order_id=order.id)
    assert (invoice.state == "open") == (invoice.outstanding > 0)
