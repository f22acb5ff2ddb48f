"""What an alarm does by itself: tell people, hold a line, lower a limit, ask for a review.

All of it happens in the transaction that raises the alarm, so it counts at the very next checkout.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils import translation

from usance.flows import credit_lines
from usance.flows.alarm_letters import write_alarm
from usance.flows.journal import Journal
from usance.flows.limit_reviews import open_limit_review
from usance.flows.outgoing_mails import queue_mail
from usance.records.credit import queries as credit
from usance.records.credit.models import CreditLine
from usance.records.identity import public_id
from usance.records.monitoring.fact_queries import WatchedBuyer
from usance.records.monitoring.models import Alarm, Watch
from usance.records.parties.models import Seller, Staff, User
from usance.rules.credit.standing import in_own_currency
from usance.rules.monitoring import Action, WatchRule, lowered_limit

BY: Final = "watch"
"""Who does what an alarm does; its events pull no trigger."""
REASON: Final = "alarm"
"""The reason of the reviews that an alarm asks for."""


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm that was just raised, on these facts."""

    alarm_id: UUID
    watch: Watch
    rule: WatchRule
    buyer: WatchedBuyer
    trigger: str
    facts: Mapping[str, Any]


def act(seller: Seller, raised: Raised, *, at: datetime) -> None:
    """Do what the alarm's watch says, keep what was done, and tell it. The lines are locked."""
    done = [_DO[action.do](seller, raised, action, at) for action in raised.rule.actions]
    Alarm.objects.filter(seller_id=seller.id, id=raised.alarm_id).update(actions=done)
    journal = Journal(seller, at=at, by=BY)
    journal.tell(
        "alarm.raised",
        object_type="alarm",
        object_id=raised.alarm_id,
        buyer_id=raised.buyer.id,
        data={
            "watch": raised.rule.name,
            "severity": raised.rule.severity,
            "trigger": raised.trigger,
            "actions": done,
        },
    )
    journal.close()


def _hold(seller: Seller, raised: Raised, action: Action, at: datetime) -> dict[str, Any]:
    held = []
    for line in _lines(seller, raised):
        if line.state == "active":
            credit_lines.change_line_state(
                seller,
                buyer_id=raised.buyer.id,
                currency=line.currency,
                state="on_hold",
                reason=raised.rule.name,
                at=at,
                by=BY,
            )
            held.append(line.currency)
    return action.to_document() | {"lines": held}


def _lower(seller: Seller, raised: Raised, action: Action, at: datetime) -> dict[str, Any]:
    lowered = []
    factors = {line.currency: line.factor for line in raised.buyer.lines}
    insured = {line.currency: line.insured_limit for line in raised.buyer.lines}
    recommended = raised.facts.get("bureau.limit")
    for line in _lines(seller, raised):
        factor = factors.get(line.currency)
        bureau = (
            in_own_currency(recommended, factor=Decimal(1) / factor)
            if recommended and factor
            else None
        )
        if recommended == 0:
            bureau = 0
        to = lowered_limit(
            line.limit, action=action, insured=insured.get(line.currency), bureau=bureau
        )
        before = credit_lines.lower_limit(
            seller,
            buyer_id=raised.buyer.id,
            currency=line.currency,
            to=to,
            reason=raised.rule.name,
            at=at,
            by=BY,
        )
        if before is not None:
            lowered.append({"currency": line.currency, "before": before, "limit": to})
    return action.to_document() | {"lines": lowered}


def _review(seller: Seller, raised: Raised, action: Action, at: datetime) -> dict[str, Any]:
    opened = [
        open_limit_review(
            seller,
            buyer_id=raised.buyer.id,
            currency=line.currency,
            reasons=(REASON,),
            at=at,
            by=BY,
        )
        for line in _lines(seller, raised)
        if line.limit or line.exposure
    ]
    return action.to_document() | {"reviews": [public_id("review", one.id) for one in opened]}


def _notify(seller: Seller, raised: Raised, action: Action, at: datetime) -> dict[str, Any]:
    told = []
    for email, language in _addresses(seller, action).items():
        with translation.override(language):
            letter = write_alarm(
                seller,
                rule=raised.rule,
                buyer_name=raised.buyer.name,
                alarm_id=raised.alarm_id,
                language=language,
            )
        queue_mail(
            seller,
            letter,
            kind="alarm",
            to=email,
            object_type="alarm",
            object_id=raised.alarm_id,
            at=at,
        )
        told.append(email)
    return action.to_document() | {"told": told}


def _addresses(seller: Seller, action: Action) -> dict[str, str]:
    """Each address that is told, and its language: those named, and everybody with a role named."""
    named = {one.lower() for one in action.people if "@" in one}
    staff = Staff.objects.filter(
        seller_id=seller.id, role__in=[one for one in action.people if "@" not in one]
    )
    people = dict(staff.order_by("user__email").values_list("user__email", "user__language"))
    known = dict(User.objects.filter(email__in=named).values_list("email", "language"))
    return people | {email: known.get(email, seller.language) for email in sorted(named)}


def _lines(seller: Seller, raised: Raised) -> list[CreditLine]:
    """The buyer's lines as they stand now, without those that are closed."""
    found = credit.lines(seller_id=seller.id, buyer_id=raised.buyer.id)
    return [line for line in found if line.state != "closed"]


_DO: Final[Mapping[str, Callable[[Seller, Raised, Action, datetime], dict[str, Any]]]] = {
    "notify": _notify,
    "hold": _hold,
    "lower_limit": _lower,
    "review": _review,
}
