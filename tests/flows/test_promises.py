"""Pay links are signed, run out and are taken back; promises are proposed, agreed, kept and broken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.flows import books
from tests.flows.trading import Trade
from usance.flows import billing, pay_links, promises
from usance.flows.pay_links import InvalidLink, LinkOver
from usance.flows.pay_transfers import transfer_for
from usance.flows.promises import PromisesClosed, PromiseStands
from usance.flows.refusals import Mismatch, NotFound, WrongState
from usance.flows.seller_details import add_bank_account
from usance.records.collections import queries
from usance.records.collections.models import Promise
from usance.records.events.models import Event
from usance.records.invoices.models import Invoice
from usance.rules.promises import InvalidPromise, Part


def link_of(trade: Trade, **about: Any) -> Any:
    given = about or {"buyer_id": trade.buyer.id}
    return pay_links.create_link(trade.seller, **given, **trade.act)


# ---- links


def test_a_link_opens_until_it_runs_out(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    link = link_of(trade, invoice_id=invoice.id, days=10)
    token = pay_links.token_of(link)
    assert len(token) == 67
    assert pay_links.link_at(token, at=trade.at).id == link.id
    assert pay_links.link_at(token, at=trade.at + timedelta(days=9)).buyer_id == trade.buyer.id
    with pytest.raises(LinkOver):
        pay_links.link_at(token, at=trade.at + timedelta(days=10))


def test_a_link_that_was_taken_back_opens_nothing(trade: Trade) -> None:
    link = link_of(trade)
    pay_links.revoke_link(trade.seller, link_id=link.id, **trade.act)
    with pytest.raises(LinkOver):
        pay_links.link_at(pay_links.token_of(link), at=trade.at)
    with pytest.raises(WrongState), books.nothing_written(trade.seller):
        pay_links.revoke_link(trade.seller, link_id=link.id, **trade.act)


def test_nobody_makes_a_link_of_its_own(trade: Trade) -> None:
    token = pay_links.token_of(link_of(trade))
    for place in (0, 21, 30, 45, 60, 66):
        other = "A" if token[place] != "A" else "Q"
        forged = token[:place] + other + token[place + 1 :]
        with pytest.raises(NotFound):
            pay_links.link_at(forged, at=trade.at)
    for text in ("", "x", token[:-1], token + "A", "é" * 67, "=" * 67):
        with pytest.raises(NotFound):
            pay_links.link_at(text, at=trade.at)


def test_the_keys_of_the_installation_sign(trade: Trade, settings: Any) -> None:
    token = pay_links.token_of(link_of(trade))
    old = settings.ENCRYPTION_KEYS
    new = "q" * 43 + "="
    settings.ENCRYPTION_KEYS = [new, *old]
    assert pay_links.link_at(token, at=trade.at)
    settings.ENCRYPTION_KEYS = [new]
    with pytest.raises(NotFound):
        pay_links.link_at(token, at=trade.at)


def test_a_link_is_for_something_of_the_buyer(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    other = trade.other_buyer()
    for about, error in (
        ({"invoice_id": trade.buyer.id}, NotFound),
        ({"invoice_id": invoice.id, "buyer_id": other.buyer.id}, NotFound),
        ({"buyer_id": None}, NotFound),
        ({"buyer_id": trade.buyer.id, "days": 0}, InvalidLink),
        ({"invoice_id": invoice.id, "order_id": invoice.order_id}, InvalidLink),
    ):
        with pytest.raises(error), books.nothing_written(trade.seller):
            link_of(trade, **about)


# ---- transfers


def test_how_chosen_invoices_are_paid_by_transfer(trade: Trade) -> None:
    assert transfer_for([(trade.invoice(5_000), 5_000)]) is None
    add_bank_account(
        trade.seller, currency="EUR", iban="IT60X0542811101000000123456", bic="", **trade.act
    )
    first, second = trade.invoice(10_000), trade.invoice(20_000)
    one = transfer_for([(first, 10_000)])
    assert one is not None
    assert one.account.replace(" ", "") == "IT60X0542811101000000123456"
    assert first.number.replace("-", "") in one.reference.replace("-", "").replace(" ", "")
    both = transfer_for([(first, 10_000), (second, 15_000)])
    assert both is not None
    assert both.amount == 25_000
    assert both.reference == f"{first.number} {second.number}"
    assert both.code.startswith("<svg")
    assert one.code != both.code


# ---- promises


def proposed(
    trade: Trade, invoices: list[Invoice], *parts: tuple[int, int], **more: Any
) -> Promise:
    return promises.propose(
        trade.seller,
        buyer_id=trade.buyer.id,
        invoice_ids=[invoice.id for invoice in invoices],
        parts=[Part(trade.at.date() + timedelta(days=days), amount) for days, amount in parts],
        **trade.act | more,
    )


def now(promise: Promise) -> tuple[str, list[str]]:
    kept = queries.promise(seller_id=promise.seller_id, promise_id=promise.id)
    assert kept is not None
    parts = queries.parts_of(seller_id=promise.seller_id, promise_ids=[promise.id])
    return kept.state, [part.state for part in parts[promise.id]]


def judged(trade: Trade, promise: Promise, days: int) -> tuple[str, list[str]]:
    promises.judge_promise(
        seller_id=trade.seller.id, promise_id=promise.id, at=trade.days_later(days).at
    )
    return now(promise)


def test_a_promise_is_proposed_accepted_and_kept(trade: Trade) -> None:
    first, second = trade.invoice(10_000), trade.invoice(10_000)
    promise = proposed(trade, [first, second], (10, 8_000), (40, 12_000))
    assert (promise.state, promise.amount) == ("proposed", 20_000)
    promises.answer(trade.seller, promise_id=promise.id, accept=True, **trade.act)
    assert judged(trade, promise, 5) == ("accepted", ["open", "open"])
    trade.pay(first)
    assert judged(trade, promise, 11) == ("accepted", ["kept", "open"])
    trade.pay(second)
    assert judged(trade, promise, 30) == ("kept", ["kept", "kept"])
    told = Event.objects.filter(seller_id=trade.seller.id, object_id=promise.id)
    assert [e.type for e in told.order_by("sequence")] == [
        "promise.proposed",
        "promise.accepted",
        "promise.kept",
    ]


def test_a_promise_is_broken_and_kept_after_all(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    promise = proposed(trade, [invoice], (10, 5_000), (20, 5_000), by_seller=True)
    assert promise.state == "accepted"
    assert judged(trade, promise, 10) == ("accepted", ["open", "open"])
    assert judged(trade, promise, 11) == ("broken", ["broken", "open"])
    assert judged(trade, promise, 12) == ("broken", ["broken", "open"])
    trade.pay(invoice)
    assert judged(trade, promise, 15) == ("kept", ["kept", "kept"])


def test_a_broken_promise_keeps_no_other_from_being_judged(trade: Trade) -> None:
    made = [
        proposed(trade, [trade.invoice(10_000)], (days, 10_000), by_seller=True)
        for days in (1, 2, 3)
    ]
    for _ in range(2):
        assert promises.judge_due(at=trade.days_later(9).at, limit=1) >= 3  # others have theirs
        assert [now(promise)[0] for promise in made] == ["broken"] * 3


def test_a_promise_that_breaks_down_keeps_no_other_from_being_judged(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [proposed(trade, [trade.invoice(10_000)], (1, 10_000), by_seller=True) for _ in "ab"]
    whole = promises.judge_promise

    def judge(*, promise_id: Any, **more: Any) -> None:
        if promise_id == made[0].id:
            raise RuntimeError("nobody foresaw this")
        whole(promise_id=promise_id, **more)

    monkeypatch.setattr(promises, "judge_promise", judge)
    promises.judge_due(at=trade.days_later(9).at)
    assert [now(promise)[0] for promise in made] == ["accepted", "broken"]


def test_the_rules_of_the_seller_accept_at_once_or_not_at_all(trade: Trade) -> None:
    rules = {"most_parts": 2, "most_days": 30, "first_percent": 50}
    promises.set_rules(trade.seller, is_open=True, accept_at_once=True, **rules, **trade.act)
    first, second = trade.invoice(10_000), trade.invoice(10_000)
    assert proposed(trade, [first], (0, 5_000), (30, 5_000)).state == "accepted"
    with pytest.raises(InvalidPromise), books.nothing_written(trade.seller):
        proposed(trade, [second], (0, 4_000), (30, 6_000))
    promises.set_rules(trade.seller, is_open=False, accept_at_once=True, **rules, **trade.act)
    with pytest.raises(PromisesClosed), books.nothing_written(trade.seller):
        proposed(trade, [second], (0, 10_000))
    agreed = proposed(trade, [second], (0, 1_000), (90, 9_000), by_seller=True)
    assert agreed.state == "accepted"


def test_what_the_seller_gives_up_keeps_no_promise(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    promise = proposed(trade, [invoice], (0, 4_000), (5, 6_000), by_seller=True)
    trade.pay(invoice, 4_000)
    billing.write_off_invoice(trade.seller, invoice_id=invoice.id, **trade.act)
    assert judged(trade, promise, 1) == ("accepted", ["kept", "open"])
    assert judged(trade, promise, 6) == ("broken", ["kept", "broken"])
    # Paid after all: that is the buyer's own doing again.
    trade.allocate(trade.payment(6_000), trade.stored(Invoice, invoice.id))
    assert judged(trade, promise, 7) == ("kept", ["kept", "kept"])


def test_a_promise_about_what_was_recovered_counts_from_then(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    billing.write_off_invoice(trade.seller, invoice_id=invoice.id, **trade.act)
    billing.recover_write_off(trade.seller, invoice_id=invoice.id, amount=6_000, **trade.act)
    promise = proposed(trade, [invoice], (0, 6_000), by_seller=True)
    trade.pay(trade.stored(Invoice, invoice.id), 6_000)
    assert judged(trade, promise, 0) == ("kept", ["kept"])


def test_who_has_broken_a_promise_is_not_agreed_with_by_itself(trade: Trade) -> None:
    rules: dict[str, Any] = {"most_parts": 2, "most_days": 30, "first_percent": 0}
    rules |= {"is_open": True, "accept_at_once": True}
    promises.set_rules(trade.seller, **rules, **trade.act)
    first, second, third = (trade.invoice(10_000) for _ in range(3))
    broken = proposed(trade, [first], (0, 10_000))
    assert judged(trade, broken, 1) == ("broken", ["broken"])
    again = proposed(trade, [second], (0, 10_000))
    assert (again.state, again.answered_by) == ("proposed", "")
    promises.set_rules(trade.seller, ask_after_broken=False, **rules, **trade.act)
    assert proposed(trade, [third], (0, 10_000)).state == "accepted"


def test_one_promise_at_a_time_for_an_invoice(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    promise = proposed(trade, [invoice], (0, 10_000))
    with pytest.raises(PromiseStands), books.nothing_written(trade.seller):
        proposed(trade, [invoice], (1, 10_000))
    promises.withdraw(trade.seller, promise_id=promise.id, **trade.act)
    assert proposed(trade, [invoice], (1, 10_000)).state == "proposed"


def test_what_cannot_be_promised(trade: Trade) -> None:
    invoice = trade.invoice(10_000)
    paid = trade.invoice(5_000)
    trade.pay(paid)
    others = trade.other_buyer().invoice(10_000)
    for invoices, error in (([others], NotFound), ([paid], WrongState), ([], NotFound)):
        with pytest.raises(error), books.nothing_written(trade.seller):
            proposed(trade, invoices, (0, 10_000))
    with pytest.raises(Mismatch), books.nothing_written(trade.seller):
        proposed(trade, [invoice], (0, 10_000), currency="USD")


def test_an_answer_is_given_once(trade: Trade) -> None:
    promise = proposed(trade, [trade.invoice(10_000)], (0, 10_000))
    promises.answer(trade.seller, promise_id=promise.id, accept=False, words="No", **trade.act)
    assert now(promise)[0] == "declined"
    with pytest.raises(WrongState), books.nothing_written(trade.seller):
        promises.answer(trade.seller, promise_id=promise.id, accept=True, **trade.act)
