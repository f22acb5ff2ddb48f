"""Bank lines that may be the booking of a batch and of a debit alike. Amounts are cents."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.flows import books
from tests.flows.collecting import Desk
from tests.flows.trading import Trade
from usance.records.payments.models import BankClaim, Payment


@pytest.fixture
def desk(trade: Trade) -> Desk:
    return Desk.of(trade)


def test_a_batch_of_one_that_names_its_debit_is_booked_once(desk: Desk) -> None:
    _, debit = desk.owed("sepa_core", 10_00)
    desk = desk.settled(debit)
    line = desk.line(10_00, debit=debit, bank_transaction_code="PMNT/IDDT/ESDD")
    assert desk.bank(line).lines == 0
    [claim] = BankClaim.objects.filter(seller_id=desk.trade.seller.id)
    assert (claim.kind, claim.subject_id) == ("debit", debit.id)
    assert desk.now(debit).booked == 10_00
    assert books.balances(desk.trade.seller, desk.trade.buyer.id).get("clearing", 0) == 0
    assert books.broken(desk.trade.seller) == []


def test_of_two_lines_that_name_one_debit_the_second_is_no_booking_of_it(desk: Desk) -> None:
    _, debit = desk.owed("sepa_core", 10_00)
    desk = desk.settled(debit)
    twice = [desk.line(10_00, debit=debit, bank_reference=name) for name in ("B1", "B2")]
    assert desk.bank(*twice).lines == 1, "somebody has to look at the other"
    assert desk.now(debit).booked == 10_00
    assert books.balances(desk.trade.seller, desk.trade.buyer.id).get("clearing", 0) == 0
    assert Payment.objects.filter(seller_id=desk.trade.seller.id).count() == 2
    assert books.broken(desk.trade.seller) == []


def test_money_that_comes_again_for_a_booked_debit_is_somebodys(desk: Desk) -> None:
    _, debit = desk.owed("sepa_core", 10_00)
    desk = desk.settled(debit)
    assert desk.bank(desk.line(10_00, debit=debit, bank_reference="B1")).lines == 0
    tomorrow = desk.on(desk.today + timedelta(days=1))
    assert tomorrow.bank(tomorrow.line(10_00, debit=debit, bank_reference="B2")).lines == 1
    balances = books.balances(desk.trade.seller, desk.trade.buyer.id)
    assert (desk.now(debit).booked, balances.get("clearing", 0)) == (10_00, 0)
    assert Payment.objects.filter(seller_id=desk.trade.seller.id).count() == 2
    assert books.broken(desk.trade.seller) == []
