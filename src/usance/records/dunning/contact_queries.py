"""What lies around an account that tells whether a person should speak to its buyer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from usance.records.statements import execute

# A promise is broken for as long as it is not kept after all; a debit that came back counts for three
# months.
_AROUND: Final = """
SELECT l.buyer_id, l.currency,
       (SELECT count(*) FROM collections_promise AS p
         WHERE p.seller_id = l.seller_id AND p.buyer_id = l.buyer_id AND p.currency = l.currency
           AND p.state = 'broken'),
       (SELECT count(*) FROM debits_debit AS d
         WHERE d.seller_id = l.seller_id AND d.buyer_id = l.buyer_id AND d.currency = l.currency
           AND d.state = 'returned' AND d.ended_on > %(on)s - 90),
       (SELECT count(*) FROM dunning_task AS t
         WHERE t.seller_id = c.seller_id AND t.case_id = c.id AND t.state = 'open'
           AND t.due_on <= %(on)s),
       (SELECT (max(n.created_at) AT TIME ZONE %(zone)s)::date FROM dunning_note AS n
         WHERE n.seller_id = c.seller_id AND n.case_id = c.id AND n.outcome <> 'not_reached')
  FROM credit_creditline AS l
  LEFT JOIN dunning_case AS c
    ON c.seller_id = l.seller_id AND c.buyer_id = l.buyer_id AND c.currency = l.currency
 WHERE l.seller_id = %(seller)s AND l.buyer_id = ANY(%(buyers)s)
"""


@dataclass(frozen=True, slots=True)
class Around:
    """Promises that are broken, debits that came back, tasks that are due, and when somebody last reached
    the buyer."""

    broken_promises: int = 0
    failed_debits: int = 0
    tasks: int = 0
    contacted_on: date | None = None


def around(
    buyer_ids: Collection[UUID], *, seller_id: UUID, on: date, zone: str
) -> dict[tuple[UUID, str], Around]:
    """What lies around the accounts of these buyers on the day ``on``, by buyer and currency; ``zone``
    is where the seller's days begin."""
    if not buyer_ids:
        return {}
    asked = {"seller": seller_id, "buyers": list(buyer_ids), "on": on, "zone": zone}
    return {(row[0], row[1]): Around(*row[2:]) for row in execute(_AROUND, asked)}


def factor(*, seller_id: UUID, currency: str, base: str, on: date) -> Decimal | None:
    """What one minor unit of ``currency`` is worth in ``base`` on the day ``on``; None without a rate."""
    rows = execute("SELECT credit_converted(%s, 1, %s, %s, %s)", [seller_id, currency, base, on])
    return rows[0][0] if rows else None
