"""An invoice in three instalments is overdue by its first unpaid one: lists, checkout and standing say so.

Amounts are cents; the fixture ``trade`` checks the books after each test.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.flows.trading import Trade
from usance.flows import billing, credit_lines, fulfilment
from usance.records.credit.queries import CheckoutQuestion, checkout_facts
from usance.records.credit.standing_queries import count_anew
from usance.records.invoices import queries
from usance.records.invoices.models import Invoice
from usance.rules.terms import parse_terms


@pytest.fixture
def invoice(trade: Trade) -> Invoice:
    """EUR 900.00, a third after 30, 60 and 90 days."""
    terms = parse_terms("3x30")
    credit_lines.set_credit_line(
        trade.seller, buyer_id=trade.buyer.id, currency="EUR", limit=1_000_000, terms=[terms],
        **trade.act,
    )  # fmt: skip
    order = trade.order(90_000, terms=terms)
    return fulfilment.invoice_order(trade.seller, order_id=order.id, **trade.act)


def due(trade: Trade, n: int) -> date:
    return trade.at.date() + timedelta(days=30 * n)


def overdue_on(trade: Trade, day: date) -> bool:
    found = queries.find_invoices(seller_id=trade.seller.id, on=day, standing="overdue")
    assert list(found) == list(queries.invoices(seller_id=trade.seller.id, overdue_on=day))
    return bool(found)


def oldest(trade: Trade, day: date) -> date | None:
    question = CheckoutQuestion(
        seller_id=trade.seller.id,
        buyer_id=trade.buyer.id,
        buyer_external_id=None,
        currency="EUR",
        base="EUR",
        at=trade.at,
        on=day,
        idempotency_key=None,
    )
    return checkout_facts([question])[0].oldest_due_on


def test_each_instalment_is_waited_for_by_its_own_day(trade: Trade, invoice: Invoice) -> None:
    first, second, last = due(trade, 1), due(trade, 2), due(trade, 3)
    kept = trade.stored(Invoice, invoice.id)
    assert (kept.instalment_due_on, kept.due_on, kept.next_due_on) == (first, last, first)
    assert not overdue_on(trade, first)
    assert overdue_on(trade, first + timedelta(days=1))
    assert oldest(trade, first) == first
    later = trade.days_later(31)
    later.pay(kept, 30_000)
    kept = trade.stored(Invoice, invoice.id)
    assert (kept.instalment_due_on, kept.next_due_on) == (second, second)
    assert [part.open for part in kept.instalments] == [0, 30_000, 30_000]
    assert not overdue_on(trade, first + timedelta(days=1))
    assert oldest(trade, second) == second
    # What is credited counts against the first that is open too.
    billing.credit_invoice(trade.seller, invoice_id=invoice.id, amount=45_000, **later.act)
    kept = trade.stored(Invoice, invoice.id)
    assert kept.instalment_due_on == last
    assert [part.open for part in kept.instalments] == [0, 0, 15_000]
    later.pay(kept)
    kept = trade.stored(Invoice, invoice.id)
    assert (kept.state, kept.instalment_due_on, kept.next_due_on) == ("paid", last, last)
    assert oldest(trade, last) is None


def test_what_is_overdue_is_the_instalments_that_are(trade: Trade, invoice: Invoice) -> None:
    for days, amount in ((30, 0), (31, 30_000), (61, 60_000), (91, 90_000)):
        on = trade.at.date() + timedelta(days=days)
        at = trade.at + timedelta(days=days)
        counted, _ = count_anew(
            seller_id=trade.seller.id,
            buyer_ids=[trade.buyer.id],
            base="EUR",
            zone="Europe/Rome",
            at=at,
            on=on,
            year_began=at - timedelta(days=365),
        )
        trading = counted[trade.buyer.id].trading["EUR"]
        assert (trading.overdue, trading.overdue_invoices) == (amount, 1 if amount else 0)
        [row] = queries.aging(seller_id=trade.seller.id, on=on)
        assert (row.overdue, row.total, row.invoices) == (amount, 90_000, 1)
    assert invoice.due_on == due(trade, 3)
