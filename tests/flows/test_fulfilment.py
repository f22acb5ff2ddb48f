"""An authorized order ships in parts, changes, is let go, runs out, is renewed. Amounts are cents."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.flows import books
from tests.flows.trading import Trade
from usance.flows import credit_lines, fulfilment, order_reviews, policies
from usance.flows.refusals import (
    AmountTooLarge,
    Duplicate,
    LimitExceeded,
    NotApproved,
    NotFound,
    WrongState,
)
from usance.records.identity import new_id
from usance.records.invoices.models import Invoice
from usance.records.orders.models import Order
from usance.rules.credit.policy import Policy
from usance.rules.orders import InvalidOrder, Line, LinesDoNotAddUp
from usance.rules.terms import Terms


def ship(trade: Trade, order: Order, amount: int | None = None, **fields: Any) -> Invoice:
    return fulfilment.invoice_order(
        trade.seller, order_id=order.id, amount=amount, **trade.act, **fields
    )


def adjust(trade: Trade, order: Order, amount: int, **fields: Any) -> Order:
    return fulfilment.adjust_order(
        trade.seller, order_id=order.id, amount=amount, **trade.act, **fields
    )


def test_shipping_turns_what_is_held_into_what_is_owed(trade: Trade) -> None:
    order = trade.order(122_000, 22_000, lines=[Line("Bolts", 122_000, 22_000)])
    invoice = ship(trade, order)
    assert (invoice.number, invoice.reference) == ("INV-2026-000001", "INV2026000001")
    assert (invoice.amount, invoice.tax_amount) == (122_000, 22_000)
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 3, 2), date(2026, 4, 1))
    assert [line["description"] for line in invoice.lines] == ["Bolts"]
    stored = trade.stored(Invoice, invoice.id)
    assert (stored.state, stored.outstanding) == ("open", 122_000)
    assert trade.stored(Order, order.id).state == "invoiced"
    assert trade.balances() == {"receivable": 122_000, "revenue": -100_000, "tax": -22_000}
    assert trade.counters() == {"receivable": 122_000}
    assert trade.events(invoice) == [("invoice.opened", "open", 122_000)]
    assert trade.events(order)[-1] == ("order.invoiced", "invoiced", 0)


def test_three_parts_carry_the_whole_tax(trade: Trade) -> None:
    order = trade.order(1_000, 100)
    parts = [ship(trade, order, 333), ship(trade, order, 333), ship(trade, order)]
    assert [(part.amount, part.tax_amount) for part in parts] == [(333, 33), (333, 33), (334, 34)]
    assert [part.number[-1] for part in parts] == ["1", "2", "3"]
    assert [state for _, state, _ in trade.events(order)] == [
        "authorized",
        "partially_invoiced",
        "invoiced",
    ]
    assert trade.balances() == {"receivable": 1_000, "revenue": -900, "tax": -100}


def test_part_of_an_order_stays_held(trade: Trade) -> None:
    order = trade.order(10_000)
    ship(trade, order, 4_000)
    assert trade.counters() == {"commitments": 6_000, "receivable": 4_000}
    assert trade.stored(Order, order.id).state == "partially_invoiced"


def test_the_tax_of_lines_counts(trade: Trade) -> None:
    order = trade.order(10_000, 2_000)
    invoice = ship(
        trade, order, 6_000, lines=[Line("Books, no tax", 1_000), Line("Bolts", 5_000, 902)]
    )
    assert invoice.tax_amount == 902
    assert trade.stored(Order, order.id).remaining_tax == 1_098


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"amount": 10_001}, AmountTooLarge),
        ({"amount": 0}, InvalidOrder),
        ({"amount": -1}, InvalidOrder),
        ({"amount": 5_000, "tax_amount": 2_001}, InvalidOrder),  # more than the order's tax
        ({"amount": 9_000, "tax_amount": 0}, InvalidOrder),  # 2,000 of tax left for 1,000
        ({"amount": 5_000, "lines": [Line("Bolts", 4_999)]}, LinesDoNotAddUp),
        ({"lines": [Line("Bolts", 5_000)]}, LinesDoNotAddUp),
    ],
)
def test_what_cannot_be_invoiced(
    trade: Trade, fields: dict[str, Any], error: type[Exception]
) -> None:
    order = trade.order(10_000, 2_000)
    with books.refused(trade.seller, error):
        ship(trade, order, **fields)


def test_an_external_id_names_one_invoice(trade: Trade) -> None:
    order = trade.order(10_000)
    ship(trade, order, 1_000, external_id="E-1")
    with books.refused(trade.seller, Duplicate):
        ship(trade, order, 1_000, external_id="E-1")
    assert ship(trade, order).number == "INV-2026-000002", "the refusal took no number"


def test_numbers_start_again_with_the_year_of_the_seller(trade: Trade) -> None:
    order = trade.order(300)
    first = ship(trade, order, 100)
    # In Rome it is 2027 already.
    new_year = Trade(
        trade.seller, trade.buyer, trade.line, datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    )
    second, third = ship(new_year, order, 100), ship(new_year, order, 100)
    assert [i.number for i in (first, second, third)] == [
        "INV-2026-000001",
        "INV-2027-000001",
        "INV-2027-000002",
    ]
    assert second.issued_on == date(2027, 1, 1)


def test_terms_run_from_the_invoice_not_the_order(trade: Trade) -> None:
    credit_lines.set_credit_line(
        trade.seller,
        buyer_id=trade.buyer.id,
        currency="EUR",
        limit=1_000_000,
        terms=[Terms(30, end_of_month=True)],
        **trade.act,
    )
    order = trade.order(100)
    assert order.due_on == date(2026, 4, 30)
    invoice = ship(trade.days_later(20), order)
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 3, 22), date(2026, 4, 30))


def test_an_order_grows_and_holds_more(trade: Trade) -> None:
    order = trade.order(10_000, 2_000)
    changed = adjust(trade, order, 15_000)
    assert (changed.amount, changed.tax_amount) == (15_000, 3_000)
    assert trade.counters() == {"commitments": 15_000}
    assert trade.events(order)[-1] == ("order.adjusted", None, 0)


def test_an_order_shrinks_and_holds_less(trade: Trade) -> None:
    order = trade.order(10_000, 2_000)
    ship(trade, order, 4_000)
    changed = adjust(trade, order, 7_000)
    assert (changed.amount, changed.tax_amount) == (7_000, 1_400)
    assert trade.counters() == {"commitments": 3_000, "receivable": 4_000}
    assert ship(trade, order).tax_amount == 600


def test_growing_past_the_limit_is_refused(trade: Trade) -> None:
    order = trade.order(900_000)
    adjust(trade, order, 1_000_000)
    with books.refused(trade.seller, LimitExceeded, match="0 are available"):
        adjust(trade, order, 1_000_001)


def test_growing_on_a_held_line_is_refused_but_shrinking_is_not(trade: Trade) -> None:
    order = trade.order(10_000)
    credit_lines.change_line_state(
        trade.seller, buyer_id=trade.buyer.id, currency="EUR", state="on_hold", **trade.act
    )
    with books.refused(trade.seller, LimitExceeded):
        adjust(trade, order, 10_001)
    assert adjust(trade, order, 9_999).amount == 9_999
    assert ship(trade, order).amount == 9_999, "what was authorized before the hold still ships"


def test_an_order_cannot_shrink_below_what_has_shipped(trade: Trade) -> None:
    order = trade.order(10_000, 2_000)
    ship(trade, order, 4_000)
    for amount in (4_000, 3_999):
        with books.refused(trade.seller, AmountTooLarge):
            adjust(trade, order, amount)
    with books.refused(trade.seller, AmountTooLarge):
        adjust(trade, order, 9_000, tax_amount=799)


def test_an_adjusted_order_can_always_be_invoiced(trade: Trade) -> None:
    order = trade.order(100_000, 20_000)
    ship(trade, order, 50_000, tax_amount=0)
    # 60,000 would carry 12,000 of tax, all of it on the 10,000 that have not shipped.
    with books.refused(trade.seller, InvalidOrder):
        adjust(trade, order, 60_000)
    adjust(trade, order, 60_000, tax_amount=1_803)
    assert ship(trade, order).tax_amount == 1_803


@pytest.mark.parametrize("amount", [0, -5])
def test_an_order_cannot_be_adjusted_to_nothing(trade: Trade, amount: int) -> None:
    order = trade.order(10_000)
    with books.refused(trade.seller, InvalidOrder):
        adjust(trade, order, amount)


def test_lines_of_an_adjustment_replace_the_old(trade: Trade) -> None:
    order = trade.order(100, lines=[Line("Bolts", 100)])
    with books.refused(trade.seller, LinesDoNotAddUp):
        adjust(trade, order, 150, lines=[Line("Nuts", 149)])
    adjust(trade, order, 150, tax_amount=0, lines=[Line("Nuts", 150)])
    assert [line["description"] for line in trade.stored(Order, order.id).lines] == ["Nuts"]


def test_what_has_not_shipped_is_voided(trade: Trade) -> None:
    order = trade.order(10_000)
    ship(trade, order, 4_000)
    done = fulfilment.void_remaining(trade.seller, order_id=order.id, **trade.act)
    assert (done.state, done.voided_amount) == ("invoiced", 6_000)
    assert trade.counters() == {"receivable": 4_000}
    for act in (fulfilment.void_remaining, fulfilment.cancel_order):
        with books.refused(trade.seller, WrongState):
            act(trade.seller, order_id=order.id, **trade.act)
    with books.refused(trade.seller, WrongState):
        ship(trade, order)


def test_voiding_an_order_that_never_shipped_cancels_it(trade: Trade) -> None:
    order = trade.order(10_000)
    done = fulfilment.void_remaining(trade.seller, order_id=order.id, **trade.act)
    assert (done.state, done.voided_amount, trade.balances()) == ("canceled", 10_000, {})


def test_a_canceled_order_frees_its_credit(trade: Trade) -> None:
    order = trade.order(1_000_000)
    done = fulfilment.cancel_order(trade.seller, order_id=order.id, **trade.act)
    assert (done.state, trade.counters(), trade.balances()) == ("canceled", {}, {})
    assert trade.events(order)[-1] == ("order.canceled", "canceled", 0)
    trade.order(1_000_000)


def test_an_order_in_review_is_canceled_without_touching_credit(trade: Trade) -> None:
    policies.set_policy(trade.seller, Policy(review_above={"EUR": 0}), **trade.act)
    [made] = trade.authorize(trade.request(100))
    done = fulfilment.cancel_order(trade.seller, order_id=made.order_id, **trade.act)
    assert (done.state, trade.counters()) == ("canceled", {})
    assert books.entries(trade.seller) == {}


def test_an_order_that_has_shipped_cannot_be_canceled(trade: Trade) -> None:
    order = trade.order(10_000)
    ship(trade, order, 1)
    with books.refused(trade.seller, WrongState):
        fulfilment.cancel_order(trade.seller, order_id=order.id, **trade.act)


def test_an_authorization_runs_out_on_the_day_after_its_last(trade: Trade) -> None:
    order = trade.order(10_000)
    assert order.expires_on == date(2026, 4, 1)
    with books.refused(trade.seller, WrongState, match="2026-04-01"):
        fulfilment.expire_order(trade.seller, order_id=order.id, **trade.days_later(30).act)
    done = fulfilment.expire_order(trade.seller, order_id=order.id, **trade.days_later(31).act)
    assert (done.state, trade.counters()) == ("expired", {})


def test_an_order_that_shipped_in_part_ends_as_invoiced(trade: Trade) -> None:
    order = trade.order(10_000)
    ship(trade, order, 2_500)
    done = fulfilment.expire_order(trade.seller, order_id=order.id, **trade.days_later(31).act)
    assert (done.state, done.voided_amount) == ("invoiced", 7_500)
    assert trade.counters() == {"receivable": 2_500}


def test_a_renewed_order_holds_longer(trade: Trade) -> None:
    order = trade.order(10_000)
    later = trade.days_later(20)
    renewed = fulfilment.renew_order(trade.seller, order_id=order.id, days=30, **later.act)
    assert renewed.expires_on == later.at.date() + timedelta(days=30)
    with books.refused(trade.seller, WrongState):
        fulfilment.expire_order(trade.seller, order_id=order.id, **trade.days_later(31).act)
    assert trade.counters() == {"commitments": 10_000}


ACTS: list[Any] = [
    fulfilment.invoice_order,
    lambda seller, **act: fulfilment.adjust_order(seller, amount=5, **act),
    fulfilment.void_remaining,
    fulfilment.cancel_order,
    fulfilment.expire_order,
    lambda seller, **act: fulfilment.renew_order(seller, days=5, **act),
    order_reviews.confirm_order,
    order_reviews.decline_order,
]


@pytest.mark.parametrize("act", ACTS)
def test_nothing_can_be_done_to_an_order_that_is_not_there(trade: Trade, act: Any) -> None:
    with books.refused(trade.seller, NotFound):
        act(trade.seller, order_id=new_id(), **trade.act)


@pytest.mark.parametrize("act", ACTS)
def test_nothing_can_be_done_to_a_declined_order(trade: Trade, act: Any) -> None:
    [made] = trade.authorize(trade.request(1_000_001))
    with books.refused(trade.seller, WrongState):
        act(trade.seller, order_id=made.order_id, **trade.days_later(99).act)


def test_an_order_does_not_grow_past_what_the_policy_approves(trade: Trade) -> None:
    """A ceiling of 400.00: an order of 100.00 may become 400.00, not more."""
    policies.set_policy(trade.seller, Policy(order_ceiling={"EUR": 40_000}), **trade.act)
    order = trade.order(10_000)
    with (
        books.nothing_written(trade.seller),
        pytest.raises(NotApproved, match="over_order_ceiling"),
    ):
        fulfilment.adjust_order(trade.seller, order_id=order.id, amount=40_001, **trade.act)
    fulfilment.adjust_order(trade.seller, order_id=order.id, amount=40_000, **trade.act)
    fulfilment.adjust_order(trade.seller, order_id=order.id, amount=39_000, **trade.act)


def test_what_a_person_let_pass_may_grow_a_little(trade: Trade) -> None:
    policies.set_policy(trade.seller, Policy(review_above={"EUR": 0}), **trade.act)
    [made] = trade.authorize(trade.request(10_000))
    order_reviews.confirm_order(trade.seller, order_id=made.order_id, **trade.act)
    fulfilment.adjust_order(trade.seller, order_id=made.order_id, amount=11_000, **trade.act)
    with pytest.raises(NotApproved, match="above_review_amount"):
        fulfilment.adjust_order(trade.seller, order_id=made.order_id, amount=11_001, **trade.act)


def test_what_is_invoiced_does_not_count_twice_when_an_order_grows(trade: Trade) -> None:
    """A limit of 10,000.00, an order of 6,000.00 half of which is invoiced: it may take it all."""
    order = trade.order(600_000)
    fulfilment.invoice_order(trade.seller, order_id=order.id, amount=300_000, **trade.act)
    fulfilment.adjust_order(trade.seller, order_id=order.id, amount=1_000_000, **trade.act)


def test_cash_paid_before_counts_for_one_order(trade: Trade) -> None:
    """Half must be paid before: 500.00 are enough for one order of 1,000.00, not for a second."""
    deposit = {"kind": "terms", "name": "deposit", "offer": ["net_30"], "prepay_percent": 50}
    written = policies.read_policy(trade.seller, {"rules": [deposit]})
    policies.set_policy(trade.seller, written, **trade.act)
    trade.payment(50_000)
    [first, second] = trade.authorize(trade.request(100_000), trade.request(100_000))
    assert [first.state, second.state] == ["authorized", "declined"]
    assert second.decision.reasons == ("prepayment_required",)
    [third] = trade.authorize(trade.request(100_000))
    assert third.state == "declined"
