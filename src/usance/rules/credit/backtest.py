"""What a policy would have decided of a history, beside the one that decides now, and what it would
have cost.

Each policy has a world of its own: an order that it approves is owed there until it is paid, and
what was learnt of the buyer there is what it reads at the next order. Both use the very
:func:`usance.rules.credit.decide.decide` of a checkout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from usance.rules.credit.backtest_comparison import Comparison
from usance.rules.credit.backtest_history import PastEvent, PastReturn, in_order
from usance.rules.credit.backtest_result import Backtest, Change
from usance.rules.credit.backtest_world import Assumed, World
from usance.rules.credit.policy import InvalidPolicy, Policy

__all__ = ["Assumed", "Backtest", "Change", "backtest", "ignore"]


def ignore(_: Change) -> None:
    """For callers who want the figures alone."""


def backtest(
    events: Iterable[PastEvent],
    *,
    live: Policy,
    draft: Policy,
    assumed: Assumed,
    on_change: Callable[[Change], None] = ignore,
) -> Backtest:
    """Play ``events``, which come in order of time, through both policies.

    ``on_change`` hears of each order that ``draft`` decides otherwise, as it comes. Raises
    InvalidHistory, and InvalidPolicy for a policy whose rules are in another currency than
    ``assumed.currency``.
    """
    for policy in (live, draft):
        if policy.rules and policy.currency != assumed.currency:
            raise InvalidPolicy(
                f"The amounts of the policy are in {policy.currency}, those of the backtest in"
                f" {assumed.currency}; give both the same currency."
            )
    worlds = World(live, assumed=assumed), World(draft, assumed=assumed)
    comparison = Comparison(assumed)
    for event in in_order(events):
        for world in worlds:
            world.move_to(event.on)
        if isinstance(event, PastReturn):
            for world in worlds:
                world.take_back(event)
            comparison.returns += 1
        elif assumed.from_on is not None and event.on < assumed.from_on:
            for world in worlds:
                world.remember(event)
            comparison.remembered += 1
        else:
            change = comparison.compare(event, *(world.judge(event) for world in worlds))
            if change is not None:
                on_change(change)
    for world in worlds:
        world.close()
    return comparison.result(live=worlds[0].points, draft=worlds[1].points)
