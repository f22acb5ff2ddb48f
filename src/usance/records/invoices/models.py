"""Invoices, their credit notes, and the series that number them without a gap."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules import states


class NumberSeries(SellerScoped):
    """The last number given out in one legal series and year."""

    kind = models.CharField(max_length=12)
    year = models.IntegerField()
    prefix = models.CharField(max_length=24)
    last_number = models.IntegerField(default=0)

    class Meta:
        db_table = "invoices_numberseries"
        constraints = [
            models.UniqueConstraint(fields=["seller", "kind", "year"], name="invoices_series_once")
        ]


class Invoice(SellerScoped):
    """What is owed for one shipment. An issued invoice's own figures never change.

    ``credited``, ``allocated`` and ``written_off`` say what became of ``amount``; the database
    computes ``outstanding`` from them and refuses to let it fall below zero.
    """

    order = ScopedForeignKey("orders.Order")
    buyer = ScopedForeignKey("parties.Buyer")
    series = ScopedForeignKey(NumberSeries)
    sequence = models.IntegerField()
    number = models.TextField()
    reference = models.TextField()  # the number without punctuation, as payers write it
    state = models.CharField(max_length=12, default="open")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    tax_amount = models.BigIntegerField()
    terms = models.CharField(max_length=24)
    issued_on = models.DateField()
    due_on = models.DateField()
    closed_on = models.DateField(null=True)
    lines = models.JSONField(default=list)
    credited = models.BigIntegerField(default=0)
    credited_tax = models.BigIntegerField(default=0)
    allocated = models.BigIntegerField(default=0)
    written_off = models.BigIntegerField(default=0)
    outstanding = models.GeneratedField(
        expression=F("amount") - F("credited") - F("allocated") - F("written_off"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "invoices_invoice"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "series", "sequence"], name="invoices_invoice_sequence_once"
            ),
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="invoices_invoice_external_id_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=states.INVOICE_STATES), name="invoices_invoice_state"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0)
                & Q(tax_amount__gte=0)
                & Q(credited__gte=0)
                & Q(credited_tax__gte=0)
                & Q(credited_tax__lte=F("tax_amount"))
                & Q(allocated__gte=0)
                & Q(written_off__gte=0)
                & Q(
                    amount__gte=F("credited") + F("allocated") + F("written_off"),
                ),
                name="invoices_invoice_amounts",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "reference"], name="invoices_invoice_by_reference"),
            models.Index(fields=["seller", "order"], name="invoices_invoice_by_order"),
            models.Index(fields=["seller", "buyer", "issued_on"], name="invoices_invoice_by_buyer"),
            models.Index(
                fields=["seller", "buyer", "currency", "due_on"],
                name="invoices_invoice_open",
                condition=Q(state="open"),
            ),
        ]


class CreditNote(SellerScoped):
    """Takes back part or all of one invoice. Never changed."""

    invoice = ScopedForeignKey(Invoice)
    series = ScopedForeignKey(NumberSeries)
    sequence = models.IntegerField()
    number = models.TextField()
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    tax_amount = models.BigIntegerField()
    reason = models.TextField(default="")
    issued_on = models.DateField()
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "invoices_creditnote"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "series", "sequence"], name="invoices_creditnote_sequence_once"
            ),
            models.UniqueConstraint(
                fields=["seller", "invoice", "external_id"],
                name="invoices_creditnote_external_id_once",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(tax_amount__gte=0) & Q(tax_amount__lte=F("amount")),
                name="invoices_creditnote_amounts",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "invoice"], name="invoices_creditnote_by_invoice")
        ]
