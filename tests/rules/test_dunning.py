"""What a credit manager expects of dunning: who is written to, when, in which tone, and who never."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from usance.rules.dunning import texts, timing, worklist
from usance.rules.dunning.account import Account, Item
from usance.rules.dunning.decide import decide, held_by, next_step
from usance.rules.dunning.documents import policy_from_document
from usance.rules.dunning.forecast import forecast
from usance.rules.dunning.policy import LANGUAGES, LEVELS, DunningPolicy, InvalidDunningPolicy, rank
from usance.rules.dunning.standard import standard_policy
from usance.rules.dunning.words import SPOKEN

DUE = date(2026, 3, 2)
BUYER = UUID(int=1)


def policy(**changes: Any) -> DunningPolicy:
    return policy_from_document(standard_policy("Usual") | changes, currency="EUR")


def item(number: int = 1, **changes: Any) -> Item:
    usual = Item(UUID(int=number), f"INV-{number}", DUE - timedelta(days=30), DUE, 10_000, 10_000)
    return replace(usual, **changes)


def account(*items: Item, **rest: Any) -> Account:
    return Account(BUYER, "EUR", items or (item(),), **rest)


def on(days_late: int) -> date:
    return DUE + timedelta(days=days_late)


@pytest.mark.parametrize(
    ("days_late", "reached", "expected"),
    [
        (-4, "", None),
        (-3, "", "friendly"),
        (-1, "", "friendly"),
        (0, "", None),  # a reminder ahead of the day is not sent after it
        (4, "friendly", None),
        (5, "friendly", "notice_1"),
        (13, "notice_1", None),
        (14, "notice_1", "notice_2"),
        (21, "friendly", "notice_2"),  # a week without the job: the latest only
        (24, "", "notice_3"),
        (60, "", "notice_3"),  # never a formal notice to who was never reminded
        (60, "notice_1", "final"),
        (400, "handover", None),
        (14, "formal", None),  # nobody climbs down
    ],
)
def test_the_latest_step_that_has_come(days_late: int, reached: str, expected: str | None) -> None:
    step = next_step(item(level=reached), policy=policy(), on=on(days_late))
    assert (step.level if step else None) == expected


def test_one_message_gathers_what_is_open_in_the_tone_of_the_oldest() -> None:
    """The third item is not due yet, and is shown without being demanded."""
    decision = decide(
        account(
            item(1, level="notice_1"),
            item(2, due_on=DUE + timedelta(days=9), open=2_500),
            item(3, due_on=DUE + timedelta(days=40)),
        ),
        policy=policy(),
        on=on(14),
    )
    assert decision.step is not None and decision.step.level == "notice_2"
    assert [one.level for one in decision.demands] == ["notice_2", "notice_1"]
    assert decision.amount == 12_500
    assert [one.number for one in decision.also] == ["INV-3"]


def test_what_was_demanded_before_and_is_still_due_is_demanded_again() -> None:
    """Only the second item reaches a step; the first keeps its own, the fourth is held, the fifth was
    never written about."""
    known = account(
        item(1, level="notice_1"),
        item(2, due_on=DUE + timedelta(days=1), open=2_500),
        item(3, due_on=DUE + timedelta(days=40)),
        item(4, level="notice_1", held="dispute"),
        item(5, due_on=DUE + timedelta(days=5)),
    )
    decision = decide(known, policy=policy(), on=on(8))
    assert decision.step is not None and decision.step.level == "notice_1"
    assert [one.number for one in decision.items] == ["INV-1", "INV-2"]
    assert decision.amount == 12_500
    assert list(decision.levels.values()) == ["notice_1"]
    assert [one.number for one in decision.also] == ["INV-3", "INV-5"]


@pytest.mark.parametrize(
    ("changes", "waits"),
    [
        ({"items": (item(held="dispute"),)}, "held"),
        ({"items": (item(held="promise"),)}, "held"),
        ({"items": (item(held="on_its_way"),)}, "held"),
        ({"items": (item(open=900), item(2, due_on=on(30)))}, "below_minimum"),
        ({"paused_until": on(6)}, "paused"),
        ({"proposed": True}, "money_here"),
        ({"unassigned": 1, "unassigned_on": on(1)}, "money_here"),
        ({"unassigned": 10_000, "unassigned_on": on(-90)}, "held"),
        ({"last_on": on(2)}, "too_soon"),
        ({"last_on": on(20)}, "too_soon"),  # the clock went back
        ({"items": ()}, "nothing_due"),
    ],
)
def test_what_keeps_a_message_back(changes: dict[str, Any], waits: str) -> None:
    known = replace(account(), **changes)
    assert decide(known, policy=policy(minimum={"EUR": 1_000}), on=on(6)).waits == waits


def test_what_keeps_a_message_back_lets_go_again() -> None:
    usual = policy()
    for known in (
        account(paused_until=on(5)),
        account(unassigned=9_999, unassigned_on=on(-90)),  # too little to have paid it
        account(last_on=on(1)),
        account(item(held="dispute"), item(2)),
    ):
        assert decide(known, policy=usual, on=on(6)).step is not None
    assert decide(account(), policy=usual, on=on(6), is_quiet=True).waits == "quiet_day"


@pytest.mark.parametrize(
    ("days_late", "level", "demanded"), [(5, "notice_1", [1]), (0, "due_today", [2])]
)
def test_what_is_not_due_yet_is_never_called_overdue(
    days_late: int, level: str, demanded: list[int]
) -> None:
    steps = [
        {"level": "friendly", "days": -3},
        {"level": "due_today", "days": 0},
        {"level": "notice_1", "days": 5},
    ]
    first, second, third = item(1), item(2), item(3, due_on=on(days_late + 2))
    if level == "due_today":
        first = replace(first, level="notice_1")
    found = decide(
        account(first, second, third) if level == "due_today" else account(first, third),
        policy=policy(steps=steps),
        on=on(days_late),
    )
    assert found.step is not None and found.step.level == level
    assert [one.item.invoice_id.int for one in found.demands] == demanded
    assert found.amount == 10_000 and third in found.also


def test_a_step_with_a_minimum_gives_way_to_a_milder_one() -> None:
    steps = standard_policy("Usual")["steps"]
    steps[2]["minimum"] = {"EUR": 50_000}
    known = account(item(1, level="notice_1"), item(2, due_on=on(9)))
    decision = decide(known, policy=policy(steps=steps), on=on(14))
    assert decision.step is not None and decision.step.level == "notice_1"
    assert [one.item.number for one in decision.demands] == ["INV-2"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"steps": []}, "steps"),
        ({"steps": [{"level": "angry", "days": 3}]}, "steps.1"),
        ({"steps": [{"level": "notice_1", "days": -3}]}, "steps.1"),
        ({"steps": [{"level": "friendly", "days": 3}]}, "steps.1"),
        ({"steps": [{"level": "notice_1", "days": 3, "channels": ["fax"]}]}, "steps.1"),
        (
            {"steps": [{"level": "notice_2", "days": 3}, {"level": "notice_1", "days": 9}]},
            "steps.2",
        ),
        ({"steps": [{"level": "final", "days": 3, "tell": ["a@b.example\nBcc: c"]}]}, "steps.1"),
        ({"segment": {"countries": ["Italy"]}}, "segment"),
        ({"when": "buyer.colour == 'blue'"}, "when"),
        ({"minimum": {"EUR": 1.5}}, "minimum"),
        ({"calendar": "XX"}, "calendar"),
        ({"hours": {"from": 17, "until": 9}}, "hours"),
        ({"quiet": [{"from": "2026-12-24", "until": "2026-12-20"}]}, "quiet"),
        ({"texts": {"final": {"en": {"subject": "Pay", "body": "Pay {sum}"}}}}, "texts.final.en"),
        ({"texts": {"final": {"en": {"subject": "{", "body": "Pay"}}}}, "texts.final.en"),
        ({"texts": {"final": {"en": {"subject": "{total.x}", "body": "a"}}}}, "texts.final.en"),
        ({"tone": "rude"}, "tone"),
    ],
)
def test_a_policy_that_cannot_be_followed_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidDunningPolicy) as refused:
        policy(**changes)
    assert refused.value.field == field


def test_a_policy_is_read_as_it_was_written() -> None:
    own = {"formal": {"it": {"subject": "Mora: {total}", "body": "{buyer}\n\n{pay_by}"}}}
    segment = {"countries": ["IT"], "currencies": [], "groups": [], "metadata": {"tier": "gold"}}
    written = policy(
        texts=own,
        segment=segment,
        when="score.band in ['D', 'E']",
        quiet=[{"from": "2026-08-10", "until": "2026-08-21"}],
    )
    again = policy_from_document(written.to_document(), currency="EUR")
    assert again == written
    marks = {"country": "IT", "currency": "EUR", "group": ""}
    assert written.segment.has(**marks, metadata={"tier": "gold"})
    assert not written.segment.has(**marks, metadata={})
    assert written.holds({"score.band": "E"}) and not written.holds({})


def test_every_language_has_words_for_every_level_that_can_be_filled_in() -> None:
    values = dict.fromkeys(texts.PLACEHOLDERS, "x")
    assert set(SPOKEN) == set(LANGUAGES)
    for language, words in SPOKEN.items():
        assert set(words.levels) == set(LEVELS)
        for level in LEVELS:
            text = texts.text_of(policy(), level, language=language)
            texts.check_text(text.subject, text.body)
            assert "{" not in "".join([*texts.filled(text, values).paragraphs])


def test_it_goes_out_in_the_hours_of_a_working_day_where_the_buyer_is() -> None:
    """Friday evening in Rome; Monday is Easter Monday; a buyer in Chicago is still at work."""
    friday = datetime(2026, 4, 3, 17, 30, tzinfo=UTC)
    usual = policy()

    def sent(country: str, zone: str, **rest: Any) -> datetime:
        return timing.sending_at(friday, policy=usual, country=country, zone=zone, **rest)

    assert sent("IT", "Europe/Rome") == datetime(2026, 4, 7, 7, tzinfo=UTC)
    assert sent("US", "America/Chicago") == friday
    assert sent("IT", "Europe/Rome", best_hour=14) == datetime(2026, 4, 7, 12, tzinfo=UTC)
    assert timing.zone_of("IN", metadata={}, otherwise="UTC") == "Asia/Kolkata"
    assert timing.zone_of("US", metadata={"time_zone": "America/Denver"}, otherwise="UTC") == (
        "America/Denver"
    )
    assert timing.zone_of("??", metadata={"time_zone": "Moon/Sea"}, otherwise="UTC") == "UTC"
    morning = [datetime(2026, 3, day, 8, 10 * day, tzinfo=UTC) for day in (1, 2, 3)]
    assert timing.best_hour(morning, zone="Europe/Rome") == 9
    assert timing.best_hour(morning[:2], zone="Europe/Rome") is None


def test_what_is_foreseen_is_what_would_be_sent() -> None:
    """Nobody pays for a year: each level once, never on a Sunday, the last at the end."""
    foreseen = forecast(
        account(),
        policy=policy(),
        since=on(-10),
        days=365,
        is_quiet=lambda day: day.weekday() == 6,
    )
    assert [(one.decision.step.level, (one.on - DUE).days) for one in foreseen if one.decision.step] == [
        ("friendly", -3),
        ("notice_1", 5),
        ("notice_2", 14),
        ("notice_3", 24),
        ("formal", 38),
        ("final", 52),
        ("handover", 70),
    ]  # fmt: skip


def test_who_is_spoken_to_first_is_who_is_worth_most() -> None:
    known = worklist.Known(late_probability=Decimal("0.2"))
    risky = worklist.contact(
        account(item(open=100_000)),
        known=replace(known, late_probability=Decimal("0.7"), broken_promises=1),
        on=on(5),
    )
    sure = worklist.contact(account(item(open=300_000)), known=known, on=on(5))
    old = worklist.contact(account(item(open=65_000)), known=known, on=on(31))
    assert risky and sure and old
    assert [one.worth for one in worklist.in_order([sure, old, risky])] == [70_000, 65_000, 60_000]
    assert risky.reasons == ("promise_broken", "often_late", "overdue")
    assert old.reasons == ("long_overdue", "overdue")
    for left_out in (
        worklist.contact(account(item(held="dispute")), known=known, on=on(5)),
        worklist.contact(account(), known=replace(known, contacted_on=on(4)), on=on(5)),
        worklist.contact(account(paused_until=on(9)), known=known, on=on(5)),
        worklist.contact(account(), known=known, on=on(-8)),
    ):
        assert left_out is None


class Dunning(RuleBasedStateMachine):
    """Items come, are paid, disputed, promised; the clock runs, skips a week, repeats a day."""

    @initialize()
    def begin(self) -> None:
        self.policy = policy(minimum={"EUR": 500})
        self.on = DUE
        self.account = account(item(0, due_on=DUE + timedelta(days=3)))
        self.sent: list[tuple[UUID, date, str]] = []
        self.days: list[date] = []
        self.count = 0

    @rule(due=st.integers(-30, 30), amount=st.integers(1, 100_000))
    def invoice(self, due: int, amount: int) -> None:
        self.count += 1
        fresh = item(self.count, due_on=self.on + timedelta(days=due), amount=amount, open=amount)
        self.account = replace(self.account, items=(*self.account.items, fresh))

    @rule(which=st.integers(0, 20), share=st.integers(1, 100))
    def pay(self, which: int, share: int) -> None:
        self._change(
            which, lambda one: replace(one, open=one.open - max(one.open * share // 100, 1))
        )

    @rule(
        which=st.integers(0, 20), held=st.sampled_from([None, "dispute", "promise", "on_its_way"])
    )
    def hold(self, which: int, held: Any) -> None:
        self._change(which, lambda one: replace(one, held=held))

    @rule(money=st.integers(0, 100_000))
    def receive(self, money: int) -> None:
        self.account = replace(self.account, unassigned=money, unassigned_on=self.on)

    @rule(days=st.integers(0, 9))
    def pause(self, days: int) -> None:
        self.account = replace(self.account, paused_until=self.on + timedelta(days=days))

    @rule(days=st.sampled_from([0, 1, 1, 1, 7, 30, -1, -7]))
    def pass_time(self, days: int) -> None:
        self.on += timedelta(days=days)

    @rule()
    def run(self) -> None:
        decision = decide(self.account, policy=self.policy, on=self.on)
        if decision.step is None:
            return
        assert decision.demands and decision.amount >= 500
        assert self.on not in self.days
        for one in decision.demands:
            assert one.item.open > 0 and held_by(one.item, account=self.account) is None
            late = one.item.days_late(self.on)
            step = self.policy.step(one.level)
            assert step is not None and step.days <= late
            # The latest that has come: what lies after it waits for a notice that has not been sent.
            for other in self.policy.steps:
                if other.days <= late and rank(other.level) > rank(one.level):
                    assert other.needs_notice and rank(one.item.level) < rank("notice_1")
        self.sent += [(*key, level) for key, level in decision.levels.items()]
        self.days.append(self.on)
        self.account = self.account.with_levels(decision.levels, on=self.on)
        assert decide(self.account, policy=self.policy, on=self.on).step is None

    @invariant()
    def each_step_at_most_once(self) -> None:
        sent = getattr(self, "sent", [])
        assert len(sent) == len(set(sent))

    def _change(self, which: int, change: Any) -> None:
        items = list(self.account.items)
        if items:
            place = which % len(items)
            items[place] = change(items[place])
            kept = tuple(one for one in items if one.open > 0)
            self.account = replace(self.account, items=kept)


TestDunning = Dunning.TestCase
TestDunning.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
