"""The watch over the portfolio: what raises an alarm, the alarms raised, and when reviews fall due."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped


class Watch(SellerScoped):
    """One rule of the watch. ``triggers`` are event types, or ``change:`` and a fact's name, or
    ``nightly``; ``when`` an expression over the facts; ``actions`` what then happens, in order."""

    name = models.CharField(max_length=40)
    version = models.IntegerField(default=1)
    triggers = ArrayField(models.CharField(max_length=60))
    when = models.TextField(default="true")
    severity = models.CharField(max_length=8, default="warning")
    actions = models.JSONField(default=list)
    quiet_days = models.IntegerField(default=1)  # no second alarm for a buyer within as many days
    is_active = models.BooleanField(default=True)
    author = models.TextField(default="")

    class Meta:
        db_table = "monitoring_watch"
        constraints = [
            models.UniqueConstraint(fields=["seller", "name"], name="monitoring_watch_once"),
            models.CheckConstraint(
                condition=Q(severity__in=["notice", "warning", "critical"]),
                name="monitoring_watch_severity",
            ),
        ]


class Alarm(SellerScoped):
    """An alarm that a watch raised about a buyer: on which facts, and what was done by itself."""

    watch = ScopedForeignKey(Watch)
    buyer = ScopedForeignKey("parties.Buyer")
    state = models.CharField(max_length=12, default="open")
    trigger = models.CharField(max_length=60)
    event_id = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)
    actions = models.JSONField(default=list)
    acknowledged_by = models.TextField(default="")
    acknowledged_at = models.DateTimeField(null=True)
    note = models.TextField(default="")

    class Meta:
        db_table = "monitoring_alarm"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "watch", "event_id"],
                name="monitoring_alarm_once",
                condition=Q(event_id__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "acknowledged"]), name="monitoring_alarm_state"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "state", "-created_at"], name="monitoring_alarm_state"),
            models.Index(fields=["seller", "buyer", "-created_at"], name="monitoring_alarm_buyer"),
        ]


class ReviewCycle(SellerScoped):
    """How often credit lines of a tier are reviewed, in days."""

    tier = models.CharField(max_length=40)  # empty: lines without a tier
    days = models.IntegerField()

    class Meta:
        db_table = "monitoring_reviewcycle"
        constraints = [
            models.UniqueConstraint(fields=["seller", "tier"], name="monitoring_cycle_once"),
            models.CheckConstraint(condition=Q(days__gte=1), name="monitoring_cycle_days"),
        ]


class WatchPosition(SellerScoped):
    """How far one of those that follow the seller's events has read: ``standing`` or ``watch``."""

    reader = models.CharField(max_length=16)
    transaction = models.BigIntegerField(default=0)
    sequence = models.BigIntegerField(default=0)

    class Meta:
        db_table = "monitoring_position"
        constraints = [
            models.UniqueConstraint(fields=["seller", "reader"], name="monitoring_position_once")
        ]
