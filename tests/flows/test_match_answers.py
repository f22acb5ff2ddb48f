"""What a person says to what the matching proposes, and what it learns. Amounts are cents."""

from __future__ import annotations

import pytest

from tests.flows import books
from tests.flows.bank_files import ACCOUNT, NORDWIND, Booking, table
from tests.flows.trading import Trade
from usance.flows import (
    bank_statements,
    billing,
    cash_application,
    credit_lines,
    fulfilment,
    match_answers,
    repayments,
    settlement,
)
from usance.flows.refusals import NotFound, WrongState
from usance.records.identity import new_id
from usance.records.invoices.models import Invoice
from usance.records.payments.models import LearntPayer, Payment, Proposal
from usance.rules.terms.reading import read_terms


def bring(trade: Trade, *bookings: Booking) -> cash_application.Settled:
    """Take a file of these bookings and settle its lines."""
    bank_statements.take_statement(trade.seller, table(*bookings), account=ACCOUNT, **trade.act)
    return cash_application.settle_all(trade.seller, **trade.act)


def learnt(trade: Trade, kind: str) -> dict[str, int]:
    """The weights of one kind of value."""
    rows = LearntPayer.objects.filter(seller_id=trade.seller.id, kind=kind)
    return {row.value: row.weight for row in rows}


@pytest.fixture
def waiting(trade: Trade) -> tuple[Proposal, list[Invoice]]:
    """Two invoices of one amount, and a payment that may be for either."""
    made = [trade.invoice(10_000), trade.invoice(10_000)]
    assert bring(trade, Booking(10_000, "danke", "Nordwind Handels GmbH", NORDWIND)).proposed == 1
    return Proposal.objects.get(seller_id=trade.seller.id, state="open"), made


def test_an_alternative_is_taken_and_teaches(
    trade: Trade, waiting: tuple[Proposal, list[Invoice]]
) -> None:
    proposal, made = waiting
    meant = proposal.alternatives[0]["shares"][0]["item_id"]
    for _ in range(2):  # the second changes nothing
        match_answers.accept_proposal(
            trade.seller, proposal_id=proposal.id, reading=1, at=trade.at, by="anna"
        )
    states = {str(i.id): trade.stored(Invoice, i.id).state for i in made}
    assert states == {id_: "paid" if id_ == meant else "open" for id_ in states}
    kept = trade.stored(Proposal, proposal.id)
    assert (kept.state, kept.decided_by) == ("accepted", "anna")
    assert learnt(trade, "account") == {NORDWIND: 1}
    assert books.broken(trade.seller) == []


def test_undo_is_one_act_and_unlearns(
    trade: Trade, waiting: tuple[Proposal, list[Invoice]]
) -> None:
    proposal, made = waiting
    match_answers.accept_proposal(trade.seller, proposal_id=proposal.id, at=trade.at, by="anna")
    match_answers.undo_match(trade.seller, payment_id=proposal.payment_id, at=trade.at, by="anna")
    assert {trade.stored(Invoice, i.id).state for i in made} == {"open"}
    assert trade.stored(Payment, proposal.payment_id).unapplied == 10_000
    assert trade.stored(Proposal, proposal.id).state == "undone"
    assert learnt(trade, "account") == {NORDWIND: -1}
    assert books.broken(trade.seller) == []
    with books.refused(trade.seller, WrongState):
        match_answers.undo_match(
            trade.seller, payment_id=proposal.payment_id, at=trade.at, by="anna"
        )


def test_what_is_returned_waits_for_nobody(
    trade: Trade, waiting: tuple[Proposal, list[Invoice]]
) -> None:
    proposal, _ = waiting
    repayments.return_payment(
        trade.seller, payment_id=proposal.payment_id, amount=4_000, at=trade.at, by="bank"
    )
    assert trade.stored(Proposal, proposal.id).state == "open"
    repayments.return_payment(trade.seller, payment_id=proposal.payment_id, at=trade.at, by="bank")
    kept = trade.stored(Proposal, proposal.id)
    assert (kept.state, kept.decided_by) == ("superseded", "bank")


def test_none_of_them(trade: Trade, waiting: tuple[Proposal, list[Invoice]]) -> None:
    proposal, _ = waiting
    for _ in range(2):
        match_answers.dismiss_proposal(
            trade.seller, proposal_id=proposal.id, at=trade.at, by="anna"
        )
    assert trade.stored(Proposal, proposal.id).state == "dismissed"
    with books.refused(trade.seller, WrongState):
        match_answers.accept_proposal(trade.seller, proposal_id=proposal.id, at=trade.at, by="anna")
    with books.refused(trade.seller, NotFound):
        match_answers.dismiss_proposal(trade.seller, proposal_id=new_id(), at=trade.at, by="anna")


def test_what_was_settled_meanwhile_is_not_booked_twice(
    trade: Trade, waiting: tuple[Proposal, list[Invoice]]
) -> None:
    proposal, made = waiting
    for invoice in made:
        trade.pay(invoice)
    with books.refused(trade.seller, match_answers.OutOfDate):
        match_answers.accept_proposal(trade.seller, proposal_id=proposal.id, at=trade.at, by="anna")


def test_placing_by_hand_settles_the_proposal_and_teaches(
    trade: Trade, waiting: tuple[Proposal, list[Invoice]]
) -> None:
    proposal, made = waiting
    settlement.allocate(
        trade.seller,
        payment_id=proposal.payment_id,
        invoice_id=made[0].id,
        at=trade.at,
        by="anna",
    )
    assert trade.stored(Proposal, proposal.id).state == "superseded"
    assert learnt(trade, "account") == {NORDWIND: 1}


def test_a_discount_in_time_books_itself_and_comes_back_with_one_undo(trade: Trade) -> None:
    credit_lines.set_credit_line(
        trade.seller,
        buyer_id=trade.buyer.id,
        currency="EUR",
        limit=1_000_000,
        terms=[read_terms("2/10 net 30")],
        **trade.act,
    )
    order = trade.order(100_000)
    invoice = fulfilment.invoice_order(trade.seller, order_id=order.id, **trade.act)
    settled = bring(trade, Booking(98_000, invoice.number, "Nordwind Handels GmbH", NORDWIND))
    assert dict(settled.matched) == {"reference": 1}
    assert trade.stored(Invoice, invoice.id).state == "paid"
    assert trade.balances()["discounts"] == 2_000
    payment = Payment.objects.get(seller_id=trade.seller.id)
    match_answers.undo_match(trade.seller, payment_id=payment.id, at=trade.at, by="anna")
    assert "discounts" not in trade.balances()
    assert trade.stored(Invoice, invoice.id).outstanding == 100_000
    assert books.broken(trade.seller) == []


def test_what_a_credit_note_freed_is_netted(trade: Trade) -> None:
    old, new = trade.invoice(10_000), trade.invoice(50_000)
    trade.pay(old)
    note = billing.credit_invoice(trade.seller, invoice_id=old.id, amount=4_000, **trade.act)
    settled = bring(
        trade,
        Booking(46_000, f"{new.number} less {note.number}", "Nordwind Handels GmbH", NORDWIND),
    )
    assert dict(settled.matched) == {"reference": 1}
    assert trade.stored(Invoice, new.id).state == "paid"
    assert trade.counters() == {}
    assert books.broken(trade.seller) == []
    payment = Payment.objects.get(seller_id=trade.seller.id, amount=46_000)
    match_answers.undo_match(trade.seller, payment_id=payment.id, at=trade.at, by="anna")
    assert trade.stored(Invoice, new.id).outstanding == 50_000
    left = Payment.objects.filter(seller_id=trade.seller.id)
    assert sorted(one.unapplied for one in left) == [4_000, 46_000], "what was netted is free again"
    assert trade.stored(Invoice, old.id).state == "paid"
    assert books.broken(trade.seller) == []
