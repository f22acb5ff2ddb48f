"""What was handed over to a collection agency, and the file that it was given."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped


class DunningHandover(SellerScoped):
    """Overdue invoices of one account that an ``agency`` was given on the day ``on``. It holds until it
    is taken back, with a reason. ``amount`` is what was overdue, in minor units."""

    case = ScopedForeignKey("dunning.DunningCase")
    buyer = ScopedForeignKey("parties.Buyer")
    currency = models.CharField(max_length=3)
    agency = models.TextField()
    on = models.DateField()
    amount = models.BigIntegerField()
    author = models.TextField()
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.TextField(default="")
    take_back_reason = models.TextField(default="")

    class Meta:
        db_table = "dunning_handover"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0)
                & ~Q(agency="")
                & (
                    Q(taken_back_at__isnull=True, take_back_reason="", taken_back_by="")
                    | (Q(taken_back_at__isnull=False) & ~Q(take_back_reason=""))
                ),
                name="dunning_handover_says",
            )
        ]
        indexes = [
            models.Index(fields=["seller", "case", "-id"], name="dunning_handover_of"),
            models.Index(
                fields=["seller", "buyer"],
                condition=Q(taken_back_at__isnull=True),
                name="dunning_handover_holding",
            ),
        ]


class DunningClaim(SellerScoped):
    """One invoice of a hand-over. ``overdue`` was claimed, in minor units; ``told`` is what was
    outstanding when it was last said that money has come."""

    handover = ScopedForeignKey(DunningHandover)
    invoice = ScopedForeignKey("invoices.Invoice")
    overdue = models.BigIntegerField()
    told = models.BigIntegerField()

    class Meta:
        db_table = "dunning_claim"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "handover", "invoice"], name="dunning_claim_once"
            ),
            models.CheckConstraint(
                condition=Q(overdue__gt=0) & Q(told__gte=0), name="dunning_claim_amounts"
            ),
        ]
        indexes = [models.Index(fields=["seller", "invoice"], name="dunning_claim_by_invoice")]


class DunningClaimFile(SellerScoped):
    """The archive of a hand-over as it was made. Never changed. ``digest`` is its SHA-256."""

    handover = ScopedForeignKey(DunningHandover)
    file_name = models.TextField()
    size = models.IntegerField()
    digest = models.BinaryField()
    content = models.BinaryField()

    class Meta:
        db_table = "dunning_claimfile"
        constraints = [
            models.UniqueConstraint(fields=["seller", "handover"], name="dunning_claimfile_once")
        ]
