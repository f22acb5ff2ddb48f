"""Credit lines, the policies that decide, and the decisions that were made."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules import states


class CreditLine(SellerScoped):
    """What a buyer may owe in one currency, and what it owes and holds now.

    Amounts are minor units. The four counters equal the ledger's balances; they stand here so that
    a reservation is one conditional update of one row. Flows lock this row first, so it also puts
    everything that moves a buyer's money in order.
    """

    buyer = ScopedForeignKey("parties.Buyer")
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12, default="active")
    hold_reason = models.TextField(default="")
    limit = models.BigIntegerField(default=0)
    tolerance = models.BigIntegerField(default=0)
    terms = ArrayField(models.CharField(max_length=24), default=list)  # empty: the policy's
    commitments = models.BigIntegerField(default=0)
    receivable = models.BigIntegerField(default=0)
    external = models.BigIntegerField(default=0)
    unapplied_cash = models.BigIntegerField(default=0)

    class Meta:
        db_table = "credit_creditline"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "buyer", "currency"], name="credit_line_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=states.CREDIT_LINE_STATES), name="credit_line_state"
            ),
            models.CheckConstraint(
                condition=Q(limit__gte=0)
                & Q(tolerance__gte=0)
                & Q(commitments__gte=0)
                & Q(receivable__gte=0)
                & Q(external__gte=0)
                & Q(unapplied_cash__gte=0),
                name="credit_line_not_negative",
            ),
        ]

    @property
    def exposure(self) -> int:
        """commitments + receivable + external - unapplied cash."""
        return self.commitments + self.receivable + self.external - self.unapplied_cash


class CreditPolicy(SellerScoped):
    """One version of a seller's policy. The highest version decides; none is ever changed."""

    version = models.IntegerField()
    document = models.JSONField()
    author = models.TextField(default="")

    class Meta:
        db_table = "credit_creditpolicy"
        constraints = [
            models.UniqueConstraint(fields=["seller", "version"], name="credit_policy_version_once")
        ]


class Decision(SellerScoped):
    """One answer to one application, with the facts it rested on. Never changed."""

    buyer = ScopedForeignKey("parties.Buyer")
    # Not checked by the database: every checkout of a seller would share a lock on the one row of
    # its policy. The id comes from the query that read the facts of the same seller.
    policy = models.ForeignKey(
        CreditPolicy,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    outcome = models.CharField(max_length=12)
    reasons = ArrayField(models.CharField(max_length=40))
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    terms = models.CharField(max_length=24)
    up_to = models.BigIntegerField(null=True)
    facts = models.JSONField()
    trace = models.JSONField()

    class Meta:
        db_table = "credit_decision"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["approved", "declined", "review"]),
                name="credit_decision_outcome",
            )
        ]
