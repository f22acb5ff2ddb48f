"""The provider is told each thing once, whatever is lost on the way."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from tests.flows import books
from tests.flows.paying import Till, due, payments, secured
from usance.flows import fulfilment
from usance.flows.cards import authorizing, notices, sending, tending
from usance.gateways.errors import Malformed, Unavailable
from usance.gateways.psp import Authorization, CardToken, Forged, PaymentRefund
from usance.gateways.psp.memory import MemoryProvider
from usance.records.cards.models import CardEvent, CardInstruction


@pytest.mark.parametrize("kind", ["authorize", "capture", "void", "refund"])
def test_an_answer_that_is_lost_is_asked_for_and_nothing_is_done_twice(
    till: Till, kind: str
) -> None:
    card = till.card()
    act = till.trade.act
    if kind == "authorize":
        till.provider.lose_answers = 1
    held = till.authorize(card, amount=9_000, currency="EUR")
    by_id = {"authorization_id": held.id} | act
    if kind in ("capture", "refund"):
        authorizing.request_capture(till.trade.seller, **by_id)
        till.provider.lose_answers = kind == "capture"
        till.work()
    if kind == "refund":
        authorizing.request_refund(till.trade.seller, amount=4_000, **by_id)
        till.provider.lose_answers = 1
        till.work()
    if kind == "void":
        authorizing.request_void(till.trade.seller, **by_id)
        till.provider.lose_answers = 1
        till.work()
    stuck = CardInstruction.objects.get(seller_id=till.trade.seller.id, kind=kind)
    assert (stuck.state, stuck.asked_at, stuck.reason_code) == (
        "queued", till.at, "may_have_been_taken",
    )  # fmt: skip
    calls = len(till.provider.calls)
    till.later(minutes=10).work()
    assert len(till.provider.calls) == calls  # asked for, not done again
    stuck.refresh_from_db()
    assert stuck.state == "done"
    now = till.now(held)
    expected = {
        "authorize": ("authorized", 0, 0),
        "capture": ("captured", 9_000, 0),
        "void": ("voided", 0, 0),
        "refund": ("captured", 9_000, 4_000),
    }[kind]
    assert (now.state, now.captured, now.refunded) == expected
    assert len(till.provider.held) == 1


class Forgetful(MemoryProvider):
    """Keeps no key longer than its answer, and for a while cannot be asked about anything."""

    is_mute = False
    is_garbled = False

    def find(self, *, payer: str, own_reference: str) -> Authorization | None:
        if self.is_mute:
            raise Unavailable("No answer came.", counterpart="Memory", detail="timeout")
        return super().find(payer=payer, own_reference=own_reference)

    def refund(self, reference: str, **said: Any) -> PaymentRefund:
        self._done.clear()
        return super().refund(reference, **said)

    def authorize(self, card: CardToken, **said: Any) -> Authorization:
        self._done.clear()
        made = super().authorize(card, **said)
        if self.is_garbled:
            raise Malformed("A status nobody knows.", counterpart="Memory", detail="status")
        return made


def test_two_refunds_of_which_one_is_not_answered_are_given_once_each(till: Till) -> None:
    provider = Forgetful()
    till.provider = provider
    held = till.authorize(till.card(), amount=9_000, currency="EUR")
    by_id = {"authorization_id": held.id} | till.trade.act
    authorizing.request_capture(till.trade.seller, **by_id)
    till.work()
    provider.lose_answers = 1
    for amount in (2_000, 2_000):
        authorizing.request_refund(till.trade.seller, amount=amount, **by_id)
    till.work()
    till.later(minutes=10).work()
    till.later(minutes=20).work()
    assert (provider.held[held.reference].refunded, till.now(held).refunded) == (4_000, 4_000)
    assert [state for _, state in till.instructions()] == ["done"] * 4


@pytest.mark.parametrize("is_garbled", [False, True])
def test_what_may_have_been_taken_is_never_told_again_before_it_is_known(
    till: Till, is_garbled: bool
) -> None:
    till.card(consent="Charge my invoices when they are due.")
    invoice = till.trade.invoice(30_000)
    provider = Forgetful(cards=till.provider.cards)
    provider.is_mute, provider.is_garbled = True, is_garbled
    provider.lose_answers = 0 if is_garbled else 1
    till.provider = provider
    for day in range(7):
        due(till, invoice, day).charge_due()
        assert len(provider.held) == 1, day
        assert [row.state for row in till.all()] == ["pending"], day
    provider.is_mute = False
    due(till, invoice, 7).work()
    invoice.refresh_from_db()
    assert (invoice.state, len(provider.held)) == ("paid", 1)


def test_what_is_done_is_not_repeated_because_what_follows_fails(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = till.card()
    order = till.trade.order(20_000)

    def fail(**said: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(tending, "tend", fail)
    made = authorizing.request_authorization(
        till.trade.seller, card_id=card.id, order_id=order.id, **till.trade.act
    )
    told = CardInstruction.objects.get(seller_id=made.seller_id, authorization=made)
    for time in (0, 10):
        sending.attend(
            seller_id=made.seller_id, instruction_id=told.id, at=till.later(minutes=time).at,
            chance=0.0, provider=till.provider,
        )  # fmt: skip
    told.refresh_from_db()
    assert (told.state, told.due_at) == ("done", None)
    assert till.provider.calls.count(f"usance-{told.id.hex}") == 1


def test_a_notice_before_the_answer_books_the_money_once(till: Till) -> None:
    order, held = secured(till)
    fulfilment.invoice_order(till.trade.seller, order_id=order.id, **till.trade.act)
    till.provider.lose_answers = 1
    till.work()
    late = till.later(minutes=1)
    assert late.notice("evt_1", "authorization", held.reference)
    assert not late.notice("evt_1", "authorization", held.reference)
    late.work()
    till.later(minutes=10).work()
    assert [payment.amount for payment in payments(till)] == [20_000]
    assert CardEvent.objects.filter(seller_id=till.trade.seller.id).count() == 1


def test_a_forged_notice_leaves_nothing(till: Till) -> None:

    with pytest.raises(Forged), books.nothing_written(till.trade.seller):
        notices.take_notice(
            seller_id=till.trade.seller.id, connection_id=till.connection.id, body=b"{}",
            headers={}, at=till.at, provider=till.provider,
        )  # fmt: skip


def test_two_workers_do_an_instruction_once(till: Till) -> None:
    made = authorizing.request_authorization(
        till.trade.seller, card_id=till.card().id, amount=5_000, currency="EUR", **till.trade.act
    )
    queued = CardInstruction.objects.get(seller_id=till.trade.seller.id)
    seller_id, instruction_id = queued.seller_id, queued.id
    barrier = threading.Barrier(4)

    def attend() -> None:
        barrier.wait()
        sending.attend(
            seller_id=seller_id, instruction_id=instruction_id, at=till.at, chance=0.0,
            provider=till.provider,
        )  # fmt: skip
        connection.close()

    threads = [threading.Thread(target=attend) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(till.provider.held) == 1
    assert till.now(made).state == "authorized"


def test_no_transaction_is_open_while_the_provider_is_asked(till: Till) -> None:
    card = till.card()
    seen = []
    ask = till.provider.authorize

    def asked(*given: Any, **named: Any) -> Any:
        seen.append(connection.in_atomic_block)
        return ask(*given, **named)

    till.provider.authorize = asked  # type: ignore[method-assign]
    till.authorize(card, amount=5_000, currency="EUR")
    assert seen == [False]
