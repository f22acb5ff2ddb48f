"""Cardholders' banks take back what several captures had brought. Amounts are cents."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.flows import books
from tests.flows.paying import Till
from tests.flows.trading import Trade
from usance.flows import fulfilment
from usance.records.payments.models import Payment, Repayment


@pytest.fixture
def till(trade: Trade) -> Till:
    return Till.of(trade)


def test_a_chargeback_takes_from_every_capture_once(till: Till) -> None:
    trade = till.trade
    order = trade.order(20_000)
    held = till.authorize(till.card(), order_id=order.id)
    fulfilment.invoice_order(trade.seller, order_id=order.id, amount=5_000, **trade.act)
    till.work()
    # Some networks take more of one authorization later.
    provider = till.provider.held
    provider[held.reference] = replace(provider[held.reference], captured=20_000)
    till.notice("evt_0", "authorization", held.reference)
    till.work()
    found = Payment.objects.filter(seller_id=trade.seller.id)
    assert sorted(payment.amount for payment in found) == [5_000, 15_000]
    told = {
        "reference": "dp_1", "authorization": held.reference, "amount": 18_000,
        "currency": "EUR", "reason": "fraudulent", "fee": 1_500,
    }  # fmt: skip
    for id_, state in (("evt_1", "open"), ("evt_2", "lost")):
        till.notice(id_, "dispute", "dp_1", dispute=told | {"state": state})
        till.work()
    taken = Repayment.objects.filter(seller_id=trade.seller.id)
    assert sorted(repayment.amount for repayment in taken) == [3_000, 15_000]
    assert trade.balances()["fees"] == 1_500
    assert books.broken(trade.seller) == []
