"""What buyers ask about their invoices and are told, the links by which they pay, what they promise."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from usance.records.collections.dispute_models import (
    DISPUTE_REASONS,
    Dispute,
    DisputeFile,
    DisputeRemark,
    DisputeRules,
    WriteOffRequest,
)
from usance.records.collections.late_charge_models import (
    LateCharge,
    LateChargeWaiver,
    LateInterestTerms,
    ReferenceRate,
)
from usance.records.collections.statement_models import SentStatement, StatementRule
from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules import states

__all__ = [
    "AUTHORS",
    "DISPUTE_REASONS",
    "Dispute",
    "DisputeFile",
    "DisputeRemark",
    "DisputeRules",
    "LateCharge",
    "LateChargeWaiver",
    "LateInterestTerms",
    "PayLink",
    "Promise",
    "PromisePart",
    "PromiseRules",
    "Question",
    "ReferenceRate",
    "Remark",
    "SentStatement",
    "StatementRule",
    "WriteOffRequest",
]

AUTHORS = ("buyer", "seller")


class Question(SellerScoped):
    """A question about an invoice, or about one line of it.

    ``line`` is the line's name in the issued document (BT-126), empty for the whole invoice, and
    ``subject`` what stood there. ``member`` asked, None where the shop passed it on. A question
    stops nothing: the invoice stays due.
    """

    invoice = ScopedForeignKey("invoices.Invoice")
    buyer = ScopedForeignKey("parties.Buyer")
    member = ScopedForeignKey("parties.Member", null=True)
    line = models.TextField(default="")
    subject = models.TextField(default="")
    state = models.CharField(max_length=12, default="open")
    changed_at = models.DateTimeField()
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "collections_question"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=states.QUESTION_STATES), name="collections_question_state"
            ),
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="collections_question_external_id_once"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "invoice"], name="collections_by_invoice"),
            models.Index(
                fields=["seller", "changed_at"],
                name="collections_question_open",
                condition=Q(state="open"),
            ),
        ]


class Remark(SellerScoped):
    """What one side said about a question. Never changed."""

    question = ScopedForeignKey(Question)
    author = models.CharField(max_length=8)
    name = models.TextField(default="")
    text = models.TextField()

    class Meta:
        db_table = "collections_remark"
        constraints = [
            models.CheckConstraint(
                condition=Q(author__in=AUTHORS) & ~Q(text=""), name="collections_remark_says"
            )
        ]
        indexes = [models.Index(fields=["seller", "question"], name="collections_of_question")]


class PayLink(SellerScoped):
    """A link to the pay page: of one invoice, of one order that a card has to secure, or of all that a
    buyer owes. The address itself is signed and not kept."""

    buyer = ScopedForeignKey("parties.Buyer")
    invoice = ScopedForeignKey("invoices.Invoice", null=True)
    order = ScopedForeignKey("orders.Order", null=True)
    author = models.TextField(default="")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "collections_paylink"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="collections_paylink_external_id_once"
            ),
            models.CheckConstraint(
                condition=Q(invoice__isnull=True) | Q(order__isnull=True),
                name="collections_paylink_about",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "buyer", "-id"], name="collections_paylink_by_buyer")
        ]


class PromiseRules(SellerScoped):
    """What a seller lets its buyers promise: at most ``most_parts`` within ``most_days``, the first of
    at least ``first_percent``; ``accept_at_once`` where that is enough, with ``ask_after_broken`` only
    for who has no broken promise."""

    is_open = models.BooleanField(default=True)
    most_parts = models.SmallIntegerField(default=3)
    most_days = models.SmallIntegerField(default=60)
    first_percent = models.SmallIntegerField(default=25)
    accept_at_once = models.BooleanField(default=False)
    ask_after_broken = models.BooleanField(default=True, db_default=True)

    class Meta:
        db_table = "collections_promiserules"
        constraints = [
            models.UniqueConstraint(fields=["seller"], name="collections_promiserules_once"),
            models.CheckConstraint(
                condition=Q(most_parts__gte=1)
                & Q(most_parts__lte=24)
                & Q(most_days__gte=1)
                & Q(most_days__lte=730)
                & Q(first_percent__gte=0)
                & Q(first_percent__lte=100),
                name="collections_promiserules_sensible",
            ),
        ]


class Promise(SellerScoped):
    """What a buyer promises to pay of its open invoices, and when.

    ``invoices`` are those it is about: ``[{"invoice": id, "amount": outstanding then, "written_off":
    given up by then}]``, whose amounts sum to ``amount``. Whether it is kept is read from what these
    have been paid since.
    """

    buyer = ScopedForeignKey("parties.Buyer")
    state = models.CharField(max_length=12, default="proposed")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    invoices = models.JSONField(default=list)
    words = models.TextField(default="")
    author = models.TextField(default="")
    answered_by = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(default="")
    ended_at = models.DateTimeField(null=True)
    external_id = models.TextField(null=True)
    metadata = models.JSONField(default=dict)

    class Meta:
        db_table = "collections_promise"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=states.PROMISE_STATES) & Q(amount__gt=0),
                name="collections_promise_state",
            ),
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="collections_promise_external_id_once"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "buyer", "-id"], name="collections_promise_by_buyer"),
            models.Index(fields=["seller", "state", "-id"], name="collections_promise_by_state"),
        ]


class PromisePart(SellerScoped):
    """One instalment of a promise: by ``due_on`` so much is to have been paid."""

    promise = ScopedForeignKey(Promise)
    position = models.SmallIntegerField()
    due_on = models.DateField()
    amount = models.BigIntegerField()
    state = models.CharField(max_length=8, default="open")

    class Meta:
        db_table = "collections_promisepart"
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "promise", "position"], name="collections_promisepart_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(state__in=("open", "kept", "broken")),
                name="collections_promisepart_amount",
            ),
        ]
        indexes = [
            models.Index(
                fields=["seller", "due_on"],
                name="collections_promisepart_due",
                condition=Q(state="open"),
            )
        ]
