"""Reading backtests and the orders that they found would change."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from usance.records.credit.backtests import Backtest, BacktestChange


def backtests(*, seller_id: UUID) -> QuerySet[Backtest]:
    """Every backtest of the seller's."""
    return Backtest.objects.filter(seller_id=seller_id).select_related("policy", "against")


def backtest(*, seller_id: UUID, backtest_id: UUID) -> Backtest | None:
    """One backtest of the seller's."""
    return backtests(seller_id=seller_id).filter(id=backtest_id).first()


def changes(*, seller_id: UUID, backtest_id: UUID, rule: str = "") -> QuerySet[BacktestChange]:
    """The orders that would change; with ``rule`` those that it had a part in."""
    found = BacktestChange.objects.filter(
        seller_id=seller_id, backtest_id=backtest_id
    ).select_related("buyer")
    return found.filter(rules__contains=[rule]) if rule else found


def waiting(*, silent_since: datetime) -> list[tuple[UUID, UUID]]:
    """Seller and id of every backtest that nobody works at, of all sellers: queued, or begun by a
    worker that gave no sign of life since."""
    return list(
        Backtest.objects.filter(Q(state="queued") | Q(state="running", beat_at__lt=silent_since))
        .order_by("created_at", "id")
        .values_list("seller_id", "id")
    )
