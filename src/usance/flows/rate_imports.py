"""A table of exchange rates is stored day by day; a rate that is stored already is not stored again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from usance.flows.exchange_rates import set_rate
from usance.formats import rate_table
from usance.records.credit import group_queries
from usance.records.parties.models import Seller


@dataclass(slots=True)
class Imported:
    """How many rates are new, and how many were stored before."""

    created: int = 0
    known: int = 0


def import_rates(
    seller: Seller,
    data: bytes,
    *,
    at: datetime,
    by: str,
    origin: str = "",
    progress: Callable[[int, int], object] = lambda *_: None,
) -> Imported:
    """Store the rates of a table, the oldest first, each in its own transaction.

    Raises FormatError, with line and column, if any row cannot be read, or InvalidRate; nothing is
    written before the whole table was read.
    """
    rows = rate_table.parse(data)
    stored = group_queries.rates(seller_id=seller.id).filter(on__in={row.on for row in rows})
    known = {
        (rate.source, rate.target, rate.on): rate.rate
        for rate in stored.order_by("created_at", "id")
    }
    result = Imported()
    for done, row in enumerate(rows, 1):
        if known.get((row.source, row.target, row.on)) == row.rate:
            result.known += 1
        else:
            set_rate(
                seller,
                source=row.source,
                target=row.target,
                rate=row.rate,
                on=row.on,
                at=at,
                by=by,
                origin=origin,
            )
            result.created += 1
        progress(done, len(rows))
    return result
