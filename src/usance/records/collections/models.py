"""What buyers ask about their invoices, and what they are told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from usance.records.seller_scope import ScopedForeignKey, SellerScoped
from usance.rules import states

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
