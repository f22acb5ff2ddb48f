"""Bank lines that may be the booking of a batch and of a debit alike. Amounts are cents."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.flows import books
from tests.flows.collecting import Desk
from tests.flows.trading import Trade
from usance.flows import repayments, settlement
from usance.records.debits.models import Debit
from usance.records.payments.models import Allocation, BankClaim, Payment


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


def _three_booked(desk: Desk, scheme: str) -> tuple[Desk, list[Debit]]:
    """Three debits of 10, 20 and 30 whose batch the bank has booked, on the day after."""
    debits = [desk.owed(scheme, amount)[1] for amount in (10_00, 20_00, 30_00)]
    desk = desk.settled(debits[0])
    assert all(desk.now(one).state == "settled" for one in debits)
    line = desk.line(60_00, currency=debits[0].currency, additional_info="ACH SETTLEMENT")
    if scheme.startswith("sepa"):
        line = desk.line(60_00, batch_ids=(desk.now(debits[0]).file.message_id,))
    assert desk.bank(line).lines == 0
    return desk.on(desk.today + timedelta(days=1)), debits


def _clearing(desk: Desk, currency: str = "EUR") -> int:
    return books.balances(desk.trade.seller, desk.trade.buyer.id, currency).get("clearing", 0)


def test_the_days_sum_of_returns_is_taken_back_to_the_cent(desk: Desk) -> None:
    desk, debits = _three_booked(desk, "ach_ccd")
    for debit, code in ((debits[0], "R01"), (debits[2], "R08")):
        desk.returned(debit, code)  # a file of returns each, and one sum of the bank for both
    assert _clearing(desk, "USD") == -40_00
    other = desk.line(-39_99, currency="USD", additional_info="ACH RETURN ITEMS")
    desk.bank(other, desk.line(-40_00, currency="USD", additional_info="RENT MARCH"))
    assert _clearing(desk, "USD") == -40_00, "neither another sum nor a line without a mark"
    desk.bank(desk.line(-40_00, currency="USD", additional_info="ACH RETURN SETTLEMENT"))
    assert _clearing(desk, "USD") == 0
    assert [desk.now(one).booked for one in debits] == [0, 20_00, 0]
    claims = BankClaim.objects.filter(seller_id=desk.trade.seller.id, kind="debit_return")
    assert [claim.amount for claim in claims] == [-40_00]
    desk.bank(desk.line(-40_00, currency="USD", additional_info="ACH RETURN SETTLEMENT AGAIN"))
    assert claims.count() == 1, "what was taken back is taken back once"
    assert books.broken(desk.trade.seller) == []


def test_returns_come_with_their_batch_in_one_statement(desk: Desk) -> None:
    _, debit = desk.owed("ach_ppd", 15_00)
    desk = desk.settled(debit)
    desk = desk.on(desk.today + timedelta(days=1))
    desk.returned(debit, "R01")
    assert _clearing(desk, "USD") == 0
    back = desk.line(-15_00, currency="USD", additional_info="ACH RETURN")
    desk.bank(desk.line(15_00, currency="USD", additional_info="ACH SETTLEMENT"), back)
    assert (desk.now(debit).booked, _clearing(desk, "USD")) == (0, 0)
    assert BankClaim.objects.filter(seller_id=desk.trade.seller.id).count() == 2


def test_a_sum_that_names_its_debits_returns_them_and_its_rest_is_charges(desk: Desk) -> None:
    desk, debits = _three_booked(desk, "sepa_core")
    named = " ".join(debit.end_to_end_id for debit in debits[:2])
    line = desk.line(-33_00, reason="AM04", remittance_text=named, payments=2)
    desk.bank(line)
    assert [desk.now(one).state for one in debits] == ["returned", "returned", "settled"]
    assert [desk.now(one).reason_code for one in debits[:2]] == ["AM04", "AM04"]
    assert (_clearing(desk), [desk.now(one).booked for one in debits]) == (0, [0, 0, 30_00])
    assert books.balances(desk.trade.seller, None)["fees"] == 3_00
    assert books.broken(desk.trade.seller) == []


def test_a_refund_of_collected_money_leaves_the_bank(desk: Desk) -> None:
    invoice, debit = desk.owed("sepa_core", 10_00)
    desk = desk.settled(debit)
    desk.bank(desk.line(10_00, debit=debit))
    payment = desk.payment(debit)
    paid = Allocation.objects.get(payment_id=payment.id)
    settlement.release_allocation(desk.trade.seller, allocation_id=paid.id, **desk.trade.act)
    repayments.refund_payment(desk.trade.seller, payment_id=payment.id, **desk.trade.act)
    balances = books.balances(desk.trade.seller, desk.trade.buyer.id)
    assert (balances.get("clearing", 0), balances.get("bank", 0)) == (0, 0)
    assert desk.now(invoice).outstanding == 10_00
