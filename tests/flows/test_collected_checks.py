"""What cards and debits say that was collected is held against the payments that were made of it."""

from __future__ import annotations

from tests.flows import books
from tests.flows.collecting import Desk
from tests.flows.paying import Till
from tests.flows.trading import Trade
from usance.flows import fulfilment
from usance.records.cards.models import CardAuthorization
from usance.records.debits.models import Debit


def test_a_card_that_says_other_than_the_books_is_found(trade: Trade) -> None:
    till = Till.of(trade)
    order = trade.order(20_000)
    held = till.authorize(till.card(), order_id=order.id)
    assert books.broken(trade.seller) == []
    rows = CardAuthorization.objects.filter(seller_id=trade.seller.id, id=held.id)
    rows.update(secured=20_001)
    more, differs = books.broken(trade.seller)
    assert "EUR 200.00 to capture, and secures EUR 200.01 of an order" in more
    assert "counts EUR 200.00 as held on cards, the authorizations hold EUR 200.01" in differs
    rows.update(secured=20_000)
    fulfilment.invoice_order(trade.seller, order_id=order.id, **trade.act)
    till.work()
    assert books.broken(trade.seller) == []
    rows.update(captured=19_999)
    [found] = books.broken(trade.seller)
    assert "EUR 199.99 were captured" in found
    assert "[4 card_capture_differs]" in found
    rows.update(captured=20_000)


def test_a_debit_that_says_other_than_its_payment_is_found(trade: Trade) -> None:
    desk = Desk.of(trade)
    _, debit = desk.owed("sepa_core", 119_00)
    day = desk.settled(debit)
    assert books.broken(trade.seller) == []
    rows = Debit.objects.filter(seller_id=trade.seller.id, id=debit.id)
    rows.update(amount=120_00)
    [found] = books.broken(trade.seller)
    assert "The debit of EUR 120.00 is settled, and EUR 119.00 are left of its payment" in found
    rows.update(amount=119_00)
    day.returned(desk.now(debit), "MD06")
    assert desk.now(debit).state == "returned"
    assert books.broken(trade.seller) == []
