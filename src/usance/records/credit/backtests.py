"""Backtests: a policy tried on what the seller has traded, and the orders it would have changed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules import states


class Backtest(SellerScoped):
    """One run: ``document`` is the policy that was tried, ``policy`` its version if it has one,
    ``against`` the version it is compared with. Orders from ``from_on`` to ``until_on``, both included.

    ``attempt`` grows with each start, so that a worker that was given up on can be told to stop;
    ``beat_at`` is its last sign of life. ``total`` orders are to be decided, ``done`` are.
    """

    policy = ScopedForeignKey("credit.CreditPolicy", null=True)
    against = ScopedForeignKey("credit.CreditPolicy")
    document = models.JSONField()
    from_on = models.DateField()
    until_on = models.DateField()
    reviews = models.CharField(max_length=8, default="approve")
    late_days = models.IntegerField(default=30)
    author = models.TextField(default="")
    state = models.CharField(max_length=12, default="queued")
    attempt = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    error = models.TextField(default="")

    class Meta:
        db_table = "credit_backtest"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=states.BACKTEST_STATES), name="credit_backtest_state"
            ),
            models.CheckConstraint(
                condition=Q(from_on__lte=models.F("until_on")), name="credit_backtest_window"
            ),
            models.CheckConstraint(
                condition=Q(reviews__in=["approve", "decline"]), name="credit_backtest_reviews"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(result__isnull=False), name="credit_backtest_result"
            ),
        ]
        indexes = [
            models.Index(
                fields=["seller", "state", "beat_at"],
                name="credit_backtest_unfinished",
                condition=Q(state__in=["queued", "running"]),
            )
        ]


class BacktestChange(SellerScoped):
    """An order that the tried policy decides otherwise; ``order_number`` is the seller's own.

    ``amount`` is in minor units of ``currency``; ``value``, ``bad`` and ``good`` in the seller's own.
    """

    backtest = ScopedForeignKey(Backtest)
    position = models.IntegerField()
    order_id = models.UUIDField()  # orders lie downstream
    order_number = models.TextField(default="")
    buyer = ScopedForeignKey("parties.Buyer")
    on = models.DateField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    value = models.BigIntegerField(null=True)
    live = models.CharField(max_length=12)
    draft = models.CharField(max_length=12)
    live_reasons = ArrayField(models.CharField(max_length=40), default=list)
    draft_reasons = ArrayField(models.CharField(max_length=40), default=list)
    rules = ArrayField(models.CharField(max_length=40), default=list)
    effect = models.CharField(max_length=16)
    bad = models.BigIntegerField(default=0)
    good = models.BigIntegerField(default=0)

    class Meta:
        db_table = "credit_backtestchange"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "backtest", "position"], name="credit_backtest_change_once"
            )
        ]
        indexes = [
            models.Index(fields=["seller", "backtest", "id"], name="credit_backtest_changes")
        ]
