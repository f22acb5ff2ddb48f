"""What a credit manager does when money is short, wrong, given up or somebody else's. Amounts are cents."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from tests.flows import books
from tests.flows.bank_files import DAY, NORDWIND, Booking
from tests.flows.test_match_answers import bring, learnt
from tests.flows.trading import Trade
from usance.flows import (
    billing,
    cash_application,
    conversions,
    credit_lines,
    disputes,
    exchange_rates,
    fulfilment,
    match_answers,
    match_booking,
    matching_rules,
    onboarding,
    repayments,
    set_aside,
    settlement,
    write_offs,
)
from usance.flows.journal import Journal
from usance.flows.refusals import AmountTooLarge, NotFound, WrongState
from usance.records.collections.models import Dispute, WriteOffRequest
from usance.records.identity import public_id
from usance.records.invoices.models import Invoice
from usance.records.payments import matching_queries
from usance.records.payments.models import Payment, Proposal, SetAsideLine
from usance.rules.matching.model import Share


def rules(trade: Trade, **changes: Any) -> None:
    kept = matching_queries.rules(seller_id=trade.seller.id)
    fields = {
        name: getattr(kept, name) for name in (*matching_queries._NUMBERS, "second_person_from")
    }
    matching_rules.set_rules(trade.seller, **(fields | changes), **trade.act)


def test_one_bad_line_holds_up_no_other(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = trade.invoice(10_000), trade.invoice(20_000)
    book = match_booking.Booking.book

    def failing(self: Any, applied: Any, payment: Payment, *args: Any, **kwargs: Any) -> None:
        book(self, applied, payment, *args, **kwargs)
        if payment.amount == 20_000:
            raise ValueError("nobody thought of this")

    monkeypatch.setattr(match_booking.Booking, "book", failing)
    settled = bring(
        trade,
        Booking(20_000, bad.number, "Nordwind Handels GmbH", NORDWIND),
        Booking(10_000, good.number, "Nordwind Handels GmbH", NORDWIND),
    )
    assert (settled.lines, settled.set_aside) == (2, 1)
    assert trade.stored(Invoice, good.id).state == "paid"
    assert trade.stored(Invoice, bad.id).state == "open"
    kept = SetAsideLine.objects.get(seller_id=trade.seller.id)
    assert (kept.code, kept.reason, kept.attempts) == ("ValueError", "nobody thought of this", 1)
    assert books.broken(trade.seller) == []
    # Not at once again, but after an hour; and when a person says so.
    assert cash_application.settle_all(trade.seller, at=trade.at, by="test").lines == 0
    later = trade.at + timedelta(hours=1)
    assert cash_application.settle_all(trade.seller, at=later, by="test").set_aside == 1
    assert SetAsideLine.objects.get(seller_id=trade.seller.id).attempts == 2
    monkeypatch.undo()
    set_aside.try_again(trade.seller, line_id=kept.bank_transaction_id, at=later)
    assert dict(cash_application.settle_all(trade.seller, at=later, by="test").matched) == {
        "reference": 1
    }
    assert trade.stored(Invoice, bad.id).state == "paid"
    assert not SetAsideLine.objects.filter(seller_id=trade.seller.id).exists()
    with books.refused(trade.seller, NotFound):
        set_aside.try_again(trade.seller, line_id=kept.bank_transaction_id, at=later)
    assert books.broken(trade.seller) == []


def test_money_of_the_wrong_buyer_is_nobodys_again_in_one_act(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    bring(trade, Booking(10_000, invoice.number, "Nordwind Handels GmbH", NORDWIND))
    payment = Payment.objects.get(seller_id=trade.seller.id)
    assert payment.buyer_id == trade.buyer.id
    before = trade.counters()
    match_answers.unidentify_payment(trade.seller, payment_id=payment.id, at=trade.at, by="anna")
    kept = trade.stored(Payment, payment.id)
    assert (kept.buyer_id, kept.unapplied) == (None, 10_000)
    assert trade.stored(Invoice, invoice.id).outstanding == 10_000
    assert trade.counters() == {"receivable": 10_000} | before
    assert learnt(trade, "account") == {NORDWIND: -1}
    assert books.balances(trade.seller, None) == {"bank": 10_000, "unapplied_cash": -10_000}
    assert books.broken(trade.seller) == []
    with books.refused(trade.seller, WrongState):
        match_answers.unidentify_payment(trade.seller, payment_id=payment.id, **trade.act)
    # It is whoever's the invoice says it is.
    other = trade.other_buyer()
    theirs = other.invoice(10_000)
    settlement.allocate(trade.seller, payment_id=payment.id, invoice_id=theirs.id, **trade.act)
    assert trade.stored(Payment, payment.id).buyer_id == other.buyer.id
    assert books.broken(trade.seller) == []


def test_what_was_learnt_of_a_payer_can_be_forgotten(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    bring(trade, Booking(10_000, invoice.number, "Nordwind Handels GmbH", NORDWIND))
    known = matching_queries.learnt_of(seller_id=trade.seller.id, buyer_id=trade.buyer.id)
    for one in known:
        matching_rules.forget_payer(
            trade.seller, buyer_id=trade.buyer.id, learnt_id=one.id, **trade.act
        )
    assert learnt(trade, "account") == {}
    with books.refused(trade.seller, NotFound):
        matching_rules.forget_payer(
            trade.seller, buyer_id=trade.buyer.id, learnt_id=known[0].id, **trade.act
        )


def test_a_short_payment_is_a_dispute_until_it_is_decided(trade: Trade) -> None:
    invoice = trade.invoice(100_000)
    bring(
        trade, Booking(60_000, f"{invoice.number} x", "Somebody Else AG", "DE02120300000000202051")
    )
    proposal = Proposal.objects.get(seller_id=trade.seller.id, state="open")
    with books.refused(trade.seller, disputes.InvalidDispute):
        match_answers.accept_proposal(
            trade.seller, proposal_id=proposal.id, dispute="whatever", **trade.act
        )
    match_answers.accept_proposal(
        trade.seller, proposal_id=proposal.id, dispute="damaged", **trade.act
    )
    [dispute] = Dispute.objects.filter(seller_id=trade.seller.id)
    assert (dispute.amount, dispute.reason_code, dispute.state) == (40_000, "damaged", "open")
    with books.refused(trade.seller, AmountTooLarge):
        disputes.resolve_by_credit(trade.seller, dispute_id=dispute.id, amount=40_001, **trade.act)
    disputes.resolve_by_credit(trade.seller, dispute_id=dispute.id, words="broken", **trade.act)
    kept = trade.stored(Dispute, dispute.id)
    assert (kept.state, kept.credit_note.amount) == ("resolved_credit", 40_000)
    assert trade.stored(Invoice, invoice.id).state == "paid"
    with books.refused(trade.seller, WrongState):
        disputes.reject(trade.seller, dispute_id=dispute.id, **trade.act)
    assert books.broken(trade.seller) == []


def test_undoing_the_short_payment_withdraws_its_dispute(trade: Trade) -> None:
    invoice = trade.invoice(100_000)
    bring(
        trade, Booking(60_000, f"{invoice.number} x", "Somebody Else AG", "DE02120300000000202051")
    )
    proposal = Proposal.objects.get(seller_id=trade.seller.id, state="open")
    match_answers.accept_proposal(
        trade.seller, proposal_id=proposal.id, dispute="price", **trade.act
    )
    match_answers.undo_match(trade.seller, payment_id=proposal.payment_id, **trade.act)
    assert Dispute.objects.get(seller_id=trade.seller.id).state == "withdrawn"
    assert books.broken(trade.seller) == []


def test_no_more_is_disputed_than_is_open(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    act = {"invoice_id": invoice.id, "reason_code": "price"} | trade.act
    first = disputes.open_dispute(trade.seller, amount=4_000, **act)
    with books.refused(trade.seller, AmountTooLarge):
        disputes.open_dispute(trade.seller, amount=6_001, **act)
    with books.refused(trade.seller, disputes.InvalidDispute):
        disputes.open_dispute(trade.seller, line="99", **act)
    disputes.reject(trade.seller, dispute_id=first.id, words="agreed so", **trade.act)
    assert disputes.open_dispute(trade.seller, **act).amount == 10_000
    trade.pay(invoice)
    with books.refused(trade.seller, WrongState):
        disputes.open_dispute(trade.seller, **act)


def staff(trade: Trade, name: str) -> Any:
    """A person who may sign in, and how its acts are traced."""
    made = onboarding.add_staff(
        trade.seller,
        email=f"{name}@{trade.seller.handle}.example",
        name=name,
        role="accountant",
        password=None,
        at=trade.at,
    )
    return made, public_id("staff", made.id)


def test_a_large_write_off_takes_two_persons(trade: Trade) -> None:
    small, large = trade.invoice(4_999), trade.invoice(5_000)
    rules(trade, second_person_from=5_000)
    (anna, by_anna), (bruno, by_bruno) = staff(trade, "anna"), staff(trade, "bruno")
    ask = {"at": trade.at, "by": by_anna, "reason": "insolvent"}
    assert write_offs.ask_write_off(trade.seller, invoice_id=small.id, **ask) is None
    with books.refused(trade.seller, billing.SecondPersonNeeded):
        billing.write_off_invoice(trade.seller, invoice_id=large.id, **ask)
    asked = write_offs.ask_write_off(trade.seller, invoice_id=large.id, **ask)
    assert asked is not None
    assert write_offs.ask_write_off(trade.seller, invoice_id=large.id, **ask) == asked
    answer = {"request_id": asked.id, "at": trade.at}
    with books.refused(trade.seller, write_offs.SamePerson):
        write_offs.approve_write_off(trade.seller, staff_id=anna.id, **answer)
    with books.refused(trade.seller, NotFound):  # nobody of this seller's
        write_offs.approve_write_off(trade.seller, staff_id=trade.buyer.id, **answer)
    write_offs.approve_write_off(trade.seller, staff_id=bruno.id, **answer)
    assert trade.stored(Invoice, large.id).state == "written_off"
    assert trade.stored(WriteOffRequest, asked.id).answered_by == by_bruno
    with books.refused(trade.seller, WrongState):
        write_offs.decline_write_off(trade.seller, by=by_anna, **answer)


@pytest.mark.parametrize("program", ["key_0190a5f0c0de7000800000000000c0de", "anybody", "stf_x"])
def test_what_a_program_asked_for_takes_two_of_the_staff(trade: Trade, program: str) -> None:
    """Whoever holds the key signs in too: both hands are one person's, and that is one of two."""
    invoice = trade.invoice(5_000)
    rules(trade, second_person_from=5_000)
    (anna, by_anna), (bruno, by_bruno) = staff(trade, "anna"), staff(trade, "bruno")
    asked = write_offs.ask_write_off(
        trade.seller, invoice_id=invoice.id, at=trade.at, by=program, reason="gone"
    )
    assert asked is not None
    answer = {"request_id": asked.id, "at": trade.at}
    write_offs.approve_write_off(trade.seller, staff_id=anna.id, **answer)
    assert trade.stored(Invoice, invoice.id).state == "open"
    with books.refused(trade.seller, write_offs.SamePerson):
        write_offs.approve_write_off(trade.seller, staff_id=anna.id, **answer)
    write_offs.approve_write_off(trade.seller, staff_id=bruno.id, **answer)
    kept = trade.stored(WriteOffRequest, asked.id)
    assert (kept.state, kept.seconded_by, kept.answered_by) == ("approved", by_anna, by_bruno)
    assert trade.stored(Invoice, invoice.id).state == "written_off"


def test_one_person_by_its_address_and_by_its_id_is_one(trade: Trade) -> None:
    invoice = trade.invoice(5_000)
    rules(trade, second_person_from=5_000)
    anna, _ = staff(trade, "anna")
    asked = write_offs.ask_write_off(
        trade.seller, invoice_id=invoice.id, at=trade.at, by=anna.user.email
    )
    assert asked is not None
    with books.refused(trade.seller, write_offs.SamePerson):
        write_offs.approve_write_off(
            trade.seller, request_id=asked.id, staff_id=anna.id, at=trade.at
        )


def test_money_that_comes_for_what_was_given_up_recovers_it(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    billing.write_off_invoice(trade.seller, invoice_id=invoice.id, **trade.act)
    assert trade.balances()["bad_debt"] == 10_000
    payment = trade.payment(4_000)
    trade.allocate(payment, invoice)
    kept = trade.stored(Invoice, invoice.id)
    assert (kept.state, kept.written_off, kept.allocated) == ("written_off", 6_000, 4_000)
    assert trade.balances()["bad_debt"] == 6_000
    with books.refused(trade.seller, AmountTooLarge):
        billing.recover_write_off(trade.seller, invoice_id=invoice.id, amount=6_001, **trade.act)
    billing.recover_write_off(trade.seller, invoice_id=invoice.id, reason="agreed", **trade.act)
    kept = trade.stored(Invoice, invoice.id)
    assert (kept.state, kept.outstanding) == ("open", 6_000)
    assert "bad_debt" not in trade.balances()
    assert books.broken(trade.seller) == []
    with books.refused(trade.seller, WrongState):
        billing.recover_write_off(trade.seller, invoice_id=invoice.id, **trade.act)


def test_a_deduction_that_an_advice_states_opens_its_dispute(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    payment = trade.pay(invoice, 9_000)
    share = Share(item_id=invoice.id, amount=9_000, short=1_000, deduction_reason="2 broken")
    with transaction.atomic():
        journal = Journal(trade.seller, **trade.act)
        disputes.open_for_deductions(journal, payment=payment, shares=[share])
        journal.close()
    [made] = Dispute.objects.filter(seller_id=trade.seller.id)
    assert (made.amount, made.their_reason, made.payment_id) == (1_000, "2 broken", payment.id)


def abroad(trade: Trade, amount: int) -> Invoice:
    """An open invoice of ``amount`` US cents."""
    credit_lines.set_credit_line(
        trade.seller, buyer_id=trade.buyer.id, currency="USD", limit=10_000_000, **trade.act
    )
    order = trade.order(amount, currency="USD")
    return fulfilment.invoice_order(trade.seller, order_id=order.id, **trade.act)


def test_euros_pay_an_invoice_in_dollars_at_a_gain_and_back(trade: Trade) -> None:
    rate = {"source": "USD", "target": "EUR", "at": trade.at, "by": "test"}
    invoice = abroad(trade, 100_000)
    bring(trade, Booking(92_000, invoice.number, "Nordwind Handels GmbH", NORDWIND, on=DAY))
    proposal = Proposal.objects.get(seller_id=trade.seller.id, state="open")
    assert "other_currency" in proposal.held_back
    accept = {"proposal_id": proposal.id} | trade.act
    with books.refused(trade.seller, conversions.NoExchangeRate):
        match_answers.accept_proposal(trade.seller, **accept)
    exchange_rates.set_rate(trade.seller, rate=Decimal("0.90"), on=invoice.issued_on, **rate)
    exchange_rates.set_rate(trade.seller, rate=Decimal("0.915"), on=DAY, **rate)
    match_answers.accept_proposal(trade.seller, **accept)
    assert trade.stored(Invoice, invoice.id).state == "paid"
    then = 91_500 if invoice.issued_on >= DAY else 90_000
    euros = books.balances(trade.seller, trade.buyer.id, "EUR")
    dollars = books.balances(trade.seller, trade.buyer.id, "USD")
    assert euros == {"bank": 92_000, "exchange": -then, "currency_differences": then - 92_000}
    assert (dollars["exchange"], dollars.get("receivable")) == (100_000, None)
    assert trade.stored(Payment, proposal.payment_id).state == "allocated"
    assert books.broken(trade.seller) == []
    match_answers.undo_match(trade.seller, payment_id=proposal.payment_id, **trade.act)
    assert books.balances(trade.seller, trade.buyer.id, "EUR") == {
        "bank": 92_000,
        "unapplied_cash": -92_000,
    }
    assert trade.stored(Invoice, invoice.id).outstanding == 100_000
    assert books.broken(trade.seller) == []


def ordered(trade: Trade, came: int, *, dollars: int) -> Proposal:
    """A bank line of euro cents whose bank says that so many US cents were ordered, as it waits."""
    invoice = abroad(trade, dollars)
    bring(trade, Booking(came, invoice.number, "Nordwind Handels GmbH", NORDWIND))
    return Proposal.objects.select_related("payment").get(seller_id=trade.seller.id, state="open")


@pytest.mark.parametrize(
    ("came", "whose", "left"),
    [
        (86_000, "", 0),  # a bank's margin of 4.4 %
        (
            1_000,
            "",
            None,
        ),  # EUR 10 for USD 1,000 because the payer's bank says so: a person decides
        (1_000, "own", 98_889),
        (1_000, "bank", 0),
        (190_000, "", None),
    ],
)
def test_what_the_bank_says_was_ordered_is_held_against_the_sellers_rate(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, came: int, whose: str, left: int | None
) -> None:
    rate = {"source": "USD", "target": "EUR", "at": trade.at, "by": "test"}
    exchange_rates.set_rate(trade.seller, rate=Decimal("0.90"), on=date(2026, 1, 1), **rate)
    proposal = ordered(trade, came, dollars=100_000)
    monkeypatch.setattr(conversions, "_ordered", lambda _payment, _currency: 100_000)
    accept = {"proposal_id": proposal.id, "rate": whose} | trade.act
    if left is None:
        with books.refused(trade.seller, conversions.RatesApart):
            match_answers.accept_proposal(trade.seller, **accept)
        assert trade.stored(Proposal, proposal.id).state == "open"
        return
    match_answers.accept_proposal(trade.seller, **accept)
    [invoice] = Invoice.objects.filter(seller_id=trade.seller.id)
    assert invoice.outstanding == left


def test_a_conversion_is_taken_back_in_small_parts_to_the_last_unit(trade: Trade) -> None:
    """One euro cent pays a hundred of a currency whose units are small; a credit takes back part by
    part, and what is taken of the payment is never more than it gave."""
    rate = {"source": "USD", "target": "EUR", "at": trade.at, "by": "test"}
    exchange_rates.set_rate(trade.seller, rate=Decimal("0.01"), on=date(2026, 1, 1), **rate)
    invoice = abroad(trade, 300)
    bring(trade, Booking(3, invoice.number, "Nordwind Handels GmbH", NORDWIND))
    proposal = Proposal.objects.get(seller_id=trade.seller.id, state="open")
    match_answers.accept_proposal(trade.seller, proposal_id=proposal.id, **trade.act)
    unapplied = []
    for amount in (40, 10, 10, 10, 10, 120, 100):
        billing.credit_invoice(trade.seller, invoice_id=invoice.id, amount=amount, **trade.act)
        payment = trade.stored(Payment, proposal.payment_id)
        unapplied.append(payment.unapplied)
        assert books.broken(trade.seller) == []
    assert unapplied == sorted(unapplied)
    assert unapplied[-1] == 3


def test_too_few_euros_pay_part_and_a_return_undoes_it(trade: Trade) -> None:
    rate = {"source": "USD", "target": "EUR", "at": trade.at, "by": "test"}
    exchange_rates.set_rate(trade.seller, rate=Decimal("0.90"), on=date(2026, 1, 1), **rate)
    invoice = abroad(trade, 100_000)
    bring(trade, Booking(45_000, invoice.number, "Nordwind Handels GmbH", NORDWIND))
    proposal = Proposal.objects.get(seller_id=trade.seller.id, state="open")
    match_answers.accept_proposal(trade.seller, proposal_id=proposal.id, **trade.act)
    assert trade.stored(Invoice, invoice.id).outstanding == 50_000
    note = billing.credit_invoice(trade.seller, invoice_id=invoice.id, amount=75_000, **trade.act)
    assert note.amount == 75_000  # a half of what was paid is free again
    assert trade.stored(Payment, proposal.payment_id).unapplied == 22_500
    assert books.broken(trade.seller) == []
    repayments.return_payment(trade.seller, payment_id=proposal.payment_id, **trade.act)
    assert trade.stored(Invoice, invoice.id).outstanding == 25_000
    assert trade.stored(Payment, proposal.payment_id).state == "returned"
    assert books.broken(trade.seller) == []
