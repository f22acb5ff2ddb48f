"""What a seller's own rules do to a decision. Amounts in rules are whole euros; the line's are cents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules.credit.application import Application
from usance.rules.credit.counterfactual import OpenItem, alternatives
from usance.rules.credit.decide import Decision, decide
from usance.rules.credit.exposure import Exposure
from usance.rules.credit.policy import InvalidPolicy, Policy, policy_from_document
from usance.rules.credit.pricing import offers
from usance.rules.credit.routing import choose_route
from usance.rules.terms import Terms

MONDAY = date(2026, 3, 2)
LINE = Exposure("EUR", 1_000_000, 0, 0, 0, 0, 0)
ORDER = Application(
    amount=100_000,
    currency="EUR",
    line_state="active",
    oldest_due_on=None,
    facts={
        "buyer.vat_verified": True,
        "buyer.country": "IT",
        "history.orders": 12,
        "history.turnover_12m": 2_400_000,
        "history.overdue": 0,
        "score.band": "B",
    },
)


def policy(*rules: dict[str, Any], **settings: Any) -> Policy:
    return policy_from_document({"currency": "EUR", "rules": list(rules), **settings})


def decided(*rules: dict[str, Any], order: Application = ORDER, line: Exposure = LINE) -> Decision:
    return decide(order, line, policy(*rules), MONDAY)


VAT = {"kind": "eligibility", "name": "vat", "when": "buyer.vat_verified", "tell_buyer": True}
KNOWN = {
    "kind": "eligibility",
    "name": "three_orders",
    "when": "history.orders >= 3",
    "otherwise": "review",
}
OVERDUE = {"kind": "hold", "name": "owes", "when": "history.overdue > 500", "then": "decline"}
RISKY = {"kind": "hold", "name": "risky", "when": "score.band in ['D', 'E']", "then": "review"}
CAP = {"kind": "limit", "name": "two_months", "amount": "history.turnover_12m / 12 * 2"}
LARGE = {"kind": "hold", "name": "large", "when": "order.amount > 900", "then": "review"}

CASES = [
    # the rules              what is different of the buyer            outcome     reasons
    ([VAT], {}, "approved", []),
    ([VAT], {"buyer.vat_verified": False}, "declined", ["vat"]),
    ([VAT], {"buyer.vat_verified": None}, "review", ["unknown_facts"]),
    ([KNOWN], {"history.orders": 2}, "review", ["three_orders"]),
    ([KNOWN], {"history.orders": 3}, "approved", []),
    ([OVERDUE], {"history.overdue": 50_000}, "approved", []),
    ([OVERDUE], {"history.overdue": 50_001}, "declined", ["owes"]),
    ([RISKY], {"score.band": "E"}, "review", ["risky"]),
    ([RISKY], {}, "approved", []),
    # a refusal outweighs a doubt, and every refusal is named
    ([VAT, KNOWN], {"buyer.vat_verified": False, "history.orders": 0}, "declined", ["vat"]),
    (
        [VAT, OVERDUE],
        {"buyer.vat_verified": False, "history.overdue": 99_999},
        "declined",
        ["vat", "owes"],
    ),
    # two months of 24,000 a year are 4,000
    ([CAP], {}, "approved", []),
    ([CAP], {"history.turnover_12m": 300_000}, "declined", ["limit_exceeded"]),
    ([CAP], {"history.turnover_12m": None}, "review", ["unknown_facts"]),
    ([LARGE], {}, "review", ["large"]),
]


@pytest.mark.parametrize(("rules", "facts", "outcome", "reasons"), CASES)
def test_rules(
    rules: list[dict[str, Any]], facts: dict[str, Any], outcome: str, reasons: list[str]
) -> None:
    order = replace(ORDER, facts={**ORDER.facts, **facts})
    decision = decided(*rules, order=order)
    assert (decision.outcome, list(decision.reasons)) == (outcome, reasons)


def test_a_cap_binds_what_may_be_outstanding() -> None:
    """Two months of turnover are 4,000: with 3,500 used, 500 may still be ordered."""
    used = replace(LINE, receivable=350_000)
    decision = decided(CAP, order=replace(ORDER, amount=50_001), line=used)
    assert (decision.outcome, decision.up_to, decision.most_exposure) == (
        "declined",
        50_000,
        400_000,
    )
    assert decided(CAP, order=replace(ORDER, amount=50_000), line=used).outcome == "approved"


def test_a_cap_never_lifts_the_limit_of_the_line() -> None:
    small = replace(LINE, limit=80_000)
    assert decided(CAP, line=small).reasons == ("limit_exceeded",)


def test_terms_by_tier_and_what_they_cost() -> None:
    gold = {
        "kind": "terms",
        "name": "gold",
        "when": "line.tier == 'gold'",
        "offer": ["net_60", "net_30"],
    }
    rest = {"kind": "terms", "name": "rest", "offer": ["net_15"]}
    dear = {"kind": "price", "name": "sixty", "terms": "net_60", "percent": "1.5"}
    rules = policy(gold, rest, dear)
    of_gold = replace(ORDER, facts={**ORDER.facts, "line.tier": "gold"})
    decision = decide(of_gold, LINE, rules, MONDAY)
    assert decision.terms == Terms(60)
    assert [(o.terms, o.fee) for o in offers(rules, of_gold, LINE, decision, MONDAY)] == [
        (Terms(60), 1_500),
        (Terms(30), 0),
    ]
    of_none = replace(ORDER, facts={**ORDER.facts, "line.tier": ""})
    assert decide(of_none, LINE, rules, MONDAY).terms == Terms(15)
    own = replace(of_none, offered=(Terms(90),))
    assert decide(own, LINE, rules, MONDAY).terms == Terms(90), "a line's own terms come first"


def test_a_part_to_pay_before() -> None:
    deposit = {"kind": "terms", "name": "deposit", "offer": ["net_30"], "prepay_percent": 20}
    refused = decided(deposit)
    assert (refused.outcome, refused.reasons) == ("declined", ("prepayment_required",))
    paid = replace(LINE, unapplied_cash=20_000)
    assert decided(deposit, line=paid).outcome == "approved"


def test_what_would_have_passed_instead() -> None:
    """10,000 of 10,000 used; the order is for 1,000. Invoice INV-31 is for 600, INV-32 for 9,400."""
    full = replace(LINE, limit=1_000_000, receivable=940_000)
    rules = Policy()
    decision = decide(ORDER, full, rules, MONDAY)
    items = [
        OpenItem("INV-31", 60_000, date(2026, 3, 10)),
        OpenItem("INV-32", 880_000, date(2026, 3, 20)),
    ]
    ways = alternatives(decision, ORDER, full, rules, MONDAY, open_items=items)
    assert [way.to_document() for way in ways] == [
        {"kind": "up_to", "amount": 60_000},
        {"kind": "prepaid", "amount": 40_000, "percent": 40},
        {"kind": "after_paying", "amount": 60_000, "invoices": ["INV-31"]},
    ]


def test_paying_what_is_overdue_helps() -> None:
    late = replace(ORDER, oldest_due_on=date(2026, 1, 1))
    decision = decide(late, LINE, Policy(), MONDAY)
    items = [
        OpenItem("INV-7", 5_000, date(2026, 1, 1)),
        OpenItem("INV-8", 5_000, date(2026, 2, 27)),
    ]
    owed = replace(LINE, receivable=10_000)
    ways = alternatives(decision, late, owed, Policy(), MONDAY, open_items=items)
    assert [(way.kind, way.numbers) for way in ways] == [("after_paying", ("INV-7",))]


def test_what_money_cannot_help_offers_nothing_but_payment_in_advance() -> None:
    on_hold = replace(ORDER, line_state="on_hold")
    rules = Policy(offer_prepayment=True)
    decision = decide(on_hold, LINE, rules, MONDAY)
    ways = alternatives(decision, on_hold, LINE, rules, MONDAY)
    assert [way.kind for way in ways] == ["prepaid_in_full"]


def test_an_order_beyond_the_limit_may_go_to_a_person() -> None:
    rules = policy(over_limit="review")
    decision = decide(replace(ORDER, amount=1_000_001), LINE, rules, MONDAY)
    assert (decision.outcome, decision.reasons) == ("review", ("limit_exceeded",))


def test_who_approves_what() -> None:
    rules = policy(
        {
            "kind": "route",
            "name": "board",
            "when": "review.over_limit > 50000",
            "roles": ["admin"],
            "people": 2,
            "hours": 24,
        },
        {"kind": "route", "name": "rest", "roles": ["credit_manager"]},
    )

    def route(amount: int) -> str:
        order = replace(ORDER, amount=amount)
        chosen = choose_route(
            rules, order, LINE, kind="order", reasons=["limit_exceeded"], on=MONDAY
        )
        assert chosen is not None
        return chosen.name

    assert route(6_000_000) == "rest"
    assert route(6_000_001) == "board"


def test_another_currency_is_compared_at_the_stored_rate() -> None:
    order = replace(ORDER, currency="USD", amount=100_000, rate=Decimal("0.91"))
    line = replace(LINE, currency="USD")
    assert decided(LARGE, order=order, line=line).outcome == "review"
    assert decided(LARGE, order=replace(order, amount=98_000), line=line).outcome == "approved"
    unknown = replace(order, rate=None)
    assert decided(LARGE, order=unknown, line=line).reasons == ("unknown_facts",)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"kind": "hold", "name": "x", "when": "history.ordrs > 3"}, "line 1, column 1"),
        ({"kind": "hold", "name": "x", "when": "history.orders >\n  'a'"}, "line 2, column 3"),
        ({"kind": "hold", "name": "x", "when": "order.amount >"}, "line 1"),
        ({"kind": "hold", "name": "x", "when": "order.skus.all(s, s == 'a')"}, "loop"),
        ({"kind": "hold", "name": "x"}, "needs when"),
        ({"kind": "hold", "name": "X!", "when": "true"}, "name"),
        ({"kind": "hold", "name": "overdue", "when": "true"}, "taken"),
        ({"kind": "hold", "name": "x", "when": "true", "otherwise": "review"}, "otherwise"),
        ({"kind": "wish", "name": "x"}, "kind"),
        ({"kind": "terms", "name": "x", "offer": ["net_9999"]}, "net_9999"),
        ({"kind": "price", "name": "x", "terms": "net_30", "percent": "much"}, "percent"),
        ({"kind": "route", "name": "x", "roles": []}, "roles"),
        ({"kind": "limit", "name": "x", "amount": "history.orders"}, "amount"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_its_place(
    rule: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidPolicy, match=message):
        policy(rule)


def test_values_that_read_each_other_in_a_circle_are_refused() -> None:
    with pytest.raises(InvalidPolicy, match="line 1, column"):
        policy(
            {"kind": "limit", "name": "x", "amount": "a"},
            values={"a": "b * 2", "b": "a + 1"},
        )


TESTS = st.lists(
    st.sampled_from([VAT, KNOWN, OVERDUE, RISKY, LARGE, CAP]), unique_by=lambda r: r["name"]
)
FACTS = st.fixed_dictionaries(
    {
        "buyer.vat_verified": st.none() | st.booleans(),
        "history.orders": st.none() | st.integers(0, 6),
        "history.overdue": st.none() | st.integers(0, 100_000),
        "score.band": st.none() | st.sampled_from("ABCDE"),
        "history.turnover_12m": st.none() | st.integers(0, 5_000_000),
    }
)
ORDERS = st.builds(
    lambda amount, facts: replace(ORDER, amount=amount, facts=facts),
    st.integers(1, 1_200_000),
    FACTS,
)
SEVERITY = {"approved": 0, "review": 1, "declined": 2}


@given(ORDERS, TESTS, TESTS)
def test_a_stricter_policy_never_approves_more(
    order: Application, rules: list[dict[str, Any]], more: list[dict[str, Any]]
) -> None:
    stricter = rules + [rule for rule in more if rule not in rules]
    loose, strict = decided(*rules, order=order), decided(*stricter, order=order)
    assert SEVERITY[strict.outcome] >= SEVERITY[loose.outcome]


@given(ORDERS, TESTS, st.randoms(use_true_random=False))
def test_the_order_of_facts_and_of_rules_does_not_matter(
    order: Application, rules: list[dict[str, Any]], chance: Any
) -> None:
    shuffled = list(order.facts.items())
    chance.shuffle(shuffled)
    other = rules[:]
    chance.shuffle(other)
    first = decided(*rules, order=order)
    second = decided(*other, order=replace(order, facts=dict(shuffled)))
    assert (first.outcome, set(first.reasons)) == (second.outcome, set(second.reasons))


@given(ORDERS, TESTS, st.sampled_from(sorted(ORDER.facts)))
def test_not_knowing_never_turns_into_an_approval(
    order: Application, rules: list[dict[str, Any]], forgotten: str
) -> None:
    """Forgetting a fact may bring a refused order to a person, never to a yes."""
    facts = {name: value for name, value in order.facts.items() if name != forgotten}
    known, unknown = (
        decided(*rules, order=order),
        decided(*rules, order=replace(order, facts=facts)),
    )
    if known.outcome != "approved":
        assert unknown.outcome != "approved"


@given(ORDERS, TESTS)
def test_what_is_said_to_pass_passes(order: Application, rules: list[dict[str, Any]]) -> None:
    decision = decided(*rules, order=order)
    if decision.up_to is not None:
        smaller = replace(order, amount=decision.up_to)
        assert decided(*rules, order=smaller).outcome == "approved"
    stored = policy(*rules)
    for way in alternatives(decision, order, LINE, stored, MONDAY):
        if way.kind == "prepaid":
            paid = replace(LINE, unapplied_cash=way.amount)
            assert decide(order, paid, stored, MONDAY).outcome == "approved"


@given(TESTS)
def test_a_written_policy_reads_back_as_it_was_stored(rules: list[dict[str, Any]]) -> None:
    written = policy(*rules, values={"month": "history.turnover_12m / 12"})
    assert policy_from_document(written.to_document()) == written


def test_of_routes_nobody_can_tell_apart_the_one_with_more_people_is_taken() -> None:
    rules = policy(
        {
            "kind": "route",
            "name": "small",
            "when": "review.amount <= 1000",
            "roles": ["accountant"],
        },
        {"kind": "route", "name": "rest", "roles": ["admin"], "people": 2},
        {"kind": "route", "name": "never", "roles": ["admin"], "people": 3},
    )

    def route(**fields: Any) -> str:
        order = replace(ORDER, **fields)
        chosen = choose_route(rules, order, LINE, kind="order", reasons=[], on=MONDAY)
        assert chosen is not None
        return chosen.name

    assert route(amount=100_000) == "small"
    assert route(amount=100_001) == "rest"
    assert route(amount=1, currency="CHF") == "rest", "without a rate its amount is not known"


def test_a_cap_in_another_currency_is_rounded_down_and_loses_nothing() -> None:
    order = replace(ORDER, currency="JPY", rate=Decimal("0.0061"))
    line = replace(LINE, currency="JPY")
    cent = {"kind": "limit", "name": "cent", "amount": "0.01"}
    assert decided(cent, order=order, line=line).most_exposure == 1, "1.64 yen"
    thousand = {"kind": "limit", "name": "thousand", "amount": "3000"}
    order = replace(ORDER, currency="USD", rate=Decimal(3))
    assert decided(thousand, order=order, line=replace(LINE, currency="USD")).most_exposure == (
        100_000
    )


def test_paying_what_was_listed_leaves_what_was_not_overdue() -> None:
    """Two invoices are listed of three that are open."""
    order = replace(ORDER, oldest_due_on=date(2026, 1, 2))
    line = replace(LINE, receivable=30_000)
    listed = [
        OpenItem("INV-1", 10_000, date(2026, 1, 2)),
        OpenItem("INV-2", 10_000, date(2026, 1, 3)),
    ]

    def ways(*items: OpenItem) -> list[tuple[str, ...]]:
        made = decide(order, line, policy(), MONDAY)
        found = alternatives(made, order, line, policy(), MONDAY, open_items=items)
        return [way.numbers for way in found if way.kind == "after_paying"]

    assert ways(*listed) == []
    third = OpenItem("INV-3", 10_000, date(2026, 2, 20))
    assert ways(*listed, third) == [("INV-1", "INV-2")]
