"""Bank lines that are no payments of their own: bookings of what others collected for the seller."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped

CLAIMS = ("debit_batch", "debit", "debit_return", "card_payout", "funding")


class BankClaim(SellerScoped):
    """A bank line that was recognised as the booking of a batch of debits, of one that came back, of
    a provider's payout, or of what a funding partner pays. It never becomes a payment. Never changed.

    ``subject_id`` is what was booked, ``reference`` how the line or the batch names it.
    """

    bank_transaction = ScopedForeignKey("payments.BankTransaction")
    kind = models.CharField(max_length=16)
    subject_id = models.UUIDField()
    reference = models.TextField(default="")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()

    class Meta:
        db_table = "payments_bankclaim"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "bank_transaction"], name="payments_bankclaim_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=CLAIMS), name="payments_bankclaim_kind"),
        ]
        indexes = [
            models.Index(fields=["seller", "subject_id"], name="payments_bankclaim_of"),
        ]
