"""Writing credit lines and policies."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from usance.records.credit.models import (
    CreditLine,
    CreditPolicy,
    Decision,
    GroupLimit,
    PolicyRelease,
)
from usance.records.statements import execute, jsonb
from usance.rules.credit.policy import Policy


def lock_line(*, seller_id: UUID, buyer_id: UUID, currency: str) -> CreditLine | None:
    """The buyer's line, locked until the transaction ends. Lock it before anything else."""
    return (
        CreditLine.objects.select_for_update(no_key=True)
        .filter(seller_id=seller_id, buyer_id=buyer_id, currency=currency)
        .first()
    )


def lock_lines(*, seller_id: UUID, accounts: Collection[tuple[UUID, str]]) -> None:
    """Lock the lines of several (buyer, currency) in primary-key order."""
    if accounts:
        execute(
            "SELECT 1 FROM credit_creditline WHERE seller_id = %s AND (buyer_id, currency) IN"
            " (SELECT * FROM unnest(%s::uuid[], %s::text[])) ORDER BY id FOR NO KEY UPDATE",
            [seller_id, [a[0] for a in accounts], [a[1] for a in accounts]],
        )


def room(line: CreditLine, *, on: date, order_id: UUID | None = None) -> int:
    """What ``line`` still bears, in its minor units. A limit it shares is locked first, so that the
    figure stands until the transaction ends; the line is locked already. What cards hold for the order
    ``order_id`` counts for it."""
    own = line.limit + line.tolerance - line.exposure
    if line.secured:
        held = execute(
            "SELECT credit_secured(%s, %s, %s, NULL, %s)",
            [line.seller_id, line.buyer_id, line.currency, order_id],
        )
        own += held[0][0]
    if line.group_id is None:
        return own
    GroupLimit.objects.select_for_update(no_key=True).filter(
        seller_id=line.seller_id, id=line.group_id
    ).first()
    rows = execute(
        "SELECT floor(credit_converted(g.seller_id, credit_group_room(g.seller_id, g.id, %s),"
        " g.currency, %s, %s))::bigint FROM credit_grouplimit AS g"
        " WHERE g.seller_id = %s AND g.id = %s",
        [on, line.currency, on, line.seller_id, line.group_id],
    )
    shared = rows[0][0] if rows else None
    return min(own, -1 if shared is None else shared)


def ensure_line(*, seller_id: UUID, buyer_id: UUID, currency: str, at: datetime) -> CreditLine:
    """The buyer's line, locked; one with a limit of nothing is opened if there is none.

    Money may arrive in a currency in which the buyer was never given credit.
    """
    CreditLine.objects.bulk_create(
        [CreditLine(seller_id=seller_id, buyer_id=buyer_id, currency=currency, created_at=at)],
        ignore_conflicts=True,
    )
    line = lock_line(seller_id=seller_id, buyer_id=buyer_id, currency=currency)
    assert line is not None
    return line


def ensure_lines(*, seller_id: UUID, accounts: Collection[tuple[UUID, str]], at: datetime) -> None:
    """Open a line with a limit of nothing for each of the (buyer, currency) that has none. None that is
    there is locked: whoever moves money locks them afterwards, in primary-key order."""
    CreditLine.objects.bulk_create(
        [
            CreditLine(seller_id=seller_id, buyer_id=buyer_id, currency=currency, created_at=at)
            for buyer_id, currency in sorted(accounts)
        ],
        ignore_conflicts=True,
    )


_MOVE = """
UPDATE credit_creditline AS l
   SET commitments = l.commitments + m.commitments,
       receivable = l.receivable + m.receivable,
       unapplied_cash = l.unapplied_cash + m.unapplied_cash
  FROM jsonb_to_recordset(%s) AS m(buyer_id uuid, currency text, commitments bigint,
                                   receivable bigint, unapplied_cash bigint)
 WHERE l.seller_id = %s AND l.buyer_id = m.buyer_id AND l.currency = m.currency
"""


def move(*, seller_id: UUID, changes: Mapping[tuple[UUID, str], Mapping[str, int]]) -> None:
    """Add ``changes`` to the counters of the lines of (buyer, currency). The lines are locked."""
    rows: list[dict[str, Any]] = [
        {
            "buyer_id": buyer_id,
            "currency": currency,
            "commitments": change.get("commitments", 0),
            "receivable": change.get("receivable", 0),
            "unapplied_cash": change.get("unapplied_cash", 0),
        }
        for (buyer_id, currency), change in changes.items()
        if any(change.values())
    ]
    if rows:
        execute(_MOVE, [jsonb(rows), seller_id])


def lock_policies(*, seller_id: UUID) -> None:
    """Let nobody else write or release a policy of the seller's until the transaction ends."""
    execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 3))", [str(seller_id)])


def add_policy(
    *, seller_id: UUID, policy: Policy, author: str, at: datetime, note: str = ""
) -> CreditPolicy:
    """Store the next version of a seller's policy; two at once become two versions."""
    lock_policies(seller_id=seller_id)
    latest = CreditPolicy.objects.filter(seller_id=seller_id).aggregate(v=Max("version"))["v"] or 0
    return CreditPolicy.objects.create(
        seller_id=seller_id,
        version=latest + 1,
        document=policy.to_document(),
        author=author,
        note=note,
        created_at=at,
    )


def release_policy(
    stored: CreditPolicy,
    *,
    mode: str,
    effective_at: datetime,
    needs_standing: bool,
    author: str,
    at: datetime,
    approved_by: str = "",
) -> PolicyRelease:
    """Let a version decide, or be tried, from ``effective_at``."""
    return PolicyRelease.objects.create(
        seller_id=stored.seller_id,
        policy_id=stored.id,
        mode=mode,
        effective_at=effective_at,
        needs_standing=needs_standing,
        author=author,
        approved_by=approved_by,
        created_at=at,
    )


def add_decision(*, seller_id: UUID, at: datetime, **fields: Any) -> Decision:
    """Keep a decision that was not taken at checkout; it never changes."""
    return Decision.objects.create(seller_id=seller_id, created_at=at, **fields)


def line_exists(*, seller_id: UUID, buyer_id: UUID, currency: str) -> bool:
    """Whether the buyer has a line in ``currency``."""
    return CreditLine.objects.filter(
        seller_id=seller_id, buyer_id=buyer_id, currency=currency
    ).exists()
