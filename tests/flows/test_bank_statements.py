"""A bank file comes in: it is kept as it came, then each line finds what it pays. Amounts are cents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.flows import books
from tests.flows.bank_files import ACCOUNT, DAY, NORDWIND, Booking, camt_053, statement, table
from tests.flows.trading import Trade
from usance.flows import bank_statements, cash_application
from usance.flows.cash_application import Settled
from usance.formats import bank_csv
from usance.formats.errors import FormatError
from usance.records.invoices.models import Invoice
from usance.records.payments.models import (
    Allocation,
    BankStatement,
    BankTransaction,
    LearntPayer,
    Payment,
    Proposal,
)

WRITERS = [table, camt_053]


def take(trade: Trade, data: bytes, **fields: Any) -> tuple[BankStatement, bool]:
    return bank_statements.take_statement(
        trade.seller, data, account=ACCOUNT, **trade.act, **fields
    )


def settle(trade: Trade) -> Settled:
    return cash_application.settle_all(trade.seller, **trade.act)


def bring(trade: Trade, *bookings: Booking) -> Settled:
    """Take a file with ``bookings`` and settle it."""
    take(trade, table(*bookings))
    return settle(trade)


def payments(trade: Trade) -> list[tuple[int, str, int, Any]]:
    """Amount, state, allocated and buyer of each payment, the smallest first."""
    found = Payment.objects.filter(seller_id=trade.seller.id).order_by("amount")
    return [(p.amount, p.state, p.allocated, p.buyer_id) for p in found]


def allocations(trade: Trade) -> list[tuple[int, str]]:
    found = Allocation.objects.filter(seller_id=trade.seller.id).order_by("amount")
    return [(a.amount, a.rule) for a in found]


@pytest.mark.parametrize("write", WRITERS)
def test_a_file_is_kept_as_it_came(trade: Trade, write: Callable[..., bytes]) -> None:
    kept, new = take(
        trade,
        write(
            Booking(12_345, "INV-2026-000001", "Nordwind", NORDWIND, "R1"),
            Booking(-500, "account fee"),
            Booking(100, "interest"),
        ),
        file_name="march.txt",
    )
    assert new
    assert (kept.transactions, kept.duplicates, kept.findings) == (3, 0, [])
    lines = BankTransaction.objects.filter(seller_id=trade.seller.id).order_by("ordinal")
    assert [(x.amount, x.booked_on, x.counterparty, x.counterparty_account) for x in lines] == [
        (12_345, DAY, "Nordwind", NORDWIND),
        (-500, DAY, "", ""),
        (100, DAY, "", ""),
    ]
    assert books.entries(trade.seller) == {}, "keeping moves no money"
    assert trade.events(kept) == [("bank_statement.received", None, 0)]


@pytest.mark.parametrize("write", WRITERS)
def test_the_same_file_twice_is_one_file(trade: Trade, write: Callable[..., bytes]) -> None:
    data = write(Booking(100, "a"), Booking(100, "a"), Booking(200, "b"))
    first, _ = take(trade, data)
    settle(trade)
    with books.nothing_written(trade.seller):
        second, new = take(trade.days_later(1), data, file_name="again.csv")
        assert (second.id, new) == (first.id, False)
        assert settle(trade).lines == 0
    assert [amount for amount, *_ in payments(trade)] == [100, 100, 200]


@pytest.mark.parametrize("write", WRITERS)
def test_overlapping_files_bring_each_booking_once(
    trade: Trade, write: Callable[..., bytes]
) -> None:
    a, b, c = (Booking(n * 100, f"text {n}", reference=f"R{n}") for n in (1, 2, 3))
    take(trade, write(a, b))
    kept, new = take(trade, write(b, c))
    assert new
    assert (kept.transactions, kept.duplicates) == (1, 1)
    settle(trade)
    assert [amount for amount, *_ in payments(trade)] == [100, 200, 300]


def test_two_alike_payments_of_one_day_are_two(trade: Trade) -> None:
    twin = Booking(5_000, "monthly", "Nordwind Handels GmbH")
    take(trade, table(twin, twin))
    kept, _ = take(trade, table(twin, twin, Booking(1, "new")))
    assert (kept.transactions, kept.duplicates) == (1, 2)
    assert BankTransaction.objects.filter(seller_id=trade.seller.id).count() == 3


def test_a_booking_that_one_file_tells_twice_is_counted_as_it_is_kept(trade: Trade) -> None:
    page = statement([Booking(5_000, "rent", reference="R1")])
    data = bank_csv.render([page, replace(page, id="S2", opening=5_000, closing=10_000)])
    kept, _ = take(trade, data)
    assert (kept.transactions, kept.duplicates) == (1, 1)


def test_a_balance_that_does_not_add_up_is_kept_and_said(trade: Trade) -> None:
    wrong = replace(statement([Booking(100, "x")]), closing=999)
    kept, _ = take(trade, bank_csv.render([wrong]))
    assert [finding["code"] for finding in kept.findings] == ["balance_does_not_add_up"]
    assert kept.transactions == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a bank file",
        b"%PDF-1.7",
        table(Booking(100, "a")).replace(b"1,00", b"one"),
        table(Booking(100, "a"), Booking(200, "b")).replace(b"2,00", b"2,000,0"),
        camt_053(Booking(100, "a"), Booking(200, "b"))[:-60],
        camt_053(Booking(100, "a")).replace(b"<Amt Ccy", b"<Amount Ccy", 2),
    ],
)
def test_a_broken_file_writes_nothing(trade: Trade, data: bytes) -> None:
    with books.refused(trade.seller, FormatError):
        take(trade, data)


def test_a_report_of_the_day_is_taken_and_the_statement_brings_nothing_twice(trade: Trade) -> None:
    report = bank_csv.render([replace(statement([Booking(100, "x")]), kind="report")])
    kept, _ = take(trade, report)
    assert kept.transactions == 1
    later, _ = take(
        trade, camt_053(Booking(100, "x and more that the bank added"), Booking(7, "y"))
    )
    assert (later.transactions, later.duplicates) == (1, 1)


@pytest.mark.parametrize("write", WRITERS)
def test_a_named_invoice_is_paid(trade: Trade, write: Callable[..., bytes]) -> None:
    invoice = trade.invoice(122_000, 22_000)
    take(trade, write(Booking(122_000, "Ihre Rechnung INV 2026-000001 vom 2.3.", "NW", NORDWIND)))
    settled = settle(trade)
    assert (settled.lines, dict(settled.matched)) == (1, {"reference": 1})
    kept = trade.stored(Invoice, invoice.id)
    assert (kept.state, kept.closed_on) == ("paid", date(2026, 3, 2))
    assert payments(trade) == [(122_000, "allocated", 122_000, trade.buyer.id)]
    assert trade.balances() == {"bank": 122_000, "revenue": -100_000, "tax": -22_000}
    assert trade.counters() == {}


def test_a_named_invoice_teaches_who_pays_from_which_account(trade: Trade) -> None:
    trade.invoice(10_000)
    trade.invoice(20_000)
    bring(trade, Booking(10_000, "INV-2026-000001", "NW Payment Factory", NORDWIND))
    learnt = LearntPayer.objects.filter(seller_id=trade.seller.id).order_by("kind")
    assert [(p.kind, p.value, p.buyer_id) for p in learnt] == [
        ("account", NORDWIND, trade.buyer.id),
        ("name", "nw payment factory", trade.buyer.id),
    ]
    settled = bring(trade, Booking(20_000, "invoice of March", "", NORDWIND))
    assert dict(settled.matched) == {"amount_and_payer": 1}


def test_an_account_that_pays_for_two_buyers_is_no_ones_alone(trade: Trade) -> None:
    """A factor or a group's treasury: where both owe what it pays, a person says for whom."""
    other = trade.other_buyer()
    trade.invoice(10_000)
    other.invoice(20_000)
    trade.invoice(30_000)
    other.invoice(30_000)
    bring(trade, Booking(10_000, "INV-2026-000001", "Treasury SE", NORDWIND))
    bring(trade, Booking(20_000, "INV-2026-000002", "Treasury SE", NORDWIND))
    learnt = LearntPayer.objects.filter(seller_id=trade.seller.id, kind="account")
    assert {(p.value, p.buyer_id, p.weight) for p in learnt} == {
        (NORDWIND, trade.buyer.id, 1),
        (NORDWIND, other.buyer.id, 1),
    }
    settled = bring(trade, Booking(30_000, "payment on account", "Treasury SE", NORDWIND))
    assert (settled.proposed, dict(settled.matched)) == (1, {})
    assert payments(trade)[-1] == (30_000, "unapplied", 0, None)


def test_an_amount_and_a_known_payer(trade: Trade) -> None:
    trade.invoice(10_000)
    paid = trade.invoice(25_000)
    settled = bring(trade, Booking(25_000, "thank you", "NORDWIND Handels GmbH"))
    assert dict(settled.matched) == {"amount_and_payer": 1}
    assert trade.stored(Invoice, paid.id).state == "paid"
    assert trade.counters() == {"receivable": 10_000}


def test_two_invoices_of_one_amount_are_not_guessed(trade: Trade) -> None:
    trade.invoice(10_000)
    trade.invoice(10_000)
    settled = bring(trade, Booking(10_000, "thank you", "Nordwind Handels GmbH"))
    assert (settled.proposed, dict(settled.matched)) == (1, {})
    assert trade.counters() == {"receivable": 20_000}
    [proposal] = Proposal.objects.filter(seller_id=trade.seller.id)
    assert (proposal.state, proposal.buyer_id) == ("open", trade.buyer.id)
    assert "ambiguous" in proposal.held_back


def test_the_whole_balance(trade: Trade) -> None:
    for amount in (10_000, 20_000, 12_345):
        trade.invoice(amount)
    settled = bring(trade, Booking(42_345, "balance", "Nordwind Handels GmbH"))
    assert dict(settled.matched) == {"balance_and_payer": 1}
    assert allocations(trade) == [
        (10_000, "balance_and_payer"),
        (12_345, "balance_and_payer"),
        (20_000, "balance_and_payer"),
    ]
    assert trade.counters() == {}


def test_an_unknown_payer_waits_with_the_seller(trade: Trade) -> None:
    trade.invoice(10_000)
    settled = bring(trade, Booking(10_000, "hello", "Who Knows Ltd"))
    assert (dict(settled.matched), settled.lines) == ({}, 1)
    assert payments(trade) == [(10_000, "unapplied", 0, None)]
    assert books.balances(trade.seller, None) == {"bank": 10_000, "unapplied_cash": -10_000}
    assert trade.counters() == {"receivable": 10_000}


def test_one_name_of_two_buyers_is_nobodys(trade: Trade) -> None:
    other = trade.other_buyer(name=trade.buyer.name)
    trade.invoice(10_000)
    other.invoice(10_000)
    settled = bring(trade, Booking(10_000, "hello", trade.buyer.name))
    assert (settled.proposed, dict(settled.matched)) == (1, {})


def test_several_invoices_in_one_transfer(trade: Trade) -> None:
    early, late = trade.invoice(10_000), trade.days_later(9).invoice(20_000)
    settled = bring(trade, Booking(30_000, "INV-2026-000002, INV-2026-000001", "NW"))
    assert dict(settled.matched) == {"reference": 1}
    assert trade.stored(Invoice, early.id).outstanding == 0
    assert trade.stored(Invoice, late.id).outstanding == 0
    assert trade.counters() == {}


def test_several_invoices_and_too_little_money_wait_for_a_person(trade: Trade) -> None:
    trade.invoice(10_000)
    trade.days_later(9).invoice(20_000)
    settled = bring(trade, Booking(25_000, "INV-2026-000002, INV-2026-000001", "NW"))
    assert settled.proposed == 1
    [proposal] = Proposal.objects.filter(seller_id=trade.seller.id)
    assert "short_unexplained" in proposal.held_back
    assert trade.counters() == {"receivable": 30_000}


def test_an_overpayment_leaves_its_rest_with_the_buyer(trade: Trade) -> None:
    trade.invoice(10_000)
    bring(trade, Booking(10_700, "INV-2026-000001", trade.buyer.name))
    assert payments(trade) == [(10_700, "partially_allocated", 10_000, trade.buyer.id)]
    assert trade.counters() == {"unapplied_cash": 700}


def test_the_second_transfer_for_a_paid_invoice_is_unapplied(trade: Trade) -> None:
    trade.invoice(10_000)
    bring(
        trade,
        Booking(10_000, "INV-2026-000001", "Nordwind Handels GmbH", reference="R1"),
        Booking(10_000, "INV-2026-000001", "Nordwind Handels GmbH", reference="R2"),
    )
    assert [state for _, state, _, _ in payments(trade)].count("allocated") == 1
    assert trade.counters() == {"unapplied_cash": 10_000}


def test_a_transfer_that_names_two_buyers_is_left_to_a_person(trade: Trade) -> None:
    other = trade.other_buyer()
    trade.invoice(100)
    other.invoice(200)
    bring(trade, Booking(300, "INV-2026-000001 INV-2026-000002"))
    assert payments(trade) == [(300, "unapplied", 0, None)]


def test_money_going_out_is_kept_but_is_no_payment(trade: Trade) -> None:
    trade.invoice(10_000)
    assert bring(trade, Booking(-10_000, "INV-2026-000001")).lines == 0
    assert payments(trade) == []


def test_lines_are_settled_in_batches_without_a_difference(trade: Trade) -> None:
    for _ in range(4):
        trade.invoice(100)
    take(
        trade,
        table(
            *(
                Booking(60, f"INV-2026-00000{1 + n % 4}", trade.buyer.name, reference=f"R{n}")
                for n in range(8)
            )
        ),
    )
    sizes = []
    while (batch := cash_application.settle_batch(trade.seller, limit=3, **trade.act)).lines:
        sizes.append(batch.lines)
    assert sizes == [3, 3, 2]
    assert books.broken(trade.seller) == []
    assert sum(amount for _, _, amount, _ in payments(trade)) == sum(
        amount for amount, _ in allocations(trade)
    )


def test_a_file_of_one_seller_pays_nothing_of_another(trade: Trade, at: Any) -> None:
    invoice = trade.invoice(10_000)
    from usance.flows import onboarding

    stranger = onboarding.create_seller(
        name="Altra S.p.A.",
        handle=f"altra-{trade.seller.id.hex}",
        country="IT",
        currency="EUR",
        time_zone="Europe/Rome",
        at=at,
    )
    theirs = replace(trade, seller=stranger)
    with books.nothing_written(trade.seller):
        settled = bring(theirs, Booking(10_000, "INV-2026-000001", "Nordwind Handels GmbH"))
    assert settled.unidentified == 1
    assert trade.stored(Invoice, invoice.id).state == "open"
    assert books.broken(stranger) == []
