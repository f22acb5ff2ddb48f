"""Money in: bank files as they came, payments, and what each payment pays."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules import states
from usance.rules.ledger import DEDUCTIONS

REPAYMENTS = ("refund", "return", "chargeback")


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
    returned = models.BigIntegerField(default=0)
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
                & Q(returned__gte=0)
                & Q(amount__gte=F("allocated") + F("refunded") + F("returned")),
                name="payments_payment_amounts",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "buyer", "received_on"], name="payments_by_buyer")
        ]

    @property
    def unapplied(self) -> int:
        """What is neither allocated nor gone again, in minor units."""
        return self.amount - self.allocated - self.refunded - self.returned


class Allocation(SellerScoped):
    """Part of a payment pays part of an invoice. Taking it back is another row, negative.

    ``amount`` is what it settles of the invoice. ``deduction``, a part of it, is given up instead of
    paid (a discount for paying early, bank charges, a small difference), so that ``amount -
    deduction`` is what it uses of the payment.
    """

    payment = ScopedForeignKey(Payment)
    invoice = ScopedForeignKey("invoices.Invoice")
    amount = models.BigIntegerField()
    deduction = models.BigIntegerField(default=0)
    deduction_kind = models.CharField(max_length=16, default="")
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
            ),
            models.CheckConstraint(
                condition=Q(deduction=0, deduction_kind="")
                | (
                    Q(deduction_kind__in=tuple(DEDUCTIONS))
                    & (
                        Q(deduction__gt=0, deduction__lte=F("amount"))
                        | Q(deduction__lt=0, deduction__gte=F("amount"))
                    )
                ),
                name="payments_allocation_deduction",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "payment"], name="payments_allocation_by_payment"),
            models.Index(fields=["seller", "invoice"], name="payments_allocation_by_invoice"),
        ]


class Repayment(SellerScoped):
    """Money of a payment that is gone again, and why. Never changed.

    ``refund``: the seller gave it back. ``return``: the payer's bank took it back. ``chargeback``:
    the payer disputed a card payment and the provider took it back. ``reason_code`` is the bank's or
    the provider's own. ``external_id`` is what they call the return, so that it is taken once.
    """

    payment = ScopedForeignKey(Payment)
    kind = models.CharField(max_length=12)
    amount = models.BigIntegerField()
    on = models.DateField()
    reason_code = models.CharField(max_length=32, default="")
    reason = models.TextField(default="")
    external_id = models.TextField(null=True)

    class Meta:
        db_table = "payments_repayment"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_repayment_amount"),
            models.CheckConstraint(
                condition=Q(kind__in=REPAYMENTS), name="payments_repayment_kind"
            ),
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="payments_repayment_once"
            ),
        ]
        indexes = [models.Index(fields=["seller", "payment"], name="payments_repayment_by_payment")]


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
