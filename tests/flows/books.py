"""Reading a seller's books in tests: all that is stored, what the accounts stand at, what holds."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from uuid import UUID

import pytest

from usance.records.credit.models import CreditLine
from usance.records.events.models import Event
from usance.records.ledger.invariants import verify
from usance.records.ledger.models import Balance
from usance.records.parties.models import Seller
from usance.records.statements import execute


@lru_cache(maxsize=1)
def tables() -> tuple[str, ...]:
    """Every table with a seller's rows, the seller's own included."""
    rows = execute(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
        " AND a.attname = 'seller_id' AND NOT a.attisdropped ORDER BY 1",
        [],
    )
    return tuple(row[0] for row in rows)


def contents(seller: Seller) -> dict[str, tuple[int, int]]:
    """Rows and a checksum of all that is stored for ``seller``, by table."""
    query = " UNION ALL ".join(
        f"SELECT '{table}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)"
        f" FROM {table} AS t WHERE t.seller_id = %(seller)s"
        for table in tables()
    )
    return {
        table: (rows, int(checksum))
        for table, rows, checksum in execute(query, {"seller": seller.id})
    }


def rows(seller: Seller) -> dict[str, int]:
    """How many rows of ``seller`` each table has, where it has any."""
    return {table: count for table, (count, _) in contents(seller).items() if count}


@contextlib.contextmanager
def nothing_written(seller: Seller) -> Iterator[None]:
    """Assert that what happens inside leaves every table of the seller's as it was."""
    before = contents(seller)
    yield
    assert contents(seller) == before


@contextlib.contextmanager
def refused(
    seller: Seller,
    error: type[Exception] | tuple[type[Exception], ...],
    match: str | None = None,
) -> Iterator[pytest.ExceptionInfo[Exception]]:
    """Assert that what happens inside raises ``error`` and leaves nothing behind."""
    with nothing_written(seller), pytest.raises(error, match=match) as raised:
        yield raised


def balances(seller: Seller, buyer_id: UUID | None, currency: str = "EUR") -> dict[str, int]:
    """What each account of the buyer stands at, zeros left out. Debits are positive."""
    found = Balance.objects.filter(seller_id=seller.id, buyer_id=buyer_id, currency=currency)
    return {balance.account: balance.amount for balance in found if balance.amount}


def counters(line: CreditLine) -> dict[str, int]:
    """The counters of a credit line as stored, zeros left out."""
    kept = CreditLine.objects.get(seller_id=line.seller_id, id=line.id)
    names = ("commitments", "receivable", "external", "unapplied_cash")
    return {name: getattr(kept, name) for name in names if getattr(kept, name)}


def events(seller: Seller, object_id: UUID) -> list[tuple[str, str | None, int]]:
    """What was told of an object, in order: type, new state, change of what is owed."""
    found = Event.objects.filter(seller_id=seller.id, object_id=object_id)
    return [
        (event.type, event.state, event.owed_change)
        for event in found.order_by("transaction", "sequence")
    ]


def entries(seller: Seller) -> Counter[str]:
    """How many ledger entries of each kind the seller has."""
    found = execute("SELECT kind FROM ledger_entry WHERE seller_id = %s", [seller.id])
    return Counter(row[0] for row in found)


_BESIDE: dict[str, str] = {
    "a payment pays another buyer's invoice": """
        SELECT p.id, i.id FROM payments_allocation AS a
          JOIN payments_payment AS p ON p.seller_id = a.seller_id AND p.id = a.payment_id
          JOIN invoices_invoice AS i ON i.seller_id = a.seller_id AND i.id = a.invoice_id
         WHERE a.seller_id = %(seller)s AND (p.buyer_id IS DISTINCT FROM i.buyer_id
               OR (a.converted IS NULL) <> (p.currency = i.currency))
         GROUP BY p.id, i.id HAVING sum(a.amount) <> 0""",
    "more is taken back of an allocation than it was": """
        SELECT a.id FROM payments_allocation AS a
          JOIN payments_allocation AS r ON r.seller_id = a.seller_id AND r.reverses_id = a.id
         WHERE a.seller_id = %(seller)s GROUP BY a.id, a.amount HAVING sum(r.amount) < -a.amount""",
    "a bank file counts other lines than it brought": """
        SELECT s.id FROM payments_bankstatement AS s
         WHERE s.seller_id = %(seller)s AND s.transactions <> (
               SELECT count(*) FROM payments_banktransaction AS t
                WHERE t.seller_id = s.seller_id AND t.statement_id = s.id)""",
}


def broken(seller: Seller) -> list[str]:
    """What of the seven invariants does not hold, and of a few smaller ones."""
    found = [str(violation) for violation in verify(seller_id=seller.id)]
    for what, query in _BESIDE.items():
        found += [f"{what}: {row}" for row in execute(query, {"seller": seller.id})]
    return found
