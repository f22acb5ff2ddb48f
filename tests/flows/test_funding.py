"""Early money: chosen, paid out, repaid, taken back; its books by kind as a treasurer reads them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.flows import books
from tests.flows.funding_desk import FundingDesk, accounts
from tests.flows.trading import Trade
from usance.flows import billing, repayments, settlement
from usance.flows.funding import tending
from usance.flows.refusals import AmountTooLarge, WrongState
from usance.records.funding.models import Advance
from usance.records.invoices.models import Invoice
from usance.records.payments.models import Payment


@pytest.fixture
def desk(trade: Trade) -> FundingDesk:
    return FundingDesk.with_room(trade)


# ---- by kind: what moves, step by step (EUR 10,000.00, 80 % advanced, fee 2 %)


def test_an_advance_is_paid_out_and_repaid_from_the_buyers_payment(desk: FundingDesk) -> None:
    desk.program()
    invoice = desk.invoice()
    asked = desk.advance(invoice)
    assert (asked.state, asked.advanced, asked.reserve, asked.fee) == (
        "requested", 800_000, 200_000, 16_000,
    )  # fmt: skip
    assert asked.requested_at is not None
    assert asked.requested_at - asked.created_at < timedelta(hours=24)
    assert accounts(desk) == {"receivable": 1_000_000}
    desk.pay_out(asked)
    out = desk.advance(invoice)
    assert (out.state, out.still_out, out.paid_out_on) == ("paid_out", 800_000, desk.at.date())
    assert accounts(desk) == {
        "bank": 784_000, "fees": 16_000, "funding": -800_000, "receivable": 1_000_000,
    }  # fmt: skip
    desk.later(30)
    desk.trade.pay(invoice)
    desk.work()
    done = desk.advance(invoice)
    assert (done.state, done.repaid, done.still_out) == ("repaid", 800_000, 0)
    assert (done.reserve_released, done.ended_on) == (200_000, desk.at.date())
    assert accounts(desk) == {"bank": 984_000, "fees": 16_000}
    # 784,000 received, 800,000 repaid after 30 days: (800/784)^(365/30) - 1
    assert done.annual_rate == Decimal("27.86")
    [(_, sent)] = desk.partner.remittances
    assert (sent.kind, sent.amount, sent.interest) == ("repayment", 800_000, 0)


def test_interest_runs_for_the_days_that_the_money_is_out(desk: FundingDesk) -> None:
    desk.partner.interest = 900
    desk.program(interest=900)
    invoice, _ = desk.funded()
    desk.later(40)
    desk.trade.pay(invoice, 300_000)
    desk.work()
    desk.later(20)
    desk.trade.pay(Invoice.objects.get(id=invoice.id))
    desk.work()
    # 9 % act/360: 3,000.00 for 40 days are 30.00, 5,000.00 for 60 days are 75.00
    assert [one.interest for _, one in desk.partner.remittances] == [3_000, 7_500]
    done = desk.advance(invoice)
    assert (done.interest, done.state) == (10_500, "repaid")
    assert accounts(desk) == {"bank": 1_000_000 - 16_000 - 10_500, "fees": 26_500}


def test_with_recourse_the_seller_pays_back_what_the_buyer_does_not(desk: FundingDesk) -> None:
    desk.program()
    invoice, advance = desk.funded()
    desk.recourse_on(advance.recourse_on - timedelta(days=1))
    assert desk.advance(invoice).state == "paid_out"
    desk.recourse_on(advance.recourse_on)
    taken = desk.advance(invoice)
    assert (taken.state, taken.recoursed) == ("recoursed", 800_000)
    assert accounts(desk) == {"bank": -16_000, "fees": 16_000, "receivable": 1_000_000}
    # What the buyer pays after that is the seller's alone.
    desk.trade.pay(invoice)
    desk.work()
    assert desk.advance(invoice).state == "recoursed"
    assert accounts(desk) == {"bank": 984_000, "fees": 16_000}
    assert [one.kind for _, one in desk.partner.remittances] == ["recourse"]


def test_without_recourse_the_partner_bears_the_loss(desk: FundingDesk) -> None:
    desk.program("without_recourse")
    invoice, advance = desk.funded()
    desk.recourse_on(advance.recourse_on + timedelta(days=100))
    assert desk.advance(invoice).state == "paid_out"
    billing.write_off_invoice(desk.trade.seller, invoice_id=invoice.id, at=desk.at, by="test")
    desk.work()
    lost = desk.advance(invoice)
    assert (lost.state, lost.absorbed) == ("absorbed", 800_000)
    # The seller loses its reserve and the fee.
    assert accounts(desk) == {"bank": 784_000, "fees": 16_000, "bad_debt": 200_000}
    assert desk.partner.remittances == []


def test_an_insurer_pays_its_share_of_what_is_not_paid(desk: FundingDesk) -> None:
    desk.program(
        "insured", insurer="Atradius", insured_share=9_000, premium=50, claim_days=90,
        recourse_days=60,
    )  # fmt: skip
    invoice, advance = desk.funded()
    # 0.5 % of 90 % of 8,000.00
    assert advance.premium == 3_600
    assert accounts(desk)["fees"] == 19_600
    desk.recourse_on(advance.recourse_on)
    with pytest.raises(WrongState):
        tending.record_compensation(
            desk.trade.seller, advance_id=advance.id, amount=1, at=desk.at, by="test"
        )
    assert advance.claim_on is not None
    desk.recourse_on(advance.claim_on)
    assert desk.advance(invoice).claimed == 900_000
    tending.record_compensation(
        desk.trade.seller, advance_id=advance.id, amount=900_000, at=desk.at, by="test"
    )
    billing.write_off_invoice(desk.trade.seller, invoice_id=invoice.id, at=desk.at, by="test")
    desk.work()
    assert accounts(desk) == {"bank": 900_000 - 19_600, "fees": 19_600, "bad_debt": 100_000}
    with pytest.raises(AmountTooLarge):
        tending.record_compensation(
            desk.trade.seller, advance_id=advance.id, amount=1, at=desk.at, by="test"
        )


def test_the_buyer_pays_to_the_partners_account(desk: FundingDesk) -> None:
    desk.program()
    invoice, advance = desk.funded()
    desk.tell(advance, "advance.collected", collected=300_000)
    assert desk.advance(invoice).still_out == 500_000
    desk.tell(advance, "advance.collected", collected=1_000_000)
    done = desk.advance(invoice)
    assert (done.state, done.repaid, done.reserve_released) == ("repaid", 800_000, 200_000)
    assert Invoice.objects.get(id=invoice.id).state == "paid"
    assert accounts(desk) == {"bank": 984_000, "fees": 16_000}
    assert desk.partner.remittances == []
    desk.tell(advance, "advance.collected")  # told again: nothing more
    assert Payment.objects.filter(seller_id=desk.trade.seller.id).count() == 2


# ---- parts, credit notes, money that is gone again


def test_a_part_repays_a_part_and_a_credit_note_shrinks_the_advance(desk: FundingDesk) -> None:
    desk.program()
    invoice, _ = desk.funded()
    desk.trade.pay(invoice, 100_000)
    desk.work()
    assert desk.advance(invoice).repaid == 100_000
    billing.credit_invoice(
        desk.trade.seller, invoice_id=invoice.id, amount=250_000, at=desk.at, by="test"
    )
    desk.work()
    # 80 % of the 7,500.00 that is left of the invoice, less 1,000.00 paid
    now = desk.advance(invoice)
    assert (now.diluted, now.repaid, now.still_out) == (200_000, 100_000, 500_000)
    desk.trade.pay(Invoice.objects.get(id=invoice.id))
    desk.work()
    done = desk.advance(invoice)
    assert (done.state, done.repaid, done.reserve_released) == ("repaid", 600_000, 150_000)
    assert [one.kind for _, one in desk.partner.remittances] == [
        "repayment", "dilution", "repayment",
    ]  # fmt: skip


def test_a_returned_payment_is_the_sellers_loss_with_recourse(desk: FundingDesk) -> None:
    desk.program()
    invoice, _ = desk.funded()
    payment = desk.trade.pay(invoice)
    desk.work()
    repayments.return_payment(desk.trade.seller, payment_id=payment.id, at=desk.at, by="test")
    desk.work()
    now = desk.advance(invoice)
    assert (now.state, now.repaid, now.recoursed) == ("recoursed", 0, 800_000)
    assert accounts(desk) == {"bank": -16_000, "fees": 16_000, "receivable": 1_000_000}
    assert len(desk.partner.remittances) == 1


def test_a_returned_payment_opens_an_advance_without_recourse_again(desk: FundingDesk) -> None:
    desk.program("without_recourse")
    invoice, _ = desk.funded()
    payment = desk.trade.pay(invoice)
    desk.work()
    repayments.return_payment(desk.trade.seller, payment_id=payment.id, at=desk.at, by="test")
    desk.work()
    now = desk.advance(invoice)
    assert (now.state, now.still_out, now.ended_on) == ("paid_out", 800_000, None)
    assert accounts(desk) == {
        "bank": 784_000, "fees": 16_000, "funding": -800_000, "receivable": 1_000_000,
    }  # fmt: skip
    desk.trade.pay(Invoice.objects.get(id=invoice.id))
    desk.work()
    assert desk.advance(invoice).state == "repaid"
    assert [one.kind for _, one in desk.partner.remittances] == [
        "repayment", "reclaim", "repayment",
    ]  # fmt: skip


def test_a_buyer_that_pays_before_the_payout_repays_it_at_once(desk: FundingDesk) -> None:
    desk.program()
    invoice = desk.invoice()
    desk.trade.pay(invoice)
    desk.work()
    desk.pay_out(desk.advance(invoice))
    assert desk.advance(invoice).state == "repaid"
    assert accounts(desk) == {"bank": 984_000, "fees": 16_000}


def test_a_partner_that_asks_its_money_back_gets_it(desk: FundingDesk) -> None:
    desk.program()
    invoice, advance = desk.funded()
    desk.tell(advance, "advance.recourse", recourse=True)
    assert desk.advance(invoice).state == "recoursed"


def test_what_stands_on_funding_is_what_is_out(desk: FundingDesk) -> None:
    desk.program()
    _, advance = desk.funded()
    assert books.broken(desk.trade.seller) == []
    Advance.objects.filter(id=advance.id).update(repaid=1)
    assert any("funding_differs" in one for one in books.broken(desk.trade.seller))
    Advance.objects.filter(id=advance.id).update(repaid=0)


def test_paying_before_release_and_allocating_again_keeps_the_books(desk: FundingDesk) -> None:
    desk.program("without_recourse")
    invoice, _ = desk.funded()
    payment = desk.trade.pay(invoice)
    [made] = payment_allocations(payment)
    settlement.release_allocation(desk.trade.seller, allocation_id=made, at=desk.at, by="test")
    desk.work()  # both are read together: nothing has to move
    assert desk.partner.remittances == []
    assert desk.advance(invoice).still_out == 800_000


def payment_allocations(payment: Payment) -> list[Any]:
    from usance.records.payments.models import Allocation

    found = Allocation.objects.filter(seller_id=payment.seller_id, payment_id=payment.id)
    return list(found.values_list("id", flat=True))
