"""Early money: chosen, paid out, repaid, taken back; its books by kind as a treasurer reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.flows import books
from tests.flows.bank_files import ACCOUNT, Booking, table
from tests.flows.funding_desk import FundingDesk
from tests.flows.trading import Trade
from tests.horizon import wait_for_events
from usance.flows import (
    bank_claims,
    bank_statements,
    billing,
    cash_application,
    credit_lines,
    repayments,
    settlement,
)
from usance.flows.funding import following, programs, requesting, sending, tending
from usance.flows.funding.programs import InvalidProgram, ProgramTerms
from usance.flows.funding.requesting import NotEligible
from usance.flows.refusals import AmountTooLarge, WrongState
from usance.gateways.funding import Forged
from usance.records.funding.models import Advance, FundingEvent, FundingInstruction
from usance.records.invoices.models import Invoice
from usance.records.payments.models import BankClaim, Payment


@pytest.fixture
def desk(trade: Trade) -> FundingDesk:
    credit_lines.set_credit_line(
        trade.seller, buyer_id=trade.buyer.id, currency="EUR", limit=10_000_000, **trade.act
    )
    return FundingDesk.of(trade)


def accounts(desk: FundingDesk) -> dict[str, int]:
    """The accounts that funding moves, in euros where they are whole."""
    kept = books.balances(desk.trade.seller, desk.trade.buyer.id)
    names = ("bank", "fees", "funding", "receivable", "bad_debt", "unapplied_cash")
    return {name: kept[name] for name in names if name in kept}


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


# ---- what is funded, and by whom


def test_the_first_programme_whose_condition_holds_takes_the_invoice(desk: FundingDesk) -> None:
    desk.program("own_book", place=1, condition="invoice.amount < 500")
    large = desk.program(
        "without_recourse", place=2, condition="invoice.amount >= 5000 && buyer.country == 'DE'"
    )
    usual = desk.program(place=3)
    small, middle, big = desk.invoice(40_000), desk.invoice(400_000), desk.invoice(600_000)
    assert not Advance.objects.filter(invoice_id=small.id, seller_id=small.seller_id).exists()
    assert desk.advance(middle).program_id == usual.id
    assert desk.advance(big).program_id == large.id


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"currency": "CHF"}, "wrong_currency"),
        ({"smallest": 1_000_001}, "too_small"),
        ({"longest_days": 5}, "due_too_late"),
        ({"total_limit": 799_999}, "program_limit"),
        ({"buyer_limit": 799_999}, "buyer_limit"),
        ({"total_limit": 3_199_999, "concentration": 2_500}, "concentration"),
        ({"minimum_fee": 900_000}, "fee_too_high"),
    ],
)
def test_an_invoice_that_does_not_fit_is_not_funded(
    desk: FundingDesk, terms: dict[str, Any], reason: str
) -> None:
    desk.program(**terms)
    invoice = desk.invoice()
    assert desk.partner.calls == []
    with pytest.raises(NotEligible) as refused:
        requesting.request_advance(desk.trade.seller, invoice_id=invoice.id, at=desk.at, by="test")
    assert refused.value.reasons == {"with_recourse": (reason,)}


def test_an_invoice_is_funded_once(desk: FundingDesk) -> None:
    desk.program()
    invoice = desk.invoice()
    with pytest.raises(NotEligible, match="already_funded"):
        requesting.request_advance(desk.trade.seller, invoice_id=invoice.id, at=desk.at, by="test")


def test_limits_are_used_by_what_is_asked_for(desk: FundingDesk) -> None:
    desk.program(total_limit=1_000_000)
    first, second = desk.invoice(), desk.invoice()
    assert desk.advance(first).state == "requested"
    assert not Advance.objects.filter(invoice_id=second.id, seller_id=second.seller_id).exists()


def test_invoices_from_before_the_programme_wait_for_a_person(desk: FundingDesk) -> None:
    invoice = desk.trade.invoice(1_000_000)
    desk.program()
    desk.work()
    assert desk.partner.calls == []
    requesting.request_advance(desk.trade.seller, invoice_id=invoice.id, at=desk.at, by="test")
    desk.work()
    assert desk.advance(invoice).state == "requested"


@pytest.mark.parametrize(
    "terms",
    [
        {"condition": "buyer.shoe_size > 3"},
        {"rate": 0},
        {"rate": 10_001},
        {"concentration": 100},
        {"kind": "insured"},
        {"kind": "lottery"},
        {"kind": "own_book", "rate": 5},
        {"insured_share": 5},
    ],
)
def test_a_programme_that_cannot_be_is_refused(desk: FundingDesk, terms: dict[str, Any]) -> None:
    given = {
        "name": "x", "kind": "with_recourse", "currency": "EUR", "rate": 8000,
        "connection_id": desk.connection.id,
    } | terms  # fmt: skip
    with books.refused(desk.trade.seller, InvalidProgram):
        programs.create_program(
            desk.trade.seller, terms=ProgramTerms(**given), at=desk.at, by="test"
        )


# ---- the partner


def test_an_offer_that_is_dearer_than_the_programme_is_not_taken(desk: FundingDesk) -> None:
    desk.partner.fee = 201
    desk.program()
    invoice = desk.invoice()
    advance = desk.advance(invoice)
    assert (advance.state, advance.reason_code) == ("declined", "offer_too_dear")
    assert desk.partner.calls == ["offer"]
    desk.partner.unwanted.add(invoice.number)
    requesting.request_advance(desk.trade.seller, invoice_id=invoice.id, at=desk.at, by="test")
    desk.work()
    assert desk.advance(invoice).reason_code == "not_offered"


def test_a_partner_may_decline(desk: FundingDesk) -> None:
    desk.program()
    invoice = desk.invoice()
    desk.tell(desk.advance(invoice), "advance.declined", state="declined", reason="No appetite.")
    advance = desk.advance(invoice)
    assert (advance.state, advance.reason) == ("declined", "No appetite.")
    assert accounts(desk) == {"receivable": 1_000_000}


def test_what_was_not_answered_is_told_again_with_the_same_key(desk: FundingDesk) -> None:
    desk.partner.lose_answers = 1
    desk.program()
    invoice = desk.invoice()
    assert desk.advance(invoice).state == "eligible"
    [row] = FundingInstruction.objects.filter(seller_id=desk.trade.seller.id)
    assert (row.state, row.reason_code) == ("queued", "may_have_been_taken")
    desk.at += timedelta(minutes=5)
    desk.work()
    assert desk.advance(invoice).state == "requested"
    assert desk.partner.calls == ["offer", "request", "request"]
    assert len(desk.partner.advances) == 1
    desk.pay_out(desk.advance(invoice))
    desk.trade.pay(invoice)
    desk.partner.lose_answers = 1
    desk.work()
    assert desk.advance(invoice).repaid == 0
    desk.at += timedelta(minutes=10)
    desk.work()
    assert desk.advance(invoice).repaid == 800_000
    assert len(desk.partner.remittances) == 1


def test_a_partner_that_answers_nonsense_may_have_taken_it(
    desk: FundingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = desk.partner.request

    def garbled(*said: Any, **named: Any) -> Any:
        return replace(request(*said, **named), own_reference="adv_of_another")

    monkeypatch.setattr(desk.partner, "request", garbled)
    desk.program()
    invoice = desk.invoice()
    assert desk.advance(invoice).state == "eligible"
    [row] = FundingInstruction.objects.filter(seller_id=desk.trade.seller.id)
    assert (row.state, row.reason_code) == ("queued", "counterpart_malformed")
    monkeypatch.undo()
    desk.at += timedelta(minutes=5)
    desk.work()
    assert desk.advance(invoice).state == "requested"
    assert len(desk.partner.advances) == 1


def test_an_advance_is_withdrawn_until_it_is_paid_out(desk: FundingDesk) -> None:
    desk.program()
    invoice = desk.invoice()
    advance = desk.advance(invoice)
    requesting.cancel_advance(desk.trade.seller, advance_id=advance.id, at=desk.at, by="test")
    desk.work()
    assert desk.advance(invoice).state == "canceled"
    made = requesting.request_advance(
        desk.trade.seller, invoice_id=invoice.id, at=desk.at, by="test"
    )
    requesting.cancel_advance(desk.trade.seller, advance_id=made.id, at=desk.at, by="test")
    assert desk.advance(invoice).state == "canceled"
    requesting.request_advance(desk.trade.seller, invoice_id=invoice.id, at=desk.at, by="test")
    desk.work()
    desk.pay_out(desk.advance(invoice))
    with books.refused(desk.trade.seller, WrongState):
        requesting.cancel_advance(
            desk.trade.seller, advance_id=desk.advance(invoice).id, at=desk.at, by="test"
        )


def test_an_invoice_that_changed_before_it_was_asked_for_is_not(desk: FundingDesk) -> None:
    desk.program()
    invoice = desk.trade.invoice(1_000_000)
    wait_for_events(desk.trade.seller.id)
    following.follow_events(seller_id=desk.trade.seller.id, at=desk.at)
    desk.trade.pay(invoice, 1)
    desk.work()
    assert desk.advance(invoice).reason_code == "invoice_changed"
    assert desk.partner.calls == []


def test_notices_are_taken_once_and_only_when_signed(desk: FundingDesk) -> None:
    desk.program()
    advance = desk.advance(desk.invoice())
    desk.partner.pay_out(advance.reference)
    body, headers = desk.partner.notice(advance.reference, "advance.paid_out", at=desk.at)
    from usance.flows.funding import notices

    given = {
        "seller_id": desk.trade.seller.id, "connection_id": desk.connection.id,
        "at": desk.at, "partner": desk.partner,
    }  # fmt: skip
    with books.refused(desk.trade.seller, Forged):
        notices.take_notice(body=body + b" ", headers=headers, **given)
    assert notices.take_notice(body=body, headers=headers, **given)
    assert not notices.take_notice(body=body, headers=headers, **given)
    desk.work()
    assert FundingEvent.objects.get(seller_id=desk.trade.seller.id).result == "done"
    assert accounts(desk)["funding"] == -800_000


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


def test_the_lease_keeps_two_workers_apart(desk: FundingDesk) -> None:
    desk.program()
    desk.trade.invoice(1_000_000)
    wait_for_events(desk.trade.seller.id)
    following.follow_events(seller_id=desk.trade.seller.id, at=desk.at)
    [row] = FundingInstruction.objects.filter(seller_id=desk.trade.seller.id)
    desk.partner.unwanted.clear()
    for _ in range(2):
        sending.attend(
            seller_id=row.seller_id, instruction_id=row.id, at=desk.at, chance=0.0,
            partner=desk.partner,
        )  # fmt: skip
    assert desk.partner.calls == ["offer", "request"]


def test_the_bank_lines_of_a_partner_are_never_payments(desk: FundingDesk) -> None:
    desk.program()
    invoice, advance = desk.funded()
    desk.tell(advance, "advance.collected", collected=1_000_000)
    brought = table(
        Booking(784_000, f"ADVANCE {advance.payout_reference}", "Rapid Funding SA"),
        Booking(200_000, f"Reserve adv_{advance.id.hex}", "Rapid Funding SA"),
        Booking(50_000, f"{invoice.number}", "Nordwind Handels GmbH"),
    )
    bank_statements.take_statement(
        desk.trade.seller, brought, account=ACCOUNT, at=desk.at, by="test"
    )
    bank_claims.claim_lines(desk.trade.seller, at=desk.at, by="test")
    cash_application.settle_all(desk.trade.seller, at=desk.at, by="test")
    mine = Payment.objects.filter(seller_id=desk.trade.seller.id, method="bank_transfer")
    assert [one.amount for one in mine] == [50_000]
    claims = BankClaim.objects.filter(seller_id=desk.trade.seller.id).order_by("amount")
    assert [(one.kind, one.amount, one.subject_id) for one in claims] == [
        ("funding", 200_000, advance.id), ("funding", 784_000, advance.id),
    ]  # fmt: skip
    assert bank_claims.claim_lines(desk.trade.seller, at=desk.at, by="test") == 0
