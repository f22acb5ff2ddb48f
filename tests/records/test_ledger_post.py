"""The one way into the ledger: many entries in one statement, balances kept beside them."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.db import transaction

from tests.flows import books
from tests.flows.racing import at_once
from usance.records.identity import new_id
from usance.records.ledger.actions import NewEntry, post
from usance.records.ledger.models import Entry, Posting
from usance.rules import ledger


def entry(buyer: Any, amount: int, currency: str = "EUR") -> NewEntry:
    buyer_id = buyer.id if buyer else None
    return NewEntry("test", new_id(), buyer_id, currency, ledger.receipt(buyer_id, amount=amount))


def test_entries_of_one_statement_add_up(seller: Any, buyer: Any, at: Any) -> None:
    entries = [entry(buyer, 100), entry(buyer, 50), entry(None, 7), entry(buyer, 9, "JPY")]
    post(entries, seller_id=seller.id, at=at, on=at.date())
    assert Entry.objects.filter(seller_id=seller.id).count() == 4
    assert Posting.objects.filter(seller_id=seller.id).count() == 8
    assert books.balances(seller, buyer.id) == {"bank": 150, "unapplied_cash": -150}
    assert books.balances(seller, None) == {"bank": 7, "unapplied_cash": -7}
    assert books.balances(seller, buyer.id, "JPY") == {"bank": 9, "unapplied_cash": -9}


def test_an_entry_that_moves_nothing_is_not_posted(seller: Any, buyer: Any, at: Any) -> None:
    with books.nothing_written(seller):
        post([entry(buyer, 0)], seller_id=seller.id, at=at, on=at.date())


def test_what_is_rolled_back_was_never_posted(seller: Any, buyer: Any, at: Any) -> None:
    with books.nothing_written(seller), pytest.raises(KeyError), transaction.atomic():
        post([entry(buyer, 100)], seller_id=seller.id, at=at, on=at.date())
        raise KeyError


def test_balances_of_many_at_once_lose_nothing(seller: Any, buyer: Any, at: Any) -> None:
    """Each statement posts to two owners, in either order; none waits for another in a ring."""
    pair = [entry(buyer, 3), entry(None, 5)]
    acts = [
        partial(
            post,
            [NewEntry(e.kind, e.subject_id, e.buyer_id, e.currency, e.postings) for e in order],
            seller_id=seller.id,
            at=at,
            on=at.date(),
        )
        for order in (pair, pair[::-1]) * 12
    ]
    at_once(acts)
    assert books.balances(seller, buyer.id) == {"bank": 72, "unapplied_cash": -72}
    assert books.balances(seller, None) == {"bank": 120, "unapplied_cash": -120}
