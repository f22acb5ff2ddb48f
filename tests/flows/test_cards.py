"""Cards: kept by token, held for orders, captured at invoices, charged when due, given and taken back."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from tests.flows import books
from tests.flows.collecting import Desk
from tests.flows.deciding import decide_by
from tests.flows.paying import Till
from tests.flows.trading import Trade
from usance.flows import checkout, credit_lines, fulfilment, onboarding, promises
from usance.flows.cards import asking, authorizing, charging, notices, pages, sending, tending
from usance.flows.cards.pages import About, NoConsent
from usance.flows.debits import scheduling
from usance.flows.refusals import AmountTooLarge, NotFound, WrongState
from usance.gateways.errors import Malformed, NotCovered, Unavailable
from usance.gateways.psp import Authorization, CardToken, Forged, PaymentRefund
from usance.gateways.psp.memory import MemoryProvider
from usance.records.cards.models import CardEvent, CardInstruction, SecuredOrder, StoredCard
from usance.records.events.models import Event
from usance.records.invoices.models import Invoice
from usance.records.orders.models import Order
from usance.records.payments.models import Payment, Repayment
from usance.records.statements import execute
from usance.rules.promises import Part
from usance.web.words.cards import DECLINES


@pytest.fixture
def till(trade: Trade) -> Till:
    return Till.of(trade)


@pytest.fixture
def poor(trade: Trade) -> Trade:
    """The same buyer without any credit."""
    line = credit_lines.set_credit_line(
        trade.seller, buyer_id=trade.buyer.id, currency="EUR", limit=0, **trade.act
    )
    return Trade(trade.seller, trade.buyer, line, trade.at)


def invoice_of(till: Till, order: Order, amount: int | None = None) -> Invoice:
    made = fulfilment.invoice_order(
        till.trade.seller, order_id=order.id, amount=amount, **till.trade.act
    )
    till.work()
    return Invoice.objects.get(seller_id=made.seller_id, id=made.id)


def payments(till: Till) -> list[Payment]:
    return list(Payment.objects.filter(seller_id=till.trade.seller.id).order_by("id"))


# ---- the card itself


def test_a_card_is_kept_by_its_token_and_four_digits(till: Till) -> None:
    card = till.card()
    assert (card.brand, card.last4, card.state) == ("visa", "4242", "active")
    assert not card.charge_at_due
    assert card.token.startswith("card_")


def test_more_than_four_digits_cannot_be_stored(till: Till) -> None:
    card = till.card()
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredCard.objects.filter(id=card.id).update(last4="42x4")
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredCard.objects.filter(id=card.id).update(charge_at_due=True)


def test_consent_is_kept_with_its_words(till: Till) -> None:
    with pytest.raises(NoConsent), books.nothing_written(till.trade.seller):
        pages.want_page(
            till.trade.seller, buyer_id=till.trade.buyer.id, kind="store", charge_at_due=True,
            **till.trade.act,
        )  # fmt: skip
    card = till.card(consent="Charge my invoices when they are due.")
    assert (card.charge_at_due, card.consent_at) == (True, till.at)
    charging.set_consent(till.trade.seller, card_id=card.id, words="", **till.trade.act)
    card.refresh_from_db()
    assert not card.charge_at_due
    assert card.consent_words == "Charge my invoices when they are due."


def test_a_card_is_forgotten_here_and_there_unless_something_is_held(till: Till) -> None:
    card = till.card()
    held = till.authorize(card, amount=10_000, currency="EUR")
    with pytest.raises(WrongState):
        charging.forget_card(
            till.trade.seller, card_id=card.id, provider=till.provider, **till.trade.act
        )
    authorizing.request_void(till.trade.seller, authorization_id=held.id, **till.trade.act)
    till.work()
    for _ in range(2):
        charging.forget_card(
            till.trade.seller, card_id=card.id, provider=till.provider, **till.trade.act
        )
    assert card.token not in till.provider.cards
    with pytest.raises(NotFound):
        till.authorize(card, amount=1, currency="EUR")


# ---- a card instead of credit


def test_a_buyer_without_credit_orders_once_its_card_holds_the_amount(poor: Trade) -> None:
    till = Till.of(poor)
    [refused] = poor.authorize(poor.request(50_000))
    assert isinstance(refused, checkout.Authorization)
    assert refused.state == "declined"
    held = till.authorize(till.card(), amount=50_000, currency="EUR", order_reference="S-1")
    assert (held.state, held.secured) == ("authorized", 50_000)
    order = poor.order(50_000, external_id="S-1")
    till.work()
    assert till.now(held).order_id == order.id
    [second] = poor.authorize(poor.request(1))
    assert isinstance(second, checkout.Authorization)
    assert second.state == "declined"
    invoice = invoice_of(till, order)
    assert (invoice.state, invoice.outstanding) == ("paid", 0)
    [payment] = payments(till)
    assert (payment.method, payment.amount, payment.state) == ("card", 50_000, "allocated")
    line = till.line()
    assert (line.tolerance, line.exposure) == (0, 0)
    done = till.now(held)
    assert (done.state, done.captured, done.secured) == ("captured", 50_000, 0)
    assert not SecuredOrder.objects.get(seller_id=poor.seller.id).is_open


def test_an_unknown_buyer_gets_a_line_of_nothing(trade: Trade) -> None:
    buyer = onboarding.create_buyer(trade.seller, name="Neu AG", country="DE", **trade.act)
    new = Trade(trade.seller, buyer, trade.line, trade.at)
    till = Till.of(new)
    till.authorize(till.card(), amount=7_000, currency="EUR")
    assert (till.line().limit, till.line().tolerance) == (0, 7_000)
    assert new.order(7_000).state == "authorized"


def test_an_order_in_review_over_its_limit_passes_with_a_card(trade: Trade) -> None:
    decide_by(trade, over_limit="review")
    [made] = trade.authorize(trade.request(1_500_000))
    assert isinstance(made, checkout.Authorization)
    assert made.state == "pending_review"
    till = Till.of(trade)
    till.authorize(till.card(), order_id=made.order_id)
    order = trade.stored(Order, made.order_id)
    assert order.state == "authorized"


def test_a_declined_card_secures_nothing_and_says_why(till: Till) -> None:
    card = till.card()
    till.provider.declines[card.token] = "expired_card"
    order = till.trade.order(20_000)
    declined = till.authorize(card, order_id=order.id)
    assert (declined.state, declined.decline_reason) == ("declined", "expired_card")
    assert (declined.secured, till.line().tolerance) == (0, 0)
    assert Event.objects.filter(
        seller_id=till.trade.seller.id, type="card_authorization.declined"
    ).exists()


# ---- growth


def secured(till: Till, amount: int = 20_000, **fields: Any) -> tuple[Order, Any]:
    order = till.trade.order(amount, **fields)
    return order, till.authorize(till.card(), order_id=order.id)


def test_what_grows_is_raised_where_the_network_allows(till: Till) -> None:
    order, held = secured(till)
    fulfilment.adjust_order(till.trade.seller, order_id=order.id, amount=26_000, **till.trade.act)
    till.work()
    assert [(a.state, a.authorized) for a in till.all()] == [("authorized", 26_000)]
    assert invoice_of(till, order).outstanding == 0
    assert till.now(held).captured == 26_000


def test_else_the_difference_is_authorized_beside(till: Till) -> None:
    card = till.card()
    till.provider.no_increase.add(card.token)
    order = till.trade.order(20_000)
    till.authorize(card, order_id=order.id)
    fulfilment.adjust_order(till.trade.seller, order_id=order.id, amount=26_000, **till.trade.act)
    till.work()
    assert [(a.state, a.authorized) for a in till.all()] == [
        ("authorized", 20_000),
        ("authorized", 6_000),
    ]
    invoice = invoice_of(till, order)
    assert invoice.outstanding == 0
    assert sorted(payment.amount for payment in payments(till)) == [6_000, 20_000]


def test_a_network_that_only_says_so_when_asked(till: Till) -> None:
    card = till.card()
    order = till.trade.order(20_000)
    held = till.authorize(card, order_id=order.id)
    known = till.provider.held[held.reference]
    till.provider.held[held.reference] = replace(known, can_increase=False)
    fulfilment.adjust_order(till.trade.seller, order_id=order.id, amount=21_000, **till.trade.act)
    till.work()
    assert ("increase", "refused") in till.instructions()
    assert [a.authorized for a in till.all()] == [20_000, 1_000]


def test_else_the_buyer_is_asked_once_and_pays_by_another_card(till: Till) -> None:
    card = till.card()
    till.provider.no_increase.add(card.token)
    order = till.trade.order(20_000)
    till.authorize(card, order_id=order.id)
    till.provider.declines[card.token] = "lost_or_stolen"
    fulfilment.adjust_order(till.trade.seller, order_id=order.id, amount=26_000, **till.trade.act)
    till.work()
    short = SecuredOrder.objects.get(seller_id=till.trade.seller.id)
    assert (short.short, short.asked_at) == (6_000, till.at)
    told = Event.objects.filter(seller_id=till.trade.seller.id, type="order.card_short")
    assert told.count() == 1
    till.later(hours=1).work()
    assert told.count() == 1
    page = pages.want_page(
        till.trade.seller, buyer_id=till.trade.buyer.id, kind="authorize",
        about=About(order_id=order.id, amount=6_000), return_url="https://x.example",
        **till.trade.act,
    )  # fmt: skip
    till.visit(page.id)
    till.work()
    short.refresh_from_db()
    assert short.short == 0
    assert invoice_of(till, order).outstanding == 0


def test_a_refusal_that_may_pass_is_tried_again(till: Till) -> None:
    card = till.card()
    till.provider.no_increase.add(card.token)
    order = till.trade.order(20_000)
    till.authorize(card, order_id=order.id)
    till.provider.declines[card.token] = "insufficient_funds"
    fulfilment.adjust_order(till.trade.seller, order_id=order.id, amount=26_000, **till.trade.act)
    till.work()
    assert SecuredOrder.objects.get(seller_id=till.trade.seller.id).short == 6_000
    del till.provider.declines[card.token]
    till.later(days=1).work()
    assert [a.state for a in till.all()] == ["authorized", "declined"]
    till.later(days=3).work()
    assert [a.state for a in till.all()] == ["authorized", "declined", "authorized"]
    assert SecuredOrder.objects.get(seller_id=till.trade.seller.id).short == 0


# ---- parts, ends, renewal


def test_a_part_is_captured_and_the_rest_held_anew(till: Till) -> None:
    order, held = secured(till)
    first = invoice_of(till, order, 8_000)
    assert first.outstanding == 0
    assert [(a.state, a.captured, a.capturable) for a in till.all()] == [
        ("captured", 8_000, 0),
        ("authorized", 0, 12_000),
    ]
    assert till.line().tolerance == 12_000
    fulfilment.void_remaining(till.trade.seller, order_id=order.id, **till.trade.act)
    till.work()
    assert [a.state for a in till.all()] == ["captured", "voided"]
    assert till.line().tolerance == 0
    assert till.now(held).refunded == 0


def test_an_order_that_is_canceled_lets_go_of_the_card(till: Till) -> None:
    order, _ = secured(till)
    fulfilment.cancel_order(till.trade.seller, order_id=order.id, **till.trade.act)
    till.work()
    assert [a.state for a in till.all()] == ["voided"]
    assert not SecuredOrder.objects.get(seller_id=till.trade.seller.id).is_open
    assert till.provider.held[till.all()[0].reference].state == "voided"


def test_what_runs_out_is_renewed_before_and_the_old_let_go(till: Till) -> None:
    _, held = secured(till)
    late = till.later(days=6.5)
    late.work()
    states = [(a.state, a.capturable) for a in till.all()]
    assert states == [("voided", 0), ("authorized", 20_000)]
    assert till.all()[1].renews_id == held.id
    assert till.line().tolerance == 20_000
    late.work()
    assert len(till.all()) == 2


def test_what_is_renewed_widens_the_line_once(till: Till) -> None:
    _, held = secured(till)
    late = till.later(days=6.5)
    tending.tend(seller_id=held.seller_id, order_id=held.order_id, at=late.at)
    [instruction] = CardInstruction.objects.filter(seller_id=held.seller_id, state="queued")
    told: dict[str, Any] = {
        "seller_id": held.seller_id,
        "at": late.at,
        "chance": 0.0,
        "provider": till.provider,
    }
    sending.attend(instruction_id=instruction.id, **told)
    assert [a.state for a in till.all()] == ["authorized", "authorized"]
    assert [a.secured for a in till.all()] == [0, 20_000]
    assert till.line().tolerance == 20_000
    late.work()
    assert till.line().tolerance == 20_000


def test_what_has_run_out_secures_nothing_where_the_provider_cannot_be_asked(till: Till) -> None:
    held = till.authorize(till.card(), amount=20_000, currency="EUR")
    late = till.later(days=7.5)
    notices.refresh_run_out(at=late.at)  # at Stripe, with a key that is none
    assert (till.now(held).state, till.now(held).secured, till.line().tolerance) == (
        "authorized", 0, 0,
    )  # fmt: skip
    notices.refresh(till.trade.seller, till.now(held), at=late.at, provider=till.provider)
    assert till.line().tolerance == 20_000  # it holds longer than it was said to


def test_a_capture_that_the_provider_does_not_take_is_not_asked_for_without_end(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, _ = secured(till)

    def refuse(reference: str, **said: Any) -> Authorization:
        raise NotCovered("Round it.", counterpart="Memory", detail="KWD")

    monkeypatch.setattr(till.provider, "capture", refuse)
    assert invoice_of(till, order).outstanding == 20_000
    till.later(minutes=5).work()
    assert till.instructions() == [("authorize", "done"), ("capture", "refused")]
    monkeypatch.undo()
    till.later(hours=7).work()
    assert till.instructions()[2:] == [("capture", "done")]


def test_money_of_another_currency_is_not_booked_as_if_it_were_ours(till: Till) -> None:
    held = till.authorize(till.card(), amount=20_000, currency="EUR")
    told = till.provider.held[held.reference]
    till.provider.held[held.reference] = replace(told, currency="JPY", captured=33_000)
    with pytest.raises(Malformed):
        notices.refresh(till.trade.seller, held, at=till.at, provider=till.provider)
    assert payments(till) == []


def test_what_the_network_let_go_of_secures_nothing_and_is_held_anew(till: Till) -> None:
    _, held = secured(till)
    till.provider.expire(held.reference)
    late = till.later(days=8)
    late.notice("evt_1", "authorization", held.reference)
    late.work()
    assert [a.state for a in till.all()] == ["expired", "authorized"]
    assert till.line().tolerance == 20_000


# ---- doing it once


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
    from usance.flows.cards import notices

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


# ---- money back


def test_a_refund_leaves_the_invoice_open_again(till: Till) -> None:
    order, held = secured(till)
    invoice = invoice_of(till, order)
    assert invoice.state == "paid"
    authorizing.request_refund(
        till.trade.seller,
        authorization_id=held.id,
        amount=5_000,
        reason="Returned",
        **till.trade.act,
    )
    with pytest.raises(AmountTooLarge):
        authorizing.request_refund(
            till.trade.seller, authorization_id=held.id, amount=15_001, **till.trade.act
        )
    till.work()
    invoice.refresh_from_db()
    assert (invoice.state, invoice.outstanding) == ("open", 5_000)
    [payment] = payments(till)
    assert (payment.refunded, payment.allocated) == (5_000, 15_000)
    assert till.now(held).refunded == 5_000


def dispute(state: str, amount: int, reference: str, fee: int = 0) -> dict[str, Any]:
    return {
        "reference": "dp_1", "authorization": reference, "state": state, "amount": amount,
        "currency": "EUR", "reason": "fraudulent", "fee": fee,
    }  # fmt: skip


def test_a_chargeback_opens_the_invoice_and_its_fee_is_ours(till: Till) -> None:
    order, held = secured(till)
    invoice = invoice_of(till, order)
    opened = dispute("open", 20_000, held.reference, fee=1_500)
    till.notice("evt_1", "dispute", "dp_1", dispute=opened)
    till.work()
    invoice.refresh_from_db()
    assert (invoice.state, invoice.outstanding) == ("open", 20_000)
    [payment] = payments(till)
    assert (payment.state, payment.returned) == ("returned", 20_000)
    fees = execute(
        "SELECT coalesce(sum(amount), 0)::bigint FROM ledger_balance"
        " WHERE seller_id = %s AND account = 'fees'",
        [till.trade.seller.id],
    )
    assert fees[0][0] == 1_500
    till.notice("evt_2", "dispute", "dp_1", dispute=dispute("lost", 20_000, held.reference))
    till.work()
    assert Repayment.objects.filter(seller_id=till.trade.seller.id).count() == 1
    for id_ in ("evt_3", "evt_4"):
        till.notice(id_, "dispute", "dp_1", dispute=dispute("won", 20_000, held.reference))
    till.work()
    invoice.refresh_from_db()
    assert (invoice.state, len(payments(till))) == ("paid", 2)


# ---- at the due date


def due(till: Till, invoice: Invoice, days: int = 0) -> Till:
    return till.later(days=(invoice.due_on - till.at.date()).days + days)


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


# ---- the pay page's money


def test_a_page_pays_the_invoices_that_were_chosen(till: Till) -> None:
    first, second = till.trade.invoice(10_000), till.trade.invoice(20_000)
    page = pages.want_page(
        till.trade.seller, buyer_id=till.trade.buyer.id, kind="pay",
        about=About(pays=[(first.id, 10_000), (second.id, 5_000)]),
        return_url="https://x.example", **till.trade.act,
    )  # fmt: skip
    till.visit(page.id)
    for invoice in (first, second):
        invoice.refresh_from_db()
    assert (first.state, second.outstanding) == ("paid", 15_000)
    [payment] = payments(till)
    assert (payment.amount, payment.state) == (15_000, "allocated")
    assert not StoredCard.objects.filter(seller_id=till.trade.seller.id).exists()


def test_what_the_network_takes_its_time_for_is_asked_about(till: Till) -> None:
    invoice = till.trade.invoice(10_000)
    page = pages.want_page(
        till.trade.seller, buyer_id=till.trade.buyer.id, kind="pay",
        about=About(pays=[(invoice.id, 10_000)]), return_url="https://shop.example/back",
        **till.trade.act,
    )  # fmt: skip
    page, _ = pages.open_page(till.trade.seller, page_id=page.id, provider=till.provider)
    made = till.provider.type_card(page.reference).authorization
    assert made is not None
    till.provider.held[made.reference] = replace(made, state="pending", captured=0)
    told: dict[str, Any] = {"at": till.at, "provider": till.provider}
    pages.look_at_page(seller_id=page.seller_id, page_id=page.id, **told)
    assert [row.state for row in till.all()] == ["pending"]
    till.provider.held[made.reference] = made
    notices.refresh_run_out(at=till.later(minutes=20).at, limit=10_000, provider=till.provider)
    invoice.refresh_from_db()
    assert invoice.state == "paid"


def test_a_page_asks_for_no_more_than_is_open(till: Till) -> None:
    invoice = till.trade.invoice(10_000)
    for pays, error in (
        ([(invoice.id, 10_001)], AmountTooLarge),
        ([(till.trade.buyer.id, 1)], NotFound),
        ([], NotFound),
    ):
        with pytest.raises(error), books.nothing_written(till.trade.seller):
            pages.want_page(
                till.trade.seller, buyer_id=till.trade.buyer.id, kind="pay",
                about=About(pays=pays), **till.trade.act,
            )  # fmt: skip


def test_an_invoice_whose_payer_is_at_the_page_is_not_charged_as_well(till: Till) -> None:
    till.card(consent="Charge my invoices when they are due.")
    invoice = till.trade.invoice(10_000)
    late = due(till, invoice)
    page = pages.want_page(
        late.trade.seller, buyer_id=late.trade.buyer.id, kind="pay",
        about=About(pays=[(invoice.id, 10_000)]), **late.trade.act,
    )  # fmt: skip
    pages.open_page(late.trade.seller, page_id=page.id, provider=late.provider)
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


def test_nothing_of_a_card_number_is_in_any_table(till: Till) -> None:
    """The provider in memory knows tokens only; the columns of ours could not hold a number."""
    columns = execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_name LIKE 'cards_%%' AND column_name ~ '(pan|number|cvc|cvv|track)'",
        [],
    )
    assert columns == []
    till.card()
    for row in StoredCard.objects.filter(seller_id=till.trade.seller.id).values():
        assert not [one for one in row.values() if str(one).isdigit() and len(str(one)) > 4]
