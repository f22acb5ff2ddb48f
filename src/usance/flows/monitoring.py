"""The watch over the portfolio: what has happened is looked at once, and alarms act by themselves.

Events are read after the standings have taken them in, so that a condition sees the figures of
after. Reading on, raising and acting are one transaction: a watch that is killed begins the page
again and raises nothing twice. What the watch does itself pulls no trigger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import transaction

from usance.flows.alarm_actions import BY, Raised, act
from usance.flows.found import seller_of
from usance.flows.journal import Journal, business_day
from usance.flows.refusals import NotFound, WrongState
from usance.flows.standing import CHANGED, typed_value
from usance.flows.standing import READER as STANDING
from usance.flows.watch_facts import facts_about, order_ids
from usance.flows.watches import rule_of
from usance.records.credit import actions as credit
from usance.records.credit.standing_queries import buyers_after
from usance.records.events import queries as events
from usance.records.events.models import Event
from usance.records.monitoring import actions, fact_queries, queries
from usance.records.monitoring.fact_queries import WatchedBuyer, WatchedOrder
from usance.records.monitoring.models import Alarm, Watch
from usance.records.parties.models import Seller
from usance.rules.credit.standing import stored_value
from usance.rules.monitoring import MOST_QUIET_DAYS, NIGHTLY, WatchRule

READER: Final = "watch"
PAGE: Final = 500
"""Events, or buyers, of one transaction."""


@dataclass(frozen=True, slots=True)
class _Pulled:
    """A watch whose trigger was pulled by something that happened to a buyer.

    ``facts`` are those known for each of its triggers, the first of which holds counts.
    """

    watch: Watch
    rule: WatchRule
    buyer: WatchedBuyer
    source: UUID
    tries: Sequence[tuple[str, Mapping[str, Any]]]


@dataclass(slots=True)
class _Round:
    """One transaction's look at some buyers."""

    seller: Seller
    at: datetime
    quiet: dict[tuple[UUID, UUID], datetime] = field(default_factory=dict)
    raised: list[Raised] = field(default_factory=list)

    def remember(self, pulled: Sequence[_Pulled]) -> None:
        """When each watch last raised an alarm about each buyer."""
        for watch_id, buyer_id, when in queries.raised_since(
            self.at - timedelta(days=MOST_QUIET_DAYS),
            seller_id=self.seller.id,
            watch_ids={one.watch.id for one in pulled},
            buyer_ids={one.buyer.id for one in pulled},
        ):
            key = watch_id, buyer_id
            self.quiet[key] = max(when, self.quiet.get(key, when))

    def look(self, pulled: _Pulled) -> None:
        """Raise an alarm if the condition of ``pulled`` holds and it has been quiet long enough."""
        key = pulled.watch.id, pulled.buyer.id
        last = self.quiet.get(key)
        if last is not None and self._days_since(last) < pulled.rule.quiet_days:
            return
        for trigger, facts in pulled.tries:
            if pulled.rule.holds(facts):
                self._raise(pulled, trigger, facts)
                return

    def _days_since(self, last: datetime) -> int:
        """By the calendar: what looks every night must not be quiet for having been a second early."""
        today = business_day(self.seller, at=self.at)
        return (today - business_day(self.seller, at=last)).days

    def _raise(self, pulled: _Pulled, trigger: str, facts: Mapping[str, Any]) -> None:
        reads = pulled.rule.program.reads
        shown = {name: stored_value(facts[name]) for name in sorted(reads) if name in facts}
        alarm_id = actions.raise_alarm(
            seller_id=self.seller.id,
            watch_id=pulled.watch.id,
            buyer_id=pulled.buyer.id,
            trigger=trigger,
            event_id=pulled.source,
            facts=shown,
            at=self.at,
        )
        if alarm_id is not None:
            self.quiet[pulled.watch.id, pulled.buyer.id] = self.at
            self.raised.append(
                Raised(alarm_id, pulled.watch, pulled.rule, pulled.buyer, trigger, facts)
            )

    def act(self) -> None:
        """Do what the alarms raised ask for; credit lines are locked first, in their order."""
        touched = {
            (one.buyer.id, line.currency)
            for one in self.raised
            for line in one.buyer.lines
            if any(action.do != "notify" for action in one.rule.actions)
        }
        credit.lock_lines(seller_id=self.seller.id, accounts=touched)
        for one in self.raised:
            act(self.seller, one, at=self.at)


def watch_all(*, at: datetime) -> int:
    """Look at the next events of every seller that has some; how many those were."""
    return sum(watch(seller_id=one, at=at) for one in queries.sellers_to_follow(READER))


@transaction.atomic
def watch(*, seller_id: UUID, at: datetime) -> int:
    """Look at the seller's next events and raise what alarms they call for; how many were read."""
    active = list(queries.watches(seller_id=seller_id, active_only=True).order_by("id"))
    place = actions.lock_place(seller_id=seller_id, reader=READER)
    if not active:
        if place is not None:
            actions.forget_place(seller_id=seller_id, reader=READER)
        return 0
    counted = actions.place(seller_id=seller_id, reader=STANDING)
    if counted is None:
        return 0
    if place is None:
        # The standings may begin a little in the past; what a watch looks at begins now.
        here = [
            events.Position(one.transaction, one.sequence)
            for one in events.latest(seller_id=seller_id, limit=1)
        ]
        actions.move_place(seller_id=seller_id, reader=READER, to=max([counted, *here]), at=at)
        return 0
    page = [
        event
        for event in events.events_after(place, seller_id=seller_id, limit=PAGE)
        if (event.transaction, event.sequence) <= counted
    ]
    if not page:
        return 0
    seller = seller_of(seller_id)
    pulled = _pulled(seller, active, page, at=at)
    _look_at(seller, pulled, at=at)
    last = events.Position(page[-1].transaction, page[-1].sequence)
    actions.move_place(seller_id=seller_id, reader=READER, to=last, at=at)
    return len(page)


def watch_overnight(*, seller_id: UUID, at: datetime) -> int:
    """Look at every buyer with the watches that look nightly; how many alarms were raised.

    Begun again on the same day it raises nothing twice.
    """
    seller = seller_of(seller_id)
    nightly = [
        (one, rule_of(one, currency=seller.currency))
        for one in queries.watches(seller_id=seller_id, active_only=True).order_by("id")
        if NIGHTLY in one.triggers
    ]
    if not nightly:
        return 0
    on = business_day(seller, at=at)
    raised = 0
    last: UUID | None = None
    while page := buyers_after(last, seller_id=seller_id, limit=PAGE):
        with transaction.atomic():
            buyers = fact_queries.watched_buyers(
                page, seller_id=seller_id, base=seller.currency, on=on
            )
            pulled = [
                _Pulled(
                    one,
                    rule,
                    buyer,
                    # The same every time on one day.
                    uuid5(NAMESPACE_OID, f"{one.id}:{buyer.id}:{on}"),
                    [(NIGHTLY, facts)],
                )
                for buyer in buyers.values()
                for facts in [facts_about(buyer, base=seller.currency, on=on)]
                for one, rule in nightly
            ]
            raised += _look_at(seller, pulled, at=at)
        last = page[-1]
    return raised


@transaction.atomic
def acknowledge_alarm(
    seller: Seller, *, alarm_id: UUID, at: datetime, by: str, note: str = ""
) -> Alarm:
    """A person has seen to an alarm. Raises NotFound or WrongState."""
    alarm = (
        Alarm.objects.select_for_update(no_key=True)
        .filter(seller_id=seller.id, id=alarm_id)
        .first()
    )
    if alarm is None:
        raise NotFound("There is no such alarm.")
    if alarm.state != "open":
        raise WrongState("The alarm has been acknowledged already.")
    fields = {
        "state": "acknowledged",
        "acknowledged_by": by,
        "acknowledged_at": at,
        "note": note,
    }
    for name, value in fields.items():
        setattr(alarm, name, value)
    Alarm.objects.filter(seller_id=seller.id, id=alarm.id).update(**fields)
    journal = Journal(seller, at=at, by=by)
    journal.tell(
        "alarm.acknowledged",
        object_type="alarm",
        object_id=alarm.id,
        buyer_id=alarm.buyer_id,
        data={"note": note},
    )
    journal.close()
    return alarm


def _look_at(seller: Seller, pulled: Sequence[_Pulled], *, at: datetime) -> int:
    if not pulled:
        return 0
    look = _Round(seller, at)
    look.remember(pulled)
    for one in pulled:
        look.look(one)
    look.act()
    return len(look.raised)


def _pulled(
    seller: Seller, active: Sequence[Watch], page: Sequence[Event], *, at: datetime
) -> list[_Pulled]:
    """The watches whose triggers ``page`` pulls, in the order of the events."""
    rules = [(one, rule_of(one, currency=seller.currency)) for one in active]
    found = [
        (event, one, rule, triggers)
        for event in page
        if event.buyer_id is not None and event.actor != BY
        for one, rule in rules
        if (triggers := rule.triggers_on(event.type, changed=_changed(event)))
    ]
    on = business_day(seller, at=at)
    buyers = fact_queries.watched_buyers(
        {event.buyer_id for event, *_ in found if event.buyer_id},
        seller_id=seller.id,
        base=seller.currency,
        on=on,
    )
    orders = fact_queries.watched_orders(
        order_ids([event for event, *_ in found]), seller_id=seller.id
    )

    def facts(event: Event, trigger: str, order: WatchedOrder | None) -> Mapping[str, Any]:
        assert event.buyer_id is not None
        return facts_about(
            buyers[event.buyer_id],
            base=seller.currency,
            on=on,
            event=event,
            order=order,
            changed=_change(event, trigger),
        )

    return [
        _Pulled(
            one,
            rule,
            buyers[event.buyer_id],
            event.id,
            [(name, facts(event, name, orders.get(event.object_id))) for name in triggers],
        )
        for event, one, rule, triggers in found
        if event.buyer_id in buyers
    ]


def _changed(event: Event) -> list[str]:
    """The facts that ``event`` says have changed."""
    return list(event.data["changed"]) if event.type == CHANGED else []


def _change(event: Event, trigger: str) -> dict[str, tuple[Any, Any]] | None:
    """The fact that a trigger is about, before and after."""
    prefix, _, name = trigger.partition(":")
    if prefix != "change":
        return None
    before, after = event.data["changed"][name]
    return {name: (typed_value(name, before), typed_value(name, after))}
