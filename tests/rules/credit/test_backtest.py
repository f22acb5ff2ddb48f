"""What a policy would have decided: tables that a credit manager can check by hand. Amounts in cents."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.rules.credit.pasts import (
    END,
    FIRST,
    at,
    day,
    decided,
    hold,
    order,
    play,
    policy,
    returned,
)
from usance.rules.credit.backtest_history import InvalidHistory, PastInvoice, PastOrder, fate
from usance.rules.credit.backtest_result import Tally, change_to_document
from usance.rules.credit.policy import InvalidPolicy

NO = hold("never", "true")

QUARTER = [
    order("A1", 0, 100_00, paid=20),  # in time
    order("A2", 10, 200_00, paid=70),  # forty days late
    order("A3", 20, 300_00, lost=90),  # written off
    order("B1", 30, 400_00, buyer="sudwind", paid=35),  # five days late
    order("B2", 40, 500_00, buyer="sudwind", never=True),  # open for ever
]


def test_what_became_of_the_orders_of_a_quarter() -> None:
    result, changes = play(QUARTER)
    assert changes == []
    assert result.live == result.draft
    assert result.live.approved == Tally(5, 1_500_00)
    assert result.live.late == Tally(1, 200_00)
    assert result.live.unpaid == Tally(2, 800_00)
    assert (result.live.approval_rate, result.live.approval_rate_by_value) == (1, 1)
    assert (result.from_on, result.until_on, result.orders) == (day(0), day(40), 5)


def test_declining_everything_avoids_every_loss_and_loses_every_sale() -> None:
    result, changes = play(QUARTER, draft=policy(NO))
    found = result.difference
    assert found.losses_avoided == Tally(3, 1_000_00)
    assert found.sales_lost == Tally(2, 500_00)
    assert (found.losses_added, found.sales_gained) == (Tally(), Tally())
    assert [change.effect for change in changes] == [
        "sale_lost", "loss_avoided", "loss_avoided", "sale_lost", "loss_avoided",
    ]  # fmt: skip
    assert {change.rules for change in changes} == {("never",)}
    assert (result.draft.most_exposure, result.draft.late) == (0, Tally())


def test_approving_what_was_declined_gains_sales_and_adds_losses() -> None:
    result, changes = play(QUARTER, live=policy(NO))
    assert result.difference.sales_gained == Tally(2, 500_00)
    assert result.difference.losses_added == Tally(3, 1_000_00)
    assert result.difference.looser == result.difference.changed == Tally(5, 1_500_00)
    assert {change.rules for change in changes} == {("never",)}
    [rule] = result.rules
    assert (rule.rule, rule.orders, rule.looser, rule.losses_added) == ("never", 5, 5, 1_000_00)


LATE_PAYERS = hold("late_payer", "history.worst_days_late_12m > 10")


def test_a_world_learns_only_from_what_it_let_through() -> None:
    """Its first order declined, the buyer is never known there to pay late."""
    history = [order("1", 0, 900_00, paid=60), order("2", 70, 100_00, paid=10)]
    assert decided(history, policy(LATE_PAYERS)) == {"1": "approved", "2": "declined"}
    careful = policy(LATE_PAYERS, hold("large", "order.amount > 500"))
    assert decided(history, careful) == {"1": "declined", "2": "approved"}


def test_what_happens_on_a_day_counts_from_the_next_morning() -> None:
    history = [
        order("1", 0, 100_00, due=30, paid=60),
        order("on the due day", 30, 1_00, paid=1),
        order("a day later", 31, 1_00, paid=1),
        order("on the day of payment", 60, 1_00, paid=1),
        order("a day after it", 61, 1_00, paid=1),
    ]
    assert decided(history, policy(hold("overdue_now", "history.overdue_invoices > 0"))) == {
        "1": "approved",
        "on the due day": "approved",
        "a day later": "declined",
        "on the day of payment": "declined",
        "a day after it": "approved",
    }


@pytest.mark.parametrize(
    ("rule", "reviewed"),
    [
        ("history.orders >= 2", "34567"),
        ("history.orders_1d > 0", "2"),
        ("history.orders_30d >= 3", "4"),
        ("history.days_since_last_order > 30", "157"),
        ("history.first_order == 100 && history.orders > 0", "234567"),
        ("history.largest_order >= 400", "1567"),
        ("history.average_order > 200", "1567"),
        ("history.turnover_30d > 500", "4"),
        ("history.turnover_90d > 900", "5"),
        ("history.paid_invoices >= 3", "567"),
        ("history.late_share == 0.5", "127"),
        ("history.average_days_late >= 10", "12567"),
        ("history.worst_days_late_12m >= 50", "56"),
        ("buyer.days_known > 60", "567"),
        ("buyer.days_overdue > 5", "45"),
        ("line.exposure > 350", "45"),
        ("buyer.exposure > 350", "45"),
        ("order.amount > 300", "4"),
    ],
)
def test_each_fact_grows_with_the_history(rule: str, reviewed: str) -> None:
    """Delivered all the same, by the person who is asked; also where a fact is not known yet."""
    history = [
        order("1", 0, 100_00, due=10, paid=60),
        order("2", 0, 200_00, due=10, paid=5, hour=15),
        order("3", 15, 300_00, due=30, paid=35),
        order("4", 25, 400_00, due=30, paid=60),
        order("5", 62, 10_00, due=30, paid=1),
        order("6", 90, 10_00, due=30, paid=1),
        order("7", 480, 10_00, due=30, paid=1),
    ]
    said = decided(history, policy(hold("rule", rule, "review")))
    assert "".join(name for name, outcome in said.items() if outcome == "review") == reviewed


def test_an_authorization_uses_the_limit_until_it_is_paid() -> None:
    history = [
        order("1", 0, 600_00, paid=20, limit=1_000_00),
        order("2", 10, 500_00, paid=20, limit=1_000_00),
        order("3", 21, 500_00, paid=20, limit=1_000_00),
    ]
    assert decided(history, policy()) == {"1": "approved", "2": "declined", "3": "approved"}


def test_what_is_not_invoiced_is_let_go_of() -> None:
    """By the day on which it was withdrawn, or when the authorization runs out."""

    def part(name: str, on: int, **more: Any) -> PastOrder:
        invoice = PastInvoice(400_00, day(on + 2), day(on + 32), settled_on=day(on + 3))
        return PastOrder(
            name, "nordwind", at(on), day(on), 1_000_00, "EUR", (invoice,), limit=1_000_00, **more
        )

    after = [order(str(n), n, 600_00, paid=0, limit=1_000_00) for n in (9, 11, 29, 31)]
    assert decided([part("0", 0, withdrawn_on=day(10)), *after], policy()) == {
        "0": "approved", "9": "declined", "11": "approved", "29": "approved", "31": "approved",
    }  # fmt: skip
    assert decided([part("0", 0), *after], policy()) == {
        "0": "approved", "9": "declined", "11": "declined", "29": "declined", "31": "approved",
    }  # fmt: skip


def test_returns_are_credited_against_what_this_world_delivered() -> None:
    history = [
        order("1", 0, 600_00, never=True, limit=1_000_00),
        order("2", 1, 400_00, never=True, limit=1_000_00),
        returned("R", 2, 500_00),
        order("3", 3, 500_00, never=True, limit=1_000_00),
        order("4", 4, 1_00, never=True, limit=1_000_00),
    ]
    assert decided(history, policy())["3"] == "approved"
    assert decided(history, policy())["4"] == "declined"
    result, _ = play(history, draft=policy(NO))
    assert (result.returns, result.draft.most_exposure) == (1, 0)
    assert [moment.live for moment in result.series] == [
        600_00,
        1_000_00,
        500_00,
        1_000_00,
        1_000_00,
    ]


def test_reviews_count_as_the_person_is_assumed_to_decide() -> None:
    tried = policy(hold("ask", "order.amount > 250", "review"))
    approved, changes = play(QUARTER, draft=tried)
    assert (approved.draft.review, approved.draft.passed) == (
        Tally(3, 1_200_00),
        Tally(5, 1_500_00),
    )
    assert {change.effect for change in changes} == {"no_difference"}
    assert approved.difference.losses_avoided == Tally()
    declined, changes = play(QUARTER, draft=tried, reviews="decline")
    assert declined.draft.passed == Tally(2, 300_00)
    assert declined.difference.losses_avoided == Tally(2, 800_00)
    assert declined.difference.sales_lost == Tally(1, 400_00)


@pytest.mark.parametrize(
    ("due", "settled", "lost", "until", "became"),
    [
        (30, 25, None, 400, "paid"),
        (30, 60, None, 400, "paid"),
        (30, 61, None, 400, "late"),
        (30, 31, None, 31, "paid"),
        (30, None, 90, 400, "unpaid"),
        (30, None, None, 60, "open"),
        (30, None, None, 61, "unpaid"),
    ],
)
def test_the_fate_of_an_invoice(
    due: int, settled: int | None, lost: int | None, until: int, became: str
) -> None:
    invoice = PastInvoice(
        1, day(0), day(due),
        None if settled is None else day(settled), None if lost is None else day(lost),
    )  # fmt: skip
    assert fate(invoice, late_days=30, known_until=day(until)) == became


def test_what_is_not_due_long_enough_is_not_known() -> None:
    history = [order("1", 0, 100_00, never=True)]
    result, [change] = play(history, draft=policy(NO), known_until=day(50))
    assert change.effect == "not_known"
    assert result.difference.not_known == Tally(1, 100_00)
    assert result.live.unpaid == Tally()


def test_an_order_without_known_payment_is_paid_as_an_invented_payer_pays() -> None:
    history = [order(str(n), n, 100_00, buyer=f"buyer {n % 7}") for n in range(200)]
    once, _ = play(history)
    again, _ = play(history)
    other, _ = play(history, seed=7)
    assert once == again
    assert once != other
    assert once.drawn == 200
    assert ("paid_as_drawn", "200") in once.assumptions
    assert "paid_as_history" not in dict(once.assumptions)
    assert once.live.late.count < 60
    assert once.live.last_exposure < 200 * 100_00


def test_limits_come_from_the_history_then_the_policy_then_the_rule() -> None:
    """First orders of 200.00: the named rule gives four times that, but 500.00 at least."""
    suggest = {"kind": "limit", "name": "start", "amount": "300", "use": "suggest"}
    history = [
        order("first", 0, 200_00, never=True, limit=None),
        order("within 800", 1, 600_00, never=True, limit=None),
        order("beyond", 2, 1_00, never=True, limit=None),
    ]
    assert decided(history, policy()) == {
        "first": "approved", "within 800": "approved", "beyond": "declined",
    }  # fmt: skip
    assert decided(history, policy(suggest)) == {
        "first": "approved", "within 800": "declined", "beyond": "approved",
    }  # fmt: skip
    given = [order("first", 0, 200_00, never=True, limit=100_00)]
    assert decided(given, policy(suggest)) == {"first": "declined"}


def test_a_limit_is_reviewed_each_month() -> None:
    """One that paid gets three months of what it buys; one that was very late keeps its limit."""
    suggest = {"kind": "limit", "name": "grown", "amount": "history.orders < 1 ? 100 : 200",
               "use": "suggest"}  # fmt: skip
    history = [
        order("1", 0, 90_00, paid=2, limit=None),
        order("2", 10, 150_00, paid=2, limit=None),
        order("3", 27, 150_00, paid=2, limit=None),
    ]
    assert decided(history, policy(suggest)) == {"1": "approved", "2": "declined", "3": "approved"}
    month = [order(str(n), n * 3, 400_00, paid=2, limit=None) for n in range(9)]
    large = order("large", 28, 2_000_00, paid=2, limit=None)
    assert decided([*month, large], policy())["large"] == "approved"
    slow = [order("slow", 0, 400_00, due=1, paid=25, limit=None), *month[1:], large]
    assert decided(slow, policy())["large"] == "declined"


def test_the_change_names_the_rules_that_made_it() -> None:
    strict = policy(
        hold("large", "order.amount > 100"),
        hold("unsure", "buyer.vat_verified == false", "review"),
        {"kind": "limit", "name": "small_cap", "amount": "50"},
        {"kind": "limit", "name": "large_cap", "amount": "500000"},
    )
    _, [change] = play([order("1", 0, 200_00, paid=3)], draft=strict)
    assert change.draft_reasons == ("small_cap", "large")
    assert change.rules == ("small_cap", "large")
    _, [change] = play([order("1", 0, 20_00, paid=3)], draft=strict)
    assert (change.draft, change.rules) == ("review", ("unknown_facts", "unsure"))
    known = order("1", 0, 20_00, paid=3, facts={"buyer.vat_verified": True})
    assert play([known], draft=strict)[1] == []


def test_of_reasons_that_both_have_none_made_the_difference() -> None:
    live = policy(hold("both", "true", "review"))
    draft = policy(hold("both", "true", "review"), hold("more", "true"))
    _, [change] = play([order("1", 0, 1_00, paid=3)], live=live, draft=draft)
    assert (change.live, change.draft, change.rules) == ("review", "declined", ("more",))
    harder = policy(hold("both", "true", "decline"))
    _, [change] = play([order("1", 0, 1_00, paid=3)], live=live, draft=harder)
    assert change.rules == ("both",)
    _, [change] = play([order("1", 0, 1_00, paid=3)], live=harder, draft=policy())
    assert (change.live, change.draft, change.rules) == ("declined", "approved", ("both",))


def test_other_currencies_count_at_the_rate_of_their_day() -> None:
    history = [
        order("1", 0, 100_00, paid=90, currency="USD", rate=Decimal("0.9")),
        order("2", 1, 50_00, paid=10, currency="CHF"),
    ]
    result, _ = play(history, draft=policy(NO))
    assert result.live.approved == Tally(2, 90_00)
    assert result.difference.losses_avoided == Tally(1, 90_00)
    assert result.unconverted == 1
    assert ("unconverted", "1") in result.assumptions
    assert [moment.live for moment in result.series] == [90_00, 90_00]
    in_euro = hold("much", "buyer.exposure > 89")
    assert decided([history[0], order("3", 2, 1_00, paid=1)], policy(in_euro))["3"] == "declined"
    unknown = [history[1], order("3", 2, 1_00, paid=1)]
    assert decided(unknown, policy(in_euro))["3"] == "review"


def test_what_came_before_the_window_is_taken_as_it_was() -> None:
    history = [
        order("before", 0, 100_00, paid=60),
        order("declined then", 5, 100_00),
        order("1", 70, 10_00, paid=10),
    ]
    tried = policy(hold("known", "history.orders == 1 && history.worst_days_late_12m == 30"))
    result, changes = play(history, draft=tried, from_on=day(60))
    assert [change.order for change in changes] == ["1"]
    assert (result.orders, result.from_on) == (1, day(70))
    assert [moment.on for moment in result.series] == [day(70)]
    assert ("remembered", "2") in result.assumptions


def test_the_series_has_each_evening_and_of_long_histories_some() -> None:
    short, _ = play([order("1", 0, 100_00, due=5, paid=40), order("2", 50, 1_00, paid=1)])
    assert len(short.series) == 51
    assert [m.on - FIRST for m in short.series if m.live_late] == [
        timedelta(days=n) for n in range(35, 40)
    ]
    long, _ = play([order("1", 0, 100_00, never=True), order("2", 3_000, 1_00, paid=1)])
    assert len(long.series) <= 400
    assert long.series[-1].on == day(3_000)
    assert {(b.on - a.on).days for a, b in zip(long.series, long.series[1:], strict=False)} == {14}


def test_a_history_must_be_in_order_of_time() -> None:
    with pytest.raises(InvalidHistory, match="2 is earlier than 1"):
        play([order("1", 5, 1_00), order("2", 4, 1_00)])
    with pytest.raises(InvalidHistory, match="above zero"):
        play([order("1", 5, 0)])


def test_a_policy_in_another_currency_is_refused() -> None:
    with pytest.raises(InvalidPolicy, match="in EUR, those of the backtest in GBP"):
        play(QUARTER, draft=policy(NO), currency="GBP")
    play(QUARTER, currency="GBP")


def test_nothing_played_is_nothing_found() -> None:
    result, changes = play([])
    assert (result.orders, result.live.approval_rate, result.series, changes) == (0, None, (), [])


def test_the_result_can_be_stored() -> None:
    result, changes = play(QUARTER, draft=policy(NO))
    document = result.to_document()
    assert document["draft"]["approval_rate"] == "0.0000"
    assert document["live"]["most_exposure_on"] == day(40).isoformat()
    assert document["known_until"] == END.isoformat()
    assert document["series"][0] == {
        "on": "2026-01-05", "live": 100_00, "draft": 0, "live_late": 0, "draft_late": 0,
    }  # fmt: skip
    assert [a["code"] for a in document["assumptions"]][:3] == [
        "own_world", "reviews_approve", "late_days",
    ]  # fmt: skip
    assert all("{}" not in assumption["text"] for assumption in document["assumptions"])
    assert change_to_document(changes[0])["at"] == "2026-01-05T12:00:00+00:00"
