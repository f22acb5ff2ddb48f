"""A credit line is given, changed, held and closed. Amounts are cents."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flows import books
from tests.flows.trading import Trade
from usance.flows import credit_lines
from usance.flows.checkout import Authorization
from usance.flows.refusals import NotFound, WrongState
from usance.records.credit.models import CreditLine
from usance.records.identity import new_id
from usance.rules import states
from usance.rules.money import LARGEST_AMOUNT, MoneyError, UnknownCurrency
from usance.rules.terms import Terms


def set_line(trade: Trade, **fields: Any) -> CreditLine:
    given: dict[str, Any] = {"buyer_id": trade.buyer.id, "currency": "EUR"} | trade.act | fields
    return credit_lines.set_credit_line(trade.seller, **given)


def change(trade: Trade, state: str, **fields: Any) -> CreditLine:
    given: dict[str, Any] = {"buyer_id": trade.buyer.id, "currency": "EUR"} | trade.act | fields
    return credit_lines.change_line_state(trade.seller, state=state, **given)


def outcome(trade: Trade, amount: int, **fields: Any) -> tuple[str, tuple[str, ...]]:
    [made] = trade.authorize(trade.request(amount, **fields))
    assert isinstance(made, Authorization)
    return made.decision.outcome, made.decision.reasons


def test_a_line_is_changed_with_its_tolerance_and_terms(trade: Trade) -> None:
    changed = set_line(trade, limit=500, tolerance=50, terms=[Terms(14)])
    assert changed.id == trade.line.id
    kept = trade.stored(CreditLine, trade.line.id)
    assert (kept.limit, kept.tolerance, kept.terms) == (500, 50, ["net_14"])
    assert outcome(trade, 550) == ("approved", ())
    assert trade.events(trade.line)[-1] == ("credit_line.changed", None, 0)


def test_each_currency_has_its_own_line(trade: Trade) -> None:
    dollars = set_line(trade, currency="USD", limit=700)
    assert outcome(trade, 700, currency="USD") == ("approved", ())
    assert outcome(trade, 1, currency="USD")[0] == "declined"
    assert books.counters(dollars) == {"commitments": 700}
    assert trade.counters() == {}


def test_a_limit_below_what_is_used_lets_nothing_more_pass(trade: Trade) -> None:
    invoice = trade.invoice(900_000)
    set_line(trade, limit=500_000)
    assert outcome(trade, 1) == ("declined", ("limit_exceeded",))
    trade.pay(invoice, 400_001)
    assert outcome(trade, 1) == ("approved", ())


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"limit": -1}, MoneyError),
        ({"limit": LARGEST_AMOUNT + 1}, MoneyError),
        ({"limit": 1, "tolerance": -1}, MoneyError),
        ({"limit": 1, "currency": "EUX"}, UnknownCurrency),
        ({"limit": 1, "buyer_id": new_id()}, NotFound),
    ],
)
def test_a_line_that_cannot_be(
    trade: Trade, fields: dict[str, Any], error: type[Exception]
) -> None:
    with books.refused(trade.seller, error):
        set_line(trade, **fields)


def test_a_held_line_is_released(trade: Trade) -> None:
    change(trade, "on_hold", reason="asked for accounts")
    assert trade.stored(CreditLine, trade.line.id).hold_reason == "asked for accounts"
    assert outcome(trade, 1) == ("declined", ("line_on_hold",))
    change(trade, "active")
    assert trade.stored(CreditLine, trade.line.id).hold_reason == ""
    assert outcome(trade, 1) == ("approved", ())
    assert [state for _, state, _ in trade.events(trade.line) if state] == ["on_hold", "active"]


@pytest.mark.parametrize("before", states.CREDIT_LINE_STATES)
@pytest.mark.parametrize("after", [*states.CREDIT_LINE_STATES, "gone"])
def test_a_line_moves_only_along_its_machine(trade: Trade, before: str, after: str) -> None:
    if before != "active":
        change(trade, before)
    if (before, after) in states.CREDIT_LINE:
        assert change(trade, after).state == after
    else:
        with books.refused(trade.seller, WrongState):
            change(trade, after)


def test_a_closed_line_still_takes_money(trade: Trade) -> None:
    invoice = trade.invoice(100)
    change(trade, "closed")
    trade.pay(invoice)
    assert trade.counters() == {}


def test_a_line_that_is_not_there(trade: Trade) -> None:
    with books.refused(trade.seller, NotFound):
        change(trade, "on_hold", currency="USD")
