"""Money in: bank files as they came, payments, and what each payment pays."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules import states


class BankStatement(SellerScoped):
    """One bank file, taken whole. The same bytes are taken once."""

    digest = models.BinaryField()
    file_name = models.TextField(default="")
    format = models.CharField(max_length=24)
    account = models.TextField(default="")
    transactions = models.IntegerField(default=0)
    duplicates = models.IntegerField(default=0)
    findings = models.JSONField(default=list)

    class Meta:
        db_table = "payments_bankstatement"
        constraints = [
            models.UniqueConstraint(fields=["seller", "digest"], name="payments_statement_once")
        ]


class BankTransaction(SellerScoped):
    """One booked line of a bank statement, kept as the bank wrote it. Never changed."""

    statement = ScopedForeignKey(BankStatement)
    fingerprint = models.TextField()  # the same across overlapping files
    ordinal = models.IntegerField()
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()  # positive: money in
    booked_on = models.DateField()
    value_on = models.DateField(null=True)
    counterparty = models.TextField(default="")
    counterparty_account = models.TextField(default="")
    text = models.TextField(default="")
    structured_reference = models.TextField(default="")
    end_to_end_id = models.TextField(default="")
    bank_reference = models.TextField(default="")

    class Meta:
        db_table = "payments_banktransaction"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "fingerprint"], name="payments_transaction_once"
            )
        ]
        indexes = [
            models.Index(fields=["seller", "booked_on", "id"], name="payments_transaction_by_day")
        ]


class Payment(SellerScoped):
    """Money received. What is neither allocated nor given back is unapplied cash."""

    buyer = ScopedForeignKey("parties.Buyer", null=True)
    bank_transaction = ScopedForeignKey(BankTransaction, null=True)
    state = models.CharField(max_length=20, default="received")
    method = models.CharField(max_length=16, default="bank_transfer")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    received_on = models.DateField()
    payer = models.TextField(default="")
    reference = models.TextField(default="")
    allocated = models.BigIntegerField(default=0)
    refunded = models.BigIntegerField(default=0)
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "payments_payment"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "bank_transaction"], name="payments_payment_once"
            ),
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="payments_payment_external_id_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=states.PAYMENT_STATES), name="payments_payment_state"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0)
                & Q(allocated__gte=0)
                & Q(refunded__gte=0)
                & Q(amount__gte=F("allocated") + F("refunded")),
                name="payments_payment_amounts",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "buyer", "received_on"], name="payments_by_buyer")
        ]

    @property
    def unapplied(self) -> int:
        """What is neither allocated nor refunded, in minor units."""
        return self.amount - self.allocated - self.refunded


class Allocation(SellerScoped):
    """Part of a payment pays part of an invoice. Taking it back is another row, negative."""

    payment = ScopedForeignKey(Payment)
    invoice = ScopedForeignKey("invoices.Invoice")
    amount = models.BigIntegerField()
    rule = models.CharField(max_length=24)
    explanation = models.TextField(default="")
    reverses = ScopedForeignKey("self", null=True)

    class Meta:
        db_table = "payments_allocation"
        constraints = [
            models.CheckConstraint(
                condition=(Q(amount__gt=0) & Q(reverses__isnull=True))
                | (Q(amount__lt=0) & Q(reverses__isnull=False)),
                name="payments_allocation_sign",
            )
        ]
        indexes = [
            models.Index(fields=["seller", "payment"], name="payments_allocation_by_payment"),
            models.Index(fields=["seller", "invoice"], name="payments_allocation_by_invoice"),
        ]


class PayerAccount(SellerScoped):
    """A bank account or a name that has paid for a buyer before.

    One that paid for several (a factor, a group's treasury) tells nothing; it has no buyer.
    """

    buyer = ScopedForeignKey("parties.Buyer", null=True)
    kind = models.CharField(max_length=8)  # account or name
    value = models.TextField()

    class Meta:
        db_table = "payments_payeraccount"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "kind", "value"], name="payments_payeraccount_once"
            )
        ]
