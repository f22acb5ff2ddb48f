"""Money that goes back to cards: refunds, disputes, and what comes back of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flows import books
from tests.flows.paying import Till, dispute, invoice_of, payments, secured
from usance.flows.cards import authorizing
from usance.flows.refusals import AmountTooLarge
from usance.records.payments.models import Repayment
from usance.records.statements import execute


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


def cleared(till: Till) -> int:
    """What the provider owes the seller by the books."""
    return books.balances(till.trade.seller, till.trade.buyer.id).get("clearing", 0)


def refund(till: Till, held: Any, amount: int) -> None:
    authorizing.request_refund(
        till.trade.seller, authorization_id=held.id, amount=amount, **till.trade.act
    )
    till.work()


def test_a_refund_that_failed_is_the_sellers_money_again_and_may_go_back_once_more(
    till: Till,
) -> None:
    order, held = secured(till)
    invoice = invoice_of(till, order)
    refund(till, held, 5_000)
    till.provider.fail_refund(held.reference, amount=5_000)
    for id_ in ("evt_1", "evt_2"):  # told twice
        till.notice(id_, "authorization", held.reference)
    till.work()
    invoice.refresh_from_db()
    assert (invoice.state, invoice.outstanding) == ("paid", 0)
    assert [one.amount for one in payments(till)] == [20_000, 5_000]
    assert cleared(till) == 20_000
    with pytest.raises(AmountTooLarge):
        authorizing.request_refund(
            till.trade.seller, authorization_id=held.id, amount=20_001, **till.trade.act
        )
    refund(till, held, 20_000)
    invoice.refresh_from_db()
    assert (invoice.outstanding, cleared(till)) == (20_000, 0)
    assert (till.now(held).refunded, till.now(held).refund_failed) == (25_000, 5_000)


def test_what_a_dispute_takes_after_it_was_given_back_is_a_loss_once(till: Till) -> None:
    order, held = secured(till)
    invoice_of(till, order)
    refund(till, held, 20_000)
    taken = dispute("open", 20_000, held.reference, fee=1_500)
    for id_ in ("evt_1", "evt_2"):
        till.notice(id_, "dispute", "dp_1", dispute=taken)
    till.work()
    found = books.balances(till.trade.seller, till.trade.buyer.id)
    assert (found["bad_debt"], found["fees"], found["clearing"]) == (20_000, 1_500, -21_500)
    till.notice("evt_3", "dispute", "dp_1", dispute=dispute("won", 20_000, held.reference))
    till.work()
    found = books.balances(till.trade.seller, till.trade.buyer.id)
    assert (found.get("bad_debt", 0), found["clearing"]) == (0, -1_500)


@pytest.mark.parametrize("refund_first", [True, False])
def test_a_refund_that_failed_and_a_dispute_gave_the_money_back_once(
    till: Till, refund_first: bool
) -> None:
    """A cardholder whom the refund does not reach asks its bank: no loss, and no money to give back again."""
    order, held = secured(till)
    invoice = invoice_of(till, order)
    taken = dispute("open", 20_000, held.reference)
    if refund_first:
        refund(till, held, 20_000)
    till.notice("evt_1", "dispute", "dp_1", dispute=taken)
    till.work()
    if not refund_first:
        refund(till, held, 20_000)
    assert books.balances(till.trade.seller, till.trade.buyer.id)["bad_debt"] == 20_000
    till.provider.fail_refund(held.reference, amount=20_000)
    for id_ in ("evt_2", "evt_3"):
        till.notice(id_, "authorization", held.reference)
    till.work()
    invoice.refresh_from_db()
    found = books.balances(till.trade.seller, till.trade.buyer.id)
    assert (found.get("bad_debt", 0), found.get("clearing", 0)) == (0, 0)
    assert (invoice.outstanding, len(payments(till))) == (20_000, 1)
    till.notice("evt_4", "dispute", "dp_1", dispute=dispute("won", 20_000, held.reference))
    till.work()
    invoice.refresh_from_db()
    assert (invoice.state, cleared(till), len(payments(till))) == ("paid", 20_000, 2)


def test_a_dispute_that_is_won_before_it_was_known_to_be_opened_moves_nothing(till: Till) -> None:
    order, held = secured(till)
    invoice = invoice_of(till, order)
    for id_, state in (("evt_1", "won"), ("evt_2", "open"), ("evt_3", "lost")):
        told = dispute(state, 20_000, held.reference)
        till.notice(id_, "dispute", "dp_1", dispute=told)
        till.work()
    invoice.refresh_from_db()
    assert (invoice.state, len(payments(till)), cleared(till)) == ("paid", 1, 20_000)
