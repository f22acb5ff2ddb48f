"""A limit that several lines share: a parent's companies, and one buyer's currencies.

Amounts are cents. The rate is 1 USD = 0.80 EUR throughout.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from tests.flows import books
from tests.flows.racing import at_once
from tests.flows.trading import Trade
from usance.flows import (
    credit_lines,
    exchange_rates,
    external_items,
    fulfilment,
    group_limits,
    order_reviews,
)
from usance.flows.checkout import Authorization
from usance.flows.exchange_rates import InvalidRate
from usance.flows.external_items import ReportedItem
from usance.flows.group_limits import InAnotherGroup, MemberLine, NoExchangeRate
from usance.flows.refusals import LimitExceeded, NotFound
from usance.records.credit import group_queries
from usance.records.credit.models import CreditLine, GroupLimit
from usance.records.identity import new_id
from usance.records.orders.models import Order


def rate(trade: Trade, value: str = "0.80", on: date = date(2026, 3, 1)) -> None:
    exchange_rates.set_rate(
        trade.seller, source="USD", target="EUR", rate=Decimal(value), on=on, **trade.act
    )


def group(trade: Trade, limit: int, *lines: MemberLine, **fields: Any) -> GroupLimit:
    return group_limits.create_group(
        trade.seller, name="Acme", currency="EUR", limit=limit, lines=lines, **fields, **trade.act
    )


def outcome(trade: Trade, amount: int, **fields: Any) -> tuple[str, int | None]:
    [made] = trade.authorize(trade.request(amount, **fields))
    assert isinstance(made, Authorization), made
    return made.state, made.decision.up_to


def line(trade: Trade, currency: str) -> CreditLine:
    return CreditLine.objects.get(
        seller_id=trade.seller.id, buyer_id=trade.buyer.id, currency=currency
    )


def test_one_buyer_in_two_currencies_has_one_limit(trade: Trade) -> None:
    """500 EUR in all: 300 EUR used leave 200 EUR, which are 250 USD."""
    rate(trade)
    group(trade, 50_000, MemberLine(trade.buyer.id, "EUR"), MemberLine(trade.buyer.id, "USD"))
    assert (line(trade, "EUR").limit, line(trade, "USD").limit) == (50_000, 62_500)
    assert outcome(trade, 30_000)[0] == "authorized"
    assert outcome(trade, 25_001, currency="USD") == ("declined", 25_000)
    assert outcome(trade, 25_000, currency="USD")[0] == "authorized"
    assert outcome(trade, 1) == ("declined", None)
    assert books.broken(trade.seller) == []


def test_companies_share_the_limit_of_their_parent(trade: Trade) -> None:
    sister = trade.other_buyer()
    group(trade, 50_000, MemberLine(trade.buyer.id, "EUR"), MemberLine(sister.buyer.id, "EUR"))
    assert outcome(trade, 40_000)[0] == "authorized"
    assert outcome(sister, 10_001) == ("declined", 10_000)
    assert outcome(sister, 10_000)[0] == "authorized"


def test_a_split_limit_binds_beside_the_common_one(trade: Trade) -> None:
    sister = trade.other_buyer()
    group(
        trade,
        50_000,
        MemberLine(trade.buyer.id, "EUR", limit=20_000),
        MemberLine(sister.buyer.id, "EUR", limit=40_000),
    )
    assert outcome(trade, 20_001) == ("declined", 20_000)
    assert outcome(sister, 40_000)[0] == "authorized"
    assert outcome(trade, 10_001) == ("declined", 10_000)


def test_what_is_paid_by_one_is_free_for_the_others(trade: Trade) -> None:
    sister = trade.other_buyer()
    group(trade, 50_000, MemberLine(trade.buyer.id, "EUR"), MemberLine(sister.buyer.id, "EUR"))
    invoice = trade.invoice(50_000)
    assert outcome(sister, 1)[0] == "declined"
    trade.pay(invoice)
    assert outcome(sister, 50_000)[0] == "authorized"


def test_a_group_on_hold_stops_all_its_lines_at_once(trade: Trade) -> None:
    common = group(trade, 50_000, MemberLine(trade.buyer.id, "EUR"))
    group_limits.change_group(trade.seller, group_id=common.id, state="on_hold", **trade.act)
    assert outcome(trade, 1)[0] == "declined"
    group_limits.change_group(trade.seller, group_id=common.id, state="active", **trade.act)
    assert outcome(trade, 50_000)[0] == "authorized"


def test_a_lower_limit_binds_at_the_next_checkout(trade: Trade) -> None:
    common = group(trade, 50_000, MemberLine(trade.buyer.id, "EUR"))
    group_limits.change_group(trade.seller, group_id=common.id, limit=100, **trade.act)
    assert line(trade, "EUR").limit == 100, "a shared line follows"
    assert outcome(trade, 101) == ("declined", 100)


def test_a_line_that_leaves_takes_no_limit_with_it(trade: Trade) -> None:
    """Else ten sisters that leave would have ten times what they had together."""
    sister = trade.other_buyer()
    common = group(
        trade, 50_000, MemberLine(trade.buyer.id, "EUR"), MemberLine(sister.buyer.id, "EUR")
    )
    group_limits.change_group(
        trade.seller, group_id=common.id, lines=[MemberLine(trade.buyer.id, "EUR")], **trade.act
    )
    assert outcome(trade, 50_000)[0] == "authorized"
    assert outcome(sister, 1) == ("declined", None)
    credit_lines.set_credit_line(
        sister.seller, buyer_id=sister.buyer.id, currency="EUR", limit=700, **sister.act
    )
    assert outcome(sister, 700)[0] == "authorized"


def test_an_order_that_grows_asks_the_group_too(trade: Trade) -> None:
    sister = trade.other_buyer()
    group(trade, 50_000, MemberLine(trade.buyer.id, "EUR"), MemberLine(sister.buyer.id, "EUR"))
    order = trade.order(10_000)
    assert outcome(sister, 35_000)[0] == "authorized"
    with books.nothing_written(trade.seller), pytest.raises(LimitExceeded, match="5000"):
        fulfilment.adjust_order(trade.seller, order_id=order.id, amount=15_001, **trade.act)
    fulfilment.adjust_order(trade.seller, order_id=order.id, amount=15_000, **trade.act)
    assert books.broken(trade.seller) == []


def test_companies_race_for_the_last_of_a_common_limit(trade: Trade) -> None:
    """48 orders of eight companies at once: the common limit bears ten of them."""
    sisters = [trade.other_buyer() for _ in range(8)]
    group(trade, 100_000, *(MemberLine(one.buyer.id, "EUR") for one in sisters))
    acts = [partial(one.authorize, one.request(10_000)) for one in sisters for _ in range(4)] + [
        partial(sisters[0].authorize, *(one.request(10_000) for one in sisters))
    ] * 2
    made = [each for outcomes in at_once(acts) for each in outcomes]
    states = Counter(each.state for each in made if isinstance(each, Authorization))
    assert states == {"authorized": 10, "declined": 38}
    common = GroupLimit.objects.get(seller_id=trade.seller.id)
    assert group_queries.standing(common, on=trade.at.date()).available == 0
    assert books.broken(trade.seller) == []


def test_a_limit_changes_while_its_companies_order(trade: Trade) -> None:
    sisters = [trade.other_buyer() for _ in range(4)]
    lines = [MemberLine(one.buyer.id, "EUR") for one in sisters]
    common = group(trade, 1_000_000, *lines)
    orders = [partial(one.authorize, one.request(1_000)) for one in sisters for _ in range(4)]
    change = partial(group_limits.change_group, trade.seller, group_id=common.id, **trade.act)
    changes: list[Any] = [partial(change, limit=500_000 + n, lines=lines) for n in range(4)]
    made = at_once(orders + changes)
    assert {each.state for [each] in made[:16]} == {"authorized"}


@pytest.mark.parametrize(
    ("act", "refusal"),
    [
        (lambda t: group(t, 1, MemberLine(t.buyer.id, "USD")), NoExchangeRate),
        (lambda t: group(t, 1, MemberLine(new_id(), "EUR")), NotFound),
        (lambda t: rate(t, "0"), InvalidRate),
        (lambda t: rate(t, "0.0000000000001"), InvalidRate),
        (
            lambda t: group_limits.change_group(t.seller, group_id=new_id(), limit=1, **t.act),
            NotFound,
        ),
    ],
)
def test_what_cannot_be_leaves_nothing_behind(
    trade: Trade, act: Any, refusal: type[Exception]
) -> None:
    with books.nothing_written(trade.seller), pytest.raises(refusal):
        act(trade)


def test_a_line_is_in_one_group_only(trade: Trade) -> None:
    group(trade, 50_000, MemberLine(trade.buyer.id, "EUR"))
    with books.nothing_written(trade.seller), pytest.raises(InAnotherGroup):
        group(trade, 60_000, MemberLine(trade.buyer.id, "EUR"))


def test_a_new_rate_moves_the_lines_that_follow(trade: Trade) -> None:
    rate(trade)
    group(trade, 50_000, MemberLine(trade.buyer.id, "EUR"), MemberLine(trade.buyer.id, "USD"))
    rate(trade, "0.50", on=trade.at.date())
    assert line(trade, "USD").limit == 100_000


def test_open_items_of_the_erp_use_the_limit(trade: Trade) -> None:
    """10,000.00 EUR of limit, 9,000.00 of which the ERP reports as open."""

    def report(*items: ReportedItem, origin: str = "erp") -> CreditLine:
        return external_items.report_open_items(
            trade.seller,
            buyer_id=trade.buyer.id,
            currency="EUR",
            items=items,
            origin=origin,
            **trade.act,
        )

    report(ReportedItem("A-1", 700_000), ReportedItem("A-2", 250_000), ReportedItem("A-3", -50_000))
    assert outcome(trade, 100_001) == ("declined", 100_000)
    report(ReportedItem("A-1", 700_000))
    assert line(trade, "EUR").external == 700_000, "what is no longer named is gone"
    report(ReportedItem("B-1", 100_000), origin="other")
    assert line(trade, "EUR").external == 800_000
    invoice = trade.invoice(10_000)
    report(ReportedItem("A-1", 700_000), ReportedItem(invoice.number, 10_000))
    assert line(trade, "EUR").external == 800_000, "an invoice of ours counts already"
    dollars = external_items.report_open_items(
        trade.seller,
        buyer_id=trade.buyer.id,
        currency="USD",
        items=[ReportedItem(invoice.number, 5_000)],
        **trade.act,
    )
    assert dollars.external == 5_000, "what has its number in another currency is not that invoice"
    assert books.broken(trade.seller) == []


def test_closing_and_ordering_anew_is_no_way_round_a_limit(trade: Trade) -> None:
    """The order that ends frees its amount once; another takes it; the first cannot come back."""
    first = trade.order(1_000_000)
    fulfilment.cancel_order(trade.seller, order_id=first.id, **trade.act)
    second = trade.order(1_000_000)
    assert outcome(trade, 1)[0] == "declined"
    for again in (fulfilment.renew_order, order_reviews.confirm_order):
        given = {"days": 30} if again is fulfilment.renew_order else {}
        with pytest.raises(Exception, match="canceled"):
            again(trade.seller, order_id=first.id, **given, **trade.act)  # type: ignore[operator]
    assert Order.objects.get(seller_id=trade.seller.id, id=second.id).state == "authorized"
    assert trade.counters() == {"commitments": 1_000_000}


def test_rates_written_together_fit_both_ways(trade: Trade) -> None:
    """Of two that contradict each other the one written last counts, there and back."""
    for source, target, value in (("USD", "EUR", "0.80"), ("EUR", "USD", "2.00")):
        exchange_rates.set_rate(
            trade.seller,
            source=source,
            target=target,
            rate=Decimal(value),
            on=trade.at.date(),
            **trade.act,
        )
    own = MemberLine(trade.buyer.id, "USD", limit=1_000_000)
    group(trade, 50_000, MemberLine(trade.buyer.id, "EUR"), own)
    assert outcome(trade, 100_001, currency="USD") == ("declined", 100_000)
    assert outcome(trade, 100_000, currency="USD")[0] == "authorized"


def test_no_money_lifts_a_hold(trade: Trade) -> None:
    common = group(trade, 500_000, MemberLine(trade.buyer.id, "EUR"))
    trade.invoice(50_000)
    group_limits.change_group(trade.seller, group_id=common.id, state="on_hold", **trade.act)
    [made] = trade.authorize(trade.request(10_000))
    assert isinstance(made, Authorization)
    assert (made.state, made.alternatives) == ("declined", ())


def test_a_limit_given_to_a_line_that_followed_stays(trade: Trade) -> None:
    group(trade, 50_000, MemberLine(trade.buyer.id, "EUR"))
    for limit, follows in ((50_000, True), (10_000, False)):
        credit_lines.set_credit_line(
            trade.seller, buyer_id=trade.buyer.id, currency="EUR", limit=limit, **trade.act
        )
        rate(trade, on=trade.at.date())
        kept = line(trade, "EUR")
        assert (kept.limit, kept.follows_group) == (limit, follows)


def test_groups_are_made_while_their_companies_order(trade: Trade) -> None:
    """Whoever makes one locks its lines as a batch of orders does: nobody waits in a ring."""
    sisters = [trade.other_buyer() for _ in range(8)]
    for one in reversed(sisters):  # so that lines and buyers are not in the same order
        credit_lines.set_credit_line(
            trade.seller, buyer_id=one.buyer.id, currency="CHF", limit=1_000_000, **trade.act
        )
    batch = [one.request(100, currency="CHF") for one in sisters]
    make = partial(
        group_limits.create_group,
        trade.seller,
        name="Acme",
        currency="CHF",
        limit=1_000_000,
        **trade.act,
    )
    acts: list[Any] = [partial(trade.authorize, *batch) for _ in range(4)]
    acts += [
        partial(make, lines=[MemberLine(one.buyer.id, "CHF") for one in half])
        for half in (sisters[:4], sisters[4:])
    ]
    made = at_once(acts)
    assert {each.state for outcomes in made[:4] for each in outcomes} == {"authorized"}
