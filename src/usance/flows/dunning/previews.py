"""Who would be written to today and in the days to come, by the very decision that writes to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from usance.flows.dunning import choosing
from usance.flows.dunning.choosing import Chosen
from usance.flows.dunning.runs import BATCH
from usance.flows.journal import business_day
from usance.flows.refusals import NotFound
from usance.records.dunning import account_queries, queries
from usance.records.dunning.account_queries import KnownAccount
from usance.records.parties.models import Seller
from usance.rules.dunning.decide import Decision, decide
from usance.rules.dunning.forecast import forecast
from usance.rules.dunning.policy import DunningPolicy

USUAL_DAYS: Final = 30
MOST_DAYS: Final = 120
MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Expected:
    """A message that would go to a buyer on a day."""

    on: date
    known: KnownAccount
    policy: DunningPolicy
    decision: Decision


@dataclass(slots=True)
class Preview:
    """What would be sent from the day ``on`` on, for ``days`` days after it, if nobody paid.

    ``messages`` counts by day and level, ``amounts`` what those are about in minor units by day and
    currency. ``shown`` are the first of them, by day. ``waits`` says why accounts are not written to
    today.
    """

    on: date
    days: int
    accounts: int = 0
    messages: Counter[tuple[date, str]] = field(default_factory=Counter)
    amounts: Counter[tuple[date, str]] = field(default_factory=Counter)
    waits: Counter[str] = field(default_factory=Counter)
    shown: list[Expected] = field(default_factory=list)

    @property
    def today(self) -> int:
        """How many messages would go out today."""
        return sum(count for (day, _), count in self.messages.items() if day == self.on)

    @property
    def total(self) -> int:
        """How many in all."""
        return self.messages.total()


def preview_policy(
    seller: Seller, *, policy_id: UUID, at: datetime, days: int = USUAL_DAYS
) -> Preview:
    """What a kept version would do beside the other policies that are switched on. Raises NotFound."""
    kept = queries.policy(seller_id=seller.id, policy_id=policy_id)
    if kept is None:
        raise NotFound("There is no such policy.")
    return preview(seller, choosing.rule_of(kept, currency=seller.currency), at=at, days=days)


def preview(
    seller: Seller, policy: DunningPolicy, *, at: datetime, days: int = USUAL_DAYS
) -> Preview:
    """What ``policy`` would do on today's ledger, in place of the one that has its name, beside the
    others. Nothing is written."""
    others = [
        one
        for one in choosing.in_force(seller, queries.active_policies(seller_id=seller.id))
        if one.policy.name != policy.name
    ]
    tried = Chosen(policy)
    return _foresee(seller, choosing.in_order([*others, tried]), only=tried, at=at, days=days)


def simulate(seller: Seller, *, at: datetime, days: int = USUAL_DAYS) -> Preview:
    """What the policies that are switched on will do if nobody pays."""
    policies = choosing.in_force(seller, queries.active_policies(seller_id=seller.id))
    return _foresee(seller, policies, only=None, at=at, days=days)


def _foresee(
    seller: Seller, policies: Sequence[Chosen], *, only: Chosen | None, at: datetime, days: int
) -> Preview:
    on, days = business_day(seller, at=at), max(0, min(days, MOST_DAYS))
    found = Preview(on, days)
    reach = choosing.earliest_reach(policies, on=date.fromordinal(on.toordinal() + days))
    after: UUID | None = None
    while buyers := account_queries.buyers_reached(
        seller_id=seller.id, reach=reach, limit=BATCH, after=after
    ):
        for known in account_queries.accounts(buyers, seller_id=seller.id, at=at):
            chosen = choosing.choose(known, policies)
            if chosen is not None and only in (None, chosen):
                _look(found, known, chosen.policy)
        found.shown.sort(key=lambda one: (one.on, -one.decision.amount))
        del found.shown[MOST_SHOWN:]
        after = buyers[-1]
    return found


def _look(found: Preview, known: KnownAccount, policy: DunningPolicy) -> None:
    """Count what would be sent to one account."""
    account = known.account

    def quiet(day: date) -> bool:
        return choosing.is_quiet(known, policy=policy, day=day)

    found.accounts += 1
    today = decide(account, policy=policy, on=found.on, is_quiet=quiet(found.on))
    if today.waits:
        found.waits[today.waits] += 1
    for one in forecast(account, policy=policy, since=found.on, days=found.days, is_quiet=quiet):
        assert one.decision.step is not None
        found.messages[one.on, one.decision.step.level] += 1
        found.amounts[one.on, account.currency] += one.decision.amount
        found.shown.append(Expected(one.on, known, policy, one.decision))
