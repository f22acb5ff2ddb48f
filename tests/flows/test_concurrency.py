"""Many at once: no credit is given twice, nobody waits in a ring, the books stay sound.

The fixture ``trade`` checks the books after each test.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from psycopg import conninfo

from tests.flows import books
from tests.flows.racing import at_once, unless
from tests.flows.trading import Trade
from usance.flows import (
    checkout,
    credit_lines,
    fulfilment,
    onboarding,
    order_reviews,
    policies,
)
from usance.flows.checkout import Authorization, ExternalIdTaken, KeyInFlight, Replay
from usance.flows.refusals import Refused
from usance.records.events.models import Event
from usance.records.identity import new_id
from usance.records.orders.models import Order
from usance.rules.credit.policy import Policy


def states(outcomes: list[Any]) -> Counter[str]:
    """How many orders ended in each state; anything else by its name."""
    return Counter(
        made.state if isinstance(made, Authorization) else type(made).__name__ for made in outcomes
    )


def checkouts(trade: Trade, amounts: list[int], **fields: Any) -> list[Any]:
    """One checkout a thread, all at once."""
    acts = [partial(trade.authorize, trade.request(amount, **fields)) for amount in amounts]
    return [made for [made] in at_once(acts)]


@pytest.mark.parametrize("trial", range(3))
def test_sixty_four_race_for_the_last_credit(trade: Trade, trial: int) -> None:
    credit_lines.set_credit_line(
        trade.seller,
        buyer_id=trade.buyer.id,
        currency="EUR",
        limit=60_000,
        tolerance=10_500,
        **trade.act,
    )
    made = checkouts(trade, [10_000] * 64)
    assert states(made) == {"authorized": 7, "declined": 57}
    assert trade.counters() == {"commitments": 70_000}
    assert books.entries(trade.seller) == {"order_authorized": 7}
    losers = [each for each in made if each.state == "declined"]
    assert {each.decision.reasons for each in losers} == {("limit_exceeded",)}
    assert {each.decision.up_to for each in losers} == {500}
    assert Order.objects.filter(seller_id=trade.seller.id).count() == 64


def test_amounts_of_all_sizes_race(trade: Trade) -> None:
    amounts = [(n * 7_919) % 40_000 + 1 for n in range(48)]
    made = checkouts(trade, amounts)
    approved = sum(m.request.amount for m in made if m.state == "authorized")
    assert trade.counters() == {"commitments": approved}
    assert approved <= 1_000_000
    # Nobody was turned away for whom there was room in the end.
    left = 1_000_000 - approved
    assert all(m.request.amount > left for m in made if m.state == "declined")


def test_batches_race_with_single_checkouts(trade: Trade) -> None:
    other = trade.other_buyer(limit=100_000)
    single = [partial(trade.authorize, trade.request(30_000)) for _ in range(12)]
    # The two lines stand in either order in the batches.
    pair = [other.request(3_000), trade.request(30_000)] * 4
    batches = [partial(trade.authorize, *(pair if n % 2 else pair[::-1])) for n in range(8)]
    made = [each for outcomes in at_once([*single, *batches]) for each in outcomes]
    assert set(states(made)) == {"authorized", "declined"}
    assert trade.counters() == {"commitments": 990_000}
    assert other.counters() == {"commitments": 96_000}


def test_four_processes_of_a_shop_serve_eighty_buyers(trade: Trade) -> None:
    buyers = [trade.other_buyer(limit=100).buyer.id for _ in range(80)]
    settings = connection.settings_dict
    address = conninfo.make_conninfo(
        os.environ["USANCE_DATABASE_URL"], dbname=str(settings["NAME"])
    )
    root = Path(__file__).resolve().parents[2]
    environment = os.environ | {
        "USANCE_DATABASE_URL": address,
        "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}",
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.flows.checkout_process", str(trade.seller.id)]
            + [str(buyer) for buyer in buyers[n::4]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
            env=environment,
        )
        for n in range(4)
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        answers = [json.loads(process.communicate(timeout=60)[0]) for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert answers == [["authorized"] * 20] * 4


def test_one_key_from_sixteen_threads_makes_one_order(trade: Trade) -> None:
    request = trade.request(1_000, idempotency_key="key-1", request_hash=b"body")
    act = partial(
        checkout.authorize_orders, [request], at=trade.at, answer=lambda made: str(made.order_id)
    )
    outcomes = [made for [made] in at_once([act] * 16)]
    [first] = [made for made in outcomes if isinstance(made, Authorization)]
    others = [made for made in outcomes if made is not first]
    assert all(isinstance(made, Replay | KeyInFlight) for made in others)
    assert {m.body for m in others if isinstance(m, Replay)} <= {str(first.order_id)}
    assert trade.counters() == {"commitments": 1_000}
    assert act() == [Replay(201, str(first.order_id))]


def test_one_key_of_a_declined_order_makes_one_order(trade: Trade) -> None:
    request = trade.request(2_000_000, idempotency_key="key-1", request_hash=b"body")
    outcomes = [made for [made] in at_once([partial(trade.authorize, request)] * 16)]
    assert states(outcomes)["declined"] == 1
    assert set(states(outcomes)) <= {"declined", "Replay", "KeyInFlight"}
    assert Order.objects.filter(seller_id=trade.seller.id).count() == 1


def test_one_external_id_from_sixteen_threads_makes_one_order(trade: Trade) -> None:
    for amount, state in ((1_000, "authorized"), (2_000_000, "declined")):
        outcomes = checkouts(trade, [amount] * 16, external_id=f"S-{state}")
        assert states(outcomes) == {state: 1, ExternalIdTaken.__name__: 15}
    assert trade.counters() == {"commitments": 1_000}


def test_nothing_is_approved_once_the_line_is_held(trade: Trade) -> None:
    hold = partial(
        credit_lines.change_line_state,
        trade.seller,
        buyer_id=trade.buyer.id,
        currency="EUR",
        state="on_hold",
        **trade.act,
    )
    acts = [partial(trade.authorize, trade.request(100)) for _ in range(32)]
    results = at_once([*acts[:16], hold, *acts[16:]])
    made = [outcomes[0] for outcomes in results if isinstance(outcomes, list)]
    assert set(states(made)) <= {"authorized", "declined"}
    reasons = {m.decision.reasons for m in made if m.state == "declined"}
    assert reasons <= {("line_on_hold",)}
    assert trade.counters().get("commitments", 0) == 100 * states(made)["authorized"]
    events = Event.objects.filter(seller_id=trade.seller.id)
    held = events.get(type="credit_line.on_hold").sequence
    assert not events.filter(type="order.authorized", sequence__gt=held).exists()
    assert checkouts(trade, [1])[0].decision.reasons == ("line_on_hold",)


def test_an_order_is_canceled_or_shipped_but_not_both(trade: Trade) -> None:
    for _ in range(5):
        order = trade.order(10_000)
        act = {"order_id": order.id, **trade.act}
        outcomes = at_once(
            [
                unless(Refused, partial(fulfilment.cancel_order, trade.seller, **act)),
                unless(Refused, partial(fulfilment.invoice_order, trade.seller, **act)),
                unless(Refused, partial(fulfilment.void_remaining, trade.seller, **act)),
                unless(Refused, partial(fulfilment.invoice_order, trade.seller, **act)),
            ]
        )
        assert sum(not isinstance(outcome, Refused) for outcome in outcomes) == 1


def test_one_review_is_confirmed_once(trade: Trade) -> None:
    policies.set_policy(trade.seller, Policy(review_above={"EUR": 0}), **trade.act)
    [made] = trade.authorize(trade.request(10_000))
    act = partial(order_reviews.confirm_order, trade.seller, order_id=made.order_id, **trade.act)
    outcomes = at_once([unless(Refused, act)] * 8)
    assert sum(isinstance(outcome, Order) for outcome in outcomes) == 1
    assert trade.counters() == {"commitments": 10_000}


def test_a_credit_line_is_opened_once_by_money_from_many_sides(trade: Trade) -> None:
    acts: list[Any] = [partial(trade.payment, 100, currency="JPY")] * 8
    acts += [
        partial(
            credit_lines.set_credit_line,
            trade.seller,
            buyer_id=trade.buyer.id,
            currency="JPY",
            limit=5,
            **trade.act,
        )
    ] * 4
    at_once(acts)
    assert books.balances(trade.seller, trade.buyer.id, "JPY")["unapplied_cash"] == -800


def test_policies_published_together_are_versions_one_after_another(trade: Trade) -> None:
    acts = [
        partial(policies.set_policy, trade.seller, Policy(overdue_days=n), **trade.act)
        for n in range(6)
    ]
    assert sorted(stored.version for stored in at_once(acts)) == [2, 3, 4, 5, 6, 7]


def test_a_buyer_is_made_once_by_its_external_id(trade: Trade) -> None:
    act = partial(
        onboarding.create_buyer,
        trade.seller,
        name="Twin",
        country="DE",
        external_id=new_id().hex,
        **trade.act,
    )
    outcomes = at_once([unless(Refused, act)] * 8)
    assert sum(isinstance(each, Refused) for each in outcomes) == 7
