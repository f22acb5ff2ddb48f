"""Money in: bank files as they came, payments, and what each payment pays."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from usance.records.payments.claim_models import BankClaim
from usance.records.payments.matching_models import (
    LearntPayer,
    MatchingRules,
    Proposal,
    SetAsideLine,
    WaitingLine,
)
from usance.records.payments.remittance_models import (
    Remittance,
    RemittanceFile,
    RemittanceLine,
)
from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules import states
from usance.rules.ledger import DEDUCTIONS

__all__ = [
    "AccountStatement",
    "Allocation",
    "BankClaim",
    "BankStatement",
    "BankTransaction",
    "LearntPayer",
    "MatchingRules",
    "Payment",
    "Proposal",
    "Remittance",
    "RemittanceFile",
    "RemittanceLine",
    "Repayment",
    "SetAsideLine",
    "TableMapping",
    "WaitingBankFile",
    "WaitingLine",
]

REPAYMENTS = ("refund", "return", "chargeback", "split")


class BankStatement(SellerScoped):
    """One bank file, taken whole. The same bytes are taken once."""

    digest = models.BinaryField()
    file_name = models.TextField(default="")
    format = models.CharField(max_length=24)  # camt.053, mt940, csv, ...
    account = models.TextField(default="")
    transactions = models.IntegerField(default=0)
    duplicates = models.IntegerField(default=0)
    findings = models.JSONField(default=list)

    class Meta:
        db_table = "payments_bankstatement"
        constraints = [
            models.UniqueConstraint(fields=["seller", "digest"], name="payments_statement_once")
        ]


class AccountStatement(SellerScoped):
    """What one bank file says of one account over one period: its balances and its place in the
    bank's sequence. A file may hold several."""

    statement = ScopedForeignKey(BankStatement)
    ordinal = models.IntegerField()
    kind = models.CharField(max_length=12)  # formats.statement.StatementKind
    account = models.TextField(default="")
    currency = models.CharField(max_length=3, default="")
    identifier = models.TextField(default="")
    sequence = models.BigIntegerField(null=True)
    partial = models.BooleanField(default=False)
    opening = models.BigIntegerField(null=True)
    closing = models.BigIntegerField(null=True)
    period_from = models.DateField(null=True)
    period_to = models.DateField(null=True)
    transactions = models.IntegerField(default=0)
    duplicates = models.IntegerField(default=0)

    class Meta:
        db_table = "payments_accountstatement"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "statement", "ordinal"], name="payments_accountstatement_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["seller", "account", "currency", "period_to"],
                name="payments_accountstatement_run",
            )
        ]


class BankTransaction(SellerScoped):
    """One booked line of a bank statement, kept as the bank wrote it. Never changed.

    A line that other lines name as their ``batch`` has been split into its payments: they carry its
    money, and it carries none.
    """

    statement = ScopedForeignKey(BankStatement)
    part = ScopedForeignKey(AccountStatement, null=True)
    fingerprint = models.TextField()  # the same across overlapping files
    ordinal = models.IntegerField()
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()  # positive: money in
    booked_on = models.DateField()
    value_on = models.DateField(null=True)
    counterparty = models.TextField(default="")
    counterparty_account = models.TextField(default="")
    ultimate_counterparty = models.TextField(default="", db_default="")
    text = models.TextField(default="")
    structured_reference = models.TextField(default="")
    end_to_end_id = models.TextField(default="")
    bank_reference = models.TextField(default="")
    bank_code = models.TextField(default="", db_default="")
    info = models.TextField(default="", db_default="")  # what the bank wrote, not the payer
    instructed_amount = models.BigIntegerField(null=True)
    instructed_currency = models.CharField(max_length=3, default="", db_default="")
    returned = models.BooleanField(default=False, db_default=False)  # a payment coming back
    return_reason = models.TextField(default="", db_default="")
    entry = models.IntegerField(null=True)  # lines of one entry were booked as one
    entry_reference = models.TextField(default="", db_default="")
    payments = models.IntegerField(null=True)  # how many the booking holds that are not named
    batch_ids = models.TextField(default="", db_default="")  # what orders booked as one are called
    batch = ScopedForeignKey("self", null=True)

    class Meta:
        db_table = "payments_banktransaction"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "fingerprint"], name="payments_transaction_once"
            )
        ]
        indexes = [
            models.Index(fields=["seller", "booked_on", "id"], name="payments_transaction_by_day"),
            models.Index(
                fields=["seller", "batch"],
                condition=Q(batch__isnull=False),
                name="payments_transaction_batch",
            ),
            models.Index(
                fields=["seller", "end_to_end_id"],
                condition=Q(returned=True),
                name="payments_transaction_returned",
            ),
        ]


class TableMapping(SellerScoped):
    """How a person said a bank's table is to be read; remembered by its headings."""

    headings = models.TextField()  # formats.bank_csv.table_shape
    mapping = models.JSONField()
    account = models.TextField(default="")
    currency = models.CharField(max_length=3, default="")
    updated_at = models.DateTimeField()
    by = models.TextField()

    class Meta:
        db_table = "payments_tablemapping"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "headings"], name="payments_tablemapping_once"
            )
        ]


class WaitingBankFile(SellerScoped):
    """A table that nobody has said yet how to read. It is forgotten once it is taken."""

    digest = models.BinaryField()
    file_name = models.TextField(default="")
    content = models.BinaryField()
    account = models.TextField(default="")

    class Meta:
        db_table = "payments_waitingbankfile"
        constraints = [
            models.UniqueConstraint(fields=["seller", "digest"], name="payments_waitingfile_once")
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
    returned = models.BigIntegerField(default=0, db_default=0)
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
    deduction`` is what it uses of the payment. Where that is in another currency, ``converted`` is
    what it uses of it in the payment's own, and ``rate_difference`` how much more that is (less, if
    negative) than it would have been on the day of the invoice.
    """

    payment = ScopedForeignKey(Payment)
    invoice = ScopedForeignKey("invoices.Invoice")
    amount = models.BigIntegerField()
    deduction = models.BigIntegerField(default=0, db_default=0)
    deduction_kind = models.CharField(max_length=16, default="", db_default="")
    converted = models.BigIntegerField(null=True)
    rate_difference = models.BigIntegerField(default=0, db_default=0)
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
            models.CheckConstraint(
                condition=Q(converted__isnull=True, rate_difference=0)
                | Q(amount__gt=0, converted__gt=0)
                # A small part that is taken back may be none of the payment's minor units.
                | Q(amount__lt=0, converted__lte=0),
                name="payments_allocation_converted",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "payment"], name="payments_allocation_by_payment"),
            models.Index(fields=["seller", "invoice"], name="payments_allocation_by_invoice"),
        ]

    @property
    def used(self) -> int:
        """What it uses of the payment, in minor units of the payment's currency."""
        return self.amount - self.deduction if self.converted is None else self.converted


class Repayment(SellerScoped):
    """Money of a payment that is gone again, and why. Never changed.

    ``refund``: the seller gave it back. ``return``: the payer's bank took it back. ``chargeback``:
    the payer disputed a card payment and the provider took it back. ``split``: the bank named the
    payments that its one booking was made of, and they are taken in its place. ``reason_code`` is the
    bank's or
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
