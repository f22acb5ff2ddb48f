"""The watch: what raises an alarm, once, and what an alarm does at the very next checkout."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.flows import books
from tests.flows.trading import Trade
from tests.flows.watching import alarms, follow, set_watch
from tests.horizon import wait_for_events
from usance.flows import (
    alarm_actions,
    credit_lines,
    exchange_rates,
    monitoring,
    onboarding,
    standing,
    watches,
)
from usance.flows.checkout import Authorization
from usance.flows.refusals import Duplicate, NotFound, WrongState
from usance.records.credit.models import CreditLine, Report, Review
from usance.records.events.models import Event, OutgoingMail
from usance.records.identity import new_id
from usance.records.monitoring.models import Alarm
from usance.rules.monitoring import watch_from_document
from usance.rules.watch_templates import TEMPLATES

HOLD = {"do": "hold"}


def outcome(trade: Trade, amount: int = 100) -> tuple[str, tuple[str, ...]]:
    [made] = trade.authorize(trade.request(amount))
    assert isinstance(made, Authorization)
    return made.decision.outcome, made.decision.reasons


def line(trade: Trade) -> CreditLine:
    found: CreditLine = trade.stored(CreditLine, trade.line.id)
    return found


def night(trade: Trade, days: int) -> int:
    at = trade.at + timedelta(days=days)
    standing.renew_overnight(seller_id=trade.seller.id, at=at)
    return monitoring.watch_overnight(seller_id=trade.seller.id, at=at)


def test_a_hold_takes_effect_at_the_very_next_checkout(trade: Trade) -> None:
    set_watch(trade, when="history.orders_1d >= 3", actions=[HOLD], name="Too fast")
    for _ in range(3):
        assert outcome(trade) == ("approved", ())
    follow(trade)
    assert outcome(trade) == ("declined", ("line_on_hold",))
    [alarm] = alarms(trade)
    assert alarm.trigger == "order.authorized"
    assert alarm.facts == {"history.orders_1d": 3}
    assert alarm.actions == [{"do": "hold", "lines": ["EUR"]}]
    assert line(trade).hold_reason == "Too fast"
    assert books.events(trade.seller, alarm.id) == [("alarm.raised", None, 0)]


def test_release_and_revoke_take_effect_at_once_and_the_watch_does_not_undo_them(
    trade: Trade,
) -> None:
    set_watch(trade, when="true", actions=[HOLD], quiet_days=30)
    trade.order(100)
    follow(trade)
    change = {"buyer_id": trade.buyer.id, "currency": "EUR"} | trade.act
    credit_lines.change_line_state(trade.seller, state="active", **change)
    assert outcome(trade) == ("approved", ())
    follow(trade)
    assert outcome(trade) == ("approved", ()), "quiet for thirty days"
    credit_lines.change_line_state(trade.seller, state="closed", **change)
    assert outcome(trade) == ("declined", ("line_closed",))
    follow(trade)
    assert len(alarms(trade)) == 1


def test_one_alarm_for_an_event_and_none_while_it_is_quiet(trade: Trade) -> None:
    set_watch(trade, quiet_days=2)
    trade.order(100)
    trade.order(100)
    follow(trade)
    assert len(alarms(trade)) == 1
    later = trade.days_later(2)
    later.order(100)
    follow(trade, at=trade.days_later(1).at)
    assert len(alarms(trade)) == 1, "looked at a day later"
    later.order(100)
    follow(trade, at=later.at)
    assert len(alarms(trade)) == 2
    follow(trade, at=later.at)
    assert len(alarms(trade)) == 2


def test_every_event_counts_where_it_is_never_quiet(trade: Trade) -> None:
    set_watch(trade, quiet_days=0)
    for _ in range(3):
        trade.order(100)
    follow(trade)
    assert len({alarm.event_id for alarm in alarms(trade)}) == 3


def test_a_watch_killed_half_way_changes_nothing_and_is_made_good(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_watch(trade, actions=[HOLD, {"do": "review"}], quiet_days=0)
    trade.order(100)
    trade.order(100)
    wait_for_events(trade.seller.id)
    while standing.follow_events(seller_id=trade.seller.id, at=trade.at):
        wait_for_events(trade.seller.id)
    real, calls = alarm_actions.act, []

    def dies(*args: Any, **named: Any) -> None:
        calls.append(args)
        real(*args, **named)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(monitoring, "act", dies)
    before = books.contents(trade.seller)
    with pytest.raises(KeyboardInterrupt):
        monitoring.watch(seller_id=trade.seller.id, at=trade.at)
    assert len(calls) == 2, "the second alarm was acting"
    assert books.contents(trade.seller) == before
    monkeypatch.undo()
    follow(trade)
    assert len(alarms(trade)) == 2
    assert Review.objects.filter(seller_id=trade.seller.id, kind="limit").count() == 1


def test_a_place_that_is_read_again_raises_nothing_again(trade: Trade) -> None:
    """As when two workers have the same page for a moment."""
    set_watch(trade, quiet_days=0)
    trade.order(100)
    follow(trade)
    before = len(alarms(trade))
    from usance.records.events.queries import BEGINNING
    from usance.records.monitoring import actions

    actions.move_place(seller_id=trade.seller.id, reader="watch", to=BEGINNING, at=trade.at)
    follow(trade)
    assert len(alarms(trade)) == before == 1


def test_limits_are_lowered_and_never_raised(trade: Trade) -> None:
    watch = set_watch(trade, actions=[{"do": "lower_limit", "percent": 80}], quiet_days=0)
    trade.order(100)
    follow(trade)
    assert line(trade).limit == 800_000
    assert alarms(trade)[0].actions == [
        {
            "do": "lower_limit",
            "percent": 80,
            "lines": [{"currency": "EUR", "before": 1_000_000, "limit": 800_000}],
        }
    ]
    rule = watch_from_document(
        watches.rule_of(watch, currency="EUR").to_document()
        | {"actions": [{"do": "lower_limit", "to": "insured"}]},
        currency="EUR",
    )
    watches.set_watch(trade.seller, rule, watch_id=watch.id, **trade.act)
    details = {"buyer_id": trade.buyer.id, "currency": "EUR"} | trade.act
    trade.order(100)
    follow(trade)
    assert line(trade).limit == 800_000, "nobody insures it: it stays"
    credit_lines.set_line_details(trade.seller, insured_limit=900_000, **details)
    trade.order(100)
    follow(trade)
    assert line(trade).limit == 800_000, "more is insured: never raised"
    credit_lines.set_line_details(trade.seller, insured_limit=500_000, **details)
    trade.order(100)
    follow(trade)
    assert line(trade).limit == 500_000
    credit_lines.set_line_details(
        trade.seller,
        insured_limit=400_000,
        insured_until=trade.at.date() - timedelta(days=1),
        **details,
    )
    trade.order(100)
    follow(trade)
    assert line(trade).limit == 500_000, "that insurance is over"


def test_a_bureaus_limit_is_put_into_each_lines_currency(trade: Trade) -> None:
    credit_lines.set_credit_line(
        trade.seller, buyer_id=trade.buyer.id, currency="JPY", limit=1_000_000, **trade.act
    )
    exchange_rates.set_rate(
        trade.seller,
        source="JPY",
        target="EUR",
        rate=Decimal("0.0062"),
        on=trade.at.date(),
        **trade.act,
    )
    set_watch(
        trade, triggers=["change:bureau.limit"], actions=[{"do": "lower_limit", "to": "bureau"}]
    )
    report(trade, "credit", "found", limit=310_000, currency="EUR")
    standing.renew_standings(trade.seller, buyer_ids=[trade.buyer.id], at=trade.at)
    follow(trade)
    limits = CreditLine.objects.filter(seller_id=trade.seller.id).order_by("currency")
    assert [(one.currency, one.limit) for one in limits] == [("EUR", 310_000), ("JPY", 500_000)]


def report(trade: Trade, kind: str, outcome: str, **facts: Any) -> None:
    Report.objects.create(
        seller=trade.seller,
        buyer=trade.buyer,
        kind=kind,
        source="bureau",
        outcome=outcome,
        facts=facts,
        asked_at=trade.at,
        created_at=trade.at,
    )


def test_the_change_of_a_fact_is_a_trigger_with_before_and_after(trade: Trade) -> None:
    report(trade, "credit", "found", score_of_100="71.5")
    set_watch(
        trade,
        triggers=["change:bureau.score"],
        when="change.after < change.before - 10 && bureau.score < 60",
        name="Downgrade",
    )
    standing.renew_standings(trade.seller, buyer_ids=[trade.buyer.id], at=trade.at)
    report(trade, "credit", "found", score_of_100="65")
    later = trade.days_later(1)
    standing.renew_standings(trade.seller, buyer_ids=[trade.buyer.id], at=later.at)
    follow(later)
    assert alarms(trade) == [], "six and a half points are no downgrade"
    report(trade, "credit", "found", score_of_100="50")
    standing.renew_standings(trade.seller, buyer_ids=[trade.buyer.id], at=later.at)
    follow(later)
    [alarm] = alarms(trade)
    assert alarm.trigger == "change:bureau.score"
    assert alarm.facts == {"change.before": 65, "change.after": 50, "bureau.score": 50}


def test_what_becomes_overdue_overnight_is_told_and_held(trade: Trade) -> None:
    trade.invoice(5_000)
    set_watch(
        trade,
        triggers=["change:history.overdue_invoices"],
        when="change.before == 0 && change.after > 0",
        name="New",
    )
    set_watch(
        trade, triggers=["nightly"], when="buyer.days_overdue > 30", actions=[HOLD], name="Old"
    )
    standing.renew_overnight(seller_id=trade.seller.id, at=trade.days_later(1).at)
    follow(trade)
    assert night(trade, 31) == 0
    follow(trade, at=trade.days_later(31).at)
    assert [alarm.watch.name for alarm in alarms(trade)] == ["New"]
    assert night(trade, 61) == 1
    assert line(trade).state == "on_hold"
    assert night(trade, 61) == 0, "the same night begun again"
    assert night(trade, 62) == 1, "still overdue, and quiet for one day only"


def test_every_night_a_quiet_watch_waits_its_days(trade: Trade) -> None:
    set_watch(trade, triggers=["nightly"], when="line.used == 0", quiet_days=3)
    assert [night(trade, day) for day in range(1, 9)] == [1, 0, 0, 1, 0, 0, 1, 0]


def test_what_the_watch_does_itself_pulls_no_trigger(trade: Trade) -> None:
    """Or a limit lowered because a limit was lowered would soon be nothing."""
    set_watch(
        trade,
        triggers=["credit_line.changed"],
        actions=[{"do": "lower_limit", "percent": 90}],
        quiet_days=0,
    )
    credit_lines.set_credit_line(
        trade.seller, buyer_id=trade.buyer.id, currency="EUR", limit=500_000, **trade.act
    )
    follow(trade)
    assert line(trade).limit == 450_000
    assert len(alarms(trade)) == 1


@pytest.mark.parametrize(
    ("template", "email", "expected"),
    [
        ("person", "someone@gmail.com", ["Person not of the company"]),
        ("person", "buyer@nordwind.example", []),
        ("first_order", "buyer@nordwind.example", ["Large first order"]),
    ],
)
def test_unusual_orders(trade: Trade, template: str, email: str, expected: list[str]) -> None:
    onboarding.update_buyer(
        trade.seller, buyer_id=trade.buyer.id, domain="nordwind.example", **trade.act
    )
    member = onboarding.add_member(
        trade.seller, buyer_id=trade.buyer.id, name="B", email=email, role="purchaser", **trade.act
    )
    set_watch(trade, **TEMPLATES[template])
    trade.order(600_000, member=email)
    assert member.email == email
    follow(trade)
    assert [alarm.watch.name for alarm in alarms(trade)] == expected


def test_a_new_delivery_address_is_new_only_once(trade: Trade) -> None:
    kai = {"street": "Am Kai 1", "postal_code": "20457", "city": "Hamburg", "country": "DE"}
    ring = {"street": "Ring 2", "postal_code": "1010", "city": "Wien", "country": "AT"}
    set_watch(trade, **TEMPLATES["ship_to"])
    for _ in range(5):
        trade.order(1_000, ship_to=kai)
    trade.order(40_000, ship_to=kai | {"street": "am  KAI 1"})
    follow(trade)
    assert alarms(trade) == []
    trade.order(90_000, ship_to=ring)
    follow(trade)
    [alarm] = alarms(trade)
    assert alarm.facts["order.new_ship_to"] is True
    trade.order(90_000, ship_to=ring)
    follow(trade, at=trade.days_later(1).at)
    assert len(alarms(trade)) == 1


def test_those_named_are_told_by_mail_in_their_language(trade: Trade) -> None:
    staff = onboarding.add_staff(
        trade.seller,
        email=f"{new_id().hex}@example.com",
        name="Ada",
        role="credit_manager",
        password=None,
        at=trade.at,
    )
    set_watch(trade, actions=[{"do": "notify", "people": ["credit_manager", "CFO@example.com"]}])
    trade.order(100)
    follow(trade)
    [alarm] = alarms(trade)
    told = sorted([staff.user.email, "cfo@example.com"])
    assert sorted(alarm.actions[0]["told"]) == told
    mails = OutgoingMail.objects.filter(seller_id=trade.seller.id, object_id=alarm.id)
    assert sorted(mail.recipient for mail in mails) == told


def test_closed_lines_are_left_alone(trade: Trade) -> None:
    set_watch(
        trade,
        triggers=["buyer.updated"],
        actions=[HOLD, {"do": "lower_limit", "percent": 0}, {"do": "review"}],
    )
    change = {"buyer_id": trade.buyer.id, "currency": "EUR"} | trade.act
    credit_lines.change_line_state(trade.seller, state="closed", **change)
    onboarding.update_buyer(trade.seller, buyer_id=trade.buyer.id, name="New", **trade.act)
    follow(trade)
    [alarm] = alarms(trade)
    assert [action.get("lines", action.get("reviews")) for action in alarm.actions] == [[], [], []]
    assert line(trade).limit == 1_000_000


def test_nobody_watches_for_a_seller_without_watches(trade: Trade) -> None:
    watch = set_watch(trade)
    watches.switch_watch(trade.seller, watch_id=watch.id, is_active=False, **trade.act)
    trade.order(100)
    follow(trade)
    assert alarms(trade) == []
    watches.switch_watch(trade.seller, watch_id=watch.id, is_active=True, **trade.act)
    follow(trade)
    assert alarms(trade) == [], "what happened meanwhile is past"
    trade.order(100)
    follow(trade)
    assert len(alarms(trade)) == 1


def test_another_sellers_trade_pulls_nothing(trade: Trade, at: Any) -> None:
    set_watch(trade)
    other = onboarding.create_seller(
        name="Other", handle=f"o-{new_id().hex}", country="IT", currency="EUR",
        time_zone="Europe/Rome", at=at,
    )  # fmt: skip
    buyer = onboarding.create_buyer(other, name="X", country="DE", at=at, by="t")
    lines = credit_lines.set_credit_line(
        other, buyer_id=buyer.id, currency="EUR", limit=10_000, at=at, by="t"
    )
    Trade(other, buyer, lines, at).order(100)
    follow(trade)
    assert alarms(trade) == []
    with pytest.raises(NotFound):
        watches.switch_watch(other, watch_id=trade_watch(trade), is_active=False, at=at, by="t")


def trade_watch(trade: Trade) -> Any:
    from usance.records.monitoring.models import Watch

    return Watch.objects.get(seller_id=trade.seller.id).id


def test_an_alarm_is_acknowledged_once(trade: Trade) -> None:
    set_watch(trade)
    trade.order(100)
    follow(trade)
    [alarm] = alarms(trade)
    monitoring.acknowledge_alarm(trade.seller, alarm_id=alarm.id, note="seen", **trade.act)
    kept = Alarm.objects.get(seller_id=trade.seller.id, id=alarm.id)
    assert (kept.state, kept.acknowledged_by, kept.note) == ("acknowledged", "test", "seen")
    with books.refused(trade.seller, WrongState):
        monitoring.acknowledge_alarm(trade.seller, alarm_id=alarm.id, **trade.act)
    with books.refused(trade.seller, NotFound):
        monitoring.acknowledge_alarm(trade.seller, alarm_id=new_id(), **trade.act)


def test_a_name_is_given_to_one_watch_only(trade: Trade) -> None:
    watch = set_watch(trade, name="Same")
    rule = watches.rule_of(watch, currency="EUR")
    with books.refused(trade.seller, Duplicate):
        watches.set_watch(trade.seller, rule, **trade.act)
    changed = watches.set_watch(trade.seller, rule, watch_id=watch.id, **trade.act)
    assert changed.version == 2


def test_trying_a_watch_says_whom_it_would_hit_and_writes_nothing(trade: Trade) -> None:
    trade.order(950_000)
    trade.other_buyer()
    rule = watch_from_document(TEMPLATES["used"], currency="EUR")
    with books.nothing_written(trade.seller):
        tried = watches.try_watch(trade.seller, rule, at=trade.at)
    assert (tried.buyers, tried.count) == (2, 1)
    assert tried.hits[0].name == trade.buyer.name
    assert tried.hits[0].facts == {"line.used": Decimal("0.95")}


def test_alarms_are_events_that_webhooks_carry(trade: Trade) -> None:
    set_watch(trade, severity="critical", name="Loud")
    trade.order(100)
    follow(trade)
    [event] = Event.objects.filter(seller_id=trade.seller.id, type="alarm.raised")
    assert event.object_type == "alarm"
    assert event.buyer_id == trade.buyer.id
    assert event.data["watch"] == "Loud"
    assert event.data["severity"] == "critical"
