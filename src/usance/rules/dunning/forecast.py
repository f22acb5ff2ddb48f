"""Who would be written to on the days to come if nobody paid: what a person sees before switching on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from usance.rules.dunning.account import Account
from usance.rules.dunning.decide import Decision, decide
from usance.rules.dunning.policy import DunningPolicy


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A message that would go out on a day."""

    on: date
    account: Account
    decision: Decision


def forecast(
    account: Account,
    *,
    policy: DunningPolicy,
    since: date,
    days: int,
    is_quiet: Callable[[date], bool],
) -> list[Foreseen]:
    """The messages to ``account`` from the day ``since`` on, for ``days`` days after it, by the same
    decision that sends them. What holds an item back today is taken to hold it all that time."""
    found = []
    for on in _days_that_matter(account, policy=policy, since=since, days=days):
        decision = decide(account, policy=policy, on=on, is_quiet=is_quiet(on))
        if decision.step is not None:
            found.append(Foreseen(on, account, decision))
            account = account.with_levels(decision.levels, on=on)
    return found


def _days_that_matter(
    account: Account, *, policy: DunningPolicy, since: date, days: int
) -> list[date]:
    """All of them where something could be due, none where nothing could."""
    until = since + timedelta(days=days)
    earliest = min(
        (item.due_on + timedelta(days=policy.earliest) for item in account.items), default=None
    )
    if earliest is None or earliest > until:
        return []
    first = max(since, earliest)
    return [first + timedelta(days=n) for n in range((until - first).days + 1)]
