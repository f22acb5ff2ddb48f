"""A run looks at every account once a day and queues what is to be written.

It reads a batch of buyers in a few statements, decides, and writes the batch's messages in one
transaction, with how far it has come. Killed anywhere it goes on from there; run twice, or by two
workers at once, it queues nothing twice: an account has one message waiting and one a day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from usance.flows.dunning import choosing
from usance.flows.dunning.choosing import Chosen
from usance.flows.found import seller_of
from usance.flows.journal import Journal, business_day
from usance.flows.refusals import Conflict, NotFound
from usance.records.dunning import account_queries, actions, queries
from usance.records.dunning.account_queries import KnownAccount
from usance.records.dunning.actions import NewMessage
from usance.records.dunning.models import DunningRun
from usance.records.parties.models import Seller
from usance.rules.dunning.decide import Decision, decide

BATCH: Final = 500
"""Buyers that are read, decided and written at a time."""
REMEMBERED: Final = timedelta(days=365)
"""How far back reactions tell at which hour a buyer is best reached."""


class NothingSwitchedOn(Conflict):
    """No dunning policy is switched on; preview one and switch it on first."""

    code = "no_dunning_policy"


def open_run(seller: Seller, *, at: datetime, by: str) -> DunningRun:
    """Order a run for today; somebody must then work at it. Raises NothingSwitchedOn."""
    if not queries.active_policies(seller_id=seller.id):
        raise NothingSwitchedOn(" ".join((NothingSwitchedOn.__doc__ or "").split()))
    return _open(seller, at=at, by=by, scheduled=False)


def open_scheduled_run(
    *, seller_id: UUID, at: datetime, by: str, from_hour: int = 0
) -> DunningRun | None:
    """The calendar's one run of the day, opened now or before, from an hour of the seller's day on; None
    before it, where the run is finished, and where no policy is switched on."""
    seller = seller_of(seller_id)
    if at.astimezone(ZoneInfo(seller.time_zone)).hour < from_hour:
        return None
    on = business_day(seller, at=at)
    kept = queries.runs(seller_id=seller_id).filter(on=on, scheduled=True).first()
    if kept is None and not queries.active_policies(seller_id=seller_id):
        return None
    run = kept or _open(seller, at=at, by=by, scheduled=True)
    return run if run.finished_at is None else None


@transaction.atomic
def _open(seller: Seller, *, at: datetime, by: str, scheduled: bool) -> DunningRun:
    latest = queries.runs(seller_id=seller.id).order_by("-id").first()
    left_off = latest.after if latest is not None else None
    on = business_day(seller, at=at)
    fields = {
        "created_at": at,
        "started_by": by,
        "began_after": left_off,
        "after": left_off,
        "wrapped": left_off is None,
    }
    if not scheduled:
        return DunningRun.objects.create(seller_id=seller.id, on=on, **fields)
    run, _ = DunningRun.objects.get_or_create(
        seller_id=seller.id, on=on, scheduled=True, defaults=fields
    )
    return run


def work(
    seller: Seller,
    *,
    run_id: UUID,
    clock: Callable[[], datetime],
    by: str,
    stopping: Callable[[], bool] = lambda: False,
    tell: Callable[[DunningRun], None] = lambda _: None,
) -> DunningRun:
    """Work at a run until every account was looked at, or ``stopping`` says to stop; then it can be
    taken up again. ``tell`` hears after each batch how far it is. Raises NotFound.

    A run that is taken up on a later day is closed as it is: that day has its own.
    """
    run = queries.run(seller_id=seller.id, run_id=run_id)
    if run is None:
        raise NotFound("There is no such run.")
    policies = choosing.in_force(seller, queries.active_policies(seller_id=seller.id))
    reach = choosing.earliest_reach(policies, on=run.on)
    if run.finished_at is None and run.buyers_total == 0:
        total = account_queries.count_reached(seller_id=seller.id, reach=reach)
        actions.set_fields(run, buyers_total=total)
    while run.finished_at is None and not stopping():
        at = clock()
        over = not policies or business_day(seller, at=at) != run.on
        run = _batch(seller, run.id, [] if over else policies, reach=reach, at=at, by=by)
        tell(run)
    return run


def work_for(
    *,
    seller_id: UUID,
    run_id: UUID,
    clock: Callable[[], datetime],
    by: str,
    stopping: Callable[[], bool],
) -> bool:
    """Work at a run of ``seller_id``; whether it is finished. Raises NotFound."""
    run = work(seller_of(seller_id), run_id=run_id, clock=clock, by=by, stopping=stopping)
    return run.finished_at is not None


@transaction.atomic
def _batch(
    seller: Seller,
    run_id: UUID,
    policies: Sequence[Chosen],
    *,
    reach: date,
    at: datetime,
    by: str,
) -> DunningRun:
    """The next batch of the run, which is locked until it is written: two workers take turns."""
    run = actions.lock_run(seller_id=seller.id, run_id=run_id)
    if run is None:
        raise NotFound("There is no such run.")
    if run.finished_at is not None:
        return run
    buyers = _next_buyers(run, reach=reach) if policies else []
    if not buyers and policies and not run.wrapped:
        actions.set_fields(run, wrapped=True, after=None)
        return run
    if not buyers:
        if policies:  # it came to its end; a run that did not leaves its place to the next
            actions.set_fields(run, after=None)
        _finish(seller, run, at=at, by=by)
        return run
    messages, waits = _decide(seller, buyers, policies, on=run.on, at=at)
    queued = actions.queue_messages(messages, seller_id=seller.id, run_id=run.id, on=run.on, at=at)
    actions.set_fields(
        run,
        after=buyers[-1],
        buyers_done=run.buyers_done + len(buyers),
        buyers_total=max(run.buyers_total, run.buyers_done + len(buyers)),
        messages=run.messages + queued,
        waits=dict(Counter(run.waits) + waits),
    )
    return run


def _next_buyers(run: DunningRun, *, reach: date) -> list[UUID]:
    found = account_queries.buyers_reached(
        seller_id=run.seller_id, reach=reach, limit=BATCH, after=run.after
    )
    if run.wrapped and run.began_after is not None:
        return [one for one in found if one <= run.began_after]
    return found


def _decide(
    seller: Seller,
    buyers: Sequence[UUID],
    policies: Sequence[Chosen],
    *,
    on: date,
    at: datetime,
) -> tuple[list[NewMessage], Counter[str]]:
    """What is to be written to ``buyers``, and how many accounts are not written to, by the reason."""
    known = account_queries.accounts(buyers, seller_id=seller.id, at=at)
    waits: Counter[str] = Counter()
    decided = []
    for one in known:
        chosen = choosing.choose(one, policies)
        if chosen is None:
            waits["no_policy"] += 1
            continue
        quiet = choosing.is_quiet(one, policy=chosen.policy, day=on)
        decision = decide(one.account, policy=chosen.policy, on=on, is_quiet=quiet)
        if decision.step is None:
            waits[str(decision.waits)] += 1
        else:
            decided.append((one, chosen, decision))
    reactions = account_queries.reactions(
        {one.account.buyer_id for one, _, _ in decided},
        seller_id=seller.id,
        since=at - REMEMBERED,
    )
    messages = [
        _message(
            one,
            chosen,
            decision,
            send_at=choosing.sending_at(
                seller,
                one,
                policy=chosen.policy,
                at=at,
                reactions=reactions.get(one.account.buyer_id, ()),
            ),
        )
        for one, chosen, decision in decided
    ]
    return messages, waits


def _message(
    one: KnownAccount, chosen: Chosen, decision: Decision, *, send_at: datetime
) -> NewMessage:
    assert decision.step is not None and chosen.policy_id is not None
    return NewMessage(
        buyer_id=one.account.buyer_id,
        currency=one.account.currency,
        policy_id=chosen.policy_id,
        level=decision.step.level,
        channels=decision.step.channels,
        send_at=send_at,
        amount=decision.amount,
        language=one.language,
        levels=decision.levels,
    )


def _finish(seller: Seller, run: DunningRun, *, at: datetime, by: str) -> None:
    """Close the run; nobody is to call who owes nothing any more."""
    actions.drop_settled_tasks(seller_id=seller.id, at=at, by=by)
    actions.set_fields(run, finished_at=at)
    journal = Journal(seller, at=at, by=run.started_by or by)
    journal.tell(
        "dunning_run.finished",
        object_type="dunning_run",
        object_id=run.id,
        data={"on": run.on, "buyers": run.buyers_done, "messages": run.messages},
    )
    journal.close()
