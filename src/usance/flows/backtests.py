"""Trying a policy on what the seller has traded: asked for in one transaction, played by a worker.

A run can be stopped at any moment and begun again: it writes figures and changes only at its end,
and a worker that was given up on finds that its attempt is no longer the one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from usance.flows.journal import business_day
from usance.flows.refusals import NotFound, Refused
from usance.records.credit import backtest_changes as actions
from usance.records.credit import history_queries, queries
from usance.records.credit.backtests import Backtest
from usance.records.credit.history_queries import TradeWindow
from usance.records.parties.models import Seller
from usance.rules import states
from usance.rules.credit.backtest import Assumed, Change, backtest
from usance.rules.credit.backtest import Backtest as Result
from usance.rules.credit.backtest_history import InvalidHistory, PastOrder
from usance.rules.credit.policy import InvalidPolicy, Policy, policy_from_document

MOST_CHANGES: Final = 20_000
"""Orders that are kept of those that change; the figures count all of them."""
BEAT_EVERY: Final = 200
"""Orders between two signs of life."""
WARM_UP: Final = timedelta(days=365)
"""What came so long before the window is taken as it was, so that buyers are known when it begins."""


class NothingToCompareWith(Refused):
    """No policy decides yet. Publish one, or name the version to compare with."""

    code = "no_deciding_policy"


class EmptyWindow(Refused):
    """The window ends before it begins. Name a first and a last day in their order."""

    code = "empty_window"


class Superseded(Exception):
    """Another worker has begun this backtest anew, or it has ended."""


@transaction.atomic
def request_backtest(
    seller: Seller,
    *,
    policy: Policy | None = None,
    policy_id: UUID | None = None,
    against_id: UUID | None = None,
    from_on: date,
    until_on: date,
    reviews: str = "approve",
    late_days: int = 30,
    at: datetime,
    by: str,
) -> Backtest:
    """Ask for a run of ``policy``, or of the version ``policy_id``, on the orders of a window, beside
    the version ``against_id`` (None: the one that decides now).

    Raises NotFound, EmptyWindow or NothingToCompareWith.
    """
    if from_on > until_on:
        raise EmptyWindow(" ".join((EmptyWindow.__doc__ or "").split()))
    if against_id is None:
        deciding = queries.release(seller_id=seller.id, at=at)
        if deciding is None:
            raise NothingToCompareWith(" ".join((NothingToCompareWith.__doc__ or "").split()))
        against_id = deciding.policy_id
    else:
        _stored(seller, against_id)
    if policy is None:
        if policy_id is None:
            raise NotFound("Name a version of the policy, or write one.")
        policy = _stored(seller, policy_id)
    return Backtest.objects.create(
        seller_id=seller.id,
        policy_id=policy_id,
        against_id=against_id,
        document=policy.to_document(),
        from_on=from_on,
        until_on=until_on,
        reviews=reviews,
        late_days=late_days,
        author=by,
        created_at=at,
    )


def _stored(seller: Seller, policy_id: UUID) -> Policy:
    if not queries.policies(seller_id=seller.id).filter(id=policy_id).exists():
        raise NotFound("There is no such version of the policy.")
    return queries.policy(seller_id=seller.id, policy_id=policy_id)


def run_backtest(
    *,
    seller_id: UUID,
    backtest_id: UUID,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
) -> bool:
    """Play one backtest to its end; what had been begun before is begun anew.

    ``stopping`` is asked now and then whether to give the run back to the queue; False then. One
    that has ended, or that another worker began meanwhile, is left alone.
    """
    run = _begin(seller_id=seller_id, backtest_id=backtest_id, at=clock())
    if run is None:
        return True
    with suppress(Superseded):
        try:
            return _play(run, clock=clock, stopping=stopping)
        except (InvalidPolicy, InvalidHistory) as error:
            _fail(run, error=str(error), at=clock())
        except Superseded:
            raise
        except Exception:
            _fail(run, error=_UNFORESEEN, at=clock())
            raise
    return True


_UNFORESEEN: Final = "Something went wrong on our side; it has been logged. Start it again."


@transaction.atomic
def _begin(*, seller_id: UUID, backtest_id: UUID, at: datetime) -> Backtest | None:
    run = (
        Backtest.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, id=backtest_id)
        .first()
    )
    if run is None or run.state in ("done", "failed"):
        return None
    run.state, run.started_at, run.beat_at = "running", at, at
    run.attempt += 1
    run.done = 0
    run.save(update_fields=["state", "started_at", "beat_at", "attempt", "done"])
    return run


def _play(run: Backtest, *, clock: Callable[[], datetime], stopping: Callable[[], bool]) -> bool:
    seller = Seller.objects.get(id=run.seller_id)
    window = TradeWindow(
        seller_id=seller.id,
        base=seller.currency,
        time_zone=seller.time_zone,
        from_on=run.from_on - WARM_UP,
        until_on=run.until_on,
    )
    kept: list[Change] = []

    def keep(change: Change) -> None:
        if len(kept) < MOST_CHANGES:
            kept.append(change)

    try:
        result = backtest(
            _watched(run, window, clock=clock, stopping=stopping),
            live=queries.policy(seller_id=seller.id, policy_id=run.against_id),
            draft=policy_from_document(run.document),
            assumed=Assumed(
                currency=seller.currency,
                known_until=business_day(seller, at=run.created_at),
                from_on=run.from_on,
                late_days=run.late_days,
                reviews="decline" if run.reviews == "decline" else "approve",
            ),
            on_change=keep,
        )
    except _Stopped:
        _give_back(run)
        return False
    _finish(run, result, kept, at=clock())
    return True


class _Stopped(Exception):
    """The worker was asked to stop."""


def _watched(
    run: Backtest,
    window: TradeWindow,
    *,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool],
) -> Iterator[PastOrder]:
    """The orders to play, with a sign of life now and then. Raises _Stopped or Superseded."""
    total = history_queries.count_orders(window)
    for done, order in enumerate(history_queries.past_orders(window)):
        if done % BEAT_EVERY == 0:
            if stopping():
                raise _Stopped
            _update(run, done=done, total=total, beat_at=clock())
        yield order
    _update(run, done=total, total=total, beat_at=clock())


def _update(run: Backtest, **fields: Any) -> None:
    """Write, unless the run has passed to another worker. Raises Superseded then."""
    written = Backtest.objects.filter(
        seller_id=run.seller_id, id=run.id, attempt=run.attempt, state="running"
    ).update(**fields)
    if not written:
        raise Superseded


def _give_back(run: Backtest) -> None:
    states.require(states.BACKTEST, before="running", after="queued")
    with suppress(Superseded):
        _update(run, state="queued")


def _fail(run: Backtest, *, error: str, at: datetime) -> None:
    states.require(states.BACKTEST, before="running", after="failed")
    _update(run, state="failed", error=error, finished_at=at)


@transaction.atomic
def _finish(run: Backtest, result: Result, kept: Sequence[Change], *, at: datetime) -> None:
    states.require(states.BACKTEST, before="running", after="done")
    _update(
        run,
        state="done",
        result=result.to_document(),
        changed=result.difference.changed.count,
        finished_at=at,
        beat_at=at,
    )
    actions.add_changes(run, kept, at=at)
