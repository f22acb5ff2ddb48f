"""Invoices, their credit notes, and the series that number them without a gap."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q, Value

from usance.records.invoices.report_models import CashForecast, ReportRules
from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules import states
from usance.rules.invoicing.instalments import Instalment, instalments, next_due_on

__all__ = [
    "BillingRun",
    "CashForecast",
    "CreditNote",
    "Invoice",
    "InvoicePart",
    "NumberSeries",
    "ReportRules",
]


class NumberSeries(SellerScoped):
    """The last number given out in one legal series and year, and the day of its document."""

    kind = models.CharField(max_length=12)
    year = models.IntegerField()
    prefix = models.CharField(max_length=24)
    last_number = models.IntegerField(default=0)
    last_issued_on = models.DateField(null=True)  # null: not since this is kept

    class Meta:
        db_table = "invoices_numberseries"
        constraints = [
            models.UniqueConstraint(fields=["seller", "kind", "year"], name="invoices_series_once")
        ]


class BillingRun(SellerScoped):
    """A run over the buyers whose shipments are due to be billed at a cut-off day.

    What it has issued are the invoices that name it. ``failures`` are the buyers it could not bill,
    each with its reason. ``finished_at`` is null while it is under way or was interrupted.
    """

    cut_off_on = models.DateField()
    buyer = ScopedForeignKey("parties.Buyer", null=True)  # null: all
    scheduled = models.BooleanField(default=False)
    started_by = models.TextField(default="")
    buyers_total = models.IntegerField(default=0)
    buyers_done = models.IntegerField(default=0)
    failures = models.JSONField(default=list)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "invoices_billingrun"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "cut_off_on"],
                name="invoices_run_scheduled_once",
                condition=Q(scheduled=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["seller", "created_at"],
                name="invoices_run_unfinished",
                condition=Q(finished_at__isnull=True),
            ),
        ]


class Invoice(SellerScoped):
    """What is owed for what has shipped. An issued invoice's own figures never change.

    ``kind`` is ``late_charge`` where it claims interest and compensation for paying another one late:
    it is numbered in a series of its own, bears no tax, and bills no order.

    ``document`` is the semantic document as it was issued (EN 16931, ``rules.invoicing``), frozen.
    ``schedule`` are its instalments and ``discounts`` what paying early takes off; ``due_on`` is the
    day of the last instalment. ``instalment_due_on`` is the day of the first that is not settled in
    full, kept by the database, and null where all falls due at once. ``order`` is null where it bills
    several orders: what it bills stands in its parts. ``credited``, ``allocated`` and ``written_off``
    say what became of ``amount``; the database computes ``outstanding`` from them and refuses to let
    it fall below zero.

    ``payment_reference`` is what the payer was asked to quote, empty where nobody was or before it was
    kept. ``split_tax`` is tax that the document states and the buyer pays to the treasury itself (split
    payment): it is in neither ``amount`` nor ``tax_amount``, since nobody owes it to the seller, nor
    the seller to the treasury.
    """

    order = ScopedForeignKey("orders.Order", null=True)
    buyer = ScopedForeignKey("parties.Buyer")
    series = ScopedForeignKey(NumberSeries)
    sequence = models.IntegerField()
    number = models.TextField()
    kind = models.CharField(max_length=12, default="sale", db_default="sale")
    reference = models.TextField()  # the number without punctuation, as payers write it
    payment_reference = models.TextField(default="", db_default="")
    state = models.CharField(max_length=12, default="open")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    tax_amount = models.BigIntegerField()
    split_tax = models.BigIntegerField(default=0, db_default=0)
    terms = models.CharField(max_length=24)
    issued_on = models.DateField()
    due_on = models.DateField()
    instalment_due_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    period_start = models.DateField(null=True)
    period_end = models.DateField(null=True)
    tax_point_on = models.DateField(null=True)
    lines = models.JSONField(default=list)
    schedule = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    discounts = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    document = models.JSONField(null=True)  # null: issued before documents were kept
    replaces = ScopedForeignKey("self", null=True)
    run = ScopedForeignKey(BillingRun, null=True)
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
            models.CheckConstraint(
                condition=Q(split_tax__gte=0), name="invoices_invoice_split_tax"
            ),
            models.CheckConstraint(
                condition=Q(kind="sale")
                | Q(kind="late_charge", order__isnull=True, tax_amount=0, split_tax=0),
                name="invoices_invoice_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "reference"], name="invoices_invoice_by_reference"),
            models.Index(
                fields=["seller", "payment_reference"],
                name="invoices_invoice_by_payref",
                condition=~Q(payment_reference=""),
            ),
            models.Index(fields=["seller", "order"], name="invoices_invoice_by_order"),
            models.Index(fields=["seller", "buyer", "issued_on"], name="invoices_invoice_by_buyer"),
            models.Index(
                fields=["seller", "buyer", "currency", "due_on"],
                name="invoices_invoice_open",
                condition=Q(state="open"),
            ),
            models.Index(
                fields=["seller", "buyer", "currency", "instalment_due_on"],
                name="invoices_invoice_instalments",
                condition=Q(instalment_due_on__isnull=False),
            ),
            models.Index(
                fields=["seller", "run"],
                name="invoices_invoice_by_run",
                condition=Q(run__isnull=False),
            ),
            # All that aging reads of an invoice, so that it reads no rows.
            models.Index(
                fields=["seller", "issued_on"],
                include=[
                    *("id", "buyer", "currency", "state", "due_on", "closed_on"),
                    *("instalment_due_on", "outstanding"),
                ],
                name="invoices_invoice_standing",
            ),
            models.Index(
                fields=["seller", "replaces"],
                name="invoices_invoice_replacing",
                condition=Q(replaces__isnull=False),
            ),
        ]

    @property
    def instalments(self) -> tuple[Instalment, ...]:
        """What falls due when, and what of it is open, by what this row says became of the amount."""
        return instalments(self.schedule, settled=self._settled)

    @property
    def next_due_on(self) -> date:
        """The day by which something must be paid next; the last day once nothing must."""
        if len(self.schedule) < 2:
            return self.due_on
        return next_due_on(self.schedule, settled=self._settled, last=self.due_on)

    @property
    def _settled(self) -> int:
        return self.credited + self.allocated + self.written_off


class InvoicePart(SellerScoped):
    """What of an invoice is of which order, and of which shipment. Never changed.

    The parts of an invoice sum to it. ``captured`` says that the amount was taken from what is held
    for the order; it was not where a corrected invoice is issued anew. ``shipment`` is null for what
    was invoiced without one.
    """

    invoice = ScopedForeignKey(Invoice)
    order = ScopedForeignKey("orders.Order")
    shipment = ScopedForeignKey("orders.Shipment", null=True)
    amount = models.BigIntegerField()
    tax_amount = models.BigIntegerField()
    captured = models.BooleanField(default=True)

    class Meta:
        db_table = "invoices_invoicepart"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "shipment"], name="invoices_part_shipment_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0)
                & Q(tax_amount__gte=0)
                & Q(tax_amount__lte=F("amount"))
                & (Q(captured=True) | Q(shipment__isnull=True)),
                name="invoices_part_amounts",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "invoice"], name="invoices_part_by_invoice"),
            models.Index(fields=["seller", "order"], name="invoices_part_by_order"),
        ]


class CreditNote(SellerScoped):
    """Takes back part or all of one invoice. Never changed.

    ``document`` is the semantic document as it was issued; ``lines`` what of the invoice's lines it
    takes back, where lines were named. ``split_tax`` as of the invoice: in neither amount.
    """

    invoice = ScopedForeignKey(Invoice)
    series = ScopedForeignKey(NumberSeries)
    sequence = models.IntegerField()
    number = models.TextField()
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    tax_amount = models.BigIntegerField()
    split_tax = models.BigIntegerField(default=0, db_default=0)
    reason = models.TextField(default="")
    issued_on = models.DateField()
    lines = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    document = models.JSONField(null=True)  # null: issued before documents were kept
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
            models.CheckConstraint(
                condition=Q(split_tax__gte=0), name="invoices_creditnote_split_tax"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "invoice"], name="invoices_creditnote_by_invoice")
        ]
