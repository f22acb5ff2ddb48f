"""What a funding partner is asked and told, what it answers, and the lines by which its bank pays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.flows import books
from tests.flows.bank_files import ACCOUNT, Booking, table
from tests.flows.funding_desk import FundingDesk, accounts
from tests.flows.trading import Trade
from tests.horizon import wait_for_events
from usance.flows import bank_claims, bank_statements, cash_application
from usance.flows.funding import following, requesting, sending
from usance.flows.refusals import WrongState
from usance.gateways.funding import Forged
from usance.records.funding.models import FundingEvent, FundingInstruction
from usance.records.payments.models import BankClaim, Payment


@pytest.fixture
def desk(trade: Trade) -> FundingDesk:
    return FundingDesk.with_room(trade)


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
