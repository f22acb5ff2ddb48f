"""Runs queue what is due, each message is decided again as it goes out, and who has paid is left alone."""

from __future__ import annotations

import json
import re
import secrets
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conftest import AT
from tests.flows import books
from tests.flows.trading import Trade
from usance.flows import (
    credit_lines,
    disputes,
    late_interest_terms,
    onboarding,
    outgoing_mails,
    promises,
)
from usance.flows.dunning import cases, policies, previews, runs, sending, worklists
from usance.flows.dunning.notices import notices_for
from usance.flows.dunning.policies import NotPreviewed
from usance.flows.late_interest_terms import TermsFields
from usance.gateways.mail.memory import MemoryMail
from usance.records.collections.models import Dispute, PayLink
from usance.records.credit.models import CreditLine
from usance.records.dunning import account_queries, queries
from usance.records.dunning.models import DunningMessage, DunningPolicy, DunningStep, DunningTask
from usance.records.events.models import Event, OutgoingMail
from usance.records.events.secrets import decrypt
from usance.records.identity import public_id
from usance.records.invoices.models import Invoice
from usance.rules.dunning.standard import standard_policy
from usance.rules.promises import Part


class Desk:
    """A seller that duns, at a time that can be moved."""

    def __init__(self, trade: Trade, **changes: Any) -> None:
        self.trade, self.seller, self.at = trade, trade.seller, trade.at
        self.kept = self.switch_on(standard_policy("Usual") | changes)

    @property
    def on(self) -> date:
        return self.at.date()

    @property
    def act(self) -> dict[str, Any]:
        return {"at": self.at, "by": "ada@brera.example"}

    def switch_on(self, document: dict[str, Any]) -> DunningPolicy:
        kept = policies.draft_policy(self.seller, document, **self.act)
        policies.mark_previewed(self.seller, policy_id=kept.id, **self.act)
        return policies.switch_on(self.seller, policy_id=kept.id, **self.act)

    def run(self) -> Any:
        run = runs.open_run(self.seller, **self.act)
        return runs.work(self.seller, run_id=run.id, clock=lambda: self.at, by="test")

    def send(self) -> int:
        return sending.send_due(seller_id=self.seller.id, clock=lambda: self.at)

    def day(self) -> list[str]:
        """A run and what goes out after it; the levels of what was sent."""
        before = set(self.sent())
        self.run()
        self.send()
        return [one.level for one in self.sent() if one not in before]

    def later(self, days: int) -> None:
        self.at += timedelta(days=days)

    def sent(self) -> list[DunningMessage]:
        return list(queries.messages(seller_id=self.seller.id, state="sent").order_by("id"))

    def queued(self) -> list[DunningMessage]:
        return list(queries.messages(seller_id=self.seller.id, state="queued").order_by("id"))

    def stopped(self) -> list[str]:
        found = queries.messages(seller_id=self.seller.id, state="stopped").order_by("id")
        return [one.stop_reason for one in found]

    def steps(self) -> list[tuple[str, int]]:
        """Level and days after the due date of every step that stands, in order."""
        found = DunningStep.objects.filter(seller_id=self.seller.id).select_related("message")
        return [(one.level, (one.message.on - one.due_on).days) for one in found.order_by("id")]

    def mails(self) -> list[OutgoingMail]:
        found = OutgoingMail.objects.filter(seller_id=self.seller.id, kind="dunning")
        return list(found.order_by("id"))

    def post(self) -> list[Any]:
        """Have every mail that is due sent; what arrived."""
        box = MemoryMail()
        for row in self.mails():
            outgoing_mails.send_mail(
                seller_id=self.seller.id, mail_id=row.id, sender=box, at=self.at, chance=0
            )
        return box.sent


@pytest.fixture
def desk(trade: Trade, settings: Any) -> Desk:
    settings.EMAIL_HOST = "localhost"
    settings.PUBLIC_URL = "https://pay.brera.example"
    onboarding.update_buyer(
        trade.seller, buyer_id=trade.buyer.id, email="ap@nordwind.example", at=trade.at, by="test"
    )
    return Desk(trade)


_STEPS = [
    {"level": "notice_1", "days": 3},
    {"level": "notice_2", "days": 15, "tell": ["boss@brera.example"]},
    {"level": "notice_3", "days": 25, "channels": ["email", "task", "webhook"]},
    {"level": "formal", "days": 35, "channels": ["email", "letter"], "hold": True},
]


def whole_story(desk: Desk) -> dict[str, Any]:
    """All that sending left behind, without what is made anew each time: ids, and the secret of a link."""
    told = [
        "buyer_id", "state", "level", "channels", "on", "amount", "items", "language", "subject", "body",
        "sent_to", "sent_at", "case__level", "case__last_on",
    ]  # fmt: skip
    mails = [json.loads(decrypt(row.content)) for row in desk.mails()]
    events = Event.objects.filter(seller_id=desk.seller.id, created_at=desk.at)
    return {
        "messages": list(queries.messages(seller_id=desk.seller.id).order_by("id").values(*told)),
        "steps": desk.steps(),
        "mails": [
            re.sub(r"/pay/[\w-]+", "/pay/", json.dumps(one | {"message_id": ""})) for one in mails
        ],
        "tasks": sorted(
            DunningTask.objects.filter(seller_id=desk.seller.id).values_list(
                "buyer_id", "kind", "state", "due_on", "message__level"
            )
        ),
        "links": sorted(
            PayLink.objects.filter(seller_id=desk.seller.id).values_list("buyer_id", "expires_at")
        ),
        "lines": sorted(
            CreditLine.objects.filter(seller_id=desk.seller.id).values_list("state", flat=True)
        ),
        "events": sorted(
            (one.type, str(one.buyer_id), json.dumps(one.data, sort_keys=True), one.actor)
            for one in events
            if one.type.startswith(("dunning.", "pay_link.", "credit_line."))
        ),
    }


def late(desk: Desk, invoice: Invoice, days: int) -> None:
    """Move the clock to so many days after the invoice fell due, at ten in the morning."""
    due = datetime.combine(invoice.due_on, desk.trade.at.timetz())
    desk.at = due + timedelta(days=days)


# ---- what is sent


def test_one_message_gathers_all_that_is_open_and_says_how_to_pay(desk: Desk) -> None:
    first, second = desk.trade.invoice(10_000), desk.trade.invoice(25_050)
    late(desk, first, 7)
    assert desk.day() == ["notice_1"]
    [message] = desk.sent()
    assert message.amount == 35_050 and message.sent_to == "ap@nordwind.example"
    assert [row["number"] for row in message.items] == [first.number, second.number]
    [mail] = desk.post()
    assert mail.to == "ap@nordwind.example" and "€350.50" in mail.subject
    for shown in (first.number, second.number, "€100.00", "/pay/", "/account/statement"):
        assert shown in mail.text and shown in mail.html
    assert DunningTask.objects.filter(seller_id=desk.seller.id).count() == 0
    [event] = Event.objects.filter(seller_id=desk.seller.id, type="dunning.sent")
    assert event.data["amount"] == 35_050
    told = {"buyer_id": desk.trade.buyer.id, "at": desk.at}
    assert [one.subject for one in notices_for(desk.seller, **told)] == [mail.subject]
    desk.trade.pay(first)
    assert notices_for(desk.seller, **told) == []


def test_nothing_is_sent_twice_however_often_it_runs_or_the_day_comes(desk: Desk) -> None:
    late(desk, desk.trade.invoice(10_000), 7)
    assert desk.day() == ["notice_1"]
    before = books.contents(desk.seller)["dunning_message"]
    assert desk.day() == []
    desk.later(-1)  # the clock is put back
    assert desk.day() == []
    desk.later(1)
    assert desk.day() == []
    assert books.contents(desk.seller)["dunning_message"] == before
    assert runs.open_scheduled_run(seller_id=desk.seller.id, at=desk.at, by="calendar") is not None
    desk.run()
    again = runs.open_scheduled_run(seller_id=desk.seller.id, at=desk.at, by="calendar")
    assert again is not None  # opened once, worked at by its own job
    assert queries.runs(seller_id=desk.seller.id).filter(scheduled=True).count() == 1


def test_a_week_without_the_job_sends_the_latest_step_only(desk: Desk) -> None:
    invoice = desk.trade.invoice(10_000)
    late(desk, invoice, 7)
    assert desk.day() == ["notice_1"]
    late(desk, invoice, 28)
    assert desk.day() == ["notice_3"]
    assert [level for level, _ in desk.steps()] == ["notice_1", "notice_3"]
    assert DunningTask.objects.get(seller_id=desk.seller.id).kind == "call"


def test_from_the_first_reminder_to_the_hand_over(desk: Desk) -> None:
    """Nobody pays for three months; credit is held with the last demand."""
    invoice = desk.trade.invoice(10_000)
    for days in (-5, 3, 12, 22, 36, 50, 68, 90):
        late(desk, invoice, days)
        for _ in range(6):  # over a weekend and a holiday
            if desk.day():
                break
            desk.later(1)
    levels = [level for level, _ in desk.steps()]
    assert levels == ["friendly", "notice_1", "notice_2", "notice_3", "formal", "final", "handover"]
    assert desk.trade.stored(type(desk.trade.line), desk.trade.line.id).state == "on_hold"
    kinds = DunningTask.objects.filter(seller_id=desk.seller.id).order_by("id")
    assert [one.kind for one in kinds] == ["call", "post_letter", "post_letter", "hand_over"]
    assert all(one.sent_at.weekday() < 5 for one in desk.sent() if one.sent_at)
    assert {one.level: one.sent_to for one in desk.sent()}["handover"] == ""


# ---- who has paid is never written to


def test_payment_stops_a_message_that_waits(desk: Desk) -> None:
    invoice = desk.trade.invoice(10_000)
    late(desk, invoice, 7)
    desk.run()
    desk.trade.pay(invoice)
    desk.send()
    assert desk.sent() == [] and desk.stopped() == ["paid"] and desk.mails() == []
    assert desk.steps() == []


def test_payment_stops_a_mail_that_no_server_has_taken_yet(desk: Desk) -> None:
    invoice = desk.trade.invoice(10_000)
    late(desk, invoice, 7)
    desk.day()
    assert len(desk.sent()) == 1 and len(desk.mails()) == 1
    desk.trade.pay(invoice)
    assert desk.post() == []
    assert desk.stopped() == ["paid"]
    assert [mail.last_error for mail in desk.mails()] == [outgoing_mails.OVERTAKEN]
    assert desk.mails()[0].content == "" and desk.steps() == []


def test_money_that_comes_in_before_a_mail_leaves_keeps_it_back(desk: Desk) -> None:
    """It pays all but what the bank took, and nobody has assigned it yet; the call is off the list too."""
    invoice = desk.trade.invoice(10_000)
    late(desk, invoice, 28)
    assert desk.day() == ["notice_3"]
    assert DunningTask.objects.get(seller_id=desk.seller.id).state == "open"
    desk.trade.payment(9_990, received_on=desk.on)
    assert notices_for(desk.seller, buyer_id=desk.trade.buyer.id, at=desk.at) == []
    assert desk.post() == [] and desk.stopped() == ["money_here"] and desk.steps() == []
    assert DunningTask.objects.get(seller_id=desk.seller.id).state == "dropped"


def test_nobody_is_to_call_who_has_paid(desk: Desk) -> None:
    invoice = desk.trade.invoice(10_000)
    late(desk, invoice, 28)
    assert desk.day() == ["notice_3"]
    task = DunningTask.objects.filter(seller_id=desk.seller.id)
    desk.run()
    assert task.get().state == "open"
    desk.trade.pay(invoice)
    desk.run()
    assert task.get().state == "dropped"


def test_what_a_policy_has_written_does_not_leave_once_it_is_switched_off(desk: Desk) -> None:
    late(desk, desk.trade.invoice(10_000), 7)
    assert desk.day() == ["notice_1"]
    policies.switch_off(desk.seller, policy_id=desk.kept.id, **desk.act)
    assert desk.post() == [] and desk.stopped() == ["policy_off"]


def test_a_message_that_breaks_down_keeps_no_other_back(desk: Desk, monkeypatch: Any) -> None:
    other = desk.trade.other_buyer(email="ap@x.example")
    first, _ = desk.trade.invoice(10_000), other.invoice(10_000)
    late(desk, first, 7)
    desk.run()
    whole, broken = sending.compose, [desk.trade.buyer.id]

    def compose(known: Any, *rest: Any, **more: Any) -> Any:
        if known.account.buyer_id in broken:
            raise RuntimeError("nobody foresaw this")
        return whole(known, *rest, **more)

    monkeypatch.setattr(sending, "compose", compose)
    assert desk.send() == 2
    assert [one.buyer_id for one in desk.sent()] == [other.buyer.id]
    assert [one.send_at for one in desk.queued()] == [desk.at + sending.PUT_OFF]
    broken.clear()
    desk.at += sending.PUT_OFF
    assert desk.send() == 1 and len(desk.sent()) == 2


def test_messages_that_go_out_together_say_and_do_what_each_would_alone(
    desk: Desk, monkeypatch: Any
) -> None:
    """Five accounts, with and without interest, with money held, at steps that hold credit and make tasks
    for people, one without an address; told one by one first, which is taken back, then together."""
    desk.switch_on(standard_policy("Usual") | {"steps": _STEPS})
    for n, days in enumerate((40, 30, 20, 12)):  # numbers are given out in the order of days
        other = desk.trade.other_buyer(
            email=f"ap{n}@x.example" if n < 3 else "", language=("it", "ro", "hi", "en")[n]
        ).days_later(-days)
        for amount in (70_000 + n, 1_234):
            other.invoice(amount)
        if n == 0:
            charged = other.buyer
            other.payment(500)
    first = desk.trade.invoice(100_000)
    fields = TermsFields(charging="at_notice", rate=Decimal(10))
    late_interest_terms.set_terms(desk.seller, fields=fields, buyer_id=charged.id, **desk.act)
    late(desk, first, 7)
    desk.run()
    asked: list[Any] = []
    accounts = account_queries.accounts
    monkeypatch.setattr(
        account_queries, "accounts", lambda ids, **more: asked.append(ids) or accounts(ids, **more)
    )
    with transaction.atomic():
        monkeypatch.setattr(sending, "TOGETHER", 1)
        desk.send()
        alone = whole_story(desk)
        transaction.set_rollback(True)
    monkeypatch.setattr(sending, "TOGETHER", 25)
    desk.send()
    assert [len(ids) for ids in asked] == [1, 1, 1, 1, 1, 5]
    assert whole_story(desk) == alone
    assert len({one["level"] for one in alone["messages"]}) > 2
    assert any(row["interest"] for one in alone["messages"] for row in one["items"])
    assert len(alone["mails"]) == 4 and len(alone["tasks"]) > 2
    assert "on_hold" in alone["lines"]


def test_interest_stands_beside_what_it_accrued_on_where_it_is_claimed(desk: Desk) -> None:
    """Ten per cent of 1,000.00 for seven days, in no total; nothing where none is claimed."""
    invoice = desk.trade.invoice(100_000)
    late(desk, invoice, 7)
    other = desk.trade.other_buyer(email="ap@x.example")
    spared = other.invoice(100_000)
    for buyer, charging in ((desk.trade.buyer, "at_notice"), (other.buyer, "never")):
        fields = TermsFields(charging=charging, rate=Decimal(10))
        late_interest_terms.set_terms(desk.seller, fields=fields, buyer_id=buyer.id, **desk.act)
    desk.day()
    rows = {one["number"]: one["interest"] for message in desk.sent() for one in message.items}
    assert rows == {invoice.number: 192, spared.number: 0}
    assert {one.amount for one in desk.sent()} == {100_000}
    told = {mail.to: mail for mail in desk.post()}
    assert "€1.92" in told["ap@nordwind.example"].text and "€1,000.00" in told["ap@x.example"].text
    assert "Interest" in told["ap@nordwind.example"].html
    assert "Interest" not in told["ap@x.example"].html


def test_what_is_paid_in_part_is_written_about_as_it_stands_when_it_goes(desk: Desk) -> None:
    invoice = desk.trade.invoice(10_000)
    late(desk, invoice, 7)
    desk.run()
    desk.trade.pay(invoice, 4_000)
    desk.send()
    [message] = desk.sent()
    assert message.amount == 6_000
    [mail] = desk.post()
    assert "€60.00" in mail.subject and "€100.00" not in mail.text


def test_money_that_nobody_assigned_yet_keeps_everything_back(desk: Desk) -> None:
    """For ten days; then it keeps back only what it could have paid."""
    small, large = desk.trade.invoice(10_000), desk.trade.invoice(50_000)
    late(desk, small, 7)
    desk.trade.payment(20_000, received_on=desk.on)
    assert desk.day() == []
    assert desk.run().waits == {"money_here": 1}
    desk.later(13)
    assert desk.day() == ["notice_2"]
    [message] = desk.sent()
    assert [row["number"] for row in message.items] == [large.number]
    assert "€200.00" in desk.post()[0].text


@pytest.mark.parametrize("what", ["dispute", "promise"])
def test_a_dispute_and_a_promise_hold_an_item_back_until_they_end(desk: Desk, what: str) -> None:
    held, other = desk.trade.invoice(10_000), desk.trade.invoice(5_000)
    late(desk, held, 7)
    desk.run()
    act = desk.act
    if what == "dispute":
        made = disputes.open_dispute(desk.seller, invoice_id=held.id, reason_code="damaged", **act)
    else:
        made = promises.propose(
            desk.seller,
            buyer_id=desk.trade.buyer.id,
            invoice_ids=[held.id],
            parts=[Part(desk.on + timedelta(days=20), 10_000)],
            by_seller=True,
            **act,
        )
    desk.send()
    [message] = desk.sent()
    assert [row["number"] for row in message.items] == [other.number]
    desk.later(7)
    if what == "dispute":
        disputes.reject(desk.seller, dispute_id=made.id, words="Delivered whole.", **desk.act)
    else:
        promises.withdraw(desk.seller, promise_id=made.id, **desk.act)
    assert desk.day() == ["notice_2"]
    assert [row["number"] for row in desk.sent()[-1].items] == [held.number, other.number]


def test_after_a_dispute_one_step_comes_after_the_other(desk: Desk) -> None:
    invoice = desk.trade.invoice(10_000)
    late(desk, invoice, 7)
    made = disputes.open_dispute(
        desk.seller, invoice_id=invoice.id, reason_code="damaged", **desk.act
    )
    assert desk.day() == []
    desk.later(30)
    disputes.reject(desk.seller, dispute_id=made.id, words="Delivered whole.", **desk.act)
    told = []
    for _ in range(14):
        told += desk.day()
        desk.later(1)
    assert told[:3] == ["notice_1", "notice_2", "notice_3"]


def test_a_pause_by_hand_has_a_reason_and_an_end(desk: Desk) -> None:
    invoice = desk.trade.invoice(10_000)
    late(desk, invoice, 7)
    desk.run()
    case = cases.case_for(desk.seller, buyer_id=desk.trade.buyer.id, currency="EUR", at=desk.at)
    until = desk.on + timedelta(days=6)
    for reason, last in (("", until), ("x", desk.on - timedelta(days=1))):
        with pytest.raises(cases.InvalidPause), books.nothing_written(desk.seller):
            cases.pause(desk.seller, case_id=case.id, until=last, reason=reason, **desk.act)
    cases.pause(desk.seller, case_id=case.id, until=until, reason="New bank", **desk.act)
    desk.send()
    assert desk.stopped() == ["paused"] and desk.day() == []
    desk.later(7)
    assert desk.day() == ["notice_2"]


def test_it_waits_for_the_hours_of_the_buyer(desk: Desk) -> None:
    invoice = desk.trade.invoice(10_000)
    late(desk, invoice, 7)
    desk.at = desk.at.replace(hour=3)
    desk.run()
    [message] = desk.queued()
    there = message.send_at.astimezone(ZoneInfo("Europe/Berlin"))
    assert (there.date(), there.time()) == (desk.on, time(9))
    assert desk.send() == 0
    desk.at = message.send_at
    assert desk.send() == 1 and len(desk.sent()) == 1


def test_a_saturday_is_quiet(desk: Desk) -> None:
    invoice = desk.trade.invoice(10_000)
    late(desk, invoice, 7)
    desk.later((5 - desk.on.weekday()) % 7)
    assert desk.run().waits == {"quiet_day": 1}


# ---- policies


def test_a_policy_is_switched_on_after_it_was_seen(desk: Desk) -> None:
    desk.trade.invoice(10_000)
    late(desk, Invoice.objects.get(seller_id=desk.seller.id), 7)
    strict = standard_policy("Usual") | {"steps": [{"level": "final", "days": 7}]}
    kept = policies.draft_policy(desk.seller, strict, **desk.act)
    assert kept.version == 2
    with pytest.raises(NotPreviewed), books.nothing_written(desk.seller):
        policies.switch_on(desk.seller, policy_id=kept.id, **desk.act)
    with books.nothing_written(desk.seller):
        seen = previews.preview_policy(desk.seller, policy_id=kept.id, at=desk.at)
        now = previews.simulate(desk.seller, at=desk.at)
    assert seen.messages == {(desk.on, "final"): 1} and seen.today == 1
    assert [level for _, level in sorted(now.messages)][:2] == ["notice_1", "notice_2"]
    policies.mark_previewed(desk.seller, policy_id=kept.id, **desk.act)
    desk.run()  # by the version before
    policies.switch_on(desk.seller, policy_id=kept.id, **desk.act)
    assert queries.policy(seller_id=desk.seller.id, policy_id=desk.kept.id).state == "retired"  # type: ignore[union-attr]
    desk.send()
    assert desk.stopped() == ["policy_off"]
    assert desk.day() == ["final"]


def test_a_segment_takes_its_accounts_before_the_usual_policy(desk: Desk) -> None:
    other = desk.trade.other_buyer(metadata={"tier": "key"}, email="ap@suedwind.example")
    first, second = desk.trade.invoice(10_000), other.invoice(10_000)
    soft = standard_policy("Key accounts") | {
        "position": 10,
        "segment": {"metadata": {"tier": "key"}, "countries": ["AT"]},
        "when": "buyer.country == 'AT'",
        "steps": [{"level": "notice_1", "days": 3, "channels": ["task"]}],
    }
    desk.switch_on(soft)
    late(desk, first, 7)
    desk.day()
    found = {one.buyer_id: (one.policy.name, one.sent_to) for one in desk.sent()}
    assert found == {
        desk.trade.buyer.id: ("Usual", "ap@nordwind.example"),
        other.buyer.id: ("Key accounts", ""),
    }
    assert second.number


# ---- long runs


def test_a_run_that_is_stopped_goes_on_where_it_was(desk: Desk, monkeypatch: Any) -> None:
    """Seven buyers, two at a time; stopped after each batch, and taken up by the next worker."""
    monkeypatch.setattr(runs, "BATCH", 2)
    made = [desk.trade.other_buyer(email="ap@x.example") for _ in range(7)]
    for one in made:
        invoice = one.invoice(10_000)
    late(desk, invoice, 7)
    run = runs.open_run(desk.seller, **desk.act)
    done = []
    while run.finished_at is None:
        stops = iter([False, True]).__next__
        run = runs.work(desk.seller, run_id=run.id, clock=lambda: desk.at, by="w", stopping=stops)
        done.append((run.buyers_done, run.buyers_total))
    assert done[0] == (2, 7) and done[-1] == (7, 7) and run.messages == 7
    assert len({one.buyer_id for one in desk.queued()}) == 7


def test_a_run_left_unfinished_hands_its_place_to_the_next(desk: Desk, monkeypatch: Any) -> None:
    monkeypatch.setattr(runs, "BATCH", 2)
    for _ in range(5):
        invoice = desk.trade.other_buyer().invoice(10_000)
    late(desk, invoice, 7)
    run = runs.open_run(desk.seller, **desk.act)
    calls = iter([False, True])
    runs.work(
        desk.seller, run_id=run.id, clock=lambda: desk.at, by="w", stopping=lambda: next(calls)
    )
    desk.later(1)
    runs.work(desk.seller, run_id=run.id, clock=lambda: desk.at, by="w")  # its day is over
    following = desk.run()
    assert following.began_after is not None and following.buyers_done == 5
    assert following.messages == 3  # two wait already


# ---- whom to speak to


def test_who_is_worth_most_is_spoken_to_first_and_not_again(desk: Desk) -> None:
    dear = desk.trade.other_buyer(limit=10_000_000)
    small, large = desk.trade.invoice(10_000), dear.invoice(900_000)
    late(desk, small, 7)
    found = worklists.who_to_contact(desk.seller, at=desk.at)
    assert [one.known.account.buyer_id for one in found.lines] == [
        dear.buyer.id,
        desk.trade.buyer.id,
    ]
    assert found.worth == sum(one.contact.worth for one in found.lines)
    assert "overdue" in found.lines[0].contact.reasons
    assert "no_address" in found.lines[0].contact.reasons
    case = cases.case_for(desk.seller, buyer_id=dear.buyer.id, currency="EUR", at=desk.at)
    cases.add_note(desk.seller, case_id=case.id, outcome="will_pay", words="On Friday.", **desk.act)
    left = worklists.who_to_contact(desk.seller, at=desk.at)
    assert [one.known.account.buyer_id for one in left.lines] == [desk.trade.buyer.id]
    task = cases.add_task(desk.seller, case_id=case.id, due_on=desk.on, words="Ask", **desk.act)
    assert worklists.who_to_contact(desk.seller, at=desk.at).total == 2
    cases.finish_task(desk.seller, task_id=task.id, **desk.act)
    assert worklists.who_to_contact(desk.seller, at=desk.at).total == 1
    assert large.number and public_id("dunning_case", case.id).startswith("dnc_")


# ---- whatever happens


DEEDS = st.lists(
    st.sampled_from(["invoice", "pay", "pay part", "dispute", "reject", "run", "send", "post"])
    | st.sampled_from([-1, 0, 1, 1, 3, 7, 7]),
    min_size=12,
    max_size=30,
)


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(deeds=DEEDS)
def test_whatever_happens_nobody_is_written_to_without_something_due(
    db_committed: Any, settings: Any, deeds: list[Any]
) -> None:
    """The clock jumps, repeats a day and skips a week; each mail that arrives is held to the ledger of
    that very moment, and no step is taken twice."""
    settings.EMAIL_HOST = "localhost"
    desk = fresh_desk()
    taken: list[tuple[Any, Any, str]] = []
    arrived = 0
    for deed in [*deeds, 7, "run", "send", "post"]:
        if isinstance(deed, int):
            desk.later(deed)
        elif deed in ("run", "send"):
            getattr(desk, deed)()
        elif deed == "post":
            found = desk.post()
            arrived += len(found)
            for mail in found:
                hold_to_the_ledger(desk, mail)
        else:
            do(desk, deed)
        steps = DunningStep.objects.filter(seller_id=desk.seller.id)
        taken = [(one.invoice_id, one.due_on, one.level) for one in steps]
        assert len(taken) == len(set(taken))
    assert books.broken(desk.seller) == []
    assert arrived <= len(desk.mails())


def fresh_desk() -> Desk:
    """A seller of its own, whose day has begun, with something due already."""
    seller = onboarding.create_seller(
        name="Brera", handle=f"b-{secrets.token_hex(6)}", country="IT", currency="EUR",
        time_zone="Europe/Rome", at=AT,
    )  # fmt: skip
    buyer = onboarding.create_buyer(
        seller, name="Nordwind", country="IT", email="ap@nordwind.example", at=AT, by="test"
    )
    line = credit_lines.set_credit_line(
        seller, buyer_id=buyer.id, currency="EUR", limit=10**9, at=AT, by="test"
    )
    desk = Desk(Trade(seller, buyer, line, AT))
    late(desk, desk.trade.invoice(10_000), 4)
    return desk


def do(desk: Desk, deed: str) -> None:
    """Something happens to the oldest open invoice, or there is a new one."""
    trade = Trade(desk.seller, desk.trade.buyer, desk.trade.line, desk.at)
    oldest = (
        Invoice.objects.filter(seller_id=desk.seller.id, state="open")
        .order_by("due_on", "id")
        .first()
    )
    open_disputes = Dispute.objects.filter(seller_id=desk.seller.id, state="open")
    if deed == "invoice":
        line = trade.stored(type(trade.line), trade.line.id)
        late_by = (desk.on - oldest.due_on).days if oldest else 0
        if line.state == "active" and late_by <= 20:  # who is later buys nothing more
            trade.invoice(5_000)
    elif deed == "reject" and (disputed := open_disputes.first()):
        disputes.reject(desk.seller, dispute_id=disputed.id, words="No.", **desk.act)
    elif oldest is None:
        return
    elif deed == "pay":
        trade.pay(oldest)
    elif deed == "pay part" and oldest.outstanding > 100:
        trade.pay(oldest, 100)
    elif deed == "dispute" and not open_disputes.filter(invoice_id=oldest.id).exists():
        disputes.open_dispute(desk.seller, invoice_id=oldest.id, reason_code="damaged", **desk.act)


def hold_to_the_ledger(desk: Desk, mail: Any) -> None:
    """All that the mail demands is open by as much, due by its step, and not in dispute, now."""
    [row] = [one for one in desk.sent() if mail.subject == one.subject and one.mail_id in {
        it.id for it in desk.mails() if it.message_id == mail.message_id
    }]  # fmt: skip
    demanded = [one for one in row.items if one["level"]]
    assert demanded
    for one in demanded:
        invoice = Invoice.objects.get(seller_id=desk.seller.id, number=one["number"])
        assert invoice.state == "open" and invoice.outstanding == one["open"] > 0
        disputed = Dispute.objects.filter(
            seller_id=desk.seller.id, invoice_id=invoice.id, state="open"
        )
        assert not disputed.exists()
        step = next(it for it in standard_policy("Usual")["steps"] if it["level"] == one["level"])
        assert (row.on - invoice.due_on).days >= step["days"]
