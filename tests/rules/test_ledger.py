"""What each movement of the trade does to the accounts. Debits are positive."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usance.rules import ledger
from usance.rules.ledger import ACCOUNTS, Posting, Unbalanced, balanced
from usance.rules.money import LARGEST_AMOUNT

BUYER = UUID("01890000-0000-7000-8000-000000000001")


def accounts(postings: tuple[Posting, ...]) -> dict[str, int]:
    return {posting.account: posting.amount for posting in postings}


ENTRIES = [
    (
        "an order of 1,220.00 is authorized",
        ledger.commitment(BUYER, amount=122_000),
        {"commitments": 122_000, "commitments_contra": -122_000},
    ),
    (
        "the order is canceled",
        ledger.commitment(BUYER, amount=-122_000),
        {"commitments": -122_000, "commitments_contra": 122_000},
    ),
    (
        "it ships: 1,000.00 and 220.00 of tax are owed",
        ledger.invoice(BUYER, net=100_000, tax=22_000, released=122_000),
        {
            "commitments": -122_000,
            "commitments_contra": 122_000,
            "receivable": 122_000,
            "revenue": -100_000,
            "tax": -22_000,
        },
    ),
    (
        "a tenth is credited",
        ledger.credit_note(BUYER, net=10_000, tax=2_200),
        {"receivable": -12_200, "revenue": 10_000, "tax": 2_200},
    ),
    (
        "the buyer pays 1,000.00",
        ledger.receipt(BUYER, amount=100_000),
        {"bank": 100_000, "unapplied_cash": -100_000},
    ),
    (
        "the payment is allocated",
        ledger.allocation(BUYER, amount=100_000),
        {"unapplied_cash": 100_000, "receivable": -100_000},
    ),
    (
        "the allocation is taken back",
        ledger.allocation(BUYER, amount=-100_000),
        {"unapplied_cash": -100_000, "receivable": 100_000},
    ),
    (
        "the rest of 98.00 is written off",
        ledger.write_off(BUYER, amount=9_800),
        {"bad_debt": 9_800, "receivable": -9_800},
    ),
    (
        "an overpayment goes back",
        ledger.refund(BUYER, amount=500),
        {"unapplied_cash": 500, "bank": -500},
    ),
    ("an invoice without tax", ledger.invoice(BUYER, net=5, tax=0, released=0), {
        "receivable": 5, "revenue": -5}),
    ("nothing", ledger.commitment(BUYER, amount=0), {}),
]  # fmt: skip


@pytest.mark.parametrize(("_what", "postings", "expected"), ENTRIES, ids=[e[0] for e in ENTRIES])
def test_entries(_what: str, postings: tuple[Posting, ...], expected: dict[str, int]) -> None:
    assert accounts(postings) == expected
    assert {posting.buyer_id for posting in postings} <= {BUYER}


def test_money_of_an_unknown_payer_moves_to_the_buyer_it_came_from() -> None:
    assert set(ledger.identification(BUYER, amount=700)) == {
        Posting("unapplied_cash", 700, None),
        Posting("bank", -700, None),
        Posting("unapplied_cash", -700, BUYER),
        Posting("bank", 700, BUYER),
    }
    assert {p.buyer_id for p in ledger.receipt(None, amount=700)} == {None}


def test_an_entry_that_does_not_balance_is_refused() -> None:
    with pytest.raises(Unbalanced):
        balanced((Posting("bank", 100, BUYER), Posting("receivable", -99, BUYER)))


AMOUNTS = st.integers(-LARGEST_AMOUNT, LARGEST_AMOUNT)
BUILDERS: list[Callable[[int, int, int], tuple[Posting, ...]]] = [
    lambda a, b, c: ledger.commitment(BUYER, amount=a),
    lambda a, b, c: ledger.invoice(BUYER, net=a, tax=b, released=c),
    lambda a, b, c: ledger.credit_note(BUYER, net=a, tax=b),
    lambda a, b, c: ledger.receipt(BUYER, amount=a),
    lambda a, b, c: ledger.receipt(None, amount=a),
    lambda a, b, c: ledger.identification(BUYER, amount=a),
    lambda a, b, c: ledger.allocation(BUYER, amount=a),
    lambda a, b, c: ledger.write_off(BUYER, amount=a),
    lambda a, b, c: ledger.refund(BUYER, amount=a),
]


@given(st.sampled_from(BUILDERS), AMOUNTS, AMOUNTS, AMOUNTS)
def test_every_entry_balances_for_every_buyer(
    build: Callable[[int, int, int], tuple[Posting, ...]], a: int, b: int, c: int
) -> None:
    sums: defaultdict[UUID | None, int] = defaultdict(int)
    postings = build(a, b, c)
    for posting in postings:
        assert posting.account in ACCOUNTS
        assert posting.amount != 0
        sums[posting.buyer_id] += posting.amount
    assert not any(sums.values())
    assert len({(p.buyer_id, p.account) for p in postings}) == len(postings)


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_taking_back_undoes(a: int, b: int, c: int) -> None:
    for do, undo in (
        (ledger.commitment(BUYER, amount=a), ledger.commitment(BUYER, amount=-a)),
        (ledger.allocation(BUYER, amount=a), ledger.allocation(BUYER, amount=-a)),
        (ledger.receipt(BUYER, amount=a), ledger.refund(BUYER, amount=a)),
    ):
        assert balanced((*do, *undo)) == ()
