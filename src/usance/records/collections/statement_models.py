"""When buyers are sent statements of account, and those that were sent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules.statement_schedule import EVERY


class StatementRule(SellerScoped):
    """When statements are sent: to all of a seller's buyers, or (``buyer``) to one in its place.

    ``every`` and ``day`` are those of ``rules.statement_schedule``.
    """

    buyer = ScopedForeignKey("parties.Buyer", null=True)
    every = models.CharField(max_length=8, default="never")
    day = models.SmallIntegerField(default=1)
    changed_at = models.DateTimeField()
    author = models.TextField()

    class Meta:
        db_table = "collections_statementrule"
        constraints = [
            models.UniqueConstraint(
                fields=["seller"],
                condition=Q(buyer__isnull=True),
                name="collections_statementrule_seller_once",
            ),
            models.UniqueConstraint(
                fields=["seller", "buyer"], name="collections_statementrule_buyer_once"
            ),
            models.CheckConstraint(
                condition=Q(every__in=EVERY)
                & Q(day__gte=1)
                & (Q(day__lte=7) | (~Q(every="weekly") & Q(day__lte=31))),
                name="collections_statementrule_sensible",
            ),
        ]


class SentStatement(SellerScoped):
    """A statement of account that went to a buyer by mail. Never changed.

    ``period`` is that of the schedule, null where a person asked for it; there is one of a period.
    ``accounts`` are ``[{"currency", "open", "overdue"}]`` in minor units as they stood on the day ``on``.
    Nobody in ``recipients``: it was due, but the buyer has no address.
    """

    buyer = ScopedForeignKey("parties.Buyer")
    period = models.CharField(max_length=8, null=True)
    since_on = models.DateField()
    on = models.DateField()
    accounts = models.JSONField(default=list)
    recipients = models.JSONField(default=list)
    language = models.CharField(max_length=8, default="")
    pay_link = ScopedForeignKey("collections.PayLink", null=True)
    author = models.TextField()

    class Meta:
        db_table = "collections_sentstatement"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "buyer", "period"], name="collections_sentstatement_once"
            ),
            models.CheckConstraint(
                condition=Q(on__gte=models.F("since_on")) & ~Q(period=""),
                name="collections_sentstatement_days",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "buyer", "-id"], name="collections_statement_by_buyer")
        ]
