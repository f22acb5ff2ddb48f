"""Two at once about one payment, one name or one account: each waits for the lock that is right when it
gets it, and the second is told what became of it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from tests.flows import books
from tests.flows.bank_files import NORDWIND, Booking
from tests.flows.collecting import Desk
from tests.flows.racing import at_once, unless
from tests.flows.test_match_answers import bring
from tests.flows.trading import Trade
from usance.flows import match_answers, repayments, settlement
from usance.flows.debits import prenotes
from usance.flows.journal import Journal
from usance.flows.refusals import Duplicate, WrongState
from usance.records.credit import actions as credit
from usance.records.credit.models import CreditLine
from usance.records.debits.models import Mandate
from usance.records.payments import actions as payments
from usance.records.payments.models import Payment, Proposal, Repayment


def aside(act: Any) -> Any:
    """The result of ``act`` on a connection of its own."""

    def run() -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(timeout=60)


def is_free(line: CreditLine) -> bool:
    """Whether nobody holds the lock on a credit line."""

    def look() -> bool:
        try:
            with transaction.atomic():
                CreditLine.objects.select_for_update(no_key=True, nowait=True).get(
                    seller_id=line.seller_id, id=line.id
                )
        except OperationalError:
            return False
        return True

    return bool(aside(look))


def test_who_locks_a_payment_holds_the_line_of_whoever_it_is_by_then(trade: Trade) -> None:
    payment = trade.payment(10_000, buyer_id=None)
    identified, waits = threading.Event(), threading.Event()

    def identify() -> None:
        with transaction.atomic():
            kept = payments.lock_payment(seller_id=trade.seller.id, payment_id=payment.id)
            assert kept is not None
            journal = Journal(trade.seller, **trade.act)
            settlement.identify(journal, kept, buyer_id=trade.buyer.id)
            journal.close()
            identified.set()
            waits.wait(10)

    def lock() -> tuple[Any, bool]:
        identified.wait(10)
        with transaction.atomic():
            waits.set()
            kept = payments.lock_payment(seller_id=trade.seller.id, payment_id=payment.id)
            assert kept is not None
            return kept.buyer_id, is_free(trade.line)

    _, found = at_once([identify, lock])
    assert found == (trade.buyer.id, False)
    assert is_free(trade.line)


def test_a_reading_is_refused_whose_payment_became_anothers(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade.invoice(10_000), trade.invoice(10_000)
    bring(trade, Booking(10_000, "danke", "Nordwind Handels GmbH", NORDWIND))
    proposal = Proposal.objects.get(seller_id=trade.seller.id, state="open")
    other = trade.other_buyer()
    theirs = other.invoice(5_000)
    ensure = credit.ensure_lines

    def meanwhile(**given: Any) -> None:
        ensure(**given)
        payment = Payment.objects.get(seller_id=trade.seller.id, id=proposal.payment_id)
        aside(partial(other.allocate, payment, theirs, 1_000))

    monkeypatch.setattr(credit, "ensure_lines", meanwhile)
    with pytest.raises(WrongState):
        match_answers.accept_proposal(trade.seller, proposal_id=proposal.id, **trade.act)
    assert trade.stored(Payment, proposal.payment_id).buyer_id == other.buyer.id


def test_one_name_is_one_repayment_however_many_ask_at_once(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = trade.payment(10_000), trade.other_buyer().payment(10_000)
    looked = threading.Barrier(2, timeout=20)
    known = repayments._known

    def both_look(*args: Any, **given: Any) -> Any:
        found = known(*args, **given)
        looked.wait()
        return found

    monkeypatch.setattr(repayments, "_known", both_look)
    refund = partial(
        repayments.refund_payment, trade.seller, amount=100, external_id="r-1", **trade.act
    )
    made = at_once([unless(Duplicate, partial(refund, payment_id=p.id)) for p in (first, second)])
    assert sorted(type(one).__name__ for one in made) == ["Duplicate", "Repayment"]
    monkeypatch.undo()
    # Of one payment all are the same one.
    again = partial(refund, payment_id=first.id, external_id="r-2")
    assert len({one.id for one in at_once([again] * 6)}) == 1
    assert Repayment.objects.filter(seller_id=trade.seller.id).count() == 2
    assert books.broken(trade.seller) == []


def test_an_account_that_is_refused_meanwhile_is_not_confirmed(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk.of(trade, prenote=True)
    _, debit = desk.owed("ach_ccd")
    [file] = desk.write()
    desk.send(file)
    mandate_id = debit.mandate_id
    lock = prenotes.actions.lock_mandate

    def refused_meanwhile(**given: Any) -> Mandate | None:
        monkeypatch.undo()
        refuse = partial(prenotes.refuse_prenote, trade.seller, mandate_id=mandate_id, code="R04")
        aside(partial(refuse, on=date(2026, 3, 9), **trade.act))
        return lock(**given)

    monkeypatch.setattr(prenotes.actions, "lock_mandate", refused_meanwhile)
    later = trade.days_later(30)
    assert prenotes.confirm_accounts(trade.seller, at=later.at, by="calendar") == 0
    assert trade.stored(Mandate, mandate_id).verification == "failed"
