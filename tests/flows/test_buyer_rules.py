"""The buyer's own rules at checkout: who orders how much, with which papers, and who is asked first.

The fixture ``trade`` checks the books after each test.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from tests.flows.organised import Company, step
from tests.flows.racing import at_once
from tests.flows.trading import Trade
from usance.flows import checkout, credit_lines, fulfilment, organisation
from usance.flows.checkout import Authorization
from usance.records.credit.models import ExchangeRate
from usance.records.identity import new_id
from usance.records.orders import buyer_queries
from usance.records.orders.models import Order
from usance.records.parties.models import Buyer
from usance.rules.credit.policy import BUYER_SAFE


@pytest.fixture
def company(trade: Trade) -> Company:
    return Company(trade)


def said(made: Any) -> tuple[str, tuple[str, ...]]:
    assert isinstance(made, Authorization), made
    return made.state, made.decision.reasons


# Who orders


def test_a_member_is_known_by_id_address_and_number(company: Company) -> None:
    anna = company.person("anna", external_id="E-17")
    for name in (anna.id, anna.email, anna.email.upper(), "E-17"):
        made = company.asks(1_000, name)
        assert said(made) == ("authorized", ())
        assert made.member_id == anna.id
        assert company.stored(made).member_id == anna.id


def test_an_address_goes_before_a_number(company: Company) -> None:
    anna = company.person("anna")
    company.person("bea", external_id=anna.email)
    assert company.asks(1_000, anna.email).member_id == anna.id


def test_strangers_payers_and_those_who_left_may_not_order(company: Company) -> None:
    gone, paying = company.person("gone"), company.person("pia", "payer")
    company.remove(gone)
    elsewhere = Company(company.trade.other_buyer()).person("otto")
    for name in (gone, gone.email, paying, elsewhere, new_id(), "nobody@example.com", "E-99"):
        made = company.asks(1_000, name)
        assert said(made) == ("declined", ("unknown_member",))
        assert BUYER_SAFE[made.decision.reasons[0]]
    assert company.trade.counters() == {}


def test_orders_for_members_only(company: Company) -> None:
    anna = company.person("anna")
    assert said(company.asks(1_000)) == ("authorized", ())
    company.rules(members_only=True)
    assert said(company.asks(1_000)) == ("declined", ("member_required",))
    assert said(company.asks(1_000, anna)) == ("authorized", ())
    company.rules(members_only=False)
    assert said(company.asks(1_000)) == ("authorized", ())


def test_a_refusal_stands_before_the_sellers_own_reasons(company: Company) -> None:
    company.rules(po_required=True)
    assert said(company.asks(2_000_000))[1] == ("po_number_required", "limit_exceeded")


# Papers


def test_a_number_is_required_and_blanks_are_none(company: Company) -> None:
    company.rules(po_required=True)
    for number in ("", "   "):
        assert said(company.asks(1, po_number=number)) == ("declined", ("po_number_required",))
    assert said(company.asks(1, po_number="PO-1")) == ("authorized", ())


def test_a_number_is_used_once_unless_its_order_came_to_nothing(company: Company) -> None:
    company.rules(po_unique=True)
    assert said(company.asks(2_000_000, po_number="PO-1"))[0] == "declined"
    first = company.ordered(1_000, po_number="PO-1")
    assert said(company.asks(1_000, po_number="PO-1")) == ("declined", ("po_number_used",))
    assert said(company.asks(1_000, po_number="po-2")) == ("authorized", ())
    # Orders without a number are no business of this rule.
    assert said(company.asks(1_000)) == ("authorized", ())
    fulfilment.cancel_order(company.trade.seller, order_id=first.id, **company.trade.act)
    assert said(company.asks(1_000, po_number="PO-1")) == ("authorized", ())
    other = Company(company.trade.other_buyer())
    other.rules(po_unique=True)
    assert said(other.asks(1_000, po_number="PO-1")) == ("authorized", ())


def test_one_number_twice_in_a_batch(company: Company) -> None:
    company.rules(po_unique=True)
    trade = company.trade
    made = trade.authorize(*[trade.request(1_000, po_number="PO-9")] * 3)
    assert [said(each)[0] for each in made] == ["authorized", "declined", "declined"]


def test_cost_centres_bind_once_there_are_any(company: Company) -> None:
    assert said(company.asks(1_000, cost_centre="anything")) == ("authorized", ())
    centre = company.centre("4711")
    assert said(company.asks(1_000, cost_centre="4711")) == ("authorized", ())
    assert company.ordered(1_000, cost_centre="4711").cost_centre == "4711"
    refused = ("declined", ("unknown_cost_centre",))
    assert said(company.asks(1_000, cost_centre="4712")) == refused
    assert said(company.asks(1_000)) == ("authorized", ())
    organisation.close_cost_centre(
        company.trade.seller,
        buyer_id=company.trade.buyer.id,
        cost_centre_id=centre.id,
        **company.trade.act,
    )
    assert said(company.asks(1_000, cost_centre="4711")) == refused


# Limits


def test_the_limit_of_one_order(company: Company) -> None:
    anna = company.person("anna", order_limit=50_000)
    assert said(company.asks(50_000, anna)) == ("authorized", ())
    assert said(company.asks(50_001, anna)) == ("declined", ("over_member_order_limit",))
    assert company.trade.counters() == {"commitments": 50_000}


def test_the_limit_of_a_month_counts_what_stands(company: Company) -> None:
    anna = company.person("anna", period_limit=100_000)
    kept = company.ordered(60_000, anna)
    refused = ("declined", ("over_member_period_limit",))
    assert said(company.asks(40_001, anna)) == refused
    # What others order, or what was refused, is not hers.
    assert said(company.asks(40_000, company.person("bea"))) == ("authorized", ())
    assert said(company.asks(40_000, anna)) == ("authorized", ())
    assert said(company.asks(1, anna)) == refused
    fulfilment.cancel_order(company.trade.seller, order_id=kept.id, **company.trade.act)
    assert said(company.asks(60_000, anna)) == ("authorized", ())


PERIODS = [
    # 2 March 2026 is a Monday; Rome is an hour ahead of UTC.
    ("day", datetime(2026, 3, 2, 22, 59, tzinfo=UTC), datetime(2026, 3, 2, 23, 0, tzinfo=UTC)),
    ("week", datetime(2026, 3, 8, 22, 59, tzinfo=UTC), datetime(2026, 3, 8, 23, 0, tzinfo=UTC)),
    # Summer time began on the 29th.
    ("month", datetime(2026, 3, 31, 21, 59, tzinfo=UTC), datetime(2026, 3, 31, 22, 0, tzinfo=UTC)),
]


@pytest.mark.parametrize(("period", "before", "after"), PERIODS)
def test_a_period_begins_at_midnight_where_the_seller_is(
    company: Company, period: str, before: datetime, after: datetime
) -> None:
    anna = company.person("anna", period_limit=10_000, period=period)
    company.ordered(10_000, anna)
    trade = company.trade
    request = trade.request(1, member=anna.id)
    [late] = checkout.authorize_orders([request], at=before)
    assert said(late) == ("declined", ("over_member_period_limit",))
    [next_one] = checkout.authorize_orders([request], at=after)
    assert said(next_one) == ("authorized", ())


def test_a_limit_in_another_currency_is_compared_at_the_rate_of_the_day(
    company: Company,
) -> None:
    trade = company.trade
    credit_lines.set_credit_line(
        trade.seller, buyer_id=trade.buyer.id, currency="USD", limit=1_000_000, **trade.act
    )
    anna = company.person("anna", order_limit=50_000, period_limit=80_000)
    refused = company.asks(100, anna, currency="USD")
    assert said(refused)[1] == ("over_member_order_limit", "over_member_period_limit")
    ExchangeRate.objects.create(
        seller=trade.seller,
        created_at=trade.at,
        source="USD",
        target="EUR",
        rate=Decimal("0.90"),
        on=trade.at.date(),
    )
    assert said(company.asks(55_556, anna, currency="USD"))[1] == ("over_member_order_limit",)
    assert said(company.asks(55_555, anna, currency="USD")) == ("authorized", ())
    # 55,555 USD cents are 50,000 EUR cents, rounded up.
    assert said(company.asks(30_001, anna)) == ("declined", ("over_member_period_limit",))
    assert said(company.asks(30_000, anna)) == ("authorized", ())


def test_orders_of_one_batch_are_counted_one_after_another(company: Company) -> None:
    trade = company.trade
    anna = company.person("anna", period_limit=100_000)
    requests = [trade.request(10_000, member=anna.id) for _ in range(30)]
    made = trade.authorize(*requests)
    assert [said(each)[0] for each in made] == ["authorized"] * 10 + ["declined"] * 20
    assert trade.counters() == {"commitments": 100_000}


def test_what_the_seller_declines_in_a_batch_does_not_use_up_the_limit(company: Company) -> None:
    trade = company.trade
    credit_lines.set_credit_line(
        trade.seller, buyer_id=trade.buyer.id, currency="EUR", limit=70_000, **trade.act
    )
    anna = company.person("anna", period_limit=100_000)
    made = trade.authorize(*[trade.request(a, member=anna.id) for a in (90_000, 60_000, 10_000)])
    assert [said(each) for each in made] == [
        ("declined", ("limit_exceeded",)),
        ("authorized", ()),
        ("authorized", ()),
    ]


def test_a_lower_limit_binds_at_the_next_order(company: Company) -> None:
    anna = company.person("anna", order_limit=50_000)
    company.change(anna, order_limit=10_000)
    assert said(company.asks(10_001, anna))[0] == "declined"
    company.change(anna, order_limit=None)
    assert said(company.asks(10_001, anna))[0] == "authorized"


# The chain


def test_a_chain_asks_for_what_lies_above(company: Company) -> None:
    company.person("boss", "approver")
    company.chain(step(50_000), step(200_000, role="admin"))
    assert said(company.asks(50_000)) == ("authorized", ())
    small, large = company.ordered(50_001), company.ordered(200_001)
    for order, steps in ((small, [1]), (large, [1, 2])):
        assert order.state == "pending_approval"
        assert order.decision.reasons == ["buyer_approval_needed"]
        assert [each["position"] for each in order.approval_chain] == steps
    assert company.trade.counters() == {"commitments": 50_000}, "nothing is held for those"
    assert company.trade.events(small) == [("order.pending_approval", "pending_approval", 0)]


def test_what_the_seller_declines_need_not_be_approved(company: Company) -> None:
    company.chain(step())
    assert said(company.asks(2_000_000)) == ("declined", ("limit_exceeded",))


def test_steps_of_other_cost_centres_do_not_ask(company: Company) -> None:
    company.centre("north")
    company.centre("south")
    company.chain(step(0, cost_centre="north"), step(80_000))
    assert said(company.asks(1_000, cost_centre="south"))[0] == "authorized"
    assert said(company.asks(1_000))[0] == "authorized"
    north = company.ordered(90_000, cost_centre="north")
    assert [each["position"] for each in north.approval_chain] == [1, 2]
    south = company.ordered(90_000, cost_centre="south")
    assert [each["position"] for each in south.approval_chain] == [2]


def test_beyond_a_members_limit_the_chain_is_asked_instead(company: Company) -> None:
    anna = company.person("anna", order_limit=10_000, period_limit=30_000)
    company.centre("north")
    company.chain(step(50_000), step(100_000, role="admin"))
    assert said(company.asks(10_000, anna)) == ("authorized", ())
    order = company.ordered(10_001, anna)
    assert order.state == "pending_approval"
    assert [each["position"] for each in order.approval_chain] == [1]
    # 20,001 of 30,000 are used up, by what waits too.
    assert said(company.asks(9_999, anna)) == ("authorized", ())
    assert company.ordered(1, anna).state == "pending_approval"
    # A chain that is only another cost centre's answers for nothing.
    company.chain(step(0, cost_centre="north"))
    assert said(company.asks(10_001, anna))[0] == "declined"


def test_a_quote_says_the_same(company: Company) -> None:
    trade = company.trade
    company.chain(step(50_000))
    anna = company.person("anna", order_limit=10)
    asked = checkout.quote(trade.request(50_001), at=trade.at).decision
    assert (asked.outcome, asked.reasons) == ("review", ("buyer_approval_needed",))
    company.chain()
    over = checkout.quote(trade.request(11, member=anna.id), at=trade.at)
    assert over.decision.reasons == ("over_member_order_limit",)
    assert over.told["over_member_order_limit"]


def test_whoever_has_no_rules_is_not_asked(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade = company.trade
    asked: list[int] = []
    real = buyer_queries.ordering_facts

    def counted(questions: Any) -> Any:
        asked.append(len(questions))
        return real(questions)

    monkeypatch.setattr("usance.flows.buyer_rules.ordering_facts", counted)
    trade.authorize(*[trade.request(1_000, po_number="PO-1")] * 5)
    assert asked == []
    ruled = Company(trade.other_buyer())
    ruled.rules(po_required=True)
    trade.authorize(*[trade.request(1_000)] * 5, *[ruled.trade.request(1, po_number="1")] * 3)
    assert asked == [3], "one query for all that are concerned, and for those alone"


def test_whether_to_ask_is_derived(company: Company) -> None:
    def asks() -> bool:
        kept = company.trade.stored(Buyer, company.trade.buyer.id)
        return bool(kept.ordering_rules)

    for rule in ("po_required", "po_unique", "members_only"):
        company.rules(**{rule: True})
        assert asks()
        company.rules(**{rule: False})
        assert not asks()
    company.rules(po_required=True)
    company.chain(step())
    company.rules(po_required=False)
    assert asks()
    company.chain()
    assert not asks()


# Many at once


def race(company: Company, requests: list[Any]) -> Counter[str]:
    acts = [partial(company.trade.authorize, request) for request in requests]
    return Counter(said(made)[0] for [made] in at_once(acts))


@pytest.mark.parametrize("trial", range(2))
def test_a_period_limit_is_never_passed_by_two_at_once(company: Company, trial: int) -> None:
    anna = company.person("anna", period_limit=50_000)
    requests = [company.trade.request(10_000, member=anna.id) for _ in range(24)]
    assert race(company, requests) == {"authorized": 5, "declined": 19}
    assert company.trade.counters() == {"commitments": 50_000}


def test_a_period_limit_holds_over_two_currencies(company: Company) -> None:
    trade = company.trade
    credit_lines.set_credit_line(
        trade.seller, buyer_id=trade.buyer.id, currency="USD", limit=1_000_000, **trade.act
    )
    ExchangeRate.objects.create(
        seller=trade.seller,
        created_at=trade.at,
        source="USD",
        target="EUR",
        rate=1,
        on=trade.at.date(),
    )
    anna = company.person("anna", period_limit=50_000)
    requests = [
        trade.request(10_000, member=anna.id, currency=("EUR", "USD")[n % 2]) for n in range(16)
    ]
    assert race(company, requests)["authorized"] == 5


def test_a_number_is_used_once_by_sixteen_threads_in_two_currencies(company: Company) -> None:
    trade = company.trade
    credit_lines.set_credit_line(
        trade.seller, buyer_id=trade.buyer.id, currency="USD", limit=1_000_000, **trade.act
    )
    company.rules(po_unique=True)
    requests = [
        trade.request(100, po_number="PO-1", currency=("EUR", "USD")[n % 2]) for n in range(16)
    ]
    assert race(company, requests) == {"authorized": 1, "declined": 15}


def test_a_number_is_used_once_by_orders_that_wait(company: Company) -> None:
    company.rules(po_unique=True)
    company.chain(step())
    requests = [company.trade.request(100, po_number="PO-1") for _ in range(12)]
    assert race(company, requests) == {"pending_approval": 1, "declined": 11}


def test_batches_of_several_members_race(company: Company) -> None:
    trade = company.trade
    anna = company.person("anna", period_limit=40_000)
    bea = company.person("bea", period_limit=40_000)
    requests = [trade.request(10_000, member=who.id) for who in (anna, bea, anna, bea)]
    at_once([partial(trade.authorize, *(requests if n % 2 else requests[::-1])) for n in range(6)])
    stand = Order.objects.filter(seller_id=trade.seller.id, state="authorized")
    assert Counter(stand.values_list("member__name", flat=True)) == {"Anna": 4, "Bea": 4}
