"""Writing the orders that a backtest found would change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from usance.records.credit.backtests import Backtest, BacktestChange
from usance.records.statements import execute
from usance.rules.credit.backtest_result import Change

_BATCH = 1_000
_NUMBERS = """
SELECT o.id, o.external_id FROM orders_order AS o
 WHERE o.seller_id = %s AND o.id = ANY(%s) AND o.external_id IS NOT NULL
"""


def add_changes(run: Backtest, changes: Sequence[Change], *, at: datetime) -> None:
    """Keep ``changes`` in their order, with the seller's own numbers of the orders."""
    for start in range(0, len(changes), _BATCH):
        batch = changes[start : start + _BATCH]
        numbers = dict(
            execute(_NUMBERS, [run.seller_id, [UUID(hex=change.order) for change in batch]])
        )
        BacktestChange.objects.bulk_create(
            [
                _row(run, change, position=start + place, numbers=numbers, at=at)
                for place, change in enumerate(batch, 1)
            ]
        )


def _row(
    run: Backtest,
    change: Change,
    *,
    position: int,
    numbers: dict[UUID, str],
    at: datetime,
) -> BacktestChange:
    order_id = UUID(hex=change.order)
    return BacktestChange(
        seller_id=run.seller_id,
        backtest_id=run.id,
        position=position,
        order_id=order_id,
        order_number=numbers.get(order_id, ""),
        buyer_id=UUID(hex=change.buyer),
        on=change.on,
        amount=change.amount,
        currency=change.currency,
        value=change.value,
        live=change.live,
        draft=change.draft,
        live_reasons=list(change.live_reasons),
        draft_reasons=list(change.draft_reasons),
        rules=list(change.rules),
        effect=change.effect,
        bad=change.bad,
        good=change.good,
        created_at=at,
    )
