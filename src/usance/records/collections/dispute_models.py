"""What of an invoice a buyer will not pay, and what the seller means to give up: disputes, write-offs."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Now

from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules import states

DISPUTE_REASONS: Final = (
    "price",
    "quantity",
    "damaged",
    "not_delivered",
    "returned",
    "discount",
    "duplicate",
    "paid_already",
    "tax",
    "other",
)
"""Why a buyer will not pay part of an invoice."""
DISPUTE_SIDES: Final = ("buyer", "seller")
"""Who says something about a dispute, or hands in a file."""
USUAL_ANSWER_DAYS: Final = 14
"""Days to answer a dispute in, where the seller has set none."""


class DisputeRules(SellerScoped):
    """How a seller answers disputes: within ``answer_days``, and who is written to (``email``; empty: the
    contact in the company's details) when one is opened, goes on, or has ``warn_days`` left."""

    answer_days = models.SmallIntegerField(default=USUAL_ANSWER_DAYS)
    warn_days = models.SmallIntegerField(default=2)
    email = models.TextField(default="")

    class Meta:
        db_table = "collections_disputerules"
        constraints = [
            models.UniqueConstraint(fields=["seller"], name="collections_disputerules_once"),
            models.CheckConstraint(
                condition=Q(answer_days__gte=1)
                & Q(answer_days__lte=365)
                & Q(warn_days__gte=0)
                & Q(warn_days__lte=F("answer_days")),
                name="collections_disputerules_sensible",
            ),
        ]


class Dispute(SellerScoped):
    """An amount of an invoice that its buyer does not agree to owe.

    ``lines`` are those it is about, ``[{"line": its name in the issued document (BT-126), "subject": what
    stands there, "quantity", "amount", "tax_amount": disputed of it, "asked": the quantity that was
    named}]``, whose amounts sum to ``amount``; none for the whole invoice. ``line`` is the only one.
    ``answer_by`` is the day until which the seller means to decide, ``warned_at`` when it was reminded.
    ``payment`` the payment that was short by it, ``their_reason`` what the payer gave as its reason.
    ``credit_note_id`` is what the dispute was resolved with. It stops nothing by itself: what is
    outstanding stays outstanding and is shown apart.
    """

    invoice = ScopedForeignKey("invoices.Invoice")
    buyer = ScopedForeignKey("parties.Buyer")
    payment = ScopedForeignKey("payments.Payment", null=True)
    state = models.CharField(max_length=20, default="open")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    reason_code = models.CharField(max_length=16)
    their_reason = models.TextField(default="")
    line = models.TextField(default="")
    lines = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    answer_by = models.DateField(
        db_default=Cast(Now() + Value(timedelta(days=USUAL_ANSWER_DAYS)), models.DateField())
    )
    warned_at = models.DateTimeField(null=True)
    words = models.TextField(default="")
    opened_by = models.TextField()
    resolved_by = models.TextField(default="")
    resolved_at = models.DateTimeField(null=True)
    resolution = models.TextField(default="")
    credit_note = ScopedForeignKey("invoices.CreditNote", null=True)
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "collections_dispute"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=states.DISPUTE_STATES)
                & Q(amount__gt=0)
                & Q(reason_code__in=DISPUTE_REASONS),
                name="collections_dispute_state",
            ),
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="collections_dispute_external_id_once"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "invoice"], name="collections_dispute_of"),
            models.Index(
                fields=["seller", "buyer", "currency"],
                name="collections_dispute_open",
                condition=Q(state="open"),
            ),
            models.Index(
                fields=["seller", "answer_by", "id"],
                name="collections_dispute_due",
                condition=Q(state="open"),
            ),
        ]


class DisputeRemark(SellerScoped):
    """What one side said about a dispute. Never changed."""

    dispute = ScopedForeignKey(Dispute)
    author = models.CharField(max_length=8)
    name = models.TextField(default="")
    text = models.TextField()

    class Meta:
        db_table = "collections_disputeremark"
        constraints = [
            models.CheckConstraint(
                condition=Q(author__in=DISPUTE_SIDES) & ~Q(text=""),
                name="collections_disputeremark_says",
            )
        ]
        indexes = [models.Index(fields=["seller", "dispute", "id"], name="collections_of_dispute")]


class DisputeFile(SellerScoped):
    """A file that one side handed in about a dispute, with a ``remark`` or alone. Never changed.

    ``name`` is who handed it in; ``digest`` is the SHA-256 of ``content``.
    """

    dispute = ScopedForeignKey(Dispute)
    remark = ScopedForeignKey(DisputeRemark, null=True)
    author = models.CharField(max_length=8)
    name = models.TextField(default="")
    file_name = models.TextField()
    media_type = models.CharField(max_length=80)
    size = models.IntegerField()
    digest = models.BinaryField()
    content = models.BinaryField()

    class Meta:
        db_table = "collections_disputefile"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "dispute", "digest"], name="collections_disputefile_once"
            ),
            models.CheckConstraint(
                condition=Q(author__in=DISPUTE_SIDES) & Q(size__gt=0),
                name="collections_disputefile_sensible",
            ),
        ]


class WriteOffRequest(SellerScoped):
    """That an invoice's rest be written off, which a second person must agree to.

    ``amount`` is what was outstanding when it was asked. Where a program asked, two persons agree:
    ``seconded_by`` is the first of them.
    """

    invoice = ScopedForeignKey("invoices.Invoice")
    buyer = ScopedForeignKey("parties.Buyer")
    state = models.CharField(max_length=12, default="open")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    reason = models.TextField(default="")
    asked_by = models.TextField()
    seconded_by = models.TextField(default="", db_default="")
    seconded_at = models.DateTimeField(null=True)
    answered_by = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(default="")

    class Meta:
        db_table = "collections_writeoffrequest"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=states.WRITE_OFF_REQUEST_STATES)
                & Q(amount__gt=0)
                & (~Q(state="approved") | ~Q(answered_by=F("asked_by"))),
                name="collections_writeoffrequest_state",
            ),
            models.CheckConstraint(
                condition=Q(seconded_by="")
                | (
                    ~Q(seconded_by=F("asked_by"))
                    & (~Q(state="approved") | ~Q(seconded_by=F("answered_by")))
                ),
                name="collections_writeoffrequest_persons",
            ),
            models.UniqueConstraint(
                fields=["seller", "invoice"],
                condition=Q(state="open"),
                name="collections_writeoffrequest_open_once",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "state", "-id"], name="collections_writeoff_by_state")
        ]
