"""What is looked at a few at a time: those with which nothing can be done keep nobody from a turn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.flows.funding_desk import FundingDesk
from tests.flows.paying import Till
from tests.flows.trading import Trade
from usance.flows.cards import pages, tending
from usance.flows.funding import notices as funding_notices
from usance.records.cards import queries
from usance.records.cards.models import CardAuthorization, SecuredOrder
from usance.records.funding.models import Advance

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def till(trade: Trade) -> Till:
    return Till.of(trade)


def turns(look: Any, *, of: Any, at: datetime, part: int = 4, most: int = 80) -> set[Any]:
    """Which of the seller's come to their turn within ``most`` looks at a quarter of all."""
    everything = len(look(at=at, limit=10_000))
    limit = max(1, everything // part)
    seen: set[Any] = set()
    for turn in range(most):
        found = look(at=at + timedelta(seconds=5 * turn), limit=limit)
        assert len(found) <= limit
        seen |= {id_ for seller_id, id_ in found if seller_id == of.trade.seller.id}
    return seen


def test_every_order_that_cards_secure_has_its_turn(till: Till) -> None:
    """None of them is tended: each stays as it is, as those do with which nothing can be done."""
    card = till.card()
    orders = [till.trade.order(1_000) for _ in range(8)]
    for order in orders:
        till.authorize(card, amount=2_000, currency="EUR", order_id=order.id)
    SecuredOrder.objects.filter(seller_id=till.trade.seller.id).update(is_open=True)
    CardAuthorization.objects.filter(seller_id=till.trade.seller.id).update(
        state="authorized", expires_at=till.at
    )
    late = till.at + timedelta(days=8)
    assert turns(tending.to_tend, of=till, at=late) == {order.id for order in orders}


def test_every_authorization_that_ran_out_has_its_turn(till: Till) -> None:
    card = till.card()
    held = [till.authorize(card, amount=1_000, currency="EUR") for _ in range(8)]
    late = till.at + timedelta(days=8)
    assert turns(queries.run_out, of=till, at=late) == {one.id for one in held}


def test_every_page_that_nobody_came_back_from_has_its_turn(till: Till) -> None:
    made = [
        pages.want_page(
            till.trade.seller, buyer_id=till.trade.buyer.id, kind="store",
            return_url="https://shop.example/back", **till.trade.act,
        )
        for _ in range(6)
    ]  # fmt: skip
    for page in made:
        pages.open_page(till.trade.seller, page_id=page.id, provider=till.provider, at=till.at)

    def look(*, at: datetime, limit: int) -> Any:
        return queries.pages_to_look_at(before=at, limit=limit)

    late = till.at + timedelta(days=1)
    assert turns(look, of=till, at=late) == {page.id for page in made}


def test_an_advance_that_nobody_can_ask_about_is_put_off(trade: Trade) -> None:
    desk = FundingDesk.of(trade)
    desk.program()
    for _ in range(2):
        trade.invoice(50_000)
    desk.work()
    first, second = Advance.objects.filter(seller_id=trade.seller.id).order_by("id")
    mine = Advance.objects.filter(seller_id=trade.seller.id)
    mine.filter(id=first.id).update(reference="", look_at=LONG_AGO)
    mine.filter(id=second.id).update(reference="", look_at=LONG_AGO + timedelta(days=1))
    for _ in range(2):
        funding_notices.look_at_silent(at=trade.at, limit=1)
    assert {one.look_at for one in mine} == {trade.at + timedelta(hours=1)}
