"""Disputes about lines of an invoice: what is said, by when it is decided, and how it ends."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.flows import books
from tests.flows.trading import Trade
from usance.flows import (
    billing,
    dispute_talk,
    disputes,
    fulfilment,
    onboarding,
    seller_details,
)
from usance.flows.refusals import AmountTooLarge, NotFound, WrongState
from usance.records.collections import dispute_queries
from usance.records.collections.models import Dispute
from usance.records.events.models import Event, OutgoingMail
from usance.records.events.secrets import decrypt
from usance.records.identity import new_id, public_id
from usance.records.invoices.models import CreditNote, Invoice
from usance.rules.invoicing.crediting import CreditedLine
from usance.rules.invoicing.profiles import SellerFields
from usance.rules.orders import Line


def billed(trade: Trade) -> Invoice:
    """An invoice of 10 bolts for EUR 122.00 and of freight for EUR 24.40, tax in them."""
    lines = (
        Line("Hex bolts", amount=12_200, tax_amount=2_200, quantity=Decimal(10)),
        Line("Freight", amount=2_440, tax_amount=440, quantity=Decimal(1)),
    )
    order = trade.order(14_640, 2_640, lines=lines)
    return fulfilment.invoice_order(trade.seller, order_id=order.id, **trade.act)


def opened(trade: Trade, invoice: Invoice, *lines: CreditedLine, **fields: Any) -> Dispute:
    given = {"reason_code": "quantity", **trade.act, **fields}
    return disputes.open_dispute(trade.seller, invoice_id=invoice.id, lines=lines, **given)


def mails(dispute: Dispute) -> list[str]:
    found = OutgoingMail.objects.filter(seller_id=dispute.seller_id, object_id=dispute.id)
    return list(found.order_by("created_at", "id").values_list("recipient", flat=True))


def test_a_quantity_of_a_line_is_disputed_talked_about_and_credited(trade: Trade) -> None:
    invoice = billed(trade)
    rules = {"answer_days": 10, "warn_days": 3, "email": "carla@seller.example", **trade.act}
    dispute_talk.set_rules(trade.seller, **rules)
    eva = onboarding.add_member(
        trade.seller,
        buyer_id=trade.buyer.id,
        name="Eva Lind",
        email=f"eva-{trade.buyer.id.hex[:8]}@nordwind.example",
        role="payer",
        **trade.act,
    )
    by = public_id("member", eva.id)
    made = opened(trade, invoice, CreditedLine("1", Decimal(3)), words="Three are bent.", by=by)
    assert (made.amount, made.line, (made.answer_by - trade.at.date()).days) == (3_660, "1", 10)
    [kept] = made.lines
    assert (kept["subject"], kept["quantity"], kept["tax_amount"]) == ("Hex bolts", "3", 660)
    one = {"dispute_id": made.id, **trade.act}
    dispute_talk.say(trade.seller, author="seller", name="Carla", text=" A photo? ", **one)
    dispute_talk.say(trade.seller, author="buyer", name="Eva Lind", text="Here.", **one)
    said = dispute_queries.remarks_of([made])[made.id]
    assert [(it.author, it.name, it.text) for it in said] == [
        ("seller", "Carla", "A photo?"),
        ("buyer", "Eva Lind", "Here."),
    ]
    carla = "carla@seller.example"
    assert mails(made) == [carla, eva.email, carla]
    # The same line is not disputed twice; the other one is.
    with books.refused(trade.seller, WrongState):
        opened(trade, invoice, CreditedLine("1"))
    freight = opened(trade, invoice, CreditedLine("2"))
    ended = disputes.resolve_by_credit(trade.seller, words="Three bent", **one)
    assert ended.credit_note is not None
    note = CreditNote.objects.get(seller_id=trade.seller.id, id=ended.credit_note.id)
    assert note.lines == [{"line": "1", "quantity": "3", "amount": 3_660, "tax_amount": 660}]
    assert mails(made)[-1] == eva.email
    assert trade.stored(Invoice, invoice.id).outstanding == 14_640 - 3_660
    with books.refused(trade.seller, WrongState):
        dispute_talk.say(trade.seller, author="buyer", name="Eva Lind", text="More", **one)
    assert trade.stored(Dispute, freight.id).state == "open"
    assert books.broken(trade.seller) == []


def test_a_part_of_the_lines_is_credited_and_the_rest_is_owed_again(trade: Trade) -> None:
    invoice = billed(trade)
    spread = opened(trade, invoice, CreditedLine("1"), CreditedLine("2"), amount=7_320)
    assert [it["amount"] for it in spread.lines] == [6_100, 1_220]
    end = {"dispute_id": spread.id, **trade.act}
    with books.refused(trade.seller, AmountTooLarge):
        disputes.resolve_by_credit(trade.seller, amount=7_321, **end)
    with books.refused(trade.seller, AmountTooLarge):
        disputes.resolve_by_credit(trade.seller, lines=[CreditedLine("1", amount=7_400)], **end)
    for more in (CreditedLine("2", amount=1_221), CreditedLine("2", Decimal(1))):
        with books.refused(trade.seller, AmountTooLarge):  # of the line less is disputed
            disputes.resolve_by_credit(trade.seller, lines=[more], **end)
    with books.refused(trade.seller, disputes.InvalidDispute):
        disputes.resolve_by_credit(trade.seller, lines=[CreditedLine("3")], **end)
    disputes.resolve_by_credit(trade.seller, lines=[CreditedLine("2")], **end)
    assert trade.stored(Invoice, invoice.id).outstanding == 14_640 - 1_220
    # What was credited otherwise meanwhile is not credited again.
    again = opened(trade, invoice, CreditedLine("2"))
    assert again.amount == 1_220
    whole = [CreditedLine("2")]
    billing.credit_invoice(trade.seller, invoice_id=invoice.id, lines=whole, **trade.act)
    end = {"dispute_id": again.id, **trade.act}
    with books.refused(trade.seller, Exception):
        disputes.resolve_by_credit(trade.seller, **end)
    disputes.reject(trade.seller, words="Credited on its own.", **end)
    assert books.broken(trade.seller) == []


def test_what_cannot_be_disputed_or_said_leaves_nothing_behind(trade: Trade) -> None:
    invoice = billed(trade)
    for lines, amount, refusal in (
        ([CreditedLine("9")], None, disputes.InvalidDispute),
        ([CreditedLine("1"), CreditedLine("1")], None, disputes.InvalidDispute),
        ([CreditedLine("1", Decimal(11))], None, disputes.InvalidDispute),
        ([CreditedLine("1", Decimal(1))], 5, disputes.InvalidDispute),
        ([CreditedLine("2")], 2_441, AmountTooLarge),
    ):
        with books.refused(trade.seller, refusal):
            opened(trade, invoice, *lines, amount=amount)
    made = opened(trade, invoice, CreditedLine("1"))
    words = {"author": "buyer", "name": "Eva", **trade.act}
    for dispute_id, text, refusal in (
        (new_id(), "Why?", NotFound),
        (made.id, "   ", dispute_talk.InvalidRemark),
        (made.id, "x" * 4001, dispute_talk.InvalidRemark),
    ):
        with books.refused(trade.seller, refusal):
            dispute_talk.say(trade.seller, dispute_id=dispute_id, text=text, **words)
    with books.refused(trade.seller, dispute_talk.InvalidDisputeRules):
        dispute_talk.set_rules(trade.seller, answer_days=3, warn_days=4, email="", **trade.act)


def test_who_answers_is_reminded_once_when_the_day_is_near(trade: Trade) -> None:
    rules = {"answer_days": 5, "warn_days": 2, "email": "carla@seller.example", **trade.act}
    dispute_talk.set_rules(trade.seller, **rules)
    first, second = opened(trade, billed(trade)), opened(trade, billed(trade))
    disputes.withdraw(trade.seller, dispute_id=second.id, **trade.act)
    before = len(mails(first))
    counts = [
        dispute_talk.warn_of_deadlines(seller_id=trade.seller.id, at=trade.days_later(days).at)
        for days in (2, 3, 3, 9)
    ]
    assert counts == [0, 1, 0, 0]
    assert mails(first)[before:] == ["carla@seller.example"]
    told = Event.objects.filter(seller_id=trade.seller.id, type="invoice.dispute_near")
    assert told.count() == 1


def test_who_has_paid_meanwhile_is_not_told_that_it_is_due(trade: Trade, settings: Any) -> None:
    settings.EMAIL_HOST = "localhost"
    onboarding.update_buyer(
        trade.seller, buyer_id=trade.buyer.id, email="ap@x.example", **trade.act
    )
    fields = SellerFields(contact_email="anna@seller.example")
    seller_details.set_seller_details(trade.seller, fields=fields, **trade.act)
    for pays, due in ((True, False), (False, True)):
        made = opened(trade, billed(trade), CreditedLine("1"))
        if pays:
            trade.pay(made.invoice)
        disputes.reject(trade.seller, dispute_id=made.id, words="Whole.", **trade.act)
        mail = OutgoingMail.objects.filter(object_id=made.id, recipient="ap@x.example").latest("id")
        words = decrypt(mail.content)
        assert "cannot agree" in words
        assert '"reply_to": "anna@seller.example"' in words
        assert ("due as before" in words) is due


def test_one_reminder_that_breaks_down_keeps_none_back(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = opened(trade, billed(trade)), opened(trade, billed(trade))
    at = trade.days_later(13).at

    def broken(seller: Any, dispute: Dispute, **about: Any) -> None:
        if dispute.id == first.id:
            raise RuntimeError("no ink")

    monkeypatch.setattr(dispute_talk, "tell_of_deadline", broken)
    assert dispute_talk.warn_of_deadlines(seller_id=trade.seller.id, at=at) == 1
    assert trade.stored(Dispute, first.id).warned_at is None
    assert trade.stored(Dispute, second.id).warned_at == at
