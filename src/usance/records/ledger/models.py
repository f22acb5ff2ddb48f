"""The double-entry ledger: entries that never change, their postings, and the balances they make."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped


class Entry(SellerScoped):
    """One balanced movement of money, with what caused it. Never updated, never deleted."""

    kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()  # the order, invoice, payment ... that moved
    buyer = ScopedForeignKey("parties.Buyer", null=True)
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    on = models.DateField()

    class Meta:
        db_table = "ledger_entry"
        indexes = [
            models.Index(fields=["seller", "subject_id"], name="ledger_entry_by_subject"),
            # A few kilobytes: entries come in the order of their days.
            BrinIndex(fields=["on"], pages_per_range=32, name="ledger_entry_by_day"),
            models.Index(
                fields=["seller", "on"],
                name="ledger_entry_write_offs",
                condition=Q(kind="write_off"),
            ),
        ]


class Posting(SellerScoped):
    """An amount on one account, debit positive. The postings of an entry sum to zero."""

    created_at = None  # type: ignore[assignment]  # the entry says when
    entry = ScopedForeignKey(Entry)
    buyer_id = models.UUIDField(null=True)
    account = models.CharField(max_length=24)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()

    class Meta:
        db_table = "ledger_posting"
        indexes = [models.Index(fields=["seller", "entry"], name="ledger_posting_by_entry")]


class Balance(SellerScoped):
    """The sum of a buyer's postings on one account, kept in the transaction that posts."""

    created_at = None  # type: ignore[assignment]  # a sum has no beginning
    buyer_id = models.UUIDField(null=True)
    account = models.CharField(max_length=24)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField(default=0)

    class Meta:
        db_table = "ledger_balance"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "buyer_id", "account", "currency"],
                name="ledger_balance_once",
                nulls_distinct=False,
            )
        ]
