"""What must always hold, checked against the tables: the seven invariants of the house.

Each check is one SQL statement over whole tables, so that hundreds of thousands of rows take
seconds. All checks see one snapshot, so a live system can be verified while it trades.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import psycopg
from django.db import connection, transaction

from usance.records.identity import public_id
from usance.records.ledger.checks import books, collected, documents, history, late_charges
from usance.records.ledger.checks.check import Check
from usance.rules import states
from usance.rules.money import EXPONENTS

MOST: Final = 1000
"""No check reports more than this many violations: by then the first tell what is wrong."""

CHECKS: Final[tuple[Check, ...]] = (
    *books.CHECKS,
    *documents.CHECKS,
    *collected.CHECKS,
    *late_charges.CHECKS,
    *history.CHECKS,
)
"""Every check, in the order of the invariants."""

FIRST_STATES: Final[Mapping[str, tuple[str, ...]]] = {
    "order": ("authorized", "declined", "pending_review", "pending_approval"),
    "invoice": ("draft", "open"),
    "payment": ("received", "unapplied"),
    # A line is active before any event tells of its state, so its first event changes that.
    "credit_line": tuple(after for before, after in states.CREDIT_LINE if before == "active"),
}
"""The states that the first event of each kind of object may tell."""

_MACHINES: Final = {
    "order": states.ORDER,
    "invoice": states.INVOICE,
    "payment": states.PAYMENT,
    "credit_line": states.CREDIT_LINE,
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that does not hold. ``invariant`` is its number from 1 to 7, ``code`` is stable,
    ``object_id`` the public id of what is wrong; ``sentence`` says it with figures."""

    invariant: int
    code: str
    seller_id: UUID
    object_id: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.object_id}: {self.sentence} [{self.invariant} {self.code}]"


def verify(*, seller_id: UUID | None) -> list[Violation]:
    """Everything that does not hold for one seller, or (None) for all; empty when all is well.

    Nothing is written. Bank lines that are not settled yet are waiting, not wrong.
    """
    question = {"seller_id": seller_id} | _legal_changes()
    found: list[Violation] = []
    with _one_snapshot():
        for check in CHECKS:
            found += _run(check, question, one_seller=seller_id is not None)
    return found


def _legal_changes() -> dict[str, list[str | None]]:
    """The state machines as three arrays; no state before means the object's first event."""
    pairs: list[tuple[str, str | None, str]] = [
        (kind, before, after) for kind, machine in _MACHINES.items() for before, after in machine
    ]
    pairs += [(kind, None, first) for kind, firsts in FIRST_STATES.items() for first in firsts]
    return {
        "kinds": [pair[0] for pair in pairs],
        "befores": [pair[1] for pair in pairs],
        "afters": [pair[2] for pair in pairs],
    }


@contextlib.contextmanager
def _one_snapshot() -> Iterator[None]:
    """A read-only snapshot for all checks; within a caller's transaction, that transaction's view.

    Statistics may not know a new seller yet, and the planner would then join whole tables in nested
    loops; every check reads everything, so hashes serve it always.
    """
    ours = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if ours:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute("SET LOCAL work_mem = '64MB'")
        yield
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
        cursor.execute("SET LOCAL work_mem TO DEFAULT")


def _run(check: Check, question: Mapping[str, Any], *, one_seller: bool) -> list[Violation]:
    connection.ensure_connection()
    # Not prepared: these run once, and a plan for one seller would not serve all of them.
    with psycopg.Cursor(connection.connection) as cursor:
        # Materialized, so that the limit does not tempt the planner into loops meant for few rows.
        cursor.execute(
            f"WITH wrong AS MATERIALIZED ({check.statement(one_seller=one_seller)})"
            f" SELECT * FROM wrong LIMIT {MOST}",
            question,
        )
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor]
    return [
        Violation(
            invariant=check.invariant,
            code=check.code,
            seller_id=row["seller_id"],
            object_id=public_id(row["kind"], row["id"]),
            sentence=check.sentence.format(
                **row | {name: _written(row[name], row["currency"]) for name in check.money}
            ),
        )
        for row in rows
    ]


def _written(amount: int, currency: str) -> str:
    """Figures for a person; unlike Money, without a bound, since what is wrong may be huge."""
    return f"{currency} {Decimal(amount).scaleb(-EXPONENTS.get(currency, 2))}"
