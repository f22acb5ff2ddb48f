"""Remittance advices as they came, and what they say line by line."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules import states

SOURCES = ("upload", "text", "api", "command", "folder", "bank_file")


class RemittanceFile(SellerScoped):
    """What brought advices, kept as it came. The same bytes are taken once; never changed."""

    digest = models.BinaryField()
    file_name = models.TextField(default="")
    format = models.CharField(max_length=24)  # x12.820, edifact.remadv, csv, pdf, text, ...
    source = models.CharField(max_length=12)
    content = models.BinaryField()
    advices = models.IntegerField()

    class Meta:
        db_table = "payments_remittancefile"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "digest"], name="payments_remittancefile_once"
            ),
            models.CheckConstraint(
                condition=Q(source__in=SOURCES), name="payments_remittancefile_source"
            ),
        ]


class Remittance(SellerScoped):
    """What a payer says one payment is for. Amounts are minor units of ``currency``.

    ``waiting`` for its money; ``joined`` to the payment that it is of; ``dismissed`` by a person, such
    as one that was sent twice. ``names`` is all by which the bank may call the payment, in comparable
    form (``rules.matching.keys``). ``found_by`` says what led to the payment: a ``name``, or the
    ``amount`` with the day, or a ``person``.
    """

    file = ScopedForeignKey(RemittanceFile)
    ordinal = models.IntegerField()
    state = models.CharField(max_length=12, default="waiting")
    payment = ScopedForeignKey("payments.Payment", null=True)
    found_by = models.CharField(max_length=12, default="")
    number = models.TextField(default="")
    payer_name = models.TextField(default="")
    payer_ids = models.JSONField(default=list)
    payer_account = models.TextField(default="")
    payee_name = models.TextField(default="")
    reference = models.TextField(default="")
    cheque_number = models.TextField(default="")
    end_to_end_id = models.TextField(default="")
    names = models.JSONField(default=list)
    paid_on = models.DateField(null=True)
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="")
    method = models.CharField(max_length=12, default="other")
    adjustments = models.JSONField(default=list)  # of the payment as a whole
    findings = models.JSONField(default=list)
    changed_at = models.DateTimeField()
    looked_at = models.DateTimeField(
        null=True
    )  # when its payment or documents were looked for again

    class Meta:
        db_table = "payments_remittance"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "file", "ordinal"], name="payments_remittance_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=states.REMITTANCE_STATES), name="payments_remittance_state"
            ),
            models.CheckConstraint(
                condition=Q(state="joined", payment__isnull=False)
                | (~Q(state="joined") & Q(payment__isnull=True)),
                name="payments_remittance_payment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["seller", "currency", "amount"],
                condition=Q(state="waiting"),
                name="payments_remittance_waiting",
            ),
            models.Index(
                fields=["seller", "payment"],
                condition=Q(payment__isnull=False),
                name="payments_remittance_by_payment",
            ),
        ]


class RemittanceLine(SellerScoped):
    """One document of an advice. ``paid`` is negative for a credit note taken off. Never changed."""

    remittance = ScopedForeignKey(Remittance)
    ordinal = models.IntegerField()
    number = models.TextField()
    kind = models.CharField(max_length=12)  # formats.remittance.DocumentKind
    dated = models.DateField(null=True)
    order_number = models.TextField(default="")
    gross = models.BigIntegerField(null=True)
    discount = models.BigIntegerField(default=0)
    deductions = models.JSONField(default=list)  # amount, code, reason of each
    deducted = models.BigIntegerField(default=0)
    paid = models.BigIntegerField(null=True)

    class Meta:
        db_table = "payments_remittanceline"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "remittance", "ordinal"], name="payments_remittanceline_once"
            )
        ]
