"""At the due date the stored card is charged, where its holder agreed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from tests.flows.collecting import Desk
from tests.flows.paying import Till, due, payments
from usance.flows import disputes, promises
from usance.flows.cards import asking, charging, pages
from usance.flows.cards.pages import About
from usance.flows.debits import scheduling
from usance.gateways.errors import Unavailable
from usance.records.cards.models import CardInstruction
from usance.records.statements import execute
from usance.rules.promises import Part
from usance.web.words.cards import DECLINES


def test_the_stored_card_is_charged_when_the_invoice_is_due(till: Till) -> None:
    till.card(consent="Charge my invoices when they are due.")
    invoice = till.trade.invoice(30_000)
    assert due(till, invoice, -1).charge_due() == 0
    late = due(till, invoice)
    assert late.charge_due() == 1
    invoice.refresh_from_db()
    assert invoice.state == "paid"
    assert late.charge_due() == 0
    [payment] = payments(till)
    assert (payment.method, payment.payer) == ("card", "visa 4242")


def test_without_consent_nothing_is_charged(till: Till) -> None:
    till.card()
    invoice = till.trade.invoice(30_000)
    assert due(till, invoice, 5).charge_due() == 0


def test_a_refused_charge_is_tried_again_by_its_reason_and_then_the_buyer_is_asked(
    till: Till,
) -> None:
    card = till.card(consent="Charge my invoices when they are due.")
    till.provider.declines[card.token] = "insufficient_funds"
    invoice = till.trade.invoice(30_000)
    tries = [day for day in range(40) if due(till, invoice, day).charge_due()]
    assert tries == [0, 3, 8, 15]
    assert [a.state for a in till.all()] == ["declined"] * 4
    links = execute(
        "SELECT count(*) FROM collections_paylink WHERE seller_id = %s AND invoice_id = %s",
        [till.trade.seller.id, invoice.id],
    )
    assert links[0][0] == 1


def test_an_expired_card_is_not_tried_again_but_a_new_one_is(till: Till) -> None:
    card = till.card(consent="Charge my invoices when they are due.")
    till.provider.declines[card.token] = "expired_card"
    invoice = till.trade.invoice(30_000)
    assert due(till, invoice).charge_due() == 1
    assert due(till, invoice, 1).charge_due() == 0
    till.card(consent="Charge my invoices when they are due.")
    assert due(till, invoice, 2).charge_due() == 1
    invoice.refresh_from_db()
    assert invoice.state == "paid"


@pytest.mark.parametrize("reason", ["expired_card", "suspected_fraud"])
def test_the_buyer_reads_in_its_language_what_it_can_do_something_about(
    till: Till, monkeypatch: pytest.MonkeyPatch, reason: Any
) -> None:
    letters: list[Any] = []
    monkeypatch.setattr(asking, "_send", lambda *about, **at: letters.append(about[-1]))
    card = till.card(consent="Charge my invoices when they are due.")
    till.provider.declines[card.token] = reason
    due(till, till.trade.invoice(30_000)).charge_due()
    [letter] = letters
    with translation.override("it"):
        facts = letter("it").facts
        words = [str(DECLINES[reason])] if reason == "expired_card" else []
    assert [said for _, said in facts] == words
    assert "The card has expired" not in words


def test_what_was_paid_otherwise_while_it_was_taken_stays_as_unapplied_cash(till: Till) -> None:
    till.card(consent="Charge my invoices when they are due.")
    invoice = till.trade.invoice(30_000)
    late = due(till, invoice)
    till.provider.lose_answers = 1
    late.charge_due()
    till.trade.pay(invoice)
    late.later(minutes=1).work()
    assert sorted(payment.state for payment in payments(till)) == ["allocated", "unapplied"]


def test_what_was_paid_otherwise_before_it_was_taken_is_not_charged(till: Till) -> None:
    till.card(consent="Charge my invoices when they are due.")
    invoice = till.trade.invoice(30_000)
    late = due(till, invoice)
    charging.charge_due(seller_id=till.trade.seller.id, at=late.at)
    till.trade.pay(invoice)
    late.work()
    assert not till.provider.held
    assert [payment.state for payment in payments(till)] == ["allocated"]
    assert [row.state for row in till.all()] == ["voided"]
    assert late.charge_due() == 0


def test_an_invoice_whose_payer_is_at_the_page_is_not_charged_as_well(till: Till) -> None:
    till.card(consent="Charge my invoices when they are due.")
    invoice = till.trade.invoice(10_000)
    late = due(till, invoice)
    page = pages.want_page(
        late.trade.seller, buyer_id=late.trade.buyer.id, kind="pay",
        about=About(pays=[(invoice.id, 10_000)]), **late.trade.act,
    )  # fmt: skip
    pages.open_page(late.trade.seller, page_id=page.id, at=late.at, provider=late.provider)
    assert late.charge_due() == 0
    assert late.later(hours=2).charge_due() == 1


def test_what_a_bank_collects_is_not_charged_as_well(till: Till) -> None:
    till.card(consent="Charge my invoices when they are due.")
    desk = Desk.of(till.trade)
    invoice = till.trade.invoice(10_000)
    debit = desk.debit(desk.mandate(), invoice)
    assert due(till, invoice).charge_due() == 0
    scheduling.cancel_debit(till.trade.seller, debit_id=debit.id, **till.trade.act)
    assert due(till, invoice).charge_due() == 1


def test_what_is_paid_in_agreed_instalments_is_not_charged_in_one(till: Till) -> None:
    till.card(consent="Charge my invoices when they are due.")
    invoice = till.trade.invoice(10_000)
    parts = [Part(invoice.due_on + timedelta(days=days), 5_000) for days in (10, 20)]
    promise = promises.propose(
        till.trade.seller, buyer_id=till.trade.buyer.id, invoice_ids=[invoice.id], parts=parts,
        by_seller=True, **till.trade.act,
    )  # fmt: skip
    assert due(till, invoice, 5).charge_due() == 0
    late = due(till, invoice, 11)
    promises.judge_promise(seller_id=promise.seller_id, promise_id=promise.id, at=late.at)
    assert late.charge_due() == 1  # its word was not kept


def test_what_is_disputed_is_not_charged(till: Till) -> None:
    till.card(consent="Charge my invoices when they are due.")
    seller, invoice = till.trade.seller, till.trade.invoice(10_000)
    dispute = disputes.open_dispute(
        seller, invoice_id=invoice.id, reason_code="damaged", amount=1_000, **till.trade.act
    )
    assert due(till, invoice).charge_due() == 0
    disputes.withdraw(seller, dispute_id=dispute.id, **till.trade.act)
    assert due(till, invoice).charge_due() == 1


def test_what_is_disputed_before_it_was_taken_is_not_charged(till: Till) -> None:
    till.card(consent="Charge my invoices when they are due.")
    seller, invoice = till.trade.seller, till.trade.invoice(10_000)
    late = due(till, invoice)
    charging.charge_due(seller_id=seller.id, at=late.at)
    dispute = disputes.open_dispute(
        seller, invoice_id=invoice.id, reason_code="damaged", amount=1_000, **till.trade.act
    )
    late.work()
    [row] = till.all()
    assert row.state == "voided" and not till.provider.held
    # Nor where it was found to be due just before.
    again = {"invoice_id": invoice.id, "card_id": row.card_id, "at": late.at}
    assert not charging._charge(seller, **again)
    disputes.withdraw(seller, dispute_id=dispute.id, **till.trade.act)
    assert late.charge_due() == 1


def test_a_charge_that_could_not_be_told_for_days_is_given_up_and_made_anew(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.card(consent="Charge my invoices when they are due.")
    invoice = till.trade.invoice(30_000)

    def refuse(*given: Any, **said: Any) -> Any:
        raise Unavailable("Not there.", counterpart="Memory", detail="ConnectError")

    monkeypatch.setattr(till.provider, "authorize", refuse)
    due(till, invoice).charge_due()
    hours = 0
    while CardInstruction.objects.filter(seller_id=till.trade.seller.id, state="queued").exists():
        hours += 13
        due(till, invoice).later(hours=hours).work()
        assert hours < 24 * 20
    assert [(row.state, row.again_on is None) for row in till.all()] == [("declined", False)]
    monkeypatch.undo()
    due(till, invoice).later(hours=hours + 24 * 4).charge_due()
    invoice.refresh_from_db()
    assert (invoice.state, len(till.provider.held)) == ("paid", 1)
