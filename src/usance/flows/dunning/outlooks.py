"""How a case stands today: what is open, what was written about it, and what a run would do now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from usance.flows.dunning import choosing
from usance.flows.journal import business_day
from usance.records.dunning import account_queries, queries
from usance.records.dunning.account_queries import KnownAccount
from usance.records.dunning.models import DunningCase
from usance.records.parties.models import Seller
from usance.rules.dunning.account import Account, Item
from usance.rules.dunning.decide import decide
from usance.rules.dunning.policy import Level

State = Literal["running", "paused", "handed_over", "settled"]


@dataclass(frozen=True, slots=True)
class Outlook:
    """A case on the day ``on``; amounts in minor units. Either ``next_level`` is what a run would send,
    or ``waits`` says why it would send nothing. ``known`` is None once nothing is open."""

    on: date
    state: State
    known: KnownAccount | None
    next_level: Level | None
    waits: str | None

    @property
    def account(self) -> Account | None:
        """The account with its open items."""
        return self.known.account if self.known else None

    @property
    def items(self) -> tuple[Item, ...]:
        """Its open items, the first due first."""
        return self.known.account.items if self.known else ()

    @property
    def open(self) -> int:
        """All that is open."""
        return sum(item.open for item in self.items)

    @property
    def overdue(self) -> int:
        """What of it is past its day."""
        return sum(item.open for item in self.items if item.days_late(self.on) > 0)


def outlooks_of(
    seller: Seller, cases: Sequence[DunningCase], *, at: datetime
) -> dict[UUID, Outlook]:
    """How each of ``cases`` stands, read at once, however many they are."""
    on = business_day(seller, at=at)
    policies = choosing.in_force(seller, queries.active_policies(seller_id=seller.id))
    known = {
        (one.account.buyer_id, one.account.currency): one
        for one in account_queries.accounts(
            {case.buyer_id for case in cases}, seller_id=seller.id, at=at
        )
    }
    found = {}
    for case in cases:
        one = known.get((case.buyer_id, case.currency))
        if one is None:
            paused = case.paused_until is not None and on <= case.paused_until
            found[case.id] = Outlook(on, "paused" if paused else "settled", None, None, None)
            continue
        paused = one.account.paused_until is not None and on <= one.account.paused_until
        chosen = choosing.choose(one, policies)
        level: Level | None = None
        waits: str | None = "no_policy"
        if chosen is not None:
            quiet = choosing.is_quiet(one, policy=chosen.policy, day=on)
            decision = decide(one.account, policy=chosen.policy, on=on, is_quiet=quiet)
            level = decision.step.level if decision.step else None
            waits = decision.waits
        state: State = "paused" if paused else "running"
        if all(item.held == "handed_over" for item in one.account.items):
            state = "handed_over"
        found[case.id] = Outlook(on, state, one, level, waits)
    return found
