"""Cards move by themselves: the provider is told, its notices are worked on, orders are followed, what
is due is charged, and promises are judged.

A watch finds what is due and makes a job of each; anything may be killed and run again.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from procrastinate.contrib.django import app

from config.clock import CLOCK
from usance.flows import promises
from usance.flows.cards import charging, notices, pages, payouts, sending, tending
from usance.gateways.errors import CounterpartError
from usance.jobs import tasks
from usance.jobs.once import enqueue_once
from usance.jobs.retry import AgainWhenAsked, TryAgain
from usance.records.cards import queries

CARDS: Final = "cards"
"""The queue of what the provider of payments is told and asked."""
WATCH_SECONDS: Final = 55.0
POLL_SECONDS: Final = 1.0
TEND_EVERY: Final = 5
"""Polls between two looks at the orders that cards secure."""

_log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="watch_cards", queue=CARDS, lock="cards", retry=AgainWhenAsked())
def watch_cards(timestamp: int) -> None:
    """Make jobs of what is due for about a minute; the next job takes over."""
    del timestamp
    end = CLOCK.now() + timedelta(seconds=WATCH_SECONDS)
    turn = 0
    while not tasks.stopping.is_set() and CLOCK.now() < end:
        if turn % TEND_EVERY == 0:
            tend_orders()
        enqueue_due()
        turn += 1
        tasks.stopping.wait(POLL_SECONDS)
    if tasks.stopping.is_set():
        raise TryAgain(CLOCK.now())


def tend_orders() -> int:
    """Let what cards hold follow their orders; how many orders were looked at. One that fails keeps
    no other from it."""
    at = CLOCK.now()
    done = 0
    for seller_id, order_id in tending.to_claim(at=at):
        done += _tend_one(tending.claim, seller_id, order_id, at=at)
    for seller_id, order_id in tending.to_tend(at=at):
        done += _tend_one(tending.tend, seller_id, order_id, at=at)
    return done


def _tend_one(act: Callable[..., None], seller_id: UUID, order_id: UUID, *, at: datetime) -> int:
    try:
        act(seller_id=seller_id, order_id=order_id, at=at)
    except Exception:  # noqa: BLE001 - logged; looked at again in a moment
        _log.exception("cards of order %s of seller %s", order_id, seller_id)
    return 1


def enqueue_due() -> int:
    """A job for each instruction and each notice that is due and has none yet; how many were made."""
    at = CLOCK.now()
    made = 0
    for seller_id, instruction_id in sending.due(at=at):
        made += enqueue_once(tell_provider, seller_id, instruction_id)
    for seller_id, event_id in notices.due(at=at):
        made += enqueue_once(take_card_event, seller_id, event_id)
    return made


@app.task(name="tell_provider", queue=CARDS)
def tell_provider(*, seller_id: str, object_id: str) -> None:
    """Tell the provider one thing, or ask what became of it; what does not work is due again."""
    sending.attend(
        seller_id=UUID(seller_id),
        instruction_id=UUID(object_id),
        at=CLOCK.now(),
        chance=random.random(),  # noqa: S311 - spreads retries, guards nothing
    )


@app.task(name="take_card_event", queue=CARDS)
def take_card_event(*, seller_id: str, object_id: str) -> None:
    """Do what one notice of the provider asks for."""
    notices.work_on(
        seller_id=UUID(seller_id),
        event_id=UUID(object_id),
        at=CLOCK.now(),
        chance=random.random(),  # noqa: S311 - spreads retries, guards nothing
    )


@app.periodic(cron="*/10 * * * *")
@app.task(name="look_at_cards", queue=CARDS, queueing_lock="look_at_cards")
def look_at_cards(timestamp: int) -> None:
    """Ask about pages and authorizations that the provider has told nothing of in time."""
    del timestamp
    at = CLOCK.now()
    notices.refresh_run_out(at=at)
    for seller_id, page_id in queries.pages_to_look_at(before=at - pages.LOOK_AFTER, limit=200):
        try:
            pages.look_at_page(seller_id=seller_id, page_id=page_id, at=at)
        except CounterpartError as error:
            _log.warning("page %s of seller %s: %s", page_id, seller_id, error.code)


@app.periodic(cron="17 * * * *")
@app.task(name="charge_due_cards", queue=tasks.CALENDAR, queueing_lock="charge_due_cards")
def charge_due_cards(timestamp: int) -> None:
    """Charge the cards of buyers who agreed for invoices that are due, a seller at a time."""
    del timestamp
    tasks.for_each_seller(lambda one: charging.charge_due(seller_id=one, at=CLOCK.now()))


@app.periodic(cron="27 * * * *")
@app.task(name="ask_for_card_payouts", queue=CARDS, queueing_lock="ask_for_card_payouts")
def ask_for_card_payouts(timestamp: int) -> None:
    """Ask the providers what they have sent to the bank, in case a notice was lost."""
    del timestamp
    tasks.for_each_seller(lambda one: payouts.ask_for_payouts(seller_id=one, at=CLOCK.now()))


@app.periodic(cron="37 * * * *")
@app.task(name="judge_promises", queue=tasks.CALENDAR, queueing_lock="judge_promises")
def judge_promises(timestamp: int) -> None:
    """See which promises of instalments are kept."""
    del timestamp
    promises.judge_due(at=CLOCK.now())
